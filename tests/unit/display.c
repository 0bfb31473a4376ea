// What the live display is made of: widths, steps of a log, rows, costs, the first error.
#include "cells.h"
#include "costs.h"
#include "errors.h"
#include "rows.h"
#include "steps.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static void widths(void **state)
{
	(void)state;
	assert_int_equal(cells_count(""), 0);
	assert_int_equal(cells_count("abc"), 3);
	assert_int_equal(cells_count("\xc3\xa4"), 1);	       // two bytes
	assert_int_equal(cells_count("\xe6\xbc\xa2"), 2);      // three, and wide
	assert_int_equal(cells_count("\xf0\x9f\x98\x80x"), 3); // four
	assert_int_equal(cells_count("\xff\xc3"), 2);	       // no characters
}

static void no_character_is_cut(void **state)
{
	(void)state;
	assert_int_equal(cells_fit("abc", 2), 2);
	assert_int_equal(cells_fit("abc", 5), 3);
	assert_int_equal(cells_fit("abc", 0), 0);
	assert_int_equal(cells_fit("a\xc3\xa4z", 2), 3);
	assert_int_equal(cells_fit("a\xe6\xbc\xa2", 2), 1); // half of it would fit
	assert_int_equal(cells_fit("a\xe6\xbc\xa2", 3), 4);
	assert_int_equal(cells_fit("\xe6\xbc", 9), 2);
}

static void control_characters_are_tamed(void **state)
{
	(void)state;
	char text[] = "ab\r\n\tc\x7f\0d";
	assert_int_equal(text_tame(text, sizeof text - 1), sizeof text - 1);
	assert_memory_equal(text, "ab?\n\tc??d", sizeof text);
}

static void colours_and_titles_go(void **state)
{
	(void)state;
	static const struct {
		const char *text, *tamed;
	} table[] = {
		{"\033[01m\033[Ka.c:1:\033[m\033[K \033[01;31mx", "a.c:1: x"},
		{"\033[38:5:1ma\033[?25l\033[2 qb", "ab"},
		{"\033]0;title\ab\033]8;;http://x\033\\link\033]8;;\033\\", "blink"},
		{"a\033[31", "a?[31"}, // cut off
		{"a\033]0;b\nc\a", "a?]0;b\nc?"},
		{"a\033]0;b\033", "a?]0;b?"},
		{"\033\033[1ma\033", "?a?"},
		{"\033[\xc3\xa4", "?[\xc3\xa4"},
		{"", ""},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char *text = mem_text(table[i].text);
		size_t left = text_tame(text, strlen(text));
		assert_string_equal(text, table[i].tamed);
		assert_int_equal(left, strlen(text));
	}
}

static const char *span(double seconds)
{
	static char text[64];
	*text = '\0';
	text_add_span(text, sizeof text, seconds);
	return text;
}

static void spans(void **state)
{
	(void)state;
	assert_string_equal(span(0), "0:00");
	assert_string_equal(span(-1), "0:00");
	assert_string_equal(span(59.9), "0:59");
	assert_string_equal(span(3599), "59:59");
	assert_string_equal(span(3661), "1:01:01");
	assert_string_equal(span(360000), "100:00:00");
}

static void steps_of_logs(void **state)
{
	(void)state;
	static const struct {
		const char *log;
		long done, all;
		const char *phase;
	} table[] = {
		{"", 0, 0, ""},
		{"[1641/3240] Building CXX object x.o\n", 1641, 3240, ""},
		{"[1/9] a\n[2/9] b\n[3/", 2, 9, ""}, // the last line is being written
		{"0] b\n[2/9] b", 2, 9, ""},	     // the first one was cut
		{"[ 45%] Building C object\n", 45, 100, ""},
		{"[100%] Built target x\n", 100, 100, ""},
		{" 3/80 Test #3: x ....   Passed\n", 3, 80, ""},
		{"80/80 Test #80: x ....   Passed\n", 80, 80, ""},
		{"PASS: LLVM :: a/b.ll (12 of 345)\n", 12, 345, ""},
		{"XFAIL: LLVM :: a/b.ll (13 of 345)\nwarning (1 of 2)\n", 13, 345, ""},
		{"==> build\n[5/7] x\n", 5, 7, "build"},
		{"[5/7] x\n==> package\ninstall\n", 0, 0, "package"}, // the steps of another phase
		{"==> build\n[2/1] x\n[-1/5] x\n[0/0] x\n[x/y]\n", 0, 0, "build"},
		{"[99999999999999999999/1] x\n", 0, 0, ""},
		{"see [3/4] here\n", 0, 0, ""},
		{"==> a phase with a name that is far too long for a row\n", 0, 0,
		 "a phase with a name that is far"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct steps steps;
		steps_read(table[i].log, strlen(table[i].log), &steps);
		if (steps.done != table[i].done || steps.all != table[i].all ||
		    strcmp(steps.phase, table[i].phase) != 0)
			fail_msg("%s: %ld/%ld in '%s'", table[i].log, steps.done, steps.all,
				 steps.phase);
	}
}

static void logs_may_hold_anything(void **state)
{
	(void)state;
	static char block[5000];
	struct steps steps;
	memset(block, 'x', sizeof block);
	steps_read(block, sizeof block, &steps);
	assert_int_equal(steps.all, 0);
	memset(block, '\0', sizeof block);
	block[100] = '\n';
	memcpy(block + 101, "[3/4] y\n", 8);
	steps_read(block, sizeof block, &steps);
	assert_int_equal(steps.done, 3);
}

static const char *row_of(const char *name, int columns)
{
	static char text[ROW_SIZE];
	const struct row row = {.name = name,
				.phase = "build",
				.done = 1641,
				.all = 3240,
				.elapsed = 723,
				.estimate = 3120};
	row_text(text, &row, columns);
	return text;
}

static const char *row_at(int columns)
{
	return row_of("stage1/compiler-rt:builtins", columns);
}

static void rows_are_cut_to_the_width(void **state)
{
	(void)state;
	assert_string_equal(row_at(80), "  stage1/compiler-rt:builtins         "
					"build 1641/3240        12:03 of 52:00");
	assert_string_equal(row_at(60), "  compiler-rt:builtins       "
					"build 1641/3240        12:03");
	assert_string_equal(row_at(40), "  compiler-rt:buil.. 1641/3240  12:03");
	assert_string_equal(row_at(29), "  compiler-rt:bu.. 1641/3240 ");
	assert_string_equal(row_at(23), "  compiler.. 1641/3240 ");
	assert_string_equal(row_at(19), "  compiler-rt:bui..");
	assert_string_equal(row_of("stage2.5/cmake", 36), "  stage2.5/cmake 1641/3240  12:03");
	assert_string_equal(row_of("stage2.5/cmake", 23), "  cmake      1641/3240 ");
	for (int columns = 0; columns < 200; columns++)
		assert_true(cells_count(row_at(columns)) <= columns);
}

static void rows_of_other_kinds(void **state)
{
	(void)state;
	char text[ROW_SIZE];
	struct row row = {.name = "fetch/llvm", .phase = "fetch", .bytes = 34100000};
	row_text(text, &row, 60);
	assert_non_null(strstr(text, "fetch 34.1 MB"));
	row = (struct row){.name = "stage2/\xe6\xbc\xa2\xe6\xbc\xa2", .phase = "configure"};
	for (int columns = 1; columns < 90; columns++) {
		row_text(text, &row, columns);
		assert_true(cells_count(text) <= columns);
	}
	row_text(text, &row, 40); // without steps the phase is what tells
	assert_non_null(strstr(text, "configure"));
}

static void totals_keep_what_matters(void **state)
{
	(void)state;
	char text[ROW_SIZE];
	struct total total = {.done = 12,
			      .all = 40,
			      .elapsed = 3723,
			      .left = 4800,
			      .end = "14:05",
			      .busy = 1.96,
			      .processors = 2,
			      .memory = 3.1,
			      .memory_all = 7.8,
			      .rate = 5.2e6};
	total_text(text, &total, 120);
	assert_string_equal(text, "12/40 done  1:02:03  about 1 h 20 min left (14:05)  "
				  "cores 2.0/2  memory 3.1/7.8 GiB  5.2 MB/s");
	total_text(text, &total, 40);
	assert_string_equal(text, "12/40 done  1:02:03  cores 2.0/2");
	total.failed = 1;
	total.left = -1;
	total.busy = -1;
	total.memory = 0;
	total.rate = 0;
	total_text(text, &total, 120);
	assert_string_equal(text, "12/40 done  1 failed  1:02:03");
	for (int columns = 0; columns < 200; columns++) {
		total_text(text, &total, columns);
		assert_true(cells_count(text) <= columns);
	}
	total.left = 20;
	total.stopping = "SIGINT";
	total_text(text, &total, 120);
	assert_string_equal(text, "12/40 done  1 failed  stopping: SIGINT  (once more to kill)  "
				  "1:02:03  less than a minute left");
	total_text(text, &total, 40);
	assert_string_equal(text, "12/40 done  1 failed  stopping: SIGINT");
}

static void costs(void **state)
{
	(void)state;
	const char *path = mem_format("%s/costs", room());
	assert_int_equal(costs_read(path).count, 0); // there need be none
	write_file(path, "# of one processor\n\nmusl 90\nmusl:headers\t2.5\nunpack/llvm 15");
	struct list list = costs_read(path);
	assert_int_equal(list.count, 3);
	assert_float_equal(costs_of(&list, "musl"), 90, 0);
	assert_float_equal(costs_of(&list, "musl:headers"), 2.5, 0);
	assert_float_equal(costs_of(&list, "musl:other"), 90, 0);
	assert_float_equal(costs_of(&list, "unpack/llvm"), 15, 0);
	assert_float_equal(costs_of(&list, "llvm"), 0, 0);
	assert_float_equal(costs_of(&list, "mus"), 0, 0);
}

static void read_costs(const void *path)
{
	costs_read(path);
}

static void bad_costs_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"musl\n",    "musl 1 2\n",  "musl x\n",  "musl 0\n",
					  "musl -1\n", "musl 1e99\n", "musl nan\n"};
	const char *path = mem_format("%s/bad", room());
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		write_file(path, mem_format("# one\n%s", bad[i]));
		assert_fatal(read_costs, path, 2, ":2: a job's name and its seconds");
	}
}

static void what_is_an_error(void **state)
{
	(void)state;
	static const struct {
		enum error_rank rank;
		const char *line;
	} table[] = {
		{STRONG_ERROR, "../lib/a.cpp:12:3: error: unknown type name 'x'"},
		{STRONG_ERROR, "a.c:1:10: fatal error: 'x.h' file not found"},
		{STRONG_ERROR, "ld.lld: error: undefined symbol: main"},
		{STRONG_ERROR, "clang: error: no such file or directory: 'x.c'"},
		{STRONG_ERROR,
		 "x.o: in function `main': a.c:(.text+0x5): undefined reference to `f'"},
		{STRONG_ERROR, "ninja: error: loading 'build.ninja': No such file or directory"},
		{STRONG_ERROR, "configure: error: no acceptable C compiler found in $PATH"},
		{STRONG_ERROR, "CMake Error at CMakeLists.txt:3 (find_package):"},
		{STRONG_ERROR, "make[2]: *** No rule to make target 'x', needed by 'y'.  Stop."},
		{STRONG_ERROR, "bootstrap: two recipes install /file"},
		{STRONG_ERROR, "curl: (22) The requested URL returned error: 404"},
		{STRONG_ERROR, "    refused: not the file that is pinned; set aside as x.refused"},
		{STRONG_ERROR, "error: patch does not apply"},
		{STRONG_ERROR, "a.s:3: Error: no such instruction: `x'"},
		{STRONG_ERROR, "configure: error: C compiler cannot create executables"},
		{STRONG_ERROR, "meson.build:3:0: ERROR: Dependency \"zlib\" not found"},
		{STRONG_ERROR, "ModuleNotFoundError: No module named 'x'"},
		{STRONG_ERROR, "mesonbuild.mesonlib.MesonException: x"},
		{STRONG_ERROR, "Assertion failed: x (foo.c: f: 3)"},
		{STRONG_ERROR, "x: foo.c:3: f: Assertion `x' failed."},
		{STRONG_ERROR, "thread 'main' panicked at src/main.rs:2:5:"},
		{STRONG_ERROR, "Can't locate Foo/Bar.pm in @INC (you may need to install it)"},
		{WEAK_ERROR, "Traceback (most recent call last):"},
		{WEAK_ERROR, "ERROR: test_x (test.T)"},
		{WEAK_ERROR, "FAILED: lib/a.o"},
		{WEAK_ERROR, "make: *** [Makefile:3: all] Error 1"},
		{WEAK_ERROR, "gmake[1]: *** [x] Error 2"},
		{WEAK_ERROR, "/bootstrap/run: 12: cmake: not found"},
		{WEAK_ERROR, "sh: line 3: x: command not found"},
		{WEAK_ERROR, "cp: cannot stat 'x': No such file or directory"},
		{WEAK_ERROR, "/recipe/recipe: 9: nothing: parameter not set"},
		{WEAK_ERROR, "1 out of 2 hunks FAILED -- saving rejects to file x.rej"},
		{NO_ERROR, "conftest.c:9:10: fatal error: 'x.h' file not found"},
		{NO_ERROR, "/tmp/CMakeScratch/TryCompile-x/a.c:1:1: error: x"},
		{NO_ERROR, "cc -Werror -Werror=format -c error.c -o error.o"},
		{NO_ERROR, "-- Performing Test HAVE_X - Failed"},
		{NO_ERROR, "checking for error_at_line... yes"},
		{NO_ERROR, "[12/90] Building CXX object lib/Support/Error.cpp.o"},
		{NO_ERROR, "a.c:3:4: warning: unused variable"},
		{NO_ERROR, "configure: error: in `/build':"},
		{NO_ERROR, "../configure: error: in '/build':"},
		{NO_ERROR, "this test raises a ValueError: it has to"},
		{NO_ERROR, "ValueErrors: 3"},
		{NO_ERROR, "0 errors generated"},
		{NO_ERROR, "no error: all is well"},
		{NO_ERROR, ""},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (error_rank(table[i].line) != table[i].rank)
			fail_msg("%s: %d", table[i].line, error_rank(table[i].line));
}

static void the_first_error_of_a_log(void **state)
{
	(void)state;
	struct first_error found;
	const char *path = mem_format("%s/log", room());
	assert_false(errors_first(mem_format("%s/none", room()), "", &found));
	write_file(path,
		   "==> configure\na.c:1:1: error: of an earlier phase\n==> build\n[1/2] x\n"
		   "FAILED: x.o\nx.c:1:1: \033[1merror:\033[0m the\tcause\nx.c:2:1: error: more\n"
		   "ninja: build stopped: subcommand failed.\n");
	assert_true(errors_first(path, "build", &found));
	assert_int_equal(found.line, 6);
	assert_string_equal(found.text, "x.c:1:1: error: the\tcause");
	assert_true(errors_first(path, "", &found));
	assert_int_equal(found.line, 2);
	write_file(path, "==> build\na.c:1:1: error: of an earlier try\n==> prepare\n==> build\n"
			 "cp: x: No such file or directory\nmake: *** [x] Error 1");
	assert_true(errors_first(path, "build", &found));
	assert_int_equal(found.line, 5);
	write_file(path, "curl: (6) of an earlier try\n\n" LOG_TRY "\nnot there\n");
	assert_false(errors_first(path, "", &found));
	write_file(path, "==> build\nall is well\n");
	assert_false(errors_first(path, "build", &found));
}

static void an_error_of_two_lines(void **state)
{
	(void)state;
	static const struct {
		const char *log, *text;
		long line;
	} table[] = {
		{"CMake Error at a.cmake:3 (message):\n\n  zlib is old\n\nCall Stack:\n",
		 "CMake Error at a.cmake:3 (message): zlib is old", 1},
		{"x\nCMake Error at CMakeLists.txt:3 (f):\n  why\n  not\n",
		 "CMake Error at CMakeLists.txt:3 (f): why", 2},
		{"thread 'main' panicked at a.rs:2:5:\nout of range\n",
		 "thread 'main' panicked at a.rs:2:5: out of range", 1},
		{"configure: error: in `/build':\nconfigure: error: no compiler works\nSee x\n",
		 "configure: error: no compiler works", 2},
		{"Traceback (most recent call last):\n  File \"a\", line 1\nImportError: x\n",
		 "ImportError: x", 3},
		{"Traceback (most recent call last):\n  File \"a\", line 1\nAssertionError\n",
		 "Traceback (most recent call last): File \"a\", line 1", 1},
		{"CMake Error at a:1 (f):\n\n\nfar off\n", "CMake Error at a:1 (f):", 1},
		{"CMake Error at a:1 (f):", "CMake Error at a:1 (f):", 1},
	};
	const char *path = mem_format("%s/two", room());
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct first_error found;
		write_file(path, table[i].log);
		assert_true(errors_first(path, "", &found));
		assert_string_equal(found.text, table[i].text);
		assert_int_equal(found.line, table[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths),
		cmocka_unit_test(no_character_is_cut),
		cmocka_unit_test(control_characters_are_tamed),
		cmocka_unit_test(colours_and_titles_go),
		cmocka_unit_test(spans),
		cmocka_unit_test(steps_of_logs),
		cmocka_unit_test(logs_may_hold_anything),
		cmocka_unit_test(rows_are_cut_to_the_width),
		cmocka_unit_test(rows_of_other_kinds),
		cmocka_unit_test(totals_keep_what_matters),
		cmocka_unit_test(costs),
		cmocka_unit_test(bad_costs_are_refused),
		cmocka_unit_test(what_is_an_error),
		cmocka_unit_test(the_first_error_of_a_log),
		cmocka_unit_test(an_error_of_two_lines),
	};
	return cmocka_run_group_tests_name("display", tests, NULL, NULL);
}
