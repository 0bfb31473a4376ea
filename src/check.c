// Enters: a store. Leaves: it without what is not, or not any more, what its name says, and without records of what was
// built of that. May touch: the store's folder.
#include "fail.h"
#include "file.h"
#include "folder.h"
#include "hash.h"
#include "names.h"
#include "store.h"
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct checking {
	const struct store *store;
	struct names seen, damaged; // trees; of the seen ones outputs alone
	struct store_check sum;
};

static void discard(struct checking *checking, const char *tree, const char *what, const char *why)
{
	bool gone = tree_discard(store_path(checking->store, "trees/%s", tree));
	warn("%s, trees/%s: %s; it %s%s", what, tree, why,
	     gone ? "is removed, and the next run makes it again" : "cannot be removed: ",
	     gone ? "" : strerror(errno));
	names_add(&checking->damaged, tree, NULL);
	checking->sum.damaged++;
}

static bool is_output(const struct store *store, const char *tree, long long *bytes,
		      const char **error)
{
	struct tree_sum sum = {0};
	bool read = tree_seal(store_path(store, "trees/%s", tree), &sum, error);
	*bytes += sum.bytes;
	return read && !strcmp(sum.digest, tree);
}

static void check_output(struct checking *checking, const struct record *record)
{
	const char *error = "other content than when it was made";
	if (names_find(&checking->seen, record->out).count)
		return;
	names_add(&checking->seen, record->out, NULL);
	checking->sum.trees++;
	if (!is_output(checking->store, record->out, &checking->sum.bytes, &error))
		discard(checking, record->out, record->job, error);
}

static void check_outputs(struct checking *checking)
{
	struct list keys = folder_names(store_path(checking->store, "records"));
	EACH(const char, key, keys) {
		const struct record *record = store_find(checking->store, key);
		if (record)
			check_output(checking, record);
	}
}

// A disk that takes no more says nothing of what it has.
static bool unite_part(const struct store *store, const char *line, bool over)
{
	const char *below = line + strlen("part /"), *out = strrchr(line, ' ') + 1;
	const char *error, *clash = NULL;
	below = mem_copy(below, (size_t)(out - 1 - below));
	if (tree_unite(store_path(store, "trees/%s", out), store_path(store, "objects/check"),
		       below, over, &error, &clash))
		return true;
	if (errno == ENOSPC || errno == EDQUOT || errno == EMLINK)
		fail(EXIT_HOST, "%s; %s gc makes room, then --check can go on", error, fail_self());
	return false;
}

// Links the parts that a union's text names together once more. False: one of them is gone.
static bool unite_again(const struct store *store, char *text)
{
	const char *to = store_path(store, "objects/check");
	bool over = strstr(text, "\ncompose all over\n"), done = tree_remove(to) && tree_folder(to);
	for (char *line = strtok(text, "\n"); done && line; line = strtok(NULL, "\n"))
		if (!strncmp(line, "part /", strlen("part /")))
			done = unite_part(store, line, over);
	return done;
}

static void check_union(struct checking *checking, const char *tree)
{
	const struct store *store = checking->store;
	const char *error, *again = store_path(store, "objects/check");
	char *text = file_try(store_path(store, "inputs/%s", tree));
	checking->sum.trees++;
	if (!text && is_output(store, tree, &checking->sum.bytes, &error))
		return; // whose record is gone: nobody finds it, and gc takes it
	if (!text || strcmp(hash_text(text), tree) != 0)
		discard(checking, tree, "a union", "what it is made of is not known any more");
	else if (!unite_again(store, text))
		discard(checking, tree, "a union", "what it is made of is not there");
	else if (tree_differences(again, store_path(store, "trees/%s", tree)).count)
		discard(checking, tree, "a union", "not what it is made of");
	tree_remove(again);
}

static void check_unions(struct checking *checking)
{
	struct list trees = folder_names(store_path(checking->store, "trees"));
	EACH(const char, tree, trees)
		if (!text_ends(tree, TREE_GONE) && !names_find(&checking->seen, tree).count)
			check_union(checking, tree);
}

// Of a key's text every line that ends in the name of a tree is about something the build was given.
static bool was_given(char *text, const struct names *trees)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		const char *word = strrchr(line, ' ');
		if (word && names_find(trees, word + 1).count)
			return true;
	}
	return false;
}

// The key says what should have been given. If the build comes out otherwise now, so do those of what was built of it.
static void forget_users(const struct checking *checking)
{
	struct list keys = folder_names(store_path(checking->store, "records"));
	EACH(const char, key, keys) {
		const struct record *record = store_find(checking->store, key);
		char *text = record ? file_try(store_path(checking->store, "inputs/%s", key))
				    : NULL;
		if (!text || !was_given(text, &checking->damaged))
			continue;
		warn("%s was built of what is damaged; the next run builds it again", record->job);
		unlink(store_path(checking->store, "records/%s", key));
	}
}

struct store_check store_check(const struct store *store)
{
	struct checking checking = {.store = store};
	check_outputs(&checking);
	check_unions(&checking);
	if (checking.sum.damaged)
		forget_users(&checking);
	return checking.sum;
}
