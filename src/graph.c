// Enters: a stage's lines. Leaves: edges between them, and the order of building. May touch:
// nothing outside the plan.
//
// A need names a recipe; the line that answers is the nearest earlier one of that recipe, else the
// first later one, else the stage below has it already. That makes the chicken and egg plain text:
// where the list has `compiler-rt mode=builtins` above `musl`, musl gets those builtins, and
// compiler-rt further down gets that musl.
//
// Needs belong to the target: what is built for the build machine takes those of the build machine's.
//
// In a native stage tools are packages as well. Those that the stage below added to its base are
// seen by whoever names them; what the base has, everybody sees.
#include "fail.h"
#include "stage.h"

#include <string.h>

void stage_add(struct stage *stage, struct item *item)
{
	list_push(&stage->items, item);
	names_add(&stage->lines, item->recipe->name, item);
	if (strcmp(item->name, item->recipe->name) != 0)
		names_add(&stage->lines, item->name, item);
}

static bool same_side(const struct item *one, const struct item *other)
{
	return (one->purpose == FOR_TARGET) == (other->purpose == FOR_TARGET);
}

static struct item *find(const struct stage *stage, const struct item *asker, const char *need,
			 bool later)
{
	struct item *found = NULL;
	struct list lines = names_find(&stage->lines, need);
	EACH(struct item, line, lines) {
		if (line == asker || !same_side(line, asker))
			continue;
		if (line->line < asker->line || (later && !found))
			found = line;
	}
	return found;
}

bool stage_is_native(const struct stage *stage)
{
	return stage->tools && !stage->tools->on_build_machine;
}

const struct stage *stage_ground(const struct stage *stage)
{
	if (!stage_is_native(stage))
		return NULL;
	return stage->tools->base ? stage->tools->base : stage->tools;
}

static bool lists(const struct stage *stage, const struct item *asker, const char *need)
{
	struct list lines = names_find(&stage->lines, need);
	EACH(const struct item, line, lines)
		if (same_side(line, asker))
			return true;
	return false;
}

// What a build finds of the stages below: all its root starts from, or what the stage that builds it
// has made, but nothing of further down.
static bool below_has(const struct item *asker, const char *need)
{
	const struct stage *stage = asker->stage;
	if (!stage_is_native(stage) && stage->tools && lists(stage->tools, asker, need))
		return true;
	for (stage = stage_is_native(stage) ? stage_ground(stage) : stage->base; stage;
	     stage = stage->base)
		if (lists(stage, asker, need))
			return true;
	return false;
}

__attribute__((noreturn)) static void miss_need(const struct item *item, const char *need)
{
	const struct stage *stage = item->stage;
	const char *path = item->recipe->path;
	int line = item->recipe->needs_fact->line;
	if (lists(stage, item, need)) // any other line would have answered
		fail_at(path, line,
			"%s needs itself, and no stage below %s lists it; mend needs=", item->name,
			stage->name);
	fail_at(path, line,
		"%s needs '%s', which neither %s nor a stage below it lists; add it to stages/%s",
		item->name, need, stage->name, stage->name);
}

static void resolve_need(const struct stage *stage, struct item *item, const char *word)
{
	size_t length = strlen(word);
	bool optional = word[length - 1] == '?';
	const char *need = mem_copy(word, length - optional);
	struct item *found = find(stage, item, need, !optional);
	if (found)
		list_push(&item->needs, found);
	else if (!optional && item->purpose != FOR_BUILD && !below_has(item, need))
		miss_need(item, need);
}

bool item_superseded(const struct item *item)
{
	struct list lines = names_find(&item->stage->lines, item->recipe->name);
	EACH(const struct item, other, lines)
		if (other->line > item->line && other->purpose == item->purpose)
			return true;
	return false;
}

static struct item *added(const struct stage *stage, const char *tool)
{
	struct list lines = stage->base ? names_find(&stage->lines, tool) : (struct list){0};
	return lines.count ? lines.at[lines.count - 1] : NULL;
}

// A word that is no package (sh, cc) is a program of the base, or will be missed by the build.
static void resolve_native_tools(const struct stage *stage, struct item *item)
{
	EACH(const char, tool, item->recipe->tools) {
		struct item *found = added(stage->tools, tool);
		if (!found && !below_has(item, tool))
			found = find(stage, item, tool, true);
		if (found)
			list_push(&item->tools, found);
	}
}

// What runs on the build machine and stands above a target's line is what that line is built with.
static void resolve_tools(const struct stage *stage, struct item *item, const struct list *builders)
{
	if (stage_is_native(stage)) {
		resolve_native_tools(stage, item);
		return;
	}
	if (item->purpose != FOR_TARGET) {
		item->tools = item->needs;
		return;
	}
	EACH(struct item, builder, *builders)
		if (builder->line < item->line)
			list_push(&item->tools, builder);
}

static const char *circle(const struct list *path, const struct item *again)
{
	const char *text = "";
	bool inside = false;
	EACH(const struct item, item, *path) {
		inside |= item == again;
		if (inside)
			text = mem_format("%s%s -> ", text, item->name);
	}
	return mem_format("%s%s", text, again->name);
}

static void place(struct item *item, struct list *order, struct list *path)
{
	if (item->mark == PLACED)
		return;
	if (item->mark == OPEN)
		fail_at(item->stage->path, item->line,
			"needs and tools go round in a circle: %s; list a recipe twice in different "
			"modes, or end a need with '?'",
			circle(path, item));
	item->mark = OPEN;
	list_push(path, item);
	EACH(struct item, tool, item->tools)
		place(tool, order, path);
	EACH(struct item, need, item->needs)
		place(need, order, path);
	path->count--;
	item->mark = PLACED;
	list_push(order, item);
}

static struct list not_for_target(const struct stage *stage)
{
	struct list found = {0};
	EACH(struct item, item, stage->items)
		if (item->purpose != FOR_TARGET)
			list_push(&found, item);
	return found;
}

void stage_resolve(struct stage *stage)
{
	struct list order = {0}, path = {0}, builders = not_for_target(stage);
	EACH(struct item, item, stage->items) {
		EACH(const char, need, item->recipe->needs)
			resolve_need(stage, item, need);
		resolve_tools(stage, item, &builders);
	}
	EACH(struct item, item, stage->items)
		place(item, &order, &path);
	stage->items = order;
}

static void close_over(const struct item *item, struct list *found)
{
	EACH(struct item, need, item->needs) {
		bool known = false;
		EACH(const struct item, other, *found)
			known |= other == need;
		if (known)
			continue;
		close_over(need, found);
		list_push(found, need);
	}
}

struct list item_closure(const struct item *item)
{
	struct list found = {0};
	close_over(item, &found);
	return found;
}
