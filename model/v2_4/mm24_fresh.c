/*
 * Whole largest blocks that nobody has touched since boot: runs of frames instead of slots on
 * a list, so that a large machine boots without filling its table. They rank behind all
 * blocks that are on their zone's list, the highest first: boot frees memory in ascending
 * order, blocks go to the head, and nothing takes a block of the largest order out of the
 * middle, since these never merge.
 */
#include <stdlib.h>

#include "model/v2_4/mm24.h"

#define BLOCK (1u << (MM24_ORDERS - 1))

bool mm24_fresh_add(struct mm24 *mm, struct mm24_zone *zone, uint32_t start, uint32_t end)
{
	struct mm24_run *runs = realloc(zone->fresh, (zone->nfresh + 1) * sizeof(*runs));

	assert((end - start) % BLOCK == 0);
	if (!runs)
		return false;
	zone->fresh = runs;
	runs[zone->nfresh++] = (struct mm24_run){ start, end };
	mm->s[zone->area[MM24_ORDERS - 1].head].stamp += (end - start) / BLOCK;
	zone->free_pages += end - start;
	mm->nr_free += end - start;
	return true;
}

uint32_t mm24_fresh_take(struct mm24_zone *zone)
{
	struct mm24_run *last = &zone->fresh[zone->nfresh - 1];
	uint32_t slot = last->end -= BLOCK;

	if (last->start == last->end)
		zone->nfresh--;
	return slot;
}

uint32_t mm24_fresh_next(const struct mm24_zone *zone, uint32_t at)
{
	for (unsigned i = zone->nfresh; i-- > 0;) {
		const struct mm24_run *run = &zone->fresh[i];

		if (at > run->start)
			return at < run->end ? at - BLOCK : run->end - BLOCK;
	}
	return MM24_NONE;
}

bool mm24_fresh_holds(const struct mm24_zone *zone, uint32_t slot)
{
	for (unsigned i = 0; i < zone->nfresh; i++)
		if (slot >= zone->fresh[i].start && slot < zone->fresh[i].end)
			return true;
	return false;
}
