// What is in a folder, by name.
#ifndef FOLDER_H
#define FOLDER_H

#include "mem.h"

#include <stdbool.h>
#include <sys/stat.h>

struct list folder_names(const char *path); // sorted, without dot files; fatal when unreadable
// The same of a checkout's folder: also without what editors and patch(1) leave beside a file.
struct list folder_texts(const char *path);
bool folder_try(const char *path, struct list *texts); // false, with errno, when unreadable
bool folder_is_empty(const char *path);		       // not one that cannot be read
// The bytes on the disk of all files below it for which `counts` holds, folders aside; of a file its own.
long long folder_bytes(const char *path, bool (*counts)(const struct stat *info));
// The folder on the way to a path, or that itself, which is another user's and lets nobody else in; NULL: none. In a
// namespace of its own root has no more rights there than others.
const char *folder_closed(const char *path);

#endif
