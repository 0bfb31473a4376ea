// Enters: events of a run. Leaves: one JSON object a line for each. May touch: the stream it writes.
#include "events.h"
#include "stream.h"
#include "task.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LINE = 1 << 13, PATIENCE = 1000 }; // bytes; ms that the last lines wait for their reader

static struct stream stream = {.fd = -1};
static double began;
static char line[LINE];
static size_t used;

void events_open(const char *path)
{
	began = now();
	if (path && !stream_open(&stream, path))
		fail(EXIT_INPUT, "--json %s: cannot be opened: %s", path, strerror(errno));
}

// ---- JSON ----

static void put(const char *text, size_t count)
{
	if (used + count >= LINE - 2) // room for the end of the line
		return;
	memcpy(line + used, text, count);
	used += count;
}

static void put_text(const char *text)
{
	put(text, strlen(text));
}

// The length of the UTF-8 character at `text`; 0: there is none.
static size_t character(const unsigned char *text)
{
	size_t length = *text < 0x80   ? 1
			: *text < 0xc2 ? 0
			: *text < 0xe0 ? 2
			: *text < 0xf0 ? 3
			: *text < 0xf5 ? 4
				       : 0;
	for (size_t i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	bool overlong = (*text == 0xe0 && text[1] < 0xa0) || (*text == 0xf0 && text[1] < 0x90);
	bool outside = (*text == 0xed && text[1] > 0x9f) || (*text == 0xf4 && text[1] > 0x8f);
	return overlong || outside ? 0 : length;
}

static void put_string(const char *text)
{
	char escape[8];
	put_text("\"");
	while (*text) {
		size_t length = character((const unsigned char *)text);
		if (!length) {
			put_text("\\ufffd");
			length = 1;
		} else if (*text == '"' || *text == '\\') {
			snprintf(escape, sizeof escape, "\\%c", *text);
			put_text(escape);
		} else if ((unsigned char)*text < ' ') {
			snprintf(escape, sizeof escape, "\\u%04x", (unsigned)*text);
			put_text(escape);
		} else {
			put(text, length);
		}
		text += length;
	}
	put_text("\"");
}

static void key(const char *name)
{
	put_text(used > 1 ? "," : "");
	put_string(name);
	put_text(":");
}

// NULL leaves the field out. What is longer than any message should be is cut.
static void text(const char *name, const char *value)
{
	enum { LONGEST = 1000 };
	if (!value)
		return;
	key(name);
	put_string(strlen(value) > LONGEST ? mem_copy(value, LONGEST) : value);
}

static void whole(const char *name, long long value)
{
	char digits[32];
	key(name);
	snprintf(digits, sizeof digits, "%lld", value);
	put_text(digits);
}

static void seconds(const char *name, double value)
{
	char digits[64];
	key(name);
	snprintf(digits, sizeof digits, "%.3f", value);
	put_text(digits);
}

// ---- events ----

static bool begin(const char *event)
{
	if (stream.fd < 0)
		return false;
	used = 0;
	put_text("{");
	text("event", event);
	whole("time", (long long)time(NULL));
	seconds("elapsed", now() - began);
	return true;
}

static void end(void)
{
	if (stream.lost)
		whole("lost", stream.lost);
	line[used++] = '}';
	line[used++] = '\n';
	stream_line(&stream, line, used);
	if (stream.fd < 0)
		warn("--json: nobody reads on; the run goes on without");
}

static void tally(void)
{
	struct tally tally = forecast_tally();
	whole("done", (long long)tally.done);
	whole("all", (long long)tally.all);
}

void event_run(const struct jobs *jobs, const struct run_wish *wish)
{
	if (!begin("run"))
		return;
	text("target", jobs->plan->target->name);
	text("until", wish->until);
	text("store", jobs->store->path);
	whole("slots", wish->slots ? wish->slots : jobs->host->processors);
	tally();
	text("command", wish->again);
	end();
}

void event_start(const struct job *job, const char *log)
{
	static const char *const kinds[] = {"fetch", "unpack", "build", "union"};
	if (!begin("start"))
		return;
	text("job", job->name);
	text("kind", kinds[job->kind]);
	text("stage", job->item ? job->item->stage->name : NULL);
	text("recipe", job->item ? job->item->recipe->name : NULL);
	text("key", job->key);
	text("log", log);
	if (forecast_of(job) > 0)
		seconds("estimate", forecast_of(job));
	end();
}

void event_phase(const struct job *job, const char *phase)
{
	if (!begin("phase"))
		return;
	text("job", job->name);
	text("phase", phase);
	end();
}

void event_done(const struct job *job, const struct record *record)
{
	if (!begin("done"))
		return;
	text("job", job->name);
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

void event_failed(const struct job *job, const char *phase, const char *why, const char *log,
		  const char *error)
{
	if (!begin("failed"))
		return;
	text("job", job->name);
	text("phase", *phase ? phase : NULL);
	text("why", why);
	text("log", log);
	text("error", error);
	tally();
	end();
}

void event_stopped(const struct job *job)
{
	if (!begin("stopped"))
		return;
	text("job", job->name);
	end();
}

void event_stop(int status, const char *why)
{
	if (!begin("stop"))
		return;
	whole("status", status);
	text("why", why);
	end();
}

void event_end(int status, size_t made)
{
	struct tally tally = forecast_tally();
	if (!begin("end"))
		return;
	whole("status", status);
	whole("made", (long long)made);
	whole("done", (long long)tally.done);
	whole("all", (long long)tally.all);
	whole("failed", (long long)tally.failed);
	whole("skipped", (long long)tally.skipped);
	end();
	stream_close(&stream, PATIENCE);
}
