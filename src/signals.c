// Enters: signals. Leaves: their numbers, one at a time. May touch: this process's signal mask, an fd.
#include "signals.h"
#include "clock.h"

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

// Seconds: one key may reach us by several ways, through a shell and as one of its group.
static const double TWICE_AFTER = 0.2;

// signalfd(2) gives what is blocked, also where it would be ignored.
static bool is_ignored(int number)
{
	struct sigaction action;
	return !sigaction(number, NULL, &action) && action.sa_handler == SIG_IGN;
}

int signals_open(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGTSTP};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (i < 2 || !is_ignored(numbers[i])) // nohup(1), a shell without job control
			sigaddset(&set, numbers[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void signals_ignore_pipe(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

bool signals_insist(int number)
{
	static double asked; // monotonic seconds, 0: not yet
	if (number != SIGINT && number != SIGTERM)
		return false;
	if (asked > 0)
		return clock_steady() - asked >= TWICE_AFTER;
	asked = clock_steady();
	return false;
}

int signals_next(int fd)
{
	struct signalfd_siginfo info;
	bool come = read(fd, &info, sizeof info) == (ssize_t)sizeof info;
	return come ? (int)info.ssi_signo : 0;
}
