/*
 * Isolated pageblocks: what is free there leaves the counters and the reach of requests, what
 * is freed there later joins it. So a stretch of memory is emptied before it is taken whole.
 *
 * Kernel: set_migratetype_isolate(), unset_migratetype_isolate(), has_unmovable_pages();
 * memory notifiers, which balloon drivers register, are not there.
 *
 * The kernel takes a whole free block from the counters when the pageblock in which it begins
 * is isolated. Where a block of the largest order lies half in an isolated pageblock its
 * counters go wrong: blocks on the one kind of list merge with blocks on the other, or change
 * lists, and nobody counts. free_gap and cma_gap keep the difference, for checks only.
 */
#include "model/v4_12/mm412.h"

void mm412_isolation_relisted(struct mm412_zone *zone, unsigned from, unsigned to,
			      int64_t frames)
{
	zone->free_gap += ((from != MM412_ISOLATE) - (to != MM412_ISOLATE)) * frames;
	zone->cma_gap += ((from == MM412_CMA) - (to == MM412_CMA)) * frames;
}

bool mm412_isolation_parts(const struct mm412 *mm, uint32_t slot, unsigned type)
{
	unsigned other = mm412_block_type(mm, slot ^ MM412_BLOCK_FRAMES);

	return type != other && (type == MM412_ISOLATE || other == MM412_ISOLATE);
}

/* The pageblock is the second half of one block, which begins before it. */
static bool is_second_half(const struct mm412 *mm, uint32_t slot)
{
	uint16_t tag = mm->s[slot & ~(MM412_MAX_BLOCK - 1)].tag;

	return slot & MM412_BLOCK_FRAMES && tag && mm412_tag_order(tag) == MM412_ORDERS - 1;
}

/* Something in use that is not on an LRU list; what nobody handed out is in use for good. */
static bool has_unmovable(const struct mm412 *mm, uint32_t slot)
{
	uint32_t end = slot + MM412_BLOCK_FRAMES;

	if (is_second_half(mm, slot))
		return false;
	while (slot < end) {
		const struct mm_slot *s = &mm->s[slot];

		switch (mm412_tag_state(s->tag)) {
		case MM412_USED:
			if (!(s->use & MM_USE_LRU))
				return true;
			break;
		case MM412_INSIDE:
			if (mm412_pageblock_has_page(mm, mm412_frame(mm, slot)))
				return true;
			break;
		case MM412_FREE:
		case MM412_ON_PCP:
			break;
		}
		slot += 1u << mm412_tag_order(s->tag);
	}
	return false;
}

static bool may_isolate(const struct mm412 *mm, const struct mm412_zone *zone, uint32_t slot)
{
	unsigned type = mm412_block_type(mm, slot);

	return zone->idx == MM412_ZONE_MOVABLE || type == MM412_MOVABLE || type == MM412_CMA ||
	       !has_unmovable(mm, slot);
}

/* Moves the pageblock's free frames, and the counters as those of `counted` say. */
static void move(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu, uint32_t slot,
		 unsigned type, unsigned counted, int sign)
{
	int64_t moved = mm412_pageblock_move(mm, zone, cpu, slot, type, NULL);

	mm412_touch_pcp(mm, cpu, &zone->pcps[cpu->id], true);
	mm412_vmstat_typed(mm, zone, &zone->pcps[cpu->id], cpu, sign * moved, counted);
	zone->free_gap += sign * moved;
	if (counted == MM412_CMA)
		zone->cma_gap += sign * moved;
}

bool mm412_isolation_set(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_zone *zone = mm412_pageblock_zone(mm, mm412_frame(mm, slot));
	bool may;

	mm412_charge(cpu, mm->cost.irq);
	mm412_lock(mm, zone, cpu, SIM_CAUSE_SPLIT);
	mm412_fresh_reach(mm, zone, slot);
	may = may_isolate(mm, zone, slot);
	if (may) {
		unsigned type = mm412_block_type(mm, slot);

		mm412_touch_block(mm, cpu, slot, true);
		mm412_pageblock_set(mm, slot, MM412_ISOLATE);
		zone->nr_isolated++;
		move(mm, zone, cpu, slot, MM412_ISOLATE, type, -1);
	}
	mm412_unlock(zone, cpu);
	if (may)
		mm412_pcp_drain_all(mm, cpu, zone);
	return may;
}

/*
 * The pageblock begins with a free block that could not merge with its buddy as long as it
 * was isolated, and can now.
 */
static bool could_merge(const struct mm412 *mm, uint32_t slot)
{
	unsigned order = mm412_tag_order(mm->s[slot].tag);
	/* By its number: slots are aligned for buddies of blocks that can merge only. */
	uint64_t buddy = mm412_frame(mm, slot) ^ (uint64_t)1 << order;

	if (mm412_tag_state(mm->s[slot].tag) != MM412_FREE || order < MM412_BLOCK_ORDER)
		return false;
	return buddy < mm->base || buddy - mm->base >= mm->slots - mm->frame0 ||
	       mm412_block_type(mm, mm412_slot(mm, buddy)) != MM412_ISOLATE;
}

void mm412_isolation_unset(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned type)
{
	struct mm412_zone *zone = mm412_pageblock_zone(mm, mm412_frame(mm, slot));
	int taken = -1;

	mm412_charge(cpu, mm->cost.irq);
	mm412_lock(mm, zone, cpu, SIM_CAUSE_SPLIT);
	if (mm412_block_type(mm, slot) != MM412_ISOLATE) {
		mm412_unlock(zone, cpu);
		return;
	}
	if (could_merge(mm, slot))
		taken = mm412_isolate_block(mm, zone, cpu, slot);
	else
		move(mm, zone, cpu, slot, type, type, 1);
	mm412_touch_block(mm, cpu, slot, true);
	mm412_pageblock_set(mm, slot, type);
	zone->nr_isolated--;
	mm412_unlock(zone, cpu);
	if (taken >= 0)
		mm412_alloc_free(mm, cpu, mm412_frame(mm, slot), (unsigned)taken, false);
}

/* Where the zone's memory is not made of whole pageblocks nobody asks for isolation. */
static bool is_whole(const struct mm412 *mm, uint64_t frame)
{
	return mm412_pageblock_has_page(mm, frame) &&
	       mm412_pageblock_zone(mm, frame + MM412_BLOCK_FRAMES - 1) ==
		       mm412_pageblock_zone(mm, frame);
}

static unsigned type_given_back(const struct mm412 *mm, uint64_t frame)
{
	for (unsigned i = 0; i < mm->ncma; i++)
		if (frame >= mm->cma[i].start && frame < mm->cma[i].end)
			return MM412_CMA;
	return MM412_MOVABLE;
}

enum mm_isolation mm412_isolation_change(void *state, struct sim_cpu *cpu, uint64_t frame,
					 bool on)
{
	struct mm412 *mm = state;
	bool isolated;

	if (mm->ntypes <= MM412_ISOLATE)
		return MM_ISOLATION_UNKNOWN;
	if (!is_whole(mm, frame))
		return MM_ISOLATION_NOWHERE;
	isolated = mm412_block_type(mm, mm412_slot(mm, frame)) == MM412_ISOLATE;
	if (isolated == on || (on && !mm412_isolation_set(mm, cpu, mm412_slot(mm, frame))))
		return MM_ISOLATION_REFUSED;
	if (!on)
		mm412_isolation_unset(mm, cpu, mm412_slot(mm, frame),
				      type_given_back(mm, frame));
	return MM_ISOLATION_DONE;
}
