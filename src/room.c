// Enters: a job that may run. Leaves: its sandbox. May touch: the arena; it looks at the build
// machine's folders, and changes nothing.
#include "room.h"
#include "binfmt.h"
#include "file.h"
#include "furnish.h"
#include "variables.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// What a cross build must not find by accident; tools=cc brings it back.
static const char *const host_headers[] = {
	"/usr/include",
	"/usr/local/include",
	"/usr/lib/gcc",
	"/usr/lib/pkgconfig",
	"/usr/local/lib/pkgconfig",
	"/usr/lib/*/pkgconfig",
	"/usr/share/pkgconfig",
	"/usr/lib/cmake",
	"/usr/local/lib/cmake",
	"/usr/lib/*/cmake",
	"/usr/share/aclocal",
	"/usr/local/lib/*/pkgconfig",
	"/usr/local/share/pkgconfig",
	"/usr/local/share/aclocal",
};

// By its path without links: seen from the build machine, they lead to its own folders, not to the room's.
static void hide_folder(struct room *room, const char *path)
{
	struct stat info;
	char real[PATH_MAX];
	if (realpath(path, real) && !stat(real, &info) && S_ISDIR(info.st_mode) && host_shows(real))
		sandbox_step(room->sandbox, STEP_TMPFS, "", mem_text(real));
}

static void hide_headers(struct room *room)
{
	for (size_t i = 0; i < sizeof host_headers / sizeof *host_headers; i++) {
		glob_t found;
		if (!glob(host_headers[i], 0, NULL, &found))
			for (size_t j = 0; j < found.gl_pathc; j++)
				hide_folder(room, found.gl_pathv[j]);
		globfree(&found);
	}
}

// With what it calls by name, and what its objects are put together with.
static void link_compiler(struct room *room)
{
	static const char *const others[] = {"as", "ld",    "ar",      "ranlib",
					     "nm", "strip", "objcopy", "readelf"};
	room_link_tool(room, room->wish->jobs->host->cc);
	room_link_tool(room, room->wish->jobs->host->cxx);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		room_link_tool(room, others[i]);
}

// /host/bin: the base set, what the recipe names, and the compiler where it is the first stage's. A tool that is not
// named is not found.
static void link_tools(struct room *room, const struct item *item)
{
	room_link_base(room);
	if (!item)
		return;
	EACH(const char, tool, item->recipe->tools)
		room_link_tool(room, tool);
	bool first = !item->stage->tools && item->purpose != FOR_TARGET;
	if (first || recipe_has_tool(item->recipe, "cc"))
		link_compiler(room);
}

// A toolchain's own idea of its sysroot is <triple>/ beside bin/: there lies what this job may see.
static void show_libraries(struct room *room)
{
	const struct job *job = room->job;
	if (job->tools)
		room_show(room, room_tree(room, job->tools), "/tools");
	if (!job->sysroot)
		return;
	room_show(room, room_tree(room, job->sysroot), "/sysroot");
	room_show(room, room_tree(room, job->sysroot),
		  mem_format("/tools/%s", room->wish->jobs->plan->target->triple));
}

// The programs of a foreign processor's root run through qemu.
static void emulate(struct room *room, const char *top)
{
	const struct plan *plan = room->wish->jobs->plan;
	const char *sample = mem_format("%s/usr/lib/%s", top, plan->target->loader);
	const char *line = plan->foreign ? binfmt_line(plan->target, sample) : NULL;
	if (line)
		sandbox_step(room->sandbox, STEP_BINFMT, line, BINFMT_FOLDER);
}

// A root of the target's own, read-only; its empty /dev, /proc and /tmp are every room's.
static void show_root(struct room *room)
{
	const char *top = room_tree(room, room->job->sysroot);
	struct list names = folder_names(top);
	EACH(const char, name, names)
		if (strcmp(name, "dev") != 0 && strcmp(name, "proc") != 0 &&
		    strcmp(name, "tmp") != 0)
			room_show_folder(room, top, name);
	emulate(room, top);
	if (room->wish->jobs->plan->foreign)
		room->sandbox->emulator = room->wish->jobs->plan->target->qemu;
	if (room->job->item->stage->native)
		room->sandbox->machine = room->wish->jobs->plan->target->machine;
}

static void show_build_machine(struct room *room, const struct item *item)
{
	room_show_host(room);
	if (item->stage->tools && !recipe_has_tool(item->recipe, "cc"))
		hide_headers(room);
	link_tools(room, item);
	show_libraries(room);
	if (room->job->trial && room->job->sysroot)
		emulate(room, room_tree(room, room->job->sysroot));
}

static void furnish_build(struct room *room)
{
	const struct item *item = room->job->item;
	if (stage_is_native(item->stage))
		show_root(room);
	else
		show_build_machine(room, item);
	room_show_workplace(room);
	room_show(room, room_object(room, "recipe"), "/recipe");
	if (room->job->unpack)
		room_show(room, room_tree(room, room->job->unpack), "/src");
	else if (item->recipe->checkout.count)
		room_show(room, room_object(room, "checkout"), "/src");
	set_for_build(&room->variables, item, room->wish);
	room_program(room, "/bootstrap/run", NULL);
}

static void furnish_unpack(struct room *room)
{
	struct list arguments = {0};
	const struct source *source = room->job->source;
	const char *archive = room_tree(room, room->job->fetch);
	room_show_host(room);
	link_tools(room, NULL);
	room_show_workplace(room);
	room_show(room, room_object(room, "recipe"), "/recipe");
	room_show(room, archive, "/archive");
	set(&room->variables, "PATH=/host/bin");
	set(&room->variables, "EXCLUDE=%s", source->exclude);
	list_push(&arguments, mem_format("/archive/%s", source_file(source)));
	list_push(&arguments, mem_text("/out"));
	room->sandbox->folder = "/out"; // who looks around finds what a patch left there
	room_program(room, "/bootstrap/unpack", &arguments);
}

// Where the caller stands, if that is nowhere in what the room has of its own, and can be entered.
static void bind_work(struct room *room)
{
	static const char *const own[] = {"/usr", "/bin",  "/sbin", "/lib", "/lib64",
					  "/etc", "/proc", "/sys",  "/dev", "/tools"};
	char *path = getcwd(NULL, 0);
	bool free = path && path[1] && !folder_closed(path);
	for (size_t i = 0; free && i < sizeof own / sizeof *own; i++)
		free = !is_below(path, own[i]) || is_below(path, "/dev/shm");
	room->sandbox->folder = free ? path : "/tmp";
	if (free)
		sandbox_step(room->sandbox, STEP_BIND_WRITE, path, path);
}

static void furnish_toolchain(struct room *room, const struct job *stage)
{
	room_show_host(room);
	room_show(room, room_tree(room, stage), "/tools");
	set(&room->variables, "PATH=/tools/bin:/usr/bin:/bin");
	bind_work(room);
}

// A root to look around and try things in: what is written there is gone afterwards.
static void furnish_root(struct room *room, const struct job *stage)
{
	emulate(room, room_tree(room, stage));
	if (!stage->stage)
		room->sandbox->machine = room->wish->jobs->plan->target->machine;
	set(&room->variables, "PATH=/usr/bin:/usr/sbin");
	room->sandbox->folder = "/tmp";
}

struct sandbox *room_of_stage(const struct jobs *jobs, const struct job *stage)
{
	const char *terminal = getenv("TERM");
	const struct room_wish wish = {.jobs = jobs};
	struct room room = {.wish = &wish};
	bool toolchain = stage->stage && stage->stage->on_build_machine;
	room.sandbox = sandbox_new(store_path(jobs->store, "root"),
				   toolchain ? NULL : room_tree(&room, stage));
	sandbox_base(room.sandbox);
	set(&room.variables, "HOME=/tmp");
	set(&room.variables, "TERM=%s", terminal ? terminal : "dumb");
	if (toolchain)
		furnish_toolchain(&room, stage);
	else
		furnish_root(&room, stage);
	list_push(&room.variables, NULL);
	room.sandbox->environment = (char *const *)room.variables.at;
	return room.sandbox;
}

// Where the kernel asks only who owns a file, a job that root started is root, and these are the whole
// machine's. Last, for what is mounted below as well. Not in a stage's room: under a /proc of which
// parts are covered no new one can be mounted, so no sandbox be made.
static void lock_machine(struct room *room)
{
	static const char *const names[] = {"acpi", "bus", "fs",	   "irq",
					    "scsi", "sys", "sysrq-trigger"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *path = mem_format("/proc/%s", names[i]);
		sandbox_try(room->sandbox, STEP_BIND, mem_format("%s%s", room->sandbox->root, path),
			    path);
	}
}

struct sandbox *room_of(const struct job *job, const struct room_wish *wish)
{
	struct room room = {.job = job, .wish = wish};
	room.sandbox = sandbox_new(store_path(wish->jobs->store, "root"), NULL);
	sandbox_base(room.sandbox);
	set_common(&room.variables);
	if (job->kind == JOB_BUILD)
		furnish_build(&room);
	else if (job->kind == JOB_UNPACK)
		furnish_unpack(&room);
	else
		room_for_download(&room);
	lock_machine(&room);
	list_push(&room.variables, NULL);
	room.sandbox->environment = (char *const *)room.variables.at;
	return room.sandbox;
}
