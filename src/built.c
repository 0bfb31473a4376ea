// Enters: the name of a stage. Leaves: its job, if the store has what it makes. May touch: the
// store, to look.
#include "verbs.h"

#include <string.h>

static struct job *find_stage(const struct jobs *jobs, const char *name)
{
	EACH(struct job, job, jobs->stages)
		if (!strcmp(job->stage->name, name))
			return job;
	return NULL;
}

// Looks up all that the stage is made of.
static struct job *look(const struct jobs *jobs, const char *name)
{
	static struct run_wish wish;
	struct wants wants;
	wish.until = name;
	wants_start(&wants, jobs, &wish);
	return find_stage(jobs, name);
}

// What everything else waits for.
static const struct job *first_to_build(const struct jobs *jobs)
{
	EACH(const struct job, job, jobs->all)
		if (job->item && job->wanted && job->key && !job->present)
			return job;
	return NULL;
}

bool stage_is_built_otherwise(const struct jobs *jobs, const struct options *options,
			      const char *name)
{
	const struct plan_wish wish = {
		.root = options->root,
		.target = jobs->plan->target->name,
		.machine = jobs->host->machine,
		.host_clang = !jobs->plan->host_clang,
		.emulate_all = options->emulate_all,
	};
	if (wish.host_clang && !host_has_clang(jobs->store))
		return false;
	const struct host *host = host_look(jobs->store,
					    &(struct host_wish){wish.host_clang, NULL});
	const struct job *stage = look(jobs_make(plan_make(&wish), jobs->store, host), name);
	return stage && stage->present;
}

static const char *how_else(const struct jobs *jobs)
{
	return jobs->plan->host_clang ? "without --host-clang" : "with --host-clang";
}

// There is one, but not as it would be now: says what was changed, or how it was built.
static const char *what_else(const struct jobs *jobs, const struct options *options)
{
	if (stage_is_built_otherwise(jobs, options, options->operand))
		return mem_format("was built %s; say so here, too", how_else(jobs));
	const struct job *first = first_to_build(jobs);
	return first ? mem_format("was built before %s changed; %s why %s%s says what", first->name,
				  fail_self(), first->name, options_place(options, jobs->plan))
		     : "is not put together yet of what was built since"; // by --only, perhaps
}

const struct job *built_stage(const struct jobs *jobs, const struct options *options,
			      bool as_it_was)
{
	const char *name = options->operand, *place = options_place(options, jobs->plan);
	struct job *stage = look(jobs, name);
	if (stage && stage->present)
		return stage;
	const char *out = store_published(jobs->store, jobs->plan->target->name, name);
	if (!out || !stage)
		fail(EXIT_INPUT, "%s is not built yet; first run: %s%s --until %s", name,
		     fail_self(), place, name);
	const char *what = what_else(jobs, options);
	if (!as_it_was)
		fail(EXIT_INPUT, "%s %s; or run: %s%s --until %s", name, what, fail_self(), place,
		     name);
	warn("this is what there is: %s %s", name, what);
	stage->out = out;
	return stage;
}
