// Enters: a sandbox. Leaves: a child at work in it. May touch: processes and fds; after the fork
// only the stack, and no return into the runner's code.
//
// Two processes start: pid 1 of the namespace, which makes the room, passes signals on and reaps
// strays, and below it the job. When pid 1 ends, the kernel ends whatever is left.
#include "asked.h"
#include "fail.h"
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TROUBLE_FD = 20,
	SPARE_FD = 32,
	STEP_OF_PROGRAM = -2,
	STEP_OF_DEATH = -3,
	STEP_OF_LISTENER = -4,
	NOT_STARTED = 125,
	NOT_FOUND = 127
};

struct trouble {
	int step, error;
	struct death death; // when the step is that
	bool left;	    // then, too
};

static void tell(const struct trouble *trouble)
{
	ssize_t ignored = write(TROUBLE_FD, trouble, sizeof *trouble); // perhaps nobody listens
	(void)ignored;
}

__attribute__((noreturn)) static void give_up(int step)
{
	struct trouble trouble = {.step = step, .error = errno};
	tell(&trouble);
	_exit(step == STEP_OF_PROGRAM ? NOT_FOUND : NOT_STARTED);
}

static bool wanted(const struct sandbox *sandbox, int fd)
{
	for (size_t i = 0; i < sandbox->fd_count; i++)
		if (sandbox->fds[i].to == fd)
			return true;
	return fd <= STDERR_FILENO;
}

// pid 1 never calls exec, so O_CLOEXEC does nothing for it: everything else is closed by hand.
// First away from the numbers that are wanted, then to them.
static void arrange_fds(const struct sandbox *sandbox, int trouble)
{
	int spare[sizeof sandbox->fds / sizeof *sandbox->fds];
	int spare_trouble = fcntl(trouble, F_DUPFD_CLOEXEC, SPARE_FD);
	bool done = spare_trouble >= 0;
	for (size_t i = 0; i < sandbox->fd_count; i++) {
		spare[i] = fcntl(sandbox->fds[i].from, F_DUPFD_CLOEXEC, SPARE_FD);
		done &= spare[i] >= 0;
	}
	dup3(done ? spare_trouble : trouble, TROUBLE_FD, O_CLOEXEC);
	errno = EMFILE; // whatever fcntl(2) says of a limit below that number
	if (!done)
		give_up(STEP_OF_ROOT);
	for (size_t i = 0; i < sandbox->fd_count; i++)
		dup2(spare[i], sandbox->fds[i].to);
	for (int fd = 0; fd < TROUBLE_FD; fd++)
		if (!wanted(sandbox, fd))
			close(fd);
	syscall(SYS_close_range, TROUBLE_FD + 1, ~0U, 0);
}

// A shell gives the terminal back to the group it found there; the runner's has no number in here. Signals
// are blocked, SIGTTOU among them.
static void take_terminal(void)
{
	if (setpgid(0, 0) == 0)
		tcsetpgrp(STDIN_FILENO, getpid());
}

// A job is the same whoever starts it: sysconf(_SC_ARG_MAX), which builds ask and keep, goes by the stack's limit, and
// some programs close all files that there may be.
static void set_limits(void)
{
	static const struct {
		int what;
		rlim_t soft;
	} limits[] = {{RLIMIT_STACK, 8 << 20}, {RLIMIT_NOFILE, 1024}, {RLIMIT_CORE, 0}};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct rlimit limit;
		if (getrlimit(limits[i].what, &limit) < 0)
			continue;
		bool allowed = limit.rlim_max == RLIM_INFINITY || limits[i].soft < limit.rlim_max;
		limit.rlim_cur = allowed ? limits[i].soft : limit.rlim_max;
		setrlimit(limits[i].what, &limit);
	}
}

__attribute__((noreturn)) static void run_program(const struct sandbox *sandbox)
{
	sigset_t none;
	sigemptyset(&none);
	if (sandbox->foreground)
		take_terminal();
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL); // what the caller ignores is not the job's business
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (!sandbox->interactive)
		setsid();
	set_limits();
	environ = (char **)sandbox->environment; // execvp looks in the room's PATH
	if (chdir(sandbox->folder) == 0)
		execvp(sandbox->argv[0], sandbox->argv);
	give_up(STEP_OF_PROGRAM);
}

// Reaps who has ended; `*code` becomes the exit status of `job`, as a shell would give it. Whether anybody
// is left. A shell that suspends itself has nobody above it who could say "fg".
static bool reap(pid_t job, bool foreground, int *code)
{
	int status, options = WNOHANG | (foreground ? WUNTRACED : 0);
	pid_t pid;
	while ((pid = waitpid(-1, &status, options)) > 0)
		if (pid == job && WIFSTOPPED(status))
			kill(job, SIGCONT);
		else if (pid == job)
			*code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return pid == 0;
}

// pid_namespaces(7): who is left is killed, perhaps in the middle of a file.
__attribute__((noreturn)) static void end(int code, const struct death *death, bool left)
{
	struct trouble trouble = {.step = STEP_OF_DEATH, .death = *death, .left = left};
	if (code && (death->signal || left))
		tell(&trouble);
	_exit(code);
}

// To all at once: the kernel lets nobody fork meanwhile. Groups without a shell take no SIGTSTP, so
// SIGSTOP it is. Whether it is the end.
static bool pass_on(int number)
{
	if (number != SIGCHLD)
		kill(-1, number == SIGTSTP ? SIGSTOP : number);
	return number == SIGTERM;
}

// pid_namespaces(7): pid 1 gets only signals it waits for; blocked ones are kept for signalfd.
__attribute__((noreturn)) static void be_init(pid_t job, bool foreground, struct asked *asked)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGCONT);
	struct pollfd fds[] = {
		{.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), .events = POLLIN},
		{.fd = asked->fd, .events = POLLIN},
	};
	bool ending = false;
	for (int code = -1;;) {
		struct signalfd_siginfo info;
		bool others = reap(job, foreground, &code);
		// The shell ends at once; make and compilers below it have to clear up.
		if (code >= 0 && !(ending && others))
			end(code, &asked->death, others);
		poll(fds, 2, -1);
		if (fds[1].revents & POLLIN)
			asked_answer(asked);
		while (read(fds[0].fd, &info, sizeof info) == (ssize_t)sizeof info)
			ending |= pass_on((int)info.ssi_signo);
	}
}

static struct {
	char *start;
	size_t length;
} command_line;

void spawn_hides(int argc, char **argv)
{
	if (argc < 2)
		return;
	command_line.start = argv[1];
	command_line.length = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[1]);
}

// pid 1 is this program still: proc(5) would show the caller's environment, and passwords in both. All that is needed
// of the words of a command line has been copied, but for a shell's.
static void hide(const struct sandbox *sandbox)
{
	prctl(PR_SET_DUMPABLE, 0);
	if (!sandbox->interactive && command_line.length)
		memset(command_line.start, 0, command_line.length);
}

__attribute__((noreturn)) static void child_main(const struct sandbox *sandbox, uid_t uid,
						 gid_t gid, int trouble)
{
	sigset_t all;
	struct asked asked = {.fd = -1};
	int step;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	arrange_fds(sandbox, trouble);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!sandbox->interactive)
		setpgid(0, 0); // the keys of the terminal are the runner's business
	// The runner may have died before that call: then nobody has the pipe's other end.
	struct pollfd pipe = {.fd = TROUBLE_FD};
	if (poll(&pipe, 1, 0) > 0 && pipe.revents & POLLERR)
		_exit(NOT_STARTED);
	if (sandbox_enter(sandbox, uid, gid, &step) < 0)
		give_up(step);
	hide(sandbox);
	bool asks = sandbox->machine || sandbox->emulator;
	// Without the names of who died one can live: not every container lets its processes be asked.
	if (asks && !asked_listen(&asked, sandbox->machine, sandbox->emulator) && sandbox->machine)
		give_up(STEP_OF_LISTENER);
	pid_t job = fork();
	if (job < 0)
		give_up(STEP_OF_ROOT);
	if (job == 0)
		run_program(sandbox);
	be_init(job, sandbox->foreground, &asked);
}

bool spawn(const struct sandbox *sandbox, struct child *child)
{
	int pipes[2];
	uid_t uid = geteuid();
	gid_t gid = getegid();
	struct clone_args args = {
		.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
			 CLONE_PIDFD | (sandbox->network ? 0 : CLONE_NEWNET),
		.pidfd = (uint64_t)(uintptr_t)&child->pidfd,
		.exit_signal = SIGCHLD,
	};
	if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) < 0)
		return false;
	child->pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
	if (child->pid == 0)
		child_main(sandbox, uid, gid, pipes[1]);
	int error = errno;
	close(pipes[1]);
	child->trouble = pipes[0];
	if (child->pid < 0)
		close(pipes[0]);
	errno = error;
	return child->pid > 0;
}

static const char *step_text(const struct sandbox *sandbox, int step)
{
	if (step == STEP_OF_PROGRAM)
		return mem_format("start %s", sandbox->argv[0]);
	if (step == STEP_OF_LISTENER)
		return "answer uname(2) for the target";
	if (step < 0)
		return "make the root";
	const struct step *at = sandbox->steps.at[step];
	if (at->kind == STEP_BINFMT)
		return mem_format("register an emulator at %s", at->to);
	return mem_format("put '%s' at %s", at->from, at->to);
}

// The kernel lets a new /proc be mounted only where the old one is wholly visible.
static const char *refusal(const struct sandbox *sandbox, const struct trouble *trouble)
{
	const struct step *step = trouble->step < 0 ? NULL : sandbox->steps.at[trouble->step];
	if (step && step->kind == STEP_BINFMT)
		return mem_format(
			"; the kernel must have binfmt_misc, and the emulator be one static program: "
			"%s doctor tries both",
			fail_self());
	if (trouble->step ==
	    STEP_OF_LISTENER) // seccomp(2): one listener watches a process, and none a watched one's
		return "; something else watches the system calls here, a container's manager perhaps: run outside of "
		       "it, or with --no-native-tools";
	bool overlay = step ? step->kind == STEP_OVERLAY
			    : sandbox->tree && trouble->step == STEP_OF_ROOT;
	if (overlay && (trouble->error == ENODEV || trouble->error == EINVAL))
		return "; overlayfs is wanted here: as root run modprobe overlay, or, where the store is on "
		       "one that lies on another, choose another --store";
	if (trouble->step == STEP_OF_PROGRAM) // the sandbox is made, its program cannot be started
		return "";
	if (trouble->error != EPERM && trouble->error != EACCES && trouble->error != EMFILE)
		return "";
	if (step && step->kind == STEP_PROC)
		return "; this container hides parts of /proc: start it with --security-opt "
		       "systempaths=unconfined (podman: --security-opt unmask=ALL)";
	const char *closed = folder_closed(step ? step->from : sandbox->root);
	if (trouble->error == EACCES && closed)
		return mem_format(
			"; %s is another user's and lets nobody else in, not even root in a sandbox: run as that "
			"user, or choose another place",
			closed);
	return mem_format("; %s", namespace_remedy(trouble->error));
}

const char *spawn_trouble(const struct sandbox *sandbox, struct child *child)
{
	struct trouble trouble;
	ssize_t count = read(child->trouble, &trouble, sizeof trouble);
	if (count != (ssize_t)sizeof trouble)
		return NULL;
	child->death = trouble.death;
	child->left = trouble.left;
	if (trouble.step == STEP_OF_DEATH)
		return NULL;
	return mem_format("sandbox: cannot %s: %s%s", step_text(sandbox, trouble.step),
			  strerror(trouble.error), refusal(sandbox, &trouble));
}
