/*
 * The memory there is when the kernel starts: the zones' spans without their holes, and
 * without what is reserved for good or for CMA. Ranges are cut at zone ends, which changes
 * nothing: free ranges are handed over in blocks that zone ends, multiples of a block, never
 * cut.
 *
 * Kernel: mm/memblock.c, for_each_free_mem_range(), memblock_next_valid_pfn().
 */
#ifndef MM412_MEMBLOCK_H
#define MM412_MEMBLOCK_H

#include "model/v4_12/mm412.h"

struct mm412_range {
	uint64_t start, end;
	struct mm412_zone *zone;
};

struct mm412_memblock {
	struct mm412_range *ranges; /* ascending */
	unsigned n;
};

/* All memory, or with `usable` only what reaches the allocator. False: out of memory. */
bool mm412_memblock_make(struct mm412_memblock *mb, struct mm412 *mm,
			 const struct mm_machine *machine, bool usable);
void mm412_memblock_free(struct mm412_memblock *mb);
/* The first frame of memory behind `frame`, UINT64_MAX if there is none. */
uint64_t mm412_memblock_next(const struct mm412_memblock *mb, uint64_t frame);

#endif
