// Enters: a path to be made, programs that make it. Leaves: the whole of it, or nothing. May touch:
// the folder of that path, processes, signals.
#include "packer.h"
#include "fail.h"
#include "folder.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *folder;
static pid_t owner;

static void remove_folder(void)
{
	if (getpid() == owner)
		tree_remove(folder);
}

static sigset_t the_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return set;
}

static bool lock(int fd, const char *path)
{
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return true;
	int error = errno;
	if (error == EWOULDBLOCK)
		return false;
	rmdir(path);
	fail(EXIT_HOST, "%s: its file system cannot lock: %s; choose another --output", path,
	     strerror(error));
}

// The lock goes with this process, so what a killed one left is taken over. False: another has it.
static bool lock_folder(const char *path)
{
	struct stat held, named;
	for (;;) {
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			fail(EXIT_INPUT, "%s: cannot be made: %s; choose another --output", path,
			     strerror(errno));
		int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0)
			fail(EXIT_INPUT, "%s: cannot be opened: %s; remove it", path,
			     strerror(errno));
		if (!lock(fd, path))
			return false;
		// Who held it may have removed it, and another made a new one.
		if (!fstat(fd, &held) && !stat(path, &named) && held.st_ino == named.st_ino)
			return true;
		close(fd);
	}
}

static void empty_folder(const char *path)
{
	struct list names = folder_names(path);
	EACH(const char, name, names)
		if (!tree_remove(mem_format("%s/%s", path, name)))
			fail(EXIT_INPUT, "%s/%s: cannot be removed: %s", path, name,
			     strerror(errno));
}

const char *packer_begin(const char *path)
{
	const char *name = base_name(path);
	const char *work = mem_format("%.*s.%s.part", (int)(name - path), path, name);
	sigset_t set = the_signals();
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	char *real = NULL;
	if (!lock_folder(work))
		fail(EXIT_HOST, "another run makes %s; wait for it, or give another --output",
		     path);
	if (!(real = realpath(work, NULL)))
		fail(EXIT_HOST, "%s: %s", work, strerror(errno));
	folder = mem_text(real);
	free(real);
	owner = getpid();
	atexit(remove_folder);
	empty_folder(folder);
	return folder;
}

__attribute__((noreturn)) static void stop(int number)
{
	warn("stopped by a signal; nothing is left of it");
	exit(EXIT_BY_SIGNAL + number);
}

__attribute__((noreturn)) static void be_program(const char *const *argv,
						 const char *const *environment)
{
	sigset_t none;
	sigemptyset(&none);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (environment)
		setpgid(0, 0); // one signal reaches all that it starts
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (environment)
		execve(argv[0], (char *const *)argv, (char *const *)environment);
	else
		execvp(argv[0], (char *const *)argv);
	fprintf(stderr, "bootstrap: %s cannot be started: %s\n", argv[0], strerror(errno));
	_exit(127);
}

// What a shell started outlives it, and comes to us as the subreaper: nobody writes any more when
// the folder is removed.
__attribute__((noreturn)) static void stop_program(pid_t pid, bool group, int number)
{
	kill(group ? -pid : pid, group ? SIGKILL : SIGTERM);
	while (waitpid(group ? -pid : pid, NULL, 0) > 0)
		;
	stop(number);
}

int packer_run(const char *const *argv, const char *const *environment)
{
	sigset_t set = the_signals();
	int status = 0, number;
	sigaddset(&set, SIGCHLD);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		be_program(argv, environment);
	if (pid < 0)
		fail(EXIT_HOST, "no process for %s: %s", argv[0], strerror(errno));
	if (environment)
		setpgid(pid, pid); // whoever of both comes first
	while (!waitpid(pid, &status, WNOHANG)) {
		do
			number = sigwaitinfo(&set, NULL);
		while (number < 0 && errno == EINTR);
		if (number == SIGCHLD)
			continue;
		stop_program(pid, environment, number);
	}
	return WIFSIGNALED(status) ? EXIT_BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

void packer_check(void)
{
	static const struct timespec at_once;
	const sigset_t set = the_signals();
	int number = sigtimedwait(&set, NULL, &at_once);
	if (number > 0)
		stop(number);
}

// renameat2(2): not every file system can exchange; those then lack both for a moment.
static bool exchange(const char *work, const char *from, const char *path)
{
	const char *aside = mem_format("%s/old", work);
	// a system call, as musl 1.2.3 has no function for it
	if (!syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, path, RENAME_EXCHANGE))
		return true;
	if (errno != EINVAL || rename(path, aside) < 0)
		return false;
	if (!rename(from, path))
		return true;
	int error = errno;
	rename(aside, path);
	errno = error;
	return false;
}

bool packer_place(const char *work, const char *name, const char *path)
{
	const char *from = mem_format("%s/%s", work, name);
	if (!rename(from, path))
		return true;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return false;
	// a folder that has something in it: the old one goes with what is left of the work
	return exchange(work, from, path);
}
