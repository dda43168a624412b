/*
 * The free lists of a zone, and the blocks that are on one in effect but were never linked: all
 * that the hot paths inline. Whoever changes a list holds the zone's lock. mm412.h includes it.
 */
#ifndef MM412_FREE_H
#define MM412_FREE_H

#include "model/v4_12/mm412.h"

/* Free lists of a zone */

static inline uint32_t mm412_list(const struct mm412_zone *zone, unsigned type, unsigned order)
{
	return zone->heads + type * MM412_ORDERS + order;
}

static inline void mm412_list_counted(struct mm412 *mm, struct mm412_zone *zone, unsigned type,
				      unsigned order)
{
	mm->s[mm412_list(zone, type, order)].stamp++;
	zone->some[type] |= (uint16_t)(1u << order);
	zone->area_lines |= mm->area_lines[type][order];
}

/* Makes the block at `slot` a free one, at the head of its list. */
static inline void mm412_list_push(struct mm412 *mm, struct mm412_zone *zone, uint32_t slot,
				   unsigned order, unsigned type)
{
	mm->s[slot].tag = mm412_tag(MM412_FREE, order, zone->id);
	mm->s[slot].type = (uint8_t)type;
	mm_list_add(mm->s, mm412_list(zone, type, order), slot);
	mm412_list_counted(mm, zone, type, order);
}

/* ... at the tail. */
static inline void mm412_list_append(struct mm412 *mm, struct mm412_zone *zone, uint32_t slot,
				     unsigned order, unsigned type)
{
	mm->s[slot].tag = mm412_tag(MM412_FREE, order, zone->id);
	mm->s[slot].type = (uint8_t)type;
	mm_list_add_tail(mm->s, mm412_list(zone, type, order), slot);
	mm412_list_counted(mm, zone, type, order);
}

/* The next untouched blocks to the tail of the movable list of order 10: mm412_fresh.c */
void mm412_fresh_link(struct mm412 *mm, struct mm412_zone *zone);
/* The slot lies in a block not yet linked. */
bool mm412_fresh_has(const struct mm412_zone *zone, uint32_t slot);
/* As many as it takes until the block that holds the slot is on the list. */
void mm412_fresh_reach(struct mm412 *mm, struct mm412_zone *zone, uint32_t slot);

/* Takes a free block off the list of `type`; the caller gives it a new tag. */
static inline void mm412_list_remove_from(struct mm412 *mm, struct mm412_zone *zone,
					  uint32_t slot, unsigned order, unsigned type)
{
	uint32_t head = mm412_list(zone, type, order);

	assert(mm->s[slot].type == type);
	mm_list_del(mm->s, slot);
	zone->area_lines |= mm->area_lines[type][order];
	if (--mm->s[head].stamp == 0)
		zone->some[type] &= (uint16_t) ~(1u << order);
	else if (order == MM412_ORDERS - 1 && mm_list_empty(mm->s, head))
		mm412_fresh_link(mm, zone);
}

/* ... off whichever list it is on. */
static inline void mm412_list_remove(struct mm412 *mm, struct mm412_zone *zone, uint32_t slot,
				     unsigned order)
{
	mm412_list_remove_from(mm, zone, slot, order, mm->s[slot].type);
}

/* Blocks untouched since boot: mm412_fresh.c */

/* At boot, ascending. False: out of memory. */
bool mm412_fresh_add(struct mm412 *mm, struct mm412_zone *zone, uint32_t start, uint32_t end);
/* Those not yet linked, as they would follow on the list; MM412_NONE behind the last. */
uint32_t mm412_fresh_first(const struct mm412_zone *zone);
uint32_t mm412_fresh_next(const struct mm412_zone *zone, uint32_t slot);

/* The list's blocks from its head on, the untouched ones at its end included. */
static inline uint32_t mm412_list_first(const struct mm412 *mm, const struct mm412_zone *zone,
					unsigned type, unsigned order)
{
	uint32_t head = mm412_list(zone, type, order);

	return mm_list_empty(mm->s, head) ? MM412_NONE : mm->s[head].next;
}

static inline uint32_t mm412_list_next(const struct mm412 *mm, const struct mm412_zone *zone,
				       unsigned type, unsigned order, uint32_t slot)
{
	bool may_be_fresh = type == MM412_MOVABLE && order == MM412_ORDERS - 1;

	if (!mm->s[slot].tag)
		return mm412_fresh_next(zone, slot);
	if (mm->s[slot].next != mm412_list(zone, type, order))
		return mm->s[slot].next;
	return may_be_fresh ? mm412_fresh_first(zone) : MM412_NONE;
}

/*
 * Walks one step ahead along the free list that the next refill will take from, so that the
 * host's cache holds it by then: a list is a chain of cache misses, a refill 31 of them. All
 * CPUs of a zone share the walk, as they share the list; each refill sends it to the list's
 * head again. Only a hint: the scout may stand on a slot that has left the list, and no result
 * depends on it.
 */
static inline void mm412_pcp_scout(const struct mm412 *mm, struct mm412_zone *zone,
				   unsigned type)
{
	zone->scout[type] = mm->s[zone->scout[type]].next;
	__builtin_prefetch(&mm->s[zone->scout[type]], 1);
}

#endif
