/*
 * The free scanner: from the zone's end downwards it takes free blocks out of movable
 * pageblocks, and splits them into the single pages that others are moved to.
 *
 * Kernel: isolate_freepages(), isolate_freepages_block(), suitable_migration_target(),
 * map_pages(), compaction_alloc(), compaction_free(), release_freepages().
 *
 * Blocks untouched since boot are larger than a pageblock, and so nothing to move to.
 */
#include "model/v4_12/mm412_compact.h"
#include "model/v4_12/mm412_where.h"

/* One pageblock, or what is left of it, on its way. */
struct scan {
	struct mm412_chain *blocks; /* what was taken */
	uint32_t at;
	uint64_t scanned, taken;
	bool locked;
};

static bool is_movable(unsigned type)
{
	return type == MM412_MOVABLE || type == MM412_CMA;
}

/* suitable_migration_target(): what is free as a whole is to stay so. */
static bool is_target(const struct mm412 *mm, const struct mm412_compact *cc, uint32_t slot)
{
	unsigned order;

	if (mm412_compact_is_free(mm, cc->zone, slot, &order) && order >= MM412_BLOCK_ORDER)
		return false;
	return cc->ignore_block_suitable || is_movable(mm412_block_type(mm, slot));
}

/* Frames behind the first of a block in use; of one that begins before, each is for itself. */
static uint32_t rest_of_block(const struct mm412 *mm, uint32_t slot)
{
	uint16_t tag = mm->s[slot].tag;

	return mm412_tag_state(tag) == MM412_USED ? (1u << mm412_tag_order(tag)) - 1 : 0;
}

/* The block of `at` goes to the chain; false: the scan ends, the block stays. */
static bool take(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc,
		 struct scan *s)
{
	int order = mm412_isolate_block(mm, cc->zone, cpu, s->at);

	if (order < 0)
		return false;
	mm412_chain_add_tail(mm, s->blocks, s->at);
	s->taken += 1u << order;
	cc->nr_free += 1u << order;
	s->at += (1u << order) - 1;
	return true;
}

/* Looks at one slot; true = that was the last one for now. */
static bool step(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc,
		 struct scan *s)
{
	unsigned order;

	s->scanned++;
	mm412_charge(cpu, mm->cost.compact_scan);
	if (!mm412_compact_is_free(mm, cc->zone, s->at, &order)) {
		s->at += rest_of_block(mm, s->at);
		return false;
	}
	if (!s->locked) {
		s->locked =
			mm412_compact_lock_try(mm, cpu, cc, &cc->zone->lock, SIM_CAUSE_SPLIT);
		if (!s->locked)
			return true;
		/* Somebody may have taken it meanwhile. */
		if (!mm412_compact_is_free(mm, cc->zone, s->at, &order))
			return false;
	}
	if (!take(mm, cpu, cc, s))
		return true;
	if (cc->nr_migrate > cc->nr_free)
		return false;
	s->at++;
	return true;
}

static void tell(struct mm412 *mm, const struct sim_cpu *cpu, const struct mm412_compact *cc,
		 const struct scan *s, uint32_t start)
{
	mm412_tell(mm, cpu, cc->task,
		   (struct mm_event){ MM_EVENT_ISOLATE_FREEPAGES,
				      { (int64_t)mm412_frame(mm, start),
					(int64_t)mm412_frame(mm, s->at), (int64_t)s->scanned,
					(int64_t)s->taken } });
}

/* isolate_freepages_block() from *start to end; *start is where it came to. */
static void scan_block(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc,
		       struct mm412_chain *blocks, uint32_t *start, uint32_t end)
{
	struct scan s = { .blocks = blocks, .at = *start };

	for (; s.at < end; s.at++) {
		if (s.at % MM412_CLUSTER == 0 &&
		    mm412_compact_lock_leave(cpu, cc, &cc->zone->lock, &s.locked))
			break;
		if (step(mm, cpu, cc, &s))
			break;
	}
	if (s.locked)
		mm412_unlock(cc->zone, cpu);
	if (s.at > end)
		s.at = end;
	tell(mm, cpu, cc, &s, *start);
	if (s.at == end && s.scanned)
		mm412_compact_skip_update(mm, cc, *start, s.taken, false);
	*start = s.at;
	cc->free_scanned += s.scanned;
	mm412_count(mm, MM412_COMPACT_ISOLATED, s.taken);
}

/* map_pages(): the blocks become single pages, the last of the last block first. */
static void make_pages(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc,
		       struct mm412_chain *blocks)
{
	while (blocks->first != MM412_NONE) {
		uint32_t slot = blocks->first;
		unsigned order = mm412_tag_order(mm->s[slot].tag);

		mm412_chain_del(mm, blocks, slot);
		mm412_charge(cpu, mm->cost.prep);
		if (order)
			mm412_alloc_split(mm, mm412_frame(mm, slot), order);
		for (uint32_t i = 0; i < 1u << order; i++)
			mm412_chain_add(mm, &cc->free, slot + i);
	}
}

/*
 * Whether the scan of the pageblock [start, end), which came to *at, was the last one for now.
 * Then *at becomes where the next one begins.
 */
static bool is_last(const struct mm412_compact *cc, uint32_t start, uint32_t end, uint32_t *at)
{
	if (cc->nr_free < cc->nr_migrate && !cc->contended)
		return *at < end;
	if (*at >= end)
		*at = start - MM412_BLOCK_FRAMES;
	return true;
}

/* isolate_freepages(): as many as there are pages to be moved, or all down to these. */
static void scan(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc)
{
	uint32_t start = mm412_compact_start(cc->free_at, MM412_BLOCK_ORDER);
	uint32_t end = start + MM412_BLOCK_FRAMES, at = cc->free_at;
	uint32_t lowest = mm412_compact_end(cc->migrate_at, MM412_BLOCK_ORDER);
	uint32_t zone_end = mm412_compact_zone_end(mm, cc->zone);
	struct mm412_chain blocks = mm412_chain_empty();
	unsigned before = sim_enter(cpu, MM412_IN_ISOLATE_FREEPAGES);

	if (end > zone_end)
		end = zone_end;
	while (start >= lowest) {
		if (mm412_frame(mm, start) % (MM412_CLUSTER * MM412_BLOCK_FRAMES) == 0)
			mm412_compact_lock_pause(mm, cpu);
		if (mm412_compact_pages_in_zone(mm, cc->zone, start, end) &&
		    is_target(mm, cc, start) && mm412_compact_skip_not(mm, cc, start)) {
			scan_block(mm, cpu, cc, &blocks, &at, end);
			if (is_last(cc, start, end, &at))
				break;
		}
		end = start;
		start -= MM412_BLOCK_FRAMES;
		at = start;
	}
	make_pages(mm, cpu, cc, &blocks);
	cc->free_at = at;
	sim_leave(cpu, before);
}

uint32_t mm412_compact_free_get(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc)
{
	uint32_t slot;

	if (cc->free.first == MM412_NONE && !cc->contended)
		scan(mm, cpu, cc);
	slot = cc->free.first;
	if (slot == MM412_NONE)
		return MM412_NONE;
	mm412_chain_del(mm, &cc->free, slot);
	cc->nr_free--;
	return slot;
}

void mm412_compact_free_put(struct mm412 *mm, struct mm412_compact *cc, uint32_t slot)
{
	mm412_chain_add(mm, &cc->free, slot);
	cc->nr_free++;
}

uint32_t mm412_compact_free_release(struct mm412 *mm, struct sim_cpu *cpu,
				    struct mm412_compact *cc)
{
	uint32_t highest = 0;

	while (cc->free.first != MM412_NONE) {
		uint32_t slot = cc->free.first;

		mm412_chain_del(mm, &cc->free, slot);
		mm412_alloc_free(mm, cpu, mm412_frame(mm, slot), 0, false);
		if (slot > highest)
			highest = slot;
	}
	cc->nr_free = 0;
	return highest;
}
