// Enters: a task whose sandbox ended badly. Leaves: why, in words, and whether to try again. May
// touch: its log, to read.
//
// A job of an emulated room is tried twice where the emulator is to be suspected: it is known to
// crash, and to hang, once in many thousand programs, and the next time not. What comes twice is
// the program's own doing, or an emulator that is broken.
#include "verdict.h"
#include "crash.h"
#include "emulator.h"
#include "meter.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

// Signals that a program dies of by its own fault.
static bool is_fault(int number)
{
	return number == SIGILL || number == SIGTRAP || number == SIGABRT || number == SIGBUS ||
	       number == SIGFPE || number == SIGSEGV;
}

static const char *signal_words(int number)
{
	return mem_format("signal %d (%s)", number, strsignal(number));
}

// Below these are no signals: git says 129 of wrong usage, and nobody has a key to send SIGINT.
static const char *signal_of(int code)
{
	int number = code - EXIT_BY_SIGNAL;
	if (number <= SIGINT || number > SIGSYS)
		return NULL;
	return mem_format("a program died of %s", signal_words(number));
}

// The kernel counts whom it killed for want of memory, not why; without that SIGKILL is a hint.
static const char *memory_words(const struct task *task, int code)
{
	const struct item *item = task->job->item;
	bool ran_out = meter_oom_kills() > task->oom_kills;
	if (!ran_out && code != EXIT_BY_SIGNAL + SIGKILL)
		return "";
	return mem_format(
		"; %s lower -j%s",
		ran_out ? "meanwhile this machine ran out of memory, and killed a program:"
			: "out of memory?",
		item ? mem_format(", or raise memory= in recipes/%s/recipe", item->recipe->name)
		     : "");
}

// "signal 4 (Illegal instruction)"
static int signal_in(const char *words)
{
	int number = 0;
	return sscanf(words, "signal %d", &number) == 1 ? number : 0;
}

// What pid 1 of the room saw has the name; but programs that are made to die, to see whether they
// do, it sees as well. So the log has to speak of it, too, or the exit status. A native program that stands in for
// an emulated one dies unseen: what only its exit status tells is no fault of the emulator.
static const char *crash_words(const struct task *task, const struct jobs *jobs, int code)
{
	struct crash crash;
	const struct death *death = &task->child.death;
	const char *emulator = jobs->plan->target->qemu;
	const char *log = store_path(jobs->store, "objects/%s/log", task->job->key);
	bool told = crash_find(log, task->log_start, &crash);
	int number = told ? signal_in(crash.words) : code - EXIT_BY_SIGNAL;
	bool named = *death->program && (death->signal == number || (told && crash.inner));
	const char *program = named ? death->program : "a program";
	if (told && crash.inner)
		return mem_format("%s gave up on %s: %s (line %ld of the log)", emulator, program,
				  crash.words, crash.line);
	if (told)
		return mem_format("%s, run by %s, died of %s (line %ld of the log)", program,
				  emulator, crash.words, crash.line);
	if (!is_fault(number) || (task->sandbox->machine && !named))
		return NULL;
	return mem_format("%s, run by %s, died of %s", program, emulator, signal_words(number));
}

// A trial that compiles, but is not passed, speaks of the machine.
static bool is_finding(const struct task *task)
{
	return task->job->trial && !strcmp(task->phase, "check");
}

static struct verdict finding(const struct task *task, const struct jobs *jobs)
{
	const char *log = store_path(jobs->store, "objects/%s/log", task->job->key);
	return (struct verdict){
		.why = emulator_findings(jobs, log, task->log_start),
		.status = EXIT_HOST,
	};
}

struct verdict verdict_of(const struct task *task, const struct jobs *jobs, int code)
{
	struct verdict verdict = {.why = task->hung, .status = EXIT_RECIPE};
	bool emulated = task->sandbox->emulator != NULL;
	const char *crash = emulated && !task->hung ? crash_words(task, jobs, code) : NULL;
	if (is_finding(task))
		return finding(task, jobs);
	const char *words = crash ? crash : signal_of(code);
	if (!task->hung)
		verdict.why = mem_format("exit status %d%s%s%s", code, words ? ": " : "",
					 words ? words : "", memory_words(task, code));
	if (!task->hung && code == EXIT_DONE)
		verdict.why = "exit status 0, without the phases after it: something called exit";
	bool suspected = emulated && (task->hung || crash);
	verdict.again = suspected && !task->job->retried;
	if (suspected && task->job->retried)
		verdict.why = mem_format("%s; tried twice", verdict.why);
	return verdict;
}
