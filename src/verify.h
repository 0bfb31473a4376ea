// A stage that is built once more, by itself: for the run that does so.
#ifndef VERIFY_H
#define VERIFY_H

#include "run.h"

// Fatal where something that is asked for would not be compared.
void verify_check(const struct jobs *jobs, const struct run_wish *wish);
// Reports what differs once all is built; the status that this comes to.
enum exit_status verify_outcome(const struct jobs *jobs);

#endif
