// Enters: a path. Leaves: it gone. May touch: that path, and the name beside it under which it goes.
#include "mem.h"
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool remove_at(int parent, const char *name);

// Works on what it has open, not on paths: configure scripts leave folders deeper than PATH_MAX.
static bool empty_folder(int fd)
{
	DIR *dir = fdopendir(fd);
	bool done = dir;
	if (!dir) {
		close(fd);
		return false;
	}
	for (struct dirent *entry; (entry = readdir(dir));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			done &= remove_at(dirfd(dir), entry->d_name);
	closedir(dir);
	return done;
}

static bool remove_at(int parent, const char *name)
{
	enum { HOW = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };
	if (!unlinkat(parent, name, 0) || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return false;
	int fd = openat(parent, name, HOW);
	if (fd < 0 && errno == EACCES && !fchmodat(parent, name, 0700, 0))
		fd = openat(parent, name, HOW);
	if (fd < 0)
		return false;
	fchmod(fd, 0700); // a folder may be closed even to its owner
	return empty_folder(fd) && !unlinkat(parent, name, AT_REMOVEDIR);
}

bool tree_remove(const char *path)
{
	return remove_at(AT_FDCWD, path);
}

bool tree_discard(const char *path)
{
	if (text_ends(path, TREE_GONE))
		return tree_remove(path);
	const char *gone = mem_format("%s" TREE_GONE, path);
	if (!tree_remove(gone))
		return false;
	if (!rename(path, gone))
		return tree_remove(gone);
	// overlayfs renames no folder of a lower layer (its document: redirect_dir).
	return errno == ENOENT || (errno == EXDEV && tree_remove(path));
}
