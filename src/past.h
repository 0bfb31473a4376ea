// What is known of the past of a plan's jobs: from the store's records and the journals of runs.
#ifndef PAST_H
#define PAST_H

#include "journal.h"

struct bar { // a time at which a job was at work
	const struct job *job;
	const char *what;  // "made", "failed", "stopped"
	double start, end; // seconds since 1970
	int slots;	   // of the budget
	int lane;	   // the first of those it is drawn on, from 0
};

struct known {
	const struct job *job;
	const struct record *record; // NULL: there is none for the key it has now
	const char *log;	     // NULL: there is none
	const char *last;	     // what the last run did with it, or ""
};

struct past {
	const struct jobs *jobs;
	const struct past_run *last; // of this target; NULL: there is no journal of one
	struct known *known;	     // by job->number
	struct list runs;	     // struct past_run *, those that a bar or `last` comes from
	struct list bars;	     // struct bar *, by start
	int lanes;		     // for jobs that hold slots
	int side_lanes;		     // for those that hold none; their bars count from 0 too
};

// The jobs' keys must be set as far as they can be known.
const struct past *past_of(const struct jobs *jobs);

// The pages made of it. False: it cannot be written, errno tells.
bool past_write_page(const struct past *past, const char *folder, FILE *to);
bool past_write_trace(const struct past *past, FILE *to);

#endif
