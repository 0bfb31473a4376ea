// Enters: a log. Leaves: an emulator's last words in it. May touch: that file, to read.
#include "crash.h"
#include "cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// When its program dies of a signal, qemu says so and dies of the same; its own mistakes it tells
// from those since 8.2 only. The last is glib's, for what must not be.
static const char death[] = "qemu: uncaught target ";
static const char *const inner[] = {
	"QEMU internal SIG", "qemu: unhandled CPU exception ", "qemu: fatal: ", ": tcg fatal error",
	"Bail out! ERROR:",
};

static bool say(struct crash *crash, bool by_itself, const char *words, size_t length)
{
	if (length >= sizeof crash->words)
		length = sizeof crash->words - 1;
	memcpy(crash->words, words, length);
	crash->words[length] = '\0';
	crash->inner = by_itself;
	return true;
}

bool crash_line(const char *line, struct crash *crash)
{
	const char *at = strstr(line, death);
	if (at) {
		const char *words = at + strlen(death), *end = strstr(words, " - ");
		return say(crash, false, words, end ? (size_t)(end - words) : strlen(words));
	}
	for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
		if ((at = strstr(line, inner[i])))
			return say(crash, true, at, strlen(at));
	return false;
}

bool crash_find(const char *log, long long behind, struct crash *crash)
{
	static const char phase_mark[] = "==> ";
	bool found = false;
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	FILE *file = fopen(log, "re");
	for (long number = 1; file && (length = getline(&line, &room, file)) >= 0; number++) {
		behind -= length;
		if (behind >= 0)
			continue;
		text_tame(line, (size_t)length);
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, phase_mark, strlen(phase_mark)))
			found = false;
		if (!crash_line(line, crash))
			continue;
		crash->line = number;
		found = true;
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}
