// Enters: what a room shall hold. Leaves: the list of steps. May touch: the arena; no system call
// that changes anything is made here.
#include "sandbox.h"

#include <stdio.h>

struct sandbox *sandbox_new(const char *root, const char *tree)
{
	struct sandbox *sandbox = mem_new(sizeof *sandbox);
	sandbox->root = root;
	sandbox->tree = tree;
	sandbox->folder = "/";
	return sandbox;
}

static struct step *add(struct sandbox *sandbox, enum step_kind kind, const char *from,
			const char *to)
{
	struct step *step = mem_new(sizeof *step);
	*step = (struct step){
		.kind = kind,
		.from = from,
		.to = to,
		.path = mem_format("%s%s%s", sandbox->root, sandbox->tree ? "/tree" : "", to),
	};
	list_push(&sandbox->steps, step);
	return step;
}

void sandbox_step(struct sandbox *sandbox, enum step_kind kind, const char *from, const char *to)
{
	add(sandbox, kind, from, to);
}

void sandbox_try(struct sandbox *sandbox, enum step_kind kind, const char *from, const char *to)
{
	add(sandbox, kind, from, to)->optional = true;
}

void sandbox_fd(struct sandbox *sandbox, int from, int to)
{
	sandbox->fds[sandbox->fd_count++] = (struct sandbox_fd){from, to};
}

void sandbox_base(struct sandbox *sandbox)
{
	static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty"};
	static const char *const links[][2] = {{"/proc/self/fd", "/dev/fd"},
					       {"/proc/self/fd/0", "/dev/stdin"},
					       {"/proc/self/fd/1", "/dev/stdout"},
					       {"/proc/self/fd/2", "/dev/stderr"},
					       {"pts/ptmx", "/dev/ptmx"}};
	sandbox_step(sandbox, STEP_PROC, "proc", "/proc");
	sandbox_step(sandbox, STEP_TMPFS, "", "/dev");
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
		const char *path = mem_format("/dev/%s", devices[i]);
		sandbox_try(sandbox, STEP_BIND, path,
			    path); // chmod is refused; writing is no matter of the mount
	}
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		sandbox_step(sandbox, STEP_LINK, links[i][0], links[i][1]);
	sandbox_step(sandbox, STEP_DEVPTS, "devpts", "/dev/pts");
	sandbox_step(sandbox, STEP_TMPFS, "", "/dev/shm");
	sandbox_step(sandbox, STEP_TMPFS, "", "/tmp");
}
