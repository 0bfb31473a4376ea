// Enters: jobs, records and costs. Leaves: estimates, paths, and how far the run is. May touch: jobs;
// the store and src/costs, to read.
#include "forecast.h"
#include "costs.h"
#include "task.h"

static struct {
	const struct jobs *jobs;
	struct list wanted; // struct job *, to be made
	struct list costs;  // struct cost *
	int slots;
	double spent,
		foretold; // processors' seconds of the builds that ended, really and by src/costs
} forecast;

// How many times slower this machine is than the one that src/costs is of.
static double slowness(void)
{
	return forecast.foretold > 0 && forecast.spent > 0 ? forecast.spent / forecast.foretold : 1;
}

static double cost_of(const struct job *job)
{
	return costs_of(&forecast.costs, job->item ? job->item->name : job->name);
}

static void set_from_record(struct job *job, const struct record *record)
{
	job->basis = RECORDED;
	job->estimate = record->seconds;
	job->work = record->cpu;
}

// Big jobs use every slot there is; of the small ones it matters little.
static void set_from_cost(struct job *job, double cost)
{
	static const double guess[] = {10, 10, 60, 1};
	job->basis = cost > 0 ? COSTED : GUESSED;
	job->work = cost > 0 ? cost * slowness() : guess[job->kind];
	job->estimate = cost > 0 ? job->work / forecast.slots : guess[job->kind];
}

static void set_estimate(struct job *job)
{
	const struct store *store = forecast.jobs->store;
	const struct record *record = NULL;
	if (job->kind != JOB_COMPOSE)
		record = store_latest(store, job_target(forecast.jobs, job), job->name);
	if (record)
		set_from_record(job, record);
	else
		set_from_cost(job, cost_of(job));
}

static double path_of(struct job *job)
{
	if (job->path > 0)
		return job->path;
	double longest = 0;
	EACH(struct job, waiter, job->waiters) {
		double path = waiter->wanted && !waiter->present ? path_of(waiter) : 0;
		longest = path > longest ? path : longest;
	}
	return job->path = job->estimate + longest;
}

static void set_paths(void)
{
	EACH(struct job, job, forecast.jobs->all)
		job->path = 0;
	EACH(struct job, job, forecast.jobs->all)
		path_of(job);
}

static bool is_work(const struct run_wish *wish, const struct job *job)
{
	enum job_kind kind = wish->fetch_only ? JOB_FETCH : JOB_BUILD;
	return job->wanted && !job->present && job->kind == kind;
}

void forecast_start(const struct wants *wants)
{
	const struct jobs *jobs = wants->jobs;
	if (!wants->ready.count)
		return;
	forecast.jobs = jobs;
	forecast.slots = wants->wish->slots;
	forecast.costs = costs_read(mem_format("%s/src/costs", jobs->plan->root));
	EACH(struct job, job, jobs->all) {
		set_estimate(job);
		if (is_work(wants->wish, job))
			list_push(&forecast.wanted, job);
	}
	set_paths();
}

void forecast_learn(const struct job *job, const struct record *record)
{
	double cost = job->kind == JOB_FETCH || job->kind == JOB_COMPOSE ? 0 : cost_of(job);
	if (cost <= 0 || record->cpu <= 0)
		return;
	forecast.spent += record->cpu;
	forecast.foretold += cost;
	EACH(struct job, other, forecast.jobs->all)
		if (other->basis == COSTED)
			set_from_cost(other, cost_of(other));
	set_paths();
}

static bool is_known(const struct job *job)
{
	return job->basis >= RECORDED || (job->basis == COSTED && forecast.foretold > 0);
}

// Seconds of the tries that the job, at work now, goes on from.
static double earlier(const struct job *job)
{
	return job->task ? job->task->record.earlier : 0;
}

double forecast_of(const struct job *job)
{
	double left = job->estimate - earlier(job);
	return is_known(job) && left > 0 ? left : 0;
}

static void set_length(struct job *job, double seconds)
{
	job->work *= job->estimate > 0 ? seconds / job->estimate : 1;
	job->path += seconds - job->estimate;
	job->estimate = seconds;
	job->basis = PACED;
}

// At first only upwards: the last steps, of which links are many, take longer than the others did. A pace
// once believed may have been that of a slow beginning, and is followed.
void forecast_pace(const struct job *job, double left, double time)
{
	double took = job->task ? time - job->task->started + earlier(job) : 0;
	EACH(struct job, own, forecast.wanted)
		if (own == job && (job->basis == PACED || job->estimate < took + left / 2))
			set_length(own, took + left);
}

static bool is_lost(const struct job *job)
{
	return job->state == JOB_FAILED || job->state == JOB_SKIPPED;
}

struct tally forecast_tally(void)
{
	struct tally tally = {.all = forecast.wanted.count};
	EACH(const struct job, job, forecast.wanted) {
		tally.done += job->present;
		tally.failed += job->state == JOB_FAILED;
		tally.skipped += job->state == JOB_SKIPPED;
	}
	return tally;
}

// Not less than the longest path takes, nor than the slots need for all the work together.
double forecast_left(double time)
{
	double work = 0, longest = 0;
	bool known = false;
	EACH(const struct job, job, forecast.wanted) {
		if (job->present || is_lost(job))
			continue;
		double elapsed = job->task ? time - job->task->started + earlier(job) : 0;
		double share = job->estimate > elapsed ? 1 - elapsed / job->estimate : 0;
		double path = job->path - (elapsed < job->estimate ? elapsed : job->estimate);
		known |= is_known(job);
		work += job->work * share;
		longest = path > longest ? path : longest;
	}
	if (!known)
		return -1;
	return work / forecast.slots > longest ? work / forecast.slots : longest;
}
