// Enters: paths of trees. Leaves: sums, and trees changed as asked. May touch: those trees.
#include "tree.h"
#include "hash.h"
#include "mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct seal {
	struct hash *listing;
	struct tree_sum *sum;
	const char **error;
};

static const struct timespec times[2] = {{.tv_sec = TREE_TIME}, {.tv_sec = TREE_TIME}};

static bool failed(const char **error, const char *what, const char *path)
{
	*error = mem_format("%s: cannot %s: %s", path, what, strerror(errno));
	return false;
}

static void names_free(char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

// Sorted names below a folder. Heap, not arena: a tree may hold a hundred thousand of them.
static bool names_of(const char *path, char ***names, size_t *count)
{
	DIR *dir = opendir(path);
	*names = NULL;
	*count = 0;
	if (!dir)
		return false;
	for (struct dirent *entry; (errno = 0, entry = readdir(dir));) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (!(*count & (*count - 1)))
			*names = realloc(*names, (*count ? 2 * *count : 1) * sizeof **names);
		(*names)[(*count)++] = strdup(entry->d_name);
	}
	int error = errno; // of a disk: half a folder would have another hash
	closedir(dir);
	if (error)
		names_free(*names, *count);
	else if (*count)
		qsort(*names, *count, sizeof **names, by_text);
	errno = error;
	return !error;
}

// Every field ends in a NUL, so no two trees have the same listing.
static void list_entry(struct seal *seal, char type, const char *path, unsigned mode,
		       const char *content)
{
	char head[32];
	int length = snprintf(head, sizeof head, "%c %04o", type, mode);
	hash_add(seal->listing, head, (size_t)length + 1);
	hash_add(seal->listing, path, strlen(path) + 1);
	hash_add(seal->listing, content, strlen(content) + 1);
}

// `path` is a buffer of PATH_MAX that grows and shrinks with a walk; it ended at `end`.
static bool go_below(char *path, size_t end, const char *name, const char **error)
{
	path[end] = '\0';
	errno = ENAMETOOLONG;
	if (end + 1 + strlen(name) >= PATH_MAX)
		return failed(error, "go below", path);
	snprintf(path + end, PATH_MAX - end, "/%s", name);
	return true;
}

// Root alone could read it, now and in every later union.
static bool closed(const struct stat *info)
{
	mode_t needed = S_ISDIR(info->st_mode) ? 0500 : 0400;
	return !S_ISLNK(info->st_mode) && (info->st_mode & needed) != needed;
}

static bool seal_folder(struct seal *seal, char *path, size_t root);

static bool seal_file(struct seal *seal, const char *path, size_t root, const struct stat *info)
{
	const char *digest = hash_file(path);
	if (!digest)
		return failed(seal->error, "read", path);
	list_entry(seal, 'f', path + root, info->st_mode & 07777, digest);
	seal->sum->bytes += info->st_size;
	seal->sum->files++;
	return true;
}

static bool seal_link(struct seal *seal, const char *path, size_t root)
{
	char target[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof target - 1);
	if (length < 0)
		return failed(seal->error, "read the link", path);
	target[length] = '\0';
	list_entry(seal, 'l', path + root, 0777, target);
	return true;
}

static bool seal_entry(struct seal *seal, char *path, size_t root)
{
	struct stat info;
	bool done;
	if (lstat(path, &info) < 0)
		return failed(seal->error, "look at", path);
	if (closed(&info)) {
		*seal->error = mem_format("%s is closed to its owner; let phase package open it: "
					  "chmod u+rX",
					  path + root);
		return false;
	}
	if (S_ISDIR(info.st_mode)) {
		list_entry(seal, 'd', path + root, info.st_mode & 07777, "");
		done = seal_folder(seal, path, root);
	} else if (S_ISREG(info.st_mode)) {
		done = seal_file(seal, path, root, &info);
	} else if (S_ISLNK(info.st_mode)) {
		done = seal_link(seal, path, root);
	} else {
		*seal->error = mem_format("%s is a device, socket or pipe; a tree holds files, "
					  "links and folders only",
					  path + root);
		return false;
	}
	if (done && utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) < 0)
		return failed(seal->error, "set the time of", path);
	return done;
}

static bool seal_folder(struct seal *seal, char *path, size_t root)
{
	char **names;
	size_t count, end = strlen(path);
	bool done = true;
	if (!names_of(path, &names, &count))
		return failed(seal->error, "list", path);
	for (size_t i = 0; done && i < count; i++)
		done = go_below(path, end, names[i], seal->error) && seal_entry(seal, path, root);
	path[end] = '\0';
	names_free(names, count);
	return done;
}

bool tree_seal(const char *path, struct tree_sum *sum, const char **error)
{
	char buffer[PATH_MAX];
	*sum = (struct tree_sum){0};
	struct seal seal = {.listing = hash_start(), .sum = sum, .error = error};
	snprintf(buffer, sizeof buffer, "%s", path);
	bool done = seal_folder(&seal, buffer, strlen(path) + 1);
	// its mode is in no listing; and who may not write a folder cannot move it
	if (done && chmod(path, 0755) < 0)
		done = failed(error, "set the mode of", path);
	if (done && utimensat(AT_FDCWD, path, times, 0) < 0)
		done = failed(error, "set the time of", path);
	sum->digest = hash_end(seal.listing);
	return done;
}

static int date_folder(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)info;
	(void)walk;
	return type == FTW_DP ? utimensat(AT_FDCWD, path, times, 0) : 0;
}

bool tree_date(const char *path)
{
	return !nftw(path, date_folder, 32, FTW_DEPTH | FTW_PHYS);
}

bool tree_same_file(const char *a, const char *b)
{
	struct stat one, two;
	char left[PATH_MAX], right[PATH_MAX];
	if (lstat(a, &one) < 0 || lstat(b, &two) < 0 || one.st_mode != two.st_mode)
		return false;
	if (S_ISLNK(one.st_mode)) {
		ssize_t length = readlink(a, left, sizeof left);
		return length >= 0 && length == readlink(b, right, sizeof right) &&
		       !memcmp(left, right, (size_t)length);
	}
	if (one.st_ino == two.st_ino && one.st_dev == two.st_dev)
		return true;
	const char *digest = hash_file(a), *other = hash_file(b);
	return digest && other && !strcmp(digest, other);
}

struct unite {
	const char *top, *real; // `real` is without links
	bool over;
	const char **error, **clash;
};

// Below the top; a folder on the way may be another recipe's link.
static const char *place_of(const struct unite *unite, const char *path)
{
	char real[PATH_MAX];
	const char *name = strrchr(path, '/');
	if (!realpath(mem_copy(path, (size_t)(name - path)), real))
		return mem_text(path + strlen(unite->top) + 1);
	return mem_format("%s%s", real + strlen(unite->real), name) + 1;
}

static bool unite_file(const struct unite *unite, const char *from, const char *to)
{
	if (!linkat(AT_FDCWD, from, AT_FDCWD, to, 0))
		return true;
	if (errno != EEXIST)
		return failed(unite->error, "link", to);
	if (tree_same_file(from, to))
		return true;
	if (!unite->over) {
		*unite->clash = place_of(unite, to);
		*unite->error = mem_format("two recipes install %s with different content",
					   *unite->clash);
		return false;
	}
	if (unlink(to) < 0 || linkat(AT_FDCWD, from, AT_FDCWD, to, 0) < 0)
		return failed(unite->error, "replace", to);
	return true;
}

// A folder of one recipe may be a link of another; files must not follow it to the build machine's
// own: unions are made outside of any sandbox.
static bool stays_inside(const struct unite *unite, const char *path)
{
	char real[PATH_MAX];
	size_t length = strlen(unite->real);
	if (!realpath(path, real))
		return failed(unite->error, "follow", path);
	if (!strncmp(real, unite->real, length) && (!real[length] || real[length] == '/'))
		return true;
	*unite->error = mem_format(
		"%s: a link leads out of the tree where another recipe has a folder", path);
	return false;
}

static bool enter(const struct unite *unite, const char *path, mode_t mode)
{
	if (!mkdir(path, mode)) // whatever the umask
		return !chmod(path, mode) || failed(unite->error, "set the mode of", path);
	if (errno != EEXIST || !tree_folder(path))
		return failed(unite->error, "make", path);
	return stays_inside(unite, path);
}

static bool unite_folder(const struct unite *unite, char *from, char *to);

// A folder may be closed to its owner, who has to fill it: it is open as long as that takes.
static bool fill(const struct unite *unite, char *from, char *to, mode_t mode)
{
	struct stat info;
	if (!enter(unite, to, mode))
		return false;
	if (stat(to, &info) < 0)
		return failed(unite->error, "look at", to);
	bool closed = (info.st_mode & 0700) != 0700;
	if (closed && chmod(to, (info.st_mode & 07777) | 0700) < 0)
		return failed(unite->error, "open", to);
	bool done = unite_folder(unite, from, to);
	if (closed && done && chmod(to, info.st_mode & 07777) < 0)
		return failed(unite->error, "close", to);
	return done;
}

static bool unite_entry(const struct unite *unite, char *from, char *to)
{
	struct stat info;
	if (lstat(from, &info) < 0)
		return failed(unite->error, "look at", from);
	if (S_ISDIR(info.st_mode))
		return fill(unite, from, to, info.st_mode & 07777);
	return unite_file(unite, from, to);
}

// Both are such buffers as go_below takes: a folder's own would be too much for the stack of deep trees.
static bool unite_folder(const struct unite *unite, char *from, char *to)
{
	char **names;
	size_t count, here = strlen(from), there = strlen(to);
	bool done = true;
	if (!names_of(from, &names, &count))
		return failed(unite->error, "list", from);
	for (size_t i = 0; done && i < count; i++)
		done = go_below(from, here, names[i], unite->error) &&
		       go_below(to, there, names[i], unite->error) && unite_entry(unite, from, to);
	from[here] = to[there] = '\0';
	names_free(names, count);
	return done;
}

bool tree_unite(const char *from, const char *top, const char *below, bool over, const char **error,
		const char **clash)
{
	char real[PATH_MAX], source[PATH_MAX], target[PATH_MAX];
	const struct unite unite = {top, real, over, error, clash};
	const char *to = mem_format("%s%s%s", top, *below ? "/" : "", below);
	if (!tree_folder(to))
		return failed(error, "make", to);
	if (!realpath(top, real))
		return failed(error, "follow", top);
	snprintf(source, sizeof source, "%s", from);
	snprintf(target, sizeof target, "%s", to);
	return stays_inside(&unite, to) && unite_folder(&unite, source, target);
}

// On a read-only file system mkdir may say so even of a folder that is there.
static bool make_folder(const char *path)
{
	struct stat info;
	if (!mkdir(path, 0755))
		return true;
	int error = errno;
	if (!stat(path, &info)) {
		errno = ENOTDIR;
		return S_ISDIR(info.st_mode);
	}
	errno = error;
	return false;
}

bool tree_folder(const char *path)
{
	char buffer[PATH_MAX];
	if (snprintf(buffer, sizeof buffer, "%s", path) >= (int)sizeof buffer) {
		errno = ENAMETOOLONG;
		return false;
	}
	for (char *at = buffer + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (!make_folder(buffer))
			return false;
		*at = '/';
	}
	return make_folder(buffer);
}
