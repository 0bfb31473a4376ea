// Enters: the past of a plan's jobs. Leaves: a trace that Perfetto and chrome://tracing open, in the
// "Trace Event Format": complete events, one thread a lane. May touch: the stream it writes to.
#include "json.h"
#include "past.h"

#include <stdlib.h>
#include <string.h>

enum { CORES = 1, BESIDE = 2 }; // process ids: jobs that hold slots, and those that do not

static void event(struct json *json, const char *phase, const char *name, int process, int thread)
{
	json_object(json, NULL);
	json_text(json, "ph", phase);
	json_text(json, "name", name);
	json_number(json, "pid", process);
	json_number(json, "tid", thread);
}

static void label(struct json *json, const char *what, int process, int thread, const char *name)
{
	event(json, "M", what, process, thread);
	json_object(json, "args");
	json_text(json, "name", name);
	json_end(json);
	json_end(json);
}

static void span(struct json *json, double start, double seconds)
{
	json_number(json, "ts", start * 1e6); // microseconds
	json_number(json, "dur", seconds * 1e6);
}

static void facts(struct json *json, const struct known *known, const struct bar *bar)
{
	const struct record *record = known->record;
	json_object(json, "args");
	json_text(json, "what", bar->what);
	json_number(json, "slots", bar->slots);
	if (known->job->key)
		json_text(json, "key", known->job->key);
	if (known->log)
		json_text(json, "log", known->log);
	if (record) {
		json_text(json, "out", record->out);
		json_number(json, "cpu seconds", record->cpu);
		json_number(json, "memory KiB", (double)record->memory);
		json_number(json, "bytes", (double)record->bytes);
	}
	json_end(json);
}

// The phases follow each other up to the end of the sandbox; before the first the room was made, and
// before that there may have been those of earlier tries.
static void phase_events(struct json *json, const struct record *record, int process, int lane)
{
	struct list parts = words(record->phases);
	double at = record->started + record->seconds - record->earlier;
	for (size_t i = 1; i < parts.count; i += 2)
		at -= strtod(parts.at[i], NULL);
	for (size_t i = 0; i + 1 < parts.count; i += 2) {
		double seconds = strtod(parts.at[i + 1], NULL), start = at;
		at += seconds;
		if (start < record->started - 0.01)
			continue;
		event(json, "X", parts.at[i], process, lane);
		json_text(json, "cat", "phase");
		span(json, start, seconds);
		json_end(json);
	}
}

static void bar_event(struct json *json, const struct past *past, const struct bar *bar)
{
	const struct known *known = &past->known[bar->job->number];
	int process = bar->slots ? CORES : BESIDE, lane = bar->lane + 1;
	event(json, "X", bar->job->name, process, lane);
	json_text(json, "cat", bar->what);
	span(json, bar->start, bar->end - bar->start);
	facts(json, known, bar);
	json_end(json);
	double apart = known->record ? known->record->started - bar->start : 1;
	if (apart > -0.01 && apart < 0.01 && !strcmp(bar->what, "made"))
		phase_events(json, known->record, process, lane);
}

bool past_write_trace(const struct past *past, FILE *to)
{
	struct json *json = json_new(false);
	json_object(json, NULL);
	json_text(json, "displayTimeUnit", "ms");
	json_array(json, "traceEvents");
	label(json, "process_name", CORES, 0, "cores");
	label(json, "process_name", BESIDE, 0, "downloads and unions");
	for (int lane = 1; lane <= past->lanes; lane++)
		label(json, "thread_name", CORES, lane, mem_format("core %d", lane));
	for (int lane = 1; lane <= past->side_lanes; lane++)
		label(json, "thread_name", BESIDE, lane, mem_format("%d", lane));
	EACH(const struct bar, bar, past->bars)
		bar_event(json, past, bar);
	json_end(json);
	json_end(json);
	fputs(json_done(json), to);
	return !ferror(to);
}
