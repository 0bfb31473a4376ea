// Enters: text. Leaves: its width, and starts of it that fit. May touch: nothing else.
#include "cells.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// Bytes of the first character, and its cells. A byte that begins none counts for itself.
static size_t character(const char *text, int *cells)
{
	unsigned char first = (unsigned char)*text;
	size_t length = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	for (size_t i = 1; i < length; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			length = 1;
	*cells = length > 2 ? 2 : 1;
	return length;
}

int cells_count(const char *text)
{
	int sum = 0, cells;
	for (; *text; text += character(text, &cells), sum += cells)
		;
	return sum;
}

size_t cells_fit(const char *text, int cells)
{
	size_t bytes = 0;
	while (text[bytes]) {
		int wide;
		size_t length = character(text + bytes, &wide);
		if (wide > cells)
			break;
		cells -= wide;
		bytes += length;
	}
	return bytes;
}

void text_add(char *to, size_t size, const char *format, ...)
{
	size_t used = strlen(to);
	va_list args;
	va_start(args, format);
	vsnprintf(to + used, size - used, format, args);
	va_end(args);
}

static size_t run_of(const char *text, size_t count, char from, char to)
{
	size_t length = 0;
	while (length < count && text[length] >= from && text[length] <= to)
		length++;
	return length;
}

// ECMA-48: parameters, intermediate bytes, one final byte.
static size_t csi(const char *text, size_t count)
{
	size_t length = run_of(text, count, '0', '?');
	length += run_of(text + length, count - length, ' ', '/');
	return run_of(text + length, count - length, '@', '~') ? length + 1 : 0;
}

// Up to BEL, or ESC and a backslash; one that does not end in its line is none.
static size_t osc(const char *text, size_t count)
{
	for (size_t i = 0; i < count && text[i] != '\n'; i++)
		if (text[i] == '\a')
			return i + 1;
		else if (text[i] == '\033')
			return i + 1 < count && text[i + 1] == '\\' ? i + 2 : 0;
	return 0;
}

// Bytes of the sequence that begins here; 0: none does.
static size_t sequence(const char *text, size_t count)
{
	if (count < 2 || text[0] != '\033' || (text[1] != '[' && text[1] != ']'))
		return 0;
	size_t length = text[1] == '[' ? csi(text + 2, count - 2) : osc(text + 2, count - 2);
	return length ? length + 2 : 0;
}

static bool is_tame(char byte)
{
	return byte == '\n' || byte == '\t' || ((unsigned char)byte >= ' ' && byte != 0x7f);
}

size_t text_tame(char *text, size_t count)
{
	size_t left = 0;
	for (size_t i = 0, skip; i < count; i += skip ? skip : 1) {
		skip = sequence(text + i, count - i);
		if (!skip)
			text[left++] = is_tame(text[i]) ? text[i] : '?';
	}
	text[left] = '\0';
	return left;
}

void text_add_span(char *to, size_t size, double seconds)
{
	long whole = seconds > 0 ? (long)seconds : 0;
	if (whole < 3600)
		text_add(to, size, "%ld:%02ld", whole / 60, whole % 60);
	else
		text_add(to, size, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
}
