// Enters: a path, or a text. Leaves: facts in the arena. May touch: the file it reads.
#include "conf.h"
#include "fail.h"
#include "file.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

struct cursor {
	struct conf *conf;
	const struct conf *seed;
	const char *at;
	int line;
};

static size_t name_length(const char *at)
{
	size_t length = 0;
	if (!isalpha((unsigned char)*at) && *at != '_')
		return 0;
	while (isalnum((unsigned char)at[length]) || at[length] == '_')
		length++;
	return length;
}

static const char *lookup(const struct cursor *in, const char *name)
{
	const char *value = conf_value(in->conf, name);
	return value || !in->seed ? value : conf_value(in->seed, name);
}

// At a `$`: adds the value of the name behind it and steps over both.
static void expand(struct cursor *in, struct text *out)
{
	bool braces = in->at[1] == '{';
	const char *name = in->at + 1 + braces;
	size_t length = name_length(name);
	if (!length || (braces && name[length] != '}'))
		fail_at(in->conf->path, in->line,
			"only $name and ${name} expand here; quote a plain $ with '...'");
	const char *key = mem_copy(name, length);
	const char *value = lookup(in, key);
	if (!value)
		fail_at(in->conf->path, in->line,
			"$%s is not set above this line; set it first, or use it in a function",
			key);
	text_push(out, value, strlen(value));
	in->at = name + length + braces;
}

static void quoted(struct cursor *in, struct text *out)
{
	int opened = in->line;
	for (in->at++; *in->at != '"';) {
		if (!*in->at)
			fail_at(in->conf->path, opened, "this \" is never closed");
		if (*in->at == '`' || (*in->at == '\\' && in->at[1] != '\n'))
			fail_at(in->conf->path, in->line,
				"facts are literal: no %c inside quotes; move it into a function",
				*in->at);
		if (*in->at == '$') {
			expand(in, out);
			continue;
		}
		in->line += *in->at == '\n' || *in->at == '\\';
		if (*in->at == '\\')
			in->at += 2; // as in sh, a backslash joins two lines
		else
			text_push(out, in->at++, 1);
	}
	in->at++;
}

static void plain_quoted(struct cursor *in, struct text *out)
{
	int opened = in->line;
	for (in->at++; *in->at != '\''; in->at++) {
		if (!*in->at)
			fail_at(in->conf->path, opened, "this ' is never closed");
		in->line += *in->at == '\n';
		text_push(out, in->at, 1);
	}
	in->at++;
}

static void bare(struct cursor *in, struct text *out)
{
	static const char shell[] = "`\\;&|<>()*?[]~";
	while (*in->at && !isspace((unsigned char)*in->at)) {
		if (strchr(shell, *in->at) || *in->at == '"' || *in->at == '\'')
			fail_at(in->conf->path, in->line,
				"%c in a bare value means something to a shell; put the value in quotes",
				*in->at);
		if (*in->at == '$')
			expand(in, out);
		else
			text_push(out, in->at++, 1);
	}
}

static const char *value(struct cursor *in)
{
	struct text out = {0};
	text_push(&out, "", 0);
	if (*in->at == '"')
		quoted(in, &out);
	else if (*in->at == '\'')
		plain_quoted(in, &out);
	else
		bare(in, &out);
	return out.bytes;
}

static void skip_comment(struct cursor *in)
{
	if (*in->at == '#')
		in->at += strcspn(in->at, "\n");
}

static void end_of_line(struct cursor *in, int line)
{
	size_t blanks = strspn(in->at, " \t");
	in->at += blanks;
	if (blanks)
		skip_comment(in);
	if (*in->at && *in->at != '\n')
		fail_at(in->conf->path, line, "one fact a line: nothing may follow the value");
}

// One fact, or false (nothing consumed) when the line is something else.
static bool fact(struct cursor *in)
{
	size_t length = name_length(in->at);
	if (!length || in->at[length] != '=')
		return false;
	struct fact *made = mem_new(sizeof *made);
	made->key = mem_copy(in->at, length);
	made->line = in->line;
	const struct fact *other = conf_fact(in->conf, made->key);
	if (other)
		fail_at(in->conf->path, in->line, "%s is set already in line %d; keep one of them",
			made->key, other->line);
	in->at += length + 1;
	made->value = value(in);
	end_of_line(in, made->line);
	list_push(&in->conf->facts, made);
	return true;
}

// Nobody would see what stands behind a value.
static void check_line_ends(const char *path, const char *text)
{
	const char *end = strchr(text, '\r');
	int line = 1;
	for (const char *at = text; end && at < end; at++)
		line += *at == '\n';
	if (end)
		fail_at(path, line,
			"a line ends as on another system; mend all: sed -i 's/\\r$//' %s", path);
}

const struct conf *conf_parse(const char *path, const char *text, const struct conf *seed)
{
	struct conf *conf = mem_new(sizeof *conf);
	struct cursor in = {.conf = conf, .seed = seed, .at = text, .line = 1};
	check_line_ends(path, text);
	conf->path = path;
	conf->text = text;
	while (*in.at) {
		if (*in.at == '#')
			skip_comment(&in);
		else if (*in.at != '\n' && !fact(&in))
			break;
		if (*in.at == '\n') {
			in.at++;
			in.line++;
		}
	}
	conf->rest = in.at;
	conf->rest_line = in.line;
	return conf;
}

const struct conf *conf_read(const char *path, const struct conf *seed)
{
	return conf_parse(path, file_text(path), seed);
}

const struct fact *conf_fact(const struct conf *conf, const char *key)
{
	EACH(const struct fact, found, conf->facts)
		if (!strcmp(found->key, key))
			return found;
	return NULL;
}

const char *conf_value(const struct conf *conf, const char *key)
{
	const struct fact *found = conf_fact(conf, key);
	return found ? found->value : NULL;
}

void conf_check(const struct conf *conf, const char *required, const char *optional)
{
	struct list wanted = words(required);
	struct list known = words(mem_format("%s %s", required, optional));
	EACH(const struct fact, found, conf->facts)
		if (!has_word(&known, found->key))
			fail_at(conf->path, found->line, "unknown key '%s'; known here: %s %s",
				found->key, required, optional);
	EACH(const char, key, wanted)
		if (!conf_fact(conf, key))
			fail_at(conf->path, conf->rest_line, "the key '%s' is missing; add %s=...",
				key, key);
}
