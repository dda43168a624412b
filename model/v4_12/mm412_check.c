/* Invariants of the allocator's state, checked one by one. Slow: walks all frames. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "model/v4_12/mm412_sleep.h"

struct check {
	const struct mm412 *mm;
	const struct mm412_zone *zone;
	char *text;
	size_t size;
};

static bool wrong(const struct check *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool wrong(const struct check *c, const char *fmt, ...)
{
	int n = snprintf(c->text, c->size, "node %u zone %s: ", c->zone->nid,
			 mm412_arch_zone(c->mm, c->zone));
	va_list ap;

	if (n < 0 || (size_t)n >= c->size)
		return false;
	va_start(ap, fmt);
	vsnprintf(c->text + n, c->size - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

/*
 * Whole pageblocks that were isolated one by one are not merged while they are. One of them may
 * be on another list: it was the second half of a larger block when it was isolated.
 */
static bool may_stay_apart(const struct mm412 *mm, uint32_t slot, unsigned order)
{
	uint32_t buddy = slot ^ (1u << order);

	return order == MM412_BLOCK_ORDER &&
	       (mm->s[slot].type == MM412_ISOLATE || mm->s[buddy].type == MM412_ISOLATE ||
		mm412_block_type(mm, slot) == MM412_ISOLATE ||
		mm412_block_type(mm, buddy) == MM412_ISOLATE);
}

static bool check_block(const struct check *c, uint32_t slot, unsigned type, unsigned order)
{
	const struct mm_slot *s = c->mm->s;
	uint64_t frame = mm412_frame(c->mm, slot);

	if (slot < c->mm->frame0 || frame < c->zone->start ||
	    frame + (1u << order) > c->zone->end)
		return wrong(c, "free block %" PRIu64 " is outside", frame);
	if (s[slot].tag != mm412_tag(MM412_FREE, order, c->zone->id) || s[slot].type != type)
		return wrong(c,
			     "frame %" PRIu64 " is on the list of type %u, order %u, but "
			     "says otherwise",
			     frame, type, order);
	if (slot & ((1u << order) - 1))
		return wrong(c, "free block %" PRIu64 " of order %u is not aligned", frame,
			     order);
	if (order < MM412_ORDERS - 1 && s[slot ^ (1u << order)].tag == s[slot].tag &&
	    !may_stay_apart(c->mm, slot, order))
		return wrong(c,
			     "free block %" PRIu64 " of order %u was not merged with its buddy",
			     frame, order);
	for (uint32_t i = 1; i < 1u << order; i++)
		if (s[slot + i].tag)
			return wrong(c,
				     "frame %" PRIu64 " lies inside a free block, but is a "
				     "block of its own",
				     frame + i);
	return true;
}

static uint64_t fresh_blocks(const struct mm412_zone *zone)
{
	uint64_t blocks = 0;

	for (unsigned i = 0; i < zone->nfresh; i++)
		blocks += (zone->fresh[i].end - zone->fresh[i].start) / MM412_MAX_BLOCK;
	return blocks;
}

/* Free frames: on all lists, on those whose frames are to be had, on those of CMA areas. */
struct free_frames {
	int64_t all, counted, cma;
};

static bool check_list(const struct check *c, unsigned type, unsigned order,
		       struct free_frames *frames)
{
	const struct mm_slot *s = c->mm->s;
	uint32_t head = mm412_list(c->zone, type, order);
	uint64_t blocks = 0;

	if (!mm_list_check(s, head, c->mm->slots))
		return wrong(c, "links of the list of type %u, order %u are broken", type,
			     order);
	for (uint32_t at = s[head].next; at != head; at = s[at].next, blocks++)
		if (!check_block(c, at, type, order))
			return false;
	if (blocks && order == MM412_ORDERS - 1 && type == MM412_MOVABLE)
		blocks += fresh_blocks(c->zone);
	if (blocks != s[head].stamp || (blocks != 0) != (c->zone->some[type] >> order & 1))
		return wrong(c, "type %u, order %u: %" PRIu64 " blocks listed, %u counted",
			     type, order, blocks, s[head].stamp);
	frames->all += (int64_t)(blocks << order);
	if (type != MM412_ISOLATE)
		frames->counted += (int64_t)(blocks << order);
	if (type == MM412_CMA)
		frames->cma += (int64_t)(blocks << order);
	return true;
}

static bool check_pcp(const struct check *c, const struct mm412_pcp *pcp, uint64_t *pages)
{
	const struct mm_slot *s = c->mm->s;
	uint32_t count = 0;

	for (unsigned t = 0; t < MM412_PCP_TYPES; t++) {
		uint32_t head = mm412_pcp_head(c->mm, pcp, t);

		if (!mm_list_check(s, head, c->mm->slots))
			return wrong(c, "links of a per-cpu list are broken");
		for (uint32_t at = s[head].next; at != head; at = s[at].next, count++)
			if (s[at].tag != mm412_tag(MM412_ON_PCP, 0, c->zone->id))
				return wrong(c, "a page on a per-cpu list does not say so");
	}
	if (count != pcp->count)
		return wrong(c, "%u pages on per-cpu lists, %u counted", count, pcp->count);
	*pages += count;
	return true;
}

/* Every frame is one thing only: blocks do not overlap, and lists hold what is tagged. */
static bool check_frames(const struct check *c, int64_t free, uint64_t on_pcp)
{
	uint64_t frame = c->zone->start, used = 0;

	free -= (int64_t)(fresh_blocks(c->zone) * MM412_MAX_BLOCK);
	while (frame < c->zone->end) {
		uint16_t tag = c->mm->s[mm412_slot(c->mm, frame)].tag;
		uint64_t frames = (uint64_t)1 << mm412_tag_order(tag);

		if (tag && mm412_tag_zone(tag) != c->zone->id)
			return wrong(c, "frame %" PRIu64 " says it is of another zone", frame);
		switch (mm412_tag_state(tag)) {
		case MM412_FREE:
			free -= (int64_t)frames;
			break;
		case MM412_ON_PCP:
			on_pcp--;
			break;
		case MM412_USED:
			used += frames;
			break;
		case MM412_INSIDE:
			break;
		}
		frame += frames;
	}
	if (free || on_pcp)
		return wrong(c, "lists and frames differ by %" PRId64 " free frames", free);
	if (frame != c->zone->end || used > c->zone->managed)
		return wrong(c, "blocks reach over the zone's end or overlap");
	return true;
}

static bool check_counters(const struct check *c, const struct free_frames *free)
{
	const struct mm412_zone *zone = c->zone;
	int64_t counted = zone->nr_free - zone->free_gap,
		cma = zone->nr_free_cma - zone->cma_gap;

	for (unsigned cpu = 0; cpu < c->mm->ncpus; cpu++) {
		counted += zone->pcps[cpu].free_diff;
		cma += zone->pcps[cpu].cma_diff;
	}
	if (counted != free->counted)
		return wrong(c, "%" PRId64 " frames free, %" PRId64 " counted", free->counted,
			     counted);
	if (cma != free->cma)
		return wrong(c, "%" PRId64 " frames free in CMA areas, %" PRId64 " counted",
			     free->cma, cma);
	return true;
}

/* Each isolated pageblock was counted, and without one nothing is kept from requests. */
static bool check_isolated(const struct check *c)
{
	const struct mm412_zone *zone = c->zone;
	uint32_t isolated = 0;

	for (uint32_t b = c->mm->frame0 >> MM412_BLOCK_ORDER;
	     b < c->mm->slots >> MM412_BLOCK_ORDER; b++)
		isolated += c->mm->block[b].zone == zone->id &&
			    c->mm->block[b].type == MM412_ISOLATE;
	if (isolated > zone->nr_isolated)
		return wrong(c, "%u pageblocks are isolated, %u counted", isolated,
			     zone->nr_isolated);
	if (!zone->nr_isolated && zone->some[MM412_ISOLATE])
		return wrong(c, "free blocks are isolated, but no pageblock is");
	return true;
}

/* What is counted as it changes is what there is. */
static bool check_told(const struct check *c)
{
	const struct mm412_zone *zone = c->zone;
	unsigned some = mm412_orders_some(zone);
	uint64_t blocks[MM412_TYPES];

	if (zone->top ? some >> __builtin_ctz(zone->top) != 1 : some)
		return wrong(c,
			     "orders with free blocks are 0x%x, the largest was told as 0x%x",
			     some, zone->top);
	mm412_pageblock_count(c->mm, zone, blocks);
	for (unsigned t = 0; t < MM412_TYPES; t++)
		if (blocks[t] != zone->pageblocks[t])
			return wrong(c,
				     "%" PRIu64 " pageblocks of type %u, %" PRIu64 " counted",
				     blocks[t], t, zone->pageblocks[t]);
	return true;
}

static bool check_zone(const struct check *c)
{
	const struct mm412_zone *zone = c->zone;
	struct free_frames free = { 0 };
	uint64_t on_pcp = 0;

	for (unsigned t = 0; t < MM412_TYPES; t++)
		for (unsigned o = 0; o < MM412_ORDERS; o++)
			if (!check_list(c, t, o, &free))
				return false;
	for (unsigned cpu = 0; cpu < c->mm->ncpus; cpu++)
		if (!check_pcp(c, &zone->pcps[cpu], &on_pcp))
			return false;
	if (!check_counters(c, &free) || !check_isolated(c) || !check_told(c))
		return false;
	if ((uint64_t)free.all + on_pcp > zone->managed)
		return wrong(c, "more free than managed");
	return check_frames(c, free.all, on_pcp);
}

bool mm412_check(const void *state, char *text, size_t size)
{
	const struct mm412 *mm = state;

	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct check c = { mm, &mm->zones[i], text, size };

		if (!check_zone(&c))
			return false;
	}
	return !mm->sleep || mm412_check_sleep(mm, text, size);
}
