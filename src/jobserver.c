// Enters: a number of slots. Leaves: a pool that make and ninja join. May touch: its pipe.
#include "jobserver.h"
#include "fail.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

// Opened anew the pipe has flags of its own: old makes expect theirs to block.
static int own_end(int end, int mode)
{
	int own = open(mem_format("/proc/self/fd/%d", end), mode | O_NONBLOCK | O_CLOEXEC);
	if (own < 0)
		fail(EXIT_HOST, "/proc/self/fd cannot be opened: %s; is /proc mounted?",
		     strerror(errno));
	return own;
}

void jobserver_open(struct jobserver *server, int slots)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		fail(EXIT_HOST, "no pipe for the jobserver: %s", strerror(errno));
	*server = (struct jobserver){.slots = slots,
				     .read_end = ends[0],
				     .write_end = ends[1],
				     .own_read = own_end(ends[0], O_RDONLY),
				     .own_write = own_end(ends[1], O_WRONLY),
				     .held = slots};
	jobserver_give(server, slots);
}

bool jobserver_take(struct jobserver *server, int slots)
{
	char token;
	for (int taken = 0; taken < slots; taken++) {
		if (read(server->own_read, &token, 1) == 1) {
			server->held++;
			continue;
		}
		jobserver_give(server, taken);
		return false;
	}
	return true;
}

// A job has the pipe open: what it writes there by mistake makes no slots, once anything is given back.
static void trim(const struct jobserver *server)
{
	char token;
	int there;
	if (ioctl(server->own_read, FIONREAD, &there) < 0)
		return;
	while (there-- > server->slots - server->held && read(server->own_read, &token, 1) == 1)
		;
}

// Where the pipe is full, the slots are in it.
void jobserver_give(struct jobserver *server, int slots)
{
	server->held -= slots;
	while (slots-- > 0 && write(server->own_write, "+", 1) == 1)
		;
	trim(server);
}

void jobserver_refill(struct jobserver *server)
{
	char token;
	while (read(server->own_read, &token, 1) == 1)
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
