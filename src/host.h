// What the runner has to know of the build machine.
#ifndef HOST_H
#define HOST_H

#include "store.h"

struct host {
	const char *machine; // as uname -m says
	int processors;
	long memory; // MiB that are free to use
	const char *cc, *cxx;
	bool ninja_joins; // its ninja is a jobserver's client (1.13 and later)
};

const char *host_machine(void);

// Finds compilers and sizes. With `want_clang` only a clang of 19 or newer will do; fatal without.
const struct host *host_look(const struct store *store, bool want_clang);

bool host_has_clang(const struct store *store); // one that --host-clang would take

// Where PATH has a program; NULL when it has none.
const char *host_path(const char *program);

// The first line of `program --version`, remembered in the store for as long as the file has the
// same size and time. NULL when there is no such program.
const char *host_version(const struct store *store, const char *program);

// Compares "1.13.2" or "clang version 19.1" with major.minor: the first number found counts.
bool version_at_least(const char *text, int major, int minor);

#endif
