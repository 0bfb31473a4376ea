// An index from names to what goes by them; a name may stand for several things.
#ifndef NAMES_H
#define NAMES_H

#include "mem.h"

struct names {
	void *root; // of a tree, see tsearch(3)
};

void names_add(struct names *names, const char *name, void *thing);
// In the order in which they were added; an empty list when there is nothing of that name.
struct list names_find(const struct names *names, const char *name);

// "; did you mean 'NAME'?", the one of a list of names from which `name` differs by a slip of the pen:
// two letters at most, and less than half of it. "" when there is none, or two are as near.
const char *names_hint(const char *name, const struct list *known);
// The same for the first that is one slip away, of names that are too short for that.
const char *names_slip(const char *name, const struct list *known);

#endif
