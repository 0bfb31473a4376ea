// Enters: a process. Leaves: what it and those below it have used, and their names. May touch:
// /proc, to read; memory of its own.
#include "census.h"
#include "cells.h"
#include "mem.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAMED = 12 };

// Not in the arena: it is filled again at every look.
static struct {
	struct process *at;
	size_t count, room;
} all;

// The name is in parentheses and may hold some itself.
bool census_read(const char *line, struct process *process)
{
	unsigned long long user, kernel, user_below, kernel_below;
	const char *open = strchr(line, '('), *close = strrchr(line, ')');
	*process = (struct process){.pid = (pid_t)strtol(line, NULL, 10)};
	if (!open || !close || process->pid <= 0 ||
	    sscanf(close + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %llu %llu",
		   &process->parent, &user, &kernel, &user_below, &kernel_below) != 5)
		return false;
	process->ticks = user + kernel + user_below + kernel_below;
	snprintf(process->name, sizeof process->name, "%.*s", (int)(close - open - 1), open + 1);
	text_tame(process->name, strlen(process->name));
	return true;
}

static bool add(const char *pid)
{
	char path[64], line[512] = "";
	if (all.count == all.room) {
		size_t room = all.room ? all.room * 2 : 256;
		struct process *grown = realloc(all.at, room * sizeof *grown);
		if (!grown)
			return false;
		all.at = grown;
		all.room = room;
	}
	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t count = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
	if (fd >= 0)
		close(fd);
	if (count > 0)
		all.count += census_read(line, &all.at[all.count]);
	return true;
}

static bool add_all(void)
{
	DIR *dir = opendir("/proc");
	bool done = dir != NULL;
	all.count = 0;
	for (const struct dirent *entry; done && (entry = readdir(dir));)
		if (isdigit((unsigned char)entry->d_name[0]))
			done = add(entry->d_name);
	if (dir)
		closedir(dir);
	return done;
}

static bool is_counted(pid_t pid)
{
	for (size_t i = 0; i < all.count; i++)
		if (all.at[i].pid == pid)
			return all.at[i].counted;
	return false;
}

// Numbers are used anew, so that a child's may be lower than its parent's: until nothing is added.
static bool take(pid_t top)
{
	size_t found = 0, before = 1;
	if (!add_all())
		return false;
	while (found != before) {
		before = found;
		for (size_t i = 0; i < all.count; i++) {
			struct process *process = &all.at[i];
			if (process->counted)
				continue;
			process->counted = process->pid == top || is_counted(process->parent);
			found += process->counted;
		}
	}
	return found > 0;
}

double census_cpu(pid_t top)
{
	unsigned long long ticks = 0;
	if (!take(top))
		return -1;
	for (size_t i = 0; i < all.count; i++)
		if (all.at[i].counted)
			ticks += all.at[i].ticks;
	return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

bool census_runs(pid_t pid, const char *emulator)
{
	char path[64], program[PATH_MAX];
	snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	ssize_t count = readlink(path, program, sizeof program - 1);
	program[count > 0 ? count : 0] = '\0';
	return !strncmp(base_name(program), emulator, strlen(emulator));
}

static size_t same(const struct process *process)
{
	size_t count = 0;
	for (size_t i = 0; i < all.count; i++) {
		struct process *other = &all.at[i];
		if (!other->counted || strcmp(other->name, process->name) != 0)
			continue;
		other->counted = false;
		count++;
	}
	return count;
}

const char *census_names(pid_t top, const char *emulator)
{
	const char *names = "";
	bool known = take(top);
	int named = 0;
	for (size_t i = 0; known && i < all.count; i++) {
		const struct process *process = &all.at[i];
		if (!process->counted || process->pid == top)
			continue;
		if (named++ == NAMED)
			return mem_format("%s and more", names);
		bool emulated = census_runs(process->pid, emulator);
		size_t count = same(process);
		names = mem_format("%s%s%s%s", names, *names ? ", " : "", process->name,
				   count > 1 ? mem_format(" %zu", count) : "");
		if (emulated)
			names = mem_format("%s (%s)", names, emulator);
	}
	return names;
}
