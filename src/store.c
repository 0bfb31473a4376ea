// Enters: keys, records, finished object folders. Leaves: trees and records. May touch: the store's
// folder, which nobody else writes (a sandbox fills build/ and out/ of its own object folder).
#include "store.h"
#include "fail.h"
#include "file.h"
#include "folder.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

const char *store_path(const struct store *store, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *below = mem_vformat(format, args);
	va_end(args);
	return mem_format("%s/%s", store->path, below);
}

// A slip of the pen must not make somebody's folder a store: gc would clear out what it does not know.
// Looks for trees/ after it saw the names: another run, which makes the store now, makes that first.
static void check_place(const struct store *store)
{
	static const char *const not_ours = "lost+found"; // in a file system of its own
	struct stat info;
	if (stat(store->path, &info) < 0 || !S_ISDIR(info.st_mode) || access(store->path, R_OK) < 0)
		return;
	const char *other = NULL;
	struct list names = folder_names(store->path);
	EACH(const char, name, names)
		if (!other && strcmp(name, not_ours) != 0)
			other = name;
	if (other && access(store_path(store, "trees"), F_OK) < 0)
		fail(EXIT_INPUT, "%s: holds '%s' and is no store; give --store a folder of its own",
		     store->path, other);
}

// For nobody else: what a recipe makes may be open to all to write, as a root's /tmp is, or run as its owner. Who is to
// read there is let in by hand, and stays so. What folders hand down to those in them, their group (inode(7), S_ISGID)
// and a default ACL (acl(5)), would come into the modes of all that is built.
static void close_folder(const struct store *store, const char *name)
{
	struct stat info;
	const char *path = store_path(store, "%s", name);
	if (tree_folder(store->path))
		mkdir(path, 0700);
	if (!stat(path, &info) && (info.st_mode & S_ISGID))
		chmod(path, info.st_mode & 0777);
	removexattr(path, "system.posix_acl_default");
}

const struct store *store_try(const char *path, const char **trouble)
{
	static const char *const folders[] = {"trees",	"records", "inputs", "logs",	"objects",
					      "latest", "roots",   "root",   "versions"};
	struct store *store = mem_new(sizeof *store);
	store->path = path;
	check_place(store);
	close_folder(store, "trees");
	close_folder(store, "objects");
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (!tree_folder(store_path(store, "%s", folders[i]))) {
			*trouble = mem_format("%s: the store cannot be made: %s; choose another "
					      "with --store",
					      path, strerror(errno));
			return NULL;
		}
	return store;
}

const struct store *store_open(const char *path)
{
	const char *trouble = "";
	const struct store *store = store_try(path, &trouble);
	if (!store)
		fail(EXIT_HOST, "%s", trouble);
	return store;
}

bool store_has_tree(const struct store *store, const char *out)
{
	return !access(store_path(store, "trees/%s", out), F_OK);
}

// The value of one of record_text's lines; NULL when the text has no such line.
static const char *field(const char *text, const char *key)
{
	const char *mark = mem_format("\n%s=", key);
	const char *found = strstr(text, mark);
	if (!found)
		return NULL;
	found += strlen(mark);
	bool quotes = *found == '\'';
	return mem_copy(found + quotes, strcspn(found + quotes, quotes ? "'\n" : "\n"));
}

static double number(const char *text, const char *key)
{
	const char *value = field(text, key);
	return value ? strtod(value, NULL) : 0;
}

// What was damaged, by a disk or by hand, counts as no record: it is made again.
static const struct record *record_read(const struct store *store, const char *key)
{
	const char *found = file_try(store_path(store, "records/%s", key));
	if (!found)
		return NULL;
	struct record *record = mem_new(sizeof *record);
	const char *text = mem_format("\n%s", found);
	*record = (struct record){
		.job = field(text, "job"),
		.target = field(text, "target"),
		.key = key,
		.out = field(text, "out"),
		.phases = field(text, "phases"),
		.seconds = number(text, "seconds"),
		.cpu = number(text, "cpu"),
		.earlier = number(text, "earlier"),
		.started = number(text, "started"),
		.slots = (int)number(text, "slots"),
		.memory = (long)number(text, "memory"),
		.bytes = (long long)number(text, "bytes"),
	};
	bool whole = record->job && record->target && record->out && record->phases;
	return whole && field(text, "bytes") ? record : NULL;
}

const struct record *store_find(const struct store *store, const char *key)
{
	const struct record *record = record_read(store, key);
	return record && store_has_tree(store, record->out) ? record : NULL;
}

void store_touch(const struct store *store, const char *key)
{
	utimensat(AT_FDCWD, store_path(store, "records/%s", key), NULL, 0);
}

const struct record *store_latest(const struct store *store, const char *target, const char *job)
{
	const char *key = file_try(store_path(store, "latest/%s/%s", target, job));
	return key ? record_read(store, key) : NULL;
}

bool store_sync(const struct store *store)
{
	int fd = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && !syncfs(fd);
	if (fd >= 0)
		close(fd);
	return done;
}

// The same output may be there already, from another key or another run: then ours is not needed.
static bool move_tree(const struct store *store, const char *from, const char *out)
{
	const char *tree = store_path(store, "trees/%s", out);
	if (!rename(from, tree))
		return true;
	return (errno == ENOTEMPTY || errno == EEXIST) && store_has_tree(store, out);
}

// If a disk has changed what is there under the name, what was made now would be lost for it.
static bool is_sound(const struct store *store, const char *out, const char **error)
{
	struct tree_sum sum;
	const char *tree = store_path(store, "trees/%s", out);
	if (!store_has_tree(store, out))
		return true;
	if (!tree_seal(tree, &sum, error))
		return false;
	*error = mem_format(
		"%s: not what it was when it was made; %s gc --check removes what is damaged", tree,
		fail_self());
	return !strcmp(sum.digest, out);
}

static const char *record_text(const struct record *record)
{
	return mem_format("job='%s'\ntarget=%s\nout=%s\nphases='%s'\nseconds=%.3f\ncpu=%.3f\n"
			  "memory=%ld\nbytes=%lld\nstarted=%.3f\nslots=%d\nearlier=%.3f\n",
			  record->job, record->target, record->out, record->phases, record->seconds,
			  record->cpu, record->memory, record->bytes, record->started,
			  record->slots, record->earlier);
}

// Of use, but not needed.
static void write_latest(const struct store *store, const struct record *record)
{
	char *path = mem_text(store_path(store, "latest/%s/%s", record->target, record->job));
	char *slash = strrchr(path, '/');
	*slash = '\0';
	bool done = tree_folder(path);
	*slash = '/';
	if (!done || !file_replace(path, record->key))
		warn("%s: cannot be written: %s", path, strerror(errno));
}

// The log is back where it was when the record cannot be written: there one looks for the reason.
static bool write_record(const struct store *store, const struct record *record)
{
	const char *log = store_path(store, "objects/%s/log", record->key);
	const char *kept = store_path(store, "logs/%s", record->key);
	bool moved = !rename(log, kept);
	if (!moved && errno != ENOENT)
		return false;
	if (file_replace(store_path(store, "records/%s", record->key), record_text(record)))
		return true;
	int error = errno;
	if (moved)
		rename(kept, log);
	errno = error;
	return false;
}

bool store_commit(const struct store *store, struct record *record, const char *inputs,
		  const char **error)
{
	const char *folder = store_path(store, "objects/%s", record->key);
	const char *made = mem_format("%s/out", folder);
	struct tree_sum sum;
	if (!tree_seal(made, &sum, error))
		return false;
	record->out = sum.digest;
	record->bytes = sum.bytes;
	if (!is_sound(store, record->out, error))
		return false;
	if (!store_sync(store) || !move_tree(store, made, record->out) ||
	    !file_replace(store_path(store, "inputs/%s", record->key), inputs) ||
	    !write_record(store, record)) {
		*error = mem_format("%s: cannot be kept: %s", folder, strerror(errno));
		return false;
	}
	write_latest(store, record);
	store_forget(store, record->key);
	return true;
}

bool store_commit_union(const struct store *store, const char *key, const char *inputs,
			const char **error)
{
	const char *folder = store_path(store, "objects/%s", key);
	const char *made = mem_format("%s/out", folder);
	if (!tree_date(made) || !store_sync(store) ||
	    !file_replace(store_path(store, "inputs/%s", key), inputs) ||
	    !move_tree(store, made, key)) {
		*error = mem_format("%s: cannot be kept: %s", folder, strerror(errno));
		return false;
	}
	store_forget(store, key);
	return true;
}

// What a link says, or "".
static const char *link_text(const char *path)
{
	char text[PATH_MAX];
	ssize_t length = readlink(path, text, sizeof text);
	return length < 0 ? "" : mem_copy(text, (size_t)length);
}

const char *store_published(const struct store *store, const char *target, const char *stage)
{
	const char *text = link_text(store_path(store, "roots/%s/%s", target, stage));
	const char *out = strrchr(text, '/');
	return out && store_has_tree(store, out + 1) ? mem_text(out + 1) : NULL;
}

void store_publish(const struct store *store, const char *target, const char *stage,
		   const char *out)
{
	const char *folder = store_path(store, "roots/%s", target);
	const char *link = mem_format("%s/%s", folder, stage);
	const char *aside = mem_format("%s.%d", link, (int)getpid());
	const char *text = mem_format("../../trees/%s", out);
	if (!strcmp(link_text(link), text)) // in a store that can only be read, too
		return;
	tree_folder(folder);
	unlink(aside);
	if (symlink(text, aside) < 0 || rename(aside, link) < 0)
		warn("%s: cannot be written: %s", link, strerror(errno));
}
