// What a person is shown when a job failed.
#ifndef FAILURE_H
#define FAILURE_H

#include "run.h"

struct failure {
	const struct job *job;
	const char *phase; // "" when it was in none
	const char *why;
	const char *log;	   // path; NULL: it could not even begin
	const char *configure_log; // of configure, CMake or meson, or NULL
	const char *error;	   // the first of the log, or NULL
	long line;		   // where that stands
	const char *call_off; // removed, the output that the store had before serves again; or NULL
};

// Looks for the first error. What it points to lives until exit.
struct failure failure_of(const struct jobs *jobs, const struct job *job, const char *phase,
			  const char *why);
// What and where, the first error, the last lines, and how to go on: on stderr.
void failure_show(const struct failure *failure, const struct run_wish *wish, const char *again);

#endif
