// Enters: which targets matter, or a size. Leaves: the store without the rest. May touch: the
// store, through its calls.
#include "checkout.h"
#include "verbs.h"
#include "waste.h"

#include <stdio.h>
#include <string.h>

struct kept {
	struct list names; // of what is in the store
	struct list notes; // of this checkout's files there (checkout.h)
};

static void keep(struct kept *kept, const char *name)
{
	if (name)
		list_push(&kept->names, mem_text(name));
}

// What is not built just now may come out as it did last time: then what is above it is needed.
static void keep_latest(struct wants *wants, struct job *job, struct kept *kept)
{
	const struct jobs *jobs = wants->jobs;
	const struct record *latest = store_latest(jobs->store, job_target(jobs, job), job->name);
	if (job->out || !latest)
		return;
	keep(kept, latest->key);
	job->out = latest->out;
	wants_settle(wants, job);
}

// Everything that the plan for one target finds in the store is kept, sources included.
static void keep_plan(const struct plan_wish *wish, const struct store *store, const char *cc,
		      struct kept *kept)
{
	static struct run_wish all;
	struct wants wants;
	const struct plan *plan = plan_make(wish);
	const struct host *host = host_look(store, &(struct host_wish){wish->host_clang, cc});
	const struct jobs *jobs = jobs_make(plan, store, host);
	wants_start(&wants, jobs, &all);
	EACH(struct job, job, jobs->all) {
		if (job->kind == JOB_FETCH || job->kind == JOB_UNPACK) {
			job_set_key(jobs, job);
			wants_look(&wants, job);
		}
		if (job->trouble) // what it made, and others made of that, would be swept
			fail(EXIT_INPUT, "%s", job->trouble);
		keep_latest(&wants, job, kept);
		keep(kept, job->key);
		keep(kept, job->out);
	}
	list_push(&kept->notes, mem_text(checkout_file(jobs)));
}

// The plan that was not asked for begins with the compiler that it would find.
static const char *keeps_cc(const struct options *options, bool host_clang)
{
	return host_clang == options->host_clang ? options->host_cc : NULL;
}

// Every way in which builds for a target begin: with stage1's clang or the machine's, with native tools or
// everything emulated.
static void keep_target(const struct options *options, const struct jobs *jobs,
			const struct target *target, struct kept *kept)
{
	bool foreign = strcmp(target->machine, jobs->host->machine) != 0;
	for (int way = 0; way < 4; way++) {
		const struct plan_wish wish = {
			.root = options->root,
			.machine = jobs->host->machine,
			.target = target->name,
			.host_clang = way & 1,
			.emulate_all = way & 2,
		};
		if ((!wish.host_clang || host_has_clang(jobs->store)) &&
		    (!wish.emulate_all || foreign))
			keep_plan(&wish, jobs->store, keeps_cc(options, wish.host_clang), kept);
	}
}

static void keep_targets(const struct options *options, const struct jobs *jobs, struct kept *kept)
{
	EACH(const struct target, target, jobs->plan->targets)
		if (!options->target || !strcmp(options->target, target->name))
			keep_target(options, jobs, target, kept);
	checkout_keep(jobs->store, options->root, &kept->names);
}

static double mebibytes(long long bytes)
{
	return (double)bytes / (1 << 20);
}

static enum exit_status check(const struct store *store)
{
	store_check_writable(store);
	struct store_check sum = store_check(store);
	printf("%zu of %zu trees, %.1f MiB, are what their names say\n", sum.trees - sum.damaged,
	       sum.trees, mebibytes(sum.bytes));
	return sum.damaged ? EXIT_RECIPE : EXIT_DONE;
}

// The sum of it.
static long long print_waste(const struct list *wastes, bool quiet)
{
	long long bytes = 0;
	EACH(const struct waste, waste, *wastes) {
		bytes += waste->bytes;
		if (!quiet)
			printf("%8.1f MiB  %s\n", mebibytes(waste->bytes), waste->what);
	}
	return bytes;
}

static enum exit_status sweep(const struct jobs *jobs, const struct options *options)
{
	const struct store *store = jobs->store;
	bool by_size = options->size > 0, dry = options->dry_run;
	struct kept kept = {0};
	if (by_size)
		kept.names = store_newest(store, (long long)options->size);
	else
		keep_targets(options, jobs, &kept);
	struct list doomed = store_doomed(store, &kept.names);
	struct list wastes = waste_of(store, &doomed);
	bool done = true;
	if (!dry) {
		store_check_writable(store);
		done = store_sweep(store, &doomed);
		checkout_sweep(store, options->root, by_size ? NULL : &kept.notes);
	}
	bool quiet = options->run.talk == QUIET;
	long long bytes = print_waste(&wastes, quiet);
	if (!quiet || dry || !done)
		printf("%s%.1f MiB %s from %s\n", done ? "" : "not all of ", mebibytes(bytes),
		       dry ? "would be removed" : "removed", store->path);
	return done ? EXIT_DONE : EXIT_HOST;
}

enum exit_status verb_gc(const struct jobs *jobs, const struct options *options)
{
	if (options->check && options->dry_run)
		fail(EXIT_INPUT, "--check removes what is damaged; leave --dry-run out");
	if (options->check && options->size > 0)
		fail(EXIT_INPUT, "--check removes what is damaged, no more; leave --size out");
	// Now: what a run commits meanwhile would have no name.
	store_lock_all(jobs->store, !options->dry_run);
	return options->check ? check(jobs->store) : sweep(jobs, options);
}
