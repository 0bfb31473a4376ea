// Lines for a reader that nobody has to wait for: what it does not take in time is kept for a while,
// and then dropped, line by line.
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct stream {
	int fd; // -1: closed, or the reader has gone
	char *queue;
	size_t count;
	int error; // why it was closed early
	long lost; // lines dropped since the last that was taken
};

// A file is made or emptied. False: errno tells.
bool stream_open(struct stream *stream, const char *path);
// The line has its '\n'. False: there was no room for it.
bool stream_line(struct stream *stream, const char *line, size_t count);
// Waits for the reader so many milliseconds at most, then closes.
void stream_close(struct stream *stream, int patience);

#endif
