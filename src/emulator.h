// What runs a foreign target's programs, as jobs meet it.
#ifndef EMULATOR_H
#define EMULATOR_H

#include "job.h"

// What keeps the programs of a foreign target, if a job's room runs any, from being run on this
// machine, with the remedy; NULL: nothing known. The job is about to start: its root is there.
const char *emulator_trouble(const struct jobs *jobs, const struct job *job);
// Fatal, with the remedy, when something wanted will need what cannot be: before anything is built.
void emulator_check(const struct jobs *jobs);
// What it says of its version, "" when it cannot be asked; of one that the system has registered, where it is.
const char *emulator_version(const struct jobs *jobs);
// What a trial of it found, from its log behind so many bytes: what is broken, and the remedy.
const char *emulator_findings(const struct jobs *jobs, const char *log, long long behind);

#endif
