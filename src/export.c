// Enters: a stage in the store, and how it is wanted. Leaves: a file or folder and its papers, all
// whole or none. May touch: the output's folder; a process that packs (src/sh/export).
#include "export.h"
#include "fail.h"
#include "file.h"
#include "hash.h"
#include "packer.h"
#include "tree.h"
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct format {
	const char *name, *ending;
	const char *programs; // what packs it
} formats[] = {
	{"tar.zst", ".tar.zst", "tar zstd"},   {"tar.xz", ".tar.xz", "tar xz"},
	{"oci", ".oci.tar", "tar gzip"},       {"squashfs", ".squashfs", "tar mksquashfs"},
	{"erofs", ".erofs", "tar mkfs.erofs"}, {"dir", "", "tar stat"},
};

const char *export_formats(void)
{
	const char *text = formats[0].name;
	for (size_t i = 1; i < sizeof formats / sizeof *formats; i++)
		text = mem_format("%s %s", text, formats[i].name);
	return text;
}

const char *export_time(void)
{
	static char text[sizeof "2000-01-01T00:00:00Z"];
	const time_t time = TREE_TIME;
	struct tm parts;
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&time, &parts));
	return text;
}

const char *uuid_of(const char *digest)
{
	return mem_format("%.8s-%.4s-8%.3s-8%.3s-%.12s", digest, digest + 8, digest + 12,
			  digest + 15, digest + 18);
}

bool is_folder_format(const struct export *export)
{
	return !strcmp(export->format, "dir");
}

// A later line of the same recipe, or a later stage's, takes an earlier one's place.
static void add_build(struct list *builds, struct job *build)
{
	size_t kept = 0;
	for (size_t i = 0; i < builds->count; i++) {
		const struct item *other = ((const struct job *)builds->at[i])->item;
		if (other->recipe != build->item->recipe || other->purpose != build->item->purpose)
			builds->at[kept++] = builds->at[i];
	}
	builds->count = kept;
	list_push(builds, build);
}

static struct list builds_of(const struct job *stage)
{
	struct list builds = {0};
	EACH(const struct part, part, stage->parts) {
		struct list below = {0};
		if (part->job->item)
			list_push(&below, part->job);
		else
			below = builds_of(part->job);
		EACH(struct job, build, below)
			add_build(&builds, build);
	}
	return builds;
}

// ---- before anything is made ----

// The format whose files are called like this, or NULL.
static const struct format *format_by_ending(const char *path)
{
	for (size_t i = 0; path && i < sizeof formats / sizeof *formats; i++)
		if (*formats[i].ending && text_ends(path, formats[i].ending))
			return &formats[i];
	return NULL;
}

static const struct format *format_of(const struct options *options)
{
	const struct format *by_ending = format_by_ending(options->output), *found = by_ending;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (options->format && !strcmp(formats[i].name, options->format))
			found = &formats[i];
	if (options->format && (!found || strcmp(found->name, options->format) != 0))
		fail(EXIT_INPUT, "there is no format '%s'; known: %s", options->format,
		     export_formats());
	if (!found)
		fail(EXIT_INPUT,
		     "export wants a --format, or an --output that ends like one; known: %s",
		     export_formats());
	if (by_ending && found != by_ending)
		fail(EXIT_INPUT,
		     "--output %s is called like a %s, but --format says %s; change one",
		     options->output, by_ending->name, found->name);
	return found;
}

static void check_oci(const struct stage *stage, const struct target *target)
{
	if (stage->on_build_machine)
		fail(EXIT_INPUT,
		     "%s is a toolchain, no root to run: oci is for stages that run on the target; "
		     "choose another --format",
		     stage->name);
	if (!target->oci)
		fail(EXIT_INPUT,
		     "targets/%s does not say what OCI images call this processor; add oci=NAME "
		     "(Go's GOARCH)",
		     target->name);
}

void export_check(const struct options *options, const struct plan *plan)
{
	const struct stage *stage = plan_stage(plan, options->operand);
	const struct format *format = format_of(options);
	if (!strcmp(format->name, "oci"))
		check_oci(stage, plan->target);
	if (options->output && !strcmp(options->output, "-"))
		fail(EXIT_INPUT, "--output -: an export has papers beside it, and cannot go to "
				 "stdout; name a file");
	if (options->sign && access(options->sign, R_OK) < 0)
		fail(EXIT_INPUT, "--sign %s: this key cannot be read: %s", options->sign,
		     strerror(errno));
}

static void check_programs(const struct store *store, const struct format *format, bool sign)
{
	struct list programs = words(format->programs);
	if (sign)
		list_push(&programs, mem_text("ssh-keygen"));
	EACH(const char, program, programs) {
		if (!host_path(program))
			fail(EXIT_HOST, "%s is missing; install it with ./bootstrap --setup=export",
			     program);
		const char *make = host_misfit(store, program);
		if (make)
			fail(EXIT_HOST,
			     "%s is not %s, which writes the same everywhere; install it with "
			     "./bootstrap --setup=export",
			     host_path(program), make);
	}
}

// ---- where to ----

static bool is_folder(const char *path)
{
	struct stat info;
	return !stat(path, &info) && S_ISDIR(info.st_mode);
}

// Without the format's ending.
static const char *default_name(const struct jobs *jobs, const struct job *stage)
{
	const struct conf *distro = jobs->plan->distro;
	return mem_format("%s-%s-%s-%s", conf_value(distro, "id"), conf_value(distro, "version"),
			  stage->name, jobs->plan->target->name);
}

// A folder takes the place of one only where that is an earlier export, by the papers beside it: nobody's
// home is swept away by a slip of the pen. It cannot take that of a file or a link.
static void check_replaced(const char *path)
{
	struct stat info;
	const char *what = "was not exported";
	if (lstat(path, &info) < 0)
		return;
	if (!S_ISDIR(info.st_mode))
		what = "is no folder";
	else if (folder_is_empty(path))
		return;
	else if (!access(mem_format("%s.provenance.json", path), F_OK))
		return;
	fail(EXIT_INPUT, "%s is there already and %s; remove it, or give another --output", path,
	     what);
}

// Renaming a file to /dev/stdout would leave the machine without that.
static void check_file(const char *path)
{
	struct stat info;
	if (!stat(path, &info) && !S_ISREG(info.st_mode))
		fail(EXIT_INPUT, "%s is %s; remove it, or give another --output", path,
		     S_ISDIR(info.st_mode) ? "a folder" : "no file that can be replaced");
}

// A file goes into a folder that is there.
static const char *output_path(const char *given, const char *name, bool folder)
{
	char *path = mem_text(given ? given : name);
	size_t length = strlen(path);
	if (!folder && length && path[length - 1] == '/' && !is_folder(path))
		fail(EXIT_INPUT, "--output %s: there is no such folder; make it first", path);
	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	if (!folder && is_folder(path))
		path = mem_format("%s/%s", path, name);
	const char *last = base_name(path);
	if (!*last || !strcmp(last, ".") || !strcmp(last, ".."))
		fail(EXIT_INPUT, "--output %s: name what is to be made, not where", given);
	if (folder)
		check_replaced(path);
	else
		check_file(path);
	return path;
}

// ---- the work ----

static void must(bool done, const struct export *export, const char *what)
{
	if (!done)
		fail(EXIT_HOST, "%s: cannot %s: %s", export->work, what, strerror(errno));
}

// Nothing of the caller's but the way to programs: options for tar, xz and others in the
// environment would change the bytes.
static struct list packer_variables(const struct export *export)
{
	struct list to = {0};
	const struct target *target = export->jobs->plan->target;
	const char *path = getenv("PATH");
	bool tools = export->stage->stage->on_build_machine;
	const char *top = tools ? default_name(export->jobs, export->stage) : "";
	list_push(&to, mem_format("PATH=/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin%s%s",
				  path ? ":" : "", path ? path : ""));
	list_push(&to, mem_text("LC_ALL=C"));
	list_push(&to, mem_text("TZ=UTC"));
	list_push(&to, mem_format("TIME=%d", TREE_TIME));
	list_push(&to,
		  mem_format("TREE=%s/trees/%s", export->jobs->store->path, export->stage->out));
	list_push(&to, mem_format("CHECKOUT=%s", export->jobs->plan->root));
	list_push(&to, mem_format("WORK=%s", export->work));
	list_push(&to, mem_format("NAME=%s", export->name));
	list_push(&to, mem_format("UUID=%s", uuid_of(export->stage->out)));
	list_push(&to, mem_format("TRIPLE=%s", target->triple));
	list_push(&to, mem_format("MACHINE=%s", target->machine));
	list_push(&to, mem_format("CFLAGS=%s", target->cflags));
	list_push(&to, mem_format("TOOLCHAIN=%s", top));
	list_push(&to, NULL);
	return to;
}

static void step(const struct export *export, const char *name)
{
	const char *script = mem_format("%s/src/sh/export", export->jobs->plan->root);
	struct list variables = packer_variables(export);
	const char *const argv[] = {"/bin/sh", script, name, NULL};
	int status = packer_run(argv, (const char *const *)variables.at);
	if (status)
		fail(EXIT_HOST, "%s cannot be made: status %d of src/sh/export %s; nothing is left",
		     export->name, status, name);
}

static void pack(const struct export *export)
{
	step(export, "tree");
	if (is_folder_format(export))
		return;
	if (!strcmp(export->format, "oci")) {
		step(export, "layer");
		must(oci_write(export), export, "write the image");
	}
	step(export, export->format);
}

// For a folder the step "list" writes the paper: a line for every file in it, and one for the list
// of its modes and links.
static bool write_sums(struct export *export)
{
	const char *paper = mem_format("%s/result.sha256", export->work);
	if (is_folder_format(export)) {
		step(export, "list");
		return (export->digest = hash_file(mem_format("%s/list", export->work)));
	}
	export->digest = hash_file(mem_format("%s/result", export->work));
	return export->digest &&
	       file_write(paper, mem_format("%s  %s\n", export->digest, export->name));
}

static const char *commit(const struct export *export)
{
	step(export, "commit");
	const char *text = file_text(mem_format("%s/commit", export->work));
	return mem_copy(text, strcspn(text, "\n"));
}

static void write_papers(struct export *export)
{
	const char *result = mem_format("%s/result", export->work);
	must(write_sums(export), export, "write the hash");
	export->commit = commit(export);
	must(file_write(mem_format("%s.cdx.json", result), sbom_text(export)), export,
	     "write the bill of materials");
	must(file_write(mem_format("%s.provenance.json", result), provenance_text(export)), export,
	     "write the provenance");
}

// A folder cannot be signed; its hashes can, and one of them is that of its list.
static const char *signed_part(const struct export *export)
{
	return is_folder_format(export) ? ".sha256" : "";
}

static void sign(const struct export *export, const char *key)
{
	const char *what = mem_format("%s/result%s", export->work, signed_part(export));
	const char *const argv[] = {"ssh-keygen", "-q", "-Y", "sign", "-n",
				    "file",	  "-f", key,  what,   NULL};
	int status = packer_run(argv, NULL);
	if (status || access(mem_format("%s.sig", what), F_OK) < 0)
		fail(EXIT_INPUT,
		     "--sign %s: ssh-keygen does not sign with it (status %d); nothing is left",
		     key, status);
}

static void sync_folder(const struct export *export)
{
	int fd = open(export->work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(fd >= 0 && !syncfs(fd), export, "flush what was made");
	close(fd);
}

static void place_paper(const struct export *export, const char *path, const char *ending)
{
	const char *to = mem_format("%s%s", path, ending);
	must(packer_place(export->work, mem_format("result%s", ending), to), export,
	     mem_format("write %s", to));
}

// Papers last: beside a folder they say that it may be replaced, so they must not be there without it.
static void place(const struct export *export, const char *path, const char *key)
{
	bool folder = is_folder_format(export);
	sync_folder(export);
	packer_check();
	unlink(mem_format("%s.sig", path)); // of what was here before
	unlink(mem_format("%s.sha256.sig", path));
	must(packer_place(export->work, folder ? "tree" : "result", path), export,
	     mem_format("write %s", path));
	place_paper(export, path, ".provenance.json");
	if (folder)
		place_paper(export, path, ".list");
	place_paper(export, path, ".sha256");
	place_paper(export, path, ".cdx.json");
	if (key)
		place_paper(export, path, mem_format("%s.sig", signed_part(export)));
}

enum exit_status verb_export(const struct jobs *jobs, const struct options *options)
{
	const struct format *format = format_of(options);
	store_lock_all(jobs->store, false);
	const struct job *stage = built_stage(jobs, options, false);
	check_programs(jobs->store, format, options->sign);
	struct export export = {.jobs = jobs, .stage = stage, .format = format->name};
	const char *name = mem_format("%s%s", default_name(jobs, stage), format->ending);
	const char *path = output_path(options->output, name, is_folder_format(&export));
	export.host_cc = options->host_cc;
	export.emulate_all = options->emulate_all;
	export.builds = builds_of(stage);
	export.name = base_name(path);
	export.work = packer_begin(path);
	if (options->run.talk != QUIET && isatty(STDERR_FILENO))
		warn("packing %s; a big stage takes a while", path);
	pack(&export);
	write_papers(&export);
	if (options->sign)
		sign(&export, options->sign);
	place(&export, path, options->sign);
	if (stage->stage->on_build_machine && jobs->plan->host_clang)
		warn("%s calls this machine's clang; it works where that clang is, too",
		     export.name);
	if (options->run.talk != QUIET)
		puts(path);
	return EXIT_DONE;
}
