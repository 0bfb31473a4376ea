// What every checkout that uses a store needs of it, for gc of the others.
//
//	checkouts/HASH      of a checkout, a target and a way to begin: a line "KEY JOB" for every job
#ifndef CHECKOUT_H
#define CHECKOUT_H

#include "job.h"

// Notes what a run needs, as far as it is known yet, and that what is there of it is used.
void checkout_note(const struct jobs *jobs);
// The name of its file.
const char *checkout_file(const struct jobs *jobs);

// Adds the names of all that other checkouts than `root` need.
void checkout_keep(const struct store *store, const char *root, struct list *names);
// Removes files of checkouts that are gone; of `root` all but `own`, where that is given.
void checkout_sweep(const struct store *store, const char *root, const struct list *own);

#endif
