#include "sim/memory_reuse.h"

/* Pollution of longer think times than this is all the same; keeps products in 64 bits. */
#define MOST_THINK (UINT64_C(1) << 44)
#define LINE SIM_MEMORY_REUSE_LINE

/* Whole lines of a clock. */
static uint32_t whole(uint64_t clock)
{
	return (uint32_t)(clock >> 32);
}

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
		r->cpu[c].llc = r->place.cpu[c].llc;
		r->cpu[c].owned = sim_memory_place_cell(&r->place, SIM_MEMORY_OWNED, c);
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
	uint32_t now = whole(c->clock), l2 = whole(c->clock2),
		 llc = whole(r->llc[c->llc].clock);
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

static void advance(struct sim_memory_reuse *r, struct sim_memory_reuse_cpu *c, uint64_t by)
{
	c->clock += by;
	if (c->clock >= c->next_mark)
		sim_memory_reuse_age_mark(r, c);
}

void sim_memory_reuse_age_pollute(struct sim_memory_reuse *r, struct sim_memory_reuse_cpu *c,
				  uint64_t lines)
{
	if (lines > r->most_pollution)
		lines = r->most_pollution;
	c->clock2 += lines << 32;
	r->llc[c->llc].clock += lines << 32;
	advance(r, c, lines << 32);
}

/* Lines that the CPU's application takes in from its last touch up to `date`. */
static uint64_t thought(const struct sim_memory_reuse *r, const struct sim_memory_reuse_cpu *c,
			uint64_t date)
{
	uint64_t think = date > c->last ? date - c->last : 0;

	return (think < MOST_THINK ? think : MOST_THINK) * r->place.pollution / 1000;
}

void sim_memory_reuse_age_think(struct sim_memory_reuse *r, struct sim_memory_reuse_cpu *c,
				uint64_t date)
{
	uint64_t lines = thought(r, c, date);

	if (lines)
		sim_memory_reuse_age_pollute(r, c, lines);
}

/* ---- ages ------------------------------------------------------------------------------ */

/* `more` lines that the CPU's own clocks do not know yet. */
static uint32_t older(uint32_t age, uint64_t more)
{
	return more < SIM_MEMORY_REUSE_AGES - age ? age + (uint32_t)more
						  : SIM_MEMORY_REUSE_AGES;
}

/* How far the clock of L2 has come since the CPU's own clock stood at `then`. */
static uint32_t age_l2(const struct sim_memory_reuse *r, const struct sim_memory_reuse_cpu *c,
		       uint32_t then)
{
	uint32_t fine = then >> r->fine_shift;

	if (c->fine_now - fine >= SIM_MEMORY_REUSE_FINE)
		return SIM_MEMORY_REUSE_AGES;
	return whole(c->clock2) - c->fine[fine % SIM_MEMORY_REUSE_FINE].l2;
}

/* The same of the last-level cache. */
static uint32_t age_llc(const struct sim_memory_reuse *r, const struct sim_memory_reuse_cpu *c,
			uint32_t then)
{
	uint32_t fine = then >> r->fine_shift, coarse = then >> r->coarse_shift;
	uint32_t now = whole(r->llc[c->llc].clock);

	if (c->fine_now - fine < SIM_MEMORY_REUSE_FINE)
		return now - c->fine[fine % SIM_MEMORY_REUSE_FINE].llc;
	if (c->coarse_now - coarse < SIM_MEMORY_REUSE_COARSE)
		return now - c->coarse[coarse % SIM_MEMORY_REUSE_COARSE];
	return SIM_MEMORY_REUSE_AGES;
}

/* A line is the youngest of L2 when it falls out of L1, and of the last level when it falls out
 * of L2: its age there counts from then. */
unsigned sim_memory_reuse_age_find(const struct sim_memory_reuse *r,
				   const struct sim_memory_reuse_cpu *c, uint32_t stamp,
				   uint64_t date, struct sim_memory_reuse_age *a)
{
	const uint32_t *size = r->place.lines;
	uint32_t units = ((uint32_t)(c->clock >> r->stamp_shift) - stamp) & r->place.stamp_mask;
	uint32_t lines = units << r->unit_shift, then = whole(c->clock) - lines;
	uint64_t more = date > c->last ? thought(r, c, date) : 0;

	*a = (struct sim_memory_reuse_age){ older(lines, more), 0, 0 };
	if (a->l1 < size[SIM_MEMORY_L1])
		return SIM_MEMORY_L1;
	then += size[SIM_MEMORY_L1];
	a->l2 = older(lines < size[SIM_MEMORY_L1] ? 0 : age_l2(r, c, then), more);
	if (a->l2 < size[SIM_MEMORY_L2])
		return SIM_MEMORY_L2;
	then += size[SIM_MEMORY_L2];
	lines -= lines < size[SIM_MEMORY_L1] ? lines : size[SIM_MEMORY_L1];
	a->llc = older(lines < size[SIM_MEMORY_L2] ? 0 : age_llc(r, c, then), more);
	return a->llc < size[SIM_MEMORY_LLC] ? SIM_MEMORY_LLC : SIM_MEMORY_LEVELS;
}

void sim_memory_reuse_age_take(struct sim_memory_reuse *r, struct sim_memory_reuse_cpu *c,
			       unsigned level, const struct sim_memory_reuse_age *a)
{
	struct sim_memory_reuse_llc *llc = &r->llc[c->llc];

	if (level == SIM_MEMORY_L1) {
		advance(r, c, a->l1 * r->weight[SIM_MEMORY_L1]);
		return;
	}
	c->clock2 += level == SIM_MEMORY_L2 ? a->l2 * r->weight[SIM_MEMORY_L2] : LINE;
	if (level == SIM_MEMORY_LLC)
		llc->clock += a->llc * r->weight[SIM_MEMORY_LLC];
	else if (level == SIM_MEMORY_LEVELS)
		llc->clock += LINE;
	advance(r, c, LINE);
}
