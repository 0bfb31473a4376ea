// Enters: nothing. Leaves: the memory a run may take. May touch: /proc and /sys/fs/cgroup, to read.
#include "memory.h"
#include "file.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MIB = 1 << 20, UNKNOWN = 2048 };

// cgroups(7): where the files of the second and of the first version are, if they are mounted.
static const struct {
	const char *line, *mount, *limit, *usage;
} versions[] = {
	{"0::", "/sys/fs/cgroup", "memory.max", "memory.current"},
	{":memory:", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"},
};

static double of_machine(void)
{
	const char *text = file_try("/proc/meminfo");
	const char *line = text ? strstr(text, "MemAvailable:") : NULL;
	double kibibytes = line ? strtod(line + strlen("MemAvailable:"), NULL) : 0;
	return kibibytes > 0 ? kibibytes * 1024 : (double)UNKNOWN * MIB;
}

// What a group leaves free. Files it has read count as used, and go when there is need of room: of these it
// tells apart those not looked at lately.
static double of_group(const char *folder, const char *limit, const char *usage, double otherwise)
{
	const char *most = file_try(mem_format("%s/%s", folder, limit));
	const char *used = file_try(mem_format("%s/%s", folder, usage));
	const char *stat = file_try(mem_format("%s/memory.stat", folder));
	if (!most || !used || *most < '0' || *most > '9')
		return otherwise;
	const char *line = stat ? strstr(stat, "inactive_file ") : NULL;
	double idle = line ? strtod(line + strlen("inactive_file "), NULL) : 0;
	double left = strtod(most, NULL) - strtod(used, NULL) + idle;
	return left < otherwise ? left : otherwise;
}

// A group is held by the limits of those it is in, too.
static double of_groups(const char *groups, size_t version, double free)
{
	const char *line = strstr(groups, versions[version].line);
	if (!line)
		return free;
	line += strlen(versions[version].line);
	char *path = mem_copy(line, strcspn(line, "\n"));
	do {
		free = of_group(mem_format("%s%s", versions[version].mount, path),
				versions[version].limit, versions[version].usage, free);
		char *slash = strrchr(path, '/');
		if (!slash)
			return free;
		*slash = '\0';
	} while (true);
}

long memory_free(void)
{
	const char *groups = file_try("/proc/self/cgroup");
	double free = of_machine();
	for (size_t i = 0; groups && i < sizeof versions / sizeof *versions; i++)
		free = of_groups(groups, i, free);
	return free > 0 ? (long)(free / MIB) : 0;
}
