// Enters: the jobs of a run; or a store that is swept. Leaves: a file in the store that says what the
// checkout needs; names to keep. May touch: the store's folder checkouts/, the times of its records.
//
// Only who plans knows what a checkout needs, and gc plans for its own alone. A run does not look at
// everything: what it did not look at stays as the one before had it.
#include "checkout.h"
#include "fail.h"
#include "file.h"
#include "hash.h"
#include "tree.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char mark[] = "\ncheckout ";

static const char *real(const char *root)
{
	char path[PATH_MAX];
	return realpath(root, path) ? mem_text(path) : root;
}

// The end of the file, and of it the path to the very end: that may hold any byte.
static const char *identity(const struct jobs *jobs)
{
	const struct plan *plan = jobs->plan;
	return mem_format(
		"begun %s%s%s %s%s%s", plan->target->name, plan->host_clang ? " --host-clang" : "",
		plan->native_tools ? " native-tools" : "", jobs->host->cc, mark, real(plan->root));
}

const char *checkout_file(const struct jobs *jobs)
{
	return hash_text(identity(jobs));
}

// The next line "KEY JOB"; NULL when there is none. `*at` moves past it.
static char *next(const char **at, const char **job)
{
	const char *line = *at;
	size_t length = strcspn(line, "\n");
	if (length <= HASH_DIGITS || strcspn(line, " ") != HASH_DIGITS)
		return NULL;
	*at += length + (line[length] == '\n');
	*job = mem_copy(line + HASH_DIGITS + 1, length - HASH_DIGITS - 1);
	return mem_copy(line, HASH_DIGITS);
}

static void line(struct text *text, const char *key, const char *job)
{
	const char *made = mem_format("%s %s\n", key, job);
	text_push(text, made, strlen(made));
}

static bool has(const struct store *store, const char *key)
{
	return store_find(store, key) || store_has_tree(store, key);
}

// As long as the store has no output under the new key, the last one may be wanted back.
static void add(struct text *text, const struct store *store, const struct job *job,
		const struct names *before)
{
	if (job->key)
		line(text, job->key, job->name);
	if (job->key && (job->present || has(store, job->key)))
		return;
	struct list keys = names_find(before, job->name);
	EACH(const char, key, keys)
		if (!job->key || (strcmp(key, job->key) != 0 && has(store, key)))
			line(text, key, job->name);
}

static struct text text_of(const struct jobs *jobs, const char *before)
{
	struct names keys = {0};
	struct text text = {0};
	const char *job_name, *end = identity(jobs);
	for (char *key; before && (key = next(&before, &job_name));)
		names_add(&keys, job_name, key);
	EACH(struct job, job, jobs->all) {
		// A build that is there has nobody look at its source.
		if (job->kind == JOB_FETCH || job->kind == JOB_UNPACK)
			job_set_key(jobs, job);
		add(&text, jobs->store, job, &keys);
	}
	text_push(&text, end, strlen(end));
	return text;
}

void checkout_note(const struct jobs *jobs)
{
	const struct store *store = jobs->store;
	const char *path = store_path(store, "checkouts/%s", checkout_file(jobs));
	const char *before = file_try(path);
	EACH(const struct job, job, jobs->all)
		if (job->key && job->present)
			store_touch(store, job->key);
	struct text text = text_of(jobs, before);
	if (before && !strcmp(before, text.bytes))
		return;
	bool done = tree_folder(store_path(store, "checkouts")) && file_replace(path, text.bytes);
	// Into a store that can only be read nothing came that anybody could miss.
	if (!done && errno != EROFS && errno != EACCES)
		warn("%s: cannot be written: %s; gc of another checkout may remove what this one needs",
		     path, strerror(errno));
}

// ---- for gc ----

static struct list files(const struct store *store)
{
	const char *folder = store_path(store, "checkouts");
	return access(folder, F_OK) < 0 ? (struct list){0} : folder_names(folder);
}

// NULL where a file is not whole: a killed run's, or one that a disk has damaged.
static const char *root_of(const char *name, const char *text)
{
	const char *found = text && strlen(name) == HASH_DIGITS ? strstr(text, mark) : NULL;
	return found ? found + strlen(mark) : NULL;
}

// What cannot be looked at may be there.
static bool is_gone(const char *root)
{
	return access(mem_format("%s/stages", root), F_OK) < 0 &&
	       (errno == ENOENT || errno == ENOTDIR);
}

static void keep_all(const struct store *store, const char *text, struct list *names)
{
	const char *job;
	for (const char *key; (key = next(&text, &job));) {
		const struct record *record = store_find(store, key);
		list_push(names, mem_text(key));
		if (record)
			list_push(names, mem_text(record->out));
	}
}

void checkout_keep(const struct store *store, const char *root, struct list *names)
{
	const char *here = real(root);
	struct list found = files(store);
	EACH(const char, name, found) {
		const char *text = file_try(store_path(store, "checkouts/%s", name));
		const char *other = root_of(name, text);
		if (other && strcmp(other, here) != 0 && !is_gone(other))
			keep_all(store, text, names);
	}
}

void checkout_sweep(const struct store *store, const char *root, const struct list *own)
{
	const char *here = real(root);
	struct list found = files(store);
	EACH(const char, name, found) {
		const char *path = store_path(store, "checkouts/%s", name);
		const char *other = root_of(name, file_try(path));
		bool other_way = other && own && !strcmp(other, here) && !has_word(own, name);
		if (!other || is_gone(other) || other_way)
			unlink(path);
	}
}
