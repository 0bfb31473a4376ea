// The one thing every program here needs: say what was not so, and fail.
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

// The widest that the processor itself does at once. RISC-V stops at eight bytes; what is wider takes libatomic,
// which only a whole system has.
#ifdef __riscv
enum { WIDEST_ATOMIC = 8 };
#else
enum { WIDEST_ATOMIC = 16 };
#endif

#endif
