// Enters: a store. Leaves: it without what is not, or not any more, what its name says. May touch: the store's folder.
#include "fail.h"
#include "file.h"
#include "folder.h"
#include "names.h"
#include "store.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct checking {
	const struct store *store;
	struct names seen; // outputs
	struct store_check sum;
};

static void discard(struct checking *checking, const char *tree, const char *what, const char *why)
{
	warn("%s, trees/%s: %s; it is removed, and the next run makes it again", what, tree, why);
	tree_discard(store_path(checking->store, "trees/%s", tree));
	checking->sum.damaged++;
}

static void check_output(struct checking *checking, const struct record *record)
{
	const char *error = "other content than when it was made";
	struct tree_sum sum;
	if (names_find(&checking->seen, record->out).count)
		return;
	names_add(&checking->seen, record->out, (void *)record);
	bool read = tree_seal(store_path(checking->store, "trees/%s", record->out), &sum, &error);
	checking->sum.trees++;
	checking->sum.bytes += sum.bytes;
	if (!read || strcmp(sum.digest, record->out) != 0)
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

static bool unite_part(const struct store *store, const char *line, bool over)
{
	const char *below = line + strlen("part /"), *out = strrchr(line, ' ') + 1;
	const char *error, *clash = NULL;
	below = mem_copy(below, (size_t)(out - 1 - below));
	return tree_unite(store_path(store, "trees/%s", out), store_path(store, "objects/check"),
			  below, over, &error, &clash);
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
	char *text = file_try(store_path(store, "inputs/%s", tree));
	const char *again = store_path(store, "objects/check");
	checking->sum.trees++;
	if (!text || !unite_again(store, text))
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

struct store_check store_check(const struct store *store)
{
	struct checking checking = {.store = store};
	check_outputs(&checking);
	check_unions(&checking);
	return checking.sum;
}
