// Enters: a key. Leaves: its object folder, locked, with what of an earlier try may be gone on with. May touch: objects/
// of the store; a sandbox fills build/ and out/ in there.
#include "file.h"
#include "store.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed(const char **error, const char *path, const char *what)
{
	*error = mem_format("%s: cannot be %s: %s", path, what, strerror(errno));
	return false;
}

static bool make_object(const struct store *store, const char *key, const char **error)
{
	const char *folder = store_path(store, "objects/%s", key);
	return (tree_folder(mem_format("%s/build", folder)) &&
		tree_folder(mem_format("%s/out", folder))) ||
	       failed(error, folder, "made");
}

int store_lock(const struct store *store, const char *key, const char **error)
{
	const char *path = store_path(store, "objects/%s.lock", key);
	struct stat held, named;
	*error = NULL;
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		bool locked = fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB);
		if (!locked && errno != EWOULDBLOCK)
			failed(error, path, "locked");
		// Who held it may have removed the file, and another run made a new one.
		bool stale = locked && (fstat(fd, &held) < 0 || stat(path, &named) < 0 ||
					held.st_ino != named.st_ino);
		if (locked && !stale && make_object(store, key, error))
			return fd;
		if (fd >= 0)
			close(fd);
		if (!stale)
			return -1;
	}
}

bool store_is_locked(const struct store *store, const char *key)
{
	char path[PATH_MAX]; // asked again and again: nothing of the arena
	snprintf(path, sizeof path, "%s/objects/%s.lock", store->path, key);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0;
	if (fd >= 0)
		close(fd);
	return locked;
}

static const char FLUSHED[] = "flushed"; // in place of the name of a boot

// random(4): another one each time the kernel starts. "" where it does not tell.
static const char *boot(void)
{
	char text[64];
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof text);
	if (fd >= 0)
		close(fd);
	return length > 0 ? mem_copy(text, (size_t)length) : "";
}

static bool is_flushed(const char *boot)
{
	return boot && !strcmp(boot, FLUSHED);
}

bool store_is_intact(const struct store *store, const char *key)
{
	const char *text = file_try(store_path(store, "objects/%s/boot", key));
	return is_flushed(text) || (text && *text && !strcmp(text, boot()));
}

bool store_begin(const struct store *store, const char *key, bool keep, const char **error)
{
	const char *folder = store_path(store, "objects/%s", key);
	const char *mark = mem_format("%s/boot", folder);
	bool flushed = is_flushed(file_try(mark));
	// First: of a folder that is half emptied no later try may believe that it can go on, ninja's neither: what is
	// emptied is as like as not what a power cut has damaged. And one would bring back what is not flushed.
	unlink(mem_format("%s/paused", folder));
	unlink(mark);
	if (keep)
		file_write(mark, boot());
	if (flushed && !store_sync(store))
		return failed(error, folder, "flushed");
	if (!keep)
		unlink(mem_format("%s/spent", folder));
	if ((!keep && !tree_remove(mem_format("%s/build", folder))) ||
	    !tree_remove(mem_format("%s/out", folder)))
		return failed(error, folder, "emptied");
	if (!keep)
		file_write(mark, boot());
	return make_object(store, key, error);
}

bool store_copy(const struct store *store, const char *key, const char *name, const char *from,
		const char **error)
{
	const char *to = store_path(store, "objects/%s/%s", key, name);
	const char *folder = mem_copy(to, (size_t)(strrchr(to, '/') - to));
	if (!tree_remove(to))
		return failed(error, to, "removed");
	if (!tree_folder(folder))
		return failed(error, folder, "made");
	return tree_copy(from, to, error);
}

void store_flush(const struct store *store, const char *key)
{
	const char *mark = store_path(store, "objects/%s/boot", key);
	// A folder without it is half emptied. Where the disk is full the name of the boot has to stay: until the next
	// one, all is as good as flushed.
	if (!access(mark, F_OK) && store_sync(store))
		file_replace(mark, FLUSHED);
}

void store_pause(const struct store *store, const char *key)
{
	file_write(store_path(store, "objects/%s/paused", key), "");
}

bool store_was_paused(const struct store *store, const char *key)
{
	return !access(store_path(store, "objects/%s/paused", key), F_OK);
}

void store_again(const struct store *store, const char *key)
{
	tree_folder(store_path(store, "objects/%s", key));
	file_write(store_path(store, "objects/%s/again", key), "");
}

bool store_is_again(const struct store *store, const char *key)
{
	return !access(store_path(store, "objects/%s/again", key), F_OK);
}

void store_forget(const struct store *store, const char *key)
{
	tree_discard(store_path(store, "objects/%s", key));
	unlink(store_path(store, "objects/%s.lock", key));
}
