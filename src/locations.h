// Where the file of a source may be.
#ifndef LOCATIONS_H
#define LOCATIONS_H

#include "plan.h"

// Adds a mirror's, a folder or a URL.
void locations_of_mirror(struct list *arguments, const struct source *source, const char *mirror);
// Adds those that the recipe names.
void locations_of_recipe(struct list *arguments, const struct source *source);
// Those, a blank between them, to be named where they may not be asked.
const char *locations_unasked(const struct source *source);

#endif
