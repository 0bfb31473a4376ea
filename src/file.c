// Enters: a path. Leaves: the text that is there, in the arena, or is to be. May touch: that file.
#include "file.h"
#include "fail.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The kernel's own files, as in /proc or of binfmt_misc, say 0 of their size, whatever is in them.
static char *read_all(int fd, size_t size, size_t *length)
{
	enum { OF_KERNEL = 1 << 16 };
	size = size ? size : OF_KERNEL;
	char *text = mem_new(size + 1);
	ssize_t count;
	*length = 0;
	while (*length < size && (count = read(fd, text + *length, size - *length)) != 0) {
		if (count < 0)
			return NULL;
		*length += (size_t)count;
	}
	return text;
}

static char *read_text(const char *path, const char **trouble)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;
	size_t length = 0;
	char *text = NULL;
	if (fd >= 0 && !fstat(fd, &info) && S_ISDIR(info.st_mode))
		errno = EISDIR;
	else if (fd >= 0 && info.st_size >= 0)
		text = read_all(fd, (size_t)info.st_size, &length);
	if (!text) {
		*trouble = mem_format("cannot be read: %s", strerror(errno));
	} else if (strlen(text) != length) {
		*trouble = "holds a NUL byte; this is not a text file";
		text = NULL;
	}
	if (fd >= 0)
		close(fd);
	return text;
}

char *file_text(const char *path)
{
	const char *trouble = "";
	char *text = read_text(path, &trouble);
	if (!text)
		fail_at(path, 0, "%s", trouble);
	return text;
}

char *file_try(const char *path)
{
	const char *trouble;
	return read_text(path, &trouble);
}

static bool write_all(int fd, const char *text, bool flush)
{
	size_t length = strlen(text);
	errno = ENOSPC; // a write that falls short leaves none
	return write(fd, text, length) == (ssize_t)length && (!flush || !fsync(fd));
}

static bool write_new(const char *path, const char *text, bool flush)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool done = fd >= 0 && write_all(fd, text, flush);
	int error = errno;
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && !done)
		unlink(path);
	errno = error;
	return done;
}

bool file_write(const char *path, const char *text)
{
	return write_new(path, text, false);
}

bool file_replace(const char *path, const char *text)
{
	const char *aside = mem_format("%s.%d", path, (int)getpid());
	if (!write_new(aside, text, true))
		return false;
	if (!rename(aside, path))
		return true;
	int error = errno;
	unlink(aside);
	errno = error;
	return false;
}
