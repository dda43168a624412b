/*
 * The buddy system: free blocks of 2^order frames, split from the smallest that fits and
 * merged with their free buddies when they come back.
 *
 * Kernel: __rmqueue_smallest(), expand(), __rmqueue(), __rmqueue_cma_fallback(),
 * __free_one_page(). Merging does not look at types, isolated pageblocks apart: the result
 * goes to the list of the block that was freed last.
 */
#include "model/v4_12/mm412.h"

/* The block is 2^from frames: its upper halves go back until 2^order are left. */
static void split(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu, uint32_t slot,
		  unsigned from, unsigned order, unsigned type)
{
	while (from > order) {
		uint32_t upper;

		from--;
		upper = slot + (1u << from);
		mm412_list_push(mm, zone, upper, from, type);
		mm412_touch_held(mm, zone, cpu, upper, true);
		mm412_charge(cpu, mm->cost.split_step);
	}
}

uint32_t mm412_buddy_smallest(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			      unsigned order, unsigned type)
{
	unsigned fits = zone->some[type] >> order;
	unsigned found;
	uint32_t head, slot;

	if (!fits)
		return MM412_NONE;
	found = order + (unsigned)__builtin_ctz(fits);
	head = mm412_list(zone, type, found);
	slot = mm->s[head].next;
	mm412_charge(cpu, mm->cost.take);
	if (slot != zone->warm)
		mm412_touch_held(mm, zone, cpu, slot, true);
	/* Its own word for the type would have to be waited for. */
	mm412_list_remove_from(mm, zone, slot, found, type);
	zone->warm = mm->s[head].next;
	mm412_touch_held_beside(mm, zone, cpu, zone->warm);
	/* A refill takes the next one at once; its neighbour's links are what will be missing.
	 */
	__builtin_prefetch(&mm->s[mm->s[mm->s[head].next].next], 1);
	split(mm, zone, cpu, slot, found, order, type);
	return slot;
}

/* Movable pages use CMA areas when their own lists are empty, before they steal. */
static uint32_t take_cma(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			 unsigned order)
{
	uint32_t slot = mm412_buddy_smallest(mm, zone, cpu, order, MM412_CMA);

	if (slot != MM412_NONE) {
		mm412_vmstat_cma(mm, zone, &zone->pcps[cpu->id], cpu, -((int64_t)1 << order));
		mm->path = MM_PATH_FALLBACK;
	}
	return slot;
}

uint32_t mm412_buddy_take(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			  unsigned order, unsigned type)
{
	uint32_t slot = mm412_buddy_smallest(mm, zone, cpu, order, type);

	/* What was stolen may hold a smaller block than the one found: look again. */
	while (slot == MM412_NONE) {
		if (type == MM412_MOVABLE)
			slot = take_cma(mm, zone, cpu, order);
		if (slot != MM412_NONE || !mm412_fallback_steal(mm, zone, cpu, order, type))
			break;
		slot = mm412_buddy_smallest(mm, zone, cpu, order, type);
	}
	return slot;
}

static bool is_free(const struct mm412 *mm, unsigned zone, uint32_t slot, unsigned order)
{
	return mm->s[slot].tag == mm412_tag(MM412_FREE, order, zone);
}

/*
 * A block whose buddy is in use, but whose parent's buddy is free, will probably merge
 * twice soon: it goes to the tail, where it is not so soon handed out. The kernel asks for
 * the zone of the parent's first frame, which is another one where zones share a pageblock.
 */
static bool merges_soon(const struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			uint32_t slot, unsigned order)
{
	uint32_t parent = slot & ~(1u << order), uncle = parent ^ (1u << (order + 1));
	unsigned id = zone->id;

	if (order >= MM412_ORDERS - 2)
		return false;
	if (parent != slot && mm->block[slot >> MM412_BLOCK_ORDER].zone == MM412_MIXED_ZONE)
		id = mm412_pageblock_seen_zone(mm, mm412_frame(mm, parent));
	mm412_touch_held(mm, zone, cpu, uncle, false);
	return is_free(mm, id, uncle, order + 1);
}

/* What of the zone's counters changes hands, and whether the merge must not be. */
static bool keeps_apart(struct mm412 *mm, struct mm412_zone *zone, uint32_t slot,
			unsigned order, unsigned type)
{
	if (order == MM412_BLOCK_ORDER && mm412_isolation_parts(mm, slot, type))
		return true;
	mm412_isolation_relisted(zone, mm->s[slot ^ (1u << order)].type, type,
				 (int64_t)1 << order);
	return false;
}

/* The buddy's struct page is looked at, and written when the two merge. */
static bool merges(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
		   uint32_t slot, unsigned order, unsigned type)
{
	uint32_t buddy = slot ^ (1u << order);
	bool both_free = is_free(mm, zone->id, buddy, order);

	mm412_touch_held(mm, zone, cpu, buddy, both_free);
	return both_free && !(zone->nr_isolated && keeps_apart(mm, zone, slot, order, type));
}

static void place(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu, uint32_t slot,
		  unsigned order, unsigned type)
{
	mm412_charge(cpu, mm->cost.place);
	if (merges_soon(mm, zone, cpu, slot, order)) {
		mm412_list_append(mm, zone, slot, order, type);
		mm412_touch_held_beside(mm, zone, cpu, mm->s[slot].prev);
	} else {
		mm412_list_push(mm, zone, slot, order, type);
		mm412_touch_held_beside(mm, zone, cpu, mm->s[slot].next);
	}
}

void mm412_buddy_give(struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
		      struct sim_cpu *cpu, uint32_t slot, unsigned order, unsigned type)
{
	if (type < MM412_CMA)
		mm412_vmstat_free(mm, zone, pcp, cpu, (int64_t)1 << order);
	else if (type != MM412_ISOLATE)
		mm412_vmstat_typed(mm, zone, pcp, cpu, (int64_t)1 << order, type);
	mm->s[slot].tag = 0;
	while (order < MM412_ORDERS - 1 && merges(mm, zone, cpu, slot, order, type)) {
		uint32_t buddy = slot ^ (1u << order);

		mm412_charge(cpu, mm->cost.merge_step);
		mm412_touch_neighbours(mm, zone, cpu, buddy);
		mm412_list_remove(mm, zone, buddy, order);
		mm->s[buddy].tag = 0;
		slot &= ~(1u << order);
		order++;
	}
	place(mm, zone, cpu, slot, order, type);
}
