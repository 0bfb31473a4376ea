// How the kernel is told to run a foreign processor's programs through qemu: see
// Documentation/admin-guide/binfmt-misc.rst in the kernel's tree.
#ifndef BINFMT_H
#define BINFMT_H

#include "target.h"

// Where a sandbox mounts its private binfmt_misc.
#define BINFMT_FOLDER "/dev/binfmt_misc"

// The line to register for programs like `sample` (any ELF file of the target), or NULL when the
// system's own registration has to serve and does. Fatal, with the remedy, when neither works.
const char *binfmt_line(const struct target *target, const char *sample);

// What stands in the way of running a target's programs, with the remedy; NULL: nothing known.
const char *binfmt_trouble(const struct target *target);
// Whether the system's own registration, as binfmt_misc tells it, works in a root without the emulator's file.
bool binfmt_serves(const char *registration);
// What is wrong with a sample: it is no program. NULL: nothing.
const char *binfmt_unlike(const struct target *target, const char *sample);
// The path of what the system has registered, where that has to serve; NULL where it has not. It may lie in another
// root than this one.
const char *binfmt_registered(const struct target *target);
// Where its qemu is, or NULL.
const char *binfmt_interpreter(const struct target *target);
// A line to register for a trial, as no program begins; NULL where nothing private can be.
const char *binfmt_trial(const struct target *target);

#endif
