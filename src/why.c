// Enters: the name of a recipe. Leaves: why it would be built, or its log. May touch: stdout; the
// store, to look.
#include "hash.h"
#include "verbs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Finds every build of a recipe, with keys as far as they can be known without building.
static struct list builds_of(const struct jobs *jobs, const char *recipe, struct wants *wants)
{
	static struct run_wish wish;
	struct list found = {0};
	list_push(&wish.only, mem_text(recipe));
	wants_start(wants, jobs, &wish);
	EACH(struct job, job, jobs->all)
		if (job->item && job->demanded)
			list_push(&found, job);
	struct list asked = {0};
	EACH(struct job, job, found)
		if (item_is_named(job->item, recipe))
			list_push(&asked, job);
	return asked;
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
	EACH(const char, name, *names)
		if (!strcmp(name, job->name))
			return;
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

static void print_why(const struct jobs *jobs, const struct job *job)
{
	const struct store *store = jobs->store;
	const struct record *last = store_latest(store, job_target(jobs, job), job->name);
	const char *inputs = last ? store_path(store, "inputs/%s", last->key) : NULL;
	if (!job->key) {
		print_unknown(job);
	} else if (job->present) {
		printf("%s: is up to date: %s\n", job->name,
		       store_path(store, "trees/%s", job->out));
	} else if (!inputs || access(inputs, R_OK) < 0) {
		printf("%s: was never built for %s\n", job->name, job_target(jobs, job));
	} else if (!strcmp(last->key, job->key)) {
		printf("%s: its output is gone from the store\n", job->name);
	} else {
		printf("%s: since the last build these changed:\n", job->name);
		print_missing("-", file_text(inputs), job->manifest);
		print_missing("+", job->manifest, file_text(inputs));
	}
	if (job->key && !job->present && store_was_paused(store, job->key))
		puts("    an unfinished build of just this is kept, and will be gone on with");
}

enum exit_status verb_why(const struct jobs *jobs, const char *recipe)
{
	struct wants wants;
	struct list found = builds_of(jobs, recipe, &wants);
	EACH(const struct job, job, found)
		print_why(jobs, job);
	return EXIT_DONE;
}

static const char *log_of(const struct jobs *jobs, const struct job *job)
{
	const struct store *store = jobs->store;
	const struct record *last = store_latest(store, job_target(jobs, job), job->name);
	const char *paths[] = {
		job->key ? store_path(store, "objects/%s/log", job->key) : "",
		job->key ? store_path(store, "logs/%s", job->key) : "",
		last ? store_path(store, "logs/%s", last->key) : "",
	};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (*paths[i] && !access(paths[i], R_OK))
			return paths[i];
	return NULL;
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

enum exit_status verb_log(const struct jobs *jobs, const char *recipe)
{
	struct wants wants;
	struct list found = builds_of(jobs, recipe, &wants);
	EACH(const struct job, job, found) {
		const char *path = log_of(jobs, job);
		if (found.count > 1 || !path)
			printf("==> %s: %s\n", job->name, path ? path : "there is no log of it");
		if (path)
			print_file(path);
	}
	return EXIT_DONE;
}
