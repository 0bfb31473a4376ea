// Enters: nothing. Leaves: the options and verbs there are, and their text for --help and completion. May
// touch: stdout, for --help.
#include "table.h"
#include "export.h"
#include "options.h"

#include <stdio.h>
#include <string.h>

const struct option option_table[] = {
// clang-format off: a row a line
#define AT(field) offsetof(struct options, field)
#define RUNS "building verify"
#define KEYS RUNS " why log report shell export" // what has to find the same builds
	{"--target", "NAME", TEXT, AT(target), 0, NULL, "the processor to build for; see targets"},
	{"--until", "STAGE", TEXT, AT(run.until), 0, "building plan", "stop after this stage"},
	{"--only", "RECIPE", NAMES, AT(run.only), 0, RUNS, "build this recipe and what it needs"},
	{"--fresh", "RECIPE", NAMES, AT(run.fresh), 0, RUNS,
	 "build this recipe again, from nothing"},
	{"-j", "N", NUMBER, AT(run.slots), 0, RUNS,
	 "processes at once in all (default: processors)"},
	{"--store", "DIR", TEXT, AT(store), 0, NULL, "where everything built is kept"},
	{"--mirror", "DIR|URL", TEXT, AT(run.mirror), 0, RUNS " doctor",
	 "ask here for source files first"},
	{"--offline", NULL, FLAG, AT(run.offline), 1, RUNS, "use no network but the mirror"},
	{"--fetch-only", NULL, FLAG, AT(run.fetch_only), 1, "building",
	 "bring the source files, build nothing"},
	{"--host-clang", NULL, FLAG, AT(host_clang), 1, KEYS " plan doctor gc",
	 "use this machine's clang (19 or newer) as stage1's"},
	{"--host-cc", "CC", TEXT, AT(host_cc), 0, KEYS " doctor gc",
	 "use this compiler of the machine's, such as gcc-12"},
	{"--no-native-tools", NULL, FLAG, AT(emulate_all), 1, KEYS " plan",
	 "emulate all programs of a foreign target"},
	{"--native-tools", NULL, FLAG, AT(sped_up), 1, "shell",
	 "shell: speed up a foreign root with them, as builds are"},
	{"--time-limit", "TIME", SPAN, AT(run.time_limit), 0, RUNS,
	 "stop after 90s, 30m or 5h; exit status 75"},
	{"--hang-limit", "TIME", SPAN, AT(run.hang_limit), 0, RUNS,
	 "end a job that is silent and idle so long (15m)"},
	{"--keep-going", NULL, FLAG, AT(run.keep_going), 1, RUNS,
	 "after a failure build what does not need it"},
	{"--json", "FILE", TEXT, AT(run.json), 0, RUNS,
	 "events, a JSON object a line; - is stdout"},
	{"--quiet", NULL, FLAG, AT(run.talk), QUIET, NULL, "print errors only"},
	{"--verbose", NULL, FLAG, AT(run.talk), VERBOSE, RUNS, "print phases and unions too"},
	{"--size", "SIZE", SIZE, AT(size), 0, "gc",
	 "gc: shrink the store to this, for example 20G"},
	{"--check", NULL, FLAG, AT(check), 1, "gc",
	 "gc: read all of the store, remove only what was damaged"},
	{"--dry-run", NULL, FLAG, AT(dry_run), 1, "gc", "gc: say what would go, remove nothing"},
	{"--format", "FORMAT", TEXT, AT(format), 0, "export",
	 "export: tar.zst, tar.xz, oci, squashfs, erofs or dir"},
	{"--output", "PATH", TEXT, AT(output), 0, "export report",
	 "export, report: where to (default: a name, here)"},
	{"--sign", "KEY", TEXT, AT(sign), 0, "export", "export: sign with this SSH key"},
	{"--trace", "FILE", TEXT, AT(trace), 0, "report", "report: write a trace for Perfetto too"},
	{"--build", "NAME", TEXT, AT(build), 0, "plan",
	 "plan: as seen from a build machine of this target"},
	{"--root", "DIR", TEXT, AT(root), 0, NULL, "the checkout (given by ./bootstrap itself)"},
#undef KEYS
#undef RUNS
#undef AT
	// clang-format on
	{0},
};

const struct verb verb_table[] = {
	{"plan", NULL, "all that there is to build, in order"},
	{"why", "[RECIPE]", "why it, or all that a run would build, would be built again"},
	{"log", "RECIPE", "what a recipe's last build, or try, printed"},
	{"report", NULL, "a page about the runs: times, sizes, what waits for what"},
	{"shell", "STAGE|RECIPE",
	 "a shell in a stage's root, or in a build's room (-- COMMAND: just that)"},
	{"verify", "STAGE", "build a stage once more, by itself, and compare every file"},
	{"export", "STAGE", "a stage as an archive, image or folder, with its papers"},
	{"targets", NULL, "the processors to build for"},
	{"doctor", NULL, "what this machine lacks"},
	{"gc", NULL, "remove from the store what the targets do not need"},
	{"completion", "SHELL", "a script that lets bash, zsh or fish complete all this"},
	{0},
};

const struct extra extra_table[] = {
	{"--setup", "install what this machine lacks to build, then go on"},
	{"--setup=export", "the same, and what export needs"},
	{"--setup=test", "the same, and what the tests need"},
	{"--help", "print this"},
	{"--version", "print the version"},
	{0},
};

void table_print(void)
{
	printf("usage: %s [OPTION]...             build all stages for a target\n"
	       "       %s VERB [OPTION]...\n\nverbs:\n",
	       fail_self(), fail_self());
	for (const struct verb *verb = verb_table; verb->name; verb++)
		printf("  %-22s %s\n",
		       mem_format("%s %s", verb->name, verb->operand ? verb->operand : ""),
		       verb->help);
	printf("\noptions:\n");
	for (const struct option *option = option_table; option->name; option++)
		printf("  %-22s %s\n",
		       mem_format("%s %s", option->name, option->operand ? option->operand : ""),
		       option->help);
	for (const struct extra *extra = extra_table; extra->name; extra++)
		printf("  %-22s %s\n", extra->name, extra->help);
	printf("\nexit status: 0 done, 1 a recipe failed, 2 wrong input, 3 this machine cannot do it,\n"
	       "75 stopped at the time limit, 128+N ended by signal N\n");
}

// What an operand may be: names in a folder of the checkout, files, folders or words. "-" for none,
// "?" for one that nobody can guess.
static const char *choices(const char *operand)
{
	static const char *const known[][2] = {
		{"NAME", "targets/"},	  {"STAGE", "stages/"},
		{"RECIPE", "recipes/"},	  {"STAGE|RECIPE", "stages/ recipes/"},
		{"[RECIPE]", "recipes/"}, {"SHELL", "bash zsh fish"},
		{"DIR", "@folders"},	  {"DIR|URL", "@folders"},
		{"FILE", "@files"},	  {"PATH", "@files"},
		{"KEY", "@files"},
	};
	if (!operand)
		return "-";
	if (!strcmp(operand, "FORMAT"))
		return export_formats();
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(known[i][0], operand))
			return known[i][1];
	return "?";
}

static void list_word(struct list *words, const char *name, const char *choices, const char *help)
{
	const char *line = mem_format("%s\t%s\t%s", name, choices, help);
	list_push(words, mem_text(options_quoted(line)));
}

struct list options_words(const char *verifiable)
{
	struct list words = {0};
	for (const struct verb *verb = verb_table; verb->name; verb++)
		list_word(&words, verb->name,
			  strcmp(verb->name, "verify") ? choices(verb->operand) : verifiable,
			  verb->help);
	for (const struct option *option = option_table; option->name; option++)
		list_word(&words, option->name, choices(option->operand), option->help);
	for (const struct extra *extra = extra_table; extra->name; extra++)
		list_word(&words, extra->name, "-", extra->help);
	return words;
}
