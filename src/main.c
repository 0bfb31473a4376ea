// Enters: the command line. Leaves: an exit status. Follow a build from here: options -> plan (target,
// stage, recipe, graph) -> jobs (job, key) -> run (wants, task, room, spawn, enter) -> store (tree).
#include "verbs.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *store_folder(const struct options *options)
{
	const char *given = options->store ? options->store : getenv("BOOTSTRAP_STORE");
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char here[PATH_MAX];
	if (!given && cache && *cache == '/')
		return mem_format("%s/bootstrap", cache);
	if (!given && home)
		return mem_format("%s/.cache/bootstrap", home);
	if (!given)
		fail(EXIT_INPUT, "HOME is not set; say where to keep things with --store DIR");
	if (*given == '/' || !getcwd(here, sizeof here))
		return given;
	return mem_format("%s/%s", here, given);
}

static const char *machine(const struct options *options)
{
	const char *name = options->build;
	if (!name)
		return host_machine();
	if (strcmp(options->verb, "plan") != 0)
		fail(EXIT_INPUT, "--build only makes sense with plan");
	const struct plan_wish wish = {options->root, name, "", false};
	return plan_make(&wish)->target->machine;
}

static const struct plan *make_plan(const struct options *options)
{
	const struct plan_wish wish = {
		.root = options->root,
		.target = options->target,
		.machine = machine(options),
		.host_clang = options->host_clang,
	};
	return plan_make(&wish);
}

// A folder by its full path: it is shown to sandboxes. A URL stays what it is.
static const char *mirror(const char *given)
{
	char path[PATH_MAX];
	if (!given || !*given)
		return NULL;
	if (strstr(given, "://"))
		return given;
	struct stat info;
	if (!realpath(given, path) || stat(path, &info) < 0 || !S_ISDIR(info.st_mode))
		fail(EXIT_INPUT, "--mirror %s is neither a folder nor a URL", given);
	return mem_text(path);
}

static enum exit_status with_store(const struct options *options, const char *again)
{
	const struct plan *plan = make_plan(options);
	const struct store *store = store_open(store_folder(options));
	const struct host *host = host_look(store, plan->host_clang);
	const struct jobs *jobs = jobs_make(plan, store, host);
	struct run_wish wish = options->run;
	wish.mirror = mirror(wish.mirror);
	wish.again = again;
	if (!strcmp(options->verb, "why"))
		return verb_why(jobs, options->operand);
	if (!strcmp(options->verb, "log"))
		return verb_log(jobs, options->operand);
	if (!strcmp(options->verb, "shell"))
		return verb_shell(jobs, options);
	if (!strcmp(options->verb, "gc"))
		return verb_gc(jobs, options);
	if (!store_lock_all(store, false))
		fail(EXIT_HOST, "%s is being swept by gc; try again when that has ended",
		     store->path);
	return run(jobs, &wish);
}

int main(int argc, char **argv)
{
	const struct options *options = options_parse(argc, argv);
	umask(022);
	if (!strcmp(options->verb, "plan"))
		plan_print(make_plan(options));
	else if (!strcmp(options->verb, "targets"))
		plan_print_targets(make_plan(options));
	else if (!strcmp(options->verb, "doctor"))
		return (int)verb_doctor(options->root, store_folder(options));
	else
		return (int)with_store(options, options_text(argc, argv));
	return EXIT_DONE;
}
