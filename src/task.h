// A job at work: first its sandbox, then the worker that seals and keeps its output.
#ifndef TASK_H
#define TASK_H

#include "jobserver.h"
#include "room.h"

enum { TASK_PATIENCE = 10 }; // seconds a job gets to end after SIGTERM

struct pulse { // watchdog.c: what was seen of a job at its last sign of life
	double since, looked;
	double cpu;
	long long output; // bytes of its log
};

struct task {
	struct job *job;
	struct sandbox *sandbox;
	struct child child; // of the sandbox, or the worker (then `trouble` is -1)
	int lock;	    // of the object folder; goes with the last process that has it
	int phases;	    // pipe: the names of phases as they begin
	int slots;	    // held for it
	long memory;	    // MiB reserved for it
	double started;	    // seconds, monotonic
	struct record record;
	const char *phase; // at work now, "" before the first
	double phase_started;
	bool stopping;
	long long log_start; // bytes that earlier tries have left in the log
	long long oom_kills; // when it began, as meter_oom_kills
	bool entered;	     // its object folder was ready for it
	bool killed;	     // it had no time to leave whole files
	struct pulse pulse;
	const char *hung; // in which state it was found, or NULL
	double kill_at;	  // monotonic seconds; 0: never
};

// What a job takes: slots of the budget, and MiB.
int task_slots(const struct job *job, const struct jobs *jobs, int budget);
long task_memory(const struct job *job);
// Which form of the jobserver it is told of: an old make dies of the fifo form, a ninja knows no other.
bool task_takes_fifo(const struct job *job, const struct jobs *jobs);
// Whether the next try, if nobody wants it fresh, goes on with what an earlier one left. The job has a key, and nobody
// is at work on it.
bool task_may_go_on(const struct job *job, const struct store *store);
// Puts the recipe and the shell side beside the object folder, where the room shows them from:
// editing them changes the next run, not this one. False: *error says why not.
bool task_copy_texts(const struct job *job, const struct jobs *jobs, const char **error);
// Starts the job; `job->task` is set. False: it cannot start, and `*error` has why. The lock is the
// task's from here on.
bool task_start(struct job *job, const struct room_wish *wish, const struct jobserver *server,
		int lock, int slots, const char **error);
// Reads phase names that have come in; returns whether a new phase began.
bool task_phases(struct task *task);
// Whether its child has ended: pidfds become readable then.
bool task_ended(const struct task *task);
// After the child ended: its exit status as a shell gives it; `*error` is set when the sandbox
// itself could not be made. Closes what belonged to the child.
int task_reap(struct task *task, const char **error);
// Whether a sandbox that ended so has done all it was there for; a build that calls exit has not.
bool task_is_done(const struct task *task, int code);
// Starts the worker that keeps a job's output.
bool task_keep(struct task *task, const struct store *store);
void task_stop(struct task *task, bool at_once);
// Tells everything in the sandbox to end, or ends it.
void task_signal(struct task *task, bool at_once);
// Stops the jobs and then the runner, as Ctrl-Z wants; returns when it is told to go on: pause.c
void task_pause(const struct list *tasks);
void task_end(struct task *task, const struct store *store, bool failed);

#endif
