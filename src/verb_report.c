// Enters: the jobs of a target. Leaves: a page, and a trace, of the runs that made it. May touch:
// the files it is told to write; the store, to look.
#include "past.h"
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

// Sources have keys of their own, which nobody asks for where what is made of them is there.
static void set_keys(const struct jobs *jobs)
{
	static struct run_wish all;
	struct wants wants;
	wants_start(&wants, jobs, &all);
	EACH(struct job, job, jobs->all)
		if (!job->key && (job->kind == JOB_FETCH || job->kind == JOB_UNPACK))
			job_set_key(jobs, job);
}

static FILE *create(const char *path)
{
	FILE *file = fopen(path, "we");
	if (!file)
		fail(EXIT_HOST, "%s: cannot be written: %s; choose another file", path,
		     strerror(errno));
	return file;
}

static void finish(FILE *file, const char *path, bool written)
{
	if (fclose(file) || !written)
		fail(EXIT_HOST, "%s: cannot be written: %s", path, strerror(errno));
	printf("%s\n", path);
}

// What is built by another plan is not on the page.
static void tell_otherwise(const struct jobs *jobs, const struct options *options)
{
	bool host_clang = jobs->plan->host_clang;
	EACH(const struct job, stage, jobs->stages) {
		if (stage->present || !stage_is_built_otherwise(jobs, options, stage->name))
			continue;
		warn("%s was built %s --host-clang; the page is about what is built %s",
		     stage->name, host_clang ? "without" : "with", host_clang ? "with" : "without");
		return;
	}
}

enum exit_status verb_report(const struct jobs *jobs, const struct options *options)
{
	const char *folder = mem_format("%s/src/report", options->root);
	const char *page = options->output ? options->output : "report.html";
	if (options->trace && !strcmp(options->trace, page))
		fail(EXIT_INPUT, "--trace %s: the page is written there; give another name", page);
	set_keys(jobs);
	tell_otherwise(jobs, options);
	const struct past *past = past_of(jobs);
	FILE *file = create(page);
	finish(file, page, past_write_page(past, folder, file));
	if (!options->trace)
		return EXIT_DONE;
	file = create(options->trace);
	finish(file, options->trace, past_write_trace(past, file));
	return EXIT_DONE;
}
