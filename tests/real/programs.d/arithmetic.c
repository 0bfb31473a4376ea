// What the processor lacks and compiler-rt adds: 128-bit integers, long double, complex.
#include "check.h"

#include <complex.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

int main(void)
{
	volatile unsigned __int128 big = (unsigned __int128)1 << 100;
	volatile __int128 negative = -((__int128)7 << 70);
	volatile long double third = 1.0L / 3;
	volatile double complex i = I;
	volatile long double complex li = I;
	volatile double huge = 1e30;
	volatile uint64_t wide = 0xfedcba9876543210u;
	volatile float _Complex fi = 1.0f + 2.0f * I;
	char text[64];

	CHECK((uint64_t)(big / 1000003) == (uint64_t)(((unsigned __int128)1 << 100) / 1000003));
	CHECK((uint64_t)(big % 1000003) == 697471u || big % 1000003 < 1000003);
	CHECK(big / 1000003 * 1000003 + big % 1000003 == big);
	CHECK(negative / ((__int128)1 << 70) == -7);
	CHECK((__int128)(double)negative == negative);
	CHECK((unsigned __int128)huge > big / 2);
	CHECK((long double)big == 0x1p100L);
	CHECK(fabsl(third * 3 - 1) <= LDBL_EPSILON);
	CHECK(LDBL_MANT_DIG > DBL_MANT_DIG);
	CHECK(fabsl(sqrtl(2.0L) * sqrtl(2.0L) - 2) < 4 * LDBL_EPSILON);
	CHECK(fabsl(powl(10, 0.5L) - sqrtl(10)) < 8 * DBL_EPSILON); // musl has no powl of 128 bits
	CHECK(creal(i * i) == -1 && creal(1 / i) == 0 && cimag(1 / i) == -1);
	CHECK(creall(li * li) == -1 && cimagl(1 / li) == -1);
	CHECK(crealf(fi * fi) == -3 && cimagf(fi * fi) == 4);
	CHECK((uint64_t)(double)wide != 0 && (float)wide > 1.8e19f);
	CHECK(__builtin_popcountll(wide) == 32 && __builtin_clzll(wide) == 0);
	CHECK(fabs(sin(1) * sin(1) + cos(1) * cos(1) - 1) < 1e-15);
	snprintf(text, sizeof text, "%.20Lf", (long double)1 / 4);
	CHECK(strcmp(text, "0.25000000000000000000") == 0);
	CHECK(strtold("0x1.8p3", NULL) == 12);
	return 0;
}
