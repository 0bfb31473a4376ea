// Enters: a file. Leaves: what jobs cost. May touch: that file, to read it.
#include "costs.h"
#include "fail.h"
#include "file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add_line(struct list *costs, const char *path, const char *text, int number)
{
	struct list columns = words(text);
	if (!columns.count || *(const char *)columns.at[0] == '#')
		return;
	char *end = "";
	struct cost *cost = mem_new(sizeof *cost);
	cost->name = columns.at[0];
	cost->seconds = columns.count == 2 ? strtod(columns.at[1], &end) : 0;
	if (*end || !(cost->seconds > 0 && cost->seconds < 1e9))
		fail_at(path, number, "a job's name and its seconds are wanted");
	list_push(costs, cost);
}

struct list costs_read(const char *path)
{
	struct list costs = {0};
	if (access(path, F_OK) < 0)
		return costs;
	const char *at = file_text(path);
	for (int number = 1; *at; number++) {
		size_t length = strcspn(at, "\n");
		add_line(&costs, path, mem_copy(at, length), number);
		at += length + (at[length] == '\n');
	}
	return costs;
}

double costs_of(const struct list *costs, const char *name)
{
	size_t short_name = strcspn(name, ":");
	double found = 0;
	EACH(const struct cost, cost, *costs) {
		if (!strcmp(cost->name, name))
			return cost->seconds;
		if (strlen(cost->name) == short_name && !strncmp(cost->name, name, short_name))
			found = cost->seconds;
	}
	return found;
}
