// Enters: jobs with their keys. Leaves: when each was at work, and what is known of it. May touch:
// the store, to look.
#include "past.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *log_of(const struct store *store, const char *key)
{
	const char *kept = store_path(store, "logs/%s", key);
	if (!access(kept, R_OK))
		return kept;
	const char *failed = store_path(store, "objects/%s/log", key);
	return access(failed, R_OK) ? NULL : failed;
}

static void look(struct past *past, const struct job *job)
{
	struct known *known = &past->known[job->number];
	const struct store *store = past->jobs->store;
	*known = (struct known){.job = job, .last = ""};
	if (!job->key)
		return;
	known->log = log_of(store, job->key);
	if (job->kind != JOB_COMPOSE)
		known->record = store_find(store, job->key);
}

static struct bar *add_bar(struct past *past, const struct job *job, const char *what, double start,
			   double end, int slots)
{
	struct bar *bar = mem_new(sizeof *bar);
	*bar = (struct bar){job, what, start, end, slots > 0 ? slots : 0, 0};
	list_push(&past->bars, bar);
	return bar;
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct known *const *)a)->job->name,
		      (*(struct known *const *)b)->job->name);
}

static struct list sorted_by_name(const struct past *past)
{
	struct list sorted = {0};
	for (size_t i = 0; i < past->jobs->all.count; i++)
		list_push(&sorted, &past->known[i]);
	list_sort(&sorted, by_name);
	return sorted;
}

static struct known *named(const struct list *sorted, const char *name)
{
	const struct job job = {.name = name};
	const struct known wanted = {.job = &job};
	const struct known *at = &wanted;
	if (!sorted->count)
		return NULL;
	struct known **found = (struct known **)bsearch((const void *)&at, (const void *)sorted->at,
							sorted->count, sizeof *sorted->at, by_name);
	return found ? *found : NULL;
}

// Of an earlier recipe is what was done under another key; where the key is not known yet, any is
// news.
static bool concerns(const struct past *past, const struct known *known,
		     const struct past_job *line)
{
	const struct job *job = known->job;
	return !strcmp(job_target(past->jobs, job), line->target) &&
	       (!job->key || !strcmp(job->key, line->key));
}

static bool is_of_record(const struct known *known, const struct past_job *line)
{
	double apart = known->record ? known->record->started - line->start : 1;
	return apart > -0.01 && apart < 0.01;
}

static void read_run(struct past *past, struct past_run *run, const struct list *sorted)
{
	bool used = run == past->last;
	EACH(const struct past_job, line, run->jobs) {
		struct known *known = named(sorted, line->name);
		if (!known || !concerns(past, known, line))
			continue;
		if (run == past->last)
			known->last = line->what;
		if (!strcmp(line->what, "found"))
			continue;
		add_bar(past, known->job, line->what, line->start, line->end, line->slots);
		used = true;
	}
	if (used)
		list_push(&past->runs, run);
}

// What a journal that is gone would have said.
static void add_from_records(struct past *past)
{
	bool *drawn = mem_new(past->jobs->all.count * sizeof *drawn);
	EACH(const struct bar, bar, past->bars) {
		const struct past_job line = {.start = bar->start};
		drawn[bar->job->number] |= is_of_record(&past->known[bar->job->number], &line);
	}
	for (size_t i = 0; i < past->jobs->all.count; i++) {
		const struct record *record = past->known[i].record;
		if (record && record->started > 0 && !drawn[i])
			add_bar(past, past->known[i].job, "made", record->started,
				record->started + record->seconds - record->earlier, record->slots);
	}
}

static int by_start(const void *a, const void *b)
{
	const struct bar *one = *(struct bar *const *)a, *two = *(struct bar *const *)b;
	if (one->start != two->start)
		return one->start < two->start ? -1 : 1;
	return (one->end < two->end) - (one->end > two->end);
}

enum { MOST = 4096 }; // as many slots as -j takes

// The first lane from which `wide` lanes are free at `start`; lanes are added as needed. Where
// several huge runs at once would need more than there are, bars lie over each other.
static int place(const double *ends, int *lanes, int wide, double start)
{
	int first = 0;
	for (int lane = 0; lane < *lanes && lane < first + wide; lane++)
		if (ends[lane] > start)
			first = lane + 1;
	if (first + wide > 2 * MOST)
		return 0;
	if (*lanes < first + wide)
		*lanes = first + wide;
	return first;
}

static void set_lanes(struct past *past)
{
	static double ends[2][2 * MOST];
	list_sort(&past->bars, by_start);
	EACH(struct bar, bar, past->bars) {
		int side = !bar->slots, *lanes = side ? &past->side_lanes : &past->lanes;
		int wide = side ? 1 : bar->slots < MOST ? bar->slots : MOST;
		bar->lane = place(ends[side], lanes, wide, bar->start);
		for (int i = 0; i < wide; i++)
			ends[side][bar->lane + i] = bar->end;
	}
}

const struct past *past_of(const struct jobs *jobs)
{
	struct past *past = mem_new(sizeof *past);
	past->jobs = jobs;
	past->known = mem_new(jobs->all.count * sizeof *past->known);
	EACH(const struct job, job, jobs->all)
		look(past, job);
	struct list sorted = sorted_by_name(past);
	struct list runs = journal_read(jobs->store, jobs->plan->target->name);
	EACH(struct past_run, run, runs)
		if (!strcmp(run->target, jobs->plan->target->name))
			past->last = run;
	EACH(struct past_run, run, runs)
		read_run(past, run, &sorted);
	add_from_records(past);
	set_lanes(past);
	return past;
}
