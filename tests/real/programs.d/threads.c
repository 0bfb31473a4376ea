// POSIX and C11 threads, thread-local storage and its clean-up, cancellation.
#include "check.h"

#include <pthread.h>
#include <threads.h>
#include <unistd.h>

static _Thread_local int mine = 5;
static int cleaned;
static mtx_t lock;
static int total;

static void clean(void *value)
{
	cleaned += *(int *)value;
}

static int c11(void *value)
{
	for (int i = 0; i < 1000; i++) {
		mtx_lock(&lock);
		total++;
		mtx_unlock(&lock);
	}
	mine += *(int *)value;
	return mine;
}

static void *endless(void *unused)
{
	static int two = 2;
	pthread_cleanup_push(clean, &two);
	for (;;)
		usleep(1000);
	pthread_cleanup_pop(1);
	return unused;
}

int main(void)
{
	thrd_t thread[3];
	pthread_t other;
	pthread_key_t key;
	int one = 1, result;
	void *answer;

	CHECK(mtx_init(&lock, mtx_plain) == thrd_success);
	for (int i = 0; i < 3; i++)
		CHECK(thrd_create(&thread[i], c11, &one) == thrd_success);
	for (int i = 0; i < 3; i++)
		CHECK(thrd_join(thread[i], &result) == thrd_success && result == 6);
	CHECK(mine == 5 && total == 3000);

	CHECK(pthread_create(&other, NULL, endless, NULL) == 0);
	CHECK(pthread_cancel(other) == 0 && pthread_join(other, &answer) == 0);
	CHECK(answer == PTHREAD_CANCELED && cleaned == 2);
	CHECK(pthread_key_create(&key, clean) == 0 && pthread_setspecific(key, &one) == 0);
	CHECK(*(int *)pthread_getspecific(key) == 1);
	return 0;
}
