/*
 * Pageblocks of 512 frames: each has a type, which decides on whose list a freed frame goes.
 * Types belong to frame numbers, not to zones: zones that share a pageblock share its type.
 *
 * Kernel: set_pageblock_migratetype(), move_freepages(), move_freepages_block(),
 * memmap_init_zone(), pagetypeinfo_showblockcount_print().
 */
#include <stdlib.h>

#include "model/v4_12/mm412.h"
#include "model/v4_12/mm412_memblock.h"
#include "model/v4_12/mm412_probe_guided.h"

static bool zone_spans(const struct mm412_zone *zone, uint64_t frame)
{
	return frame >= zone->start && frame < zone->end;
}

struct mm412_zone *mm412_pageblock_zone(const struct mm412 *mm, uint64_t frame)
{
	uint64_t slot = frame - mm->base + mm->frame0;
	unsigned id;

	if (frame < mm->base || slot >= mm->slots)
		return NULL;
	id = mm->block[slot >> MM412_BLOCK_ORDER].zone;
	if (id < MM412_NO_ZONE)
		return &mm->zones[id];
	if (id == MM412_NO_ZONE)
		return NULL;
	for (unsigned i = 0; i < mm->nzones; i++)
		if (zone_spans(&mm->zones[i], frame))
			return &mm->zones[i];
	return NULL;
}

static uint64_t section_of(const struct mm412 *mm, uint64_t frame)
{
	return frame / MM412_SECTION_FRAMES - mm->base / MM412_SECTION_FRAMES;
}

static bool has_struct_page(const struct mm412 *mm, uint64_t frame)
{
	if (!mm->section[section_of(mm, frame)])
		return false;
	for (unsigned i = 0; i < mm->nunset; i++)
		if (frame >= mm->unset[i].start && frame < mm->unset[i].end)
			return false;
	return true;
}

/* A zone counts the pageblocks of every 512th frame from its first one on. */
static bool counts(const struct mm412 *mm, const struct mm412_zone *zone, uint64_t start)
{
	uint64_t at = start + zone->start % MM412_BLOCK_FRAMES;

	return zone_spans(zone, at) && has_struct_page(mm, at);
}

/* The pageblock at `slot` changes its type. */
static void recount(struct mm412 *mm, uint32_t slot, unsigned from, unsigned to)
{
	uint64_t start = mm412_frame(mm, slot);
	unsigned id = mm->block[slot >> MM412_BLOCK_ORDER].zone;
	unsigned first = id < MM412_NO_ZONE ? id : 0, n = id < MM412_NO_ZONE ? 1 : mm->nzones;

	for (unsigned i = first; i < first + n; i++)
		if (counts(mm, &mm->zones[i], start)) {
			mm->zones[i].pageblocks[from]--;
			mm->zones[i].pageblocks[to]++;
		}
}

void mm412_pageblock_set(struct mm412 *mm, uint32_t slot, unsigned type)
{
	/* Without grouping all blocks serve unmovable requests. */
	if (!mm->grouping && type < MM412_PCP_TYPES)
		type = MM412_UNMOVABLE;
	if (mm->guide)
		mm412_probe_guided_note(
			mm->guide, (struct mm412_probe_guided_note){
					   .kind = MM412_PROBE_GUIDED_TYPED,
					   .frame = mm412_frame(mm, slot),
					   .type = (uint8_t)type,
					   .old_type = (uint8_t)mm412_block_type(mm, slot) });
	recount(mm, slot & ~(MM412_BLOCK_FRAMES - 1), mm412_block_type(mm, slot), type);
	mm->block[slot >> MM412_BLOCK_ORDER].type = (uint8_t)type;
}

static bool find_sections(struct mm412 *mm, const struct mm412_memblock *mb)
{
	uint64_t last = mm->base + (mm->slots - mm->frame0) - 1;

	mm->nsections = section_of(mm, last) + 1;
	mm->section = calloc(mm->nsections, sizeof(*mm->section));
	/* A run without struct pages begins in a section without memory, once a zone. */
	mm->unset = calloc(mm->nsections + mm->nzones, sizeof(*mm->unset));
	if (!mm->section || !mm->unset)
		return false;
	for (unsigned i = 0; i < mb->n; i++)
		for (uint64_t n = section_of(mm, mb->ranges[i].start);
		     n <= section_of(mm, mb->ranges[i].end - 1); n++)
			mm->section[n] = true;
	return true;
}

/* The zone that a whole pageblock belongs to, or that it is shared. */
static void own_blocks(struct mm412 *mm, const struct mm412_zone *zone)
{
	uint32_t first = mm412_slot(mm, zone->start) >> MM412_BLOCK_ORDER;
	uint32_t last = mm412_slot(mm, zone->end - 1) >> MM412_BLOCK_ORDER;

	for (uint32_t b = first; b <= last; b++) {
		uint64_t start = mm412_frame(mm, b << MM412_BLOCK_ORDER);
		bool whole = zone_spans(zone, start) &&
			     zone_spans(zone, start + MM412_BLOCK_FRAMES - 1);

		mm->block[b].zone = whole ? zone->id : MM412_MIXED_ZONE;
	}
}

/* Marks the pageblocks that begin in [start, end) movable. */
static void mark_movable(struct mm412 *mm, uint64_t start, uint64_t end)
{
	uint64_t at = (start + MM412_BLOCK_FRAMES - 1) & ~(uint64_t)(MM412_BLOCK_FRAMES - 1);

	for (; at < end; at += MM412_BLOCK_FRAMES)
		mm->block[mm412_slot(mm, at) >> MM412_BLOCK_ORDER].type = MM412_MOVABLE;
}

/*
 * Walks a zone's struct pages as the kernel initialises them. Behind a section without
 * memory it goes on at the next memory, even if that lies in the middle of a section: the
 * struct pages in between stay zero and look like those of another zone.
 */
static void init_zone(struct mm412 *mm, const struct mm412_memblock *mb,
		      const struct mm412_zone *zone)
{
	uint64_t at = zone->start;

	while (at < zone->end) {
		uint64_t end = (at / MM412_SECTION_FRAMES + 1) * MM412_SECTION_FRAMES;

		if (end > zone->end)
			end = zone->end;
		if (mm->section[section_of(mm, at)]) {
			mark_movable(mm, at, end);
			at = end;
			continue;
		}
		end = mm412_memblock_next(mb, at);
		if (end > zone->end)
			end = zone->end;
		mm->unset[mm->nunset++] = (struct mm_span){ at, end };
		mm->block[mm412_slot(mm, end - 1) >> MM412_BLOCK_ORDER].zone = MM412_MIXED_ZONE;
		at = end;
	}
}

bool mm412_pageblock_boot(struct mm412 *mm, const struct mm_machine *machine)
{
	struct mm412_memblock mb;
	bool ok;

	if (!mm412_memblock_make(&mb, mm, machine, false))
		return false;
	ok = find_sections(mm, &mb);
	for (uint32_t b = 0; b < mm->slots >> MM412_BLOCK_ORDER; b++)
		mm->block[b].zone = MM412_NO_ZONE;
	for (unsigned i = 0; ok && i < mm->nzones; i++) {
		own_blocks(mm, &mm->zones[i]);
		init_zone(mm, &mb, &mm->zones[i]);
	}
	mm412_memblock_free(&mb);
	return ok;
}

bool mm412_pageblock_has_page(const struct mm412 *mm, uint64_t frame)
{
	return mm412_pageblock_zone(mm, frame) && has_struct_page(mm, frame);
}

unsigned mm412_pageblock_seen_zone(const struct mm412 *mm, uint64_t frame)
{
	const struct mm412_zone *zone = mm412_pageblock_zone(mm, frame);

	if (!zone || !has_struct_page(mm, frame))
		zone = mm->nodes[0].zones[MM412_ZONE_DMA];
	return zone ? zone->id : MM412_NO_ZONE;
}

void mm412_pageblock_count(const struct mm412 *mm, const struct mm412_zone *zone,
			   uint64_t count[MM412_TYPES])
{
	for (unsigned t = 0; t < MM412_TYPES; t++)
		count[t] = 0;
	for (uint64_t at = zone->start; at < zone->end; at += MM412_BLOCK_FRAMES)
		if (has_struct_page(mm, at))
			count[mm412_block_type(mm, mm412_slot(mm, at))]++;
}

/* A used block's frames that could be migrated, as far as they lie before `end`. */
static unsigned movable_in(const struct mm_slot *s, uint32_t frames, uint32_t left)
{
	if (!(s->use & MM_USE_LRU))
		return 0;
	return frames < left ? frames : left;
}

static void move_block(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
		       uint32_t slot, unsigned order, unsigned type)
{
	unsigned from = mm->s[slot].type;

	if (from >= MM412_CMA || type >= MM412_CMA)
		mm412_isolation_relisted(zone, from, type, (int64_t)1 << order);
	mm412_touch_held(mm, zone, cpu, slot, true);
	mm412_touch_neighbours(mm, zone, cpu, slot);
	mm412_list_remove(mm, zone, slot, order);
	mm412_list_push(mm, zone, slot, order, type);
	mm412_touch_held_beside(mm, zone, cpu, mm->s[slot].next);
}

/* The first of a free block is enough to pass it over; all others are looked at, one by one. */
static unsigned move_range(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			   uint32_t at, uint32_t end, unsigned type, unsigned *movable)
{
	unsigned moved = 0;

	while (at < end) {
		const struct mm_slot *s = &mm->s[at];
		unsigned order = mm412_tag_order(s->tag);
		uint32_t n = 1u << order;

		switch (mm412_tag_state(s->tag)) {
		case MM412_FREE:
			move_block(mm, zone, cpu, at, order, type);
			moved += n;
			break;
		case MM412_USED:
			*movable += movable_in(s, n, end - at);
			mm412_touch_run(mm, cpu, at, n < end - at ? n : end - at, false);
			break;
		default:
			mm412_touch_look(mm, cpu, at);
		}
		at += n;
	}
	return moved;
}

/* A replayed recording knows how many pages could be migrated, and sees what moved. */
static unsigned guided(struct mm412_probe_guided *guide, uint64_t frame, unsigned type,
		       unsigned moved, bool wants_movable, unsigned seen)
{
	mm412_probe_guided_note(
		guide, (struct mm412_probe_guided_note){ .kind = MM412_PROBE_GUIDED_MOVED,
							 .frame = frame,
							 .type = (uint8_t)type,
							 .frames = moved,
							 .movable = seen });
	if (!wants_movable || !guide->nmovable)
		return seen;
	guide->nmovable--;
	return *guide->movable++;
}

unsigned mm412_pageblock_move(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			      uint32_t slot, unsigned type, unsigned *movable)
{
	uint32_t start = slot & ~(MM412_BLOCK_FRAMES - 1);
	uint32_t end = start + MM412_BLOCK_FRAMES;
	unsigned seen = 0, moved;

	if (movable)
		*movable = 0;
	if (!zone_spans(zone, mm412_frame(mm, start)))
		start = slot;
	if (!zone_spans(zone, mm412_frame(mm, end - 1)))
		return 0;
	moved = move_range(mm, zone, cpu, start, end, type, &seen);
	if (mm->guide)
		seen = guided(mm->guide, mm412_frame(mm, start), type, moved, movable != NULL,
			      seen);
	if (movable)
		*movable = seen;
	sim_charge(cpu, (uint32_t)mm->cost.steal_frame[0] * (end - start));
	return moved;
}
