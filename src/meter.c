// Enters: nothing. Leaves: how busy the machine is. May touch: the clock; /proc, to read.
#include "meter.h"
#include "clock.h"

#include <stdio.h>
#include <unistd.h>

enum { GIB_IN_KIB = 1 << 20 };

static void read_processors(struct meter *meter, double seconds)
{
	static unsigned long long before;
	unsigned long long user = 0, nice = 0, kernel = 0;
	FILE *file = fopen("/proc/stat", "re");
	if (!file)
		return;
	if (fscanf(file, "cpu %llu %llu %llu", &user, &nice, &kernel) == 3) {
		unsigned long long now = user + nice + kernel;
		double ticks = (double)sysconf(_SC_CLK_TCK);
		meter->busy = before ? (double)(now - before) / ticks / seconds : -1;
		before = now;
	}
	fclose(file);
}

static void read_memory(struct meter *meter)
{
	char line[128];
	double all = 0, free = 0;
	FILE *file = fopen("/proc/meminfo", "re");
	while (file && free <= 0 && fgets(line, sizeof line, file)) {
		sscanf(line, "MemTotal: %lf", &all);
		sscanf(line, "MemAvailable: %lf", &free);
	}
	if (file)
		fclose(file);
	meter->memory_all = all / GIB_IN_KIB;
	meter->memory = free > 0 ? (all - free) / GIB_IN_KIB : 0;
}

long long meter_oom_kills(void)
{
	char line[128];
	long long count = -1;
	FILE *file = fopen("/proc/vmstat", "re");
	while (file && count < 0 && fgets(line, sizeof line, file))
		sscanf(line, "oom_kill %lld", &count);
	if (file)
		fclose(file);
	return count;
}

const struct meter *meter_read(void)
{
	static struct meter meter = {.busy = -1};
	static double last;
	double time = clock_steady(); // the machine is at work also while a run is stopped
	if (last > 0 && time - last < 1)
		return &meter;
	read_processors(&meter, time - last);
	read_memory(&meter);
	last = time;
	return &meter;
}
