// The small parts: jobserver, versions, the command line, binfmt's line, memory.
#include "../../src/binfmt.c"

#include "folder.h"
#include "jobserver.h"
#include "licence.h"
#include "names.h"
#include "options.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void slots_are_taken_all_or_none(void **state)
{
	(void)state;
	struct jobserver server;
	jobserver_open(&server, 3);
	assert_int_equal(server.held, 0);
	assert_true(jobserver_take(&server, 2));
	assert_int_equal(server.held, 2);
	assert_false(jobserver_take(&server, 2));
	assert_int_equal(server.held, 2);
	assert_true(jobserver_take(&server, 1));
	assert_false(jobserver_take(&server, 1));
	assert_true(jobserver_take(&server, 0));
	jobserver_give(&server, 3);
	assert_int_equal(server.held, 0);
	assert_true(jobserver_take(&server, 3));
}

static void lost_slots_come_back(void **state)
{
	(void)state;
	struct jobserver server;
	char tokens[3];
	jobserver_open(&server, 4);
	assert_int_equal(read(server.read_end, tokens, 3), 3); // a make that is killed now
	assert_true(jobserver_take(&server, 1));
	assert_false(jobserver_take(&server, 1));
	jobserver_refill(&server);
	assert_int_equal(server.held, 0);
	assert_true(jobserver_take(&server, 4));
	assert_false(jobserver_take(&server, 1));
}

static void clients_block_and_the_runner_does_not(void **state)
{
	(void)state;
	struct jobserver server;
	jobserver_open(&server, 1);
	assert_false(fcntl(server.read_end, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(server.own_read, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(server.read_end, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(server.write_end, F_GETFD) & FD_CLOEXEC);
}

static void makes_are_told(void **state)
{
	(void)state;
	struct jobserver server;
	jobserver_open(&server, 5);
	assert_string_equal(jobserver_flags(&server, false),
			    "-j5 --eval=.DELETE_ON_ERROR: --jobserver-auth=3,4");
	assert_string_equal(jobserver_flags(&server, true),
			    "-j5 --eval=.DELETE_ON_ERROR: --jobserver-auth=fifo:/proc/self/fd/3");
}

static void versions(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int major, minor;
		bool is;
	} table[] = {
		{"1.13.2", 1, 13, true},
		{"1.13", 1, 13, true},
		{"1.9", 1, 13, false},
		{"1.12.1", 1, 13, false},
		{"2.0", 1, 13, true},
		{"2", 1, 13, true},
		{"1", 1, 0, true},
		{"1", 1, 1, false},
		{"Debian clang version 19.1.7 (3)", 19, 0, true},
		{"clang version 18.1.8", 19, 0, false},
		{"gcc (Debian 14.2.0-19) 14.2.0", 14, 0, true},
		{"6.18.44-fc-v657", 6, 7, true},
		{"6.1.0-38-amd64", 6, 7, false},
		{"10.0", 9, 9, true},
		{"no number", 0, 0, false},
		{"", 0, 0, false},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (version_at_least(table[i].text, table[i].major, table[i].minor) != table[i].is)
			fail_msg("%s", table[i].text);
}

static const struct options *parsed(const char *text)
{
	struct list arguments = words(mem_format("bootstrap %s", text));
	list_push(&arguments, NULL);
	return options_parse((int)arguments.count - 1, (char **)arguments.at);
}

static void options_are_read(void **state)
{
	(void)state;
	unsetenv("BOOTSTRAP_MIRROR");
	const struct options *options = parsed("");
	assert_string_equal(options->verb, "");
	assert_string_equal(options->root, ".");
	assert_int_equal(options->run.talk, NORMAL);
	assert_int_equal(options->run.slots, 0);
	assert_null(options->target);
	options = parsed(
		"--target a --store=/s -j4 --only x --only=y --offline --keep-going --quiet "
		"--time-limit 1.5h --until stage1 --fresh z --mirror m");
	assert_string_equal(options->target, "a");
	assert_string_equal(options->store, "/s");
	assert_int_equal(options->run.slots, 4);
	assert_int_equal(options->run.only.count, 2);
	assert_string_equal(options->run.only.at[1], "y");
	assert_string_equal(options->run.fresh.at[0], "z");
	assert_string_equal(options->run.mirror, "m");
	assert_true(options->run.offline && options->run.keep_going && !options->run.fetch_only);
	assert_int_equal(options->run.talk, QUIET);
	assert_int_equal((long)options->run.time_limit, 5400);
	assert_int_equal((long)parsed("--time-limit 90")->run.time_limit, 90);
	assert_int_equal((long)parsed("--time-limit 30m")->run.time_limit, 1800);
	assert_int_equal((long)parsed("")->run.hang_limit, 900);
	assert_int_equal((long)parsed("--hang-limit 2h")->run.hang_limit, 7200);
	assert_int_equal(parsed("-j 7")->run.slots, 7);
	assert_int_equal(parsed("-j=8")->run.slots, 8);
	assert_int_equal(parsed("-j 7 -j7")->run.slots, 7);
	assert_string_equal(parsed("--root a --root b")->root, "b"); // the script gives the first
	assert_string_equal(parsed("why x")->operand, "x");
	assert_int_equal((long long)parsed("gc --size 1B")->size, 1);
	assert_int_equal((long long)parsed("gc --size 1.5K")->size, 1536);
	assert_int_equal((long long)parsed("gc --size 2T")->size, 1LL << 41);
	static const char *const all[] = {
		"",	    "plan",	"why",	   "log x",  "report", "shell x",
		"verify x", "export x", "targets", "doctor", "gc",     "completion x",
	};
	assert_true(parsed("--fetch-only --fresh fetch/x")->run.fetch_only);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) // what scripts give to all of them
		parsed(mem_format("--quiet --store /s --target a --root r %s", all[i]));
	options = parsed("shell stage1 --target a -- ls -l --target b");
	assert_string_equal(options->verb, "shell");
	assert_string_equal(options->operand, "stage1");
	assert_int_equal(options->command.count, 4);
	assert_string_equal(options->target, "a");
	options = parsed("export stage2 --format dir --output=o --sign k");
	assert_string_equal(options->format, "dir");
	assert_string_equal(options->output, "o");
	assert_string_equal(options->sign, "k");
	setenv("BOOTSTRAP_MIRROR", "/m", 1);
	assert_string_equal(parsed("")->run.mirror, "/m");
	assert_string_equal(parsed("--mirror n")->run.mirror, "n");
}

static void parse(const void *text)
{
	parsed(text);
}

static void options_are_refused(void **state)
{
	(void)state;
	static const char *const bad[][2] = {
		{"--no", "'--no' is no option"},
		{"-x", "'-x' is no option"},
		{"--target", "nothing stands behind --target; write --target NAME"},
		{"--offline=1", "--offline takes no value"},
		{"-j", "nothing stands behind -j; write -j N"},
		{"-j x", "-j x: a number"},
		{"-j 0", "-j 0: a number"},
		{"-j -1", "-j -1: a number"},
		{"-j 1x", "-j 1x: a number"},
		{"-j 99999999999999999999", "a number"},
		{"--time-limit 0", "--time-limit"},
		{"--time-limit 1d", "--time-limit"},
		{"--time-limit nan", "--time-limit"},
		{"--time-limit inf", "--time-limit"},
		{"--time-limit h", "--time-limit"},
		{"--time-limit 1hm", "--time-limit"},
		{"fly", "'fly' is no verb"},
		{"log", "nothing stands behind log; write log RECIPE"},
		{"plan x", "plan takes no name"},
		{"why a b", "one name only"},
		{"export", "nothing stands behind export; write export STAGE"},
		{"--targets", "'--targets' is no option"},
		{"--size 3G", "--size is for gc, not for building"},
		{"--dry-run", "--dry-run is for gc, not for building"},
		{"gc --size 20", "--size 20: 20 of what? write 20G, or another of BKMGT"},
		{"gc --size 1.5", "write 1.5G"},
		{"gc --size 20g",
		 "--size 20g: a number above 0 is wanted, with one of BKMGT behind"},
		{"gc --size 0", "--size 0: a number above 0"},
		{"gc --size=", "--size : a number above 0"},
		{"--format zip", "--format is for export, not for building"},
		{"--size 3G plan", "--size is for gc, not for plan"},
		{"why x -j 3", "-j is for building and verify, not for why"},
		{"gc --output x", "--output is for export and report, not for gc"},
		{"verify x --until y", "--until is for building and plan, not for verify"},
		{"verify x --fetch-only", "--fetch-only is for building, not for verify"},
		{"plan --only x", "--only is for building and verify, not for plan"},
		{"--target a --target=b", "--target is there twice, with a and with b; run once"},
		{"-j2 -j 3", "-j is there twice, with 2 and with 3; keep one of them"},
		{"gc --size 1G --size 2G", "--size is there twice"},
		{"--time-limit 5h --time-limit 300m", "--time-limit is there twice"},
		{"why x --mirror m", "--mirror is for building, verify and doctor, not for why"},
		{"gc --offline", "--offline is for building and verify, not for gc"},
		{"plan --verbose", "--verbose is for building and verify, not for plan"},
		{"plan --host-cc gcc", "shell, export, doctor and gc, not for plan"},
		{"targets --host-clang", "--host-clang is for building, verify, why, log"},
		{"gc --no-native-tools", "report, shell, export and plan, not for gc"},
		{"-- x", "-- is for shell, not for building"},
		{"why x --", "-- is for shell, not for why"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_fatal(parse, bad[i][0], 2, bad[i][1]);
}

static void the_way_to_go_on_can_be_typed(void **state)
{
	(void)state;
	static char *const argv[] = {"bootstrap",     "--root=/x",  "--store",	"a b",
				     "--fresh",	      "y",	    "--root",	"/x",
				     "--mirror=it's", "--fresh=z",  "",		"--store",
				     "--fresh",	      "$HOME *?&;", "--only=x", NULL};
	const char *text = options_text(&(struct options){0}, 15, (char **)argv);
	// what sh makes of it is what was given
	const char *seen = shell("bootstrap() { printf '<%%s>' \"$@\"; }; %s",
				 mem_format("bootstrap%s", text + strlen("./bootstrap")));
	assert_memory_equal(text, "./bootstrap", strlen("./bootstrap"));
	assert_string_equal(
		seen, "<--store><a b><--mirror=it's><><--store><--fresh><$HOME *?&;><--only=x>");
}

static void what_is_just_fresh_is_only_that(void **state)
{
	(void)state;
	const char *argv[] = {"bootstrap", "--fresh", "a", "--fresh=b", "-j2"};
	const struct options *options = options_parse(5, (char **)argv);
	assert_string_equal(options_text(options, 5, (char **)argv),
			    "./bootstrap --only a --only b -j2");
}

static void a_long_word_takes_its_own_length(void **state)
{
	(void)state;
	struct rusage before, after;
	char *word = mem_new(20001);
	memset(word, '\'', 20000);
	getrusage(RUSAGE_SELF, &before);
	const char *text = options_text(&(struct options){0}, 2,
					(char *[]){"bootstrap", word, NULL});
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(strlen(text), strlen("./bootstrap ''") + 4 * 20000);
	assert_true(after.ru_maxrss - before.ru_maxrss < 10000); // KiB
}

static void licences_have_a_form(void **state)
{
	(void)state;
	static const char *const good[] = {
		"MIT",
		"GPL-2.0-or-later",
		"GPL-2.0+",
		" MIT\n",
		"MIT AND (Zlib OR 0BSD)",
		"((MIT)AND(ISC OR(Zlib)))AND bzip2-1.0.6",
		"Apache-2.0 WITH LLVM-exception OR NCSA",
		"ANDroid",
	};
	static const char *const bad[] = {
		"",	 " ",	       "MIT ISC",      "MIT and ISC",	    "MIT AND", "AND MIT",
		"(MIT",	 "MIT)",       "()",	       "MIT OR OR ISC",	    "MIT/ISC", "GPL v2",
		"MIT,",	 "MIT WITH",   "(MIT) WITH x", "MIT WITH a WITH b", "WITH",    "MIT | ISC",
		"MIT (", "MIT ANDISC",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!licence_is_expression(good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (licence_is_expression(bad[i]))
			fail_msg("taken: %s", bad[i]);
}

static void little_programs_are_known_by_their_header(void **state)
{
	(void)state;
	unsigned char sample[HEADER] = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1, 3, 0};
	sample[16] = ET_DYN;
	sample[18] = 0xb7;
	assert_string_equal(
		line(sample, "/usr/bin/qemu"),
		":bootstrap:M:0:"
		"\\x7f\\x45\\x4c\\x46\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
		"\\x02\\x00\\xb7\\x00:"
		"\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff"
		"\\xfe\\xff\\xff\\xff:/usr/bin/qemu:PF");
}

static void big_ones_too(void **state)
{
	(void)state;
	unsigned char sample[HEADER] = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2MSB, 1, 0, 0};
	sample[17] = ET_DYN;
	sample[19] = 22;
	const char *text = line(sample, "/q");
	assert_non_null(strstr(text, "\\x00\\x02\\x00\\x16:"));
	assert_non_null(strstr(text, "\\xff\\xfe\\xff\\xff:/q:PF"));
	// the kernel's limit for a registration
	assert_true(strlen(text) < 1920);
}

static void what_is_no_program_is_refused(void **state)
{
	(void)state;
	const struct target target = {.name = "far", .loader = "ld-far.so"};
	const char *path = mem_format("%s/file", room());
	write_file(path, "#!/bin/sh\n# long enough for a header\n");
	assert_string_equal(
		binfmt_unlike(&target, path),
		mem_format("%s is no ELF file; is loader=ld-far.so right in targets/far?", path));
	assert_non_null(binfmt_unlike(&target, "/nonexistent"));
	write_file(path, "\177ELF");
	assert_non_null(binfmt_unlike(&target, path));
	assert_null(binfmt_unlike(&target, "/proc/self/exe"));
}

static void files_of_the_kernel_are_read_whatever_size_they_say(void **state)
{
	(void)state;
	const char *text = file_try("/proc/self/status");
	assert_non_null(text);
	assert_non_null(strstr(text, "\nPid:"));
}

static void a_folder_that_lets_nobody_in_is_found(void **state)
{
	(void)state;
	assert_null(folder_closed("/"));
	assert_null(folder_closed(room()));
	assert_false(folder_is_empty("/proc/self/task/none"));
	const char *folder = mem_format("%s/hidden", room());
	mkdir(folder, 0755);
	assert_true(folder_is_empty(folder));
	write_file(mem_format("%s/.file", folder), "");
	assert_false(folder_is_empty(folder));
}

static void a_registration_serves_with_its_file_kept_open(void **state)
{
	(void)state;
	assert_true(binfmt_serves("enabled\ninterpreter /usr/bin/qemu\nflags: OCF\noffset 0\n"));
	assert_true(binfmt_serves("enabled\ninterpreter /usr/bin/qemu\nflags: F\n"));
	assert_false(
		binfmt_serves("enabled\ninterpreter /usr/bin/Fqemu\nflags: \noffset 0\nmagic F\n"));
	assert_false(binfmt_serves("disabled\ninterpreter /usr/bin/qemu\nflags: OCF\n"));
	assert_false(binfmt_serves("enabled\n"));
}

static void lists_grow(void **state)
{
	(void)state;
	struct list list = {0};
	for (int i = 0; i < 1000; i++)
		list_push(&list, mem_format("%d", i));
	assert_int_equal(list.count, 1000);
	assert_string_equal(list.at[0], "0");
	assert_string_equal(list.at[999], "999");
	int seen = 0;
	EACH(const char, text, list) {
		if (!strcmp(text, "5"))
			continue;
		if (!strcmp(text, "10"))
			break;
		seen++;
	}
	assert_int_equal(seen, 9);
}

static void words_are_apart(void **state)
{
	(void)state;
	assert_int_equal(words("").count, 0);
	assert_int_equal(words(NULL).count, 0);
	assert_int_equal(words(" \t\n ").count, 0);
	struct list list = words("  one\ttwo\nthree ");
	assert_int_equal(list.count, 3);
	assert_string_equal(list.at[2], "three");
}

static void memory_is_new_and_aligned(void **state)
{
	(void)state;
	for (size_t size = 0; size < 300000; size = size * 3 + 1) {
		char *made = mem_new(size);
		assert_int_equal((uintptr_t)made % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(made[i], 0);
	}
	assert_string_equal(mem_copy("abcdef", 3), "abc");
}

static void names_keep_the_order_of_their_things(void **state)
{
	(void)state;
	struct names names = {0};
	char *words[] = {"one", "two", "three"};
	names_add(&names, "number", words[1]);
	names_add(&names, "other", words[2]);
	names_add(&names, "number", words[0]);
	struct list found = names_find(&names, "number");
	assert_int_equal(found.count, 2);
	assert_ptr_equal(found.at[0], words[1]);
	assert_ptr_equal(found.at[1], words[0]);
	assert_int_equal(names_find(&names, "numbe").count, 0);
}

static const char *meant(const char *name, const char *known)
{
	struct list list = words(known);
	return names_hint(name, &list);
}

static void a_slip_of_the_pen_is_told(void **state)
{
	(void)state;
	assert_string_equal(meant("helo", "app hello"), "; did you mean 'hello'?");
	assert_string_equal(meant("zde", "app zed"), "; did you mean 'zed'?");
	assert_string_equal(meant("cmkae", "cmake make"), "; did you mean 'cmake'?");
	assert_string_equal(meant("stage2/hello:x", "stage2/hello:xy"),
			    "; did you mean 'stage2/hello:xy'?");
	// two letters, but not of three; a name twice is one
	assert_string_equal(meant("pkcnof", "pkgconf pkgconf"), "; did you mean 'pkgconf'?");
	assert_string_equal(meant("sed", "app"), "");
	assert_string_equal(meant("gcc", "gsc gac"), "");
	assert_string_equal(meant("stage9", "stage1 stage2"), "");
	assert_string_equal(meant("stage9", "stage1 stage2 stages9"), "");
	assert_string_equal(meant("ls", "l"), "");
	assert_string_equal(meant("", "a"), "");
	assert_string_equal(meant("hello", ""), "");
	const char *longest = "0123456789012345678901234567890123456789012345678901234567890123";
	assert_string_equal(meant(longest, mem_format("%sx", longest)), "");
	assert_true(*meant(longest, longest + 1));
}

static const char *slipped(const char *name)
{
	struct list list = words("if for");
	return names_slip(name, &list);
}

static void a_slip_shows_in_the_shortest_names(void **state)
{
	(void)state;
	assert_string_equal(slipped("fi"), "; did you mean 'if'?");
	assert_string_equal(slipped("i"), "; did you mean 'if'?");
	assert_string_equal(slipped("fro"), "; did you mean 'for'?");
	assert_string_equal(slipped("form"), "; did you mean 'for'?");
	assert_string_equal(slipped("if"), "");
	assert_string_equal(slipped("mode"), "");
	assert_string_equal(slipped("word"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_are_taken_all_or_none),
		cmocka_unit_test(lost_slots_come_back),
		cmocka_unit_test(clients_block_and_the_runner_does_not),
		cmocka_unit_test(makes_are_told),
		cmocka_unit_test(versions),
		cmocka_unit_test(options_are_read),
		cmocka_unit_test(options_are_refused),
		cmocka_unit_test(the_way_to_go_on_can_be_typed),
		cmocka_unit_test(what_is_just_fresh_is_only_that),
		cmocka_unit_test(a_long_word_takes_its_own_length),
		cmocka_unit_test(licences_have_a_form),
		cmocka_unit_test(little_programs_are_known_by_their_header),
		cmocka_unit_test(big_ones_too),
		cmocka_unit_test(what_is_no_program_is_refused),
		cmocka_unit_test(files_of_the_kernel_are_read_whatever_size_they_say),
		cmocka_unit_test(a_folder_that_lets_nobody_in_is_found),
		cmocka_unit_test(a_registration_serves_with_its_file_kept_open),
		cmocka_unit_test(lists_grow),
		cmocka_unit_test(words_are_apart),
		cmocka_unit_test(memory_is_new_and_aligned),
		cmocka_unit_test(names_keep_the_order_of_their_things),
		cmocka_unit_test(a_slip_of_the_pen_is_told),
		cmocka_unit_test(a_slip_shows_in_the_shortest_names),
	};
	return cmocka_run_group_tests_name("small", tests, NULL, NULL);
}
