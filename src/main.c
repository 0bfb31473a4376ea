// Enters: the command line. Leaves: an exit status. Follow a build from here: options -> plan
// (target, stage, recipe, graph) -> jobs (job, key) -> run (wants, task, room, spawn, enter) ->
// store (tree).
#include "events.h"
#include "sandbox.h"
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

// NULL: nothing says where.
static const char *store_folder(const struct options *options)
{
	const char *named = getenv("BOOTSTRAP_STORE");
	const char *given = options->store ? options->store : named && *named ? named : NULL;
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char here[PATH_MAX];
	if (given && !*given)
		fail(EXIT_INPUT, "--store wants a folder, and was given no name");
	if (!given && cache && *cache == '/')
		return mem_format("%s/bootstrap", cache);
	if (!given && home && *home == '/')
		return mem_format("%s/.cache/bootstrap", home);
	if (!given)
		return NULL;
	if (*given == '/' || !getcwd(here, sizeof here))
		return given;
	return mem_format("%s/%s", here, given);
}

// The build machine as uname -m names it; for plan, as if it were one of the targets.
static const char *machine(const struct options *options)
{
	if (!options->build)
		return host_machine();
	const struct list targets = targets_read(options->root, distro_read(options->root));
	return target_named(&targets, options->build)->machine;
}

static bool builds(const struct options *options)
{
	return !*options->verb || !strcmp(options->verb, "verify");
}

// "verify/NAME" speaks of a stage that only verify makes; its log is to be read, its room looked into.
static const char *verified(const struct options *options)
{
	static const char prefix[] = STAGE_VERIFY "/";
	if (!strcmp(options->verb, "verify"))
		return options->operand;
	bool speaks = options->operand && !strncmp(options->operand, prefix, strlen(prefix));
	return speaks ? STAGE_VERIFY : NULL;
}

static const struct plan *make_plan(const struct options *options)
{
	const char *verb = options->verb;
	const struct plan_wish wish = {
		.root = options->root,
		.target = options->target,
		.machine = machine(options),
		.host_clang = options->host_clang,
		.any_target = !strcmp(verb, "targets") || !strcmp(verb, "gc"),
		.emulate_all = options->emulate_all,
		.verify = verified(options),
	};
	return plan_make(&wish);
}

// "/a" for "file:///a", which leads elsewhere in a sandbox; another machine's folder is none.
static const char *without_scheme(const char *given)
{
	static const char scheme[] = "file://";
	size_t length = strlen(scheme);
	if (strncmp(given, scheme, length) != 0)
		return given;
	return given[length] == '/' ? given + length : "";
}

// A folder by its full path: it is shown to sandboxes. A URL stays what it is. The verbs that bring nothing do not
// look.
static const char *mirror(const struct options *options)
{
	char path[PATH_MAX];
	const char *given = options->run.mirror;
	if (!builds(options) || !given || !*given)
		return NULL;
	const char *folder = without_scheme(given);
	if (strstr(folder, "://"))
		return given;
	struct stat info;
	if (!realpath(folder, path) || stat(path, &info) < 0 || !S_ISDIR(info.st_mode))
		fail(EXIT_INPUT, "%s%s is neither a folder nor a URL", options->mirror_from, given);
	if (access(path, R_OK | X_OK) < 0)
		fail(EXIT_INPUT, "%s%s cannot be read: %s; open it, or leave it out",
		     options->mirror_from, given, strerror(errno));
	return mem_text(path);
}

static const struct stage *last_stage(const struct options *options, const struct plan *plan)
{
	return options->run.until ? plan_stage(plan, options->run.until) : NULL;
}

static void print_plan(const struct options *options)
{
	const struct plan *plan = make_plan(options);
	plan_print(plan, last_stage(options, plan));
}

// Names are looked up before anything is made: a slip of the pen leaves no trace.
static void check_names(const struct options *options, const struct plan *plan)
{
	const struct stage *last = last_stage(options, plan);
	EACH(const char, name, options->run.only)
		plan_check_lines(plan, name, last);
	EACH(const char, name, options->run.fresh)
		plan_check_lines(plan, name, last);
	if (!options->operand)
		return;
	if (!strcmp(options->verb, "verify")) {
		plan_stage(plan, options->operand); // its own name may be of none
		return;
	}
	if (!strcmp(options->verb, "export")) {
		export_check(options, plan);
		return;
	}
	EACH(const struct stage, stage, plan->stages)
		if (!strcmp(options->verb, "shell") && !strcmp(stage->name, options->operand))
			return;
	plan_check_recipe(plan, options->operand, NULL);
}

static enum exit_status build(const struct jobs *jobs, const struct run_wish *wish)
{
	store_lock_all(jobs->store, false);
	return run(jobs, wish);
}

static enum exit_status verify(const struct jobs *jobs, struct run_wish *wish)
{
	const struct stage *again = jobs->plan->again;
	wish->until = again->name;
	enum exit_status status = build(jobs, wish);
	return status == EXIT_DONE ? verify_report(jobs, again) : status;
}

// What asks for the jobs and runs none of them.
static const struct {
	const char *name;
	enum exit_status (*obey)(const struct jobs *, const struct options *);
} verbs[] = {
	{"why", verb_why},	 {"log", verb_log}, {"shell", verb_shell},
	{"export", verb_export}, {"gc", verb_gc},   {"report", verb_report},
};

// What only reads makes none: a slip of the pen would leave a folder, and nothing be found in it.
static const struct store *open_store(const struct options *options, const char *place)
{
	const char *folder = store_folder(options);
	if (!folder)
		fail(EXIT_INPUT, NO_STORE);
	bool missing = access(mem_format("%s/trees", folder), F_OK) < 0 && errno == ENOENT;
	if (missing && !builds(options))
		fail(EXIT_INPUT,
		     "there is no store at %s; name another with --store, or first run: %s%s",
		     folder, fail_self(),
		     options->target || strcmp(options->verb, "gc") != 0 ? place : "");
	return store_open(folder);
}

static enum exit_status with_store(const struct options *options, const char *again)
{
	// first of all: a run that cannot begin must not leave another one's events
	events_open(options->run.json);
	const struct plan *plan = make_plan(options);
	struct run_wish wish = options->run;
	wish.mirror = mirror(options);
	wish.place = options_place(options, plan);
	wish.again = again;
	wish.go_on = true;
	check_names(options, plan);
	const struct store *store = open_store(options, wish.place);
	const struct host *host =
		host_look(store, &(struct host_wish){plan->host_clang, options->host_cc});
	const struct jobs *jobs = jobs_make(plan, store, host);
	wish.slots = wish.slots ? wish.slots : host->processors;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (!strcmp(options->verb, verbs[i].name))
			return verbs[i].obey(jobs, options);
	return strcmp(options->verb, "verify") ? build(jobs, &wish) : verify(jobs, &wish);
}

static enum exit_status obey(const struct options *options, const char *again)
{
	if (!strcmp(options->verb, "plan"))
		print_plan(options);
	else if (!strcmp(options->verb, "targets"))
		plan_print_targets(make_plan(options));
	else if (!strcmp(options->verb, "completion"))
		return verb_completion(options);
	else if (!strcmp(options->verb, "doctor"))
		return verb_doctor(options, store_folder(options));
	else
		return with_store(options, again);
	return EXIT_DONE;
}

// What is opened under a closed one's number would be written to as if it were stdout. Reading is all
// that this one allows, so what is printed is still known to be lost.
static void open_standard_files(void)
{
	int fd = 0;
	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/dev/null", O_RDONLY);
	close(fd);
}

// To remove or read a tree takes a file for every level of it, and there are folders a thousand deep.
static void raise_limit_of_files(void)
{
	struct rlimit limit;
	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int main(int argc, char **argv)
{
	open_standard_files();
	signal(SIGCHLD, SIG_DFL); // a caller that ignores it has its children reaped unseen
	umask(022);
	raise_limit_of_files();
	spawn_hides(argc, argv);
	const char *called = getenv("BOOTSTRAP_CALLED"); // by the script that people call
	if (called && *called)
		fail_set_self(options_quoted(called));
	const struct options *options = options_parse(argc, argv);
	enum exit_status status = obey(options, options_text(options, argc, argv));
	if (status == EXIT_DONE)
		fail_unprinted();
	return (int)status;
}
