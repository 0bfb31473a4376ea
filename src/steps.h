// How far a build is, from what it prints: the end of a log is all that is looked at.
#ifndef STEPS_H
#define STEPS_H

#include <stddef.h>

struct steps {
	long done, all; // 0 of 0: nothing is known
	char phase[32]; // "" when no phase began in this part of the log
};

// Takes the last word of a log's end. Known are ninja ("[12/345] "), CMake's makefiles ("[ 45%] "),
// ctest (" 3/80 Test ") and LLVM's lit ("(12 of 345)"). What an earlier phase counted is forgotten.
void steps_read(const char *text, size_t count, struct steps *steps);

#endif
