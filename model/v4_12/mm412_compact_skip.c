/*
 * What compaction remembers from one run to the next: pageblocks in which there was nothing to
 * be had, and where the scanners go on.
 *
 * Kernel: isolation_suitable(), update_pageblock_skip(), reset_cached_positions(),
 * __reset_isolation_suitable().
 */
#include "model/v4_12/mm412_compact.h"

static uint8_t *bit(const struct mm412 *mm, uint32_t slot)
{
	return &mm->sleep->skip[slot >> MM412_BLOCK_ORDER];
}

bool mm412_compact_skip_not(const struct mm412 *mm, const struct mm412_compact *cc,
			    uint32_t slot)
{
	return cc->ignore_skip_hint || !*bit(mm, slot);
}

/* Sync compaction begins where it stopped itself: async compaction leaves much behind. */
static void remember_migrate(struct mm412_zone_sleep *zone, const struct mm412_compact *cc,
			     uint32_t slot)
{
	if (slot > zone->cached_migrate[0])
		zone->cached_migrate[0] = slot;
	if (cc->mode != MM412_COMPACT_ASYNC && slot > zone->cached_migrate[1])
		zone->cached_migrate[1] = slot;
}

void mm412_compact_skip_update(struct mm412 *mm, const struct mm412_compact *cc, uint32_t slot,
			       uint64_t isolated, bool migrate)
{
	struct mm412_zone_sleep *zone = mm412_zone_sleep(mm, cc->zone);

	if (cc->ignore_skip_hint || isolated)
		return;
	*bit(mm, slot) = 1;
	if (migrate)
		remember_migrate(zone, cc, slot);
	else if (slot < zone->cached_free)
		zone->cached_free = slot;
}

void mm412_compact_skip_positions(struct mm412 *mm, const struct mm412_zone *zone)
{
	struct mm412_zone_sleep *z = mm412_zone_sleep(mm, zone);

	z->cached_migrate[0] = z->cached_migrate[1] = mm412_compact_zone_start(mm, zone);
	z->cached_free =
		mm412_compact_start(mm412_compact_zone_end(mm, zone) - 1, MM412_BLOCK_ORDER);
}

void mm412_compact_skip_reset(struct mm412 *mm, const struct mm412_zone *zone)
{
	uint64_t end = zone->end;

	mm412_zone_sleep(mm, zone)->blockskip_flush = false;
	/* From the zone's start in whole pageblocks, aligned or not. */
	for (uint64_t frame = zone->start; frame < end; frame += MM412_BLOCK_FRAMES) {
		uint32_t slot = mm412_slot(mm, frame);

		if (mm412_compact_pages_in_zone(mm, zone, slot, slot + 1))
			*bit(mm, slot) = 0;
	}
	mm412_compact_skip_positions(mm, zone);
}
