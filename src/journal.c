// Enters: what becomes of each job of a run. Leaves: its journal; and those of earlier runs, read.
// May touch: the store's folder runs/, the clock.
#include "journal.h"
#include "clock.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void journal_start(struct journal *journal, const struct jobs *jobs, int slots)
{
	*journal = (struct journal){.jobs = jobs, .slots = slots, .started = clock_date()};
}

// A run without work leaves the store as it is, so the file is made with the first line.
static FILE *open_journal(struct journal *journal)
{
	const struct store *store = journal->jobs->store;
	if (journal->opened)
		return journal->to;
	journal->opened = true;
	tree_folder(store_path(store, "runs"));
	journal->to = fopen(store_path(store, "runs/%.0f-%d", journal->started, (int)getpid()),
			    "ae");
	if (journal->to)
		fprintf(journal->to, "run %.3f %d %s\n", journal->started, journal->slots,
			journal->jobs->plan->target->name);
	return journal->to;
}

static void line(struct journal *journal, const struct job *job, const char *what, double start,
		 int slots)
{
	fprintf(journal->to, "%s %.3f %.3f %d %s %s %s\n", what, start, clock_date(), slots,
		job->key, job_target(journal->jobs, job), job->name);
}

void journal_note(struct journal *journal, const struct job *job, const char *what, double start,
		  int slots)
{
	if (!open_journal(journal))
		return;
	line(journal, job, what, start, slots);
	fflush(journal->to); // workers are forked: nothing of it may be theirs
}

void journal_end(struct journal *journal, int status)
{
	if (!journal->to)
		return;
	EACH(const struct job, job, journal->jobs->all)
		if (job->wanted && job->present && !job->made)
			line(journal, job, "found", clock_date(), 0);
	fprintf(journal->to, "end %.3f %d\n", clock_date(), status);
	fclose(journal->to);
	journal->to = NULL;
}

// ---- reading ----

// The next word of a line, NULL at its end; `*at` moves past it.
static const char *word(char **at)
{
	char *found = *at;
	if (!*found)
		return NULL;
	char *end = found + strcspn(found, " ");
	*at = end + (*end == ' ');
	*end = '\0';
	return found;
}

static double number(char **at)
{
	const char *text = word(at);
	return text ? strtod(text, NULL) : 0;
}

static void read_job(struct past_run *run, const char *what, char *at)
{
	struct past_job *job = mem_new(sizeof *job);
	job->what = what;
	job->start = number(&at);
	job->end = number(&at);
	job->slots = (int)number(&at);
	job->key = word(&at);
	job->target = word(&at);
	job->name = at; // may hold blanks
	if (*job->name && job->start > 0 && job->end >= job->start)
		list_push(&run->jobs, job);
}

static void read_line(struct past_run *run, char *at, bool found)
{
	const char *what = word(&at);
	if (!what || (!found && !strcmp(what, "found")))
		return;
	if (!strcmp(what, "run")) {
		run->start = number(&at);
		run->slots = (int)number(&at);
		run->target = at;
	} else if (!strcmp(what, "end")) {
		run->end = number(&at);
		run->status = (int)number(&at);
	} else if (!strcmp(what, "made") || !strcmp(what, "failed") || !strcmp(what, "stopped") ||
		   !strcmp(what, "found")) {
		read_job(run, what, at);
	}
}

// The file as text, up to a NUL if a disk put one there; NULL when it cannot be read.
static char *text_of(const char *path)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return NULL;
	long size = fseek(file, 0, SEEK_END) < 0 ? -1 : ftell(file);
	char *text = mem_new((size_t)(size > 0 ? size : 0) + 1);
	rewind(file);
	if (size > 0)
		text[fread(text, 1, (size_t)size, file)] = '\0';
	fclose(file);
	return text;
}

static struct past_run *read_run(const char *path, const char *target, bool *newest)
{
	struct past_run *run = mem_new(sizeof *run);
	bool found = false;
	char *end;
	for (char *at = text_of(path); at && (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		read_line(run, at, found);
		found = *newest && run->target && !strcmp(run->target, target);
	}
	*newest = *newest && !found;
	return run->target && run->start > 0 ? run : NULL;
}

static struct list names_of(const struct store *store)
{
	const char *folder = store_path(store, "runs");
	return access(folder, R_OK) < 0 ? (struct list){0} : folder_names(folder);
}

struct list journal_read(const struct store *store, const char *target)
{
	struct list runs = {0}, backwards = {0}, names = names_of(store);
	bool newest = true;
	for (size_t i = names.count; i-- > 0;) {
		const char *path = store_path(store, "runs/%s", (const char *)names.at[i]);
		struct past_run *run = read_run(path, target, &newest);
		if (run)
			list_push(&backwards, run);
	}
	for (size_t i = backwards.count; i-- > 0;)
		list_push(&runs, backwards.at[i]);
	return runs;
}

void journal_sweep(const struct store *store)
{
	struct list names = names_of(store);
	for (size_t i = 0; i + JOURNALS < names.count; i++)
		unlink(store_path(store, "runs/%s", (const char *)names.at[i]));
}
