#include "sim/memory_reuse_age.h"

#define LINE SIM_MEMORY_REUSE_LINE

/* ---- units ----------------------------------------------------------------------------- */

static unsigned log2_down(uint64_t n)
{
	unsigned bits = 0;

	while (n > 1) {
		n >>= 1;
		bits++;
	}
	return bits;
}

static uint64_t most_lines(const struct sim_memory_reuse *r)
{
	uint64_t most = 1;

	for (unsigned l = 0; l < SIM_MEMORY_LEVELS; l++)
		if (r->place.lines[l] > most)
			most = r->place.lines[l];
	return most;
}

/*
 * Stamps come round again after 2^bits units. The unit is one line, or as many that this is 64
 * times the largest cache: a line forgotten for long looks young with a chance of a few in a
 * hundred, in the largest cache, and of one in thousands in L1. But L1 has at least 8 units.
 */
static unsigned unit_shift(const struct sim_memory_reuse *r)
{
	unsigned shift = 0;

	while ((UINT64_C(1) << (r->place.stamp_bits + shift)) < 64 * most_lines(r) &&
	       UINT64_C(16) << shift <= r->place.lines[SIM_MEMORY_L1])
		shift++;
	return shift;
}

void sim_memory_reuse_age_init(struct sim_memory_reuse *r)
{
	const uint32_t *lines = r->place.lines;
	uint64_t most = most_lines(r);

	r->unit_shift = unit_shift(r);
	r->stamp_shift = 32 + r->unit_shift;
	r->young = lines[SIM_MEMORY_L1] >> r->unit_shift;
	for (unsigned l = 0; l < SIM_MEMORY_LEVELS; l++)
		r->weight[l] = lines[l] ? LINE / lines[l] : 0;
	r->young_weight = r->weight[SIM_MEMORY_L1] << r->unit_shift;
	r->fine_shift = log2_down(lines[SIM_MEMORY_L2] / 16);
	r->coarse_shift = log2_down(most / 64);
	/* Not a part of the stamps' range: think times of equal length would come round to the
	 * same stamp. */
	r->most_pollution = 3 * most + most / 7;
	for (unsigned c = 0; c < r->place.cpus; c++) {
		r->cpu[c].llc = &r->llc[r->place.cpu[c].llc];
		r->cpu[c].owned = sim_memory_place_cell(&r->place, SIM_MEMORY_OWNED, c);
		r->cpu[c].now = r->cpu[c].owned;
		r->cpu[c].next_mark = LINE << r->fine_shift;
	}
}

/* ---- clocks ---------------------------------------------------------------------------- */

/* The first of the segments behind `last` up to `now` that a ring has to know. */
static uint32_t first_new(uint32_t last, uint32_t now, uint32_t ring)
{
	return now - last < ring ? last + 1 : now - ring + 1;
}

/* Lines of an application come to all caches: where many segments passed at a time, the other
 * clocks were as far back at the beginning of each as this one. */
void sim_memory_reuse_age_mark(struct sim_memory_reuse *r, struct sim_memory_reuse_cpu *c)
{
	uint32_t now = sim_memory_reuse_age_whole(c->clock),
		 l2 = sim_memory_reuse_age_whole(c->clock2),
		 llc = sim_memory_reuse_age_whole(c->llc->clock);
	uint32_t fine = now >> r->fine_shift, coarse = now >> r->coarse_shift;

	for (uint32_t s = first_new(c->fine_now, fine, SIM_MEMORY_REUSE_FINE); s != fine + 1;
	     s++) {
		uint32_t ago = now - (s << r->fine_shift);

		c->fine[s % SIM_MEMORY_REUSE_FINE] =
			(struct sim_memory_reuse_mark){ l2 - ago, llc - ago };
	}
	for (uint32_t s = first_new(c->coarse_now, coarse, SIM_MEMORY_REUSE_COARSE);
	     s != coarse + 1; s++)
		c->coarse[s % SIM_MEMORY_REUSE_COARSE] = llc - (now - (s << r->coarse_shift));
	c->fine_now = fine;
	c->coarse_now = coarse;
	c->next_mark = ((uint64_t)fine + 1) << r->fine_shift << 32;
}
