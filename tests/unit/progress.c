// Off a terminal: after a long silence it is said what is at work.
#include "../../src/progress.c"
#include "../../src/forecast.c"

#include "unit.h"

static const struct host host = {.processors = 2};
static struct job slow = {.name = "stage2/slow", .kind = JOB_BUILD, .key = "k"};

static struct jobs *jobs_here(void)
{
	static struct jobs jobs;
	static struct store store;
	store.path = room();
	jobs = (struct jobs){.store = &store, .host = &host};
	return &jobs;
}

// What `act` prints.
static const char *printed(void (*act)(void))
{
	static char text[4096];
	const char *path = mem_format("%s/printed", room());
	fflush(stdout);
	int out = dup(STDOUT_FILENO), file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	dup2(file, STDOUT_FILENO);
	act();
	fflush(stdout);
	ssize_t count = pread(file, text, sizeof text - 1, 0);
	text[count > 0 ? count : 0] = '\0';
	dup2(out, STDOUT_FILENO);
	close(out);
	close(file);
	return text;
}

static void work_in_silence(void)
{
	const struct run_wish wish = {.talk = NORMAL};
	const char *log = mem_format("%s/log", room());
	list_push(&forecast.wanted, &slow);
	write_file(log, "==> build\n[3/7] Building CXX object slow.o\n");
	assert_false(progress_open(jobs_here(), &wish));
	progress_start(&slow, log);
	progress_phase(&slow, "build");
	progress_tick();
}

static double seconds_left(void)
{
	struct itimerspec times;
	assert_int_equal(timerfd_gettime(progress_clock(), &times), 0);
	return (double)times.it_value.tv_sec + (double)times.it_value.tv_nsec / 1e9;
}

static void expire(void)
{
	const struct itimerspec soon = {.it_value.tv_nsec = 1};
	char expired[8];
	timerfd_settime(progress_clock(), 0, &soon, NULL);
	while (read(progress_clock(), expired, sizeof expired) < 0)
		;
}

static void what_is_at_work_is_said(void **state)
{
	(void)state;
	const char *text = printed(work_in_silence);
	assert_memory_equal(text, "  stage2/slow ", 14);
	assert_non_null(strstr(text, " build 3/7 "));
	assert_non_null(strstr(text, "\n0/1 done  0:0"));
	assert_null(strchr(text, '\033'));
	assert_true(seconds_left() > SILENCE - 60);
}

static void say_something(void)
{
	progress_say("something");
}

static void a_line_breaks_the_silence(void **state)
{
	(void)state;
	expire();
	assert_true(seconds_left() <= 0);
	assert_string_equal(printed(say_something), "something\n");
	assert_true(seconds_left() > SILENCE - 60);
	assert_true(slow.estimate > 0); // of 3 steps in 7
	progress_end(&slow);
	assert_null(strstr(printed(progress_tick), "slow"));
}

static void be_quiet(void)
{
	const struct run_wish wish = {.talk = QUIET};
	progress_open(jobs_here(), &wish);
	progress_start(&slow, "");
	progress_tick();
}

static void quiet_is_quiet(void **state)
{
	(void)state;
	assert_string_equal(printed(be_quiet), "");
	assert_int_equal(progress_clock(), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_at_work_is_said),
		cmocka_unit_test(a_line_breaks_the_silence),
		cmocka_unit_test(quiet_is_quiet),
	};
	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
