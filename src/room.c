// Enters: a job that may run. Leaves: its sandbox. May touch: the arena; it looks at the build
// machine's folders, and changes nothing.
#include "room.h"
#include "binfmt.h"
#include "file.h"
#include "locations.h"
#include "variables.h"

#include <dirent.h>
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

struct room {
	const struct job *job;
	const struct room_wish *wish;
	struct sandbox *sandbox;
	struct list variables;
};

static void bind(struct room *room, const char *from, const char *to)
{
	sandbox_step(room->sandbox, STEP_BIND, from, to);
}

static const char *tree(const struct room *room, const struct job *job)
{
	return store_path(room->wish->jobs->store, "trees/%s", job->out);
}

// Links stay links: on most machines /bin is one to usr/bin.
static void show_folder(struct room *room, const char *top, const char *name)
{
	char target[PATH_MAX];
	const char *from = mem_format("%s/%s", top, name), *to = mem_format("/%s", name);
	ssize_t length = readlink(from, target, sizeof target - 1);
	if (length > 0)
		sandbox_step(room->sandbox, STEP_LINK, mem_copy(target, (size_t)length), to);
	else
		sandbox_try(room->sandbox, STEP_BIND, from, to);
}

static void show_host(struct room *room)
{
	for (size_t i = 0; host_folders[i]; i++)
		show_folder(room, "", host_folders[i]);
}

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

static void link_tool(struct room *room, const char *name)
{
	const char *path = host_path(name);
	if (path && host_shows(path))
		sandbox_step(room->sandbox, STEP_LINK, path, mem_format("/host/bin/%s", name));
}

// A hundred names are not looked for again while the base set is the same: it is in the job's key.
static void link_base(struct room *room)
{
	static struct list steps;
	static const char *text;
	struct list *all = &room->sandbox->steps;
	const char *now =
		file_text(mem_format("%s/src/sh/base-tools", room->wish->jobs->plan->root));
	if (!text || strcmp(text, now) != 0) {
		struct list names = words(conf_parse("base-tools", now, NULL)->rest);
		size_t before = all->count;
		EACH(const char, name, names)
			link_tool(room, name);
		steps = (struct list){0};
		for (; before < all->count; before++)
			list_push(&steps, all->at[before]);
		text = now;
		return;
	}
	EACH(struct step, step, steps)
		list_push(all, step);
}

// With what it calls by name, and what its objects are put together with.
static void link_compiler(struct room *room)
{
	static const char *const others[] = {"as", "ld",    "ar",      "ranlib",
					     "nm", "strip", "objcopy", "readelf"};
	link_tool(room, room->wish->jobs->host->cc);
	link_tool(room, room->wish->jobs->host->cxx);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		link_tool(room, others[i]);
}

// /host/bin: the base set, what the recipe names, and the compiler where it is the first stage's. A tool that is not
// named is not found.
static void link_tools(struct room *room, const struct item *item)
{
	link_base(room);
	if (!item)
		return;
	EACH(const char, tool, item->recipe->tools)
		link_tool(room, tool);
	bool first = !item->stage->tools && item->purpose != FOR_TARGET;
	if (first || recipe_has_tool(item->recipe, "cc"))
		link_compiler(room);
}

static const char *object(const struct room *room, const char *below)
{
	return store_path(room->wish->jobs->store, "objects/%s/%s", room->job->key, below);
}

static void show_workplace(struct room *room)
{
	enum step_kind kind = room->wish->looks_around ? STEP_OVERLAY : STEP_BIND_WRITE;
	sandbox_step(room->sandbox, kind, object(room, "build"), "/build");
	sandbox_step(room->sandbox, kind, object(room, "out"), "/out");
	bind(room, object(room, "bootstrap"), "/bootstrap");
	room->sandbox->folder = "/build";
}

// A toolchain's own idea of its sysroot is <triple>/ beside bin/: there lies what this job may see.
static void show_libraries(struct room *room)
{
	const struct job *job = room->job;
	if (job->tools)
		bind(room, tree(room, job->tools), "/tools");
	if (!job->sysroot)
		return;
	bind(room, tree(room, job->sysroot), "/sysroot");
	bind(room, tree(room, job->sysroot),
	     mem_format("/tools/%s", room->wish->jobs->plan->target->triple));
}

static void program(struct room *room, const char *path, const struct list *more)
{
	struct list arguments = {0};
	list_push(&arguments, mem_text("/bin/sh"));
	list_push(&arguments, mem_text(path));
	if (more)
		EACH(char, argument, *more)
			list_push(&arguments, argument);
	list_push(&arguments, NULL);
	room->sandbox->argv = (char *const *)arguments.at;
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
	const char *top = tree(room, room->job->sysroot);
	struct list names = folder_names(top);
	EACH(const char, name, names)
		if (strcmp(name, "dev") != 0 && strcmp(name, "proc") != 0 &&
		    strcmp(name, "tmp") != 0)
			show_folder(room, top, name);
	emulate(room, top);
	if (room->wish->jobs->plan->foreign)
		room->sandbox->emulator = room->wish->jobs->plan->target->qemu;
	if (room->job->item->stage->native)
		room->sandbox->machine = room->wish->jobs->plan->target->machine;
}

static void show_build_machine(struct room *room, const struct item *item)
{
	show_host(room);
	if (item->stage->tools && !recipe_has_tool(item->recipe, "cc"))
		hide_headers(room);
	link_tools(room, item);
	show_libraries(room);
	if (room->job->trial && room->job->sysroot)
		emulate(room, tree(room, room->job->sysroot));
}

static void furnish_build(struct room *room)
{
	const struct item *item = room->job->item;
	if (stage_is_native(item->stage))
		show_root(room);
	else
		show_build_machine(room, item);
	show_workplace(room);
	bind(room, object(room, "recipe"), "/recipe");
	if (room->job->unpack)
		bind(room, tree(room, room->job->unpack), "/src");
	else if (item->recipe->checkout.count)
		bind(room, object(room, "checkout"), "/src");
	set_for_build(&room->variables, item, room->wish);
	program(room, "/bootstrap/run", NULL);
}

static void furnish_unpack(struct room *room)
{
	struct list arguments = {0};
	const struct source *source = room->job->source;
	const char *archive = tree(room, room->job->fetch);
	show_host(room);
	link_tools(room, NULL);
	show_workplace(room);
	bind(room, object(room, "recipe"), "/recipe");
	bind(room, archive, "/archive");
	set(&room->variables, "PATH=/host/bin");
	set(&room->variables, "EXCLUDE=%s", source->exclude);
	list_push(&arguments, mem_format("/archive/%s", source_file(source)));
	list_push(&arguments, mem_text("/out"));
	room->sandbox->folder = "/out"; // who looks around finds what a patch left there
	program(room, "/bootstrap/unpack", &arguments);
}

// Where a link leads that is neither in the system's folders nor below /run: on WSL resolv.conf does.
static void show_led_to(struct room *room, const char *path)
{
	char real[PATH_MAX];
	if (path && realpath(path, real) && !host_shows(real) && !is_below(real, "/run"))
		sandbox_try(room->sandbox, STEP_BIND, mem_text(real), mem_text(real));
}

// What names and certificates are looked up in.
static void show_network(struct room *room)
{
	sandbox_try(room->sandbox, STEP_BIND, "/run", "/run"); // resolv.conf often leads there
	sandbox_step(room->sandbox, STEP_LINK, "/run", "/var/run");
	show_led_to(room, "/etc/resolv.conf");
	show_led_to(room, "/etc/ssl/certs"); // openSUSE has them in /var/lib
	show_led_to(room, "/etc/ssl/ca-bundle.pem");
	show_led_to(room, getenv("SSL_CERT_FILE"));
	show_led_to(room, getenv("CURL_CA_BUNDLE"));
}

// A file by its path without links, by which the room has it.
static void pass(struct room *room, const char *name)
{
	char real[PATH_MAX];
	const char *value = getenv(name);
	bool file = !strcmp(name, "CURL_CA_BUNDLE") || !strcmp(name, "SSL_CERT_FILE");
	if (value)
		set(&room->variables, "%s=%s", name, file && realpath(value, real) ? real : value);
}

static void furnish_fetch(struct room *room)
{
	static const char *const passed[] = {
		"http_proxy",  "https_proxy", "ftp_proxy", "all_proxy",	     "no_proxy",
		"HTTPS_PROXY", "ALL_PROXY",   "NO_PROXY",  "CURL_CA_BUNDLE", "SSL_CERT_FILE"};
	struct list arguments = {0};
	const struct source *source = room->job->source;
	const char *mirror = room->wish->mirror;
	list_push(&arguments, mem_text(source_file(source)));
	if (mirror && *mirror == '/') {
		bind(room, mirror, "/mirror");
		set(&room->variables, "MIRROR=%s", mirror);
		mirror = "/mirror";
	}
	if (mirror)
		locations_of_mirror(&arguments, source, mirror);
	if (room->wish->offline)
		set(&room->variables, "UNASKED=%s", locations_unasked(source));
	else
		locations_of_recipe(&arguments, source);
	show_host(room);
	show_network(room);
	show_workplace(room);
	set(&room->variables, "PATH=/usr/bin:/bin:/usr/local/bin");
	set(&room->variables, "OWNER=%s", source->owner);
	set(&room->variables, "ASIDE=%s", object(room, "build"));
	for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
		pass(room, passed[i]);
	room->sandbox->network = true;
	program(room, "/bootstrap/fetch", &arguments);
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
	show_host(room);
	bind(room, tree(room, stage), "/tools");
	set(&room->variables, "PATH=/tools/bin:/usr/bin:/bin");
	bind_work(room);
}

// A root to look around and try things in: what is written there is gone afterwards.
static void furnish_root(struct room *room, const struct job *stage)
{
	emulate(room, tree(room, stage));
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
				   toolchain ? NULL : tree(&room, stage));
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
		furnish_fetch(&room);
	lock_machine(&room);
	list_push(&room.variables, NULL);
	room.sandbox->environment = (char *const *)room.variables.at;
	return room.sandbox;
}
