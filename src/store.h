// The store: one immutable tree per output, one record per key, shared by all checkouts and runs.
//
//	trees/OUT/          what a job made, named by its hash
//	records/KEY         facts: which job, its output, times            (this file is the commit)
//	inputs/KEY          the text whose SHA-256 is KEY: why it was made
//	logs/KEY            what it printed
//	objects/KEY/        a job at work, failed or interrupted: build/ out/ log; KEY.lock beside it
//	latest/TARGET/JOB   key of the last commit of that job
//	roots/TARGET/STAGE  link to a stage's tree
//	root/               empty: sandboxes mount their roots here, each unseen by the others
//	versions/           what the build machine's tools said of their versions
//	runs/SECONDS-PID    what became of each job of a run (journal.h)
//	checkouts/HASH      what a checkout needs of all this (checkout.h)
#ifndef STORE_H
#define STORE_H

#include "mem.h"

#include <stdbool.h>

struct store {
	const char *path;
};

struct record {
	const char *job, *target, *key, *out;
	const char *phases; // "configure 1.2 build 20.3", seconds, one after the other in all tries
	double started;	    // the last try, seconds since 1970; 0: not known, the record is older
	double seconds, cpu; // of all tries
	double earlier;	     // seconds of that before the last try
	int slots;	     // of the budget, held from its start
	long memory;	     // KiB, of the largest process
	long long bytes;
};

// Makes the folders when they are missing; fatal when that cannot be done.
const struct store *store_open(const char *path);
// NULL and why, with the remedy, where the machine does not allow it.
const struct store *store_try(const char *path, const char **trouble);
__attribute__((format(printf, 2, 3))) const char *store_path(const struct store *store,
							     const char *format, ...);

// NULL when the key has no record, or its tree is gone.
const struct record *store_find(const struct store *store, const char *key);
// Notes that a record is used: its file's time says when it was last.
void store_touch(const struct store *store, const char *key);
// The record last committed for a job, whatever its key; NULL when there is none.
const struct record *store_latest(const struct store *store, const char *target, const char *job);
bool store_has_tree(const struct store *store, const char *out);
// Flushes all that was written to the store's file system.
bool store_sync(const struct store *store);

// Locks a key and makes its object folder (build/, out/). Returns the lock's fd, close-on-exec; -1:
// another run holds it, or `*error` says why it cannot be had, NULL otherwise. The lock goes with the
// last process that has the fd.
int store_lock(const struct store *store, const char *key, const char **error);
bool store_is_locked(const struct store *store, const char *key);
// Empties what an earlier try left, unless `keep`, and marks the folder as at work. False: *error says
// why not.
bool store_begin(const struct store *store, const char *key, bool keep, const char **error);
// Copies a file or folder of the checkout to objects/KEY/NAME, afresh. False: *error says why not.
bool store_copy(const struct store *store, const char *key, const char *name, const char *from,
		const char **error);
// Once nothing works there any more: what was written outlasts a power cut, or a move to another machine; slow.
void store_flush(const struct store *store, const char *key);
// Marks that whatever worked there ended by itself or was stopped in an orderly way.
void store_pause(const struct store *store, const char *key);
bool store_was_paused(const struct store *store, const char *key);
// Whether what was written there is what is read: all was flushed, or this machine has been up ever since.
bool store_is_intact(const struct store *store, const char *key);
// Marks that the key is made again although it has a record; the commit takes the mark away.
void store_again(const struct store *store, const char *key);
bool store_is_again(const struct store *store, const char *key);
// Removes the object folder and its lock; only for who holds that.
void store_forget(const struct store *store, const char *key);

// Seals objects/KEY/out, makes it the tree of record->out (set here), then writes `inputs` and the
// record: all or nothing. Slow; run it in a worker. False: *error says why.
bool store_commit(const struct store *store, struct record *record, const char *inputs,
		  const char **error);
// The same for a union of trees that was made in objects/KEY/out and is named by its key.
bool store_commit_union(const struct store *store, const char *key, const char *inputs,
			const char **error);

// What a stage's name leads to: the last union of it that a run made. NULL when there is none.
const char *store_published(const struct store *store, const char *target, const char *stage);
void store_publish(const struct store *store, const char *target, const char *stage,
		   const char *out);

// Paths of every tree, record, log and object folder that is not named, in the order to remove them in.
// `names` is sorted on the way.
struct list store_doomed(const struct store *store, struct list *names);
// Removes them. Only with the store locked alone. False: not all, after a warning for each.
bool store_sweep(const struct store *store, const struct list *doomed);
// Names of what was used last, builds that are not finished among it, as much as is within `size`
// bytes; and of the unions of what is kept.
struct list store_newest(const struct store *store, long long size);
// Reads all trees again, and removes, with a warning, what is not what its name says: a disk, or who moved the store,
// may have changed it. Only with the store locked alone; slow.
struct store_check {
	size_t trees, damaged;
	long long bytes;
} store_check(const struct store *store);
// Locks the whole store until this process ends: shared by runs, alone for a sweep. Fatal when others
// are in the way.
void store_lock_all(const struct store *store, bool alone);
// Fatal where jobs could leave nothing.
void store_check_writable(const struct store *store);

#endif
