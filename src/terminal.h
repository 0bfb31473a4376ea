// A terminal with a block of lines that is drawn over and over at its bottom, and lines that scroll
// by above. No mode of the terminal is changed and the cursor is never hidden: it rests at the start
// of the line below the block, so that whatever ends the process leaves nothing to restore.
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

// Whether stdout is a terminal that can be drawn on. If so it is from now on, until terminal_close
// or exit; messages of fail.h come out above the block.
bool terminal_open(void);
// Readable when it is time to draw again: four times a second, and when the size changed.
int terminal_clock(void);
// Makes it unreadable, and looks what happened.
void terminal_tick(void);

int terminal_columns(void);
int terminal_lines(void);
// Whether stdout, or stderr, is a terminal with colours that nobody has forbidden (NO_COLOR).
bool terminal_has_colour(int fd);

// A line to scroll by, shown with the next drawing.
void terminal_say(const char *line);
// Whether the last drawing is at least a tenth of a second ago.
bool terminal_is_due(void);
// Draws everything said meanwhile and the block: lines of at most terminal_columns() cells. One
// write, nothing when the terminal is another job's just now, or takes no output (Ctrl-S).
void terminal_draw(const char *const *lines, size_t count);
// Shows what was said and removes the block.
void terminal_clear(void);
void terminal_close(void);

#endif
