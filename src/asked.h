// What the processes of a room ask of its pid 1, which answers them.
//
// uname(2): native programs in a foreign root would else give the build machine away, and configure
// scripts go by it. And leave to die: an emulator ends itself by the signal that its program died
// of, in words that do not say which program that was.
#ifndef ASKED_H
#define ASKED_H

#include "sandbox.h"

#include <sys/utsname.h>

struct asked {
	int fd;		      // close-on-exec, readable when somebody asks; -1: nobody can
	const char *emulator; // how the emulator's own name begins, or NULL
	struct utsname names; // what uname(2) says
	struct death death;   // the last one
};

// From now on this process and all that it starts ask. False: errno tells. Without `machine` nobody
// asks for names, without `emulator` nobody for leave. Wants no_new_privs (seccomp(2)).
bool asked_listen(struct asked *asked, const char *machine, const char *emulator);
// Answers who asks. Async-signal-safe, as is the other.
void asked_answer(struct asked *asked);

#endif
