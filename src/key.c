// Enters: a job whose inputs are known. Leaves: its manifest (every fact its output may depend on,
// one a line) and its key, the manifest's hash. May touch: files it hashes.
//
// Outputs of other jobs are named by their hash, not their key: a recipe that changed, but made the
// same bytes, changes nothing further up.
#include "emulator.h"
#include "fail.h"
#include "hash.h"
#include "job.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// To be raised when the runner itself comes to build differently from the same facts.
static const char generation[] = "1";

struct manifest {
	const struct jobs *jobs;
	struct text text;
	const char *trouble; // what could not be read, NULL: nothing
};

__attribute__((format(printf, 2, 3))) static void say(struct manifest *to, const char *format, ...);

static void say(struct manifest *to, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *line = mem_vformat(format, args);
	va_end(args);
	text_push(&to->text, line, strlen(line));
	text_push(&to->text, "\n", 1);
}

static void miss(struct manifest *to, const char *path, const char *why)
{
	if (!to->trouble)
		to->trouble = mem_format("%s: cannot be read: %s", path, why);
}

// Keys are made during a run, too, when somebody may be at work on the checkout: what is gone is one
// job's trouble.
static struct list names_in(struct manifest *to, const char *path)
{
	struct list names = {0};
	if (!folder_try(path, &names))
		miss(to, path, strerror(errno));
	return names;
}

static void say_file(struct manifest *to, const char *below)
{
	const char *path = mem_format("%s/%s", to->jobs->plan->root, below);
	struct stat info;
	if (stat(path, &info) < 0 || access(path, R_OK) < 0) {
		miss(to, path, strerror(errno));
		return;
	}
	if (S_ISDIR(info.st_mode)) {
		struct list names = names_in(to, path);
		EACH(const char, name, names)
			say_file(to, mem_format("%s/%s", below, name));
		if (!names.count) // a copy has it all the same
			say(to, "folder %s", below);
		return;
	}
	if (!S_ISREG(info.st_mode)) { // to be read for ever, or until somebody writes to it
		miss(to, path, "it is no file; remove it");
		return;
	}
	const char *digest = hash_file(path);
	if (!digest)
		miss(to, path, strerror(errno));
	else
		say(to, "file %s %s%s", below, digest, info.st_mode & 0100 ? " x" : "");
}

// The style, and what it keeps beside itself under its name (configure, configure.site).
static void say_style(struct manifest *to, const char *style)
{
	size_t length = strlen(style);
	struct list names = names_in(to, mem_format("%s/src/sh/style", to->jobs->plan->root));
	EACH(const char, name, names)
		if (!strncmp(name, style, length) && (!name[length] || name[length] == '.'))
			say_file(to, mem_format("src/sh/style/%s", name));
}

static void say_tool(struct manifest *to, const char *tool)
{
	const char *version = host_version(to->jobs->store, tool);
	if (version)
		say(to, "tool %s %s", tool, version);
}

// With the compiler, what its output holds of others: an assembler's and a linker's work, the C library, which
// ldd belongs to, and gcc's C++ library, which a clang links as well.
static void say_compiler(struct manifest *to, const char *unused)
{
	static const char *const others[] = {"as", "ld", "ldd", "gcc"};
	const struct jobs *jobs = to->jobs;
	(void)unused;
	say(to, "tool cc %s", host_version(jobs->store, jobs->host->cc));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		say_tool(to, others[i]);
}

// Ten thousand jobs read the shell side and ask for the tools' versions once.
static void say_once(struct manifest *to, struct names *of, const char *name,
		     void (*reader)(struct manifest *, const char *))
{
	if (!names_find(of, name).count) {
		struct manifest *made = mem_new(sizeof *made);
		made->jobs = to->jobs;
		reader(made, name);
		names_add(of, name, made);
	}
	const struct manifest *made = names_find(of, name).at[0];
	if (!to->trouble)
		to->trouble = made->trouble;
	if (made->text.length)
		text_push(&to->text, made->text.bytes, made->text.length);
}

static void say_target(struct manifest *to, const struct item *item)
{
	static const char *const machine[] = {"target", "build", "cross"};
	const struct plan *plan = to->jobs->plan;
	const struct target *target = plan->target;
	say(to, "for %s", machine[item->purpose]);
	say(to, "backends %s", plan->backends);
	if (item->purpose == FOR_BUILD)
		return;
	say(to, "triple %s", target->triple);
	say(to, "machine %s", target->machine);
	say(to, "kernel %s", target->kernel);
	say(to, "llvm %s", target->llvm);
	say(to, "cflags %s", target->cflags);
	say(to, "loader %s", target->loader);
}

static void say_distro(struct manifest *to)
{
	EACH(const struct fact, fact, to->jobs->plan->distro->facts)
		say(to, "distro %s %s", fact->key, fact->value);
}

// Where the build machine's own tools do the building, their versions count; further up, what they
// gave is in the hashes of the stage below.
static void say_host(struct manifest *to, const struct item *item)
{
	const struct jobs *jobs = to->jobs;
	say(to, "build-machine %s", jobs->host->machine);
	if (item->purpose != FOR_BUILD)
		say(to, "foreign %d", jobs->plan->foreign);
	say_once(to, &jobs->shared->tools, "", say_compiler);
	EACH(const char, tool, item->recipe->tools)
		say_once(to, &jobs->shared->tools, tool, say_tool);
}

static void say_parts(struct manifest *to, const char *what, const struct job *union_of)
{
	if (!union_of)
		return;
	EACH(const struct part, part, union_of->parts)
		say(to, "%s %s %s", what, part->job->name, part->job->out);
}

static void manifest_of_build(struct manifest *to, const struct job *job)
{
	const struct item *item = job->item;
	say(to, "build %s", item->name);
	say_file(to, mem_format("recipes/%s", item->recipe->name));
	say_once(to, &to->jobs->shared->files, "src/sh/run", say_file);
	if (item->purpose == FOR_TARGET)
		say_once(to, &to->jobs->shared->files, "src/sh/tidy", say_file);
	say_once(to, &to->jobs->shared->styles, item->recipe->style, say_style);
	say_target(to, item);
	EACH(const struct fact, value, item->values)
		say(to, "value %s %s", value->key, value->value);
	EACH(const char, part, item->recipe->checkout)
		say_file(to, part);
	if (item->recipe->reads_distro)
		say_distro(to);
	if (!item->stage->tools)
		say_host(to, item);
	if (stage_is_native(item->stage))
		say(to, "native");
	else
		say_once(to, &to->jobs->shared->files, "src/sh/base-tools", say_file);
	if (job->trial)
		say(to, "emulator %s", emulator_version(to->jobs));
	if (job->unpack)
		say(to, "source %s %s", job->unpack->source->version, job->unpack->key);
	say_parts(to, "library", job->sysroot);
	say_parts(to, "tools", job->tools);
}

static void manifest_of_fetch(struct manifest *to, const struct source *source)
{
	say(to, "fetch %s", source_file(source));
	if (source->url)
		say(to, "sha256 %s", source->sha256);
	if (source->debian)
		say(to, "sha256 %s", source->debian_sha256);
}

static void manifest_of_unpack(struct manifest *to, const struct job *job)
{
	say(to, "unpack");
	manifest_of_fetch(to, job->source);
	say(to, "exclude %s", job->source->exclude);
	say_once(to, &to->jobs->shared->files, "src/sh/unpack", say_file);
	struct list names = names_in(to, job->source->dir);
	EACH(const char, name, names)
		if (text_ends(name, ".patch"))
			say_file(to, mem_format("recipes/%s/%s", job->source->owner, name));
}

static void manifest_of_compose(struct manifest *to, const struct job *job)
{
	say(to, "compose all %s", job->over ? "over" : "side by side");
	EACH(const struct part, part, job->parts)
		say(to, "part /%s %s", part->below, part->job->out);
}

bool job_set_key(const struct jobs *jobs, struct job *job)
{
	struct manifest manifest = {.jobs = jobs};
	if (job->key)
		return true;
	if (job->unpack &&
	    !job_set_key(jobs, job->unpack)) // from pins alone: nothing has to be fetched for it
		manifest.trouble = job->unpack->trouble;
	say(&manifest, "generation %s", generation);
	switch (job->kind) {
	case JOB_FETCH:
		manifest_of_fetch(&manifest, job->source);
		break;
	case JOB_UNPACK:
		manifest_of_unpack(&manifest, job);
		break;
	case JOB_BUILD:
		manifest_of_build(&manifest, job);
		break;
	case JOB_COMPOSE:
		manifest_of_compose(&manifest, job);
		break;
	}
	job->trouble = manifest.trouble;
	if (job->trouble)
		return false;
	job->manifest = manifest.text.bytes;
	job->key = hash_text(job->manifest);
	return true;
}

bool job_renew_key(const struct jobs *jobs, struct job *job)
{
	*jobs->shared = (struct shared){0};
	job->key = NULL;
	return job_set_key(jobs, job);
}
