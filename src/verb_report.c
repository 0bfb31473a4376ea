// Enters: the jobs of a target. Leaves: a page, and a trace, of the runs that made it. May touch:
// the files it is told to write; the store, to look.
#include "past.h"
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

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

static void finish(FILE *file, const char *path, bool written, bool quiet)
{
	if (fclose(file) || !written)
		fail(EXIT_HOST, "%s: cannot be written: %s", path, strerror(errno));
	if (!quiet)
		printf("%s\n", path);
}

// By another name perhaps. Both may be /dev/null.
static bool is_same(const char *path, const char *other)
{
	struct stat one, two;
	return !stat(path, &one) && !stat(other, &two) && S_ISREG(one.st_mode) &&
	       one.st_dev == two.st_dev && one.st_ino == two.st_ino;
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
	bool quiet = options->run.talk == QUIET;
	if (!strcmp(page, "-"))
		fail(EXIT_INPUT,
		     "--output -: a page is for a browser, not for stdout; name a file");
	set_keys(jobs);
	tell_otherwise(jobs, options);
	const struct past *past = past_of(jobs);
	FILE *file = create(page);
	finish(file, page, past_write_page(past, folder, file), quiet);
	if (!options->trace)
		return EXIT_DONE;
	if (is_same(options->trace, page))
		fail(EXIT_INPUT, "--trace %s: the page is written there; give another name",
		     options->trace);
	file = create(options->trace);
	finish(file, options->trace, past_write_trace(past, file), quiet);
	return EXIT_DONE;
}
