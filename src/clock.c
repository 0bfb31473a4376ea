// Enters: nothing. Leaves: the time. May touch: the kernel's clocks, to read.
#include "clock.h"

#include <time.h>

static double skipped;

static double seconds(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double clock_date(void)
{
	return seconds(CLOCK_REALTIME);
}

double clock_steady(void)
{
	return seconds(CLOCK_MONOTONIC);
}

double now(void)
{
	return clock_steady() - skipped;
}

void clock_skip(double stopped)
{
	skipped += stopped;
}
