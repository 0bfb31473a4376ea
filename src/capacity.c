// Enters: nothing. Leaves: the memory and the processors a run may take. May touch: /proc and
// /sys/fs/cgroup, to read.
#include "capacity.h"
#include "file.h"
#include "mem.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MIB = 1 << 20, UNKNOWN = 2048 };

// What a group leaves; `otherwise` when it has no limit, or leaves more.
typedef double room_left(const char *folder, double otherwise);

// A kind of group: its line in /proc/self/cgroup, where its files are if they are mounted, and the limit.
struct kind {
	const char *line, *mount;
	room_left *leaves;
};

// The number in a file, behind some word; below 0: there is none. No limit is "max", or -1.
static double number(const char *folder, const char *name, const char *word)
{
	const char *text = file_try(mem_format("%s/%s", folder, name));
	const char *at = text ? strstr(text, word) : NULL;
	char *end;
	double value = at ? strtod(at + strlen(word), &end) : -1;
	return at && end > at + strlen(word) ? value : -1;
}

static double least(double one, double other)
{
	return one < other ? one : other;
}

// Files that a group has read count as used, and go when there is need of room: of these it tells apart
// those not looked at lately.
static double memory_left(const char *folder, const char *limit, const char *usage,
			  double otherwise)
{
	double most = number(folder, limit, ""), used = number(folder, usage, "");
	double idle = number(folder, "memory.stat", "inactive_file ");
	if (most < 0 || used < 0)
		return otherwise;
	return least(most - used + (idle > 0 ? idle : 0), otherwise);
}

static double memory_of_second(const char *folder, double otherwise)
{
	return memory_left(folder, "memory.max", "memory.current", otherwise);
}

static double memory_of_first(const char *folder, double otherwise)
{
	return memory_left(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", otherwise);
}

// Microseconds of processors in a period of so many.
static double quota_left(double quota, double period, double otherwise)
{
	return quota > 0 && period > 0 ? least(quota / period, otherwise) : otherwise;
}

static double processors_of_second(const char *folder, double otherwise)
{
	return quota_left(number(folder, "cpu.max", ""), number(folder, "cpu.max", " "), otherwise);
}

static double processors_of_first(const char *folder, double otherwise)
{
	return quota_left(number(folder, "cpu.cfs_quota_us", ""),
			  number(folder, "cpu.cfs_period_us", ""), otherwise);
}

// A group is held by the limits of those it is in, too.
static double of_kind(const struct kind *kind, const char *groups, double left)
{
	const char *line = strstr(groups, kind->line);
	if (!line)
		return left;
	line += strlen(kind->line);
	char *path = mem_copy(line, strcspn(line, "\n"));
	do {
		left = kind->leaves(mem_format("%s%s", kind->mount, path), left);
		char *slash = strrchr(path, '/');
		if (!slash)
			return left;
		*slash = '\0';
	} while (true);
}

static double of_groups(const struct kind *kinds, size_t count, double left)
{
	const char *groups = file_try("/proc/self/cgroup");
	for (size_t i = 0; groups && i < count; i++)
		left = of_kind(&kinds[i], groups, left);
	return left;
}

long capacity_memory(void)
{
	static const struct kind kinds[] = {
		{"0::", "/sys/fs/cgroup", memory_of_second},
		{":memory:", "/sys/fs/cgroup/memory", memory_of_first},
	};
	double kibibytes = number("/proc", "meminfo", "MemAvailable:");
	double free = kibibytes > 0 ? kibibytes * 1024 : (double)UNKNOWN * MIB;
	free = of_groups(kinds, sizeof kinds / sizeof *kinds, free);
	return free > 0 ? (long)(free / MIB) : 0;
}

int capacity_processors(void)
{
	static const struct kind kinds[] = {
		{"0::", "/sys/fs/cgroup", processors_of_second},
		{":cpu:", "/sys/fs/cgroup/cpu", processors_of_first},
		{":cpu,cpuacct:", "/sys/fs/cgroup/cpu", processors_of_first},
		{":cpuacct,cpu:", "/sys/fs/cgroup/cpu", processors_of_first},
	};
	cpu_set_t set;
	bool known = !sched_getaffinity(0, sizeof set, &set);
	double some = known ? CPU_COUNT(&set) : (double)sysconf(_SC_NPROCESSORS_ONLN);
	// half a processor is worth a process
	return (int)(of_groups(kinds, sizeof kinds / sizeof *kinds, some) + 0.999);
}
