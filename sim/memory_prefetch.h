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

/* Of one CPU: the struct pages that missed L1 last, each once. All zero is one to begin with.
 */
struct sim_memory_prefetch {
	/* The frames' lower 32 bits, 64 more than they are: what is less is none. */
	uint32_t seen[SIM_MEMORY_PREFETCH_SEEN];
	unsigned next;
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

/* How a line was fetched ahead whose neighbours, or which itself, were seen: bit 2 + n for the
 * frame `n` below it. Notes it if it was not. */
enum sim_memory_prefetch_how sim_memory_prefetch_near(struct sim_memory_prefetch *p,
						      uint64_t frame, unsigned found);

static inline void sim_memory_prefetch_note(struct sim_memory_prefetch *p, uint32_t at)
{
	p->seen[p->next] = at;
	p->next = (p->next + 1) % SIM_MEMORY_PREFETCH_SEEN;
}

/* A CPU misses the struct page of `frame` in L1, and remembers it: how it was fetched ahead. */
static inline enum sim_memory_prefetch_how
sim_memory_prefetch_miss(struct sim_memory_prefetch *p, uint64_t frame)
{
	const volatile uint32_t *seen = p->seen;
	uint32_t at = (uint32_t)frame + SIM_MEMORY_PREFETCH_REGION;
	unsigned found = 0;

	/*
	 * One by one, hence volatile: a vector of them would have the host wait until the last
	 * one noted has left its store buffer, behind all that misses its cache.
	 */
	for (unsigned i = 0; i < SIM_MEMORY_PREFETCH_SEEN; i++) {
		uint32_t below = at + 2 - seen[i];

		found |= 1u << (below < 5 ? below : 5);
	}
	found &= 31;
	if (found)
		return sim_memory_prefetch_near(p, frame, found);
	sim_memory_prefetch_note(p, at);
	return SIM_MEMORY_PREFETCH_NONE;
}

#endif
