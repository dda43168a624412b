/*
 * The frames of every zone, a bit each: which are memory that the kernel manages, which lie on
 * free lists and which on per-cpu lists. Ranges are runs of 2^order bits, aligned as the kernel
 * aligns its blocks.
 */
#ifndef FRAMEMAP_H
#define FRAMEMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_policy.h"

struct framemap_zone {
	uint64_t start, end; /* frames, end exclusive */
	uint64_t base;       /* frame of bit 0: `start`, or below it by less than 1024 frames */
	uint64_t nbits;      /* a multiple of 1024 */
	uint64_t *managed, *free, *pcp;
};

struct framemap {
	unsigned nzones;
	struct framemap_zone *zones; /* as the snapshot's */
};

/* NULL when memory is short. */
struct framemap *framemap_new(const struct mm_policy *policy, const void *mm,
			      const struct mm_snapshot *snap, const struct mm_machine *machine);
void framemap_free(struct framemap *m);

/* The number of the zone that has the frame; nzones = none. */
unsigned framemap_zone(const struct framemap *m, uint64_t frame);

/* How many of the 2^order bits of range `n` are set. */
unsigned framemap_count(const uint64_t *bits, uint64_t n, unsigned order);

static inline bool framemap_has(const uint64_t *bits, uint64_t at)
{
	return bits[at / 64] >> (at % 64) & 1;
}

#endif
