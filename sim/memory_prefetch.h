/*
 * What a core's hardware prefetchers have fetched before it is asked for: struct pages, which
 * lie behind one another in the order of their frames, one a line. Internal to sim/memory*.c.
 *
 * Two kinds, as Intel's manuals describe them. Lines come in pairs of 128 bytes: a miss brings
 * the other line of its pair along. And three lines in order, upwards or downwards, are a
 * stream that is fetched ahead. Neither goes beyond a page of 4 KiB, which is 64 struct pages.
 * Both see only what misses L1. docs/memory-models.md tells what comes of it.
 */
#ifndef SIM_MEMORY_PREFETCH_H
#define SIM_MEMORY_PREFETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/memory_place.h"

#define SIM_MEMORY_PREFETCH_SEEN 8u
/* Struct pages in 4 KiB of them. */
#define SIM_MEMORY_PREFETCH_REGION 64u
#define SIM_MEMORY_PREFETCH_REGIONS 64u

/* Of one CPU: the struct pages that missed L1 last, each once. All zero is one to begin with.
 */
struct sim_memory_prefetch {
	/* The frames' lower 32 bits, 64 more than they are: what is less is none. */
	uint32_t seen[SIM_MEMORY_PREFETCH_SEEN];
	unsigned next;
	/* The 4 KiB of the last miss, by number, and which of its struct pages are in `seen`.
	 */
	uint32_t region;
	uint64_t pages;
	/* How many of `seen` lie in 4 KiB of that number, modulo the counts. */
	uint8_t count[SIM_MEMORY_PREFETCH_REGIONS];
};

enum sim_memory_prefetch_how {
	SIM_MEMORY_PREFETCH_NONE,
	SIM_MEMORY_PREFETCH_PAIR,
	SIM_MEMORY_PREFETCH_STREAM,
	SIM_MEMORY_PREFETCH_HOWS
};

/* What a struct page costs by the CPU's own cache it is in and how it was fetched ahead: what
 * comes from memory or other cores' caches costs the same always. */
struct sim_memory_prefetch_costs {
	uint32_t cycles[SIM_MEMORY_LEVELS][SIM_MEMORY_PREFETCH_HOWS];
};

void sim_memory_prefetch_price(const struct sim_memory_place *place,
			       struct sim_memory_prefetch_costs *costs);

/* By whether the frame is odd and by which were seen: bits 0 to 2 for itself and the two above,
 * 3 to 5 for the two below, the far one first, and itself. */
extern const uint8_t sim_memory_prefetch_hows[2][64];

/* The struct pages seen in 4 KiB of that number. */
uint64_t sim_memory_prefetch_look(const struct sim_memory_prefetch *p, uint32_t region);

static inline uint8_t *sim_memory_prefetch_count(struct sim_memory_prefetch *p, uint32_t region)
{
	return &p->count[region % SIM_MEMORY_PREFETCH_REGIONS];
}

/* Forgets the oldest for a struct page of the region that p->pages is of. */
static inline void sim_memory_prefetch_note(struct sim_memory_prefetch *p, uint32_t at)
{
	uint32_t old = p->seen[p->next], region = old / SIM_MEMORY_PREFETCH_REGION;

	if (__builtin_expect(old != 0, 1))
		--*sim_memory_prefetch_count(p, region);
	++*sim_memory_prefetch_count(p, p->region);
	p->pages &= ~((uint64_t)(region == p->region) << old % SIM_MEMORY_PREFETCH_REGION);
	p->pages |= UINT64_C(1) << at % SIM_MEMORY_PREFETCH_REGION;
	p->seen[p->next] = at;
	p->next = (p->next + 1) % SIM_MEMORY_PREFETCH_SEEN;
}

/* A CPU misses the struct page of `frame` in L1, and remembers it: how it was fetched ahead. */
static inline enum sim_memory_prefetch_how
sim_memory_prefetch_miss(struct sim_memory_prefetch *p, uint64_t frame)
{
	uint32_t at = (uint32_t)frame + SIM_MEMORY_PREFETCH_REGION;
	uint32_t region = at / SIM_MEMORY_PREFETCH_REGION;
	unsigned place = at % SIM_MEMORY_PREFETCH_REGION;
	uint64_t above, below;

	if (region != p->region) {
		p->region = region;
		p->pages = 0;
		if (*sim_memory_prefetch_count(p, region))
			p->pages = sim_memory_prefetch_look(p, region);
	}
	above = p->pages >> place & 7;
	below = p->pages << (SIM_MEMORY_PREFETCH_REGION - 1 - place) >> 61;
	if (!(above & 1))
		sim_memory_prefetch_note(p, at);
	return sim_memory_prefetch_hows[frame & 1][below << 3 | above];
}

#endif
