// A recipe: what its head says. Its functions nobody but the sandbox's shell reads.
#ifndef RECIPE_H
#define RECIPE_H

#include "conf.h"
#include "mem.h"

#include <stdbool.h>

struct plan;

// Where a recipe's files come from; shared by recipes that say source_of.
struct source {
	const char *owner; // the recipe that pins it
	const char *dir;   // that recipe's folder: its *.patch belong to the source
	const char *version, *licence;
	const char *url, *sha256;	    // upstream's, or NULL
	const char *debian, *debian_sha256; // path below a Debian mirror's root, or NULL
	const char *exclude;		    // patterns never unpacked, or ""
};

// Whether there is anything to fetch: some recipes need no files but their own.
bool source_is_pinned(const struct source *source);

struct recipe {
	const char *name, *dir, *path;
	const struct conf *head, *style_head;
	const struct source *source; // its own or another recipe's; may pin nothing
	const char *version, *style;
	struct list needs, tools; // words, as written
	struct list checkout;	  // names at the top of the checkout that are its source
	const struct fact *needs_fact;
	long memory; // MiB at its largest moment, 0 unknown
	bool reads_distro;
};

// Reads recipes/NAME/recipe, once for a plan. A mistake in it is fatal; that there is none is told as one of the line
// that asks.
const struct recipe *recipe_read(struct plan *plan, const char *name, const char *asker, int line);
// The path of its file, or its style's, that has other facts by now; NULL: they hold.
const char *recipe_edited(const struct recipe *recipe);
bool recipe_has_tool(const struct recipe *recipe, const char *tool);
// Whether a recipe's head may set it, so that a line of a stage must not.
bool recipe_is_fact(const char *key);
// Whether the functions of a recipe or its style have a variable of that name.
bool recipe_reads(const struct plan *plan, const struct recipe *recipe, const char *value);

// What may stand for a file in a folder: no way out of it.
bool is_name(const char *text);

#endif
