// Enters: the names to keep. Leaves: the store without the others. May touch: the store's folder.
#include "fail.h"
#include "file.h"
#include "folder.h"
#include "hash.h"
#include "journal.h"
#include "names.h"
#include "store.h"
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// A file that a union still links to gives nothing back.
static bool is_only_name(const struct stat *info)
{
	return info->st_nlink == 1;
}

static bool is_kept(const struct list *names, const char *name)
{
	return names->count && bsearch(&name, names->at, names->count, sizeof *names->at, by_text);
}

static void doom(const struct store *store, const char *folder, const char *name,
		 struct list *doomed)
{
	list_push(doomed, (void *)store_path(store, "%s/%s", folder, name));
}

static void doom_folder(const struct store *store, const char *folder, const struct list *names,
			struct list *doomed)
{
	struct list found = folder_names(store_path(store, "%s", folder));
	EACH(const char, name, found)
		if (!is_kept(names, name))
			doom(store, folder, name, doomed);
}

// A run that was killed right after a commit leaves the object folder of something that is done.
static bool is_done(const struct store *store, const char *key)
{
	bool made = !access(store_path(store, "records/%s", key), F_OK);
	return (made && !store_is_again(store, key)) || store_has_tree(store, key);
}

static void doom_objects(const struct store *store, const struct list *names, struct list *doomed)
{
	struct list found = folder_names(store_path(store, "objects"));
	EACH(const char, name, found) {
		const char *key = mem_copy(name, strcspn(name, "."));
		bool left = !strcmp(name + strlen(key), TREE_GONE);
		if (left || !is_kept(names, key) || is_done(store, key))
			doom(store, "objects", name, doomed);
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

struct list store_doomed(const struct store *store, struct list *names)
{
	// Records first: whatever ends this, none of them is of a tree that is gone.
	static const char *const folders[] = {"records", "trees", "inputs", "logs"};
	struct list doomed = {0};
	list_sort(names, by_text);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		doom_folder(store, folders[i], names, &doomed);
	doom_objects(store, names, &doomed);
	return doomed;
}

bool store_sweep(const struct store *store, const struct list *doomed)
{
	bool done = true;
	EACH(const char, path, *doomed) {
		if (tree_discard(path))
			continue;
		warn("%s: cannot be removed: %s", path, strerror(errno));
		done = false;
	}
	sweep_roots(store);
	journal_sweep(store);
	return done;
}

struct use {
	const char *key, *out; // out NULL: it is not finished
	long long bytes;
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

static void add_use(struct list *uses, const char *path, const char *key, const char *out,
		    long long bytes)
{
	struct stat info;
	if (stat(path, &info) < 0)
		return;
	struct use *use = mem_new(sizeof *use);
	*use = (struct use){key, out, bytes, info.st_mtim};
	list_push(uses, use);
}

static void add_records(const struct store *store, struct list *uses)
{
	struct list keys = folder_names(store_path(store, "records"));
	EACH(const char, key, keys) {
		const struct record *record = strlen(key) == HASH_DIGITS ? store_find(store, key)
									 : NULL;
		if (record)
			add_use(uses, store_path(store, "records/%s", key), key, record->out,
				record->bytes);
	}
}

// Their folders' time is that of the last try's end.
static void add_unfinished(const struct store *store, struct list *uses)
{
	struct list keys = folder_names(store_path(store, "objects"));
	EACH(const char, key, keys) {
		const char *path = store_path(store, "objects/%s", key);
		if (strlen(key) == HASH_DIGITS && !is_done(store, key)) // the others are locks
			add_use(uses, path, key, NULL, folder_bytes(path, is_only_name));
	}
}

// Only unions have a tree and a text of one name, and that says what they are made of.
static bool is_union_of(const struct store *store, const char *tree, const struct list *names)
{
	char *text = file_try(store_path(store, "inputs/%s", tree));
	if (!text) // of another kind, or damaged: then the union is made again
		return false;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (!strncmp(line, "part ", strlen("part ")) &&
		    !is_kept(names, strrchr(line, ' ') + 1))
			return false;
	return true;
}

static bool add_unions(const struct store *store, struct list *names)
{
	struct list found = {0}, trees = folder_names(store_path(store, "trees"));
	list_sort(names, by_text);
	EACH(char, tree, trees)
		if (!is_kept(names, tree) && is_union_of(store, tree, names))
			list_push(&found, tree);
	EACH(char, tree, found)
		list_push(names, tree);
	return found.count;
}

struct list store_newest(const struct store *store, long long size)
{
	struct list names = {0}, uses = {0};
	struct names outs = {0};
	add_records(store, &uses);
	add_unfinished(store, &uses);
	list_sort(&uses, newest_first);
	EACH(struct use, use, uses) {
		bool again = use->out && names_find(&outs, use->out).count; // of another key
		bool fits = again || use->bytes <= size;
		if (!fits && use->out)
			break;
		if (!fits) // what failed must not take what is finished with it
			continue;
		list_push(&names, mem_text(use->key));
		if (!again)
			size -= use->bytes;
		if (use->out && !again) {
			list_push(&names, mem_text(use->out));
			names_add(&outs, use->out, use);
		}
	}
	while (add_unions(store, &names))
		; // unions have unions among their parts
	return names;
}

__attribute__((noreturn)) static void not_writable(const char *path)
{
	fail(EXIT_HOST, "%s: the store cannot be written: %s; choose another with --store", path,
	     strerror(errno));
}

// Of what another user left in it, root before all, its owner could lock and remove nothing.
static void check_owner(const struct store *store)
{
	struct stat info;
	if (!stat(store_path(store, "trees"), &info) && info.st_uid != geteuid())
		fail(EXIT_HOST,
		     "%s: the store belongs to user %u; run as that user, or choose another with "
		     "--store",
		     store->path, info.st_uid);
}

void store_check_writable(const struct store *store)
{
	// What a commit writes to, hours later.
	static const char *const folders[] = {"objects", "trees", "inputs", "logs", "records"};
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const char *path = store_path(store, "%s", folders[i]);
		if (access(path, W_OK | X_OK) < 0)
			not_writable(access(store->path, W_OK) < 0 ? store->path : path);
	}
	check_owner(store);
}

void store_lock_all(const struct store *store, bool alone)
{
	int fd = open(store_path(store, "lock"), (alone ? O_RDWR : O_RDONLY) | O_CREAT | O_CLOEXEC,
		      0644);
	if (fd < 0)
		not_writable(store->path);
	if (!flock(fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB))
		return;
	if (errno != EWOULDBLOCK)
		fail(EXIT_HOST, "%s: its file system cannot lock: %s; choose another with --store",
		     store->path, strerror(errno));
	if (alone)
		fail(EXIT_HOST,
		     "another run or a shell uses the store; try again when it has ended");
	fail(EXIT_HOST, "%s is being swept by gc; try again when that has ended", store->path);
}
