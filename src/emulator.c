// Enters: jobs, and the log of a trial. Leaves: whether and how a foreign target's programs run here.
// May touch: files it reads; the emulator, to ask for its version.
#include "emulator.h"
#include "binfmt.h"
#include "cells.h"
#include "fail.h"
#include "hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool serves(const struct jobs *jobs, const struct job *job)
{
	return jobs->plan->foreign && job->item &&
	       (job->trial || stage_is_native(job->item->stage));
}

static const char *trouble_of(const struct jobs *jobs, const struct job *job)
{
	return serves(jobs, job) ? binfmt_trouble(jobs->plan->target) : NULL;
}

// What it is told the target's programs by is in a root that a job finds ready when it starts.
const char *emulator_trouble(const struct jobs *jobs, const struct job *job)
{
	const struct target *target = jobs->plan->target;
	const char *trouble = trouble_of(jobs, job);
	if (trouble || !serves(jobs, job) || !job->sysroot)
		return trouble;
	return binfmt_unlike(target, store_path(jobs->store, "trees/%s/usr/lib/%s",
						job->sysroot->out, target->loader));
}

void emulator_check(const struct jobs *jobs)
{
	EACH(const struct job, job, jobs->all) {
		const char *trouble = NULL;
		if (job->wanted && !job->present)
			trouble = trouble_of(jobs, job);
		if (trouble)
			fail(EXIT_HOST, "%s cannot be built: %s", job->name, trouble);
	}
}

// What others have registered can be another one than PATH's; where it can be seen, its bytes tell.
const char *emulator_version(const struct jobs *jobs)
{
	const char *registered = binfmt_registered(jobs->plan->target);
	const char *digest = registered ? hash_file(registered) : NULL;
	if (registered)
		return mem_format("%s, which the system has registered%s%.8s", registered,
				  digest ? ", " : "", digest ? digest : "");
	const char *path = binfmt_interpreter(jobs->plan->target);
	const char *version = path ? host_version(jobs->store, base_name(path)) : NULL;
	return version ? version : "";
}

// "broken: WHAT: HOW"
static const char *add_broken(const char *names, char *line)
{
	static const char mark[] = "broken: ";
	if (strncmp(line, mark, strlen(mark)) != 0)
		return names;
	char *what = line + strlen(mark);
	text_tame(what, strlen(what));
	what[strcspn(what, ":\n")] = '\0';
	return mem_format("%s%s%s", names, *names ? ", " : "", what);
}

static const char *broken_in(const char *log, long long behind)
{
	const char *names = "";
	char *line = NULL;
	size_t room = 0;
	FILE *file = fopen(log, "re");
	if (file && fseek(file, (long)behind, SEEK_SET) == 0)
		while (getline(&line, &room, file) >= 0)
			names = add_broken(names, line);
	free(line);
	if (file)
		fclose(file);
	return names;
}

const char *emulator_findings(const struct jobs *jobs, const char *log, long long behind)
{
	const char *name = jobs->plan->target->qemu, *version = emulator_version(jobs);
	const char *broken = broken_in(log, behind);
	return mem_format(
		"%s cannot be built with: %s; install a newer %s-static (7.2 or later), or "
		"build on a machine of the target's kind",
		*version ? version : name,
		*broken ? mem_format("broken are %s", broken)
			: "it does not run a program to its end",
		name);
}
