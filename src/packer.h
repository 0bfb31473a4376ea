// Making something beside its place, with programs that may be stopped at any time: it comes to its
// place whole, or nothing of it stays.
#ifndef PACKER_H
#define PACKER_H

#include <stdbool.h>

// Makes the empty folder in which what will be at `path` is made: ".NAME.part" beside it, ours
// alone and gone when this process ends. From here on SIGINT, SIGTERM and SIGHUP wait for
// packer_run and packer_check. Fatal when another run makes the same.
const char *packer_begin(const char *path);

// Runs a program and waits for it; returns its exit status as a shell gives it. A signal ends the
// program and this process. `argv` and `environment` end with NULL; an environment of NULL: ours,
// and the terminal with it, for programs that ask something.
int packer_run(const char *const *argv, const char *const *environment);

// Ends this process when a signal has come in meanwhile.
void packer_check(void);

// Puts WORK/NAME at `path`, in place of a file or folder that is there. False: errno tells.
bool packer_place(const char *work, const char *name, const char *path);

#endif
