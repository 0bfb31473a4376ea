// Enters: jobs, and which of them are to be made. Leaves: nothing, or the end of the run, where it can
// be told now that a build would fail. May touch: PATH's folders and the store, to look; sh, which
// parses recipes and runs nothing of them.
#include "inspect.h"
#include "fail.h"
#include "machine.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool has(const struct names *names, const char *name)
{
	return names_find(names, name).count;
}

static bool is_shown(const char *tool)
{
	const char *path = host_path(tool);
	return path && host_shows(path);
}

// A recipe names once what it is built with, wherever it is listed.
static bool is_for_build_machine(const struct plan *plan, const struct recipe *recipe)
{
	EACH(const struct stage, stage, plan->stages)
		EACH(const struct item, item, stage->items)
			if (item->recipe == recipe && !stage_is_native(stage))
				return true;
	return false;
}

// In a root of the target's own a package is named, or what another stage's line needs of the build machine. Two names
// stand for what the runner itself finds.
static bool is_known(const struct plan *plan, const struct item *item, const char *tool)
{
	const struct stage *stage = item->stage;
	if (!strcmp(tool, "cc") || !strcmp(tool, "emulator"))
		return true;
	if (stage_is_native(stage))
		return has(&plan->recipes, tool) ||
		       (host_path(tool) && is_for_build_machine(plan, item->recipe));
	if (is_shown(tool))
		return true;
	return has(&stage->lines, tool) || (stage->tools && has(&stage->tools->lines, tool));
}

static int line_of_tools(const struct recipe *recipe)
{
	const struct fact *tools = conf_fact(recipe->head, "tools");
	const struct fact *fact = tools ? tools : conf_fact(recipe->head, "style");
	return fact ? fact->line : 0;
}

__attribute__((noreturn)) static void refuse(const struct item *item, const char *tool)
{
	const struct recipe *recipe = item->recipe;
	int line = line_of_tools(recipe);
	if (stage_is_native(item->stage))
		fail_at(recipe->path, line,
			"%s is built with '%s', a recipe that no stage lists; mend the name",
			item->name, tool);
	if (host_path(tool))
		fail(EXIT_HOST,
		     "%s:%d: %s is built with '%s', which is at %s, where no sandbox sees it; install it for "
		     "all users, with ./bootstrap --setup",
		     recipe->path, line, item->name, tool, host_path(tool));
	fail(EXIT_HOST,
	     "%s:%d: %s is built with '%s', which this machine lacks; mend the name, or install "
	     "it: ./bootstrap --setup brings what is known to be needed",
	     recipe->path, line, item->name, tool);
}

static void check_tools(const struct plan *plan, const struct item *item)
{
	EACH(const char, tool, item->recipe->tools)
		if (!is_known(plan, item, tool))
			refuse(item, tool);
}

// sh says what is wrong, with file and line.
static bool are_read(const struct list *paths)
{
	static char script[] = "bad=0; for file; do sh -n \"$file\" || bad=1; done; exit $bad";
	static char *const start[] = {"/bin/sh", "-c", script, "sh"};
	struct list arguments = {0};
	int status = 0;
	for (size_t i = 0; i < sizeof start / sizeof *start; i++)
		list_push(&arguments, start[i]);
	EACH(char, path, *paths)
		list_push(&arguments, path);
	list_push(&arguments, NULL);
	pid_t pid = fork();
	if (pid == 0) {
		execv(start[0], (char *const *)arguments.at);
		_exit(EXIT_HOST);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	return !WIFEXITED(status) || WEXITSTATUS(status) != 1;
}

// A build would run what it has made, and fail at that.
static void check_noexec(const struct store *store)
{
	const char *trouble = machine_noexec(store);
	if (trouble)
		fail(EXIT_HOST, "%s", trouble);
}

void inspect(const struct wants *wants)
{
	const struct jobs *jobs = wants->jobs;
	struct names seen = {0};
	struct list paths = {0};
	if (wants->ready.count)
		store_check_writable(jobs->store);
	EACH(const struct job, job, jobs->all) {
		if (!job->item || !job->wanted || job->present)
			continue;
		const struct recipe *recipe = job->item->recipe;
		check_tools(jobs->plan, job->item);
		if (has(&seen, recipe->name))
			continue;
		names_add(&seen, recipe->name, (void *)recipe);
		list_push(&paths, mem_text(recipe->path));
	}
	if (paths.count)
		check_noexec(jobs->store);
	if (paths.count && !are_read(&paths))
		fail(EXIT_INPUT,
		     "the shell part of a recipe cannot be read, as said above; nothing "
		     "was built");
}
