// Enters: a path. Leaves: the text that is there, in the arena. May touch: that file, to read it.
#include "file.h"
#include "fail.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *read_all(int fd, size_t size, size_t *length)
{
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
