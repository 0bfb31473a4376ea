// Enters: jobs at work, and a user who wants the machine for something else. Leaves: jobs that go on
// where they were, and a clock that did. May touch: the jobs' processes, this one, and the display.
#include "clock.h"
#include "progress.h"
#include "task.h"

#include <signal.h>

// A worker is left alone, it is short.
static void tell(const struct list *tasks, int number)
{
	EACH(const struct task, task, *tasks)
		if (task->child.trouble >= 0)
			kill(task->child.pid, number);
}

// As if the signal had not been waited for: the kernel knows whether there is a shell that could say
// when to go on, and stops nobody without one.
static void stop(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

// Limits are for jobs at work: none of them comes nearer meanwhile.
void task_pause(const struct list *tasks)
{
	double since = now();
	progress_clear();
	tell(tasks, SIGTSTP);
	stop();
	tell(tasks, SIGCONT);
	clock_skip(now() - since);
}
