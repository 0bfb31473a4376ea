// The functions of a recipe, as far as they can be told without a shell.
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include "conf.h"

#define FUNCTION_LETTERS "abcdefghijklmnopqrstuvwxyz_0123456789"

// Dies on what sh would run when it reads the recipe, and on functions that nobody calls.
void functions_check(const struct conf *recipe);

#endif
