// Journals and what is made of them: lines cut short, stores of older runners, ten thousand jobs.
#include "past.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct target target = {.name = "near", .triple = "near-toy-linux"};
static struct plan plan = {.target = &target};
static struct host host = {.processors = 2};

static struct jobs *world(void)
{
	struct jobs *jobs = mem_new(sizeof *jobs);
	const char *distro = mem_format("%s/distro", room());
	write_file(distro, "name=Toy\n");
	plan.distro = conf_read(distro, NULL);
	*jobs = (struct jobs){.plan = &plan, .store = store_open(room()), .host = &host};
	return jobs;
}

static const char *key_of(size_t number)
{
	return mem_format("%064zx", number + 1);
}

static struct job *add(struct jobs *jobs, const char *name)
{
	struct job *job = mem_new(sizeof *job);
	*job = (struct job){.kind = JOB_BUILD,
			    .name = name,
			    .number = jobs->all.count,
			    .key = key_of(jobs->all.count)};
	list_push(&jobs->all, job);
	return job;
}

static void keep(const struct jobs *jobs, const struct job *job, const char *more)
{
	const struct store *store = jobs->store;
	write_file(store_path(store, "records/%s", job->key),
		   mem_format("job='%s'\ntarget=near\nout=tree\nphases='configure 1.5 build 2.5'\n"
			      "seconds=5.000\ncpu=7.500\nmemory=2048\nbytes=100\n%s",
			      job->name, more));
	if (!store_has_tree(store, "tree"))
		assert_return_code(mkdir(store_path(store, "trees/tree"), 0755), 0);
}

static void journal(const struct jobs *jobs, const char *name, const char *text)
{
	assert_true(!mkdir(store_path(jobs->store, "runs"), 0755) || errno == EEXIST);
	write_file(store_path(jobs->store, "runs/%s", name), text);
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	struct jobs *jobs = world();
	struct journal journal;
	add(jobs, "stage1/a");
	add(jobs, "sysroot of stage1/b");
	struct job *found = add(jobs, "stage1/c");
	found->wanted = found->present = true;
	journal_start(&journal, jobs, 3);
	journal_note(&journal, jobs->all.at[0], "made", journal.started, 1);
	journal_note(&journal, jobs->all.at[1], "failed", journal.started, 0);
	journal_end(&journal, 1);
	struct list runs = journal_read(jobs->store, "near");
	assert_int_equal(runs.count, 1);
	const struct past_run *run = runs.at[0];
	assert_string_equal(run->target, "near");
	assert_int_equal(run->slots, 3);
	assert_int_equal(run->status, 1);
	assert_true(run->end >= run->start && run->start > 1e9);
	assert_int_equal(run->jobs.count, 3);
	const struct past_job *last = run->jobs.at[1];
	assert_string_equal(last->what, "failed");
	assert_string_equal(last->name, "sysroot of stage1/b");
	assert_string_equal(last->key, key_of(1));
	assert_string_equal(((struct past_job *)run->jobs.at[2])->what, "found");
	// of an older run, or for another target, what was found is no news
	assert_int_equal(((struct past_run *)journal_read(jobs->store, "far").at[0])->jobs.count,
			 2);
}

static void a_run_without_work_leaves_no_trace(void **state)
{
	(void)state;
	struct jobs *jobs = world();
	struct journal journal;
	struct job *found = add(jobs, "stage1/a");
	found->wanted = found->present = true;
	journal_start(&journal, jobs, 3);
	journal_end(&journal, 0);
	assert_int_not_equal(access(store_path(jobs->store, "runs"), F_OK), 0);
	assert_int_equal(journal_read(jobs->store, "near").count, 0);
}

static void broken_lines_are_not_read(void **state)
{
	(void)state;
	struct jobs *jobs = world();
	const char *key = key_of(0);
	journal(jobs, "1000-1",
		mem_format("run 1000 2 near\n\nmade\nmade 1 2\nodd 1 2 3 k near a\n"
			   "made x y 1 %s near a\nmade 9 3 1 %s near a\nmade 1001 1002 1 %s near \n"
			   "made 1001 1002 1 %s near a\nmade 1003 1004 1 %s ne",
			   key, key, key, key, key));
	journal(jobs, "1001-1", "");
	journal(jobs, "1002-1", "made 1 2 1 k near a\n");
	journal(jobs, "1003-1", "run\n");
	struct list runs = journal_read(jobs->store, "near");
	assert_int_equal(runs.count, 1);
	const struct past_run *run = runs.at[0];
	assert_int_equal(run->jobs.count, 1);
	assert_true(run->end == 0);
}

static void old_journals_are_swept(void **state)
{
	(void)state;
	struct jobs *jobs = world();
	for (int i = 0; i < JOURNALS + 5; i++)
		journal(jobs, mem_format("%d-7", 1000000000 + i), "run 1000000000 1 near\n");
	journal_sweep(jobs->store);
	struct list left = folder_names(store_path(jobs->store, "runs"));
	assert_int_equal(left.count, JOURNALS);
	assert_string_equal(left.at[0], "1000000005-7");
}

static void an_older_store_is_fine(void **state)
{
	(void)state;
	struct jobs *jobs = world();
	keep(jobs, add(jobs, "stage1/a"), "");
	const struct past *past = past_of(jobs);
	assert_int_equal(past->bars.count, 0);
	assert_null(past->last);
	assert_true(past->known[0].record->started == 0);
	keep(jobs, add(jobs, "stage1/b"), "started=1000.250\nslots=2\n");
	past = past_of(jobs);
	assert_int_equal(past->bars.count, 1);
	const struct bar *bar = past->bars.at[0];
	assert_string_equal(bar->job->name, "stage1/b");
	assert_true(bar->start == 1000.25 && bar->end == 1005.25);
	assert_int_equal(past->lanes, 2);
}

static void bars_come_from_journals_and_records_once(void **state)
{
	(void)state;
	struct jobs *jobs = world();
	keep(jobs, add(jobs, "a"), "started=1000\nslots=1\n");
	keep(jobs, add(jobs, "b"), "started=1002\nslots=1\n");
	add(jobs, "c");
	add(jobs, "union");
	journal(jobs, "1000-1",
		mem_format(
			"run 1000 2 near\nmade 1000 1006 1 %s near a\nfailed 1001 1003 1 %s near c\n"
			"made 900 901 1 %s near c\nmade 1006 1007 0 %s near union\n"
			"made 1000 1001 1 %s far b\nfound 1007 1007 0 %s near b\nend 1007 1\n",
			key_of(0), key_of(2), key_of(77), key_of(3), key_of(1), key_of(1)));
	const struct past *past = past_of(jobs);
	assert_int_equal(past->bars.count, 4);
	static const char *const names[] = {"a", "c", "b", "union"};
	static const int lanes[] = {0, 1, 2, 0};
	for (size_t i = 0; i < 4; i++) {
		const struct bar *bar = past->bars.at[i];
		assert_string_equal(bar->job->name, names[i]);
		assert_int_equal(bar->lane, lanes[i]);
	}
	assert_int_equal(past->lanes, 3);
	assert_int_equal(past->side_lanes, 1);
	assert_string_equal(past->known[1].last, "found");
	assert_string_equal(past->known[2].last, "failed");
	assert_ptr_equal(past->last, past->runs.at[0]);
}

static double processor_time(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static struct jobs *large(size_t count)
{
	struct jobs *jobs = world();
	const char *lines = mem_format("run 1000 8 near\n");
	FILE *file;
	journal(jobs, "1000-1", lines);
	file = fopen(store_path(jobs->store, "runs/1000-1"), "ae");
	for (size_t i = 0; i < count; i++) {
		struct job *job = add(jobs, mem_format("stage1/package-%zu", i));
		double start = 1000 + (double)(i / 8) * 6;
		keep(jobs, job, mem_format("started=%.3f\nslots=1\n", start));
		fprintf(file, "made %.3f %.3f 1 %s near %s\n", start, start + 5.5, job->key,
			job->name);
		for (size_t back = 1; back <= 4 && back * 8 <= i; back++)
			list_push(&job->inputs, jobs->all.at[i - back * 8]);
	}
	fclose(file);
	return jobs;
}

static void ten_thousand_jobs_take_a_moment(void **state)
{
	struct jobs *jobs = large(10000);
	const char *path = mem_format("%s/page", room()), *trace = mem_format("%s/trace", room());
	double before = processor_time();
	const struct past *past = past_of(jobs);
	FILE *file = fopen(path, "we");
	assert_true(past_write_page(past, mem_format("%s/src/report", (char *)*state), file));
	assert_return_code(fclose(file), 0);
	file = fopen(trace, "we");
	assert_true(past_write_trace(past, file));
	assert_return_code(fclose(file), 0);
	double took = processor_time() - before;
	assert_int_equal(past->bars.count, 10000);
	assert_int_equal(past->lanes, 8);
	print_message("# 10000 jobs: %.2f s of processor time\n", took);
	assert_true(took < 3); // a second, and as much again for a build with every access checked
}

int main(int argc, char **argv)
{
	char *top = argc > 1 ? argv[1] : mem_text(".");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_run_without_work_leaves_no_trace),
		cmocka_unit_test(broken_lines_are_not_read),
		cmocka_unit_test(old_journals_are_swept),
		cmocka_unit_test(an_older_store_is_fine),
		cmocka_unit_test(bars_come_from_journals_and_records_once),
		cmocka_unit_test_prestate(ten_thousand_jobs_take_a_moment, top),
	};
	return cmocka_run_group_tests_name("past", tests, NULL, NULL);
}
