// Enters: a message. Leaves: one line on stderr, and for fail* the process. May touch: stderr, and
// stdout to flush it.
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void (*clear_first)(void);
static const char *self = "./bootstrap";

const char *fail_self(void)
{
	return self;
}

void fail_set_self(const char *command)
{
	self = command;
}

void fail_clear(void (*clear)(void))
{
	clear_first = clear;
}

// Line 0 leaves the number out.
static void say(const char *from, int line, const char *format, va_list args)
{
	if (clear_first)
		clear_first();
	fputs(from, stderr);
	if (line)
		fprintf(stderr, ":%d", line);
	fputs(": ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void fail(enum exit_status status, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	say("bootstrap", 0, format, args);
	va_end(args);
	exit(status);
}

void fail_at(const char *file, int line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	say(file, line, format, args);
	va_end(args);
	exit(EXIT_INPUT);
}

void fail_unprinted(void)
{
	if (fflush(stdout) || ferror(stdout))
		fail(EXIT_HOST, "what was printed is not whole; is there space for it?");
}

void warn(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	say("bootstrap", 0, format, args);
	va_end(args);
}
