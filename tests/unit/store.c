// Stores: what is one, who may make one, and several that make the same.
#include "store.h"
#include "fail.h"
#include "mem.h"
#include "unit.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void open_at(const void *path)
{
	store_open(path);
}

static void a_folder_of_somebody_is_none(void **state)
{
	(void)state;
	const char *path = room();
	write_file(mem_format("%s/letter", path), "");
	assert_fatal(open_at, path, EXIT_INPUT, "holds 'letter' and is no store");
}

static void an_empty_file_system_may_become_one(void **state)
{
	(void)state;
	const char *path = room();
	assert_return_code(mkdir(mem_format("%s/lost+found", path), 0700), 0);
	assert_true(store_open(path));
	assert_true(store_open(path));
}

// All wait at the same gate: closing it lets them go at once.
static void make_together(const char *path, int gate)
{
	char byte;
	alarm(60);
	if (read(gate, &byte, 1) == 0)
		store_open(path);
	_exit(0);
}

static void several_make_it_together(void **state)
{
	(void)state;
	enum { ROUNDS = 300, RUNS = 4 };
	const char *folder = room();
	for (int round = 0; round < ROUNDS; round++) {
		int gate[2], status;
		assert_return_code(pipe(gate), 0);
		for (int i = 0; i < RUNS; i++) {
			if (fork())
				continue;
			close(gate[1]);
			make_together(mem_format("%s/%d", folder, round), gate[0]);
		}
		close(gate[0]);
		close(gate[1]);
		for (int i = 0; i < RUNS; i++) {
			assert_true(wait(&status) > 0);
			assert_int_equal(status, 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_of_somebody_is_none),
		cmocka_unit_test(an_empty_file_system_may_become_one),
		cmocka_unit_test(several_make_it_together),
	};
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
