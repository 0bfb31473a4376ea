// Enters: things with names. Leaves: them, by name, or the name that may have been meant. May touch:
// the heap, through tsearch.
#include "names.h"
#include "fail.h"

#include <search.h>
#include <stdbool.h>
#include <string.h>

enum { LONGEST = 64 }; // name that is compared with others

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

static int least(int one, int other)
{
	return one < other ? one : other;
}

// How many letters are changed, added, left out or swapped with the next.
static int slips(const char *one, const char *other)
{
	int from[LONGEST + 1][LONGEST + 1];
	int rows = (int)strlen(one), columns = (int)strlen(other);
	if (rows > LONGEST || columns > LONGEST)
		return LONGEST;
	for (int i = 0; i <= rows; i++)
		for (int j = 0; j <= columns; j++) {
			bool same = i && j && one[i - 1] == other[j - 1];
			bool swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] &&
				       one[i - 2] == other[j - 1];
			from[i][j] = i && j ? from[i - 1][j - 1] + !same : i + j;
			if (i && j)
				from[i][j] = least(from[i][j],
						   1 + least(from[i - 1][j], from[i][j - 1]));
			if (swapped)
				from[i][j] = least(from[i][j], 1 + from[i - 2][j - 2]);
		}
	return from[rows][columns];
}

static const char *hint(const char *meant)
{
	return mem_format("; did you mean '%s'?", meant);
}

const char *names_slip(const char *name, const struct list *known)
{
	EACH(const char, other, *known)
		if (slips(name, other) == 1)
			return hint(other);
	return "";
}

const char *names_hint(const char *name, const struct list *known)
{
	const char *nearest = NULL;
	bool alone = false;
	size_t length = strlen(name);
	int best = length ? least(2, (int)(length - 1) / 2) + 1 : 0;
	EACH(const char, other, *known) {
		int far = slips(name, other);
		if (far > best || (far == best && !nearest))
			continue;
		alone = far < best || (alone && !strcmp(nearest, other));
		best = far;
		nearest = alone ? other : nearest;
	}
	return alone ? hint(nearest) : "";
}
