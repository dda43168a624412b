/*
 * Largest blocks that nobody has touched since boot. They are the tail of the movable list
 * of order 10, in descending order, and are linked in only when the blocks before them are
 * gone: a terabyte boots at once, and the table takes host memory only as frames are used.
 *
 * Kernel: nothing; a matter of our own. It shows nowhere, because blocks of that order are
 * only ever put at the head of a list, have no buddy to merge with, and are not looked at
 * inside before they were handed out; who wants one by its number has all before it linked.
 */
#include <stdlib.h>

#include "model/v4_12/mm412.h"

#define LINK_AT_ONCE 128 /* blocks: their slots fill one huge page of the host */

bool mm412_fresh_add(struct mm412 *mm, struct mm412_zone *zone, uint32_t start, uint32_t end)
{
	uint32_t blocks = (end - start) / MM412_MAX_BLOCK;
	struct mm412_run *bigger =
		realloc(zone->fresh, (zone->nfresh + 1) * sizeof(*zone->fresh));

	if (!bigger)
		return false;
	zone->fresh = bigger;
	zone->fresh[zone->nfresh++] = (struct mm412_run){ start, end };
	zone->nr_free += end - start;
	zone->some[MM412_MOVABLE] |= 1 << (MM412_ORDERS - 1);
	mm->s[mm412_list(zone, MM412_MOVABLE, MM412_ORDERS - 1)].stamp += blocks;
	return true;
}

void mm412_fresh_link(struct mm412 *mm, struct mm412_zone *zone)
{
	uint32_t head = mm412_list(zone, MM412_MOVABLE, MM412_ORDERS - 1);

	for (unsigned n = 0; n < LINK_AT_ONCE && zone->nfresh; n++) {
		struct mm412_run *run = &zone->fresh[zone->nfresh - 1];

		run->end -= MM412_MAX_BLOCK;
		mm->s[run->end].tag = mm412_tag(MM412_FREE, MM412_ORDERS - 1, zone->id);
		mm->s[run->end].type = MM412_MOVABLE;
		mm_list_add_tail(mm->s, head, run->end);
		if (run->start == run->end)
			zone->nfresh--;
	}
}

bool mm412_fresh_has(const struct mm412_zone *zone, uint32_t slot)
{
	for (unsigned i = 0; i < zone->nfresh; i++)
		if (slot >= zone->fresh[i].start && slot < zone->fresh[i].end)
			return true;
	return false;
}

void mm412_fresh_reach(struct mm412 *mm, struct mm412_zone *zone, uint32_t slot)
{
	while (mm412_fresh_has(zone, slot))
		mm412_fresh_link(mm, zone);
}

uint32_t mm412_fresh_first(const struct mm412_zone *zone)
{
	return zone->nfresh ? zone->fresh[zone->nfresh - 1].end - MM412_MAX_BLOCK : MM412_NONE;
}

uint32_t mm412_fresh_next(const struct mm412_zone *zone, uint32_t slot)
{
	unsigned i = zone->nfresh;

	while (i > 0 && slot < zone->fresh[i - 1].start)
		i--;
	if (slot > zone->fresh[i - 1].start)
		return slot - MM412_MAX_BLOCK;
	return i > 1 ? zone->fresh[i - 2].end - MM412_MAX_BLOCK : MM412_NONE;
}
