// Enters: a room without furniture. Leaves: what several kinds of rooms have. May touch: the arena; it
// looks at the build machine's folders, and changes nothing.
#include "furnish.h"
#include "conf.h"
#include "file.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

void room_show(struct room *room, const char *from, const char *to)
{
	sandbox_step(room->sandbox, STEP_BIND, from, to);
}

const char *room_tree(const struct room *room, const struct job *job)
{
	return store_path(room->wish->jobs->store, "trees/%s", job->out);
}

// Links stay links: on most machines /bin is one to usr/bin.
void room_show_folder(struct room *room, const char *top, const char *name)
{
	char target[PATH_MAX];
	const char *from = mem_format("%s/%s", top, name), *to = mem_format("/%s", name);
	ssize_t length = readlink(from, target, sizeof target - 1);
	if (length > 0)
		sandbox_step(room->sandbox, STEP_LINK, mem_copy(target, (size_t)length), to);
	else
		sandbox_try(room->sandbox, STEP_BIND, from, to);
}

void room_show_host(struct room *room)
{
	for (size_t i = 0; host_folders[i]; i++)
		room_show_folder(room, "", host_folders[i]);
}

void room_link_tool(struct room *room, const char *name)
{
	const char *path = host_path(name);
	if (path && host_shows(path))
		sandbox_step(room->sandbox, STEP_LINK, path, mem_format("/host/bin/%s", name));
}

// A hundred names are not looked for again while the base set is the same: it is in the job's key.
void room_link_base(struct room *room)
{
	static struct list steps;
	static const char *text;
	struct list *all = &room->sandbox->steps;
	const char *now =
		file_text(mem_format("%s/src/sh/base-tools", room->wish->jobs->plan->root));
	if (!text || strcmp(text, now) != 0) {
		struct list names = words(conf_parse("base-tools", now, NULL)->rest);
		size_t before = all->count;
		EACH(const char, name, names)
			room_link_tool(room, name);
		steps = (struct list){0};
		for (; before < all->count; before++)
			list_push(&steps, all->at[before]);
		text = now;
		return;
	}
	EACH(struct step, step, steps)
		list_push(all, step);
}

const char *room_object(const struct room *room, const char *below)
{
	return store_path(room->wish->jobs->store, "objects/%s/%s", room->job->key, below);
}

void room_show_workplace(struct room *room)
{
	enum step_kind kind = room->wish->looks_around ? STEP_OVERLAY : STEP_BIND_WRITE;
	sandbox_step(room->sandbox, kind, room_object(room, "build"), "/build");
	sandbox_step(room->sandbox, kind, room_object(room, "out"), "/out");
	room_show(room, room_object(room, "bootstrap"), "/bootstrap");
	room->sandbox->folder = "/build";
}

void room_program(struct room *room, const char *path, const struct list *more)
{
	struct list arguments = {0};
	list_push(&arguments, mem_text("/bin/sh"));
	list_push(&arguments, mem_text(path));
	if (more)
		EACH(char, argument, *more)
			list_push(&arguments, argument);
	list_push(&arguments, NULL);
	room->sandbox->argv = (char *const *)arguments.at;
}
