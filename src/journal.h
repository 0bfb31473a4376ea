// A run's own account, in the store: runs/SECONDS-PID, one line for each job that ended, and at the
// end one for each that was found made already. A run without work leaves none.
//
//	run START SLOTS TARGET                       seconds since 1970
//	made START END SLOTS KEY TARGET JOB          or failed, stopped, found
//	end TIME STATUS
//
// A line that a full disk or a kill cut short is not read. A store without the folder is fine.
#ifndef JOURNAL_H
#define JOURNAL_H

#include "job.h"

#include <stdio.h>

enum { JOURNALS = 20 }; // that gc keeps

struct journal {
	const struct jobs *jobs;
	int slots;
	double started; // seconds since 1970
	FILE *to;	// NULL before the first job ended, or when it cannot be written
	bool opened;
};

void journal_start(struct journal *journal, const struct jobs *jobs, int slots);
// A job that started at `start` (seconds since 1970) ends now. Never fails: a run matters more.
void journal_note(struct journal *journal, const struct job *job, const char *what, double start,
		  int slots);
void journal_end(struct journal *journal, int status);

struct past_run {
	const char *target;
	double start, end; // seconds since 1970; end 0: it was killed, or is at work
	int slots, status;
	struct list jobs; // struct past_job *
};

struct past_job {
	const char *what, *key, *target, *name;
	double start, end;
	int slots;
};

// struct past_run *, oldest first. What was found is read of the newest run of `target` only.
struct list journal_read(const struct store *store, const char *target);
// Removes all but the newest JOURNALS.
void journal_sweep(const struct store *store);

#endif
