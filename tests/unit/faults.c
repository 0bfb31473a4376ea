// How faults are told: who is silent, who is there, and which line of a log speaks of a crash.
#include "census.h"
#include "crash.h"
#include "unit.h"
#include "watchdog.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void lines_of_processes(void **state)
{
	(void)state;
	struct process process;
	assert_true(census_read("42 (a) b (c)) S 7 42 42 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0",
				&process));
	assert_int_equal(process.pid, 42);
	assert_int_equal(process.parent, 7);
	assert_int_equal(process.ticks, 100);
	assert_string_equal(process.name, "a) b (c)");
	assert_false(census_read("", &process));
	assert_false(census_read("42 (cut S 7", &process));
	assert_false(census_read("42 (short) S 7 42 42", &process));
}

// A child that waits, and one below it.
static void who_is_there(void **state)
{
	(void)state;
	int pipes[2];
	char byte;
	assert_return_code(pipe(pipes), 0);
	pid_t top = fork();
	if (top == 0) {
		if (fork() == 0)
			execlp("sleep", "sleep", "60", NULL);
		if (write(pipes[1], "+", 1) == 1)
			pause();
		_exit(0);
	}
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	for (int tries = 0; tries < 100 && strcmp(census_names(top, "none"), "sleep") != 0; tries++)
		usleep(20000);
	assert_string_equal(census_names(top, "none"), "sleep");
	assert_true(census_cpu(top) >= 0);
	shell("kill $(ps -o pid= --ppid %d); kill %d", (int)top, (int)top);
	waitpid(top, NULL, 0);
	assert_true(census_cpu(top) < 0);
	assert_string_equal(census_names(top, "none"), "");
}

static void silence_lasts_from_the_last_sign_of_life(void **state)
{
	(void)state;
	struct pulse pulse = {.since = 100, .looked = 100};
	assert_int_equal(pulse_silence(&pulse, 110, 10, 5, -1), 0); // printed
	assert_int_equal(pulse_silence(&pulse, 120, 10, 5, 1),
			 0); // and its processes are new to us
	assert_int_equal(pulse_silence(&pulse, 130, 10, 5, 1), 10);
	assert_int_equal(pulse_silence(&pulse, 140, 10, 5, 1.005), 20); // woke up, and slept on
	assert_int_equal(pulse_silence(&pulse, 150, 10, 5, 1.5), 0);
	assert_int_equal(pulse_silence(&pulse, 160, 10, 6, 1.5), 0);
	assert_int_equal(pulse_silence(&pulse, 170, 10, 6, 1.5), 10);
}

static void what_cannot_be_told_is_life(void **state)
{
	(void)state;
	struct pulse pulse = {.since = 100, .looked = 100, .cpu = 2};
	assert_int_equal(pulse_silence(&pulse, 110, 10, 0, 2), 10);
	assert_int_equal(pulse_silence(&pulse, 120, 10, 0, -1), 0);
	pulse.cpu = 2;
	assert_int_equal(pulse_silence(&pulse, 130, 10, 0, 1), 0); // who used it has ended unseen
}

// A machine that was asleep, or a container that was paused.
static void time_in_which_nobody_looked_does_not_count(void **state)
{
	(void)state;
	struct pulse pulse = {.since = 100, .looked = 100};
	assert_int_equal(pulse_silence(&pulse, 110, 10, 0, 0), 10);
	assert_int_equal(pulse_silence(&pulse, 5110, 10, 0, 0), 30);
	assert_int_equal(pulse_silence(&pulse, 5120, 10, 0, 0), 40);
}

static void last_words(void **state)
{
	(void)state;
	static const struct {
		const char *line, *words;
		bool inner;
	} table[] = {
		{"qemu: uncaught target signal 11 (Segmentation fault) - core dumped",
		 "signal 11 (Segmentation fault)", false},
		{"x: qemu: uncaught target signal 6 (Aborted)", "signal 6 (Aborted)", false},
		{"qemu-x: QEMU internal SIGSEGV {code=MAPERR, addr=0x20}",
		 "QEMU internal SIGSEGV {code=MAPERR, addr=0x20}", true},
		{"qemu: unhandled CPU exception 0x4 - aborting",
		 "qemu: unhandled CPU exception 0x4 - aborting", true},
		{"Bail out! ERROR:../../tcg/x.c:1:f: assertion failed", NULL, true},
		{"qemu: uncaught", "", false},
		{"Bail out! no such test", "", false},
		{"", "", false},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct crash crash = {0};
		const char *words = table[i].words ? table[i].words : table[i].line;
		assert_int_equal(crash_line(table[i].line, &crash), *words != '\0');
		assert_string_equal(crash.words, words);
		assert_int_equal(crash.inner, table[i].inner);
	}
	struct crash crash;
	const char *line = mem_format("qemu: fatal: %0500d", 1);
	assert_true(crash_line(line, &crash));
	assert_int_equal(strlen(crash.words), CRASH_WORDS - 1);
}

static void only_this_try_and_the_last_phase_count(void **state)
{
	(void)state;
	static const char death[] = "qemu: uncaught target signal 4 (Illegal instruction)\n";
	const char *log = mem_format("%s/log", room());
	struct crash crash;
	write_file(log, mem_format("==> build\n%s%sx\n", death, death));
	assert_true(crash_find(log, 0, &crash));
	assert_int_equal(crash.line, 3);
	assert_true(crash_find(log, 10, &crash));
	assert_false(crash_find(log, (long long)(10 + 2 * strlen(death)), &crash));
	write_file(log, mem_format("%s==> build\nx\n", death));
	assert_false(crash_find(log, 0, &crash));
	write_file(log, death);
	assert_true(crash_find(log, 0, &crash));
	assert_false(crash_find("/nowhere", 0, &crash));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_processes),
		cmocka_unit_test(who_is_there),
		cmocka_unit_test(silence_lasts_from_the_last_sign_of_life),
		cmocka_unit_test(what_cannot_be_told_is_life),
		cmocka_unit_test(last_words),
		cmocka_unit_test(only_this_try_and_the_last_phase_count),
		cmocka_unit_test(time_in_which_nobody_looked_does_not_count),
	};
	return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
