// Tries what builds ask of the kernel and the processor, where both are an emulator's. Each trial is a
// process of its own, and has half a minute: what crashes or hangs there is broken, and the others are
// tried all the same.
//
// Prints "fine: WHAT" or "broken: WHAT: HOW" for each. Ends with 0 when all are fine, else with 1.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, TURNS = 2000, PROCESSES = 40, SECONDS = 30, ANSWER = 42, REASON = 200 };

static char self[4096]; // this program's path, as it was started
static int words = -1;	// where a trial says what was not so
static char *const none[] = {NULL};

#define CHECK(condition, ...)                                                                      \
	do {                                                                                       \
		if (!(condition))                                                                  \
			broken(__VA_ARGS__);                                                       \
	} while (0)

__attribute__((noreturn, format(printf, 1, 2))) static void broken(const char *format, ...)
{
	char text[REASON];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (write(words, text, length < REASON ? (size_t)length : REASON - 1) < 0)
		_exit(2);
	_exit(1);
}

// How a child ended: its exit status, or minus the signal's number.
static int ended(pid_t child)
{
	int status;
	CHECK(child > 0, "no child: %s", strerror(errno));
	while (waitpid(child, &status, 0) < 0)
		CHECK(errno == EINTR, "waitpid: %s", strerror(errno));
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void expect(pid_t child, int code)
{
	int found = ended(child);
	CHECK(found == code, "a child ended with %d, not %d", found, code);
}

static void start(pthread_t *thread, void *(*act)(void *), void *with)
{
	int error = pthread_create(thread, NULL, act, with);
	CHECK(!error, "no thread: %s", strerror(error));
}

static void finish(pthread_t thread)
{
	int error = pthread_join(thread, NULL);
	CHECK(!error, "a thread cannot be waited for: %s", strerror(error));
}

// ---- processes ----

static void try_fork(void)
{
	volatile int own = 1;
	for (int i = 0; i < PROCESSES; i++) {
		pid_t child = fork();
		if (child == 0) {
			own++;
			_exit(own == 2 && getppid() > 0 ? i : 255);
		}
		expect(child, i);
		CHECK(own == 1, "a child writes to its parent's memory");
	}
}

static void *allocate(void *stop)
{
	while (!__atomic_load_n((bool *)stop, __ATOMIC_ACQUIRE)) {
		void *memory = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		CHECK(memory != MAP_FAILED, "mmap: %s", strerror(errno));
		memset(memory, 1, 1 << 16);
		munmap(memory, 1 << 16);
	}
	return NULL;
}

// The child has but the one thread; whatever the others held must be free in it.
static void try_fork_beside_threads(void)
{
	bool stop = false;
	pthread_t threads[2];
	for (int i = 0; i < 2; i++)
		start(&threads[i], allocate, &stop);
	for (int i = 0; i < PROCESSES; i++) {
		pid_t child = fork();
		if (child == 0) {
			void *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			_exit(memory == MAP_FAILED ? 255 : i);
		}
		expect(child, i);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (int i = 0; i < 2; i++)
		finish(threads[i]);
}

static pid_t answer_after_vfork(char *const *arguments)
{
	pid_t child = vfork();
	if (child == 0) {
		if (arguments)
			execve(self, arguments, none);
		_exit(arguments ? 255 : ANSWER);
	}
	return child;
}

static void try_vfork(void)
{
	char *const arguments[] = {self, "answer", NULL};
	for (int i = 0; i < PROCESSES; i++)
		expect(answer_after_vfork(i % 2 ? arguments : NULL), ANSWER);
	pid_t child;
	int error = posix_spawn(&child, self, NULL, NULL, arguments, none);
	CHECK(!error, "posix_spawn: %s", strerror(error));
	expect(child, ANSWER);
	error = posix_spawn(&child, "/nowhere", NULL, NULL, arguments, none);
	CHECK(error == ENOENT, "posix_spawn of a missing program: %s", strerror(error));
}

static void *exec_self(void *arguments)
{
	execve(self, arguments, none);
	return NULL;
}

// What the started program checks is in `serve`.
static void try_exec(void)
{
	char *const arguments[] = {self, "words", "", "a b", "\303\244*$'\"", NULL};
	char *const environment[] = {"ONE=1", "EMPTY=", NULL};
	pid_t child = fork();
	if (child == 0) {
		execve(self, arguments, environment);
		_exit(255);
	}
	expect(child, ANSWER);
	child = fork();
	if (child == 0) {
		char *const plain[] = {self, "answer", NULL};
		pthread_t thread;
		start(&thread, exec_self, (void *)plain);
		finish(thread);
		_exit(255);
	}
	expect(child, ANSWER);
	CHECK(execve("/nowhere", arguments, environment) < 0 && errno == ENOENT,
	      "exec of a missing program: %s", strerror(errno));
}

// A script's first line may name an emulated program.
static void try_script(void)
{
	char line[sizeof self + 32];
	char *const arguments[] = {"./script", NULL};
	int fd = open("script", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	int length = snprintf(line, sizeof line, "#!%s answer\n", self);
	CHECK(fd >= 0 && write(fd, line, (size_t)length) == length, "%s", strerror(errno));
	close(fd);
	pid_t child = fork();
	if (child == 0) {
		execve(arguments[0], arguments, none);
		_exit(255);
	}
	expect(child, ANSWER);
}

// ---- threads ----

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static _Thread_local int local = 1;
static int turn;
static long sum, atomic_sum;

static void *take_turns(void *with)
{
	int number = (int)(intptr_t)with;
	for (int i = 0; i < TURNS / THREADS; i++) {
		pthread_mutex_lock(&lock);
		while (turn != number)
			pthread_cond_wait(&changed, &lock);
		turn = (turn + 1) % THREADS;
		sum++;
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&lock);
		__atomic_fetch_add(&atomic_sum, 1, __ATOMIC_RELAXED);
		local++;
	}
	CHECK(local == 1 + TURNS / THREADS, "threads share what is each one's own");
	return NULL;
}

static void *nothing(void *with)
{
	return with;
}

static void try_threads(void)
{
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		start(&threads[i], take_turns, (void *)(intptr_t)i);
	for (int i = 0; i < THREADS; i++)
		finish(threads[i]);
	CHECK(sum == TURNS / THREADS * THREADS, "under a lock threads counted %ld, not %d", sum,
	      TURNS / THREADS * THREADS);
	CHECK(atomic_sum == sum, "with atomics threads counted %ld, not %ld", atomic_sum, sum);
	for (int i = 0; i < TURNS / 10; i++) {
		start(&threads[0], nothing, NULL);
		finish(threads[0]);
	}
}

// ---- atomics ----

static uint64_t narrow;
static uint32_t narrower;

static void *count_narrow(void *unused)
{
	(void)unused;
	for (int i = 0; i < TURNS * 10; i++) {
		uint64_t old = __atomic_load_n(&narrow, __ATOMIC_RELAXED);
		while (!__atomic_compare_exchange_n(&narrow, &old, old + ((1ULL << 32) | 1), true,
						    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			;
		__atomic_fetch_sub(&narrower, 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static void count_with(void *(*act)(void *))
{
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		start(&threads[i], act, NULL);
	for (int i = 0; i < THREADS; i++)
		finish(threads[i]);
}

static void try_atomics(void)
{
	const uint64_t all = (uint64_t)TURNS * 10 * THREADS;
	count_with(count_narrow);
	CHECK(narrow == (all << 32 | all), "of 8 bytes: %#llx, not %#llx",
	      (unsigned long long)narrow, (unsigned long long)(all << 32 | all));
	CHECK(narrower == (uint32_t)-all, "of 4 bytes: %#x, not %#x", narrower, (uint32_t)-all);
}

// Where the processor has no such thing, nothing that is built asks for it.
#ifdef __GCC_HAVE_SYNC_COMPARE_AND_SWAP_16
__extension__ typedef unsigned __int128 wide_type;
static wide_type wide;

static void *count_wide(void *unused)
{
	(void)unused;
	for (int i = 0; i < TURNS * 10; i++) {
		wide_type old = wide;
		for (;;) {
			wide_type more = old + (((wide_type)1 << 64) | 1);
			wide_type found = __sync_val_compare_and_swap(&wide, old, more);
			if (found == old)
				break;
			old = found;
		}
	}
	return NULL;
}

static void try_wide_atomics(void)
{
	const uint64_t all = (uint64_t)TURNS * 10 * THREADS;
	count_with(count_wide);
	CHECK((uint64_t)wide == all && (uint64_t)(wide >> 64) == all,
	      "halves count %llu and %llu, not %llu", (unsigned long long)wide,
	      (unsigned long long)(wide >> 64), (unsigned long long)all);
}
#endif

// ---- signals ----

static volatile sig_atomic_t caught;
static sigjmp_buf back;
static void *volatile fault;

static void note(int number)
{
	caught = number;
}

static void note_fault(int number, siginfo_t *info, void *unused)
{
	(void)unused;
	fault = info->si_addr;
	siglongjmp(back, number);
}

static void handle(int number, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
	CHECK(!sigaction(number, &action, NULL), "sigaction: %s", strerror(errno));
}

// A program's own stack overflow, or a page it protects, reaches its handler on a stack of its own.
static void catch_fault(void)
{
	struct sigaction action = {.sa_sigaction = note_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	stack_t stack = {.ss_size = 1 << 16};
	stack.ss_sp = malloc(stack.ss_size);
	char *page = mmap(NULL, 1 << 16, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED && !sigaltstack(&stack, NULL) &&
		      !sigaction(SIGSEGV, &action, NULL),
	      "no handler: %s", strerror(errno));
	for (int i = 0; i < 3; i++) {
		if (sigsetjmp(back, 1) == 0) {
			*(volatile char *)(page + 5) = 1;
			broken("a page that is read-only was written to");
		}
		CHECK(fault == page + 5, "a fault at %p is told as one at %p", (void *)(page + 5),
		      fault);
	}
}

static void *wait_for_signal(void *unused)
{
	struct timespec long_time = {.tv_sec = SECONDS};
	(void)unused;
	CHECK(nanosleep(&long_time, NULL) < 0 && errno == EINTR, "a thread slept on");
	return NULL;
}

static void interrupt_thread(void)
{
	pthread_t thread;
	handle(SIGUSR1, note, 0);
	start(&thread, wait_for_signal, NULL);
	struct timespec moment = {.tv_nsec = 100000000};
	nanosleep(&moment, NULL);
	CHECK(!pthread_kill(thread, SIGUSR1), "pthread_kill failed");
	finish(thread);
	CHECK(caught == SIGUSR1, "a thread was interrupted, its handler not run");
}

// As make waits: for a child to end, and for a token, at once.
static void wait_as_make(void)
{
	sigset_t child_ends, before;
	sigemptyset(&child_ends);
	sigaddset(&child_ends, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child_ends, &before);
	handle(SIGCHLD, note, SA_RESTART);
	for (int i = 0; i < PROCESSES; i++) {
		caught = 0;
		pid_t child = fork();
		if (child == 0)
			_exit(i);
		struct timespec most = {.tv_sec = SECONDS};
		while (caught != SIGCHLD)
			CHECK(pselect(0, NULL, NULL, NULL, &most, &before) < 0 && errno == EINTR,
			      "the end of a child interrupts no pselect");
		expect(child, i);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void try_signals(void)
{
	handle(SIGUSR2, note, 0);
	raise(SIGUSR2);
	CHECK(caught == SIGUSR2, "raise runs no handler");
	handle(SIGALRM, note, 0);
	struct itimerval soon = {.it_value = {.tv_usec = 50000}};
	sigset_t all_but;
	sigfillset(&all_but);
	sigdelset(&all_but, SIGALRM);
	setitimer(ITIMER_REAL, &soon, NULL);
	sigsuspend(&all_but);
	CHECK(caught == SIGALRM, "a timer does not end");
	pid_t child = fork();
	if (child == 0) {
		signal(SIGTERM, SIG_DFL);
		raise(SIGTERM);
	}
	expect(child, -SIGTERM);
	interrupt_thread();
	wait_as_make();
	catch_fault();
}

// ---- /proc/self/exe ----

// clang finds its headers by it, a test its own file.
static void try_own_file(void)
{
	char path[sizeof self] = "", head[20], own[20];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	CHECK(length > 0, "cannot be read: %s", strerror(errno));
	CHECK(!strcmp(path, self), "is %s, not %s", path, self);
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), same = open(self, O_RDONLY);
	CHECK(fd >= 0 && read(fd, head, sizeof head) == (ssize_t)sizeof head &&
		      read(same, own, sizeof own) == (ssize_t)sizeof own,
	      "cannot be opened: %s", strerror(errno));
	CHECK(!memcmp(head, own, sizeof head), "opens another file");
	char *const arguments[] = {"another name", "answer", NULL};
	pid_t child = fork();
	if (child == 0) {
		execve("/proc/self/exe", arguments, none);
		_exit(255);
	}
	expect(child, ANSWER);
}

// ---- all of them ----

static const struct trial {
	const char *name;
	void (*act)(void);
} trials[] = {
	{"fork", try_fork},
	{"vfork", try_vfork},
	{"exec", try_exec},
	{"exec of a script", try_script},
	{"/proc/self/exe", try_own_file},
	{"threads", try_threads},
	{"fork beside threads", try_fork_beside_threads},
	{"signals", try_signals},
	{"atomics", try_atomics},
#ifdef __GCC_HAVE_SYNC_COMPARE_AND_SWAP_16
	{"16-byte atomics", try_wide_atomics},
#endif
};

// A process that the emulator has hung hears no alarm of its own: it is waited for from here.
static bool wait_in_time(pid_t child, int *status)
{
	const struct timespec moment = {.tv_nsec = 10000000};
	for (int i = 0; i < SECONDS * 100; i++) {
		if (waitpid(child, status, WNOHANG) == child)
			return true;
		nanosleep(&moment, NULL);
	}
	kill(child, SIGKILL); // it may have no group yet
	waitpid(child, status, 0);
	return false;
}

static bool run(const struct trial *trial)
{
	int pipes[2], status = 0;
	char reason[REASON] = "";
	fflush(stdout);
	if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) <
	    0) // what is left of a trial may hold its end open
		return false;
	pid_t child = fork();
	if (child == 0) {
		setpgid(0, 0);
		words = pipes[1];
		trial->act();
		_exit(0);
	}
	close(pipes[1]);
	bool in_time = child > 0 && wait_in_time(child, &status);
	if (child > 0)
		kill(-child, SIGKILL);
	ssize_t length = in_time ? read(pipes[0], reason, sizeof reason - 1) : 0;
	close(pipes[0]);
	if (in_time && !status)
		printf("fine: %s\n", trial->name);
	else if (!in_time)
		printf("broken: %s: %s\n", trial->name, child < 0 ? "no process" : "hangs");
	else if (WIFSIGNALED(status))
		printf("broken: %s: dies of signal %d\n", trial->name, WTERMSIG(status));
	else
		printf("broken: %s: %s\n", trial->name, length > 0 ? reason : "ends early");
	return in_time && !status;
}

// What the programs do that the trials start.
static int serve(int argc, char **argv)
{
	if (!strcmp(argv[1], "answer"))
		return ANSWER;
	bool same = argc == 5 && !*argv[2] && !strcmp(argv[3], "a b") &&
		    !strcmp(argv[4], "\303\244*$'\"");
	const char *one = getenv("ONE"), *empty = getenv("EMPTY");
	same &= one && !strcmp(one, "1") && empty && !*empty && !getenv("PATH");
	return same ? ANSWER : 1;
}

int main(int argc, char **argv)
{
	bool fine = true;
	if (argc > 1)
		return serve(argc, argv);
	if (!realpath(argv[0], self))
		return 2;
	for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
		fine &= run(&trials[i]);
	return fine ? 0 : 1;
}
