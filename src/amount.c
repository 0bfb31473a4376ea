// Enters: words such as 5h or 20G. Leaves: numbers. May touch: nothing.
#include "amount.h"
#include "fail.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// A number above 0 with one of `units` behind it, each `factor` times the one before; without one, of
// the first.
static double amount(const char *option, const char *text, const char *units, int factor,
		     const char *example)
{
	char *end;
	double number = strtod(text, &end);
	const char *unit = *end && !end[1] ? strchr(units, *end) : NULL;
	bool read = end != text && (unit || !*end);
	for (; unit && unit > units; unit--)
		number *= factor;
	if (!read || !(number > 0 && number < 1e18)) // what a long long holds
		fail(EXIT_INPUT,
		     "%s %s: a number above 0 is wanted, with one of %s behind it, such as %s",
		     option, text, units, example);
	return number;
}

double amount_span(const char *option, const char *text)
{
	return amount(option, text, "smh", 60, "5h");
}

// Bytes are never meant, and would empty a store.
double amount_size(const char *option, const char *text)
{
	static const char units[] = "BKMGT";
	char *end;
	double number = strtod(text, &end);
	if (!*end && number > 0 && number < 1e15)
		fail(EXIT_INPUT, "%s %s: %s of what? write %sG, or another of %s", option, text,
		     text, text, units);
	return amount(option, text, units, 1024, "20G");
}

int amount_whole(const char *option, const char *text)
{
	char *end;
	long number = strtol(text, &end, 10);
	if (*end || end == text || number < 1 || number > 4096)
		fail(EXIT_INPUT, "%s %s: a number from 1 to 4096 is wanted", option, text);
	return (int)number;
}
