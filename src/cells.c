// Enters: text. Leaves: its width, and starts of it that fit. May touch: nothing else.
#include "cells.h"

#include <stdarg.h>
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

void text_tame(char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t') ||
		    text[i] == 0x7f)
			text[i] = '?';
}

void text_add_span(char *to, size_t size, double seconds)
{
	long whole = seconds > 0 ? (long)seconds : 0;
	if (whole < 3600)
		text_add(to, size, "%ld:%02ld", whole / 60, whole % 60);
	else
		text_add(to, size, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
}
