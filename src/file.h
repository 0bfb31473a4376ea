// A file of text, read or written as a whole.
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>

// Fatal when it cannot be read, or holds a NUL and so is no text.
char *file_text(const char *path);
// NULL then.
char *file_try(const char *path);

// False, with errno and without the file, when not all of it can be written.
bool file_write(const char *path, const char *text);
// The same by way of another name beside it, flushed: whatever happens, all of the new text is there, or the old one.
bool file_replace(const char *path, const char *text);

#endif
