// Enters: sizes and texts. Leaves: memory that lives until exit. May touch: its arena, nothing
// else.
#include "mem.h"
#include "fail.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 16 };

static char *chunk;
static size_t chunk_left;

void *mem_new(size_t size)
{
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (size > chunk_left) {
		chunk_left = size > CHUNK ? size : CHUNK;
		chunk = calloc(1, chunk_left);
		if (!chunk)
			fail(EXIT_HOST, "out of memory (%zu bytes wanted)", size);
	}
	void *made = chunk;
	chunk += size;
	chunk_left -= size;
	return made;
}

char *mem_copy(const char *text, size_t length)
{
	char *made = mem_new(length + 1);
	memcpy(made, text, length);
	return made;
}

char *mem_text(const char *text)
{
	return mem_copy(text, strlen(text));
}

char *mem_vformat(const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	char *made = mem_new((size_t)length + 1);
	vsnprintf(made, (size_t)length + 1, format, args);
	return made;
}

char *mem_format(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *made = mem_vformat(format, args);
	va_end(args);
	return made;
}

void list_push(struct list *list, void *item)
{
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 8;
		void **at = mem_new(room * sizeof *at);
		if (list->count)
			memcpy(at, list->at, list->count * sizeof *at);
		list->at = at;
		list->room = room;
	}
	list->at[list->count++] = item;
}

void list_sort(struct list *list, int (*compare)(const void *, const void *))
{
	if (list->count)
		qsort(list->at, list->count, sizeof *list->at, compare);
}

int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void text_push(struct text *text, const char *bytes, size_t count)
{
	if (text->length + count >= text->room) {
		text->room = 2 * (text->length + count + 32);
		char *grown = mem_new(text->room);
		if (text->length)
			memcpy(grown, text->bytes, text->length);
		text->bytes = grown;
	}
	memcpy(text->bytes + text->length, bytes, count);
	text->length += count;
	text->bytes[text->length] = '\0';
}

struct list words(const char *text)
{
	struct list found = {0};
	while (text && *(text += strspn(text, " \t\n"))) {
		size_t length = strcspn(text, " \t\n");
		list_push(&found, mem_copy(text, length));
		text += length;
	}
	return found;
}

bool has_word(const struct list *words, const char *word)
{
	EACH(const char, other, *words)
		if (!strcmp(other, word))
			return true;
	return false;
}

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

bool text_ends(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);
	return length > tail && !strcmp(text + length - tail, end);
}
