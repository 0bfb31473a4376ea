// Enters: jobs at work, and the time. Leaves: the hung ones told to end. May touch: /proc, to read;
// logs, to see that they grow; the job's processes.
//
// Waiting for the jobserver is no excuse for silence. A job holds one slot from its start to its
// end, and one of its processes can always run on that; make and ninja ask for another only while
// something of theirs is at work. So a job in which everything waits for a token waits in vain,
// however many tokens other jobs have, and whatever those do.
//
// Downloads are left alone: who brings them ends a transfer that trickles, and one that does not
// may take next to no processor time.
#include "watchdog.h"
#include "census.h"
#include "clock.h"

#include <sys/stat.h>

enum {
	LOOKS = 8, // in the time that a job may be silent
	IDLE = 1000, // who only waits, and now and then looks whether he has to, uses less than one in this
};

void watchdog_start(struct watchdog *watchdog, double limit)
{
	*watchdog = (struct watchdog){.limit = limit, .period = limit / LOOKS};
	watchdog->next = now() + watchdog->period;
}

double watchdog_due(const struct watchdog *watchdog, const struct list *tasks)
{
	double due = watchdog->next;
	EACH(const struct task, task, *tasks)
		if (task->kill_at > 0 && task->kill_at < due)
			due = task->kill_at;
	return due;
}

static bool is_alive(const struct pulse *pulse, double time, long long output, double cpu)
{
	double used = cpu - pulse->cpu;
	if (output != pulse->output || cpu < 0 || used < 0)
		return true;
	return used > (time - pulse->since) / IDLE;
}

// Where nobody looked for long, the runner was stopped, and the job with it as like as not.
double pulse_silence(struct pulse *pulse, double time, double period, long long output, double cpu)
{
	double unseen = time - pulse->looked - 2 * period;
	if (unseen > 0)
		pulse->since += unseen;
	pulse->looked = time;
	if (!is_alive(pulse, time, output, cpu))
		return time - pulse->since;
	pulse->since = time;
	pulse->output = output;
	pulse->cpu = cpu;
	return 0;
}

static const char *span(double seconds)
{
	return seconds < 120 ? mem_format("%.0f s", seconds)
			     : mem_format("%.0f minutes", seconds / 60);
}

// The log is asked first: a job that prints costs no look at its processes, and the first look at
// these after it has printed finds it alive.
static double silence_of(const struct watchdog *watchdog, struct task *task, const char *log)
{
	struct stat info = {0};
	stat(log, &info);
	double cpu = info.st_size != task->pulse.output ? -1 : census_cpu(task->child.pid);
	return pulse_silence(&task->pulse, now(), watchdog->period, info.st_size, cpu);
}

static void look_at(const struct watchdog *watchdog, struct task *task, const struct jobs *jobs)
{
	const char *log = store_path(jobs->store, "objects/%s/log", task->job->key);
	double silence = silence_of(watchdog, task, log);
	if (silence < watchdog->limit)
		return;
	task->hung = mem_format("hung: for %s it printed nothing and did nothing; still there: %s",
				span(silence),
				census_names(task->child.pid, jobs->plan->target->qemu));
	task->kill_at = now() + TASK_PATIENCE;
	task_signal(task, false);
}

static bool is_watched(const struct task *task)
{
	return task->child.trouble >= 0 && task->job->kind != JOB_FETCH && !task->stopping &&
	       !task->hung;
}

void watchdog_look(struct watchdog *watchdog, const struct list *tasks, const struct jobs *jobs)
{
	double time = now();
	EACH(struct task, task, *tasks) {
		if (task->kill_at <= 0 || time < task->kill_at)
			continue;
		task->kill_at = 0;
		task_signal(task, true);
	}
	if (time < watchdog->next)
		return;
	watchdog->next = time + watchdog->period;
	EACH(struct task, task, *tasks)
		if (is_watched(task))
			look_at(watchdog, task, jobs);
}
