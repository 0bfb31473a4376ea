// Enters: a shell's name. Leaves: the file of src/completion/ for it, with all verbs and options in
// place of the line @words@. May touch: that file and those of stages/, to read; stdout.
#include "file.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct conf *stage(const char *root, const char *name)
{
	return conf_read(mem_format("%s/stages/%s", root, name), NULL);
}

// As stage_again takes it: built natively, from nothing. For any target, so no plan is asked.
static bool can_be_verified(const char *root, const char *name)
{
	const struct conf *conf = stage(root, name);
	const struct fact *tools = conf_fact(conf, "tools");
	if (!tools || !strcmp(tools->value, "build") || conf_fact(conf, "base"))
		return false;
	const struct fact *runs = conf_fact(stage(root, tools->value), "runs");
	return runs && !strcmp(runs->value, "target");
}

static const char *verifiable(const char *root)
{
	const char *text = "";
	const struct list names = folder_texts(mem_format("%s/stages", root));
	EACH(const char, name, names)
		if (can_be_verified(root, name))
			text = mem_format("%s%s%s", text, *text ? " " : "", name);
	return *text ? text : "?";
}

enum exit_status verb_completion(const struct options *options)
{
	static const char mark[] = "@words@\n";
	const char *path = mem_format("%s/src/completion/%s", options->root, options->operand);
	if (strchr(options->operand, '/') || access(path, R_OK))
		fail(EXIT_INPUT, "no completion for '%s'; known: bash zsh fish", options->operand);
	const char *text = file_text(path);
	const char *at = strstr(text, mark);
	if (!at)
		fail_at(path, 0, "the line @words@ is missing");
	printf("%.*s", (int)(at - text), text);
	const struct list words = options_words(verifiable(options->root));
	EACH(const char, word, words)
		printf("\t%s \\\n", word);
	fputs(at + strlen(mark), stdout);
	return EXIT_DONE;
}
