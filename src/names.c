// Enters: things with names. Leaves: them, by name. May touch: the heap, through tsearch.
#include "names.h"
#include "fail.h"

#include <search.h>
#include <string.h>

struct slot {
	const char *name;
	struct list things;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct slot *)a)->name, ((const struct slot *)b)->name);
}

void names_add(struct names *names, const char *name, void *thing)
{
	const struct slot wanted = {.name = name};
	struct slot **found = tfind(&wanted, &names->root, by_name);
	if (!found) {
		struct slot *made = mem_new(sizeof *made);
		made->name = name;
		found = tsearch(made, &names->root, by_name);
	}
	if (!found)
		fail(EXIT_HOST, "no memory for an index of names");
	list_push(&(*found)->things, thing);
}

struct list names_find(const struct names *names, const char *name)
{
	const struct slot wanted = {.name = name};
	struct slot *const *found = tfind(&wanted, &names->root, by_name);
	return found ? (*found)->things : (struct list){0};
}
