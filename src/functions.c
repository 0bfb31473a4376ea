// Enters: what is below a recipe's facts. Leaves: nothing, or an error at its line. May touch: nothing.
#include "functions.h"
#include "fail.h"
#include "names.h"

#include <string.h>

// A line of a recipe. `end` is where its remark begins.
struct line {
	const char *at;
	int number;
	size_t name, length, end;
};

static size_t without_remark(const char *at, size_t length)
{
	for (size_t i = 1; i < length; i++)
		if (at[i] == '#' && strchr(" \t", at[i - 1]))
			length = i;
	while (length && strchr(" \t", at[length - 1]))
		length--;
	return length;
}

static struct line line_at(const char *at, int number)
{
	size_t length = strcspn(at, "\n");
	return (struct line){at, number, strspn(at, FUNCTION_LETTERS), length,
			     without_remark(at, length)};
}

static int times_named(const char *text, const char *name)
{
	int times = 0;
	for (; (text = strstr(text, name)); text += strlen(name))
		times++;
	return times;
}

// With a slip of the pen a phase is a function that nobody calls. And test is called by all.
static void check_name(const struct conf *recipe, const char *name, int line)
{
	static char *const phases[] = {"prepare", "configure", "build", "check", "package"};
	struct list known = {0};
	if (!strcmp(name, "test"))
		fail_at(recipe->path, line,
			"test() would take the place of the shell's own; the phase is called check()");
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
		if (!strcmp(name, phases[i]))
			return;
		list_push(&known, phases[i]);
	}
	const char *hint = names_hint(name, &known);
	if (*hint && times_named(recipe->rest, name) == 1)
		fail_at(recipe->path, line, "nothing calls %s()%s", name, hint);
}

static bool begins_function(const struct conf *recipe, const struct line *line)
{
	const char *after = line->at + line->name;
	size_t blanks = strspn(after, " \t");
	if (!line->name || strncmp(after + blanks, "()", 2) != 0)
		return false;
	const char *name = mem_copy(line->at, line->name);
	if (blanks)
		fail_at(recipe->path, line->number, "write %s() without a blank", name);
	check_name(recipe, name, line->number);
	return true;
}

// "}" of a here-document ends no function. Where it begins, the word that ends it; "" elsewhere: of two with one
// command, which nobody writes, the first counts, and a blank before the word makes it a shift of bits.
static const char *here_document(const struct line *line)
{
	const char *at = strstr(mem_copy(line->at, line->end), "<<");
	at = at ? at + 2 : "";
	at += *at == '-';
	at += strspn(at, "\\'\"");
	return *at >= '0' && *at <= '9'
		       ? ""
		       : mem_copy(at, strspn(at, FUNCTION_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
}

// The end of the line that is `word`.
static struct line skip_document(struct line line, const char *word)
{
	for (;;) {
		const char *at = line.at + line.length;
		if (!*at)
			return line;
		line = line_at(at + 1, line.number + 1);
		size_t tabs = strspn(line.at, "\t");
		if (line.length == tabs + strlen(word) &&
		    !strncmp(line.at + tabs, word, strlen(word)))
			return line;
	}
}

// sh would read a fact down there, the runner does not. Inside of a function it is a variable, or a text of its own.
static void check_fact(const struct conf *recipe, const struct line *line)
{
	size_t blanks = strspn(line->at, " \t");
	size_t name = strspn(line->at + blanks, FUNCTION_LETTERS);
	if (name && line->at[blanks + name] == '=')
		fail_at(recipe->path, line->number,
			"facts belong above the functions; move %s= there",
			mem_copy(line->at + blanks, name));
}

static void check_lines(const struct conf *recipe)
{
	bool inside = false;
	const char *next = recipe->rest;
	for (int number = recipe->rest_line; *next; number++) {
		struct line line = line_at(next, number);
		const char *word = here_document(&line);
		if (begins_function(recipe, &line))
			inside = !line.end || line.at[line.end - 1] != '}';
		else if (inside)
			inside = !strchr("})", *line.at);
		else
			check_fact(recipe, &line);
		if (*word)
			line = skip_document(line, word);
		number = line.number;
		next = line.at + line.length;
		next += *next == '\n';
	}
}

void functions_check(const struct conf *recipe)
{
	struct line first = line_at(recipe->rest, recipe->rest_line);
	if (*recipe->rest && !begins_function(recipe, &first))
		fail_at(recipe->path, recipe->rest_line,
			"a recipe's head is facts (key=value); commands belong into a function");
	check_lines(recipe);
}
