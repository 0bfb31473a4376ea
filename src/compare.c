// Enters: two trees. Leaves: the paths at which they differ. May touch: files it reads.
#include "tree.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int no_dots(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

// A folder's mode; 0: it is none.
static mode_t folder_mode(const char *path)
{
	struct stat info;
	return !lstat(path, &info) && S_ISDIR(info.st_mode) ? info.st_mode : 0;
}

static bool is_missing(const char *path)
{
	struct stat info;
	return lstat(path, &info) < 0;
}

static struct dirent **entries_of(const char *folder, int *count)
{
	struct dirent **entries = NULL;
	*count = scandir(folder, &entries, no_dots, alphasort);
	return entries;
}

static void compare(struct list *found, const char *one, const char *other, const char *path);

// Of the names in one of the trees; `missing`: only those that the other one has not.
static void compare_entries(struct list *found, const char *const trees[2], const char *path,
			    int folder, bool missing)
{
	int count;
	struct dirent **entries = entries_of(mem_format("%s/%s", trees[folder], path), &count);
	for (int i = 0; i < count; i++) {
		const char *name = mem_format("%s%s%s", path, *path ? "/" : "", entries[i]->d_name);
		if (!missing || is_missing(mem_format("%s/%s", trees[!folder], name)))
			compare(found, trees[0], trees[1], name);
		free(entries[i]);
	}
	free(entries);
}

static void compare(struct list *found, const char *one, const char *other, const char *path)
{
	const char *const trees[] = {one, other};
	const char *left = mem_format("%s/%s", one, path),
		   *right = mem_format("%s/%s", other, path);
	mode_t mode = folder_mode(left), other_mode = folder_mode(right);
	if (mode && other_mode) {
		if (mode != other_mode)
			list_push(found, mem_text(path));
		compare_entries(found, trees, path, 0, false);
		compare_entries(found, trees, path, 1, true);
	} else if (!tree_same_file(left, right)) {
		list_push(found, mem_text(path));
	}
}

struct list tree_differences(const char *one, const char *other)
{
	struct list found = {0};
	compare(&found, one, other, "");
	return found;
}
