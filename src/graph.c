// Enters: a stage's lines. Leaves: edges between them, and the order of building. May touch:
// nothing outside the plan.
//
// A need names a recipe; the line that answers is the nearest earlier one of that recipe, else the
// first later one, else the stage below has it already. That makes the chicken and egg plain text:
// where the list has `compiler-rt mode=builtins` above `musl`, musl gets those builtins, and
// compiler-rt further down gets that musl.
//
// In a native stage tools are packages as well. Those that the stage below added to its base are
// seen by whoever names them; what the base has, everybody sees.
#include "fail.h"
#include "plan.h"

#include <string.h>

static bool answers(const struct item *line, const struct item *asker, const char *need)
{
	if (line == asker || (line->purpose == FOR_TARGET) != (asker->purpose == FOR_TARGET))
		return false;
	return !strcmp(line->recipe->name, need) || !strcmp(line->name, need);
}

static struct item *find(const struct stage *stage, size_t place, const char *need, bool later)
{
	struct item *const *lines = (struct item *const *)stage->items.at;
	for (size_t i = place; i-- > 0;)
		if (answers(lines[i], lines[place], need))
			return lines[i];
	for (size_t i = place + 1; later && i < stage->items.count; i++)
		if (answers(lines[i], lines[place], need))
			return lines[i];
	return NULL;
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

static bool below_has(const struct stage *stage, const char *need)
{
	for (stage = stage_is_native(stage) ? stage_ground(stage) : stage->below; stage;
	     stage = stage->below)
		EACH(const struct item, line, stage->items)
			if (!strcmp(line->recipe->name, need) || !strcmp(line->name, need))
				return true;
	return false;
}

static void resolve_need(struct stage *stage, size_t place, const char *word)
{
	struct item *item = stage->items.at[place];
	size_t length = strlen(word);
	bool optional = word[length - 1] == '?';
	const char *need = mem_copy(word, length - optional);
	struct item *found = find(stage, place, need, !optional);
	if (found)
		list_push(&item->needs, found);
	else if (!optional && !below_has(stage, need))
		fail_at(item->recipe->path, item->recipe->needs_fact->line,
			"%s needs '%s', which neither %s nor a stage below it lists; "
			"add it to stages/%s",
			item->name, need, stage->name, stage->name);
}

bool item_superseded(const struct item *item)
{
	bool after = false;
	EACH(const struct item, other, item->stage->items) {
		if (after && other->recipe == item->recipe && other->purpose == item->purpose)
			return true;
		after |= other == item;
	}
	return false;
}

static struct item *added(const struct stage *stage, const char *tool)
{
	EACH(struct item, item, stage->items)
		if (stage->base && !strcmp(item->recipe->name, tool) && !item_superseded(item))
			return item;
	return NULL;
}

// A word that is no package (sh, cc) is a program of the base, or will be missed by the build.
static void resolve_native_tools(struct stage *stage, size_t place)
{
	struct item *item = stage->items.at[place];
	EACH(const char, tool, item->recipe->tools) {
		struct item *found = added(stage->tools, tool);
		if (!found && !below_has(stage, tool))
			found = find(stage, place, tool, true);
		if (found)
			list_push(&item->tools, found);
	}
}

// What runs on the build machine and stands above a target's line is what that line is built with.
static void resolve_tools(struct stage *stage, size_t place)
{
	struct item *item = stage->items.at[place];
	if (stage_is_native(stage)) {
		resolve_native_tools(stage, place);
		return;
	}
	if (item->purpose != FOR_TARGET) {
		item->tools = item->needs;
		return;
	}
	for (size_t i = 0; i < place; i++) {
		struct item *earlier = stage->items.at[i];
		if (earlier->purpose != FOR_TARGET)
			list_push(&item->tools, earlier);
	}
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
			"needs go round in a circle: %s; end one of them with '?', or list the recipe "
			"twice in different modes",
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

void stage_resolve(struct stage *stage)
{
	struct list order = {0}, path = {0};
	for (size_t i = 0; i < stage->items.count; i++) {
		const struct item *item = stage->items.at[i];
		EACH(const char, need, item->recipe->needs)
			resolve_need(stage, i, need);
		resolve_tools(stage, i);
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
