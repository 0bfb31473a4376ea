// The one strict reader behind targets, stages, recipe heads, styles and the distro file: `#`
// comments and one fact a line, written so that POSIX sh reads the same values.
//
//	key=word  key="text, $earlier and ${earlier} expand, may span lines"  key='plain text'
#ifndef CONF_H
#define CONF_H

#include "mem.h"

struct fact {
	const char *key, *value;
	int line;
};

struct conf {
	const char *path, *text; // as read
	const char *rest;	 // text from the first line that is neither fact, comment nor blank
	int rest_line;
	struct list facts; // struct fact *
};

// Reads the facts at the head of `path`. `seed` (or NULL) gives names that may be expanded beside
// the file's own earlier ones. A malformed line, an unknown name or a second fact of the same key
// is fatal.
const struct conf *conf_read(const char *path, const struct conf *seed);
// The same of text already in memory; `path` is only for messages.
const struct conf *conf_parse(const char *path, const char *text, const struct conf *seed);

// NULL when there is no such fact.
const struct fact *conf_fact(const struct conf *conf, const char *key);
const char *conf_value(const struct conf *conf, const char *key);

// Dies on a fact outside both lists, and when one of `required` is missing. Lists are words.
void conf_check(const struct conf *conf, const char *required, const char *optional);

#endif
