/*
 * Which cache lines the 4.12.0 kernel touches, and their keys (sim/port.h).
 *
 * As on x86_64 with lines of 64 bytes: a struct page is one. A struct zone begins with its
 * watermarks and reserves (SIM_LINE_MARKS); its free areas come next, list heads and count of
 * an order in a row, so that orders and types share lines (SIM_LINE_LIST); the lock is behind
 * them (SIM_LINE_ZONE), the counters on lines of their own (SIM_LINE_STAT). A CPU's pageset of
 * a zone, counters included, is taken for one line (SIM_LINE_PCP), an lru_lock with the lists'
 * heads, too (SIM_LINE_LRU). Pageblocks have four bits each: 128 of them are a line
 * (SIM_LINE_BLOCK).
 *
 * A line that an operation has just written is in its CPU's first-level cache: it is not
 * touched a second time by the same step. Lines that nobody ever writes are not touched.
 */
#ifndef MM412_TOUCH_H
#define MM412_TOUCH_H

#include "model/v4_12/mm412.h"

/* A zone's free areas are at most so many lines. */
#define MM412_AREA_LINES 18
/* Frames whose pageblocks' bits are one line: 2 to the power of this. */
#define MM412_BLOCK_LINE_SHIFT 16

/*
 * Lines of a zone's counters: keys are the first lines of all zones and of the whole machine,
 * then their second ones, and so on.
 */
enum {
	MM412_STAT_FREE, /* NR_FREE_PAGES: the key is the zone's number */
	MM412_STAT_HIT,  /* NUMA_HIT, NUMA_MISS, NUMA_FOREIGN */
	MM412_STAT_CMA,  /* NUMA_LOCAL, NUMA_OTHER, NR_FREE_CMA_PAGES */
	MM412_STAT_LINES
};

/* At boot, once the table of slots and the types are known. */
void mm412_touch_boot(struct mm412 *mm);

/* A struct page that is only looked at. */
static inline void mm412_touch_look(const struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	sim_touch_page(cpu, mm412_frame(mm, slot), &mm->s[slot].stamp, false);
}

/*
 * A struct page under the zone's lock. With a flat price they are added up until the lock is
 * left: each addition would have to wait for the one before.
 */
static inline void mm412_touch_held(const struct mm412 *mm, struct mm412_zone *zone,
				    struct sim_cpu *cpu, uint32_t slot, bool write)
{
	if (cpu->memory->touch)
		sim_touch_page(cpu, mm412_frame(mm, slot), &mm->s[slot].stamp, write);
	else
		zone->flat_pages++;
}

/* A neighbour on a list is a page or the list's head, whose line is priced elsewhere. */
static inline void mm412_touch_beside(const struct mm412 *mm, struct sim_cpu *cpu,
				      uint32_t beside)
{
	if (beside >= mm->frame0)
		mm412_touch_frame(mm, cpu, beside);
}

/* ... likewise. */
static inline void mm412_touch_held_beside(const struct mm412 *mm, struct mm412_zone *zone,
					   struct sim_cpu *cpu, uint32_t beside)
{
	if (beside >= mm->frame0)
		mm412_touch_held(mm, zone, cpu, beside, true);
}

/* Both neighbours of a page on a free list. */
static inline void mm412_touch_neighbours(const struct mm412 *mm, struct mm412_zone *zone,
					  struct sim_cpu *cpu, uint32_t slot)
{
	mm412_touch_held_beside(mm, zone, cpu, mm->s[slot].next);
	mm412_touch_held_beside(mm, zone, cpu, mm->s[slot].prev);
}

/* Struct pages in a row, one by one. */
void mm412_touch_each(const struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, uint32_t n,
		      bool write);

static inline void mm412_touch_run(const struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
				   uint32_t n, bool write)
{
	const struct sim_memory *m = cpu->memory;

	if (m->touch)
		mm412_touch_each(mm, cpu, slot, n, write);
	else
		sim_charge_part(cpu, SIM_PART_MEMORY,
				(uint64_t)m->flat_cycles[SIM_LINE_PAGE] * n);
}

static inline void mm412_touch_pcp(const struct mm412 *mm, struct sim_cpu *cpu,
				   const struct mm412_pcp *pcp, bool write)
{
	sim_touch(cpu, SIM_LINE_PCP,
		  (uint64_t)(pcp - (const struct mm412_pcp *)(const void *)mm->s), write);
}

static inline void mm412_touch_block(const struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
				     bool write)
{
	sim_touch(cpu, SIM_LINE_BLOCK, (slot + mm->block_shift) >> MM412_BLOCK_LINE_SHIFT,
		  write);
}

/* What a watermark test reads first. */
static inline void mm412_touch_marks(struct sim_cpu *cpu, const struct mm412_zone *zone)
{
	const struct sim_memory *m = cpu->memory;

	if (!m->touch) {
		sim_charge_part(cpu, SIM_PART_MEMORY,
				(uint64_t)m->flat_cycles[SIM_LINE_STAT] +
					m->flat_cycles[SIM_LINE_MARKS]);
		return;
	}
	sim_touch(cpu, SIM_LINE_STAT, zone->id, false);
	sim_touch(cpu, SIM_LINE_MARKS, zone->id, false);
}

/* ... and, where there is CMA, NR_FREE_CMA_PAGES. */
static inline void mm412_touch_cma(const struct mm412 *mm, struct sim_cpu *cpu,
				   const struct mm412_zone *zone)
{
	sim_touch(cpu, SIM_LINE_STAT, MM412_STAT_CMA * (mm->nzones + 1) + zone->id, false);
}

/* A line of the zone's counters is written, and the whole machine's beside it. */
void mm412_touch_fold(const struct mm412 *mm, struct sim_cpu *cpu,
		      const struct mm412_zone *zone, unsigned line);
/* All CPUs' parts of the zone's counters are read. */
void mm412_touch_parts(const struct mm412 *mm, struct sim_cpu *cpu,
		       const struct mm412_zone *zone);
/* What a search for a block of at least that order reads of the free areas; `some`: orders of
 * which there is one, as bits. */
void mm412_touch_search(const struct mm412 *mm, struct sim_cpu *cpu,
			const struct mm412_zone *zone, unsigned order, unsigned some);

static inline void mm412_touch_lru(struct sim_cpu *cpu, unsigned nid)
{
	sim_touch(cpu, SIM_LINE_LRU, nid, true);
}

#endif
