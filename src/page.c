// Enters: the past of a plan's jobs. Leaves: an HTML page that needs nothing else: the files of
// src/report with the facts as JSON among them. May touch: the stream it writes to.
#include "clock.h"
#include "file.h"
#include "json.h"
#include "past.h"

#include <stdlib.h>
#include <string.h>

// "configure 1.2 build 20.3" as [["configure",1.2],["build",20.3]]
static void phases(struct json *json, const struct record *record)
{
	struct list parts = words(record->phases);
	json_array(json, "phases");
	for (size_t i = 0; i + 1 < parts.count; i += 2) {
		json_array(json, NULL);
		json_text(json, NULL, parts.at[i]);
		json_number(json, NULL, strtod(parts.at[i + 1], NULL));
		json_end(json);
	}
	json_end(json);
}

static void record_of(struct json *json, const struct record *record)
{
	json_text(json, "out", record->out);
	json_number(json, "seconds", record->seconds);
	if (record->earlier > 0)
		json_number(json, "earlier", record->earlier);
	json_number(json, "cpu", record->cpu);
	json_number(json, "memory", (double)record->memory);
	json_number(json, "bytes", (double)record->bytes);
	if (record->started > 0)
		json_number(json, "started", record->started);
	phases(json, record);
}

static void needs(struct json *json, const struct job *job)
{
	const struct list *lists[] = {&job->inputs, &job->materials};
	json_array(json, "needs");
	for (int i = 0; i < 2; i++)
		EACH(const struct job, need, *lists[i])
			json_number(json, NULL, (double)need->number);
	json_end(json);
}

static void job_of(struct json *json, const struct past *past, const struct known *known)
{
	static const char *const kinds[] = {"fetch", "unpack", "build", "union"};
	const struct job *job = known->job;
	json_object(json, NULL);
	json_text(json, "name", job->name);
	json_text(json, "kind", job->stage ? "stage" : kinds[job->kind]);
	json_text(json, "target", job_target(past->jobs, job));
	if (job->item)
		json_text(json, "recipe", job->item->recipe->name);
	if (job->item || job->stage)
		json_text(json, "stage", job->stage ? job->stage->name : job->item->stage->name);
	if (job->source)
		json_text(json, "recipe", job->source->owner);
	json_bool(json, "present", job->present || known->record);
	json_text(json, "last", known->last);
	if (job->key)
		json_text(json, "key", job->key);
	if (known->log)
		json_text(json, "log", known->log);
	if (known->record)
		record_of(json, known->record);
	needs(json, job);
	json_end(json);
}

static void bars(struct json *json, const struct past *past)
{
	json_array(json, "bars");
	EACH(const struct bar, bar, past->bars) {
		json_array(json, NULL);
		json_number(json, NULL, (double)bar->job->number);
		json_text(json, NULL, bar->what);
		json_number(json, NULL, bar->start);
		json_number(json, NULL, bar->end);
		json_number(json, NULL, bar->slots);
		json_number(json, NULL, bar->lane);
		json_end(json);
	}
	json_end(json);
}

static void runs(struct json *json, const struct past *past)
{
	json_array(json, "runs");
	EACH(const struct past_run, run, past->runs) {
		json_object(json, NULL);
		json_text(json, "target", run->target);
		json_number(json, "start", run->start);
		if (run->end > 0) {
			json_number(json, "end", run->end);
			json_number(json, "status", run->status);
		}
		json_number(json, "slots", run->slots);
		json_bool(json, "last", run == past->last);
		json_end(json);
	}
	json_end(json);
}

static void parts(struct json *json, const struct jobs *jobs)
{
	json_array(json, "stages");
	EACH(const struct job, stage, jobs->stages) {
		json_object(json, NULL);
		json_number(json, "job", (double)stage->number);
		json_array(json, "parts");
		EACH(const struct part, part, stage->parts)
			json_number(json, NULL, (double)part->job->number);
		json_end(json);
		json_end(json);
	}
	json_end(json);
}

static void data(const struct past *past, FILE *to)
{
	struct json *json = json_new(false);
	const struct jobs *jobs = past->jobs;
	json_object(json, NULL);
	json_text(json, "name", conf_value(jobs->plan->distro, "name"));
	json_text(json, "target", jobs->plan->target->name);
	json_text(json, "triple", jobs->plan->target->triple);
	json_text(json, "store", jobs->store->path);
	json_number(json, "written", clock_date());
	json_number(json, "processors", jobs->host->processors);
	json_number(json, "lanes", past->lanes);
	json_number(json, "sideLanes", past->side_lanes);
	runs(json, past);
	parts(json, jobs);
	bars(json, past);
	json_array(json, "jobs");
	for (size_t i = 0; i < jobs->all.count; i++)
		job_of(json, past, &past->known[i]);
	json_end(json);
	json_end(json);
	fputs(json_done(json), to);
}

// A line "<!-- insert NAME -->" stands for that file, or for the data.
static const char *inserted(const char *line, size_t length)
{
	static const char mark[] = "<!-- insert ";
	const char *name = line + sizeof mark - 1;
	if (length < sizeof mark || strncmp(line, mark, sizeof mark - 1) != 0)
		return NULL;
	return mem_copy(name, strcspn(name, " \n"));
}

bool past_write_page(const struct past *past, const char *folder, FILE *to)
{
	const char *at = file_text(mem_format("%s/page.html", folder));
	while (*at) {
		size_t length = strcspn(at, "\n");
		const char *name = inserted(at, length);
		if (!name)
			fprintf(to, "%.*s\n", (int)length, at);
		else if (!strcmp(name, "data"))
			data(past, to);
		else
			fputs(file_text(mem_format("%s/%s", folder, name)), to);
		at += length + (at[length] == '\n');
	}
	return !ferror(to);
}
