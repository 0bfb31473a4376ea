// Signals that ask something of a run, as a file to wait for: signalfd(2).
#ifndef SIGNALS_H
#define SIGNALS_H

// Blocks SIGINT, SIGTERM, SIGHUP and SIGTSTP, but for those that came ignored and shall stay so. A file of
// the caller's that does not block; -1 with errno where there is none.
int signals_open(void);
// The next one that has come, 0 when there is none.
int signals_next(int fd);

#endif
