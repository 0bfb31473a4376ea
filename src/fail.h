// The error contract. While planning, an error is fatal at once and says what to do; once jobs
// run, a failure is a value in the job, and only what the machine cannot do at all ends here.
#ifndef FAIL_H
#define FAIL_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_RECIPE = 1,      // a recipe failed
	EXIT_INPUT = 2,	      // usage, or a target, stage or recipe that does not read
	EXIT_HOST = 3,	      // this machine cannot do it; the message has the remedy
	EXIT_TIME_LIMIT = 75, // EX_TEMPFAIL of sysexits.h: run again to go on
	EXIT_BY_SIGNAL = 128, // plus the signal's number, as shells do
};

// The command that people typed, as sh would have to be given it, for what they are advised to type.
const char *fail_self(void);
void fail_set_self(const char *command); // owned by the caller; without: ./bootstrap

// "bootstrap: ..." on stderr, then exit(status).
__attribute__((noreturn, format(printf, 2, 3))) void fail(enum exit_status status,
							  const char *format, ...);
// "file:line: ..." on stderr, then exit(EXIT_INPUT). Line 0 leaves the number out.
__attribute__((noreturn, format(printf, 3, 4))) void fail_at(const char *file, int line,
							     const char *format, ...);
__attribute__((format(printf, 1, 2))) void warn(const char *format, ...);
// Flushes stdout; fatal when anything of what was printed there is lost.
void fail_unprinted(void);
// Calls `clear` before every message, for who draws where messages go.
void fail_clear(void (*clear)(void));

#endif
