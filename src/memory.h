// How much memory there is to work with.
#ifndef MEMORY_H
#define MEMORY_H

// MiB that the machine has free, or the control groups a run is in leave it (cgroups(7), both versions).
long memory_free(void);

#endif
