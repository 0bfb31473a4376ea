// What a sweep of the store removes, by what it is of.
#ifndef WASTE_H
#define WASTE_H

#include "store.h"

struct waste {
	const char *what; // "stage2/libc for near"
	long long bytes;  // on disk
};

// struct waste *, the largest first, of paths in the store (store_doomed), which are still there.
struct list waste_of(const struct store *store, const struct list *doomed);

#endif
