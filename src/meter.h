// How much of the machine is at work, by all of its processes.
#ifndef METER_H
#define METER_H

struct meter {
	double busy;		   // processors since the last reading; below 0: not known yet
	double memory, memory_all; // GiB; 0: not known
};

// Keeps what it read for a second; call it as often as you like.
const struct meter *meter_read(void);
// How many programs the kernel has killed since it started because memory was out; -1: it does not say.
long long meter_oom_kills(void);

#endif
