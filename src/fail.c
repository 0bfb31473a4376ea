// Enters: a message. Leaves: one line on stderr, and for fail* the process. May touch: stderr.
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void say(const char *format, va_list args)
{
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void fail(enum exit_status status, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("bootstrap: ", stderr);
	say(format, args);
	va_end(args);
	exit(status);
}

void fail_at(const char *file, int line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (line)
		fprintf(stderr, "%s:%d: ", file, line);
	else
		fprintf(stderr, "%s: ", file);
	say(format, args);
	va_end(args);
	exit(EXIT_INPUT);
}

void warn(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("bootstrap: ", stderr);
	say(format, args);
	va_end(args);
}
