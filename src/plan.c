// Enters: a wish (which checkout, target, build machine). Leaves: the plan, or its text. May touch:
// files it reads, and stdout to print.
#include "fail.h"
#include "stage.h"

#include <stdio.h>
#include <string.h>

static bool is_native(const struct plan *plan, const struct target *target)
{
	return !strcmp(target->machine, plan->machine);
}

// A second file for the same machine must not change what is built when nothing is said.
static const struct target *chosen(const struct plan *plan, const struct plan_wish *wish)
{
	struct list fitting = {0};
	if (wish->target)
		return target_named(&plan->targets, wish->target);
	EACH(struct target, target, plan->targets)
		if (wish->any_target || is_native(plan, target))
			list_push(&fitting, target);
	if (!fitting.count)
		fail(EXIT_INPUT, "no target describes this machine; name one with --target:%s",
		     target_names(&plan->targets));
	if (fitting.count > 1 && !wish->any_target)
		fail(EXIT_INPUT,
		     "several targets describe this machine; say which with --target:%s",
		     target_names(&fitting));
	return fitting.at[0];
}

// In an order of their own: what a file in targets/ is called changes nothing. Two may share one.
static const char *backends(const struct plan *plan)
{
	struct list names = {0};
	const char *text = "";
	EACH(const struct target, target, plan->targets)
		if (!has_word(&names, target->llvm))
			list_push(&names, mem_text(target->llvm));
	list_sort(&names, by_text);
	EACH(const char, name, names)
		text = mem_format("%s%s%s", text, *text ? ";" : "", name);
	return text;
}

// A stage for one case only comes where another one names it, else last.
static void read_stages(struct plan *plan)
{
	struct list last = {0}, names = folder_texts(mem_format("%s/stages", plan->root));
	EACH(char, name, names) {
		enum stage_holds holds = stage_holds(plan, name);
		if (holds == STAGE_ALWAYS)
			stage_read(plan, name);
		else if (holds == STAGE_NOW)
			list_push(&last, name);
	}
	EACH(const char, name, last)
		stage_read(plan, name);
}

static const struct stage *to_verify(const struct plan *plan, const char *name)
{
	const struct stage *last = NULL;
	if (strcmp(name, STAGE_VERIFY) != 0)
		return plan_stage(plan, name);
	EACH(const struct stage, stage, plan->stages)
		if (stage_is_native(stage) && !stage->base)
			last = stage;
	return last;
}

const struct plan *plan_make(const struct plan_wish *wish)
{
	struct plan *plan = mem_new(sizeof *plan);
	plan->root = wish->root;
	plan->host_clang = wish->host_clang;
	plan->distro = distro_read(wish->root);
	plan->targets = targets_read(wish->root, plan->distro);
	plan->machine = wish->machine;
	plan->target = chosen(plan, wish);
	plan->foreign = !is_native(plan, plan->target);
	plan->native_tools = plan->foreign && !wish->emulate_all;
	plan->backends = backends(plan);
	read_stages(plan);
	const struct stage *verified = wish->verify ? to_verify(plan, wish->verify) : NULL;
	if (verified)
		plan->again = stage_again(plan, verified);
	return plan;
}

const struct stage *plan_stage(const struct plan *plan, const char *name)
{
	const char *known = "";
	struct list names = {0};
	EACH(const struct stage, stage, plan->stages) {
		if (!strcmp(stage->name, name))
			return stage;
		known = mem_format("%s %s", known, stage->name);
		list_push(&names, mem_text(stage->name));
	}
	fail(EXIT_INPUT, "there is no stage '%s'; known:%s%s", name, known,
	     names_hint(name, &names));
}

// No plan shows the stage that verify makes: its lines go by the name of the one it repeats, too.
bool item_is_named(const struct item *item, const char *name)
{
	const struct stage *again = item->stage->again;
	return !strcmp(item->recipe->name, name) || !strcmp(item->name, name) ||
	       !strcmp(mem_format("%s/%s", item->stage->name, item->name), name) ||
	       (again && !strcmp(mem_format("%s/%s", again->name, item->name), name));
}

// What brings a recipe's files has jobs of its own, which failures name.
static bool source_is_named(const struct source *source, const char *name)
{
	return source_is_pinned(source) && (!strcmp(name, mem_format("fetch/%s", source->owner)) ||
					    !strcmp(name, mem_format("unpack/%s", source->owner)));
}

__attribute__((noreturn)) static void refuse(const struct plan *plan, const char *name,
					     const struct stage *last, const struct list *known)
{
	EACH(const struct stage, stage, plan->stages)
		if (!last && !strcmp(stage->name, name))
			fail(EXIT_INPUT, "'%s' is a stage, and a recipe is wanted; see %s plan",
			     name, fail_self());
	fail(EXIT_INPUT, "no stage%s%s lists a recipe '%s'; see %s plan%s", last ? " up to " : "",
	     last ? last->name : "", name, fail_self(), names_hint(name, known));
}

void plan_check_recipe(const struct plan *plan, const char *name, const struct stage *last)
{
	struct list known = {0};
	EACH(const struct stage, stage, plan->stages) {
		EACH(const struct item, item, stage->items) {
			if (item_is_named(item, name) ||
			    source_is_named(item->recipe->source, name))
				return;
			list_push(&known, mem_text(item->recipe->name));
			list_push(&known, mem_text(item->name));
			list_push(&known, mem_format("%s/%s", stage->name, item->name));
		}
		if (stage == last)
			break;
	}
	refuse(plan, name, last, &known);
}

void plan_check_lines(const struct plan *plan, const char *name, const struct stage *last)
{
	EACH(const struct stage, stage, plan->stages) {
		if (!strcmp(stage->name, name))
			return;
		if (stage == last)
			break;
	}
	plan_check_recipe(plan, name, last);
}

static void print_item(size_t number, const struct item *item)
{
	static const char *const machine[] = {"", "for the build machine", "cross"};
	const char *before = *machine[item->purpose] ? ", after " : "  after ";
	printf("%4zu  %-24s %s%s%s", number, item->name, item->recipe->version,
	       *machine[item->purpose] ? "  " : "", machine[item->purpose]);
	EACH(const struct item, need, item->needs) {
		printf("%s%s", before, need->name);
		before = " ";
	}
	putchar('\n');
}

static void print_stage(const struct stage *stage)
{
	printf("\n%s: runs on the %s, built with %s%s%s%s%s%s\n", stage->name,
	       stage->on_build_machine ? "build machine" : "target",
	       stage->tools ? stage->tools->name : "the build machine", "'s tools",
	       stage->base ? ", starts from " : "", stage->base ? stage->base->name : "",
	       stage->native ? ", sped up by " : "", stage->native ? stage->native->name : "");
	size_t number = 0;
	EACH(const struct item, item, stage->items)
		print_item(++number, item);
}

void plan_print(const struct plan *plan, const struct stage *last)
{
	printf("target %s (%s), %s\n", plan->target->name, plan->target->triple,
	       plan->foreign ? "foreign to the build machine" : "native to the build machine");
	EACH(const struct stage, stage, plan->stages) {
		print_stage(stage);
		if (stage == last)
			break;
	}
}

void plan_print_targets(const struct plan *plan)
{
	EACH(const struct target, target, plan->targets)
		printf("%-12s %-32s %s\n", target->name, target->triple,
		       is_native(plan, target) ? "this machine" : "");
}
