// fork, exec, spawn, pipes, signals, and memory that is shared.
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static volatile sig_atomic_t caught;

static void catch (int number)
{
	caught = number;
}

static int status_of(pid_t child)
{
	int status;
	CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "child") == 0 ? 7 : 1;

	int ends[2];
	char text[8] = "";
	CHECK(pipe2(ends, O_CLOEXEC) == 0);
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	pid_t child = fork();
	if (child == 0) {
		*shared = 42;
		_exit(write(ends[1], "hello", 5) == 5 ? 3 : 1);
	}
	CHECK(status_of(child) == 3);
	CHECK(*shared == 42 && read(ends[0], text, 5) == 5 && strcmp(text, "hello") == 0);

	struct sigaction action = {.sa_handler = catch};
	CHECK(sigaction(SIGUSR1, &action, NULL) == 0 && raise(SIGUSR1) == 0 && caught == SIGUSR1);

	if (getenv("NO_EXEC")) // a foreign program that nothing but an emulator's command line runs
		return 0;
	char *arguments[] = {argv[0], "child", NULL};
	CHECK(posix_spawn(&child, argv[0], NULL, NULL, arguments, environ) == 0);
	CHECK(status_of(child) == 7);
	child = vfork();
	if (child == 0) {
		execv(argv[0], arguments);
		_exit(1);
	}
	CHECK(status_of(child) == 7);
	return 0;
}
