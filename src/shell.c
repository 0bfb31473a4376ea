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
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

// The keys of the terminal go to the shell; the runner only waits.
static enum exit_status in_sandbox(struct sandbox *sandbox)
{
	struct child child;
	int status;
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	if (!spawn(sandbox, &child)) {
		int why = errno; // the search for a remedy has its own
		fail(EXIT_HOST, "no sandbox: %s; %s", strerror(why), namespace_remedy(why));
	}
	while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
		;
	if (sandbox->foreground)
		tcsetpgrp(STDIN_FILENO, getpgrp());
	const char *trouble = spawn_trouble(sandbox, &child);
	if (trouble && WEXITSTATUS(status) == 127) // as a shell says of a command it cannot find
		warn("%s", trouble);
	else if (trouble)
		fail(EXIT_HOST, "%s", trouble);
	return WIFSIGNALED(status) ? EXIT_BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

// Every shell takes PWD for what it is; "\\w" some print as it stands.
static void set_prompt(struct sandbox *sandbox, const char *place)
{
	struct list variables = {0};
	for (size_t i = 0; sandbox->environment[i]; i++)
		list_push(&variables, sandbox->environment[i]);
	list_push(&variables, mem_format("PS1=%s:$PWD $ ", place));
	list_push(&variables, NULL);
	sandbox->environment = (char *const *)variables.at;
}

// A shell alone, not what it would run: it looks after groups of its own. The keys that stop or end any other program
// are for who called this, too, so that one stays in the caller's group.
static bool is_shell(const struct list *command)
{
	static const char *const shells[] = {"sh", "ash", "bash", "dash", "zsh"};
	for (size_t i = 1; i < command->count; i++)
		if (*(const char *)command->at[i] != '-')
			return false;
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		if (!strcmp(base_name(command->at[0]), shells[i]))
			return true;
	return false;
}

static bool writes_to_memory(const struct sandbox *sandbox)
{
	EACH(const struct step, step, sandbox->steps)
		if (step->kind == STEP_OVERLAY)
			return true;
	return sandbox->tree;
}

// overlayfs hides a folder of the tree below by an attribute, which tmpfs has since Linux 6.6.
static void warn_of_kernel(const struct sandbox *sandbox)
{
	struct utsname names;
	if (!writes_to_memory(sandbox) || uname(&names) < 0 ||
	    version_at_least(names.release, 6, 6))
		return;
	warn("on Linux %s a folder that is there already cannot be removed in this shell, only what "
	     "is in it; from 6.6 on it can",
	     names.release);
}

static void set_command(struct sandbox *sandbox, const char *place, const struct list *command)
{
	struct list arguments = {0};
	EACH(char, word, *command)
		list_push(&arguments, word);
	if (!command->count) {
		list_push(&arguments, mem_text("/bin/sh"));
		list_push(&arguments, mem_text("-i"));
		set_prompt(sandbox, place);
		warn_of_kernel(sandbox);
	}
	sandbox->foreground = is_shell(&arguments) && tcgetpgrp(STDIN_FILENO) == getpgrp();
	list_push(&arguments, NULL);
	sandbox->argv = (char *const *)arguments.at;
	sandbox->interactive = true;
}

// A run has signals and files of its own, so it is a process of its own.
static void make_union(const struct jobs *jobs, const struct run_wish *wish)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0)
		exit((int)run(jobs_make(jobs->plan, jobs->store, jobs->host), wish));
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		fail(EXIT_HOST, "no process: %s", strerror(errno));
	if (status)
		exit(WIFSIGNALED(status) ? EXIT_BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status));
}

// On a target of the machine's own kind nothing is to be sped up.
static const struct job *sped_up(const struct jobs *jobs, const struct options *options)
{
	static struct run_wish wish = {.talk = QUIET, .slots = 1};
	struct wants wants;
	wish.hang_limit = options->run.hang_limit;
	const struct job *stage = built_stage(jobs, options, false);
	const struct job *job = stage->sped_up;
	if (!job)
		return stage;
	list_push(&wish.only, mem_text(job->name));
	wants_start(&wants, jobs, &wish);
	if (!job->present && job->state != JOB_READY)
		fail(EXIT_INPUT, "%s is not built yet; first run: %s%s --until %s",
		     stage->stage->native->name, fail_self(), options_place(options, jobs->plan),
		     stage->name);
	if (!job->present)
		make_union(jobs, &wish);
	return job;
}

static enum exit_status in_stage(const struct jobs *jobs, const struct options *options)
{
	const struct job *stage = options->sped_up ? sped_up(jobs, options)
						   : built_stage(jobs, options, true);
	struct sandbox *sandbox = room_of_stage(jobs, stage);
	set_command(sandbox, options->operand, &options->command);
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

static struct job *job_to_enter(const struct jobs *jobs, const char *name)
{
	static struct run_wish wish = {.go_on = true};
	struct wants wants;
	struct job *found = NULL;
	list_push(&wish.only, mem_text(name));
	wants_start(&wants, jobs, &wish);
	EACH(struct job, job, jobs->all)
		if (job_is_named(job, name) && is_likelier(jobs, job, found))
			found = job;
	if (found && found->present)
		wants_reopen(&wants, found);
	return found;
}

// What brings the source of a build, if that is what failed.
static const struct job *failed_before(const struct jobs *jobs, const struct job *job)
{
	for (job = job_before(job); job; job = job_before(job))
		if (job->looked && !job->present && !store_is_locked(jobs->store, job->key) &&
		    !access(store_path(jobs->store, "objects/%s/log", job->key), R_OK))
			return job;
	return NULL;
}

__attribute__((noreturn)) static void not_ready(const struct jobs *jobs, const char *place,
						const struct job *job)
{
	const struct job *failed = failed_before(jobs, job);
	const char *self = fail_self();
	if (failed)
		fail(EXIT_INPUT,
		     "%s failed, which %s needs; look at %s log %s%s, or look around: %s shell %s%s",
		     failed->name, job->name, self, failed->name, place, self, failed->name, place);
	if (job->before)
		fail(EXIT_INPUT,
		     "%s is built, and what it was built of is gone from the store; to build it again: "
		     "%s%s --only %s --fresh %s",
		     job->name, self, place, job->name, job->name);
	fail(EXIT_INPUT, "what %s needs is not built yet; first run: %s%s --only %s", job->name,
	     self, place, job->name);
}

static enum exit_status in_build(const struct jobs *jobs, const struct options *options)
{
	const struct host *host = jobs->host;
	struct job *job = job_to_enter(jobs, options->operand);
	if (job->trouble)
		fail(EXIT_INPUT, "%s", job->trouble);
	if (job->state != JOB_READY)
		not_ready(jobs, options_place(options, jobs->plan), job);
	const char *error;
	if (store_lock(jobs->store, job->key, &error) < 0 && !error)
		error = mem_format("%s is at work in another run; end that one first", job->name);
	if (error || !task_copy_texts(job, jobs, &error))
		fail(EXIT_HOST, "%s", error);
	const struct room_wish wish = {.jobs = jobs,
				       .share = host->processors,
				       .memory = host->memory,
				       .makeflags = "",
				       .looks_around = true};
	struct sandbox *sandbox = room_of(job, &wish);
	set_command(sandbox, job->name, &options->command);
	return in_sandbox(sandbox);
}

enum exit_status verb_shell(const struct jobs *jobs, const struct options *options)
{
	store_lock_all(jobs->store, false);
	EACH(const struct stage, stage, jobs->plan->stages)
		if (!strcmp(stage->name, options->operand))
			return in_stage(jobs, options);
	return in_build(jobs, options);
}
