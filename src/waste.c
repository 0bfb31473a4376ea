// Enters: paths in a store. Leaves: what they are of, and the bytes that removing them gives back. May
// touch: the store, to look; the heap, through tsearch.
#include "waste.h"
#include "fail.h"
#include "file.h"
#include "folder.h"
#include "names.h"
#include "tree.h"

#include <search.h>
#include <string.h>
#include <sys/stat.h>

// ---- bytes ----

struct links { // of a file with several names
	dev_t device;
	ino_t inode;
	nlink_t seen;
};

static void *linked;

static int by_inode(const void *a, const void *b)
{
	const struct links *one = a, *other = b;
	if (one->device != other->device)
		return one->device < other->device ? -1 : 1;
	return (one->inode > other->inode) - (one->inode < other->inode);
}

// Only with the last of its names a file goes.
static bool is_last_name(const struct stat *info)
{
	struct links wanted = {.device = info->st_dev, .inode = info->st_ino};
	if (info->st_nlink == 1)
		return true;
	struct links **found = tfind(&wanted, &linked, by_inode);
	if (!found) {
		struct links *made = mem_new(sizeof *made);
		*made = wanted;
		found = tsearch(made, &linked, by_inode);
	}
	if (!found)
		fail(EXIT_HOST, "no memory for an index of files");
	return ++(*found)->seen == info->st_nlink;
}

// ---- what it is of ----

static const char unions[] = "unions of trees", others[] = "what is not whole";

static const char *of_record(const struct record *record)
{
	return mem_format("%s for %s", record->job, record->target);
}

// By the name of what they made.
static struct names makers(const struct store *store)
{
	struct names found = {0};
	struct list keys = folder_names(store_path(store, "records"));
	EACH(const char, key, keys) {
		const struct record *record = store_find(store, key);
		if (record && !names_find(&found, record->out).count)
			names_add(&found, record->out, (void *)of_record(record));
	}
	return found;
}

// The note in an object folder says "TARGET JOB" (tries.c).
static const char *of_object(const struct store *store, const char *name)
{
	const char *key = mem_copy(name, strcspn(name, "."));
	char *note = file_try(store_path(store, "objects/%s/job", key));
	char *job = note ? strchr(note, ' ') : NULL;
	if (!job)
		return others;
	*job++ = '\0';
	job[strcspn(job, "\n")] = '\0';
	return mem_format("%s for %s, not finished", job, note);
}

// Of a path below the store, "trees/OUT" or "records/KEY" or what else names a key.
static const char *what_of(const struct store *store, const char *path, const struct names *makers)
{
	const char *name = base_name(path);
	struct list made = names_find(makers, name);
	if (made.count)
		return made.at[0];
	if (!strncmp(path, "objects/", strlen("objects/")))
		return of_object(store, name);
	const struct record *record = store_find(store, name);
	if (record)
		return of_record(record);
	return store_has_tree(store, name) && !text_ends(name, TREE_GONE) ? unions : others;
}

// ---- sums ----

static int largest_first(const void *a, const void *b)
{
	const struct waste *one = *(struct waste *const *)a, *other = *(struct waste *const *)b;
	if (one->bytes != other->bytes)
		return one->bytes < other->bytes ? 1 : -1;
	return strcmp(one->what, other->what);
}

static struct waste *sum_for(struct list *sums, struct names *index, const char *what)
{
	struct list found = names_find(index, what);
	if (found.count)
		return found.at[0];
	struct waste *made = mem_new(sizeof *made);
	made->what = what;
	names_add(index, what, made);
	list_push(sums, made);
	return made;
}

// Unions before the trees they link to: what goes with both is these trees'.
struct list waste_of(const struct store *store, const struct list *doomed)
{
	struct list sums = {0};
	struct names index = {0}, made_by = makers(store);
	for (int first = 1; first >= 0; first--)
		EACH(const char, path, *doomed) {
			const char *below = path + strlen(store->path) + 1;
			const char *what = what_of(store, below, &made_by);
			if ((what == unions) != first)
				continue;
			struct waste *sum = sum_for(&sums, &index, what);
			sum->bytes += folder_bytes(path, is_last_name);
		}
	list_sort(&sums, largest_first);
	return sums;
}
