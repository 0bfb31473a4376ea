// The last words of an emulator, in a log.
#ifndef CRASH_H
#define CRASH_H

#include <stdbool.h>

enum { CRASH_WORDS = 120 };
struct crash {
	long line;  // of the log, from 1
	bool inner; // the emulator itself gave up; else its program died, as far as it knows
	char words[CRASH_WORDS]; // "signal 11 (Segmentation fault)", or what it says
};

// Whether an emulator that dies says this; sets all but the line.
bool crash_line(const char *line, struct crash *crash);
// The last such line of the log's last phase, behind so many bytes of earlier tries. False: there
// is none.
bool crash_find(const char *log, long long behind, struct crash *crash);

#endif
