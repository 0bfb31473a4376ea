// Enters: a stage, and the same stage built by itself. Leaves: word of what differs. May touch:
// stdout; trees, to read.
#include "verify.h"
#include "report.h"
#include "tree.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN = 20 }; // files of one recipe

static const struct job *counterpart(const struct jobs *jobs, const struct job *again)
{
	EACH(const struct job, job, jobs->builds)
		if (job->item->stage == again->item->stage->again &&
		    !strcmp(job->item->name, again->item->name))
			return job;
	return NULL;
}

// Nobody needs what is superseded: only by the stage's own name are both outputs of it wanted.
static bool is_compared(const struct item *item, const char *name)
{
	bool alone = !strncmp(name, STAGE_VERIFY "/", sizeof STAGE_VERIFY);
	return item_is_named(item, name) && !(alone && item_superseded(item));
}

void verify_check(const struct jobs *jobs, const struct run_wish *wish)
{
	const struct stage *again = jobs->plan->again;
	EACH(const char, name, wish->only) {
		bool known = !again;
		for (size_t i = 0; !known && i < again->items.count; i++)
			known = is_compared(again->items.at[i], name);
		if (!known)
			fail(EXIT_INPUT, "--only %s: %s has no such line to compare; see %s plan",
			     name, again->again->name, fail_self());
	}
}

// Whether it was made at all: some lines nobody wants.
static bool was_repeated(const struct jobs *jobs, const struct job *job)
{
	return jobs->plan->again && job->item->stage == jobs->plan->again && job->out;
}

enum exit_status verify_outcome(const struct jobs *jobs)
{
	enum exit_status status = EXIT_DONE;
	EACH(const struct job, job, jobs->builds) {
		const char *first = was_repeated(jobs, job) ? counterpart(jobs, job)->out : NULL;
		if (!first || !strcmp(first, job->out))
			continue;
		report_differs(job, first);
		status = EXIT_RECIPE;
	}
	return status;
}

static const char *tree_of(const struct jobs *jobs, const struct job *job)
{
	return store_path(jobs->store, "trees/%s", job->out);
}

static void show_differences(const struct jobs *jobs, const struct job *one,
			     const struct job *other)
{
	struct list paths = tree_differences(tree_of(jobs, one), tree_of(jobs, other));
	printf("differs  %s: %zu file%s\n", one->name, paths.count, paths.count == 1 ? "" : "s");
	EACH(const char, path, paths) {
		if (path_i == SHOWN) {
			printf("           and %zu more\n", paths.count - SHOWN);
			break;
		}
		printf("           %s\n", path);
	}
}

// What stands in for the stage's own programs compiled both times.
static const char *stand_ins(const struct jobs *jobs, const struct stage *again)
{
	if (!again->native)
		return "";
	return mem_format(
		"; the build machine's programs (%s) stood in for its own compiler: on a machine of %s, or "
		"with --no-native-tools, it builds itself",
		again->native->name, jobs->plan->target->name);
}

enum exit_status verify_report(const struct jobs *jobs, const struct stage *again)
{
	size_t same = 0, all = 0;
	EACH(const struct job, job, jobs->builds) {
		if (!was_repeated(jobs, job))
			continue;
		const struct job *first = counterpart(jobs, job);
		all++;
		if (!strcmp(first->out, job->out))
			same++;
		else
			show_differences(jobs, first, job);
	}
	printf("%zu of %zu recipes came out the same when %s built itself%s\n", same, all,
	       again->again->name, stand_ins(jobs, again));
	return same == all ? EXIT_DONE : EXIT_RECIPE;
}
