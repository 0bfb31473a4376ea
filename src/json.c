// Enters: keys and values. Leaves: JSON text (RFC 8259). May touch: the arena.
#include "json.h"
#include "fail.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH = 32 };

struct json {
	struct text text;
	bool indented;
	int depth;
	bool filled[DEPTH]; // has this object or array something in it?
	char ends[DEPTH];   // what closes it
};

struct json *json_new(bool indented)
{
	struct json *json = mem_new(sizeof *json);
	json->indented = indented;
	return json;
}

void json_clear(struct json *json)
{
	json->text.length = 0;
	json->depth = 0;
	json->filled[0] = false;
}

static void say(struct json *json, const char *text)
{
	text_push(&json->text, text, strlen(text));
}

static void new_line(struct json *json)
{
	if (json->indented)
		say(json, "\n");
	for (int i = 0; json->indented && i < json->depth; i++)
		say(json, "  ");
}

// How many bytes the UTF-8 character at `text` has; 0: it is none. A NUL ends the text, so what
// follows the first byte is looked at one by one. Overlong forms and surrogates are none.
static size_t character(const unsigned char *text)
{
	static const struct {
		unsigned char first, last, low, high; // of the first byte, of the second
		size_t length;
	} forms[] = {
		{0x01, 0x7f, 0, 0, 1},	     {0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (text[0] < forms[i].first || text[0] > forms[i].last)
			continue;
		if (forms[i].length > 1 && (text[1] < forms[i].low || text[1] > forms[i].high))
			return 0;
		for (size_t at = 2; at < forms[i].length; at++)
			if ((text[at] & 0xc0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}

static void say_escaped(struct json *json, unsigned char byte)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *found = strchr(plain, byte);
	say(json, found ? mem_format("\\%c", letters[found - plain]) : mem_format("\\u%04x", byte));
}

static void say_quoted(struct json *json, const char *value)
{
	say(json, "\"");
	for (size_t length; *value; value += length) {
		const unsigned char byte = (unsigned char)*value;
		length = character((const unsigned char *)value);
		if (!length) {
			say(json, "\\ufffd");
			length = 1;
		} else if (byte < 0x20 || byte == '"' || byte == '\\' || byte == '<') {
			say_escaped(json, byte);
		} else {
			text_push(&json->text, value, length);
		}
	}
	say(json, "\"");
}

static void begin(struct json *json, const char *key)
{
	bool *filled = &json->filled[json->depth];
	if (*filled)
		say(json, ",");
	*filled = true;
	if (json->depth)
		new_line(json);
	if (key) {
		say_quoted(json, key);
		say(json, json->indented ? ": " : ":");
	}
}

static void open_with(struct json *json, const char *key, const char *opening, char end)
{
	begin(json, key);
	say(json, opening);
	if (++json->depth == DEPTH)
		fail(EXIT_HOST, "JSON is nested too deeply");
	json->filled[json->depth] = false;
	json->ends[json->depth] = end;
}

void json_object(struct json *json, const char *key)
{
	open_with(json, key, "{", '}');
}

void json_array(struct json *json, const char *key)
{
	open_with(json, key, "[", ']');
}

void json_end(struct json *json)
{
	bool filled = json->filled[json->depth];
	char end = json->ends[json->depth--];
	if (filled)
		new_line(json);
	text_push(&json->text, &end, 1);
}

void json_text(struct json *json, const char *key, const char *value)
{
	if (!value)
		return;
	begin(json, key);
	say_quoted(json, value);
}

void json_number(struct json *json, const char *key, double value)
{
	begin(json, key);
	say(json, isfinite(value) ? mem_format("%.15g", value) : "null");
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin(json, key);
	say(json, value ? "true" : "false");
}

const char *json_done(struct json *json)
{
	say(json, "\n");
	return json->text.bytes;
}
