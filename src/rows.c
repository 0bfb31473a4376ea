// Enters: numbers. Leaves: lines that fit a terminal. May touch: nothing else.
#include "rows.h"
#include "cells.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	WIDEST = 100, // beyond that the eye loses the row
	WIDE = 72,    // from here on there is room for the estimate
	MEDIUM = 52,  // and from here on for both phase and steps
	NARROW = 36,  // below that names need the room of the times
	TINY = 22,    // and below that all the room there is
	PART = 64,    // bytes that any part of a row fits in
};

// Adds `text` in exactly `cells` cells; what is cut ends in "..".
static void add_cell(char *to, const char *text, int cells)
{
	int wide = cells_count(text);
	if (wide <= cells) {
		text_add(to, ROW_SIZE, "%s%*s", text, cells - wide, "");
		return;
	}
	int bytes = (int)cells_fit(text, cells > 2 ? cells - 2 : cells);
	int left = cells - cells_count("..") - cells_count(text) + cells_count(text + bytes);
	text_add(to, ROW_SIZE, "%.*s%s%*s", bytes, text, cells > 2 ? ".." : "", left > 0 ? left : 0,
		 "");
}

// Where the whole name is too long, what is behind the stage tells more than its beginning.
static void add_name(char *to, const char *name, int cells)
{
	const char *slash = strchr(name, '/');
	add_cell(to, slash && cells_count(name) > cells ? slash + 1 : name, cells);
}

static void add_bytes(char *to, size_t size, double bytes)
{
	if (bytes < 1e6)
		text_add(to, size, "%.0f kB", bytes / 1e3);
	else if (bytes < 1e9)
		text_add(to, size, "%.1f MB", bytes / 1e6);
	else
		text_add(to, size, "%.2f GB", bytes / 1e9);
}

static void add_steps(char *to, const struct row *row)
{
	if (row->bytes > 0)
		add_bytes(to, PART, (double)row->bytes);
	else if (row->all > 0)
		text_add(to, PART, "%ld/%ld", row->done, row->all);
}

void row_text(char *to, const struct row *row, int columns)
{
	char steps[PART] = "", middle[PART] = "", span[PART] = "";
	int width = columns > WIDEST ? WIDEST : columns;
	bool wide = width >= WIDE, medium = width >= MEDIUM;
	add_steps(steps, row);
	if (medium || !*steps)
		text_add(middle, PART, "%.20s%s", row->phase, *row->phase && *steps ? " " : "");
	text_add(middle, PART, "%s", steps);
	text_add_span(span, PART, row->elapsed);
	if (wide && row->estimate >= 1 && row->estimate > row->elapsed) {
		text_add(span, PART, " of ");
		text_add_span(span, PART, row->estimate);
	}
	// With the space before each.
	int middle_cells = medium ? 23 : width < TINY ? 0 : 11;
	int span_cells = wide ? 20 : width < NARROW ? 0 : 9;
	int name_cells = width - 2 - middle_cells - span_cells;
	*to = '\0';
	text_add(to, ROW_SIZE, "  ");
	add_name(to, row->name, name_cells > 1 ? name_cells : 1);
	if (middle_cells) {
		text_add(to, ROW_SIZE, " ");
		add_cell(to, middle, middle_cells - 1);
	}
	if (span_cells)
		text_add(to, ROW_SIZE, " %s", span);
	to[cells_fit(to, columns > 0 ? columns : 0)] = '\0';
}

// Adds a part if there is room for it: what comes first is what matters most.
__attribute__((format(printf, 3, 4))) static void add_part(char *to, int columns,
							   const char *format, ...)
{
	char part[PART];
	va_list args;
	va_start(args, format);
	vsnprintf(part, PART, format, args);
	va_end(args);
	if (cells_count(to) + (*to ? 2 : 0) + cells_count(part) <= columns)
		text_add(to, ROW_SIZE, "%s%s", *to ? "  " : "", part);
}

static void add_left(char *to, int columns, const struct total *total)
{
	long minutes = (long)(total->left / 60 + 0.5);
	if (total->left < 0)
		return;
	if (minutes < 1)
		add_part(to, columns, "less than a minute left");
	else if (minutes < 60)
		add_part(to, columns, "about %ld min left (%.8s)", minutes, total->end);
	else
		add_part(to, columns, "about %ld h %ld min left (%.8s)", minutes / 60, minutes % 60,
			 total->end);
}

void total_text(char *to, const struct total *total, int columns)
{
	char first[PART], span[PART] = "", rate[PART] = "";
	*to = '\0';
	snprintf(first, PART, "%zu/%zu done", total->done, total->all);
	text_add_span(span, PART, total->elapsed);
	add_bytes(rate, PART, total->rate);
	add_part(to, columns, "%s", first);
	if (total->failed)
		add_part(to, columns, "%zu failed", total->failed);
	if (total->stopping) {
		add_part(to, columns, "stopping: %s", total->stopping);
		add_part(to, columns, "(once more to kill)");
	}
	add_part(to, columns, "%s", span);
	add_left(to, columns, total);
	if (total->busy >= 0)
		add_part(to, columns, "cores %.1f/%d", total->busy, total->processors);
	if (total->memory > 0)
		add_part(to, columns, "memory %.1f/%.1f GiB", total->memory, total->memory_all);
	if (total->rate > 0)
		add_part(to, columns, "%s/s", rate);
	if (!*to)
		text_add(to, ROW_SIZE, "%.*s", columns > 0 ? columns : 0, first);
}
