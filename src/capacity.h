// What a run may take: the machine's, as far as the control groups it is in leave it (cgroups(7), both
// versions; the kernel's cgroup-v2.rst, cgroup-v1/memory.rst and scheduler/sched-bwc.rst).
#ifndef CAPACITY_H
#define CAPACITY_H

// MiB that are free.
long capacity_memory(void);
// At least 1: those that taskset or a cpuset leaves, or as many as a group's quota of time amounts to.
int capacity_processors(void);

#endif
