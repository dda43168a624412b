/*
 * Free blocks taken off their lists one by one, by whoever looks for memory by frame number
 * instead of by order.
 *
 * Kernel: __isolate_free_page().
 */
#include "model/v4_12/mm412.h"

/* What is isolated is not counted as free, and no reserve of anybody's. */
static bool may_take(const struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
		     unsigned type, int64_t frames)
{
	struct mm412_pcp *pcp = &zone->pcps[cpu->id];

	if (type == MM412_ISOLATE)
		return true;
	mm412_touch_marks(cpu, zone);
	if (!mm412_watermark_exact(zone, 0, zone->watermark[MM412_WMARK_MIN] + (uint64_t)frames,
				   0, MM412_USE_CMA, mm412_vmstat_nr_free(zone)))
		return false;
	mm412_touch_pcp(mm, cpu, pcp, true);
	mm412_vmstat_typed(mm, zone, pcp, cpu, -frames, type);
	return true;
}

/* Half a pageblock that is free will be filled with what is moved there: it is movable. */
static void make_movable(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned order)
{
	mm412_touch_block(mm, cpu, slot, true);
	for (uint32_t at = 0; at < 1u << order; at += MM412_BLOCK_FRAMES) {
		unsigned type = mm412_block_type(mm, slot + at);

		if (type < MM412_PCP_TYPES)
			mm412_pageblock_set(mm, slot + at, MM412_MOVABLE);
	}
}

int mm412_isolate_block(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			uint32_t slot)
{
	uint16_t tag = mm->s[slot].tag;
	unsigned order = mm412_tag_order(tag);
	unsigned type = mm412_block_type(mm, slot);
	int64_t frames = (int64_t)1 << order;

	if (mm412_tag_state(tag) != MM412_FREE)
		return -1;
	mm412_touch_block(mm, cpu, slot, false);
	if (!may_take(mm, zone, cpu, type, frames))
		return -1;
	mm412_isolation_relisted(zone, mm->s[slot].type, type, frames);
	mm412_charge(cpu, mm->cost.take);
	mm412_touch_held(mm, zone, cpu, slot, true);
	mm412_touch_neighbours(mm, zone, cpu, slot);
	mm412_list_remove(mm, zone, slot, order);
	mm->s[slot].tag = mm412_tag(MM412_USED, order, zone->id);
	mm->s[slot].use = 0;
	if (order >= MM412_BLOCK_ORDER - 1)
		make_movable(mm, cpu, slot, order);
	return (int)order;
}
