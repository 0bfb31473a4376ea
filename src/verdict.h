// Why a job failed, and whether it is worth another try.
#ifndef VERDICT_H
#define VERDICT_H

#include "fail.h"
#include "task.h"

struct verdict {
	const char *why;
	enum exit_status status; // of the run
	bool again; // it was the emulator, for all one can tell, and for the first time
};

// On a task whose sandbox ended with an exit status other than 0, as a shell gives it.
struct verdict verdict_of(const struct task *task, const struct jobs *jobs, int code);

#endif
