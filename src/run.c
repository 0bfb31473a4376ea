// Enters: the graph of jobs and a wish. Leaves: the wished outputs in the store, or word of what
// failed. May touch: fds, processes, time; the store through its calls.
//
// One loop: signals, ended children and phase names come in through epoll, one at a time.
#include "checkout.h"
#include "clock.h"
#include "emulator.h"
#include "forecast.h"
#include "inspect.h"
#include "journal.h"
#include "report.h"
#include "signals.h"
#include "turn.h"
#include "verdict.h"
#include "verify.h"
#include "watchdog.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	FETCHES = 4,	   // at once: more would not be faster, and not be polite
	LOOK_AGAIN = 250,  // ms until what gives no sign is: slots of makes, jobs of other runs
	MEMORY_SHARE = 90, // per cent of what is free, for jobs that say what they need
};

struct loop {
	const struct jobs *jobs;
	const struct run_wish *wish;
	struct wants wants;
	struct jobserver server;
	struct watchdog watchdog;
	struct journal journal;
	struct list tasks;  // struct task *, at work
	struct list locked; // struct job *, at work elsewhere
	int events, signals;
	int fetches, sandboxes;	  // at work
	long memory;		  // MiB left
	double deadline, kill_at; // monotonic seconds, 0: none
	enum exit_status status;
	bool stopping; // nothing new starts
	bool starved;  // a job waits for slots
};

static void watch(struct loop *loop, int fd, void *what)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
	if (epoll_ctl(loop->events, EPOLL_CTL_ADD, fd, &event) < 0)
		fail(EXIT_HOST, "epoll: %s", strerror(errno));
}

// Closing is not enough: a worker, forked meanwhile, may have the same file open.
static void unwatch(struct loop *loop, int fd)
{
	if (fd >= 0)
		epoll_ctl(loop->events, EPOLL_CTL_DEL, fd, NULL);
}

static bool fits(void *with, const struct job *job)
{
	const struct loop *loop = with;
	// The longest path waits for its slots; what comes after it must not take them.
	if (loop->starved && task_slots(job, loop->jobs, loop->server.slots) > 0)
		return false;
	if (job->kind == JOB_FETCH)
		return loop->fetches < FETCHES;
	return !loop->sandboxes || task_memory(job) <= loop->memory;
}

static void count(struct loop *loop, const struct task *task, int sign)
{
	loop->fetches += sign * (task->job->kind == JOB_FETCH);
	loop->sandboxes += sign * (task->job->kind != JOB_FETCH);
	loop->memory -= sign * task->memory;
}

static void leave(struct loop *loop, struct task *task, bool failed)
{
	const char *what = !failed ? "made" : task->stopping ? "stopped" : "failed";
	journal_note(&loop->journal, task->job, what, task->record.started, task->slots);
	task->job->made = !failed;
	count(loop, task, -1);
	jobserver_give(&loop->server, task->slots);
	for (size_t i = 0; i < loop->tasks.count; i++)
		if (loop->tasks.at[i] == task)
			loop->tasks.at[i] = loop->tasks.at[--loop->tasks.count];
	task_end(task, loop->jobs->store, failed);
	if (!loop->tasks.count)
		jobserver_refill(&loop->server);
}

static void begin_stop(struct loop *loop, enum exit_status status)
{
	bool again = signals_insist((int)status - EXIT_BY_SIGNAL);
	signals_ignore_pipe(); // a tee at the same keys is gone already
	if (loop->status == EXIT_DONE || status != EXIT_TIME_LIMIT)
		loop->status = status;
	loop->deadline = 0; // the limit is no second asking
	if (!again && loop->kill_at <= 0)
		loop->kill_at = now() + TASK_PATIENCE;
	loop->stopping = true;
	report_stop(status, loop->status);
	EACH(struct task, task, loop->tasks)
		if (again || !task->stopping)
			task_stop(task, again);
}

static void fail_job(struct loop *loop, struct job *job, const char *phase, const char *why,
		     enum exit_status status)
{
	job->state = JOB_FAILED;
	report_failure(job, phase, why);
	if (loop->status < status)
		loop->status = status;
	if (!loop->wish->keep_going)
		loop->stopping = true; // what is at work ends; nothing new starts
	wants_settle(&loop->wants, job);
}

static void succeed(struct loop *loop, struct job *job, const struct record *record)
{
	job->state = JOB_IDLE;
	if (!wants_look(&loop->wants, job)) {
		fail_job(loop, job, "", "its output was kept, but is not in the store", EXIT_HOST);
		return;
	}
	if (job->before && strcmp(job->before, job->out) != 0) {
		warn("%s: made again from the same inputs, its output is another one: %s, was %s",
		     job->name, job->out, job->before);
		report_differs(job, job->before);
	}
	job->fresh = false;
	loop->wants.made++;
	if (job->stage)
		wants_publish(&loop->wants);
	report_done(job, record);
	wants_settle(&loop->wants, job);
}

static void start_with(struct loop *loop, struct job *job, int lock, int slots)
{
	const char *error = "";
	struct room_wish wish = {
		.jobs = loop->jobs,
		.mirror = loop->wish->mirror,
		.offline = loop->wish->offline,
		.share = slots,
		.memory = loop->memory,
		.makeflags = jobserver_flags(&loop->server, task_takes_fifo(job, loop->jobs)),
	};
	job->state = JOB_RUNNING;
	bool started = task_start(job, &wish, &loop->server, lock, slots, &error);
	report_start(job); // by now it is known what earlier tries have done
	struct task *task = job->task;
	list_push(&loop->tasks, task);
	count(loop, task, 1);
	if (!started) {
		leave(loop, task, true);
		fail_job(loop, job, "", error, EXIT_HOST);
		return;
	}
	watch(loop, task->child.pidfd, task);
	if (task->phases >= 0)
		watch(loop, task->phases, task);
	checkout_note(loop->jobs); // a killed run has no end to do it at
}

// Nobody tells when the other one has ended. Where stages list the same build, that is at work here.
static void wait_for(struct loop *loop, struct job *job)
{
	bool elsewhere = true;
	EACH(const struct task, task, loop->tasks)
		elsewhere &= strcmp(task->job->key, job->key) != 0;
	if (elsewhere && !job->awaited)
		report_wait(job);
	job->awaited |= elsewhere;
	list_push(&loop->locked, job);
}

// Takes the job as far as it goes now. False: it has to wait for slots.
static bool start(struct loop *loop, struct job *job)
{
	const char *error;
	int lock, slots = task_slots(job, loop->jobs, loop->server.slots);
	if (!jobserver_take(&loop->server, slots))
		return false;
	enum turn turn = turn_take(&loop->wants, job, &lock, &error);
	if (turn == TURN_TAKEN) {
		start_with(loop, job, lock, slots);
		return true;
	}
	jobserver_give(&loop->server, slots);
	job->state = JOB_IDLE;
	if (turn == TURN_FAILED)
		fail_job(loop, job, "", error, job->trouble ? EXIT_INPUT : EXIT_HOST);
	else if (turn == TURN_ELSEWHERE)
		wait_for(loop, job);
	else if (turn == TURN_CHANGED)
		wants_reconsider(&loop->wants, job);
	else
		wants_settle(&loop->wants, job);
	return true;
}

static void start_jobs(struct loop *loop)
{
	struct job *job;
	loop->starved = false;
	while (!loop->stopping && (job = wants_next(&loop->wants, fits, loop))) {
		if (start(loop, job))
			continue;
		list_push(&loop->wants.ready, job);
		loop->starved = true;
	}
}

static void look_at_locked(struct loop *loop)
{
	size_t left = 0;
	EACH(struct job, job, loop->locked) {
		if (store_is_locked(loop->jobs->store, job->key)) {
			loop->locked.at[left++] = job;
			continue;
		}
		job->state = JOB_READY;
		list_push(&loop->wants.ready, job);
	}
	loop->locked.count = left;
}

static void try_again(struct loop *loop, struct job *job, const char *phase, const char *why)
{
	job->retried = true;
	job->state = JOB_READY;
	list_push(&loop->wants.ready, job);
	report_retry(job, phase, why);
}

static void sandbox_ended(struct loop *loop, struct task *task, int code, const char *trouble)
{
	struct job *job = task->job;
	const char *phase = task->phase;
	bool done = task_is_done(task, code);
	if (done && task_keep(task, loop->jobs->store)) {
		job->state = JOB_KEEPING;
		watch(loop, task->child.pidfd, task);
		return;
	}
	if (done)
		trouble = mem_format("no process to keep its output: %s", strerror(errno));
	// As of a make that the kernel killed for memory, or of what one had started: half a file may be left.
	task->killed |= code == EXIT_BY_SIGNAL + SIGKILL || task->child.left;
	bool stopped = task->stopping && !task->hung;
	struct verdict verdict = verdict_of(task, loop->jobs, code);
	leave(loop, task, true);
	job->state = JOB_IDLE;
	if (stopped && !done)
		report_stopped(job);
	else if (trouble)
		fail_job(loop, job, "", trouble, EXIT_HOST);
	else if (verdict.again && !loop->stopping)
		try_again(loop, job, phase, verdict.why);
	else
		fail_job(loop, job, phase, verdict.why, verdict.status);
}

static void worker_ended(struct loop *loop, struct task *task, int code)
{
	struct job *job = task->job;
	leave(loop, task, code != EXIT_DONE);
	if (code == EXIT_DONE)
		succeed(loop, job, &task->record);
	else
		fail_job(loop, job, "", "its output cannot be kept", EXIT_RECIPE);
}

static void task_event(struct loop *loop, struct task *task)
{
	const char *trouble = NULL;
	if (task->phases >= 0 && task_phases(task))
		report_phase(task->job, task->phase);
	if (!task_ended(task))
		return;
	bool sandbox = task->child.trouble >= 0;
	unwatch(loop, task->child.pidfd);
	unwatch(loop, task->phases);
	int code = task_reap(task, &trouble);
	if (sandbox)
		sandbox_ended(loop, task, code, trouble);
	else
		worker_ended(loop, task, code);
}

static void signal_event(struct loop *loop)
{
	for (int number; (number = signals_next(loop->signals)) != 0;)
		if (number == SIGTSTP)
			task_pause(&loop->tasks);
		else
			begin_stop(loop, EXIT_BY_SIGNAL + number);
}

static int milliseconds_until(double time)
{
	double left = time - now();
	return left <= 0 ? 0 : left > 3600 ? 3600000 : (int)(left * 1000) + 1;
}

static int patience(const struct loop *loop)
{
	int wait = milliseconds_until(watchdog_due(&loop->watchdog, &loop->tasks));
	double clock = loop->kill_at > 0 ? loop->kill_at : loop->deadline;
	if ((loop->locked.count || loop->starved) && !loop->stopping && wait > LOOK_AGAIN)
		wait = LOOK_AGAIN;
	int until = clock > 0 ? milliseconds_until(clock) : wait;
	return until < wait ? until : wait;
}

static void watch_clock(struct loop *loop)
{
	if (loop->deadline > 0 && now() >= loop->deadline)
		begin_stop(loop, EXIT_TIME_LIMIT);
	if (loop->kill_at > 0 && now() >= loop->kill_at) {
		loop->kill_at = 0;
		EACH(struct task, task, loop->tasks)
			task_stop(task, true);
	}
	watchdog_look(&loop->watchdog, &loop->tasks, loop->jobs);
}

static void step(struct loop *loop)
{
	struct epoll_event event;
	int count = epoll_wait(loop->events, &event, 1, patience(loop));
	if (count < 0 && errno != EINTR)
		fail(EXIT_HOST, "epoll: %s", strerror(errno));
	bool tick = count == 1 && event.data.ptr == loop;
	if (tick)
		report_tick();
	else if (count == 1 && event.data.ptr)
		task_event(loop, event.data.ptr);
	else if (count == 1)
		signal_event(loop);
	if (tick || count != 1)
		look_at_locked(loop);
	watch_clock(loop);
}

// It may take as long as a disk needs for gigabytes: no job waits for it here, and no other run that is at one of these
// again.
static void flush_unfinished(const struct jobs *jobs)
{
	const char *error;
	EACH(const struct job, job, jobs->builds) {
		int lock = job->begun && !job->made ? store_lock(jobs->store, job->key, &error)
						    : -1;
		if (lock < 0)
			continue;
		store_flush(jobs->store, job->key);
		close(lock);
	}
}

enum exit_status run(const struct jobs *jobs, const struct run_wish *wish)
{
	struct loop loop = {.jobs = jobs, .wish = wish};
	verify_check(jobs, wish);
	loop.memory = jobs->host->memory * MEMORY_SHARE / 100;
	loop.events = epoll_create1(EPOLL_CLOEXEC);
	loop.deadline = wish->time_limit > 0 ? now() + wish->time_limit : 0;
	loop.signals = signals_open();
	watch(&loop, loop.signals, NULL);
	jobserver_open(&loop.server, wish->slots);
	watchdog_start(&loop.watchdog, wish->hang_limit);
	journal_start(&loop.journal, jobs, wish->slots);
	wants_start(&loop.wants, jobs, wish);
	emulator_check(jobs);
	inspect(&loop.wants);
	forecast_start(&loop.wants);
	report_open(jobs, wish, &loop.wants);
	if (report_clock() >= 0)
		watch(&loop, report_clock(), &loop);
	for (;;) {
		start_jobs(&loop);
		if (!loop.tasks.count && (loop.stopping || !loop.locked.count))
			break;
		step(&loop);
	}
	wants_publish(&loop.wants);
	checkout_note(jobs);
	flush_unfinished(jobs);
	enum exit_status outcome = loop.status == EXIT_DONE ? verify_outcome(jobs) : loop.status;
	journal_end(&loop.journal, (int)outcome);
	report_end(outcome);
	return loop.status;
}
