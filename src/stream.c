// Enters: lines. Leaves: as many of them as the reader takes. May touch: one fd.
#include "stream.h"
#include "clock.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { QUEUE = 1 << 18 }; // bytes

// A fifo opened for both ends needs no reader to be there, and lets readers come and go.
static int open_fifo(const char *path)
{
	struct stat info;
	if (stat(path, &info) < 0 || !S_ISFIFO(info.st_mode))
		return -1;
	return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

bool stream_open(struct stream *stream, const char *path)
{
	int fd = -1;
	if (!strcmp(path, "-")) {
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (fd >= 0)
			dup2(STDERR_FILENO, STDOUT_FILENO);
	} else {
		fd = open_fifo(path);
		if (fd < 0)
			fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC,
				  0666);
	}
	*stream = (struct stream){.fd = fd, .queue = fd < 0 ? NULL : mem_new(QUEUE)};
	return fd >= 0;
}

// A write to nobody's pipe raises SIGPIPE. Others of this process want to keep it, so it is held
// back here, and taken away.
static ssize_t write_quietly(int fd, const char *text, size_t count)
{
	sigset_t pipe, before;
	const struct timespec no_time = {0, 0};
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigprocmask(SIG_BLOCK, &pipe, &before);
	ssize_t done = write(fd, text, count);
	int error = errno;
	if (done < 0 && error == EPIPE)
		sigtimedwait(&pipe, NULL, &no_time);
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return done;
}

// stdout may be shared, so it cannot be made non-blocking. poll(2) finds a pipe writable when it has
// room for PIPE_BUF bytes: no more than that is written at once.
static bool has_room(int fd, double until)
{
	struct pollfd out = {.fd = fd, .events = POLLOUT};
	double left = until - clock_steady();
	return poll(&out, 1, left > 0 ? (int)(left * 1000) : 0) > 0;
}

static void flush(struct stream *stream, int patience)
{
	double until = clock_steady() + patience / 1e3;
	while (stream->count && has_room(stream->fd, until)) {
		size_t part = stream->count < PIPE_BUF ? stream->count : PIPE_BUF;
		ssize_t done = write_quietly(stream->fd, stream->queue, part);
		if (done < 0 && errno != EAGAIN && errno != EINTR) {
			stream->error = errno;
			close(stream->fd);
			stream->fd = -1;
			stream->count = 0;
		}
		if (done <= 0)
			return;
		stream->count -= (size_t)done;
		memmove(stream->queue, stream->queue + done, stream->count);
	}
}

bool stream_line(struct stream *stream, const char *line, size_t count)
{
	if (stream->fd < 0)
		return false;
	flush(stream, 0);
	if (stream->fd < 0 || count > QUEUE - stream->count) {
		stream->lost++;
		return false;
	}
	memcpy(stream->queue + stream->count, line, count);
	stream->count += count;
	stream->lost = 0;
	flush(stream, 0);
	return true;
}

void stream_close(struct stream *stream, int patience)
{
	if (stream->fd < 0)
		return;
	flush(stream, patience);
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = -1;
}
