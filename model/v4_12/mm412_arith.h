/*
 * The kernel's small sums: int_sqrt(), min(), max().
 */
#ifndef MM412_ARITH_H
#define MM412_ARITH_H

#include <stdint.h>

/* Rounded down. */
static inline uint64_t mm412_arith_sqrt(uint64_t x)
{
	uint64_t root = 0;

	for (uint64_t bit = (uint64_t)1 << 31; bit; bit >>= 1)
		if ((root | bit) * (root | bit) <= x)
			root |= bit;
	return root;
}

static inline uint64_t mm412_arith_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t mm412_arith_max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
