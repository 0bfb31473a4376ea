// Enters: the name of a stage or recipe. Leaves: the exit status of a shell in its room. May touch:
// the terminal, for the time of the shell; a stage's tree stays as it is.
#include "task.h"
#include "tree.h"
#include "tries.h"
#include "verbs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct job *stage_named(const struct jobs *jobs, const char *name)
{
	EACH(const struct job, job, jobs->stages)
		if (!strcmp(job->stage->name, name))
			return job;
	return NULL;
}

// The keys of the terminal go to the shell; the runner only waits.
static enum exit_status in_sandbox(struct sandbox *sandbox)
{
	struct child child;
	int status;
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	if (!spawn(sandbox, &child)) {
		int why = errno; // the search for a remedy has its own
		fail(EXIT_HOST, "no sandbox: %s; %s", strerror(why), namespace_remedy(why));
	}
	while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
		;
	const char *trouble = spawn_trouble(sandbox, &child);
	if (trouble && WEXITSTATUS(status) == 127) // as a shell says of a command it cannot find
		warn("%s", trouble);
	else if (trouble)
		fail(EXIT_HOST, "%s", trouble);
	return WIFSIGNALED(status) ? EXIT_BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

static void set_command(struct sandbox *sandbox, const struct list *command)
{
	struct list arguments = {0};
	EACH(char, word, *command)
		list_push(&arguments, word);
	if (!command->count) {
		list_push(&arguments, mem_text("/bin/sh"));
		list_push(&arguments, mem_text("-i"));
	}
	list_push(&arguments, NULL);
	sandbox->argv = (char *const *)arguments.at;
	sandbox->interactive = true;
}

static enum exit_status in_stage(const struct jobs *jobs, const struct job *stage,
				 const struct options *options)
{
	static struct run_wish wish;
	struct wants wants;
	wish.until = stage->stage->name;
	wants_start(&wants, jobs, &wish);
	if (!stage->present)
		fail(EXIT_INPUT, "%s is not built yet; first run: ./bootstrap%s --until %s",
		     stage->name, options_place(options, jobs->plan), stage->name);
	struct sandbox *sandbox = room_of_stage(jobs, stage);
	set_command(sandbox, &options->command);
	return in_sandbox(sandbox);
}

static double tried(const struct jobs *jobs, const struct job *job)
{
	return job->key ? tries_time(jobs->store, job->key) : 0;
}

// Of several that could be built the one that was tried last: its room is the one to look into.
static bool is_likelier(const struct jobs *jobs, const struct job *job, const struct job *than)
{
	if (!than || job->state != JOB_READY)
		return !than;
	return than->state != JOB_READY || tried(jobs, job) >= tried(jobs, than);
}

static struct job *unfinished(const struct jobs *jobs, const char *name)
{
	static struct run_wish wish = {.go_on = true};
	struct wants wants;
	struct job *found = NULL;
	list_push(&wish.only, mem_text(name));
	wants_start(&wants, jobs, &wish);
	EACH(struct job, job, jobs->all)
		if (job_is_named(job, name) && is_likelier(jobs, job, found))
			found = job;
	return found;
}

// What brings the source of a build, if that is what failed.
static const struct job *failed_before(const struct jobs *jobs, const struct job *job)
{
	for (job = job_before(job); job; job = job_before(job))
		if (job->looked && !job->present && !tries_at_work(jobs->store, job->key) &&
		    !access(store_path(jobs->store, "objects/%s/log", job->key), R_OK))
			return job;
	return NULL;
}

__attribute__((noreturn)) static void not_ready(const struct jobs *jobs, const char *place,
						const struct job *job)
{
	const struct job *failed = failed_before(jobs, job);
	if (failed)
		fail(EXIT_INPUT,
		     "%s failed, which %s needs; look at ./bootstrap log %s%s, or look around: "
		     "./bootstrap shell %s%s",
		     failed->name, job->name, failed->name, place, failed->name, place);
	fail(EXIT_INPUT, "what %s needs is not built yet; first run: ./bootstrap%s --only %s",
	     job->name, place, job->name);
}

static enum exit_status in_build(const struct jobs *jobs, const struct options *options)
{
	const struct host *host = jobs->host;
	struct job *job = unfinished(jobs, options->operand);
	if (job->trouble)
		fail(EXIT_INPUT, "%s", job->trouble);
	if (job->present)
		fail(EXIT_INPUT,
		     "%s is built, its room is gone; to build it again: ./bootstrap%s --fresh %s",
		     job->name, options_place(options, jobs->plan), job->name);
	if (job->state != JOB_READY)
		not_ready(jobs, options_place(options, jobs->plan), job);
	if (store_lock(jobs->store, job->key) < 0)
		fail(EXIT_HOST, "%s is at work in another run; end that one first", job->name);
	task_copy_texts(job, jobs);
	const struct room_wish wish = {
		.jobs = jobs, .share = host->processors, .memory = host->memory, .makeflags = ""};
	struct sandbox *sandbox = room_of(job, &wish);
	set_command(sandbox, &options->command);
	return in_sandbox(sandbox);
}

enum exit_status verb_shell(const struct jobs *jobs, const struct options *options)
{
	const struct job *stage = stage_named(jobs, options->operand);
	store_lock_all(jobs->store, false);
	return stage ? in_stage(jobs, stage, options) : in_build(jobs, options);
}
