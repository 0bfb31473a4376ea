// Enters: argv. Leaves: options. May touch: stdout, for --help.
#include "options.h"
#include "amount.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef VERSION
#define VERSION "0.1"
#endif

enum { HANG_LIMIT = 900 }; // seconds

__attribute__((noreturn)) static void miss_operand(const char *name, const char *operand)
{
	fail(EXIT_INPUT, "nothing stands behind %s; write %s %s", name, name, operand);
}

__attribute__((noreturn)) static void help(void)
{
	table_print();
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

// What is said is kept in logs and seen by others: no user and password of an address, but where they were.
static const char *bare(const char *word)
{
	const char *host = strstr(word, "://");
	if (!host)
		return word;
	host += strlen("://");
	const char *at = memrchr(host, '@', strcspn(host, "/"));
	return at ? mem_format("%.*s...%s", (int)(host - word), word, at) : word;
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
		*(double *)at = amount_span(option->name, operand);
		break;
	case SIZE:
		*(double *)at = amount_size(option->name, operand);
		break;
	case NAMES:
		list_push(at, operand);
		break;
	}
}

// "--name=value", "--name value" and "-jN".
static const struct option *find(const char *word, char **value)
{
	for (const struct option *option = option_table; option->name; option++) {
		size_t length = strlen(option->name);
		if (strncmp(word, option->name, length) != 0)
			continue;
		bool glued = word[length] == '=' || (length == 2 && word[length]);
		if (word[length] && !glued)
			continue;
		*value = word[length] ? mem_text(word + length + (word[length] == '=')) : NULL;
		return option;
	}
	return NULL;
}

// What other tools call -j, no slip of the pen would lead to.
static const char *option_meant(const char *word)
{
	struct list known = {0};
	const char *name = mem_copy(word, strcspn(word, "="));
	for (const struct option *option = option_table; option->name; option++)
		list_push(&known, mem_text(option->name));
	for (const struct extra *extra = extra_table; extra->name; extra++)
		list_push(&known, mem_text(extra->name));
	return strcmp(name, "--jobs") ? names_hint(name, &known) : "; did you mean '-j'?";
}

// An installed bootstrap has no script in front of it, and so sees what that would take.
__attribute__((noreturn)) static void refuse(const char *word)
{
	if (!strncmp(word, "--setup", 7) && (!word[7] || word[7] == '='))
		fail(EXIT_INPUT, "%s is for the script at the top of a checkout: ./bootstrap %s",
		     word, word);
	fail(EXIT_INPUT, "'%s' is no option; see %s --help%s", word, fail_self(),
	     option_meant(word));
}

struct given { // as the command line says it
	const struct option *option;
	const char *operand;
};

// The last one would hold, and whoever meant both would learn it late. Not so of --root, which the script gives first.
static void check_once(const struct list *given, const struct option *option, const char *operand)
{
	if (option->shape == FLAG || option->shape == NAMES ||
	    option->at == offsetof(struct options, root))
		return;
	const char *remedy = "keep one of them";
	if (option->at == offsetof(struct options, target))
		remedy = "run once for each, and the second reuses what the first built";
	EACH(const struct given, other, *given)
		if (other->option == option && strcmp(other->operand, operand) != 0)
			fail(EXIT_INPUT, "%s is there twice, with %s and with %s; %s", option->name,
			     bare(other->operand), bare(operand), remedy);
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
	value = next ? words[1] : value;
	check_once(given, found, value);
	set(options, found, value);
	struct given *made = mem_new(sizeof *made);
	*made = (struct given){found, value};
	list_push(given, made);
	return next ? 2 : 1;
}

static void word(struct options *options, const char *text)
{
	const char *known = "";
	struct list names = {0};
	if (!*options->verb && !strcmp(text, "help"))
		help();
	for (const struct verb *verb = verb_table; verb->name; verb++) {
		known = mem_format("%s %s", known, verb->name);
		list_push(&names, mem_text(verb->name));
		if (*options->verb || strcmp(verb->name, text) != 0)
			continue;
		options->verb = verb->name;
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
	for (const struct verb *verb = verb_table; verb->name; verb++) {
		if (strcmp(verb->name, options->verb) != 0)
			continue;
		if (verb->operand && *verb->operand != '[' && !options->operand)
			miss_operand(verb->name, verb->operand);
		if (!verb->operand && options->operand)
			fail(EXIT_INPUT, "%s takes no name", verb->name);
	}
}

// "a, b and c"
static const char *listed(const struct list *names)
{
	const char *text = "";
	EACH(const char, name, *names) {
		const char *between = name_i + 1 < names->count ? ", " : " and ";
		text = mem_format("%s%s%s", text, name_i ? between : "", name);
	}
	return text;
}

static void check_use(const struct options *options, const char *name, const char *uses)
{
	const char *verb = *options->verb ? options->verb : "building";
	struct list verbs = words(uses ? uses : verb);
	if (!has_word(&verbs, verb))
		fail(EXIT_INPUT, "%s is for %s, not for %s", name, listed(&verbs), verb);
}

// A download is all that can be fresh where nothing is built.
static void check_fresh(const struct options *options)
{
	EACH(const char, name, options->run.fresh)
		if (options->run.fetch_only && strncmp(name, "fetch/", strlen("fetch/")) != 0)
			fail(EXIT_INPUT,
			     "--fetch-only builds nothing, so not %s again; leave one of the two "
			     "out, or bring the file again with --fresh fetch/NAME",
			     name);
}

const struct options *options_parse(int argc, char **argv)
{
	struct list given = {0};
	struct options *options = mem_new(sizeof *options);
	options->verb = "";
	options->root = ".";
	options->run.talk = NORMAL;
	options->run.hang_limit = HANG_LIMIT;
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
	options->mirror_from = options->run.mirror ? "--mirror " : "BOOTSTRAP_MIRROR=";
	if (!options->run.mirror)
		options->run.mirror = getenv("BOOTSTRAP_MIRROR");
	check_operand(options);
	check_fresh(options);
	options->just_fresh = options->run.fresh.count && !options->run.only.count &&
			      !options->run.until && !*options->verb;
	if (options->just_fresh)
		options->run.only = options->run.fresh;
	EACH(const struct given, one, given)
		check_use(options, one->option->name, one->option->uses);
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
			text = mem_format("%s %s", text, options_quoted(bare(argv[i])));
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
