// The options and verbs there are: one table for the parser, --help and completion.
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>

// Each ends with one that has no name.
extern const struct option {
	const char *name, *operand;
	enum shape { FLAG, TEXT, NUMBER, SPAN, SIZE, NAMES } shape;
	size_t at;	  // its place in struct options
	int value;	  // of a FLAG
	const char *uses; // verbs that it is for, "building" for none; NULL: all
	const char *help;
} option_table[];

extern const struct verb {
	const char *name, *operand, *help;
} verb_table[];

// ./bootstrap itself takes --setup, and the other two are answered at once.
extern const struct extra {
	const char *name, *help;
} extra_table[];

void table_print(void); // --help

#endif
