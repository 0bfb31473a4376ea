// The environment of a job: everything it may know, nothing inherited.
#ifndef VARIABLES_H
#define VARIABLES_H

#include "room.h"

// Adds one "NAME=value" to a list of variables.
__attribute__((format(printf, 2, 3))) void set(struct list *variables, const char *format, ...);

// What every job has, whatever its kind.
void set_common(struct list *to);
void set_for_build(struct list *to, const struct item *item, const struct room_wish *wish);

#endif
