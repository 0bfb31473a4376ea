// Enters: a shell's name. Leaves: the file of src/completion/ for it, with all verbs and options in
// place of the line @words@. May touch: that file, stdout.
#include "conf.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
	const struct list words = options_words();
	EACH(const char, word, words)
		printf("\t%s \\\n", word);
	fputs(at + strlen(mark), stdout);
	return EXIT_DONE;
}
