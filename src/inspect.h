// What can be told of builds before the first one begins, and would else be found hours later.
#ifndef INSPECT_H
#define INSPECT_H

#include "job.h"

// Fatal when a recipe that may have to be built names a tool that is nowhere, or has functions that
// sh cannot read.
void inspect(const struct jobs *jobs);

#endif
