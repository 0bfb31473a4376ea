// Enters: the graph, and what is asked for. Leaves: jobs that are ready, in the best order. May
// touch: jobs; the store, to look, and to note what is made again.
//
// Work is found backwards: a stage wants its builds' outputs. A build's key is known when the
// outputs of its inputs are; if the store has the key, nothing below it is even looked at: no
// fetch, no unpack.
#include "run.h"

#include <string.h>

static void want(struct wants *wants, struct job *job)
{
	if (job->wanted)
		return;
	job->wanted = true;
	EACH(struct job, from, job->inputs)
		want(wants, from);
	list_push(&wants->queue, job);
}

static void demand(struct wants *wants, struct job *job)
{
	if (job->demanded)
		return;
	job->demanded = true;
	want(wants, job);
	list_push(&wants->queue, job);
}

static bool lost(const struct list *jobs)
{
	EACH(const struct job, job, *jobs)
		if (job->state == JOB_FAILED || job->state == JOB_SKIPPED)
			return true;
	return false;
}

static bool all_known(const struct list *jobs)
{
	EACH(const struct job, job, *jobs)
		if (!job->out)
			return false;
	return true;
}

static bool all_present(const struct list *jobs)
{
	EACH(const struct job, job, *jobs)
		if (!job->present)
			return false;
	return true;
}

static bool named(const struct list *names, const struct job *job)
{
	EACH(const char, name, *names)
		if (job_is_named(job, name))
			return true;
	return false;
}

bool wants_look(const struct wants *wants, struct job *job)
{
	const struct store *store = wants->jobs->store;
	if (job->kind == JOB_COMPOSE) {
		job->out = job->key; // a union is told by its parts
		job->present = store_has_tree(store, job->out);
		return job->present;
	}
	const struct record *record = store_find(store, job->key);
	if (!record)
		return false;
	job->out = record->out;
	return job->present = true;
}

// A stage's name is of all its lines. A union is told by its parts: it has nothing to make again.
static bool is_meant(const struct job *job, const char *name)
{
	return job->kind != JOB_COMPOSE &&
	       (job_is_named(job, name) || (job->item && !strcmp(job->item->stage->name, name)));
}

static bool is_told_fresh(const struct wants *wants, const struct job *job)
{
	EACH(const char, name, wants->wish->fresh)
		if (is_meant(job, name))
			return true;
	return false;
}

// Stages may list the same build, which then has one key: made again for one, it is so for all.
static bool made_already(const struct jobs *jobs, const struct job *job)
{
	EACH(const struct job, other, jobs->all)
		if (other->made && !strcmp(other->key, job->key))
			return true;
	return false;
}

bool wants_fresh(const struct wants *wants, const struct job *job)
{
	bool begun = wants->wish->go_on && store_is_again(wants->jobs->store, job->key);
	return (begun || is_told_fresh(wants, job)) && !made_already(wants->jobs, job);
}

// Noted in the store: a run that goes on without being told is to go on with this.
static void make_again(const struct wants *wants, struct job *job)
{
	job->fresh = is_told_fresh(wants, job);
	if (job->fresh)
		store_again(wants->jobs->store, job->key);
	job->before = job->out;
	job->out = NULL;
	job->present = false;
}

// Made, or noted in the store as to be made.
static bool has_begun(const struct jobs *jobs, const struct job *job)
{
	return job->key && (made_already(jobs, job) || store_is_again(jobs->store, job->key));
}

// A name may be of several lines: only those it did not get to are said, or they would all begin once more.
static const char *fresh_left(const struct jobs *jobs, const char *name)
{
	const char *left = "";
	bool begun = false;
	EACH(const struct job, job, jobs->all) {
		if (!job->wanted || !is_meant(job, name))
			continue;
		if (has_begun(jobs, job))
			begun = true;
		else
			left = mem_format("%s --fresh %s", left, job->name);
	}
	return begun || !*left ? left : mem_format(" --fresh %s", name);
}

const char *wants_again(const struct jobs *jobs, const struct run_wish *wish)
{
	const char *text = wish->again;
	EACH(const char, name, wish->fresh)
		text = mem_format("%s%s", text, fresh_left(jobs, name));
	return text;
}

// An unpack has its key earlier: the builds that are made of it name it in theirs.
static void look_up(struct wants *wants, struct job *job)
{
	job->looked = true;
	if (!job_set_key(wants->jobs, job))
		return;
	wants_look(wants, job);
	if (wants_fresh(wants, job))
		make_again(wants, job);
	if (job->out)
		wants_settle(wants, job);
}

// Many builds want the same libraries: one of their unions is made, the others wait for it.
static bool left_to_twin(const struct wants *wants, struct job *job)
{
	EACH(struct job, other, wants->jobs->all) {
		bool at_work = other->state == JOB_READY || other->state == JOB_RUNNING ||
			       other->state == JOB_KEEPING;
		if (!at_work || other->kind != JOB_COMPOSE || strcmp(other->key, job->key) != 0)
			continue;
		list_push(&other->waiters, job);
		return true;
	}
	return false;
}

static void skip(struct wants *wants, struct job *job)
{
	job->state = JOB_SKIPPED;
	wants_settle(wants, job);
}

// While what is below is built for hours, the network is idle; and a file that is not to be had, or
// an emulator that is broken, should show now, not then.
static void demand_early(struct wants *wants, const struct job *job)
{
	if (job->unpack)
		demand(wants, job->unpack->fetch);
	EACH(struct job, material, job->materials)
		if (material->trial)
			demand(wants, material);
}

static void make_ready(struct wants *wants, struct job *job)
{
	job->state = JOB_READY;
	list_push(&wants->ready, job);
}

// The key is known, the output is not there: gets what the job is made of, and makes it ready.
static void prepare(struct wants *wants, struct job *job)
{
	EACH(struct job, material, job->materials)
		demand(wants, material);
	if (lost(&job->materials)) {
		skip(wants, job);
	} else if (all_present(&job->materials)) {
		make_ready(wants, job);
	}
}

static void consider(struct wants *wants, struct job *job)
{
	if (!job->wanted || job->state != JOB_IDLE || job->present)
		return;
	if (lost(&job->inputs)) {
		skip(wants, job);
		return;
	}
	if (!all_known(&job->inputs)) {
		demand_early(wants, job);
		return;
	}
	if (!job->looked)
		look_up(wants, job);
	if (job->present || (job->kind == JOB_COMPOSE && !job->demanded))
		return;
	if (job->trouble) { // told when it would be started
		make_ready(wants, job);
		return;
	}
	if (job->kind != JOB_COMPOSE)
		prepare(wants, job);
	else if (wants_look(wants, job))
		wants_settle(wants, job);
	else if (!left_to_twin(wants, job))
		prepare(wants, job);
}

static void consider_all(struct wants *wants)
{
	for (size_t i = 0; i < wants->queue.count; i++)
		consider(wants, wants->queue.at[i]);
	wants->queue.count = 0;
}

void wants_settle(struct wants *wants, struct job *job)
{
	bool outer = !wants->queue.count;
	EACH(struct job, waiter, job->waiters)
		list_push(&wants->queue, waiter);
	if (outer)
		consider_all(wants);
}

void wants_reopen(struct wants *wants, struct job *job)
{
	job->before = job->out;
	job->out = NULL;
	job->present = false;
	list_push(&wants->queue, job);
	consider_all(wants);
}

void wants_reconsider(struct wants *wants, struct job *job)
{
	job->state = JOB_IDLE;
	job->looked = job->fresh = false;
	job->before = NULL;
	list_push(&wants->queue, job);
	consider_all(wants);
}

static bool within(const struct wants *wants, const struct job *job)
{
	const struct run_wish *wish = wants->wish;
	if (wish->only.count)
		return named(&wish->only, job) || named(&wish->fresh, job);
	return job->stage || (job->source && named(&wish->fresh, job));
}

// The files behind a job and all that it needs, whether or not the store has what they become.
static void demand_files(struct wants *wants, struct job *job, bool *seen)
{
	if (seen[job->number])
		return;
	seen[job->number] = true;
	if (job->kind == JOB_FETCH)
		demand(wants, job);
	EACH(struct job, input, job->inputs)
		demand_files(wants, input, seen);
	EACH(struct job, material, job->materials)
		demand_files(wants, material, seen);
}

void wants_start(struct wants *wants, const struct jobs *jobs, const struct run_wish *wish)
{
	*wants = (struct wants){.jobs = jobs, .wish = wish};
	const struct stage *last = wish->until ? plan_stage(jobs->plan, wish->until) : NULL;
	bool *seen = mem_new(jobs->all.count * sizeof *seen);
	// Jobs stand in the order of the plan, so everything up to a stage stands before its union.
	EACH(struct job, job, jobs->all) {
		if (within(wants, job) && wish->fetch_only)
			demand_files(wants, job, seen);
		else if (within(wants, job))
			demand(wants, job);
		if (last && job->stage == last)
			break;
	}
	consider_all(wants);
}

static bool comes_first(const struct job *job, const struct job *other)
{
	if (job->trial != other->trial)
		return job->trial; // hours depend on what it finds
	return job->path > other->path;
}

struct job *wants_next(struct wants *wants, bool (*fits)(void *, const struct job *), void *fit)
{
	size_t best = wants->ready.count;
	for (size_t i = 0; i < wants->ready.count; i++) {
		const struct job *job = wants->ready.at[i], *other;
		other = best < wants->ready.count ? wants->ready.at[best] : NULL;
		if ((!other || comes_first(job, other)) && fits(fit, job))
			best = i;
	}
	if (best == wants->ready.count)
		return NULL;
	struct job *job = wants->ready.at[best];
	wants->ready.at[best] = wants->ready.at[--wants->ready.count];
	return job;
}

void wants_publish(const struct wants *wants)
{
	const struct jobs *jobs = wants->jobs;
	EACH(const struct job, stage, jobs->stages)
		if (stage->present && stage->demanded)
			store_publish(jobs->store, jobs->plan->target->name, stage->name,
				      stage->out);
}
