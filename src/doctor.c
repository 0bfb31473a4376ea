// Enters: nothing but the machine. Leaves: for each thing the product needs, "fine" or what to do.
// May touch: stdout; a sandbox, to try one.
#include "binfmt.h"
#include "room.h"
#include "tree.h"
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DISK_GIB = 30, MEMORY_MIB = 4096 };

static bool all_fine;

static void say(const char *what, const char *trouble)
{
	printf("%-28s %s\n", what, trouble ? trouble : "fine");
	all_fine &= !trouble;
}

static const char *remedy(const char *group)
{
	bool always = !strcmp(group, "run");
	return mem_format("missing; install it with ./bootstrap --setup%s%s", always ? "" : "=",
			  always ? "" : group);
}

// src/packages says, line by line, which programs are needed and which package has them where.
static void check_programs(const char *root)
{
	const struct conf *conf = conf_read(mem_format("%s/src/packages", root), NULL);
	for (const char *at = conf->rest; *at; at += strcspn(at, "\n") + 1) {
		struct list columns = words(mem_copy(at, strcspn(at, "\n")));
		const char *program = columns.count > 1 ? columns.at[1] : "-";
		if (strcmp(program, "-") != 0)
			say(program, host_path(program) ? NULL : remedy(columns.at[0]));
		if (!at[strcspn(at, "\n")])
			break;
	}
}

static const char *try_sandbox(const struct store *store)
{
	static char *const argv[] = {"/usr/bin/true", NULL};
	static char *const environment[] = {NULL};
	struct child child;
	int status;
	struct sandbox *sandbox = sandbox_new(store_path(store, "root"), NULL);
	sandbox_base(sandbox);
	sandbox_step(sandbox, STEP_BIND, "/usr", "/usr");
	sandbox_try(sandbox, STEP_BIND, "/lib", "/lib");
	sandbox_try(sandbox, STEP_BIND, "/lib64", "/lib64");
	sandbox->argv = argv;
	sandbox->environment = environment;
	const char *trouble = NULL;
	if (!spawn(sandbox, &child)) {
		trouble = namespace_remedy(errno);
	} else {
		waitpid(child.pid, &status, 0);
		trouble = spawn_trouble(sandbox, &child);
	}
	return trouble;
}

static const char *check_disk(const char *store)
{
	struct statvfs info;
	if (!tree_folder(store) || statvfs(store, &info) < 0)
		return mem_format("%s cannot be made; choose another with --store", store);
	unsigned long long gib = ((unsigned long long)info.f_bavail * info.f_frsize) >> 30;
	if (gib >= DISK_GIB)
		return NULL;
	return mem_format("%llu GiB free at %s; a full build wants %d", gib, store, DISK_GIB);
}

static const char *check_memory(const struct host *host)
{
	if (host->memory >= MEMORY_MIB)
		return NULL;
	return mem_format("%ld MiB free; linking LLVM wants %d", host->memory, MEMORY_MIB);
}

static const char *check_compiler(const struct host *host)
{
	if (!strncmp(host->cc, "clang", strlen("clang")))
		return NULL;
	return mem_format("only %s; with clang 19 LLVM builds in half the time", host->cc);
}

static const char *check_apt(void)
{
	bool apt = !access("/usr/lib/apt/apt-helper", X_OK) ||
		   !access("/usr/libexec/apt/apt-helper", X_OK);
	return apt || host_path("curl") ? NULL : "neither curl nor apt; give sources with --mirror";
}

enum exit_status verb_doctor(const char *root, const char *path)
{
	all_fine = true;
	check_programs(root);
	say("disk", check_disk(path));
	const struct store *store = store_open(path);
	const struct host *host = host_look(store, false);
	say("sandbox without root", try_sandbox(store));
	say("memory", check_memory(host));
	say("compiler", check_compiler(host));
	say("downloads", check_apt());
	return all_fine ? EXIT_DONE : EXIT_HOST;
}
