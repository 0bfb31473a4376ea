// A clean room as data: a list of steps that the runner fills in and a child walks once, after the
// fork, to make its root (enter.c). Nothing here needs root, and root does no harm.
#ifndef SANDBOX_H
#define SANDBOX_H

#include "mem.h"

#include <stdbool.h>
#include <sys/types.h>

struct step {
	enum step_kind {
		STEP_BIND,	 // `from`, read-only, with everything mounted below it
		STEP_BIND_WRITE, // the same, writable
		STEP_OVERLAY,	 // the same; what is written goes to memory
		STEP_TMPFS,	 // an empty folder in memory
		STEP_LINK,	 // a symbolic link that says `from`
		STEP_PROC,	 // this pid namespace's /proc
		STEP_DEVPTS,	 // pseudo terminals of its own
		STEP_BINFMT,	 // a private binfmt_misc; `from` is the line to register, or ""
	} kind;
	const char *from;
	const char *to;	  // inside the sandbox
	const char *path; // where that is before the child enters its root
	bool optional;	  // a missing `from` is fine
};

struct sandbox {
	const char *root; // an empty folder: the mount point of the new root, seen by nobody else
	const char *
		tree; // a tree to write on without changing it: lowest layer of an overlay; or NULL
	struct list steps;
	bool network;
	const char *machine;  // what uname(2) says in there; NULL: what it is
	const char *emulator; // runs its programs, or NULL; how the name of that begins
	bool interactive;     // keeps the terminal, the signals of its keys and the right to mount
	bool foreground;      // is given the terminal, as a group of its own
	const char *folder;
	char *const *argv, *const *environment;
	struct sandbox_fd {
		int from, to; // `to` is below SANDBOX_FDS
	} fds[8];
	size_t fd_count;
};
enum { SANDBOX_FDS = 10 };

struct sandbox *sandbox_new(const char *root, const char *tree);
void sandbox_step(struct sandbox *sandbox, enum step_kind kind, const char *from, const char *to);
// A bind that may be missing on the build machine.
void sandbox_try(struct sandbox *sandbox, enum step_kind kind, const char *from, const char *to);
void sandbox_fd(struct sandbox *sandbox, int from, int to);
// /proc, /dev with the harmless devices, /tmp: what every room has.
void sandbox_base(struct sandbox *sandbox);

// Enters the namespaces' mounts; runs in the child, before anything else of it. Uses only its
// stack. 0, or -1 with errno set and *step the index of the step that failed, STEP_OF_ROOT for the
// rest.
enum { STEP_OF_ROOT = -1 };
int sandbox_enter(const struct sandbox *sandbox, uid_t uid, gid_t gid, int *step);

struct death {	    // of a program that the emulator ran, by a signal
	int signal; // 0: none
	char program[32];
};

struct child {
	pid_t pid;
	int pidfd;   // readable when the child has ended; the caller waits for it and closes it
	int trouble; // the child's word on why it could not start
	struct death death; // the last one of a job that failed; set by spawn_trouble
	bool left;	    // it failed while something of it was still at work; the same
};

// The words of the command line, which no job is to read; they may name a password.
void spawn_hides(int argc, char **argv);

// Starts `sandbox->argv` as the only job of a new pid namespace, whose pid 1 dies with this
// process, and everything below with it. False: the kernel refused, errno tells.
bool spawn(const struct sandbox *sandbox, struct child *child);

// After the child ended: NULL when it got as far as its program; else why it did not, with the
// remedy where there is a known one.
const char *spawn_trouble(const struct sandbox *sandbox, struct child *child);
// Why this machine refuses a process with namespaces, as far as can be told: a sentence with the remedy.
const char *namespace_remedy(int error);

// A setting of the kernel that can forbid user namespaces. `value` is NULL where the kernel has no
// such setting, `remedy` where it forbids nothing.
struct namespace_setting {
	const char *name, *value, *remedy;
};
// The first, the second, ... of them; false when there are no more.
bool namespace_setting(size_t number, struct namespace_setting *found);

#endif
