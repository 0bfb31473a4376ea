// What the lines of the live display say, cut to a terminal's width.
#ifndef ROWS_H
#define ROWS_H

#include <stdbool.h>
#include <stddef.h>

enum { ROW_SIZE = 512 }; // bytes that any row fits in

struct row { // one job at work
	const char *name, *phase;
	long done, all;	 // steps; 0 of 0: not known
	long long bytes; // that came in so far; 0: it is no download
	double elapsed;	 // seconds
	double estimate; // seconds it takes in all; 0: not known
};

struct total {
	size_t done, all, failed; // jobs
	double elapsed;		  // seconds
	double left;		  // seconds; below 0: not known
	const char *end;	  // the time of day then, "14:05"
	double busy;		  // processors; below 0: not known
	int processors;
	double memory, memory_all; // GiB; 0: not known
	double rate;		   // bytes a second that come in; 0: no download
	const char *stopping;	   // why, or NULL
};

// A line of at most `columns` cells, without an end of line, into `to` (ROW_SIZE bytes).
void row_text(char *to, const struct row *row, int columns);
void total_text(char *to, const struct total *total, int columns);

#endif
