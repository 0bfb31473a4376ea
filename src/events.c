// Enters: events of a run. Leaves: one JSON object a line for each. May touch: the stream it writes.
#include "events.h"
#include "clock.h"
#include "json.h"
#include "stream.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum {
	PATIENCE = 1000, // ms that the last lines wait for their reader
	NAMED = 20,	 // files of one output
};

static struct stream stream = {.fd = -1};
static double began;
static struct json *json;

void events_open(const char *path)
{
	json = json_new(false);
	if (path && !stream_open(&stream, path))
		fail(EXIT_INPUT, "--json %s: cannot be opened: %s", path, strerror(errno));
}

// ---- JSON ----

// NULL leaves the field out.
static void text(const char *name, const char *value)
{
	json_text(json, name, value);
}

// A line of somebody else's: what is longer than any message should be is cut.
static void message(const char *name, const char *value)
{
	enum { LONGEST = 1000 };
	text(name, value && strlen(value) > LONGEST ? mem_copy(value, LONGEST) : value);
}

static void whole(const char *name, long long value)
{
	json_number(json, name, (double)value);
}

static void seconds(const char *name, double value)
{
	json_number(json, name, (double)(long long)(value * 1000 + 0.5) / 1000);
}

// ---- events ----

static bool begin(const char *event, const struct job *job)
{
	if (stream.fd < 0)
		return false;
	json_clear(json);
	json_object(json, NULL);
	text("event", event);
	whole("time", (long long)time(NULL));
	seconds("elapsed", now() - began);
	text("job", job ? job->name : NULL);
	return true;
}

static void end(void)
{
	if (stream.lost)
		whole("lost", stream.lost);
	json_end(json);
	const char *line = json_done(json);
	stream_line(&stream, line, strlen(line));
	if (stream.fd < 0)
		warn("--json: %s; the run goes on without",
		     stream.error == EPIPE ? "nobody reads on" : strerror(stream.error));
}

static struct tally tally(void)
{
	struct tally tally = forecast_tally();
	whole("done", (long long)tally.done);
	whole("all", (long long)tally.all);
	return tally;
}

void event_run(const struct jobs *jobs, const struct run_wish *wish)
{
	began = now();
	if (!begin("run", NULL))
		return;
	text("target", jobs->plan->target->name);
	text("until", wish->until);
	text("store", jobs->store->path);
	whole("slots", wish->slots);
	tally();
	text("command", wish->again);
	end();
}

void event_start(const struct job *job, const char *log)
{
	static const char *const kinds[] = {"fetch", "unpack", "build", "union"};
	if (!begin("start", job))
		return;
	text("kind", kinds[job->kind]);
	text("stage", job->item ? job->item->stage->name : NULL);
	text("recipe", job->item ? job->item->recipe->name : NULL);
	text("key", job->key);
	text("log", log);
	if (forecast_of(job) > 0)
		seconds("estimate", forecast_of(job));
	end();
}

void event_wait(const struct job *job)
{
	if (!begin("wait", job))
		return;
	text("key", job->key);
	end();
}

void event_phase(const struct job *job, const char *phase)
{
	if (!begin("phase", job))
		return;
	text("phase", phase);
	end();
}

void event_done(const struct job *job, const struct record *record)
{
	if (!begin("done", job))
		return;
	text("key", job->key);
	text("out", job->out);
	seconds("seconds", record->seconds);
	seconds("cpu", record->cpu);
	whole("memory", record->memory);
	if (job->kind != JOB_COMPOSE)
		whole("bytes", record->bytes);
	tally();
	end();
}

void event_differs(const struct job *job, const char *before, const struct list *paths)
{
	if (!begin("differs", job))
		return;
	text("before", before);
	text("out", job->out);
	whole("files", (long long)paths->count);
	json_array(json, "names");
	for (size_t i = 0; i < paths->count && i < NAMED; i++)
		text(NULL, paths->at[i]);
	json_end(json);
	end();
}

void event_failed(const struct job *job, const char *phase, const char *why, const char *log,
		  const char *error)
{
	if (!begin("failed", job))
		return;
	text("phase", *phase ? phase : NULL);
	message("why", why);
	text("log", log);
	message("error", error);
	tally();
	end();
}

void event_retry(const struct job *job, const char *phase, const char *why, const char *log)
{
	if (!begin("retry", job))
		return;
	text("phase", *phase ? phase : NULL);
	message("why", why);
	text("log", log);
	end();
}

void event_stopped(const struct job *job)
{
	if (!begin("stopped", job))
		return;
	text("why", job->lost ? "killed" : NULL);
	end();
}

void event_stop(int status, const char *why)
{
	if (!begin("stop", NULL))
		return;
	whole("status", status);
	message("why", why);
	end();
}

void event_end(int status, size_t made)
{
	if (!begin("end", NULL))
		return;
	whole("status", status);
	whole("made", (long long)made);
	struct tally left = tally();
	whole("failed", (long long)left.failed);
	whole("skipped", (long long)left.skipped);
	end();
	stream_close(&stream, PATIENCE);
}
