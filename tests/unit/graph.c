// Which line answers a need, in which order lines are built.
#include "stage.h"
#include "unit.h"

#include <string.h>

static struct item *line(struct stage *stage, const char *name, const char *mode, const char *needs,
			 enum purpose purpose)
{
	struct item *item = mem_new(sizeof *item);
	struct recipe *recipe = mem_new(sizeof *recipe);
	struct fact *fact = mem_new(sizeof *fact);
	*fact = (struct fact){.key = "needs", .value = needs, .line = 7};
	recipe->name = name;
	recipe->path = mem_format("recipes/%s/recipe", name);
	recipe->needs = words(needs);
	recipe->needs_fact = fact;
	item->stage = stage;
	item->recipe = recipe;
	item->name = *mode ? mem_format("%s:%s", name, mode) : name;
	item->purpose = purpose;
	item->line = (int)stage->items.count + 1;
	stage_add(stage, item);
	return item;
}

static struct item *target(struct stage *stage, const char *name, const char *needs)
{
	return line(stage, name, "", needs, FOR_TARGET);
}

static struct stage *stage(const char *name)
{
	struct stage *made = mem_new(sizeof *made);
	made->name = name;
	made->path = mem_format("stages/%s", name);
	made->on_build_machine = true;
	return made;
}

static const char *names(const struct list *items)
{
	const char *text = "";
	EACH(const struct item, item, *items)
		text = mem_format("%s%s%s", text, *text ? " " : "", item->name);
	return text;
}

static void the_order_of_the_list_stays(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	target(one, "c", "");
	target(one, "a", "");
	target(one, "b", "");
	stage_resolve(one);
	assert_string_equal(names(&one->items), "c a b");
}

static void what_is_needed_comes_first(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	struct item *a = target(one, "a", "c b");
	target(one, "b", "d");
	target(one, "c", "");
	target(one, "d", "");
	stage_resolve(one);
	assert_string_equal(names(&one->items), "c d b a");
	assert_string_equal(names(&a->needs), "c b");
}

static void the_nearest_earlier_line_answers(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	line(one, "x", "first", "", FOR_TARGET);
	struct item *second = line(one, "x", "second", "", FOR_TARGET);
	struct item *asker = target(one, "asker", "x");
	line(one, "x", "third", "", FOR_TARGET);
	stage_resolve(one);
	assert_int_equal(asker->needs.count, 1);
	assert_ptr_equal(asker->needs.at[0], second);
}

static void else_the_first_later_one(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	struct item *asker = target(one, "asker", "x");
	struct item *first = line(one, "x", "first", "", FOR_TARGET);
	line(one, "x", "second", "", FOR_TARGET);
	stage_resolve(one);
	assert_ptr_equal(asker->needs.at[0], first);
	assert_string_equal(names(&one->items), "x:first asker x:second");
}

static void a_line_never_answers_itself(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	struct item *early = line(one, "x", "early", "", FOR_TARGET);
	struct item *late = line(one, "x", "late", "x", FOR_TARGET);
	stage_resolve(one);
	assert_ptr_equal(late->needs.at[0], early);
}

static void a_need_may_name_a_mode(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	struct item *first = line(one, "x", "first", "", FOR_TARGET);
	line(one, "x", "second", "", FOR_TARGET);
	struct item *asker = target(one, "asker", "x:first");
	stage_resolve(one);
	assert_ptr_equal(asker->needs.at[0], first);
}

static void an_optional_need_looks_up_only(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	struct item *asker = target(one, "asker", "x? y? z?");
	target(one, "x", "");
	stage_resolve(one);
	assert_int_equal(asker->needs.count, 0);
	struct stage *two = stage("two");
	struct item *x = target(two, "x", "");
	asker = target(two, "asker", "x?");
	stage_resolve(two);
	assert_int_equal(asker->needs.count, 1);
	assert_ptr_equal(asker->needs.at[0], x);
}

static void a_stage_below_may_have_it(void **state)
{
	(void)state;
	struct stage *bottom = stage("bottom"), *up = stage("up");
	target(bottom, "x", "");
	line(bottom, "y", "", "", FOR_BUILD);
	up->tools = bottom;
	struct item *asker = target(up, "asker", "x");
	struct item *cross = line(up, "cross", "", "y", FOR_CROSS);
	stage_resolve(up);
	assert_int_equal(asker->needs.count + cross->needs.count, 0);
}

// A cross toolchain, a root made by it, the same with makers, and what is made by those.
static struct stage *native_stage(struct stage *bottom)
{
	struct stage *root = stage("root"), *makers = stage("makers"), *up = stage("up");
	root->on_build_machine = makers->on_build_machine = up->on_build_machine = false;
	root->tools = bottom;
	makers->tools = makers->base = root;
	up->tools = makers;
	target(root, "ground", "");
	target(makers, "maker", "");
	return up;
}

static void so_may_the_ground_of_a_native_stage(void **state)
{
	(void)state;
	struct stage *up = native_stage(stage("bottom"));
	struct item *asker = target(up, "asker", "ground");
	stage_resolve(up);
	assert_int_equal(asker->needs.count, 0);
}

static void resolve(const void *with)
{
	stage_resolve((struct stage *)with);
}

static void what_no_build_would_see_is_not_had(void **state)
{
	(void)state;
	struct stage *bottom = stage("bottom"), *other = stage("other"), *over = stage("over");
	line(bottom, "x", "", "", FOR_BUILD);
	target(bottom, "y", "");
	other->tools = bottom;
	target(other, "asker", "x"); // the build machine's
	assert_fatal(resolve, other, 2, "asker needs 'x'");
	over->tools = other;
	target(over, "asker", "y"); // not of the stage that builds it
	assert_fatal(resolve, over, 2, "asker needs 'y'");
	struct stage *up = native_stage(bottom);
	target(up, "asker", "y"); // in no root
	assert_fatal(resolve, up, 2, "asker needs 'y'");
}

static void nobody_has_it(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	target(one, "a", "nothing");
	assert_fatal(resolve, one, 2, "recipes/a/recipe:7: a needs 'nothing'");
}

static void machines_are_apart(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	line(one, "x", "", "", FOR_BUILD);
	target(one, "asker", "x");
	assert_fatal(resolve, one, 2, "asker needs 'x'");
}

static void what_runs_here_and_stands_above_is_a_tool(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	line(one, "compiler", "", "", FOR_BUILD);
	struct item *cross = line(one, "cross", "", "compiler", FOR_CROSS);
	struct item *early = target(one, "early", "");
	line(one, "late", "", "", FOR_BUILD);
	struct item *last = target(one, "last", "");
	stage_resolve(one);
	assert_string_equal(names(&cross->tools), "compiler");
	assert_string_equal(names(&early->tools), "compiler cross");
	assert_string_equal(names(&last->tools), "compiler cross late");
}

static void circles_are_shown(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	target(one, "start", "a");
	target(one, "a", "b");
	target(one, "b", "c");
	target(one, "c", "a");
	assert_fatal(resolve, one, 2,
		     "stages/one:2: needs and tools go round in a circle: a -> b -> c -> a;");
	struct stage *two = stage("two");
	target(two, "a", "b");
	target(two, "b", "a");
	assert_fatal(resolve, two, 2, "a -> b -> a");
}

static void the_chicken_and_the_egg(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	line(one, "libc", "headers", "rt?", FOR_TARGET);
	target(one, "rt", "libc");
	target(one, "libc", "rt?");
	target(one, "cxx", "libc rt");
	stage_resolve(one);
	assert_string_equal(names(&one->items), "libc:headers rt libc cxx");
	const struct item *cxx = one->items.at[3];
	assert_string_equal(names(&cxx->needs), "libc rt");
}

static void closures_have_each_once_from_the_bottom(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	target(one, "a", "");
	target(one, "b", "a");
	target(one, "c", "a b");
	struct item *d = target(one, "d", "c b a");
	stage_resolve(one);
	struct list closure = item_closure(d);
	assert_string_equal(names(&closure), "a b c");
}

// A chain and a fan of a thousand lines: no recursion that is too deep, no time that explodes.
static void many_lines(void **state)
{
	(void)state;
	struct stage *one = stage("one");
	for (int i = 0; i < 1000; i++)
		target(one, mem_format("r%d", i), i < 999 ? mem_format("r%d r999", i + 1) : "");
	stage_resolve(one);
	assert_string_equal(((struct item *)one->items.at[0])->name, "r999");
	assert_int_equal(item_closure(one->items.at[999]).count, 999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_of_the_list_stays),
		cmocka_unit_test(what_is_needed_comes_first),
		cmocka_unit_test(the_nearest_earlier_line_answers),
		cmocka_unit_test(else_the_first_later_one),
		cmocka_unit_test(a_line_never_answers_itself),
		cmocka_unit_test(a_need_may_name_a_mode),
		cmocka_unit_test(an_optional_need_looks_up_only),
		cmocka_unit_test(a_stage_below_may_have_it),
		cmocka_unit_test(so_may_the_ground_of_a_native_stage),
		cmocka_unit_test(what_no_build_would_see_is_not_had),
		cmocka_unit_test(nobody_has_it),
		cmocka_unit_test(machines_are_apart),
		cmocka_unit_test(what_runs_here_and_stands_above_is_a_tool),
		cmocka_unit_test(circles_are_shown),
		cmocka_unit_test(the_chicken_and_the_egg),
		cmocka_unit_test(closures_have_each_once_from_the_bottom),
		cmocka_unit_test(many_lines),
	};
	return cmocka_run_group_tests_name("graph", tests, NULL, NULL);
}
