/*
 * Random numbers and distributions of integers, the same to the bit on every machine: tables
 * made by integer arithmetic, no floating point, no libm.
 */
#ifndef TRACE_GEN_MATH_H
#define TRACE_GEN_MATH_H

#include "traces/profile.h"

#define TRACE_GEN_MATH_STEPS 1024

struct trace_gen_math {
	uint64_t state;
	/* log2(1 + i / 1024) and 2^(i / 1024), in 1/2^32 */
	uint64_t log2[TRACE_GEN_MATH_STEPS + 1], exp2[TRACE_GEN_MATH_STEPS + 1];
};

void trace_gen_math_init(struct trace_gen_math *m, uint64_t seed);
uint64_t trace_gen_math_random(struct trace_gen_math *m);
/* 0 to n - 1; n > 0. */
uint32_t trace_gen_math_below(struct trace_gen_math *m, uint32_t n);
/* Never 0 for an exponential or Pareto of times: at least 1. */
uint64_t trace_gen_math_draw(struct trace_gen_math *m, const struct trace_draw *d);

/* -log2(r / 2^64) for r > 0, in 1/2^32: what a distribution makes of a random number. */
uint64_t trace_gen_math_bits(const struct trace_gen_math *m, uint64_t r);
/* 2^x for x in 1/2^32, below 2^31; in 1/2^32. */
uint64_t trace_gen_math_power(const struct trace_gen_math *m, uint64_t x);

#endif
