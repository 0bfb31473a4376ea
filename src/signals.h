// Signals that ask something of a run, as a file to wait for: signalfd(2).
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

// Blocks SIGINT, SIGTERM, SIGHUP, SIGPIPE and SIGTSTP, but for those that came ignored and shall stay so. A file of
// the caller's that does not block; -1 with errno where there is none.
int signals_open(void);
// The next one that has come, 0 when there is none.
int signals_next(int fd);
// From now on a write to nobody's pipe fails, and that is all.
void signals_ignore_pipe(void);
// Whether it is somebody's second asking, after another of SIGINT and SIGTERM: who asks twice means it. A terminal that
// goes away sends SIGHUP more than once, and means nothing by that.
bool signals_insist(int number);

#endif
