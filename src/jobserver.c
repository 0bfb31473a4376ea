// Enters: a number of slots. Leaves: a pool that make and ninja join. May touch: its pipe.
#include "jobserver.h"
#include "fail.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void jobserver_open(struct jobserver *server, int slots)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		fail(EXIT_HOST, "no pipe for the jobserver: %s", strerror(errno));
	// Opened anew the pipe has flags of its own: old makes expect theirs to block.
	int own = open(mem_format("/proc/self/fd/%d", ends[0]), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (own < 0)
		fail(EXIT_HOST, "/proc/self/fd cannot be opened: %s; is /proc mounted?",
		     strerror(errno));
	*server = (struct jobserver){slots, ends[0], ends[1], own, slots};
	jobserver_give(server, slots);
}

bool jobserver_take(struct jobserver *server, int slots)
{
	char token;
	for (int taken = 0; taken < slots; taken++) {
		if (read(server->own_end, &token, 1) == 1) {
			server->held++;
			continue;
		}
		jobserver_give(server, taken);
		return false;
	}
	return true;
}

void jobserver_give(struct jobserver *server, int slots)
{
	while (slots-- > 0 && write(server->write_end, "+", 1) == 1)
		server->held--;
}

void jobserver_refill(struct jobserver *server)
{
	char token;
	while (read(server->own_end, &token, 1) == 1)
		;
	server->held = server->slots;
	jobserver_give(server, server->slots);
}

const char *jobserver_flags(const struct jobserver *server, bool fifo)
{
	// Where a rule fails, as of a full disk, half of its target would count as made in the next try.
	static const char clean[] = "--eval=.DELETE_ON_ERROR:";
	if (fifo)
		return mem_format("-j%d %s --jobserver-auth=fifo:/proc/self/fd/%d", server->slots,
				  clean, JOBSERVER_READ);
	return mem_format("-j%d %s --jobserver-auth=%d,%d", server->slots, clean, JOBSERVER_READ,
			  JOBSERVER_WRITE);
}
