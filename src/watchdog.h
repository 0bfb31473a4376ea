// A job that neither prints nor uses a processor for long will not end by itself: it is ended.
#ifndef WATCHDOG_H
#define WATCHDOG_H

#include "task.h"

struct watchdog {
	double limit, period; // seconds that a job may be silent, and between two looks
	double next;	      // monotonic seconds, of the next look
};

void watchdog_start(struct watchdog *watchdog, double limit);
// When it has to be called next, at the latest; monotonic seconds.
double watchdog_due(const struct watchdog *watchdog, const struct list *tasks);
// Looks at those tasks whose turn it is, and ends the hung ones: task->hung says in which state.
void watchdog_look(struct watchdog *watchdog, const struct list *tasks, const struct jobs *jobs);

// Seconds without a sign of life, now that the log has so many bytes and the job has used so many
// seconds of processors (below 0: not known).
double pulse_silence(struct pulse *pulse, double time, double period, long long output, double cpu);

#endif
