// Enters: the end of a log. Leaves: which phase it is in, and how far. May touch: nothing else.
#include "steps.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 256 };
static const char phase_mark[] = "==> "; // as src/sh/run prints it

static bool is_lit(const char *line)
{
	static const char *const words[] = {"PASS: ", "FAIL: ", "XFAIL: ", "UNSUPPORTED: "};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strncmp(line, words[i], strlen(words[i])))
			return true;
	return false;
}

static bool counts(const char *line, long *done, long *all)
{
	const char *tail;
	char end = '\0';
	if (sscanf(line, "[%9ld/%9ld%c", done, all, &end) == 3 && end == ']')
		return true;
	if (sscanf(line, "[%9ld%c", done, &end) == 2 && end == '%') {
		*all = 100;
		return true;
	}
	if (sscanf(line, " %9ld/%9ld Tes%c", done, all, &end) == 3 && end == 't')
		return true;
	tail = is_lit(line) ? strrchr(line, '(') : NULL;
	return tail && sscanf(tail, "(%9ld of %9ld%c", done, all, &end) == 3 && end == ')';
}

static void read_line(const char *line, struct steps *steps)
{
	long done = 0, all = 0;
	if (!strncmp(line, phase_mark, strlen(phase_mark))) {
		*steps = (struct steps){0};
		snprintf(steps->phase, sizeof steps->phase, "%.31s", line + strlen(phase_mark));
	} else if (counts(line, &done, &all) && all > 0 && done >= 0 && done <= all) {
		steps->done = done;
		steps->all = all;
	}
}

void steps_read(const char *text, size_t count, struct steps *steps)
{
	const char *end = text + count;
	*steps = (struct steps){0};
	while (text < end) {
		char line[LINE] = "";
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((newline ? newline : end) - text);
		memcpy(line, text, length < LINE ? length : LINE - 1);
		read_line(line, steps);
		text += length + 1;
	}
}
