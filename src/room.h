// What each kind of job finds in its sandbox: fixed paths, the same for every stage, and an
// environment with nothing inherited but what is listed.
#ifndef ROOM_H
#define ROOM_H

#include "job.h"
#include "sandbox.h"

struct room_wish {
	const struct jobs *jobs;
	const char *mirror; // folder, URL, or NULL
	bool offline;
	int share;	       // slots the job may count on, for tools that know no jobserver
	const char *makeflags; // of the jobserver
	long memory;	       // MiB
	bool looks_around;     // nothing that is written there may stay
};

// The job's materials must be in the store, its object folder made.
struct sandbox *room_of(const struct job *job, const struct room_wish *wish);
// A room to look around in a stage: its root, or that sped up, under a layer in memory, or, for one
// that runs on the build machine, that machine with the stage's tools first in PATH.
struct sandbox *room_of_stage(const struct jobs *jobs, const struct job *stage);

#endif
