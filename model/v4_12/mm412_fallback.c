/*
 * When a type's own lists are empty: blocks of other types, pageblocks that change hands,
 * and the pageblocks kept back for atomic requests of order > 0.
 *
 * Kernel: __rmqueue_fallback(), find_suitable_fallback(), can_steal_fallback(),
 * steal_suitable_fallback(), reserve_highatomic_pageblock(),
 * unreserve_highatomic_pageblock(). Stealing only moves blocks between lists; who asked
 * then looks at his own lists again.
 */
#include "model/v4_12/mm412.h"
#include "model/v4_12/mm412_probe_guided.h"
#include "model/v4_12/mm412_tell.h"

/* Whom a type takes from, in this order. High-atomic blocks are nobody's fallback. */
static const uint8_t sources[MM412_PCP_TYPES][2] = {
	[MM412_UNMOVABLE] = { MM412_RECLAIMABLE, MM412_MOVABLE },
	[MM412_MOVABLE] = { MM412_RECLAIMABLE, MM412_UNMOVABLE },
	[MM412_RECLAIMABLE] = { MM412_UNMOVABLE, MM412_MOVABLE },
};

/*
 * Kernel allocations may take whole pageblocks however small the block found: the fewer
 * pageblocks they are spread over, the better. Movable pages can be moved away again.
 */
static bool may_steal_block(const struct mm412 *mm, unsigned order, unsigned type)
{
	return order >= MM412_BLOCK_ORDER / 2 || type != MM412_MOVABLE || !mm->grouping;
}

bool mm412_fallback_may_steal(const struct mm412 *mm, const struct mm412_zone *zone,
			      unsigned order, unsigned type)
{
	unsigned some = zone->some[sources[type][0]] | zone->some[sources[type][1]];

	return some >> order & 1 && may_steal_block(mm, order, type);
}

static void move_one(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
		     uint32_t slot, unsigned order, unsigned type)
{
	mm412_touch_neighbours(mm, zone, cpu, slot);
	mm412_list_remove(mm, zone, slot, order);
	mm412_list_push(mm, zone, slot, order, type);
	mm412_touch_held_beside(mm, zone, cpu, mm->s[slot].next);
}

/* Frames of the pageblock that are as movable, or immovable, as `type` is. */
static unsigned alike(unsigned type, unsigned old_type, unsigned moved, unsigned movable)
{
	if (type == MM412_MOVABLE)
		return movable;
	if (old_type == MM412_MOVABLE)
		return MM412_BLOCK_FRAMES - (moved + movable);
	/* Unmovable and reclaimable pages cannot be told apart. */
	return 0;
}

static enum mm412_extfrag take_over(struct mm412 *mm, struct mm412_zone *zone,
				    struct sim_cpu *cpu, uint32_t slot, unsigned order,
				    unsigned type)
{
	unsigned old_type = mm412_block_type(mm, slot);
	unsigned moved, movable = 0;

	mm412_touch_block(mm, cpu, slot, false);
	if (old_type != MM412_HIGHATOMIC && order >= MM412_BLOCK_ORDER) {
		mm412_touch_block(mm, cpu, slot, true);
		for (uint32_t at = 0; at < 1u << order; at += MM412_BLOCK_FRAMES)
			mm412_pageblock_set(mm, slot + at, type);
		move_one(mm, zone, cpu, slot, order, type);
		return MM412_EXTFRAG_CLAIM;
	}
	moved = old_type != MM412_HIGHATOMIC && may_steal_block(mm, order, type)
			? mm412_pageblock_move(mm, zone, cpu, slot, type, &movable)
			: 0;
	if (!moved) {
		move_one(mm, zone, cpu, slot, order, type);
		return MM412_EXTFRAG_PAGE;
	}
	if (mm->grouping &&
	    moved + alike(type, old_type, moved, movable) < MM412_BLOCK_FRAMES / 2)
		return MM412_EXTFRAG_STEAL;
	mm412_touch_block(mm, cpu, slot, true);
	mm412_pageblock_set(mm, slot, type);
	return MM412_EXTFRAG_CLAIM;
}

/* For a replayed recording, which knows no kind where whole pageblocks change hands. */
static void note_steal(const struct mm412 *mm, uint32_t slot,
		       struct mm412_probe_guided_note note)
{
	note.kind = MM412_PROBE_GUIDED_STOLEN;
	note.frame = mm412_frame(mm, slot);
	if (note.order >= MM412_BLOCK_ORDER)
		note.result = MM412_EXTFRAG_PAGE;
	mm412_probe_guided_note(mm->guide, note);
}

bool mm412_fallback_steal(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			  unsigned order, unsigned type)
{
	unsigned first = zone->some[sources[type][0]], second = zone->some[sources[type][1]];
	unsigned found, source, old_type;
	enum mm412_extfrag kind;
	uint32_t slot;

	if ((first | second) >> order == 0)
		return false;
	/* The largest block; among equals the order of the sources decides. */
	found = 31 - (unsigned)__builtin_clz(first | second);
	source = sources[type][first >> found & 1 ? 0 : 1];
	slot = mm->s[mm412_list(zone, source, found)].next;
	mm412_charge(cpu, mm->cost.fallback);
	/* The search begins with the largest order; the type's own lists were looked at before.
	 */
	for (unsigned o = order; o < MM412_ORDERS; o++)
		zone->area_lines |= mm->area_lines[type][o];
	mm412_touch_held(mm, zone, cpu, slot, true);
	old_type = mm412_block_type(mm, slot);
	kind = take_over(mm, zone, cpu, slot, found, type);
	if (mm->guide)
		note_steal(mm, slot,
			   (struct mm412_probe_guided_note){ .type = (uint8_t)type,
							     .old_type = (uint8_t)old_type,
							     .order = (uint8_t)found,
							     .wanted = (uint8_t)order,
							     .source = (uint8_t)source,
							     .result = (uint8_t)kind });
	if (mm->telling)
		mm412_tell_stolen(mm, cpu, slot, order, found, type, source);
	zone->events.extfrag[type][source][kind][order]++;
	mm->path = MM_PATH_FALLBACK;
	return true;
}

void mm412_fallback_reserve(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			    uint32_t slot)
{
	unsigned type;

	/* About 1 % of the zone, but at least one pageblock. */
	if (zone->nr_reserved_highatomic >= zone->managed / 100 + MM412_BLOCK_FRAMES)
		return;
	mm412_charge(cpu, mm->cost.irq);
	mm412_lock(mm, zone, cpu, SIM_CAUSE_SPLIT);
	type = mm412_block_type(mm, slot);
	mm412_charge(cpu, mm->cost.highatomic);
	mm412_touch_block(mm, cpu, slot, type < MM412_PCP_TYPES);
	if (type < MM412_PCP_TYPES) {
		sim_touch(cpu, SIM_LINE_MARKS, zone->id, true);
		zone->nr_reserved_highatomic += MM412_BLOCK_FRAMES;
		zone->events.highatomic_reserve++;
		mm412_pageblock_set(mm, slot, MM412_HIGHATOMIC);
		mm412_pageblock_move(mm, zone, cpu, slot, MM412_HIGHATOMIC, NULL);
	}
	mm412_unlock(zone, cpu);
}

/* Turns the pageblock of the list's first block into one of `type`; true if frames moved. */
static bool unreserve_first(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			    unsigned order, unsigned type)
{
	uint32_t slot = mm->s[mm412_list(zone, MM412_HIGHATOMIC, order)].next;

	if (mm412_block_type(mm, slot) == MM412_HIGHATOMIC) {
		uint64_t less = zone->nr_reserved_highatomic < MM412_BLOCK_FRAMES
					? zone->nr_reserved_highatomic
					: MM412_BLOCK_FRAMES;

		zone->nr_reserved_highatomic -= less;
		sim_touch(cpu, SIM_LINE_MARKS, zone->id, true);
		zone->events.highatomic_unreserve++;
	}
	mm412_charge(cpu, mm->cost.highatomic);
	mm412_touch_block(mm, cpu, slot, true);
	mm412_pageblock_set(mm, slot, type);
	return mm412_pageblock_move(mm, zone, cpu, slot, type, NULL) > 0;
}

static bool unreserve_zone(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			   unsigned type)
{
	bool moved = false;

	mm412_charge(cpu, mm->cost.irq);
	mm412_lock(mm, zone, cpu, SIM_CAUSE_SPLIT);
	for (unsigned order = 0; order < MM412_ORDERS && !moved; order++)
		if (zone->some[MM412_HIGHATOMIC] >> order & 1)
			moved = unreserve_first(mm, zone, cpu, order, type);
	mm412_unlock(zone, cpu);
	return moved;
}

bool mm412_fallback_unreserve(struct mm412 *mm, struct sim_cpu *cpu,
			      const struct mm412_request *rq, bool force)
{
	const struct mm412_zoneref *ref = rq->list->first[rq->high_idx];

	for (; ref->zone; ref = mm412_zonelist_next(ref + 1, rq->high_idx)) {
		if (!(rq->nodes >> ref->zone->nid & 1))
			continue;
		/* One pageblock stays unless the pressure is really high. */
		if (!force && ref->zone->nr_reserved_highatomic <= MM412_BLOCK_FRAMES)
			continue;
		if (unreserve_zone(mm, ref->zone, cpu, rq->type))
			return true;
	}
	return false;
}
