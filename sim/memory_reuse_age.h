/*
 * Ages of the reuse model: in which cache a line is, by its stamp, and what a touch does to the
 * clocks. Inline at once: nearly all touches that are not hits in L1 come through here.
 * Internal to sim/memory_reuse*.c.
 */
#ifndef SIM_MEMORY_REUSE_AGE_H
#define SIM_MEMORY_REUSE_AGE_H

#include "sim/memory_reuse.h"

#define SIM_MEMORY_REUSE_INLINE static inline __attribute__((always_inline))

/* Think times longer than this are all the same; keeps products in 64 bits. */
#define SIM_MEMORY_REUSE_MOST_THINK (UINT64_C(1) << 44)

/* How long ago something was by the clocks of a CPU's caches, in lines;
 * SIM_MEMORY_REUSE_AGES where nobody knows. */
struct sim_memory_reuse_age {
	uint32_t l1, l2, llc;
};

/* Whole lines of a clock. */
SIM_MEMORY_REUSE_INLINE uint32_t sim_memory_reuse_age_whole(uint64_t clock)
{
	return (uint32_t)(clock >> 32);
}

/* The cell of a line that the CPU touches now. */
SIM_MEMORY_REUSE_INLINE uint32_t sim_memory_reuse_age_cell(const struct sim_memory_reuse *r,
							   const struct sim_memory_reuse_cpu *c)
{
	return c->owned | ((uint32_t)(c->clock >> r->stamp_shift) & r->place.stamp_mask);
}

/* The CPU's own clock goes on. */
SIM_MEMORY_REUSE_INLINE void sim_memory_reuse_age_advance(struct sim_memory_reuse *r,
							  struct sim_memory_reuse_cpu *c,
							  uint64_t by)
{
	c->clock += by;
	if (__builtin_expect(c->clock >= c->next_mark, 0))
		sim_memory_reuse_age_mark(r, c);
	c->now = sim_memory_reuse_age_cell(r, c);
}

/* Lines that the CPU's application takes in from its last touch up to `date`. */
SIM_MEMORY_REUSE_INLINE uint64_t sim_memory_reuse_age_thought(
	const struct sim_memory_reuse *r, const struct sim_memory_reuse_cpu *c, uint64_t date)
{
	uint64_t think = date > c->last ? date - c->last : 0;

	if (think > SIM_MEMORY_REUSE_MOST_THINK)
		think = SIM_MEMORY_REUSE_MOST_THINK;
	return think * r->place.pollution / 1000;
}

/* So many lines go through all caches of the CPU. */
SIM_MEMORY_REUSE_INLINE void sim_memory_reuse_age_pollute(struct sim_memory_reuse *r,
							  struct sim_memory_reuse_cpu *c,
							  uint64_t lines)
{
	if (lines > r->most_pollution)
		lines = r->most_pollution;
	c->clock2 += lines << 32;
	c->llc->clock += lines << 32;
	sim_memory_reuse_age_advance(r, c, lines << 32);
}

/* `more` lines that the CPU's own clocks do not know yet. */
SIM_MEMORY_REUSE_INLINE uint32_t sim_memory_reuse_age_older(uint32_t age, uint64_t more)
{
	return more < SIM_MEMORY_REUSE_AGES - age ? age + (uint32_t)more
						  : SIM_MEMORY_REUSE_AGES;
}

/* How far the clock of L2 has come since the CPU's own clock stood at `then`. */
SIM_MEMORY_REUSE_INLINE uint32_t sim_memory_reuse_age_l2(const struct sim_memory_reuse *r,
							 const struct sim_memory_reuse_cpu *c,
							 uint32_t then)
{
	uint32_t fine = then >> r->fine_shift;

	if (c->fine_now - fine >= SIM_MEMORY_REUSE_FINE)
		return SIM_MEMORY_REUSE_AGES;
	return sim_memory_reuse_age_whole(c->clock2) - c->fine[fine % SIM_MEMORY_REUSE_FINE].l2;
}

/* The same of the last-level cache. */
SIM_MEMORY_REUSE_INLINE uint32_t sim_memory_reuse_age_llc(const struct sim_memory_reuse *r,
							  const struct sim_memory_reuse_cpu *c,
							  uint32_t then)
{
	uint32_t fine = then >> r->fine_shift, coarse = then >> r->coarse_shift;
	uint32_t now = sim_memory_reuse_age_whole(c->llc->clock);

	if (c->fine_now - fine < SIM_MEMORY_REUSE_FINE)
		return now - c->fine[fine % SIM_MEMORY_REUSE_FINE].llc;
	now -= c->coarse[coarse % SIM_MEMORY_REUSE_COARSE];
	return c->coarse_now - coarse < SIM_MEMORY_REUSE_COARSE ? now : SIM_MEMORY_REUSE_AGES;
}

/*
 * The cache of the CPU that a line with that stamp is in, SIM_MEMORY_LEVELS = none, if its
 * application has taken in `more` lines than its clocks know. The line's age, in caches beyond
 * that one 0. A line is the youngest of L2 when it falls out of L1, and of the last level when
 * it falls out of L2: its age there counts from then.
 */
SIM_MEMORY_REUSE_INLINE unsigned sim_memory_reuse_age_find(const struct sim_memory_reuse *r,
							   const struct sim_memory_reuse_cpu *c,
							   uint32_t stamp, uint64_t more,
							   struct sim_memory_reuse_age *a)
{
	const uint32_t *size = r->place.lines;
	uint32_t units = (c->now - stamp) & r->place.stamp_mask;
	uint32_t lines = units << r->unit_shift,
		 then = sim_memory_reuse_age_whole(c->clock) - lines;

	*a = (struct sim_memory_reuse_age){ sim_memory_reuse_age_older(lines, more), 0, 0 };
	if (a->l1 < size[SIM_MEMORY_L1])
		return SIM_MEMORY_L1;
	then += size[SIM_MEMORY_L1];
	a->l2 = sim_memory_reuse_age_older(
		lines < size[SIM_MEMORY_L1] ? 0 : sim_memory_reuse_age_l2(r, c, then), more);
	if (a->l2 < size[SIM_MEMORY_L2])
		return SIM_MEMORY_L2;
	then += size[SIM_MEMORY_L2];
	lines -= lines < size[SIM_MEMORY_L1] ? lines : size[SIM_MEMORY_L1];
	a->llc = sim_memory_reuse_age_older(
		lines < size[SIM_MEMORY_L2] ? 0 : sim_memory_reuse_age_llc(r, c, then), more);
	return a->llc < size[SIM_MEMORY_LLC] ? SIM_MEMORY_LLC : SIM_MEMORY_LEVELS;
}

/* The CPU touches a line that is in that cache of its own, or in none. */
SIM_MEMORY_REUSE_INLINE void sim_memory_reuse_age_take(struct sim_memory_reuse *r,
						       struct sim_memory_reuse_cpu *c,
						       unsigned level,
						       const struct sim_memory_reuse_age *a)
{
	uint64_t by = SIM_MEMORY_REUSE_LINE;

	if (level == SIM_MEMORY_L1) {
		by = a->l1 * r->weight[SIM_MEMORY_L1];
	} else if (level == SIM_MEMORY_L2) {
		c->clock2 += a->l2 * r->weight[SIM_MEMORY_L2];
	} else {
		c->clock2 += SIM_MEMORY_REUSE_LINE;
		c->llc->clock += level == SIM_MEMORY_LLC ? a->llc * r->weight[SIM_MEMORY_LLC]
							 : SIM_MEMORY_REUSE_LINE;
	}
	sim_memory_reuse_age_advance(r, c, by);
}

#endif
