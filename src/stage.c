// Enters: stages/NAME. Leaves: struct stage, its lines as items in the order of building. May
// touch: files it reads.
#include "stage.h"
#include "fail.h"

#include <string.h>
#include <unistd.h>

// A line, or a whole stage, may hold for one case only, `if=CASE`.
static bool holds(const struct plan *plan, const char *path, int line, const char *when)
{
	if (!strcmp(when, "foreign"))
		return plan->foreign;
	if (!strcmp(when, "native"))
		return !plan->foreign;
	if (!strcmp(when, "host-clang"))
		return plan->host_clang;
	if (!strcmp(when, "own-clang"))
		return !plan->host_clang;
	if (!strcmp(when, "native-tools"))
		return plan->native_tools;
	fail_at(path, line,
		"if=%s is unknown; known: foreign native host-clang own-clang native-tools", when);
}

static enum purpose purpose(const struct stage *stage, int line, const char *machine)
{
	if (!strcmp(machine, "target"))
		return FOR_TARGET;
	if (!stage->on_build_machine)
		fail_at(stage->path, line, "for=%s needs a stage with runs=build", machine);
	if (!strcmp(machine, "build"))
		return FOR_BUILD;
	if (!strcmp(machine, "cross"))
		return FOR_CROSS;
	fail_at(stage->path, line, "for=%s is unknown; known: build cross target", machine);
}

static void check_value(const struct item *item, const char *key, const char *value)
{
	const char *path = item->stage->path;
	if (strspn(key, "abcdefghijklmnopqrstuvwxyz_") != strlen(key))
		fail_at(path, item->line, "'%s': a value's name is lower-case letters", key);
	if (strchr(value, '/')) // it is in the names of jobs, which are names of files
		fail_at(path, item->line, "%s=%s: a value has no '/' in it", key, value);
	if (recipe_is_fact(key))
		fail_at(path, item->line, "'%s' is a fact of recipes; call the value otherwise",
			key);
	// With a slip of the pen in it a line would hold in every case.
	struct list conditions = words("if for");
	const char *hint = names_slip(key, &conditions);
	if (*hint)
		fail_at(path, item->line, "'%s' is no name for a value%s", key, hint);
	EACH(const struct fact, other, item->values)
		if (!strcmp(other->key, key))
			fail_at(path, item->line, "'%s' has two values; keep one of them", key);
}

// One `key=value` of a line. False: the line does not hold in this case.
static bool set(const struct plan *plan, struct item *item, char *word)
{
	const struct stage *stage = item->stage;
	char *value = strchr(word, '=');
	if (!value || value == word)
		fail_at(stage->path, item->line, "'%s' is no key=value; one recipe a line", word);
	*value++ = '\0';
	if (!strcmp(word, "if"))
		return holds(plan, stage->path, item->line, value);
	if (!strcmp(word, "for")) {
		item->purpose = purpose(stage, item->line, value);
		return true;
	}
	check_value(item, word, value);
	struct fact *fact = mem_new(sizeof *fact);
	*fact = (struct fact){.key = word, .value = value, .line = item->line};
	list_push(&item->values, fact);
	return true;
}

static void check_read(const struct plan *plan, const struct item *item)
{
	EACH(const struct fact, value, item->values)
		if (!recipe_reads(plan, item->recipe, value->key))
			fail_at(item->stage->path, item->line,
				"'%s' is a value that recipes/%s/recipe does not read; mend the "
				"name, or remove it",
				value->key, item->recipe->name);
}

static const char *item_name(const struct item *item)
{
	const char *name = item->recipe->name;
	EACH(const struct fact, value, item->values)
		name = mem_format("%s%c%s", name, value_i ? ',' : ':', value->value);
	return name;
}

static void check_purposes(const struct stage *stage, int line, const struct list *parts)
{
	int count = 0;
	EACH(const char, part, *parts)
		count += !strncmp(part, "for=", strlen("for="));
	if (count > 1)
		fail_at(stage->path, line, "'for' has two values; keep one of them");
}

static void add(struct plan *plan, struct stage *stage, int line, const char *text)
{
	struct list parts = words(text);
	struct item *item = mem_new(sizeof *item);
	item->stage = stage;
	item->line = line;
	if (!parts.count)
		return;
	if (strchr(parts.at[0], '='))
		fail_at(stage->path, line, "'%s': facts belong above the first recipe",
			(const char *)parts.at[0]);
	check_purposes(stage, line, &parts);
	bool wanted = true;
	for (size_t i = 1; i < parts.count; i++)
		wanted &= set(plan, item, parts.at[i]);
	item->recipe = recipe_read(plan, parts.at[0], stage->path, line);
	item->name = item_name(item);
	check_read(plan, item);
	if (!wanted)
		return;
	struct list same = names_find(&stage->lines, item->name);
	EACH(const struct item, other, same)
		if (!strcmp(other->name, item->name))
			fail_at(stage->path, line, "%s stands in line %d already; remove one",
				item->name, other->line);
	item->number = plan->items++;
	stage_add(stage, item);
}

// Where the remark of a line begins: at a '#' that is no part of a word, or nowhere.
static size_t remark(const char *at, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (at[i] == '#' && (!i || strchr(" \t", at[i - 1])))
			return i;
	return length;
}

static void read_lines(struct plan *plan, struct stage *stage, const struct conf *conf)
{
	int line = conf->rest_line;
	for (const char *at = conf->rest; *at; line++) {
		size_t length = strcspn(at, "\n");
		add(plan, stage, line, mem_copy(at, remark(at, length)));
		at += length + (at[length] == '\n');
	}
}

static void check_exists(const struct plan *plan, const struct conf *conf, const struct fact *fact)
{
	if (!is_name(fact->value) ||
	    access(mem_format("%s/stages/%s", plan->root, fact->value), F_OK) != 0)
		fail_at(conf->path, fact->line, "there is no stage '%s'; write stages/%s",
			fact->value, fact->value);
}

static const struct stage *named(struct plan *plan, const struct conf *conf, const char *key)
{
	const struct fact *fact = conf_fact(conf, key);
	if (!fact || !*fact->value || !strcmp(fact->value, "build"))
		return NULL;
	check_exists(plan, conf, fact);
	if (stage_holds(plan, fact->value) == STAGE_NOT)
		fail_at(conf->path, fact->line,
			"there is no %s in this case; give this stage the if= of that one",
			fact->value);
	const struct stage *stage = stage_read(plan, fact->value);
	if (!stage->placed)
		fail_at(conf->path, fact->line, "%s=%s goes round in a circle of stages", key,
			fact->value);
	return stage;
}

static void read_native(struct plan *plan, struct stage *stage, const struct conf *conf)
{
	const struct fact *fact = conf_fact(conf, "native");
	if (fact && !stage_is_native(stage))
		fail_at(conf->path, fact->line,
			"native= is for a stage built with tools= of one that runs on the target");
	if (!fact)
		return;
	check_exists(plan, conf, fact); // also where nothing is emulated
	if (!plan->native_tools)
		return;
	stage->native = named(plan, conf, "native");
	if (stage->native && !stage->native->on_build_machine)
		fail_at(conf->path, fact->line,
			"native=%s: its programs run on the target; name a stage with runs=build",
			fact->value);
}

// What stages can be to each other: the rest would have no meaning.
static void check_relations(const struct stage *stage, const struct conf *conf)
{
	const struct fact *tools = conf_fact(conf, "tools"), *base = conf_fact(conf, "base");
	const char *name = tools->value;
	if (stage->on_build_machine && stage->tools && !stage->tools->on_build_machine)
		fail_at(conf->path, tools->line,
			"tools=%s: its programs run on the target, and cannot build a stage with "
			"runs=build",
			name);
	if (stage_is_native(stage) && !stage_ground(stage)->items.count)
		fail_at(conf->path, tools->line, "tools=%s: there is nothing in that stage", name);
	if (stage->base && stage->base->on_build_machine != stage->on_build_machine)
		fail_at(conf->path, base->line, "base=%s does not run where this stage does",
			base->value);
}

static void check_name(const struct stage *stage)
{
	struct list taken = words(STAGE_VERIFY " fetch unpack build");
	if (has_word(&taken, stage->name))
		fail_at(stage->path, 0, "'%s' has a meaning of its own; call the stage otherwise",
			stage->name);
}

static void read_head(struct plan *plan, struct stage *stage, const struct conf *conf)
{
	conf_check(conf, "runs tools", "base native if");
	const struct fact *runs = conf_fact(conf, "runs");
	stage->on_build_machine = !strcmp(runs->value, "build");
	if (!stage->on_build_machine && strcmp(runs->value, "target") != 0)
		fail_at(conf->path, runs->line, "runs=%s is unknown; known: build target",
			runs->value);
	stage->tools = named(plan, conf, "tools");
	stage->base = named(plan, conf, "base");
	check_relations(stage, conf);
	read_native(plan, stage, conf);
}

enum stage_holds stage_holds(const struct plan *plan, const char *name)
{
	const struct conf *conf = conf_read(mem_format("%s/stages/%s", plan->root, name), NULL);
	const struct fact *when = conf_fact(conf, "if");
	if (!when)
		return STAGE_ALWAYS;
	return holds(plan, conf->path, when->line, when->value) ? STAGE_NOW : STAGE_NOT;
}

struct stage *stage_read(struct plan *plan, const char *name)
{
	EACH(struct stage, known, plan->stages)
		if (!strcmp(known->name, name))
			return known;
	struct stage *stage = mem_new(sizeof *stage);
	stage->name = name;
	stage->path = mem_format("%s/stages/%s", plan->root, name);
	check_name(stage);
	const struct conf *conf = conf_read(stage->path, NULL);
	size_t place = plan->stages.count;
	list_push(&plan->stages, stage);
	read_head(plan, stage, conf);
	// Stages that this one names were read meanwhile, and are built before it.
	for (; place + 1 < plan->stages.count; place++)
		plan->stages.at[place] = plan->stages.at[place + 1];
	plan->stages.at[place] = stage;
	read_lines(plan, stage, conf);
	stage_resolve(stage);
	stage->placed = true;
	return stage;
}

struct stage *stage_again(struct plan *plan, const struct stage *stage)
{
	struct stage *made = mem_new(sizeof *made);
	const struct conf *conf = conf_read(stage->path, NULL);
	if (!stage_is_native(stage) || stage->base)
		fail_at(stage->path, 0,
			"%s cannot be verified: only a stage that is built natively, from nothing, "
			"can build itself",
			stage->name);
	*made = (struct stage){
		.name = STAGE_VERIFY,
		.path = stage->path,
		.tools = stage,
		.native = stage->native,
		.again = stage,
	};
	read_lines(plan, made, conf);
	stage_resolve(made);
	list_push(&plan->stages, made);
	return made;
}
