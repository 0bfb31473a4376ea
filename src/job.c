// Enters: the plan. Leaves: the graph of jobs. May touch: the arena.
#include "job.h"

#include <string.h>

static struct job *add(struct jobs *jobs, enum job_kind kind, const char *name)
{
	struct job *job = mem_new(sizeof *job);
	job->kind = kind;
	job->name = name;
	job->number = jobs->all.count;
	list_push(&jobs->all, job);
	return job;
}

static void input(struct job *job, struct job *from)
{
	list_push(&job->inputs, from);
	list_push(&from->waiters, job);
}

static void material(struct job *job, struct job *from)
{
	list_push(&job->materials, from);
	list_push(&from->waiters, job);
}

static void part(struct job *compose, struct job *from, const char *below)
{
	struct part *made = mem_new(sizeof *made);
	*made = (struct part){from, below};
	list_push(&compose->parts, made);
	input(compose, from);
	material(compose, from);
}

static struct job *build_of(const struct jobs *jobs, const struct item *item)
{
	return jobs->builds.at[item->number];
}

static struct job *stage_job(const struct jobs *jobs, const struct stage *stage)
{
	EACH(struct job, job, jobs->stages)
		if (job->stage == stage)
			return job;
	return NULL;
}

const char *source_file(const struct source *source)
{
	return base_name(source->url ? source->url : source->debian);
}

static struct job *unpack_of(struct jobs *jobs, const struct source *source)
{
	EACH(struct job, job, jobs->all)
		if (job->kind == JOB_UNPACK && !strcmp(job->source->owner, source->owner))
			return job;
	struct job *fetch = add(jobs, JOB_FETCH, mem_format("fetch/%s", source->owner));
	struct job *unpack = add(jobs, JOB_UNPACK, mem_format("unpack/%s", source->owner));
	fetch->source = unpack->source = source;
	unpack->fetch = fetch;
	material(unpack, fetch);
	return unpack;
}

// A static program has its libraries inside.
static bool is_needed(const struct stage *stage, const struct item *item)
{
	EACH(const struct item, other, stage->items)
		EACH(const struct item, need, other->needs)
			if (need == item)
				return true;
	return false;
}

// A line that has other values is another thing, of the same recipe.
static const struct item *stand_in_of(const struct stage *native, const struct item *item)
{
	EACH(const struct item, program, native->items)
		if (program->purpose == FOR_BUILD && !strcmp(program->name, item->name) &&
		    !is_needed(native, program))
			return program;
	return NULL;
}

// What tells programs of the build machine which target's root they are in.
static void add_told(struct jobs *jobs, struct job *root, const struct stage *native)
{
	if (!native)
		return;
	EACH(const struct item, program, native->items)
		if (program->purpose == FOR_CROSS)
			part(root, build_of(jobs, program), "usr");
}

// Programs of the build machine take the places of emulated ones of the same name, where these are; what comes later
// in the root lies over both.
static struct job *compose(struct jobs *jobs, const char *name, const struct list *items,
			   const struct stage *native)
{
	struct job *job = add(jobs, JOB_COMPOSE, name);
	job->over = true;
	EACH(const struct item, item, *items) {
		const struct item *stand_in = native ? stand_in_of(native, item) : NULL;
		part(job, build_of(jobs, item), "");
		if (stand_in)
			part(job, build_of(jobs, stand_in), "usr");
	}
	add_told(jobs, job, native);
	return job;
}

static void add_libraries(struct list *items, const struct list *from)
{
	EACH(struct item, item, *from)
		if (item->purpose == FOR_TARGET && !item_superseded(item))
			list_push(items, item);
}

static void add_whole(struct list *items, const struct stage *stage)
{
	if (stage->base)
		add_whole(items, stage->base);
	add_libraries(items, &stage->items);
}

// In a native stage tools lie in the same root, with what they need.
static void add_native_tools(struct list *items, const struct item *item)
{
	EACH(struct item, tool, item->tools) {
		struct list closure = item_closure(tool);
		add_libraries(items, &closure);
		list_push(items, tool);
	}
}

// The target's libraries of the stage below, and on top what the item itself asks for.
static struct list sysroot_items(const struct item *item)
{
	struct list items = {0}, closure = item_closure(item);
	if (stage_is_native(item->stage)) {
		add_whole(&items, stage_ground(item->stage));
		add_native_tools(&items, item);
	} else if (item->stage->tools) {
		add_libraries(&items, &item->stage->tools->items);
		if (item->stage->base)
			add_whole(&items, item->stage->base);
	}
	EACH(struct item, need, closure)
		if (need->purpose == FOR_TARGET)
			list_push(&items, need);
	return items;
}

static void add_sysroot(struct jobs *jobs, struct job *job)
{
	struct list items = sysroot_items(job->item);
	if (job->item->purpose != FOR_TARGET || !items.count)
		return;
	job->sysroot = compose(jobs, mem_format("sysroot of %s", job->name), &items,
			       job->item->stage->native);
	material(job, job->sysroot);
	input(job, job->sysroot);
}

static void add_tools(struct jobs *jobs, struct job *job)
{
	const struct item *item = job->item;
	const struct stage *stage = item->stage;
	if (stage_is_native(stage))
		return;
	// A library of the build machine's may need another one.
	struct list items = item->purpose == FOR_TARGET ? item->tools : item_closure(item);
	if (stage->tools)
		job->tools = stage_job(jobs, stage->tools);
	else if (items.count)
		job->tools = compose(jobs, mem_format("tools of %s", job->name), &items, NULL);
	if (!job->tools)
		return;
	material(job, job->tools);
	input(job, job->tools);
}

static void add_build(struct jobs *jobs, const struct item *item)
{
	struct job *unpack = NULL;
	if (source_is_pinned(item->recipe->source))
		unpack = unpack_of(jobs, item->recipe->source);
	struct job *job = add(jobs, JOB_BUILD, mem_format("%s/%s", item->stage->name, item->name));
	job->item = item;
	job->trial = recipe_has_tool(item->recipe, "emulator") && !stage_is_native(item->stage);
	jobs->builds.at[item->number] = job;
	job->unpack = unpack;
	if (unpack)
		material(job, unpack);
	add_sysroot(jobs, job);
	add_tools(jobs, job);
}

// The stage to work in: with what stands in for its programs where it is built.
static void add_sped_up(struct jobs *jobs, struct job *stage)
{
	const struct stage *native = stage->stage->native;
	struct list items = {0};
	if (!native)
		return;
	add_whole(&items, stage->stage);
	stage->sped_up = compose(jobs, mem_format("%s with %s", stage->name, native->name), &items,
				 native);
}

// Its programs are for rooms, each in the place of another package: several may have the same name.
static bool stands_in(const struct jobs *jobs, const struct stage *stage)
{
	EACH(const struct stage, other, jobs->plan->stages)
		if (other->native == stage)
			return true;
	return false;
}

// A stage that runs on the build machine is a toolchain: the target's files lie below its triple.
static void add_stage(struct jobs *jobs, const struct stage *stage)
{
	struct job *job = add(jobs, JOB_COMPOSE, stage->name);
	const char *below = stage->on_build_machine ? jobs->plan->target->triple : "";
	job->stage = stage;
	job->over = stands_in(jobs, stage);
	if (stage->base) {
		job->over = true;
		part(job, stage_job(jobs, stage->base), "");
	}
	EACH(const struct item, item, stage->items)
		if (!item_superseded(item))
			part(job, build_of(jobs, item), item->purpose == FOR_TARGET ? below : "");
	list_push(&jobs->stages, job);
	add_sped_up(jobs, job);
}

// Whatever is built in a root of the target's own waits for the trials; its key does not hold them.
static void add_trials(struct jobs *jobs)
{
	EACH(struct job, trial, jobs->builds) {
		if (!trial->trial || !jobs->plan->foreign)
			continue;
		EACH(struct job, job, jobs->builds)
			if (stage_is_native(job->item->stage))
				material(job, trial);
	}
}

struct jobs *jobs_make(const struct plan *plan, const struct store *store, const struct host *host)
{
	struct jobs *jobs = mem_new(sizeof *jobs);
	*jobs = (struct jobs){.plan = plan, .store = store, .host = host};
	jobs->shared = mem_new(sizeof *jobs->shared);
	jobs->builds.at = mem_new(plan->items * sizeof *jobs->builds.at);
	jobs->builds.count = plan->items;
	EACH(const struct stage, stage, plan->stages) {
		EACH(const struct item, item, stage->items)
			add_build(jobs, item);
		add_stage(jobs, stage);
	}
	add_trials(jobs);
	return jobs;
}

struct job *job_before(const struct job *job)
{
	return job->unpack ? job->unpack : job->fetch;
}

bool job_is_named(const struct job *job, const char *name)
{
	if (job->item)
		return item_is_named(job->item, name);
	return !strcmp(job->name, name);
}

const char *job_target(const struct jobs *jobs, const struct job *job)
{
	bool shared = job->kind == JOB_FETCH || job->kind == JOB_UNPACK ||
		      (job->item && job->item->purpose == FOR_BUILD);
	return shared ? "build" : jobs->plan->target->name;
}
