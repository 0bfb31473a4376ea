// Enters: a job that failed. Leaves: words on it. May touch: stderr; its log, to read.
#include "failure.h"
#include "cells.h"
#include "errors.h"
#include "groups.h"
#include "options.h"
#include "terminal.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

// In a CI system the log itself is lost with the machine: more of it is shown, folded.
enum { LOG_TAIL = 25, LOG_TAIL_FOLDED = 2000, LINE_LENGTH = 300, FOLDED_SIZE = 1 << 18 };

// A full disk is often not told: the message would have gone to the same disk.
static const char *lack_of_space(const struct store *store)
{
	enum { MIB = 20, LEAST = 64, ENOUGH = 1024 };
	struct statvfs info;
	if (statvfs(store->path, &info) < 0 || !info.f_blocks)
		return "";
	const char *remedy = mem_format("%s gc --store %s makes room, --store names another place",
					fail_self(), options_quoted(store->path));
	if (info.f_files && !info.f_favail)
		return mem_format("; the store's file system takes no more files: %s", remedy);
	long long left = (long long)(info.f_bavail * info.f_frsize >> MIB);
	long long share = (long long)(info.f_blocks * info.f_frsize >> MIB) / 100;
	if (left >= ENOUGH || (left >= LEAST && left >= share))
		return "";
	return mem_format("; the store's file system is full, but for %lld MiB: %s", left, remedy);
}

// What configure tried, and why that failed, stands in a log of its own.
static const char *configure_log(const struct store *store, const char *key)
{
	static const char *const logs[] = {"meson-logs/meson-log.txt",
					   "CMakeFiles/CMakeConfigureLog.yaml",
					   "CMakeFiles/CMakeError.log", "config.log"};
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		const char *path = store_path(store, "objects/%s/build/%s", key, logs[i]);
		if (!access(path, R_OK))
			return path;
	}
	return NULL;
}

struct failure failure_of(const struct jobs *jobs, const struct job *job, const char *phase,
			  const char *why)
{
	struct first_error error;
	struct failure failure = {.job = job, .phase = phase, .why = why};
	failure.why = mem_format("%s%s", why, lack_of_space(jobs->store));
	if (job->before)
		failure.call_off = store_path(jobs->store, "objects/%s/again", job->key);
	if (!job->begun) // what there may be is of an earlier run
		return failure;
	failure.log = store_path(jobs->store, "objects/%s/log", job->key);
	if (errors_first(failure.log, phase, &error)) {
		failure.error = mem_text(error.text);
		failure.line = error.line;
	}
	if (!strcmp(phase, "configure"))
		failure.configure_log = configure_log(jobs->store, job->key);
	return failure;
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

static char *last_try(char *text)
{
	for (char *at; (at = strstr(text, "\n" LOG_TRY "\n"));)
		text = at + strlen("\n" LOG_TRY "\n");
	return text;
}

// The last lines of a log, each after a bar; no more than those of its last try.
static void show_tail(const char *path, int most, const char *title)
{
	static char block[FOLDED_SIZE + 1];
	size_t count = text_tame(block, read_end(path, block, FOLDED_SIZE));
	while (count && block[count - 1] == '\n')
		count--;
	block[count] = '\0';
	char *begin = last_try(block), *from = block + count;
	for (int lines = 0; from > begin && lines < most; lines++)
		for (from--; from > begin && from[-1] != '\n'; from--)
			;
	fputs(count ? title : "", stderr);
	for (char *text = from, *next; text && count; text = next) {
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		fprintf(stderr, "  | %.*s\n", LINE_LENGTH, text);
	}
}

static const char *title_of(const struct failure *failure)
{
	return mem_format("%s failed%s%s", failure->job->name, *failure->phase ? " in phase " : "",
			  failure->phase);
}

static void show_folded(const struct failure *failure)
{
	if (!groups_serve())
		return;
	if (!failure->log) {
		group_error(stderr, title_of(failure), failure->why);
		return;
	}
	const char *id = mem_format("log%.16s", failure->job->key);
	group_begin(stderr, id, mem_format("the log of %s", failure->job->name));
	show_tail(failure->log, LOG_TAIL_FOLDED, "");
	group_end(stderr, id);
	group_error(stderr, title_of(failure), failure->error ? failure->error : failure->why);
}

// A room has no program that the recipe does not name.
static void show_missing(const struct failure *failure)
{
	const struct item *item = failure->job->item;
	const char *program = item && failure->error ? error_program(failure->error) : NULL;
	if (!program || recipe_has_tool(item->recipe, program))
		return;
	fprintf(stderr, "%s is not in this room; name %s in tools= of recipes/%s/recipe\n", program,
		stage_is_native(item->stage) ? "the recipe that brings it" : "it",
		item->recipe->name);
}

void failure_show(const struct failure *failure, const struct run_wish *wish, const char *again)
{
	bool colour = terminal_has_colour(STDERR_FILENO);
	fputc('\n', stderr);
	show_folded(failure);
	fprintf(stderr, "%s%s: %s%s\n", colour ? "\033[1;31m" : "", title_of(failure), failure->why,
		colour ? "\033[0m" : "");
	if (failure->error)
		fprintf(stderr, "the first error, in line %ld of the log:\n  > %s\n", failure->line,
			failure->error);
	show_missing(failure);
	if (failure->log) {
		show_tail(failure->log, LOG_TAIL, "the last lines:\n");
		fprintf(stderr, "the whole log:   %s\n", failure->log);
	}
	if (failure->configure_log)
		fprintf(stderr, "configure's log: %s\n", failure->configure_log);
	if (failure->log && failure->job->kind != JOB_COMPOSE)
		fprintf(stderr, "look around:     %s shell %s%s\n", fail_self(), failure->job->name,
			wish->place);
	fprintf(stderr, "to go on:        %s\n", again);
	if (failure->call_off)
		fprintf(stderr, "to call it off:  remove %s\n", failure->call_off);
}
