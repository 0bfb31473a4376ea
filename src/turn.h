// What comes of a job whose turn it is: whether it can be made, and is still to be.
#ifndef TURN_H
#define TURN_H

#include "run.h"

enum turn {
	TURN_TAKEN,	// it is to be made, and locked
	TURN_MADE,	// its output is there
	TURN_ELSEWHERE, // another job or run has it at work
	TURN_CHANGED,	// it has another key now
	TURN_FAILED,
};

// Sets `*lock` when the turn is taken, `*error` when it failed.
enum turn turn_take(const struct wants *wants, struct job *job, int *lock, const char **error);

#endif
