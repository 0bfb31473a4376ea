// One budget of slots for the runner and every make below it: the GNU make jobserver, whose pool is
// a pipe with one byte a slot. See "Sharing Job Slots with GNU make" in the GNU make manual.
#ifndef JOBSERVER_H
#define JOBSERVER_H

#include <stdbool.h>

struct jobserver {
	int slots;
	int read_end, write_end; // as clients get them
	int own_read, own_write; // both again, non-blocking for us alone
	int held;		 // slots that the runner took for its jobs
};

// The numbers under which a job finds the pipe.
enum { JOBSERVER_READ = 3, JOBSERVER_WRITE = 4 };

void jobserver_open(struct jobserver *server, int slots); // fatal when there are no fds
bool jobserver_take(struct jobserver *server, int slots); // all of them or none
void jobserver_give(struct jobserver *server, int slots);
// While no job runs: puts back what a killed make never returned.
void jobserver_refill(struct jobserver *server);
// What MAKEFLAGS says. GNU make 4.3 and older know the pipe only, ninja 1.13 only the fifo form.
const char *jobserver_flags(const struct jobserver *server, bool fifo);

#endif
