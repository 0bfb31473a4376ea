// The command line.
#ifndef OPTIONS_H
#define OPTIONS_H

#include "run.h"

struct options {
	const char *verb;    // "" to build
	const char *operand; // of the verb, or NULL
	const char *root, *target, *build, *store;
	struct list command;	   // words behind "--": for shell, instead of a prompt
	double size;		   // gc: bytes, 0: what the targets need
	bool check;		   // gc: remove what is damaged, nothing else
	bool dry_run;		   // gc: nothing is removed
	const char *output;	   // export, report: where to, or NULL
	const char *format, *sign; // export; sign: a key's file
	const char *trace;	   // report: a file to write, or NULL
	const char *host_cc;	   // of the build machine; NULL: the best there is
	bool host_clang, emulate_all;
	bool sped_up;		 // shell: with programs of the build machine
	bool just_fresh;	 // neither --only nor --until: what is to be fresh, and no more
	const char *mirror_from; // what names run.mirror: "--mirror " or "BOOTSTRAP_MIRROR="
	struct run_wish run;
};

// Fatal with EXIT_INPUT when a word is not understood; prints and exits 0 for --help and --version.
const struct options *options_parse(int argc, char **argv);
// All verbs and options for completion, each quoted as a word of a shell: name, choices, help, with
// tabs between. `verifiable`: the choices of verify.
struct list options_words(const char *verifiable);
// What a person types to go on with the same run.
const char *options_text(const struct options *options, int argc, char **argv);

// A word as sh would have to be given it.
const char *options_quoted(const char *word);
// " --target T --store S": what leads another command to the same target and store.
const char *options_place(const struct options *options, const struct plan *plan);

#endif
