// The first error of a log: what a person looks for in the ten thousand lines of a failed build.
#ifndef ERRORS_H
#define ERRORS_H

#include <stdbool.h>

// The line of a log at which a try begins that goes on where an earlier one ended.
#define LOG_TRY "==> another try"

enum error_rank {
	NO_ERROR,
	WEAK_ERROR,   // may be the cause, if nothing better is there: "not found", make's "***"
	STRONG_ERROR, // a compiler, linker or tool says that it gives up
};

// What one line is. Trials of configure and CMake, which fail all day long, are no errors.
enum error_rank error_rank(const char *line);

// The program that this line says is not there; NULL: it says no such thing.
const char *error_program(const char *line);

enum { ERROR_LENGTH = 300 };
struct first_error {
	long line;		     // of the log, from 1
	char text[ERROR_LENGTH + 1]; // where it ends in a colon, with the next line
};

// The first strong error of the log's last `phase` ("": of the last try), or else the first weak one.
// False: there is none, or no log.
bool errors_first(const char *log, const char *phase, struct first_error *found);

#endif
