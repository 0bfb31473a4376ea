// Atomics of every size up to the widest one, from several threads, without a libatomic.
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

enum { THREADS = 4, TURNS = 5000 };

static _Atomic uint8_t byte;
static _Atomic uint16_t half;
static _Atomic uint32_t word;
static _Atomic uint64_t wide;
#ifdef __riscv
typedef uint64_t widest_type;
#else
typedef unsigned __int128 widest_type;
#endif
static _Atomic(widest_type) widest;
// a one in both of its halves
static const widest_type ones = ((widest_type)1 << (sizeof(widest_type) * 4)) | 1;

static void *turn(void *unused)
{
	for (int i = 0; i < TURNS; i++) {
		byte++;
		half++;
		word++;
		wide++;
		widest_type old = widest;
		while (!atomic_compare_exchange_weak(&widest, &old, old + ones))
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
	CHECK(sizeof widest == WIDEST_ATOMIC);
	CHECK(widest == ones * THREADS * TURNS);
	return 0;
}
