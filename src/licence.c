// Enters: an SPDX expression (SPDX specification, annex "SPDX license expressions"). Leaves: whether it
// reads as one. May touch: nothing.
#include "licence.h"

#include <stddef.h>
#include <string.h>

#define BLANKS " \t\n"
#define LETTERS                                                                                    \
	"abcdefghijklmnopqrstuvwxyz"                                                               \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"                                                               \
	"0123456789.+-"

// Each step leaves `*at` behind what it has read, and says whether that was there.
static size_t next_word(const char **at)
{
	*at += strspn(*at, BLANKS);
	return strspn(*at, LETTERS);
}

static bool operator_is(const char **at, const char *name)
{
	size_t length = next_word(at);
	if (length != strlen(name) || strncmp(*at, name, length) != 0)
		return false;
	*at += length;
	return true;
}

static bool identifier(const char **at)
{
	if (operator_is(at, "AND") || operator_is(at, "OR") || operator_is(at, "WITH"))
		return false;
	size_t length = next_word(at);
	*at += length;
	return length > 0;
}

static bool expression(const char **at);

static bool term(const char **at)
{
	next_word(at);
	if (**at != '(')
		return identifier(at) && (!operator_is(at, "WITH") || identifier(at));
	++*at;
	return expression(at) && *(*at)++ == ')';
}

static bool expression(const char **at)
{
	do
		if (!term(at))
			return false;
	while (operator_is(at, "AND") || operator_is(at, "OR"));
	next_word(at);
	return true;
}

bool licence_is_expression(const char *text)
{
	return expression(&text) && !*text;
}
