// Enters: a folder's path. Leaves: the names in it. May touch: that folder, to read.
#include "folder.h"
#include "fail.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

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
