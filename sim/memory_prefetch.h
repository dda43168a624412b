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
	SIM_MEMORY_PREFETCH_STREAM
};

/* A CPU misses the struct page of `frame` in L1, and remembers it: how it was fetched ahead. */
enum sim_memory_prefetch_how sim_memory_prefetch_miss(struct sim_memory_prefetch *p,
						      uint64_t frame);

/* What an access costs that would cost `cycles`: less where the line was fetched ahead out of
 * cache `level` of the CPU's own. SIM_MEMORY_LEVELS: it comes from memory or other cores'
 * caches, at full cost. Remembers the frame if it missed L1. */
uint32_t sim_memory_prefetch_cycles(const struct sim_memory_place *place,
				    struct sim_memory_prefetch *p, uint64_t frame,
				    unsigned level, uint32_t cycles);

#endif
