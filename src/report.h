// Words on a run, for people and programs. The run tells what happened, here it is decided who hears
// of it; nothing comes back.
#ifndef REPORT_H
#define REPORT_H

#include "run.h"

void report_open(const struct jobs *jobs, const struct run_wish *wish, const struct wants *wants);
// Readable when report_tick is due; -1: it never is.
int report_clock(void);
void report_tick(void);

void report_wait(const struct job *job); // another run or a shell has it at work
void report_start(const struct job *job);
void report_phase(const struct job *job, const char *phase);
void report_done(const struct job *job, const struct record *record);
// Its output is another one than `before`, which it should be; the store has both.
void report_differs(const struct job *job, const char *before);
void report_failure(const struct job *job, const char *phase, const char *why);
// It failed, and will be tried once more.
void report_retry(const struct job *job, const char *phase, const char *why);
void report_stopped(const struct job *job); // it was told to
// The whole run was told to, by a signal or the time limit; the status that it is to end with.
void report_stop(enum exit_status by, enum exit_status status);
void report_end(enum exit_status status);

#endif
