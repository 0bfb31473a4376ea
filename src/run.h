// Running jobs: what is wanted, in which order, how many at once.
#ifndef RUN_H
#define RUN_H

#include "fail.h"
#include "job.h"

struct run_wish {
	const char *until; // a stage's name, or NULL: all
	struct list only;  // recipes; empty: all
	struct list fresh; // recipes to start over
	int slots;	   // of the budget; 0, as long as nothing is run: one a processor
	double time_limit; // seconds, 0: none
	double hang_limit; // seconds that a job may be silent and idle
	bool keep_going, fetch_only, offline;
	bool go_on; // with what an earlier run has begun to make again
	enum { QUIET, NORMAL, VERBOSE } talk;
	const char *mirror;
	const char *json;  // where events go, or NULL
	const char *place; // the options that lead to the same target and store
	const char *again; // the command line but for `fresh`
};

// Runs until everything wanted is there, something failed, or it was told to stop.
enum exit_status run(const struct jobs *jobs, const struct run_wish *wish);

// Which jobs are to be looked at, made or left alone: wants.c
struct wants {
	const struct jobs *jobs;
	const struct run_wish *wish;
	struct list ready; // struct job *, each JOB_READY
	struct list queue; // struct job *, to be considered
	size_t made;	   // jobs
};
void wants_start(struct wants *wants, const struct jobs *jobs, const struct run_wish *wish);
// A job's output came to be known or present, or it failed: whoever waits for it is considered.
void wants_settle(struct wants *wants, struct job *job);
// A job whose output is there gets what it is made of, as if it were not; then it is ready.
void wants_reopen(struct wants *wants, struct job *job);
// Looks a job up in the store, under its key. Whether its output is there.
bool wants_look(const struct wants *wants, struct job *job);
// Whether a job with a key is to be made whatever the store has.
bool wants_fresh(const struct wants *wants, const struct job *job);
// The command that goes on with this run. What --fresh has begun is not to begin once more; what it did
// not get to is.
const char *wants_again(const struct jobs *jobs, const struct run_wish *wish);
// A job that was ready has another key: it is considered as if it had never been.
void wants_reconsider(struct wants *wants, struct job *job);
// The ready job with the longest way to the end (trials come before all) for which `fits` holds,
// taken off the list.
struct job *wants_next(struct wants *wants, bool (*fits)(void *, const struct job *), void *fit);
// Every demanded stage that is whole is shown by its name, in the store's roots/.
void wants_publish(const struct wants *wants);

#endif
