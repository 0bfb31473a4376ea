#!/usr/bin/env bats
# The program of recipes/emulator-test, on a real processor.
load common

setup() {
	common_setup
	cd "$BATS_TEST_TMPDIR" || return
	cc -O2 -Wall -Wextra -Wpedantic -Werror -pthread -o trial "$top/recipes/emulator-test/trial.c"
}
teardown() { cd / && common_teardown; }

@test "it finds nothing broken" {
	run ./trial
	ended 0
	equal words "" "$(printf '%s\n' "$output" | grep -v '^fine: ')"
	for what in fork vfork exec /proc/self/exe threads "fork beside threads" signals atomics; do
		says "fine: $what"
	done
}

@test "what a trial leaves behind, and what has no group yet, keep it from nothing" {
	cat >broken.c <<-'C'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <signal.h>
		#include <unistd.h>
		static int depth;
		pid_t fork(void)
		{
			pid_t child = ((pid_t(*)(void))dlsym(RTLD_NEXT, "fork"))();
			depth += child == 0;
			if (child == 0 && depth == 2)
				for (;;) pause();
			if (child > 0 && depth == 1)
				raise(SIGSEGV);
			return child;
		}
	C
	cc -shared -fPIC -o broken.so broken.c -ldl
	run env LD_PRELOAD="$PWD/broken.so" timeout 60 ./trial
	ended 1
	says "broken: fork: dies of signal 11"
	says "fine: atomics"
}

@test "it finds what is broken, and tries the rest" {
	cat >broken.c <<-'C'
		#include <stdlib.h>
		#include <unistd.h>
		pid_t vfork(void) { return -1; }
		int nanosleep(const void *a, void *b) { (void)a; (void)b; usleep(1000); return 0; }
		int sigaltstack(const void *a, void *b) { (void)a; (void)b; abort(); }
	C
	cc -shared -fPIC -o broken.so broken.c
	run env LD_PRELOAD="$PWD/broken.so" ./trial
	ended 1
	says "broken: vfork: no child: "
	says "broken: signals: "
	says "fine: threads"
	run unshare -Urm sh -c 'mount -t tmpfs none /proc; exec ./trial'
	ended 1
	says "broken: /proc/self/exe: cannot be read: "
	says "fine: atomics"
}
