// Lines of stages, and what stages are to each other: for the readers of the plan, and for those who
// make jobs of it.
#ifndef STAGE_H
#define STAGE_H

#include "plan.h"

// Whether there is such a stage in this case: its head may say `if=CASE`.
enum stage_holds { STAGE_NOT, STAGE_NOW, STAGE_ALWAYS };
enum stage_holds stage_holds(const struct plan *plan, const char *name);
struct stage *stage_read(struct plan *plan, const char *name);
struct stage *stage_again(struct plan *plan, const struct stage *stage);
void stage_add(struct stage *stage, struct item *item);
void stage_resolve(struct stage *stage);

// An item's needs, and theirs, each once, nearest the bottom first. struct item *.
struct list item_closure(const struct item *item);
// Of a recipe that a stage lists twice in different modes the last one has everything.
bool item_superseded(const struct item *item);
// Whether a stage is built inside a root of the target: by programs of the target's own.
bool stage_is_native(const struct stage *stage);
// What every build of a native stage finds in its root: the base of the stage whose tools build it,
// or all of that stage where it has no base. NULL for other stages.
const struct stage *stage_ground(const struct stage *stage);
// Whether a person means this item: "musl", "musl:headers" or "stage1/musl:headers".
bool item_is_named(const struct item *item, const char *name);

#endif
