// One arena for everything the plan and the run remember. Nothing in it is ever freed: the runner
// is a process of one purpose, and the plan is const once made.
#ifndef MEM_H
#define MEM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

// All of these end the process with a message when memory is out; none returns NULL.
void *mem_new(size_t size); // zeroed
char *mem_copy(const char *text, size_t length);
char *mem_text(const char *text);
__attribute__((format(printf, 1, 2))) char *mem_format(const char *format, ...);
__attribute__((format(printf, 1, 0))) char *mem_vformat(const char *format, va_list args);

// A list of pointers that grows. `at` moves on push: keep indices, not addresses of slots.
struct list {
	void **at;
	size_t count, room;
};
void list_push(struct list *list, void *item);
// qsort(3) of a list, which may be empty.
void list_sort(struct list *list, int (*compare)(const void *, const void *));
int by_text(const void *a, const void *b); // of a list of texts

// A text that grows, and moves on push. Once anything was added it ends in a NUL, which does not count.
struct text {
	char *bytes;
	size_t length, room;
};
void text_push(struct text *text, const char *bytes, size_t count);

// Space-separated words of a text, as a list of char *.
struct list words(const char *text);
bool has_word(const struct list *words, const char *word);
const char *base_name(const char *path);	   // what stands behind its last slash
bool text_ends(const char *text, const char *end); // and has more before that

// for (each item of list). `break` and `continue` work; `list` is evaluated at every step.
#define EACH(type, item, list)                                                                     \
	for (size_t item##_i = 0, item##_go = 1; item##_go && item##_i < (list).count;             \
	     item##_i++, item##_go = !item##_go)                                                   \
		for (type *item = (list).at[item##_i]; item##_go; item##_go = 0)

#endif
