// What is said of a job that failed.
#include "verdict.h" // its fail is another one than cmocka's

#include "errors.h"
#include "meter.h"
#include "unit.h"

static const struct recipe recipe = {.name = "zlib"};
static const struct item item = {.recipe = &recipe};

// Of a build, or of an unpack, during which the kernel has killed so many.
static const char *verdict(const struct item *of, int code, int killed)
{
	struct job job = {.name = "zlib", .item = of};
	struct sandbox sandbox = {0};
	const struct task task = {.job = &job,
				  .sandbox = &sandbox,
				  .phase = "build",
				  .oom_kills = meter_oom_kills() - killed};
	struct verdict found = verdict_of(&task, NULL, code);
	assert_int_equal(found.status, EXIT_RECIPE);
	assert_false(found.again);
	return found.why;
}

static void signals_are_named(void **state)
{
	(void)state;
	assert_string_equal(verdict(&item, 1, 0), "exit status 1");
	assert_string_equal(verdict(&item, 127, 0), "exit status 127");
	assert_string_equal(verdict(&item, 129, 0), "exit status 129"); // git's for wrong usage
	assert_string_equal(verdict(&item, 255, 0), "exit status 255");
	assert_string_equal(verdict(&item, 139, 0),
			    "exit status 139: a program died of signal 11 (Segmentation fault)");
}

static void want_of_memory_is_named(void **state)
{
	(void)state;
	assert_string_equal(verdict(&item, 137, 0),
			    "exit status 137: a program died of signal 9 (Killed); out of memory? "
			    "lower -j, or raise memory= in recipes/zlib/recipe");
	const char *words = "exit status 2; meanwhile this machine ran out of memory, and killed a "
			    "program: lower -j";
	assert_string_equal(verdict(NULL, 2, 1), words);
	assert_string_equal(verdict(&item, 2, 1),
			    mem_format("%s, or raise memory= in recipes/zlib/recipe", words));
}

static void missing_programs_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *line, *program;
	} table[] = {
		{"/bootstrap/run: 4: gperf: not found", "gperf"},
		{"/bin/sh: 1: x86_64-cc++: not found", "x86_64-cc++"},
		{"/recipe/recipe: line 4: gperf: command not found", "gperf"},
		{"bash: gperf: command not found", "gperf"},
		{"/bootstrap/run: line 4: gperf: not found", "gperf"},
		{"sh: gperf: not found", "gperf"},
		{"make[2]: gperf: No such file or directory", "gperf"},
		{"/usr/bin/env: 'python3': No such file or directory", "python3"},
		{"env: can't execute 'perl': No such file or directory", "perl"},
		{"make: Makefile: No such file or directory", NULL},
		{"make[1]: ./configure: No such file or directory", NULL},
		{"/bootstrap/run: 4: ./configure: not found", NULL},
		{"/bootstrap/run: 4: : not found", NULL},
		{"cp: cannot stat 'x': No such file or directory", NULL},
		{"x.c: No such file or directory", NULL},
		{"meson.build:3:0: ERROR: zlib: not found", NULL},
		{": not found", NULL},
		{"", NULL},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *program = error_program(table[i].line);
		if (!program != !table[i].program)
			fail_msg("%s: %s", table[i].line, program ? program : "none");
		if (program)
			assert_string_equal(program, table[i].program);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_are_named),
		cmocka_unit_test(want_of_memory_is_named),
		cmocka_unit_test(missing_programs_are_found),
	};
	return cmocka_run_group_tests_name("failure", tests, NULL, NULL);
}
