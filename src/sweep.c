// Enters: the names to keep. Leaves: the store without the others. May touch: the store's folder.
#include "conf.h"
#include "fail.h"
#include "journal.h"
#include "plan.h"
#include "store.h"
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static long long counted;

static int count(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)path;
	(void)type;
	(void)walk;
	// A file that a union still links to gives nothing back.
	if (!S_ISDIR(info->st_mode) && info->st_nlink == 1)
		counted += info->st_blocks * 512;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_kept(const struct list *names, const char *name)
{
	return names->count && bsearch(&name, names->at, names->count, sizeof *names->at, by_name);
}

static void sweep_entry(const char *path)
{
	nftw(path, count, 32, FTW_PHYS);
	if (!tree_remove(path))
		warn("%s: cannot be removed", path);
}

static void sweep_folder(const struct store *store, const char *folder, const struct list *names)
{
	struct list found = folder_names(store_path(store, "%s", folder));
	EACH(const char, name, found)
		if (!is_kept(names, name))
			sweep_entry(store_path(store, "%s/%s", folder, name));
}

// A run that was killed right after a commit leaves the object folder of something that is done.
static bool is_done(const struct store *store, const char *key)
{
	return !access(store_path(store, "records/%s", key), F_OK) || store_has_tree(store, key);
}

static void sweep_objects(const struct store *store, const struct list *names)
{
	struct list found = folder_names(store_path(store, "objects"));
	EACH(const char, name, found) {
		const char *key = mem_copy(name, strcspn(name, "."));
		if (!is_kept(names, key) || is_done(store, key))
			sweep_entry(store_path(store, "objects/%s", name));
	}
}

static void sweep_roots(const struct store *store)
{
	struct list targets = folder_names(store_path(store, "roots"));
	EACH(const char, target, targets) {
		struct list stages = folder_names(store_path(store, "roots/%s", target));
		EACH(const char, stage, stages) {
			const char *path = store_path(store, "roots/%s/%s", target, stage);
			if (access(path, F_OK) < 0)
				unlink(path);
		}
	}
}

long long store_sweep(const struct store *store, const struct list *names)
{
	// Unions before the trees they link to, so that what goes with both is counted.
	static const char *const folders[] = {"trees", "records", "inputs", "logs"};
	counted = 0;
	if (names->count)
		qsort(names->at, names->count, sizeof *names->at, by_name);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		sweep_folder(store, folders[i], names);
	sweep_objects(store, names);
	sweep_roots(store);
	journal_sweep(store);
	return counted;
}

struct use {
	const struct record *record;
	struct timespec time;
};

static int newest_first(const void *a, const void *b)
{
	const struct timespec *one = &(*(struct use *const *)a)->time;
	const struct timespec *two = &(*(struct use *const *)b)->time;
	if (one->tv_sec != two->tv_sec)
		return one->tv_sec < two->tv_sec ? 1 : -1;
	return (one->tv_nsec < two->tv_nsec) - (one->tv_nsec > two->tv_nsec);
}

static struct list uses(const struct store *store)
{
	struct list found = {0}, keys = folder_names(store_path(store, "records"));
	struct stat info;
	EACH(const char, key, keys) {
		struct use *use = mem_new(sizeof *use);
		use->record = strlen(key) == 64 ? store_find(store, key) : NULL;
		if (!use->record || stat(store_path(store, "records/%s", key), &info) < 0)
			continue;
		use->time = info.st_mtim;
		list_push(&found, use);
	}
	if (found.count)
		qsort(found.at, found.count, sizeof *found.at, newest_first);
	return found;
}

struct list store_newest(const struct store *store, long long size)
{
	struct list names = {0}, found = uses(store);
	EACH(const struct use, use, found) {
		if ((size -= use->record->bytes) < 0)
			break;
		list_push(&names, mem_text(use->record->key));
		list_push(&names, mem_text(use->record->out));
	}
	return names;
}

bool store_lock_all(const struct store *store, bool alone)
{
	int fd = open(store_path(store, "lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		fail(EXIT_HOST, "%s: the store cannot be written: %s; choose another with --store",
		     store->path, strerror(errno));
	return !flock(fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB);
}
