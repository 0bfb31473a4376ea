// What programs of a room hear when they ask for the machine they run on: native programs in a
// foreign root would else give the build machine away, and configure scripts go by it.
#ifndef UNAME_H
#define UNAME_H

#include <sys/utsname.h>

// From now on uname(2) of this process and of all that it starts waits for an answer. A descriptor,
// close-on-exec, readable when somebody asks; -1 with errno set. *names becomes the answer: the
// kernel's own words, but for the machine. Wants no_new_privs (seccomp(2)).
int uname_listen(const char *machine, struct utsname *names);
// Answers who asks at `fd`. Async-signal-safe, as is the other.
void uname_answer(int fd, const struct utsname *names);

#endif
