// Folder trees on disk: hashed, made uniform, united, removed.
#ifndef TREE_H
#define TREE_H

#include "mem.h"

#include <stdbool.h>

// The time every file of the store carries, seconds since 1970: outputs must not tell when they
// were made. Recipes see it as SOURCE_DATE_EPOCH.
enum { TREE_TIME = 1700000000 };

struct tree_sum {
	const char *digest; // of the canonical listing: path, type, mode, link, content
	long long bytes;    // of all regular files
	long files;
};

// Hashes the tree at `path`, sets every time in it to TREE_TIME and its own mode to 755. Files that are
// neither folder, regular nor symbolic link are refused. On error returns false and leaves what and why
// in `error` (arena).
bool tree_seal(const char *path, struct tree_sum *sum, const char **error);

// Sets the times of the folders alone, where the files' are right already.
bool tree_date(const char *path);

// Links every file of `from` into the folder `below` ("": itself) of `top` (made when missing). Where
// both have a file: with `over` the new one takes the place; without, they must have the same content,
// or it is an error, and `clash` is that file's path below `top`; it stays NULL otherwise. Links that
// are in the way of folders are followed, but not out of `top`.
bool tree_unite(const char *from, const char *top, const char *below, bool over, const char **error,
		const char **clash);

// Copies a file or folder to `to`, which must not exist: what is built from stays as it was when
// somebody edits it meanwhile. For small trees.
bool tree_copy(const char *from, const char *to, const char **error);

// Whether two files, links included, have the same mode and content.
bool tree_same_file(const char *one, const char *other);

// Paths, below two trees, of files, and of folders by their mode, that are not the same in both; char *, in order of
// their names.
struct list tree_differences(const char *one, const char *other);

// rm -rf; opens folders that are closed to their owner. A missing path is fine.
bool tree_remove(const char *path);
// The same for what a store is asked for: the name is gone before the first file is, so that no half
// of it is ever found under it. A kill may leave the rest, under the name and TREE_GONE.
#define TREE_GONE ".gone"
bool tree_discard(const char *path);
// mkdir -p
bool tree_folder(const char *path);

#endif
