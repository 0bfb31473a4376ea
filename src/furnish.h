// What the rooms of several kinds have in common, while one is put together. Nothing is mounted yet:
// steps are listed, for the sandbox to take.
#ifndef FURNISH_H
#define FURNISH_H

#include "room.h"

struct room {
	const struct job *job;
	const struct room_wish *wish;
	struct sandbox *sandbox;
	struct list variables;
};

// Where a job's output lies in the store, and what is below its object folder.
const char *room_tree(const struct room *room, const struct job *job);
const char *room_object(const struct room *room, const char *below);
// Read-only.
void room_show(struct room *room, const char *from, const char *to);
// top/name as /name, if there is one.
void room_show_folder(struct room *room, const char *top, const char *name);
void room_show_host(struct room *room);
// The job's own folders, of which it may write to two: /build and /out.
void room_show_workplace(struct room *room);
// In /host/bin: a tool of the build machine, if there is one that a room sees; and the base set.
void room_link_tool(struct room *room, const char *name);
void room_link_base(struct room *room);
// What is run: a script, and its arguments if there are any.
void room_program(struct room *room, const char *path, const struct list *more);

// The one kind of job with a network.
void room_for_download(struct room *room);

#endif
