// What jobs cost where no record tells: the file src/costs.
#ifndef COSTS_H
#define COSTS_H

#include "mem.h"

struct cost {
	const char *name; // "llvm", "musl:headers", "unpack/llvm"
	double seconds;	  // of one processor
};

// struct cost *. None when there is no such file; a malformed line is fatal.
struct list costs_read(const char *path);
// 0: nothing is known of it. `name` is tried first, then what stands before its ':'.
double costs_of(const struct list *costs, const char *name);

#endif
