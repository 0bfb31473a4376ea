// What the unit tests share: a folder to work in, files by one call, and calls that end the
// process.
#ifndef UNIT_H
#define UNIT_H

// cmocka wants these four before itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

// Where the C library names no word size, cmocka takes all but x86_64 for 32 bits, and has a type of its own.
#define HAVE_UINTPTR_T 1
#include <cmocka.h>

#include <stdbool.h>
#include <sys/types.h>

// A new folder, gone when the process ends.
const char *room(void);
void write_file(const char *path, const char *text);
// What a shell command prints; fails the test when its status is not 0.
__attribute__((format(printf, 1, 2))) const char *shell(const char *format, ...);

// Runs `act(with)` in a child. Returns its exit status, and what it said on stderr.
int outcome(void (*act)(const void *), const void *with, const char **words);
// Dies (status, and text among its words)?
void assert_fatal(void (*act)(const void *), const void *with, int status, const char *text);

#endif
