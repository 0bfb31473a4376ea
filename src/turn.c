// Enters: a job that is ready. Leaves: what comes of that. May touch: the job's key; the store, through
// its calls.
#include "turn.h"
#include "task.h"

#include <string.h>
#include <unistd.h>

// Somebody may be at work on the checkout. Other functions of a recipe give another key; but other
// facts would want another graph, and another room.
static enum turn renew_key(const struct wants *wants, struct job *job, const char **error)
{
	const char *before = job->key;
	const char *edited = job->item ? recipe_edited(job->item->recipe) : NULL;
	if (edited) {
		job->trouble = mem_format("%s: its facts were edited during this run", edited);
		*error = job->trouble;
		return TURN_FAILED;
	}
	if (!job_renew_key(wants->jobs, job)) {
		*error = job->trouble;
		return TURN_FAILED;
	}
	return before && !strcmp(before, job->key) ? TURN_TAKEN : TURN_CHANGED;
}

// With the key locked. What is built from are copies; only after that it is known that they are what
// the key says.
static enum turn take(const struct wants *wants, struct job *job, const char **error)
{
	if (!wants_fresh(wants, job) && wants_look(wants, job)) {
		store_forget(wants->jobs->store, job->key);
		return TURN_MADE;
	}
	if (!task_copy_texts(job, wants->jobs, error))
		return TURN_FAILED;
	return renew_key(wants, job, error);
}

enum turn turn_take(const struct wants *wants, struct job *job, int *lock, const char **error)
{
	*error = NULL;
	enum turn turn = renew_key(wants, job, error);
	if (turn != TURN_TAKEN)
		return turn;
	*lock = store_lock(wants->jobs->store, job->key, error);
	if (*lock < 0)
		return *error ? TURN_FAILED : TURN_ELSEWHERE;
	turn = take(wants, job, error);
	if (turn != TURN_TAKEN)
		close(*lock);
	return turn;
}
