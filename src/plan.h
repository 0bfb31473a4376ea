// The plan: what the text files of a checkout come to for one target. Made by reading, held in the
// arena, const for everybody else.
#ifndef PLAN_H
#define PLAN_H

#include "conf.h"
#include "folder.h"
#include "names.h"
#include "recipe.h"
#include "target.h"

#include <stdbool.h>

#define STAGE_VERIFY "verify" // the stage that verify makes of another

enum purpose {
	FOR_TARGET, // runs on, or is linked into programs of, the target
	FOR_BUILD,  // runs on the build machine, the same for every target
	FOR_CROSS,  // runs on the build machine, serves one target
};

// One line of a stage: a recipe and the values the line sets.
struct item {
	const struct stage *stage;
	const struct recipe *recipe;
	const char *name; // "musl", or "musl:headers" where the line has values
	enum purpose purpose;
	struct list values; // struct fact *
	int line;
	size_t number;	   // among all items of the plan
	struct list needs; // struct item *, of this stage, what it names
	struct list tools; // struct item *, programs it is built with: of this stage, or, where
			   // that is native, of the one below
	enum { UNSEEN, OPEN, PLACED } mark;
};

struct stage {
	const char *name, *path;
	bool on_build_machine;	    // where its programs run
	const struct stage *tools;  // whose tools build it; NULL: the build machine's
	const struct stage *base;   // the tree it starts from, or NULL
	const struct stage *native; // whose programs stand in for emulated ones, or NULL
	const struct stage *again;  // the stage that this one repeats, to compare; or NULL
	struct list items;	    // struct item *, in the order of building
	struct names lines; // struct item *, as written, by their recipe's name and their own
	bool placed;	    // it is read, and all that it names
};

struct plan {
	const char *root;	   // the checkout
	const struct conf *distro; // name, vendor and the like: the one file a fork edits
	struct list targets;	   // struct target *, by name
	struct names recipes;	   // struct recipe *, those the stages name
	size_t items;		   // in all stages
	struct list stages;	   // struct stage *, in the order of building
	const struct target *target;
	const struct stage *again; // what verify adds, of the name STAGE_VERIFY, or NULL
	const char *machine;	   // the build machine, as uname -m says
	bool foreign;		   // the build machine cannot run the target's programs
	bool host_clang;
	bool native_tools;    // programs of the build machine stand in for emulated ones
	const char *backends; // LLVM's names of all known targets, joined by ';'
};

struct plan_wish {
	const char *root, *target; // target NULL: the build machine's own
	const char *machine;	   // the build machine, as uname -m says
	bool host_clang;
	bool any_target;    // one as good as another, where none is named: it is about all of them
	bool emulate_all;   // no program of the build machine stands in for an emulated one
	const char *verify; // a stage to build once more; STAGE_VERIFY: whichever can; or NULL
};

// Reads everything; a mistake in any file is fatal and names its place. No fork, no write.
const struct plan *plan_make(const struct plan_wish *wish);
void plan_print(const struct plan *plan, const struct stage *last); // up to it; NULL: all
void plan_print_targets(const struct plan *plan);

const struct conf *distro_read(const char *root);

// Fatal when no stage (up to `last`, if any) lists such a recipe; plan_stage when there is none.
void plan_check_recipe(const struct plan *plan, const char *name, const struct stage *last);
// The same, but a stage's name, which is of all its lines, does as well.
void plan_check_lines(const struct plan *plan, const char *name, const struct stage *last);
const struct stage *plan_stage(const struct plan *plan, const char *name);

#endif
