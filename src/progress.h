// The live display: a line for every job at work and one for the whole, where stdout is a terminal.
// Elsewhere what is said, and the same lines when nothing was for five minutes.
#ifndef PROGRESS_H
#define PROGRESS_H

#include "forecast.h"

// Whether there is a display; not with --quiet, nor on a dumb terminal or in CI.
bool progress_open(const struct jobs *jobs, const struct run_wish *wish);
int progress_clock(void); // readable when progress_tick is due; -1: never
void progress_tick(void);

void progress_start(const struct job *job, const char *log);
void progress_phase(const struct job *job, const char *phase);
void progress_end(const struct job *job);
void progress_stop(const char *why);
// An event, a line; with a display it scrolls by above.
void progress_say(const char *line);
// Makes way for other words, until the next call.
void progress_clear(void);
void progress_close(void);

#endif
