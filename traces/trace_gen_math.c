#include "traces/trace_gen_math.h"

__extension__ typedef unsigned __int128 wide;

#define ONE (UINT64_C(1) << 32)
#define LN2 UINT64_C(2977044472) /* ln 2 in 1/2^32 */

/* log2 of x in [1, 2), given in 1/2^63: squaring shifts out one binary digit at a time. */
static uint64_t digits_of_log2(uint64_t x)
{
	uint64_t log = 0;

	for (unsigned i = 0; i < 32; i++) {
		wide square = ((wide)x * x) >> 63;
		bool digit = square >> 64;

		log = log << 1 | digit;
		x = (uint64_t)(square >> digit);
	}
	return log;
}

static uint64_t square_root(wide v)
{
	uint64_t root = 0;

	for (int bit = 63; bit >= 0; bit--) {
		uint64_t try = root | UINT64_C(1) << bit;

		if ((wide)try * try <= v)
			root = try;
	}
	return root;
}

void trace_gen_math_init(struct trace_gen_math *m, uint64_t seed)
{
	uint64_t root[10]; /* 2^(1/2), 2^(1/4), ... in 1/2^62 */

	m->state = seed;
	root[0] = square_root((wide)1 << 125);
	for (unsigned k = 1; k < 10; k++)
		root[k] = square_root((wide)root[k - 1] << 62);
	for (unsigned i = 0; i < TRACE_GEN_MATH_STEPS; i++) {
		uint64_t product = UINT64_C(1) << 62;

		m->log2[i] = digits_of_log2((UINT64_C(1) << 63) + ((uint64_t)i << 53));
		for (unsigned k = 0; k < 10; k++)
			if (i >> (9 - k) & 1)
				product = (uint64_t)(((wide)product * root[k]) >> 62);
		m->exp2[i] = product >> 30;
	}
	m->log2[TRACE_GEN_MATH_STEPS] = ONE;
	m->exp2[TRACE_GEN_MATH_STEPS] = 2 * ONE;
}

/* splitmix64 */
uint64_t trace_gen_math_random(struct trace_gen_math *m)
{
	uint64_t z = m->state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

uint32_t trace_gen_math_below(struct trace_gen_math *m, uint32_t n)
{
	return (uint32_t)(((trace_gen_math_random(m) >> 32) * n) >> 32);
}

/* Between two steps of a table, linearly; rest is in 1/2^22. */
static uint64_t between(const uint64_t *table, uint64_t step, uint64_t rest)
{
	return table[step] + (((table[step + 1] - table[step]) * rest) >> 22);
}

uint64_t trace_gen_math_bits(const struct trace_gen_math *m, uint64_t r)
{
	unsigned zeros = (unsigned)__builtin_clzll(r);
	uint64_t fraction = (r << zeros << 1) >> 32;

	return (zeros + 1) * ONE - between(m->log2, fraction >> 22, fraction & 0x3fffff);
}

uint64_t trace_gen_math_power(const struct trace_gen_math *m, uint64_t x)
{
	uint64_t fraction = x & (ONE - 1);

	return between(m->exp2, fraction >> 22, fraction & 0x3fffff) << (x >> 32);
}

static uint64_t exponential(struct trace_gen_math *m, uint64_t mean)
{
	uint64_t bits = trace_gen_math_bits(m, trace_gen_math_random(m) | 1);
	wide ln = ((wide)bits * LN2) >> 32;
	uint64_t v = (uint64_t)((mean * ln) >> 32);

	return v ? v : 1;
}

static uint64_t pareto(struct trace_gen_math *m, const struct trace_draw *d)
{
	uint64_t bits = trace_gen_math_bits(m, trace_gen_math_random(m) | 1);
	uint64_t x = bits / d->shape_milli * 1000;
	wide v;

	if (x >= 31 * ONE)
		return d->b;
	v = ((wide)d->a * trace_gen_math_power(m, x)) >> 32;
	return v < d->b ? (uint64_t)v : d->b;
}

/* Where one random number falls: between which two points, and how far. */
static uint64_t from_table(struct trace_gen_math *m, const struct trace_draw *d)
{
	wide at = (wide)trace_gen_math_random(m) * TRACE_DRAW_ALL; /* in 1/2^64 */
	uint32_t low = 0, high = d->npoints - 1;
	const struct trace_draw_point *p;

	while (high - low > 1) {
		uint32_t middle = (low + high) / 2;

		if (d->point[middle].below > (uint64_t)(at >> 64))
			high = middle;
		else
			low = middle;
	}
	p = &d->point[low];
	at = (at - ((wide)p[0].below << 64)) / (p[1].below - p[0].below);
	return p[0].value + (uint64_t)(((wide)(p[1].value - p[0].value) * (uint64_t)at) >> 64);
}

uint64_t trace_gen_math_draw(struct trace_gen_math *m, const struct trace_draw *d)
{
	switch (d->kind) {
	case TRACE_DRAW_UNIFORM:
		return d->a +
		       (uint64_t)(((wide)trace_gen_math_random(m) * (d->b - d->a + 1)) >> 64);
	case TRACE_DRAW_EXPONENTIAL:
		return exponential(m, d->a);
	case TRACE_DRAW_PARETO:
		return pareto(m, d);
	case TRACE_DRAW_BIMODAL:
		return exponential(m, trace_gen_math_below(m, 1000) < d->share_milli ? d->a
										     : d->b);
	case TRACE_DRAW_TABLE:
		return from_table(m, d);
	default:
		return d->a;
	}
}
