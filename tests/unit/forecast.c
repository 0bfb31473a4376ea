// What is left of a run, where the steps of a build tell more than its record does.
#include "../../src/forecast.c"

#include "unit.h"

// Goes on from tries that took 900 of the 1000 seconds its record tells; at work since second 100.
static struct task task = {.started = 100, .record = {.earlier = 900}};
static struct job job;

static void at_work(void)
{
	static const struct jobs jobs;
	job = (struct job){.task = &task, .estimate = 1000, .work = 2000, .path = 1100};
	job.basis = RECORDED;
	forecast.jobs = &jobs;
	forecast.slots = 2;
	forecast.wanted = (struct list){0};
	list_push(&forecast.wanted, &job);
}

static void a_record_tells(void **state)
{
	(void)state;
	at_work();
	assert_float_equal(forecast_of(&job), 100, 1e-6);
	assert_float_equal(forecast_left(110), 190, 1e-6); // with 100 of those that wait for it
}

static void a_record_too_short_is_corrected(void **state)
{
	(void)state;
	at_work();
	forecast_pace(&job, 800, 200);
	assert_float_equal(forecast_of(&job), 900, 1e-6); // 100 past, 800 to come
	assert_float_equal(forecast_left(200), 900, 1e-6);
	assert_float_equal(forecast_left(600), 500, 1e-6);
}

static void a_slow_beginning_is_forgotten(void **state)
{
	(void)state;
	at_work();
	forecast_pace(&job, 8000, 200);
	forecast_pace(&job, 300, 600);
	assert_float_equal(forecast_of(&job), 800, 1e-6); // 500 past, 300 to come
	assert_float_equal(forecast_left(600), 400, 1e-6);
}

static void the_last_steps_are_longer(void **state)
{
	(void)state;
	at_work();
	forecast_pace(&job, 10, 150);
	assert_float_equal(forecast_of(&job), 100, 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_tells),
		cmocka_unit_test(a_record_too_short_is_corrected),
		cmocka_unit_test(a_slow_beginning_is_forgotten),
		cmocka_unit_test(the_last_steps_are_longer),
	};
	return cmocka_run_group_tests_name("forecast", tests, NULL, NULL);
}
