// Enters: events of a run. Leaves: lines for people. May touch: stdout, stderr; logs, to show their
// end.
#include "run.h"
#include "task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOG_TAIL = 25, LINE_LENGTH = 300 };

static double start;

static const char *elapsed(void)
{
	if (start <= 0)
		start = now();
	int seconds = (int)(now() - start);
	if (seconds < 3600)
		return mem_format("%2d:%02d", seconds / 60, seconds % 60);
	return mem_format("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

// Unions are the runner's own book-keeping; only a whole stage is news.
static bool is_news(const struct run_wish *wish, const struct job *job)
{
	if (wish->talk == QUIET)
		return false;
	return wish->talk == VERBOSE || job->kind != JOB_COMPOSE || job->stage;
}

static void line(const char *what, const struct job *job, const char *more)
{
	printf("%s  %-8s %s%s\n", elapsed(), what, job->name, more);
	fflush(stdout);
}

void report_start(const struct run_wish *wish, const struct job *job)
{
	if (is_news(wish, job))
		line("start", job, "");
}

void report_phase(const struct run_wish *wish, const struct job *job, const char *phase)
{
	if (wish->talk == VERBOSE)
		line(phase, job, "");
}

void report_done(const struct run_wish *wish, const struct job *job, double seconds)
{
	if (is_news(wish, job))
		line("done", job, seconds >= 1 ? mem_format(" (%.0f s)", seconds) : "");
}

// Logs hold what programs print: no control character of theirs reaches the terminal.
static void make_printable(char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t')
			text[i] = '?';
}

static size_t read_end(const char *path, char *block, size_t size)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	if (fseek(file, -(long)size, SEEK_END) < 0)
		rewind(file);
	size_t count = fread(block, 1, size, file);
	fclose(file);
	return count;
}

// The last lines of a log, each after a bar.
static void show_tail(const char *path)
{
	static char block[8193];
	size_t count = read_end(path, block, sizeof block - 1);
	make_printable(block, count);
	while (count && block[count - 1] == '\n')
		count--;
	block[count] = '\0';
	char *from = block + count;
	for (int lines = 0; from > block && lines < LOG_TAIL; lines++)
		for (from--; from > block && from[-1] != '\n'; from--)
			;
	for (char *text = from, *next; text && count; text = next) {
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		fprintf(stderr, "  | %.*s\n", LINE_LENGTH, text);
	}
}

void report_failure(const struct jobs *jobs, const struct run_wish *wish, const struct job *job,
		    const char *phase, const char *why)
{
	const char *log = store_path(jobs->store, "objects/%s/log", job->key);
	fflush(stdout);
	fprintf(stderr, "\n%s failed%s%s: %s\n", job->name, *phase ? " in phase " : "", phase, why);
	show_tail(log);
	fprintf(stderr, "the whole log:   %s\n", log);
	if (job->item)
		fprintf(stderr, "look around:     ./bootstrap shell %s%s\n", job->name,
			wish->place);
	fprintf(stderr, "to go on:        %s\n", wish->again);
}

void report_end(const struct jobs *jobs, const struct run_wish *wish, const struct wants *wants)
{
	if (wish->talk != QUIET)
		EACH(const struct job, stage, jobs->stages)
			if (stage->present && stage->demanded)
				printf("%s: %s\n", stage->name,
				       store_path(jobs->store, "roots/%s/%s",
						  jobs->plan->target->name, stage->name));
	if (wish->talk == VERBOSE || (wish->talk == NORMAL && wants->made))
		printf("%zu jobs run, %zu failed\n", wants->made, wants->failed);
}
