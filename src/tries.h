// Tries of a job that left no record: at work now, failed or stopped. Their folders are named by key
// alone; a note beside the log says which job they are of, for whoever asks after the key has changed.
#ifndef TRIES_H
#define TRIES_H

#include "store.h"

// Says of the key's object folder which job it is of.
void tries_note(const struct store *store, const char *key, const char *target, const char *job);
// The key of the last try whose object folder is there, by the time of its log; NULL: none is.
const char *tries_latest(const struct store *store, const char *target, const char *job);
// Whether the key's object folder has the log of a try of this job.
bool tries_has(const struct store *store, const char *key, const char *target, const char *job);
// When a key's last try wrote its log, in seconds since 1970; 0: there is none.
double tries_time(const struct store *store, const char *key);

// Notes what a try that did not end well has taken, with all before it that it went on from; the next
// one that goes on with what it left begins with that.
void tries_spend(const struct store *store, const struct record *record);
void tries_spent(const struct store *store, struct record *record);

#endif
