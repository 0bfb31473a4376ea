// Atomics of every size up to 16 bytes, from several threads, without a libatomic.
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

enum { THREADS = 4, TURNS = 5000 };

static _Atomic uint8_t byte;
static _Atomic uint16_t half;
static _Atomic uint32_t word;
static _Atomic uint64_t wide;
static _Atomic(unsigned __int128) widest;

static void *turn(void *unused)
{
	for (int i = 0; i < TURNS; i++) {
		byte++;
		half++;
		word++;
		wide++;
		unsigned __int128 old = widest;
		while (!atomic_compare_exchange_weak(&widest, &old,
						     old + (((unsigned __int128)1 << 64) | 1)))
			;
	}
	return unused;
}

int main(void)
{
	pthread_t thread[THREADS];
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&thread[i], NULL, turn, NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(thread[i], NULL) == 0);
	CHECK(byte == (uint8_t)(THREADS * TURNS));
	CHECK(half == (uint16_t)(THREADS * TURNS));
	CHECK(word == THREADS * TURNS && wide == THREADS * TURNS);
	CHECK((uint64_t)widest == THREADS * TURNS && (uint64_t)(widest >> 64) == THREADS * TURNS);
	return 0;
}
