// Enters: events of a run. Leaves: lines for people, and the same events for the display and for
// programs. May touch: stdout, stderr.
#include "report.h"
#include "cells.h"
#include "clock.h"
#include "events.h"
#include "failure.h"
#include "progress.h"
#include "tree.h"

#include <signal.h>
#include <stdio.h>

enum { NAMED = 10 }; // of what failed, in one line

static struct {
	const struct jobs *jobs;
	const struct run_wish *wish;
	const struct wants *wants;
	double began;
	bool live;
} to;

void report_open(const struct jobs *jobs, const struct run_wish *wish, const struct wants *wants)
{
	to.jobs = jobs;
	to.wish = wish;
	to.wants = wants;
	to.began = now();
	to.live = progress_open(jobs, wish);
	event_run(jobs, wish);
}

int report_clock(void)
{
	return progress_clock();
}

void report_tick(void)
{
	progress_tick();
}

// Unions are the runner's own book-keeping; only a whole stage is news.
static bool is_news(const struct job *job)
{
	if (to.wish->talk == QUIET)
		return false;
	return to.wish->talk == VERBOSE || job->kind != JOB_COMPOSE || job->stage;
}

static void line(const char *what, const char *name, const char *more)
{
	char text[512], span[16] = "";
	text_add_span(span, sizeof span, now() - to.began);
	snprintf(text, sizeof text, "%5s  %-8s %s%s", span, what, name, more);
	progress_say(text);
}

static const char *log_of(const struct job *job)
{
	return store_path(to.jobs->store, "objects/%s/log", job->key);
}

void report_wait(const struct job *job)
{
	if (is_news(job))
		line("wait", job->name, " (another run or a shell has it at work)");
	event_wait(job);
}

// On a display one sees what is at work: there only the end is a line.
void report_start(const struct job *job)
{
	if (is_news(job) && (!to.live || to.wish->talk == VERBOSE))
		line("start", job->name, "");
	progress_start(job, log_of(job));
	event_start(job, log_of(job));
}

void report_phase(const struct job *job, const char *phase)
{
	if (to.wish->talk == VERBOSE)
		line(phase, job->name, "");
	progress_phase(job, phase);
	event_phase(job, phase);
}

// The parent of the worker that kept the output does not know its size: the store does.
static const struct record *whole(const struct job *job, const struct record *record)
{
	const struct record *kept = NULL;
	if (to.wish->json && job->kind != JOB_COMPOSE)
		kept = store_find(to.jobs->store, job->key);
	return kept ? kept : record;
}

// How many are done of those there were to make: a display has it in its last line.
static const char *count(void)
{
	struct tally tally = forecast_tally();
	return to.live || !tally.all ? "" : mem_format(" [%zu/%zu]", tally.done, tally.all);
}

void report_done(const struct job *job, const struct record *record)
{
	double seconds = record->seconds;
	const char *time = seconds >= 1 ? mem_format(" (%.0f s)", seconds) : "";
	forecast_learn(job, record);
	progress_end(job);
	if (is_news(job))
		line("done", job->name, mem_format("%s%s", time, count()));
	event_done(job, whole(job, record));
}

// Trees are large, and people are told by those who know why it matters.
void report_differs(const struct job *job, const char *before)
{
	const struct store *store = to.jobs->store;
	if (!to.wish->json)
		return;
	struct list paths = tree_differences(store_path(store, "trees/%s", before),
					     store_path(store, "trees/%s", job->out));
	event_differs(job, before, &paths);
}

void report_failure(const struct job *job, const char *phase, const char *why)
{
	struct failure failure = failure_of(to.jobs, job, phase, why);
	progress_end(job);
	progress_clear();
	failure_show(&failure, to.wish, wants_again(to.jobs, to.wish));
	event_failed(job, phase, failure.why, failure.log, failure.error);
}

void report_retry(const struct job *job, const char *phase, const char *why)
{
	progress_end(job);
	if (is_news(job))
		line("again", job->name, mem_format(" (%s)", why));
	event_retry(job, phase, why, log_of(job));
}

void report_stopped(const struct job *job)
{
	progress_end(job);
	event_stopped(job);
}

static const char *reason(enum exit_status status)
{
	if (status == EXIT_TIME_LIMIT)
		return "the time limit";
	int number = (int)status - EXIT_BY_SIGNAL;
	return number == SIGINT ? "SIGINT" : number == SIGTERM ? "SIGTERM" : "SIGHUP";
}

void report_stop(enum exit_status by, enum exit_status status)
{
	progress_stop(reason(by));
	if (!to.live && to.wish->talk != QUIET)
		line("stop", reason(by), "; what is at work has seconds to end");
	event_stop((int)status, reason(by));
}

// Whether there was one.
static bool say_roots(void)
{
	bool said = false;
	EACH(const struct job, stage, to.jobs->stages) {
		if (!stage->present || !stage->demanded)
			continue;
		printf("%s: %s\n", stage->name,
		       store_path(to.jobs->store, "roots/%s/%s", to.jobs->plan->target->name,
				  stage->name));
		said = true;
	}
	return said;
}

static bool was_done(const struct job *job)
{
	return job->made && job->present && (job->kind != JOB_COMPOSE || job->stage);
}

static bool has_failed(const struct job *job)
{
	return job->state == JOB_FAILED;
}

// Builds alone: their sources and unions nobody asked for.
static bool was_skipped(const struct job *job)
{
	return job->item && job->state == JOB_SKIPPED;
}

static bool was_lost(const struct job *job)
{
	return job->lost;
}

// How many, and the names of the first.
static const char *some(bool (*is)(const struct job *), size_t *count)
{
	const char *names = "";
	*count = 0;
	EACH(const struct job, job, to.jobs->all)
		if (is(job) && ++*count <= NAMED)
			names = mem_format("%s %s", names, job->name);
	return *count > NAMED ? mem_format("%s and %zu more", names, *count - NAMED) : names;
}

static void say_counts(enum exit_status status, bool roots)
{
	size_t done, failed, skipped;
	some(was_done, &done);
	const char *names = some(has_failed, &failed), *others = some(was_skipped, &skipped);
	fflush(stdout);
	if (failed)
		fprintf(stderr, "%zu done, %zu failed:%s\n", done, failed, names);
	if (failed && skipped)
		fprintf(stderr, "%zu not tried, for want of those:%s\n", skipped, others);
	if (failed || to.wish->talk == QUIET)
		return;
	if (done)
		printf("%zu done\n", done);
	else if (!roots && status == EXIT_DONE)
		puts("nothing to do: all of it is in the store");
}

static void say_stopped(enum exit_status status)
{
	size_t lost;
	const char *names = some(was_lost, &lost), *again = wants_again(to.jobs, to.wish);
	if (lost == 1)
		warn("%s was killed, and begins anew", names + 1);
	else if (lost)
		warn("%zu were killed, and begin anew:%s", lost, names);
	if (status == EXIT_TIME_LIMIT || status > EXIT_BY_SIGNAL)
		warn("stopped %s; %sto go on: %s",
		     status == EXIT_TIME_LIMIT ? "at the time limit" : "by a signal",
		     lost ? "" : "nothing is lost, ", again);
}

void report_end(enum exit_status status)
{
	progress_close();
	say_counts(status, to.wish->talk != QUIET && say_roots());
	say_stopped(status);
	event_end((int)status, to.wants->made);
}
