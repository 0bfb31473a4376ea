// What can be told of builds before the first one begins, and would else be found hours later.
#ifndef INSPECT_H
#define INSPECT_H

#include "run.h"

// Fatal when there is something to do and the store cannot be written; or when something may have to be
// built and nothing can be run from there; or when its recipe names a tool that is nowhere, or has
// functions that sh cannot read.
void inspect(const struct wants *wants);

#endif
