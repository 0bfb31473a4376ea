// Enters: argv. Leaves: options. May touch: stdout, for --help.
#include "options.h"
#include "amount.h"
#include "export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef VERSION
#define VERSION "0.1"
#endif

enum { HANG_LIMIT = 900 }; // seconds

enum shape { FLAG, TEXT, NUMBER, SPAN, SIZE, NAMES };

// One table for the parser, --help and completion. `at` is the option's place in struct options.
static const struct option {
	const char *name, *operand;
	enum shape shape;
	size_t at;
	int value;	  // of a FLAG
	const char *uses; // verbs that it is for, "building" for none; NULL: all
	const char *help;
} table[] = {
// clang-format off: a row a line
#define AT(field) offsetof(struct options, field)
#define RUNS "building verify"
	{"--target", "NAME", TEXT, AT(target), 0, NULL, "the processor to build for; see targets"},
	{"--until", "STAGE", TEXT, AT(run.until), 0, "building plan", "stop after this stage"},
	{"--only", "RECIPE", NAMES, AT(run.only), 0, RUNS, "build this recipe and what it needs"},
	{"--fresh", "RECIPE", NAMES, AT(run.fresh), 0, RUNS,
	 "build this recipe again, from nothing"},
	{"-j", "N", NUMBER, AT(run.slots), 0, RUNS,
	 "processes at once in all (default: processors)"},
	{"--store", "DIR", TEXT, AT(store), 0, NULL, "where everything built is kept"},
	{"--mirror", "DIR|URL", TEXT, AT(run.mirror), 0, NULL, "ask here for source files first"},
	{"--offline", NULL, FLAG, AT(run.offline), 1, NULL, "use no network but the mirror"},
	{"--fetch-only", NULL, FLAG, AT(run.fetch_only), 1, "building",
	 "bring the source files, build nothing"},
	{"--host-clang", NULL, FLAG, AT(host_clang), 1, NULL,
	 "use this machine's clang (19 or newer) as stage1's"},
	{"--host-cc", "CC", TEXT, AT(host_cc), 0, NULL,
	 "use this compiler of the machine's, such as gcc-12"},
	{"--no-native-tools", NULL, FLAG, AT(emulate_all), 1, NULL,
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
	{"--verbose", NULL, FLAG, AT(run.talk), VERBOSE, NULL, "print phases and unions too"},
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
#undef RUNS
#undef AT
	// clang-format on
};

static const struct verb {
	const char *name, *operand, *help;
} verbs[] = {
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
};

// ./bootstrap itself takes --setup, and these two are answered at once.
static const struct extra {
	const char *name, *help;
} extras[] = {
	{"--setup", "install what this machine lacks to build, then go on"},
	{"--setup=export", "the same, and what export needs"},
	{"--setup=test", "the same, and what the tests need"},
	{"--help", "print this"},
	{"--version", "print the version"},
};

enum {
	OPTIONS = sizeof table / sizeof *table,
	VERBS = sizeof verbs / sizeof *verbs,
	EXTRAS = sizeof extras / sizeof *extras,
};

__attribute__((noreturn)) static void miss_operand(const char *name, const char *operand)
{
	fail(EXIT_INPUT, "nothing stands behind %s; write %s %s", name, name, operand);
}

__attribute__((noreturn)) static void help(void)
{
	printf("usage: ./bootstrap [OPTION]...             build all stages for a target\n"
	       "       ./bootstrap VERB [OPTION]...\n\nverbs:\n");
	for (int i = 0; i < VERBS; i++)
		printf("  %-22s %s\n",
		       mem_format("%s %s", verbs[i].name, verbs[i].operand ? verbs[i].operand : ""),
		       verbs[i].help);
	printf("\noptions:\n");
	for (int i = 0; i < OPTIONS; i++)
		printf("  %-22s %s\n",
		       mem_format("%s %s", table[i].name, table[i].operand ? table[i].operand : ""),
		       table[i].help);
	for (int i = 0; i < EXTRAS; i++)
		printf("  %-22s %s\n", extras[i].name, extras[i].help);
	printf("\nexit status: 0 done, 1 a recipe failed, 2 wrong input, 3 this machine cannot do it,\n"
	       "75 stopped at the time limit, 128+N ended by signal N\n");
	fail_unprinted();
	exit(EXIT_DONE);
}

// As a shell would have to be given it.
const char *options_quoted(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-_./=:,+@%";
	if (*word && !word[strspn(word, plain)])
		return word;
	char *text = mem_new(4 * strlen(word) + 3), *end = stpcpy(text, "'");
	for (; *word; word++) {
		*end++ = *word;
		if (*word == '\'')
			end = stpcpy(end, "\\''");
	}
	*end = '\'';
	return text;
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
	for (int i = 0; i < VERBS; i++)
		list_word(&words, verbs[i].name,
			  strcmp(verbs[i].name, "verify") ? choices(verbs[i].operand) : verifiable,
			  verbs[i].help);
	for (int i = 0; i < OPTIONS; i++)
		list_word(&words, table[i].name, choices(table[i].operand), table[i].help);
	for (int i = 0; i < EXTRAS; i++)
		list_word(&words, extras[i].name, "-", extras[i].help);
	return words;
}

static void set(struct options *options, const struct option *option, char *operand)
{
	void *at = (char *)options + option->at;
	switch (option->shape) {
	case FLAG:
		if (option->at == offsetof(struct options, run.talk))
			options->run.talk = (unsigned)option->value;
		else
			*(bool *)at = true;
		break;
	case TEXT:
		*(const char **)at = operand;
		break;
	case NUMBER:
		*(int *)at = amount_whole(option->name, operand);
		break;
	case SPAN:
		*(double *)at = amount(option->name, operand, "smh", 60, "5h");
		break;
	case SIZE:
		*(double *)at = amount(option->name, operand, "BKMGT", 1024, "20G");
		break;
	case NAMES:
		list_push(at, operand);
		break;
	}
}

// "--name=value", "--name value" and "-jN".
static const struct option *find(const char *word, char **value)
{
	for (int i = 0; i < OPTIONS; i++) {
		size_t length = strlen(table[i].name);
		if (strncmp(word, table[i].name, length) != 0)
			continue;
		bool glued = word[length] == '=' || (length == 2 && word[length]);
		if (word[length] && !glued)
			continue;
		*value = word[length] ? mem_text(word + length + (word[length] == '=')) : NULL;
		return &table[i];
	}
	return NULL;
}

// What other tools call -j, no slip of the pen would lead to.
static const char *option_meant(const char *word)
{
	struct list known = {0};
	const char *name = mem_copy(word, strcspn(word, "="));
	for (int i = 0; i < OPTIONS; i++)
		list_push(&known, mem_text(table[i].name));
	for (int i = 0; i < EXTRAS; i++)
		list_push(&known, mem_text(extras[i].name));
	return strcmp(name, "--jobs") ? names_hint(name, &known) : "; did you mean '-j'?";
}

// An installed bootstrap has no script in front of it, and so sees what that would take.
__attribute__((noreturn)) static void refuse(const char *word)
{
	if (!strncmp(word, "--setup", 7) && (!word[7] || word[7] == '='))
		fail(EXIT_INPUT, "%s is for the script at the top of a checkout: ./bootstrap %s",
		     word, word);
	fail(EXIT_INPUT, "'%s' is no option; see ./bootstrap --help%s", word, option_meant(word));
}

static int option(struct options *options, struct list *given, char **words, int left)
{
	char *value = NULL;
	const struct option *found = find(words[0], &value);
	if (!found)
		refuse(words[0]);
	if (found->shape == FLAG && value)
		fail(EXIT_INPUT, "%s takes no value", found->name);
	bool next = found->shape != FLAG && !value;
	if (next && left < 2)
		miss_operand(found->name, found->operand);
	set(options, found, next ? words[1] : value);
	list_push(given, (void *)found);
	return next ? 2 : 1;
}

static void word(struct options *options, const char *text)
{
	const char *known = "";
	struct list names = {0};
	if (!*options->verb && !strcmp(text, "help"))
		help();
	for (int i = 0; i < VERBS; i++) {
		known = mem_format("%s %s", known, verbs[i].name);
		list_push(&names, mem_text(verbs[i].name));
		if (*options->verb || strcmp(verbs[i].name, text) != 0)
			continue;
		options->verb = verbs[i].name;
		return;
	}
	if (!*options->verb)
		fail(EXIT_INPUT, "'%s' is no verb; known:%s%s", text, known,
		     names_hint(text, &names));
	if (options->operand)
		fail(EXIT_INPUT, "'%s': %s takes one name only", text, options->verb);
	options->operand = text;
}

static void check_operand(const struct options *options)
{
	for (int i = 0; i < VERBS; i++) {
		if (strcmp(verbs[i].name, options->verb) != 0)
			continue;
		if (verbs[i].operand && *verbs[i].operand != '[' && !options->operand)
			miss_operand(verbs[i].name, verbs[i].operand);
		if (!verbs[i].operand && options->operand)
			fail(EXIT_INPUT, "%s takes no name", verbs[i].name);
	}
}

static void check_use(const struct options *options, const char *name, const char *uses)
{
	const char *verb = *options->verb ? options->verb : "building", *known = "";
	struct list verbs_of = words(uses);
	EACH(const char, use, verbs_of) {
		if (!strcmp(use, verb))
			return;
		known = mem_format("%s%s%s", known, *known ? " and " : "", use);
	}
	if (uses)
		fail(EXIT_INPUT, "%s is for %s, not for %s", name, known, verb);
}

const struct options *options_parse(int argc, char **argv)
{
	struct list given = {0};
	struct options *options = mem_new(sizeof *options);
	options->verb = "";
	options->root = ".";
	options->run.talk = NORMAL;
	options->run.hang_limit = HANG_LIMIT;
	options->run.mirror = getenv("BOOTSTRAP_MIRROR");
	for (int i = 1; i < argc;) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			help();
		if (!strcmp(argv[i], "--version")) {
			puts("bootstrap " VERSION);
			fail_unprinted();
			exit(EXIT_DONE);
		}
		if (!strcmp(argv[i], "--")) {
			check_use(options, "--", "shell");
			while (++i < argc)
				list_push(&options->command, argv[i]);
			break;
		}
		if (argv[i][0] == '-') {
			i += option(options, &given, argv + i, argc - i);
			continue;
		}
		word(options, argv[i++]);
	}
	check_operand(options);
	options->just_fresh = options->run.fresh.count && !options->run.only.count &&
			      !options->run.until && !*options->verb;
	if (options->just_fresh)
		options->run.only = options->run.fresh;
	EACH(const struct option, option, given)
		check_use(options, option->name, option->uses);
	return options;
}

// The script gives the root by itself; whether --fresh is to be said again shows in the run.
static bool goes_without_saying(const struct option *option)
{
	return option && (option->at == offsetof(struct options, root) ||
			  option->at == offsetof(struct options, run.fresh));
}

const char *options_text(const struct options *options, int argc, char **argv)
{
	const char *text = fail_self();
	if (options->just_fresh)
		EACH(const char, name, options->run.only)
			text = mem_format("%s --only %s", text, options_quoted(name));
	for (int i = 1, next; i < argc; i = next) {
		char *value = NULL;
		const struct option *found = find(argv[i], &value);
		next = i + (found && found->shape != FLAG && !value ? 2 : 1);
		for (; i < next && i < argc && !goes_without_saying(found); i++)
			text = mem_format("%s %s", text, options_quoted(argv[i]));
	}
	return text;
}

const char *options_place(const struct options *options, const struct plan *plan)
{
	const char *store = options->store ? options_quoted(options->store) : NULL;
	const char *cc = options->host_cc
				 ? mem_format(" --host-cc %s", options_quoted(options->host_cc))
				 : "";
	return mem_format(" --target %s%s%s%s%s%s", plan->target->name,
			  plan->host_clang ? " --host-clang" : "", cc,
			  options->emulate_all ? " --no-native-tools" : "",
			  store ? " --store " : "", store ? store : "");
}
