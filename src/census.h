// The processes at or below one: what they have used, and what they are called. For a look now and
// then: every process of the machine is asked.
#ifndef CENSUS_H
#define CENSUS_H

#include <stdbool.h>
#include <sys/types.h>

struct process {
	pid_t pid, parent;
	unsigned long long ticks; // of processors, its own and of children it has waited for
	char name[32];
	bool counted;
};

// Takes a line of /proc/PID/stat apart; proc(5). False: it is none.
bool census_read(const char *line, struct process *process);
// Seconds of processors that all of them have used; below 0: not known.
double census_cpu(pid_t top);
// Whether an emulator of that name (or longer) runs the process's program. Async-signal-safe.
bool census_runs(pid_t pid, const char *emulator);
// "make, sh 2, cc1": the names of those below `top`, and how many have each; with `emulator` behind
// whatever a program of that name (or longer) runs.
const char *census_names(pid_t top, const char *emulator);

#endif
