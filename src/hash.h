// SHA-256, by libcrypto. A digest is its 64 lower-case hex digits, a text in the arena.
#ifndef HASH_H
#define HASH_H

#include <stddef.h>

enum { HASH_DIGITS = 64 };

struct hash; // one at work
struct hash *hash_start(void);
void hash_add(struct hash *hash, const void *bytes, size_t count);
const char *hash_end(struct hash *hash); // frees `hash`

const char *hash_text(const char *text);
// NULL: the file cannot be opened or read, errno tells.
const char *hash_file(const char *path);

#endif
