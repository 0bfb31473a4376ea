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

struct host_wish {
	bool clang;	// only a clang of 19 or newer will do
	const char *cc; // the C compiler's name, or NULL for the best there is
};

const char *host_machine(void);

// Finds compilers and sizes. Fatal without a compiler as wished for.
const struct host *host_look(const struct store *store, const struct host_wish *wish);

bool host_has_clang(const struct store *store); // one that --host-clang would take

// Where PATH has a program; NULL when it has none.
const char *host_path(const char *program);

// Folders that hold a machine's programs and what these need, not its users' files: rooms show them. NULL ends them.
extern const char *const host_folders[];
bool is_below(const char *path, const char *folder); // or that folder itself
bool host_shows(const char *path); // whether it lies in one of those, with links and without

// The first line of `program --version`, remembered in the store for as long as the file has the
// same size and time. NULL when there is no such program.
const char *host_version(const struct store *store, const char *program);
// Export's bytes are the same everywhere by programs of one make. NULL, or whose this one should be.
const char *host_misfit(const struct store *store, const char *program);

// Compares "1.13.2" or "clang version 19.1" with major.minor: the first number found counts.
bool version_at_least(const char *text, int major, int minor);

#endif
