// A file of text, read as a whole.
#ifndef FILE_H
#define FILE_H

// Fatal when it cannot be read, or holds a NUL and so is no text.
char *file_text(const char *path);
// NULL then.
char *file_try(const char *path);

#endif
