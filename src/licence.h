// Licences, as recipes name them.
#ifndef LICENCE_H
#define LICENCE_H

#include <stdbool.h>

// Whether a text has the form of an SPDX expression; which names there are is not known here.
bool licence_is_expression(const char *text);

#endif
