// Enters: a job whose turn has come. Leaves: a process that does it, and afterwards its output in
// the store. May touch: processes, the job's fds; the store through its calls only.
#include "task.h"
#include "clock.h"
#include "emulator.h"
#include "errors.h"
#include "fail.h"
#include "hash.h"
#include "journal.h"
#include "meter.h"
#include "tree.h"
#include "tries.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FD_LOCK = 8, FD_PHASES = 9 };

static bool has_ninja(const struct job *job)
{
	return job->kind == JOB_BUILD && recipe_has_tool(job->item->recipe, "ninja");
}

// In a root of the target's own both are recipes', and new.
bool task_takes_fifo(const struct job *job, const struct jobs *jobs)
{
	bool native = job->item && stage_is_native(job->item->stage);
	return native || (has_ninja(job) && jobs->host->ninja_joins);
}

// A tool that cannot join the jobserver gets the whole budget or waits; else it would be an LLVM on
// one processor, or twice as many compilers as processors.
int task_slots(const struct job *job, const struct jobs *jobs, int budget)
{
	if (job->kind == JOB_FETCH || job->kind == JOB_COMPOSE)
		return 0;
	if (has_ninja(job) && !task_takes_fifo(job, jobs))
		return budget;
	return 1;
}

long task_memory(const struct job *job)
{
	return job->item ? job->item->recipe->memory : 0;
}

static int open_log(const struct store *store, const char *key, bool append)
{
	return open(store_path(store, "objects/%s/log", key),
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (append ? 0 : O_TRUNC), 0644);
}

// Several tries in one log are told apart: what is shown of a failure is of the last one.
static void begin_try(int log)
{
	if (lseek(log, 0, SEEK_END) > 0)
		dprintf(log, "\n" LOG_TRY "\n");
}

// ninja knows after any death which of its outputs are whole. make believes in every file that is new enough, also in
// half of one: what that left may only be gone on with after an orderly end. Both believe what a power cut left.
bool task_may_go_on(const struct job *job, const struct store *store)
{
	if (job->kind != JOB_BUILD)
		return job->kind == JOB_FETCH;
	return store_is_intact(store, job->key) &&
	       (has_ninja(job) || store_was_paused(store, job->key));
}

static bool is_to_go_on(const struct job *job, const struct store *store)
{
	bool anew = job->kind == JOB_BUILD && job->fresh && !job->retried;
	return !anew && task_may_go_on(job, store);
}

static bool copy_checkout(const struct job *job, const struct jobs *jobs, const char **error)
{
	EACH(const char, part, job->item->recipe->checkout)
		if (!store_copy(jobs->store, job->key, mem_format("checkout/%s", part),
				mem_format("%s/%s", jobs->plan->root, part), error))
			return false;
	return true;
}

bool task_copy_texts(const struct job *job, const struct jobs *jobs, const char **error)
{
	if (job->kind == JOB_COMPOSE)
		return true;
	const char *recipe = job->item ? job->item->recipe->dir : job->source->dir;
	const char *shell = mem_format("%s/src/sh", jobs->plan->root);
	return store_copy(jobs->store, job->key, "bootstrap", shell, error) &&
	       store_copy(jobs->store, job->key, "recipe", recipe, error) &&
	       (!job->item || copy_checkout(job, jobs, error));
}

// ---- the worker: a fork of the runner, which has one thread, so its heap is sound here ----

static void complain(const char *error)
{
	fprintf(stderr, "bootstrap: %s\n", error);
}

// The first recipe that brought a path of the union.
static const char *bringer_of(const char *path, const struct job *job, const struct store *store)
{
	EACH(const struct part, part, job->parts) {
		size_t skip = strlen(part->below);
		if (strncmp(path, part->below, skip) != 0)
			continue;
		skip += path[skip] == '/';
		struct stat info;
		if (!lstat(store_path(store, "trees/%s/%s", part->job->out, path + skip), &info))
			return part->job->name;
	}
	return "another recipe";
}

static bool keep_union(const struct job *job, const struct store *store)
{
	const char *error = "", *clash = NULL, *to = store_path(store, "objects/%s/out", job->key);
	EACH(const struct part, part, job->parts) {
		const char *tree = store_path(store, "trees/%s", part->job->out);
		if (tree_unite(tree, to, part->below, job->over, &error, &clash))
			continue;
		complain(clash ? mem_format("two recipes, %s and %s, install %s with different "
					    "content; leave it out in one of their package phases",
					    bringer_of(clash, job, store), part->job->name, clash)
			       : mem_format("%s, when %s is added", error, part->job->name));
		return false;
	}
	if (store_commit_union(store, job->key, job->manifest, &error))
		return true;
	complain(error);
	return false;
}

// Nothing enters the store as fetched that has not the pinned hash.
static bool is_pinned(const struct job *job, const struct store *store)
{
	const struct source *source = job->source;
	const char *file = store_path(store, "objects/%s/out/%s", job->key, source_file(source));
	const char *digest = hash_file(file);
	if (digest && ((source->url && !strcmp(digest, source->sha256)) ||
		       (source->debian && !strcmp(digest, source->debian_sha256))))
		return true;
	complain(digest ? mem_format("%s has the hash %s, which is not pinned", file, digest)
			: mem_format("%s: %s", file, strerror(errno)));
	return false;
}

static bool keep_output(struct task *task, const struct store *store)
{
	const struct job *job = task->job;
	const char *error = "";
	if (job->kind == JOB_COMPOSE)
		return keep_union(job, store);
	if (job->kind == JOB_FETCH && !is_pinned(job, store))
		return false;
	if (store_commit(store, &task->record, job->manifest, &error))
		return true;
	complain(error);
	return false;
}

// fork(2) that gives a pidfd or no child: one that nobody can wait for would keep its output all the same,
// after that was called a failure.
static pid_t fork_worker(struct child *child)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&child->pidfd,
		.exit_signal = SIGCHLD,
	};
	return child->pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

static void end_phase(struct task *task)
{
	if (*task->phase)
		task->record.phases = mem_format("%s%s%s %.3f", task->record.phases,
						 *task->record.phases ? " " : "", task->phase,
						 now() - task->phase_started);
	task->phase = "";
}

bool task_keep(struct task *task, const struct store *store)
{
	struct child child = {.trouble = -1};
	end_phase(task);
	fflush(stdout);
	if (fork_worker(&child) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fail_clear(NULL); // the display is the parent's
		int log = open_log(store, task->job->key, true);
		dup2(log, STDERR_FILENO);
		_exit(keep_output(task, store) ? EXIT_DONE : EXIT_RECIPE);
	}
	if (child.pid > 0)
		task->child = child;
	return child.pid > 0;
}

// ---- the sandbox ----

static bool start_sandbox(struct task *task, const struct room_wish *wish,
			  const struct jobserver *server, bool go_on, const char **error)
{
	const struct store *store = wish->jobs->store;
	const char *key = task->job->key;
	*error = emulator_trouble(wish->jobs, task->job);
	if (*error)
		return false;
	int pipes[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int log = open_log(store, key, go_on || task->job->retried);
	begin_try(log);
	task->job->begun = log >= 0;
	task->log_start = log < 0 ? 0 : lseek(log, 0, SEEK_END);
	if (null < 0 || log < 0 || pipe2(pipes, O_CLOEXEC | O_NONBLOCK) < 0) {
		*error = mem_format("no log or pipe: %s", strerror(errno));
		close(null);
		close(log);
		return false;
	}
	task->sandbox = room_of(task->job, wish);
	sandbox_fd(task->sandbox, null, STDIN_FILENO);
	sandbox_fd(task->sandbox, log, STDOUT_FILENO);
	sandbox_fd(task->sandbox, log, STDERR_FILENO);
	sandbox_fd(task->sandbox, server->read_end, JOBSERVER_READ);
	sandbox_fd(task->sandbox, server->write_end, JOBSERVER_WRITE);
	sandbox_fd(task->sandbox, task->lock, FD_LOCK);
	sandbox_fd(task->sandbox, pipes[1], FD_PHASES);
	bool done = spawn(task->sandbox, &task->child);
	int why = errno; // the search for a remedy has its own
	if (!done)
		*error = mem_format("no sandbox: %s; %s", strerror(why), namespace_remedy(why));
	close(null);
	close(log);
	close(pipes[1]);
	task->phases = pipes[0];
	return done;
}

bool task_start(struct job *job, const struct room_wish *wish, const struct jobserver *server,
		int lock, int slots, const char **error)
{
	const struct store *store = wish->jobs->store;
	struct task *task = job->task = mem_new(sizeof *task);
	bool go_on = is_to_go_on(job, store);
	job->lost = false; // of a first try
	*task = (struct task){.job = job,
			      .lock = lock,
			      .phases = -1,
			      .slots = slots,
			      .memory = task_memory(job),
			      .started = now(),
			      .oom_kills = meter_oom_kills(),
			      .phase = ""};
	task->pulse = (struct pulse){.since = task->started, .looked = task->started};
	task->record = (struct record){.job = job->name,
				       .target = job_target(wish->jobs, job),
				       .key = job->key,
				       .started = clock_date(),
				       .slots = slots,
				       .phases = ""};
	task->entered = store_begin(store, job->key, go_on, error);
	tries_note(store, job->key, task->record.target, job->name);
	if (go_on)
		tries_spent(store, &task->record);
	if (!task->entered)
		return false;
	if (job->kind != JOB_COMPOSE)
		return start_sandbox(task, wish, server, go_on, error);
	job->begun = true;
	if (task_keep(task, store))
		return true;
	*error = mem_format("no process: %s", strerror(errno));
	return false;
}

bool task_phases(struct task *task)
{
	char text[256];
	bool began = false;
	ssize_t count = read(task->phases, text, sizeof text);
	struct list names = words(count > 0 ? mem_copy(text, (size_t)count) : "");
	EACH(const char, name, names) {
		end_phase(task);
		task->phase = name;
		task->phase_started = now();
		began = true;
	}
	return began;
}

bool task_ended(const struct task *task)
{
	siginfo_t info = {0};
	return !waitid(P_PIDFD, (id_t)task->child.pidfd, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid;
}

int task_reap(struct task *task, const char **error)
{
	struct rusage usage;
	int status = 0;
	wait4(task->child.pid, &status, 0, &usage);
	close(task->child.pidfd);
	if (task->phases >= 0) {
		task_phases(task);
		close(task->phases);
		task->phases = -1;
		*error = spawn_trouble(task->sandbox, &task->child);
		close(task->child.trouble);
		task->record.seconds += now() - task->started;
		task->record.cpu += (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
				    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
		task->record.memory = usage.ru_maxrss;
	}
	return WIFSIGNALED(status) ? EXIT_BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

bool task_is_done(const struct task *task, int code)
{
	bool builds = task->job->kind == JOB_BUILD;
	return code == EXIT_DONE && !task->hung && (!builds || !strcmp(task->phase, "package"));
}

// SIGTERM lets make and ninja remove what is half written; a worker is never stopped, it is short.
void task_signal(struct task *task, bool at_once)
{
	if (task->child.trouble < 0)
		return;
	task->killed |= at_once;
	kill(task->child.pid, at_once ? SIGKILL : SIGTERM);
}

void task_stop(struct task *task, bool at_once)
{
	task->stopping |= task->child.trouble >= 0;
	task_signal(task, at_once);
}

// Of other jobs nothing is gone on with but downloads, which are told by their hash.
static void keep_half(const struct task *task, const struct store *store)
{
	if (task->job->kind != JOB_BUILD || !task->entered)
		return;
	if (!task->killed)
		store_pause(store, task->job->key);
	task->job->lost = task->killed && !task_may_go_on(task->job, store);
}

void task_end(struct task *task, const struct store *store, bool failed)
{
	if (failed) {
		keep_half(task, store);
		end_phase(task);
		tries_spend(store, &task->record);
	}
	flock(task->lock, LOCK_UN); // another task's worker may have been forked with it
	close(task->lock);
	if (task->phases >= 0) // it could not start
		close(task->phases);
	task->job->task = NULL;
}
