/*
 * Chance: numbers that depend on a seed and on what they are drawn for alone, not on the order
 * in which they are drawn.
 */
#ifndef DRAW_H
#define DRAW_H

#include <stdint.h>

/* The finalizer of splitmix64. */
static inline uint64_t draw_mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* 32 bits, all equally likely. */
static inline uint32_t draw_of(uint64_t seed, uint64_t what)
{
	return (uint32_t)(draw_mix(draw_mix(seed) +
				   (what + 1) * UINT64_C(0x9e3779b97f4a7c15)) >>
			  32);
}

#endif
