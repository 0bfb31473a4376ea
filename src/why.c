// Enters: the name of a recipe. Leaves: why it would be built, or its log. May touch: stdout; the
// store, to look.
#include "file.h"
#include "task.h"
#include "tries.h"
#include "verbs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Finds every job of that name, with keys as far as they can be known without building.
static struct list jobs_named(const struct jobs *jobs, const char *name)
{
	static struct run_wish wish = {.go_on = true};
	struct wants wants;
	struct list found = {0};
	list_push(&wish.only, mem_text(name));
	wants_start(&wants, jobs, &wish);
	EACH(struct job, job, jobs->all)
		if (job_is_named(job, name))
			list_push(&found, job);
	return found;
}

static bool has_line(const char *text, const char *line)
{
	size_t length = strlen(line);
	for (const char *at = text; at && *at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, line, length) && (at[length] == '\n' || !at[length]))
			return true;
	}
	return false;
}

// Lines of `text` that `other` has not.
static void print_missing(const char *sign, const char *text, const char *other)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		const char *line = mem_copy(text, length);
		if (!has_line(other, line))
			printf("    %s %s\n", sign, line);
		text += length + (text[length] == '\n');
	}
}

static void note(struct list *names, const struct job *job)
{
	if (!has_word(names, job->name))
		list_push(names, mem_text(job->name));
}

static void print_unknown(const struct job *job)
{
	struct list names = {0};
	EACH(const struct job, input, job->inputs)
		EACH(const struct part, part, input->parts)
			if (!part->job->out)
				note(&names, part->job);
	printf("%s: its key is not known before these are built:", job->name);
	EACH(const char, name, names)
		printf(" %s", name);
	putchar('\n');
}

static void print_unfinished(const struct store *store, const struct job *job)
{
	if (!job->item || !job->key || job->present)
		return;
	if (store_is_locked(store, job->key))
		puts("    another run or a shell has it at work");
	else if (task_may_go_on(job, store))
		puts("    an unfinished build of just this is kept, and will be gone on with");
}

static void print_why(const struct jobs *jobs, const struct job *job)
{
	const struct store *store = jobs->store;
	const struct record *last = store_latest(store, job_target(jobs, job), job->name);
	const char *inputs = last ? store_path(store, "inputs/%s", last->key) : NULL;
	const char *before = inputs ? file_try(inputs) : NULL;
	if (job->trouble) {
		printf("%s: has no key: %s\n", job->name, job->trouble);
	} else if (!job->key) {
		print_unknown(job);
	} else if (job->present) {
		printf("%s: is up to date: %s\n", job->name,
		       store_path(store, "trees/%s", job->out));
	} else if (job->before) {
		printf("%s: is to be built again, as --fresh said\n", job->name);
	} else if (!before) {
		printf("%s: was never built for %s\n", job->name, job_target(jobs, job));
	} else if (!strcmp(last->key, job->key)) {
		printf("%s: its output is gone from the store\n", job->name);
	} else {
		printf("%s: since the last build these changed:\n", job->name);
		print_missing("-", before, job->manifest);
		print_missing("+", job->manifest, before);
	}
	print_unfinished(store, job);
}

// What would be built, each with its reason; what waits for those has none yet.
static void print_all(const struct jobs *jobs)
{
	static struct run_wish all = {.go_on = true};
	struct wants wants;
	size_t ready = 0, unknown = 0;
	wants_start(&wants, jobs, &all);
	EACH(const struct job, job, jobs->builds) {
		if (job->present || !job->wanted)
			continue;
		bool has_reason = job->key || job->trouble;
		ready += has_reason;
		unknown += !has_reason;
		if (has_reason)
			print_why(jobs, job);
	}
	if (!ready)
		puts("nothing is to be built: all of it is in the store");
	else
		printf("%zu to build; %zu that need those may be then\n", ready, unknown);
}

enum exit_status verb_why(const struct jobs *jobs, const struct options *options)
{
	if (!options->operand) {
		print_all(jobs);
		return EXIT_DONE;
	}
	struct list found = jobs_named(jobs, options->operand);
	EACH(const struct job, job, found)
		print_why(jobs, job);
	return EXIT_DONE;
}

struct log {
	const struct job *job;
	const char *path;
	const char *what; // the try does, or did
};

static const char *readable(const char *path)
{
	return access(path, R_OK) < 0 ? NULL : path;
}

static bool is_newer(const char *path, const char *than)
{
	struct stat one, other;
	if (!than || stat(path, &one) < 0 || stat(than, &other) < 0)
		return true;
	const struct timespec *time = &one.st_mtim, *before = &other.st_mtim;
	return time->tv_sec > before->tv_sec ||
	       (time->tv_sec == before->tv_sec && time->tv_nsec > before->tv_nsec);
}

// The log of the last time it went well.
static const char *good_log(const struct jobs *jobs, const struct job *job)
{
	const struct store *store = jobs->store;
	const struct record *last = store_latest(store, job_target(jobs, job), job->name);
	const char *path = job->present ? readable(store_path(store, "logs/%s", job->key)) : NULL;
	if (!path && last)
		path = readable(store_path(store, "logs/%s", last->key));
	return path;
}

// The log of a try that is at work, failed or was stopped since the last time it went well.
static struct log last_try(const struct jobs *jobs, const struct job *job)
{
	const struct store *store = jobs->store;
	const char *target = job_target(jobs, job);
	// A good end removes the folder: what lies there under the key of now has not ended well since, whatever the
	// clock said. Of other recipes only times tell.
	bool own = job->key && tries_has(store, job->key, target, job->name);
	const char *key = own ? job->key : tries_latest(store, target, job->name);
	if (!key)
		return (struct log){0};
	const char *path = store_path(store, "objects/%s/log", key);
	if (!own && !is_newer(path, good_log(jobs, job)))
		return (struct log){0};
	return (struct log){job, path,
			    store_is_locked(store, key) ? "is at work" : "did not end well"};
}

// Of a job or of what brings its source: a build that never began has no log of its own. A recipe
// that was set back to what it was when it went well has no use for what was tried meanwhile.
static struct log newest_try(const struct jobs *jobs, const struct job *job)
{
	struct log newest = {0};
	for (; job && !job->present; job = job_before(job)) {
		struct log try = last_try(jobs, job);
		if (try.path && is_newer(try.path, newest.path))
			newest = try;
	}
	return newest;
}

static void print_file(const char *path)
{
	char block[1 << 14];
	ssize_t count;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (count = read(fd, block, sizeof block)) > 0)
		fwrite(block, 1, (size_t)count, stdout);
	if (fd >= 0)
		close(fd);
}

// The newest is shown whole; of an older good one, beside it, where it lies. Whether there is any.
static bool print_log(const struct jobs *jobs, const struct job *job, bool alone)
{
	static const char *shown = "";
	const char *good = good_log(jobs, job);
	struct log try = newest_try(jobs, job);
	if (try.path && good)
		printf("==> %s: the last time it went well: %s\n", job->name, good);
	if (try.path && !strcmp(try.path, shown)) // of a source that several are built from
		return true;
	if (try.path)
		printf("==> %s: a try that %s: %s\n", try.job->name, try.what, shown = try.path);
	else if (!good)
		printf("==> %s: there is no log of it\n", job->name);
	else if (!alone)
		printf("==> %s: %s\n", job->name, good);
	if (try.path || good)
		print_file(try.path ? try.path : good);
	return try.path || good;
}

enum exit_status verb_log(const struct jobs *jobs, const struct options *options)
{
	bool any = false;
	struct list found = jobs_named(jobs, options->operand);
	EACH(const struct job, job, found)
		any |= print_log(jobs, job, found.count == 1);
	return any ? EXIT_DONE : EXIT_RECIPE;
}
