// Enters: nothing but the machine. Leaves: for each thing the product needs, "fine" or what to do,
// by what it is needed for. May touch: stdout, and what the checks of machine.c touch.
#include "file.h"
#include "machine.h"
#include "sandbox.h"
#include "tree.h"
#include "verbs.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// LLVM's documentation asks for these (docs/GettingStarted, "Software"), and g++ for C++17.
static const struct {
	const char *program;
	int major, minor;
} oldest[] = {{"cmake", 3, 20}, {"python3", 3, 8}, {"g++", 7, 4}};

static size_t problems;	     // so far
static const char *no_store; // why there is none, NULL: there is
static const char *passing;  // a store's folder that only these checks have then

static void need(const char *what, struct finding finding)
{
	bool fact = finding.fact && *finding.fact;
	if (finding.trouble)
		printf("! %-28s %s\n", what, finding.trouble);
	else
		printf("  %-28s fine%s%s\n", what, fact ? ": " : "", fact ? finding.fact : "");
	problems += finding.trouble != NULL;
}

// "1.35.0" of "BusyBox v1.35.0 (Debian 1:1.35.0-4) multi-call binary."
static const char *number_in(const char *text)
{
	for (const char *at = text; *at; at++) {
		size_t length = strspn(at, "0123456789.");
		if (length > 2 && isdigit((unsigned char)*at) && memchr(at, '.', length - 1))
			return mem_copy(at, length - (at[length - 1] == '.'));
		at += length ? length - 1 : 0;
	}
	return "";
}

static struct finding check_program(const struct store *store, const char *program,
				    const char *group)
{
	bool always = !strcmp(group, "run");
	const char *version = host_version(store, program);
	if (!version)
		return (struct finding){
			.trouble = mem_format("missing; install it with ./bootstrap --setup%s%s",
					      always ? "" : "=", always ? "" : group),
		};
	const char *path = host_path(program);
	struct finding finding = {.fact = number_in(version)};
	if (always && !host_shows(path))
		finding.trouble =
			mem_format("it is at %s, where no sandbox sees it; install it for all "
				   "users, with ./bootstrap --setup",
				   path);
	const char *make = strcmp(group, "export") == 0 ? host_misfit(store, program) : NULL;
	if (make)
		finding.trouble =
			mem_format("%s is not %s, which writes the same everywhere; install it "
				   "with ./bootstrap --setup=export",
				   path, make);
	for (size_t i = 0; i < sizeof oldest / sizeof *oldest; i++)
		if (!strcmp(oldest[i].program, program) && *finding.fact &&
		    !version_at_least(finding.fact, oldest[i].major, oldest[i].minor))
			finding.trouble =
				mem_format("%s is %s, LLVM wants %d.%d or newer; replace it, "
					   "or put a newer one into /usr/local/bin",
					   path, finding.fact, oldest[i].major, oldest[i].minor);
	return finding;
}

// src/packages says, line by line, which programs are needed and which package has them where.
static void check_programs(const char *root, const struct store *store, const char *group)
{
	const struct conf *conf = conf_read(mem_format("%s/src/packages", root), NULL);
	for (const char *at = conf->rest; *at; at += strcspn(at, "\n") + 1) {
		struct list columns = words(mem_copy(at, strcspn(at, "\n")));
		const char *program = columns.count > 1 ? columns.at[1] : "-";
		if (strcmp(program, "-") != 0 && !strcmp(columns.at[0], group))
			need(program, check_program(store, program, group));
		if (!at[strcspn(at, "\n")])
			break;
	}
}

// A setting that would forbid sandboxes may have an exception for us: where they work, it is fine. Whether they do.
static bool check_sandbox(const struct store *store)
{
	struct finding sandbox = machine_sandbox(store);
	struct namespace_setting setting;
	need("sandbox without root", sandbox);
	for (size_t i = 0; namespace_setting(i, &setting); i++)
		if (setting.value)
			need(setting.name,
			     (struct finding){setting.value,
					      sandbox.trouble ? setting.remedy : NULL});
	return !sandbox.trouble;
}

static void check_targets(const char *root, const struct store *store, const char *machine)
{
	const struct list targets = targets_read(root, distro_read(root));
	EACH(const struct target, target, targets)
		if (strcmp(target->machine, machine) != 0)
			need(mem_format("programs for %s", target->name),
			     machine_emulator(store, target));
}

static struct finding check_compiler(const struct host *host)
{
	bool clang = !strncmp(host->cc, "clang", strlen("clang"));
	return (struct finding){
		.fact = clang ? host->cc
			      : mem_format("%s; with clang 19, which ./bootstrap --setup installs, "
					   "LLVM builds in half the time",
					   host->cc),
	};
}

static bool is_debian(void)
{
	const char *release = file_try("/etc/os-release");
	return release && strstr(mem_format("\n%s", release), "\nID=debian\n");
}

// The question is src/sh/fetch's. A mirror of Debian's archive tells by its address, or by the name of apt's list of
// mirrors, except on Debian, where it may have any.
static bool apt_knows_debian(void)
{
	char line[1024];
	bool found = is_debian();
	FILE *answer = popen("apt-get indextargets --no-release-info --format "
			     "'$(COMPONENT) $(REPO_URI)' 2>/dev/null </dev/null",
			     "re");
	while (answer && fgets(line, sizeof line, answer))
		found |= !strncmp(line, "main ", strlen("main ")) && strstr(line, "debian");
	if (answer)
		pclose(answer);
	return found;
}

// apt knows mirrors of its own, and curl what --mirror names.
static const char *downloads_trouble(const struct options *options)
{
	bool apt = !access("/usr/lib/apt/apt-helper", X_OK) ||
		   !access("/usr/libexec/apt/apt-helper", X_OK);
	if (apt && apt_knows_debian())
		return NULL;
	if (!host_path("curl"))
		return mem_format("neither curl nor %s; give sources with --mirror",
				  apt ? "an apt that knows Debian's archive" : "apt");
	if (options->run.mirror && *options->run.mirror)
		return NULL;
	return mem_format("%s a mirror of Debian's archive, where some sources are; name one with "
			  "--mirror URL, or in BOOTSTRAP_MIRROR",
			  apt ? "apt here does not know" : "no apt, which would know");
}

static void check_store(const struct store *store)
{
	need("disk", machine_disk(store));
	need("file names", machine_file_names(store));
	need("clock", machine_clock(store));
}

static void check_machine(const struct options *options, const struct store *store)
{
	need("kernel", machine_kernel());
	bool works = check_sandbox(store);
	if (no_store)
		need("store", (struct finding){.trouble = no_store});
	else
		check_store(store);
	need("downloads", (struct finding){.trouble = downloads_trouble(options)});
	const struct host *host =
		host_look(store, &(struct host_wish){options->host_clang, options->host_cc});
	need("compiler", check_compiler(host));
	need("processors", (struct finding){.fact = mem_format("%d", host->processors)});
	need("memory", machine_memory(host));
	if (works) // else nothing can be said of emulators
		check_targets(options->root, store, host->machine);
}

static void remove_passing(void)
{
	tree_remove(passing);
}

static const char *passing_folder(void)
{
	const char *place = getenv("TMPDIR");
	char *path = mem_format("%s/bootstrap.XXXXXX", place && *place ? place : "/tmp");
	if (!mkdtemp(path))
		fail(EXIT_HOST, "%s", no_store);
	passing = path;
	atexit(remove_passing);
	return path;
}

// What there is to find out is found out without the store that is meant, too.
static const struct store *open_store(const char *path)
{
	const struct store *store = path ? store_try(path, &no_store) : NULL;
	if (!path)
		no_store = NO_STORE;
	return store ? store : store_open(passing_folder());
}

enum exit_status verb_doctor(const struct options *options, const char *path)
{
	static const char *const groups[][2] = {
		{"run", "to build"}, {"export", "to export"}, {"test", "to test"}};
	const struct store *store = open_store(path);
	size_t found[3];
	for (size_t i = 0; i < 3; i++) {
		problems = 0;
		printf("%s:\n", groups[i][1]);
		check_programs(options->root, store, groups[i][0]);
		if (!i)
			check_machine(options, store);
		found[i] = problems;
		putchar('\n');
	}
	printf("problems: %zu to build, %zu to export, %zu to test\n", found[0], found[1],
	       found[2]);
	return found[0] ? EXIT_HOST : EXIT_DONE;
}
