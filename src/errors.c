// Enters: a log. Leaves: its first error. May touch: that file, to read it; the arena.
#include "errors.h"
#include "cells.h"
#include "mem.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Trials that are meant to fail: configure's conftest, CMake's try_compile.
static const char *const trials[] = {"conftest", "confdefs.h", "CMakeTmp", "CMakeScratch", "cmTC_"};

static const char *const strong[] = {
	": error: ",
	": fatal error: ",
	": Error: ",
	": ERROR: ",
	"error: ",
	"fatal error: ",
	"LLVM ERROR: ",
	"CMake Error",
	"undefined reference",
	"multiple definition of",
	"ld: cannot find ",
	"ld: symbol(s) not",
	"internal compiler error",
	"No space left on",
	"out of memory",
	"Out of memory",
	"PLEASE submit a bug",
	"Segmentation fault",
	"qemu: uncaught target signal",
	"QEMU internal SIG",
	"SyntaxError: ",
	"error[E",
	"broken: ",
	"curl: (",
	"refused: not the file",
	"patch: **** ",
	"bootstrap: ",
	"found wrong type of input",
	": parse error",
	": Assertion ",
	"Assertion failed: ",
	"panicked at ",
	"Can't locate ",
	"No rule to make target",
	"relocation R_",
	"Undefined symbols for",
	"Exec format error",
};

static const char *const weak[] = {
	": not found",
	": command not found",
	": No such file or directory",
	": Permission denied",
	": Read-only file sys",
	": parameter not set",
	": unbound variable",
	": Syntax error",
	": syntax error",
	"*** ",
	"FAILED: ",
	"FAIL: ",
	"not ok ",
	": Killed",
	": cannot ",
	": Bad substitution",
	": Input/output error",
	": Illegal option",
	": unrecognized option",
	": invalid option",
	"hunk FAILED",
	"hunks FAILED",
	": Is a directory",
	": not a directory",
	"ERROR: ",
	"Traceback (most",
};

// These are errors only where a line starts: elsewhere they are part of a sentence or an option.
static bool starts_only(const char *form)
{
	return *form != ':' && strchr(form, ' ') == form + strlen(form) - 1;
}

static bool has_any(const char *line, const char *const *forms, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (starts_only(forms[i]) ? !strncmp(line, forms[i], strlen(forms[i]))
					  : strstr(line, forms[i]) != NULL)
			return true;
	return false;
}

// "make[2]: *** [x] Error 1", also of a make that is called gmake
static bool is_make(const char *line)
{
	const char *stars = strstr(line, ": *** ");
	const char *name = strstr(line, "make");
	return stars && name && name < stars && !memchr(line, ' ', (size_t)(stars - line));
}

// What python ends a traceback with: "pkg.SomeError: why".
static bool is_exception(const char *line)
{
	static const char *const ends[] = {"Error: ", "Exception: "};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		const char *end = strstr(line, ends[i]);
		if (end && line + strcspn(line, " :") == strchr(end, ':'))
			return true;
	}
	return false;
}

// "configure: error: in `/build':" only says where: the error is what comes next.
static bool is_place(const char *line)
{
	return strstr(line, "configure: error: in ") && text_ends(line, "':");
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

enum error_rank error_rank(const char *line)
{
	if (has_any(line, trials, COUNT(trials)) || is_place(line))
		return NO_ERROR;
	bool stops = is_make(line) && !strstr(line, "No rule to make target");
	if (!stops && (has_any(line, strong, COUNT(strong)) || is_exception(line)))
		return STRONG_ERROR;
	return stops || has_any(line, weak, COUNT(weak)) ? WEAK_ERROR : NO_ERROR;
}

// How shells, make and env say that there is no such program: what stands before its name, and behind
// it. '#' is a digit.
static const struct {
	const char *before, *behind;
} missing[] = {
	{": ", ": command not found"}, // bash
	{"#: ", ": not found"},	       // dash, and busybox's in a script
	{"sh: ", ": not found"},       // busybox
	{"make: ", ": No such file or directory"},
	{"]: ", ": No such file or directory"}, // make[2]
	{"env: '", "': No such file or directory"},
	{"env: can't execute '", "': No such file or directory"},
};

static bool ends_in(const char *line, size_t length, const char *form)
{
	size_t tail = strlen(form);
	if (tail > length)
		return false;
	for (size_t i = 0; i < tail; i++) {
		char byte = line[length - tail + i];
		if (form[i] == '#' ? !isdigit((unsigned char)byte) : byte != form[i])
			return false;
	}
	return true;
}

static size_t name_before(const char *line, size_t end)
{
	size_t begin = end;
	while (begin && (isalnum((unsigned char)line[begin - 1]) || strchr("_+-", line[begin - 1])))
		begin--;
	return begin;
}

const char *error_program(const char *line)
{
	for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
		size_t length = strlen(line);
		if (!ends_in(line, length, missing[i].behind))
			continue;
		size_t end = length - strlen(missing[i].behind), begin = name_before(line, end);
		if (begin < end && ends_in(line, begin, missing[i].before) &&
		    strncmp(line + begin, "Makefile", strlen("Makefile")) != 0)
			return mem_copy(line + begin, end - begin);
	}
	return NULL;
}

static bool begins_phase(const char *line, const char *phase)
{
	static const char mark[] = "==> ";
	return *phase && !strncmp(line, mark, strlen(mark)) && !strcmp(line + strlen(mark), phase);
}

// CMake and rust say after a colon where it was, and what on the next line that is not empty.
static bool goes_on(const struct first_error *error)
{
	return text_ends(error->text, ":");
}

static void read_line(struct first_error *found, enum error_rank *best, const char *line,
		      long number)
{
	enum error_rank rank = error_rank(line);
	if (rank > *best) {
		*best = rank;
		found->line = number;
		snprintf(found->text, sizeof found->text, "%s", line);
		return;
	}
	line += strspn(line, " \t");
	if (*best && *line && number <= found->line + 2 && goes_on(found))
		text_add(found->text, sizeof found->text, " %s", line);
}

bool errors_first(const char *log, const char *phase, struct first_error *found)
{
	enum error_rank best = NO_ERROR;
	char *line = NULL;
	size_t room = 0;
	FILE *file = fopen(log, "re");
	if (!file)
		return false;
	ssize_t length;
	for (long number = 1; (length = getline(&line, &room, file)) >= 0; number++) {
		text_tame(line, (size_t)length);
		line[strcspn(line, "\n")] = '\0';
		if (begins_phase(line, phase) || !strcmp(line, LOG_TRY))
			best = NO_ERROR; // an earlier try has written above
		read_line(found, &best, line, number);
	}
	free(line);
	fclose(file);
	return best != NO_ERROR;
}
