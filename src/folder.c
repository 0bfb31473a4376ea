// Enters: a folder's path. Leaves: the names in it, or its size. May touch: what is there, to look.
#include "folder.h"
#include "fail.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <ftw.h>
#include <string.h>
#include <unistd.h>

static bool passes_over(const char *name)
{
	static const char *const patterns[] = {".*",	"*~",	 "#*#",	 "*.orig",
					       "*.rej", "*.bak", "*.swp"};
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (!fnmatch(patterns[i], name, 0))
			return true;
	return false;
}

static bool is_dot_file(const char *name)
{
	return name[0] == '.';
}

static bool is_no_entry(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

static bool read_but(const char *path, bool (*passed_over)(const char *), struct list *to)
{
	struct list names = {0};
	DIR *dir = opendir(path);
	if (!dir)
		return false;
	const struct dirent *entry;
	while ((errno = 0, entry = readdir(dir)))
		if (!passed_over(entry->d_name))
			list_push(&names, mem_text(entry->d_name));
	int error = errno; // of a disk or a network: half a folder would be another key
	closedir(dir);
	errno = error;
	if (error)
		return false;
	list_sort(&names, by_text);
	*to = names;
	return true;
}

static struct list names_but(const char *path, bool (*passed_over)(const char *))
{
	struct list names;
	if (!read_but(path, passed_over, &names))
		fail_at(path, 0, "this folder cannot be read: %s", strerror(errno));
	return names;
}

struct list folder_names(const char *path)
{
	return names_but(path, is_dot_file);
}

struct list folder_texts(const char *path)
{
	return names_but(path, passes_over);
}

bool folder_try(const char *path, struct list *texts)
{
	return read_but(path, passes_over, texts);
}

bool folder_is_empty(const char *path)
{
	struct list names;
	return read_but(path, is_no_entry, &names) && !names.count;
}

static bool (*is_counted)(const struct stat *info); // nftw(3) hands nothing through
static long long counted;

static int count(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)path;
	(void)type;
	(void)walk;
	if (!S_ISDIR(info->st_mode) && is_counted(info))
		counted += info->st_blocks * 512;
	return 0;
}

long long folder_bytes(const char *path, bool (*counts)(const struct stat *info))
{
	is_counted = counts;
	counted = 0;
	nftw(path, count, 32, FTW_PHYS);
	return counted;
}

const char *folder_closed(const char *path)
{
	struct stat info;
	for (size_t length = 1; length <= strlen(path); length++) {
		if (path[length] && path[length] != '/')
			continue;
		const char *folder = mem_copy(path, length);
		bool known = !stat(folder, &info) && S_ISDIR(info.st_mode);
		if (known && info.st_uid != geteuid() && !(info.st_mode & S_IXOTH) &&
		    !(info.st_gid == getegid() && info.st_mode & S_IXGRP))
			return folder;
	}
	return NULL;
}
