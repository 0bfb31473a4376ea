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

static bool is_folder(const char *path)
{
	struct stat info;
	return !lstat(path, &info) && S_ISDIR(info.st_mode);
}

static bool is_missing(const char *path)
{
	struct stat info;
	return lstat(path, &info) < 0;
}

static void compare(struct list *found, const char *one, const char *other, const char *path);

// `both`: what the other tree has under the same name was looked at already.
static void compare_entries(struct list *found, const char *one, const char *other,
			    const char *path, bool both)
{
	struct dirent **entries;
	int count = scandir(mem_format("%s/%s", one, path), &entries, no_dots, alphasort);
	for (int i = 0; i < count; i++) {
		const char *below = mem_format("%s%s%s", path, *path ? "/" : "",
					       entries[i]->d_name);
		if (!both || is_missing(mem_format("%s/%s", other, below)))
			compare(found, one, other, below);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static void compare(struct list *found, const char *one, const char *other, const char *path)
{
	const char *left = mem_format("%s/%s", one, path),
		   *right = mem_format("%s/%s", other, path);
	if (is_folder(left) && is_folder(right)) {
		compare_entries(found, one, other, path, false);
		compare_entries(found, other, one, path, true);
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
