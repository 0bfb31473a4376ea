// Enters: a file or folder of a checkout. Leaves: a copy that stays as it is when somebody edits the
// checkout. May touch: the place of the copy.
//
// What a key does not hold must not come along: what editors leave, and modes that are of the
// checkout's umask.
#include "folder.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed(const char **error, const char *what, const char *path)
{
	*error = mem_format("%s: cannot %s: %s", path, what, strerror(errno));
	return false;
}

static bool copy_bytes(int in, int out)
{
	static char block[1 << 16];
	ssize_t count = 0;
	while (in >= 0 && out >= 0 && (count = read(in, block, sizeof block)) > 0) {
		errno = ENOSPC; // a write that falls short leaves none
		if (write(out, block, (size_t)count) != count)
			return false;
	}
	return in >= 0 && out >= 0 && !count;
}

static bool copy_file(const char *from, const char *to, mode_t mode, const char **error)
{
	const struct timespec times[2] = {{.tv_sec = TREE_TIME}, {.tv_sec = TREE_TIME}};
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0100 ? 0755 : 0644);
	// The one time here too: to ninja, a newer copy of the same text is a change.
	bool done = (copy_bytes(in, out) && !futimens(out, times)) || failed(error, "copy", from);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return done;
}

static bool copy_folder(const char *from, const char *to, const char **error)
{
	struct list names;
	if (mkdir(to, 0755) < 0)
		return failed(error, "make", to);
	if (!folder_try(from, &names))
		return failed(error, "list", from);
	EACH(const char, name, names)
		if (!tree_copy(mem_format("%s/%s", from, name), mem_format("%s/%s", to, name),
			       error))
			return false;
	return true;
}

// Links are followed: a recipe may be one.
bool tree_copy(const char *from, const char *to, const char **error)
{
	struct stat info;
	if (stat(from, &info) < 0)
		return failed(error, "look at", from);
	if (S_ISDIR(info.st_mode))
		return copy_folder(from, to, error);
	return copy_file(from, to, info.st_mode, error);
}
