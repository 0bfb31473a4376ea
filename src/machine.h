// What can be wrong with a build machine beside programs that are missing.
#ifndef MACHINE_H
#define MACHINE_H

#include "host.h"
#include "target.h"

struct finding {
	const char *fact;    // what was found, or NULL
	const char *trouble; // with the remedy; NULL: fine
};

struct finding machine_kernel(void);
struct finding machine_clock(const struct store *store);
struct finding machine_memory(const struct host *host);
// Why nothing that is built there can be run, with the remedy; NULL: it can.
const char *machine_noexec(const struct store *store);
// Of the store's folder: room, and what its file system can do.
struct finding machine_disk(const struct store *store);
struct finding machine_file_names(const struct store *store);
// By starting a program in a sandbox.
struct finding machine_sandbox(const struct store *store);
// By starting a target's qemu in one, where it is alone and registered.
struct finding machine_emulator(const struct store *store, const struct target *target);

#endif
