// How wide a text is on a terminal. Wide characters are told from narrow ones by a rule that rather
// counts too much: a line that is short does no harm, one that wraps does.
#ifndef CELLS_H
#define CELLS_H

#include <stddef.h>

int cells_count(const char *text);
// How many bytes of `text` fit into so many cells; never a part of a character.
size_t cells_fit(const char *text, int cells);

// Adds to a text of at most `size` bytes, its NUL included; cuts what does not fit.
__attribute__((format(printf, 3, 4))) void text_add(char *to, size_t size, const char *format, ...);
// What programs print must not steer a terminal: colours and titles (CSI and OSC sequences) go, other
// control characters become '?'; '\n' and '\t' stay. `text` has `count` bytes and room for a NUL behind
// them; how many are left is returned.
size_t text_tame(char *text, size_t count);
// "0:07", "12:03", "1:02:03"
void text_add_span(char *to, size_t size, double seconds);

#endif
