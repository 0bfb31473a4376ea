// Events of a run for programs: one JSON object a line, as docs/events.md describes them.
#ifndef EVENTS_H
#define EVENTS_H

#include "forecast.h"

// Opens and empties the file, fifo or "-" for stdout (then all words for people go to stderr); NULL: no events.
// Fatal when it cannot be opened. Whoever reads there, slowly or no more, the run goes on.
void events_open(const char *path);
void event_run(const struct jobs *jobs, const struct run_wish *wish);
void event_wait(const struct job *job);
void event_start(const struct job *job, const char *log);
void event_phase(const struct job *job, const char *phase);
void event_done(const struct job *job, const struct record *record);
// `paths`: of the files that differ.
void event_differs(const struct job *job, const char *before, const struct list *paths);
// `error` is the first of the log, or NULL.
void event_failed(const struct job *job, const char *phase, const char *why, const char *log,
		  const char *error);
void event_retry(const struct job *job, const char *phase, const char *why, const char *log);
void event_stopped(const struct job *job);
void event_stop(int status, const char *why);
void event_end(int status, size_t made);

#endif
