// Enters: signals. Leaves: their numbers, one at a time. May touch: this process's signal mask, an fd.
#include "signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

// signalfd(2) gives what is blocked, also where it would be ignored.
static bool is_ignored(int number)
{
	struct sigaction action;
	return !sigaction(number, NULL, &action) && action.sa_handler == SIG_IGN;
}

int signals_open(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP};
	sigset_t set;
	sigemptyset(&set);
	for (int i = 0; i < 4; i++)
		if (i < 2 || !is_ignored(numbers[i])) // nohup(1), a shell without job control
			sigaddset(&set, numbers[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int signals_next(int fd)
{
	struct signalfd_siginfo info;
	bool come = read(fd, &info, sizeof info) == (ssize_t)sizeof info;
	return come ? (int)info.ssi_signo : 0;
}
