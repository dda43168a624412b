/*
 * Puts a recorded state in place of a booted one: types of pageblocks, free blocks, pages on
 * per-cpu lists, blocks in use. Frames that nobody puts stay in use for good. A piece that
 * contradicts an earlier one is refused; the first such case is told by put_done.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/v4_12/mm412.h"

static bool refuse(struct mm412 *mm, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool refuse(struct mm412 *mm, const char *fmt, ...)
{
	va_list ap;

	if (*mm->put_error)
		return false;
	va_start(ap, fmt);
	vsnprintf(mm->put_error, sizeof(mm->put_error), fmt, ap);
	va_end(ap);
	return false;
}

bool mm412_state_put_pageblock(void *state, uint64_t frame, unsigned type)
{
	struct mm412 *mm = state;

	if (type >= mm->ntypes)
		return refuse(mm, "frame %" PRIu64 ": 4.12 has no pageblock type %u", frame,
			      type);
	if (frame < mm->base || frame - mm->base >= mm->slots - mm->frame0)
		return refuse(mm, "frame %" PRIu64 " is in no zone", frame);
	mm->block[mm412_slot(mm, frame) >> MM412_BLOCK_ORDER].type = (uint8_t)type;
	return true;
}

/* A block that begins before the slot and reaches over it. */
static bool covered(const struct mm412 *mm, uint32_t slot)
{
	for (unsigned order = 1; order < MM412_ORDERS; order++) {
		uint16_t tag = mm->s[slot & ~((1u << order) - 1)].tag;

		if (tag && mm412_tag_order(tag) >= order)
			return true;
	}
	return false;
}

static struct mm412_zone *claim(struct mm412 *mm, uint64_t frame, unsigned order)
{
	struct mm412_zone *zone = mm412_pageblock_zone(mm, frame);
	uint64_t frames = (uint64_t)1 << order;
	uint32_t slot;

	if (order >= MM412_ORDERS || frame % frames) {
		refuse(mm, "frame %" PRIu64 ": no block of order %u begins there", frame,
		       order);
		return NULL;
	}
	if (!zone || frame + frames > zone->end) {
		refuse(mm, "frame %" PRIu64 ", order %u: not within one zone", frame, order);
		return NULL;
	}
	slot = mm412_slot(mm, frame);
	for (uint32_t i = 0; i < frames; i++)
		if (mm->s[slot + i].tag || (i == 0 && covered(mm, slot))) {
			refuse(mm, "frame %" PRIu64 " is there twice", frame + i);
			return NULL;
		}
	return zone;
}

bool mm412_state_put_free(void *state, uint64_t frame, unsigned order, unsigned type)
{
	struct mm412 *mm = state;
	struct mm412_zone *zone = claim(mm, frame, order);
	uint32_t slot = mm412_slot(mm, frame);

	if (!zone)
		return false;
	if (order < MM412_ORDERS - 1 &&
	    mm->s[slot ^ (1u << order)].tag == mm412_tag(MM412_FREE, order, zone->id))
		return refuse(mm,
			      "frame %" PRIu64 ", order %u: its buddy is free, too, "
			      "so they would be one block",
			      frame, order);
	if (type == UINT32_MAX)
		type = mm412_block_type(mm, slot);
	if (type >= mm->ntypes)
		return refuse(mm, "frame %" PRIu64 ": 4.12 has no free list of type %u", frame,
			      type);
	mm412_list_append(mm, zone, slot, order, type);
	zone->nr_free += type == MM412_ISOLATE ? 0 : (int64_t)1 << order;
	zone->nr_free_cma += type == MM412_CMA ? (int64_t)1 << order : 0;
	return true;
}

bool mm412_state_put_pcp(void *state, unsigned cpu, uint64_t frame, unsigned type)
{
	struct mm412 *mm = state;
	struct mm412_zone *zone = claim(mm, frame, 0);
	uint32_t slot = mm412_slot(mm, frame);
	struct mm412_pcp *pcp;

	if (!zone)
		return false;
	if (type == UINT32_MAX)
		type = mm412_block_type(mm, slot);
	if (cpu >= mm->ncpus || type >= mm->ntypes || type == MM412_ISOLATE)
		return refuse(mm, "frame %" PRIu64 ": no per-cpu list of CPU %u, type %u",
			      frame, cpu, type);
	pcp = &zone->pcps[cpu];
	mm->s[slot].tag = mm412_tag(MM412_ON_PCP, 0, zone->id);
	mm->s[slot].type = (uint8_t)type;
	if (type >= MM412_PCP_TYPES)
		type = MM412_MOVABLE;
	mm_list_add_tail(mm->s, mm412_pcp_head(mm, pcp, type), slot);
	pcp->count++;
	return true;
}

bool mm412_state_put_used(void *state, uint64_t frame, unsigned order, unsigned use)
{
	struct mm412 *mm = state;
	struct mm412_zone *zone = claim(mm, frame, order);
	uint32_t slot = mm412_slot(mm, frame);

	if (!zone)
		return false;
	mm->s[slot].tag = mm412_tag(MM412_USED, order, zone->id);
	mm->s[slot].use = (uint8_t)use;
	return true;
}

bool mm412_state_put_done(void *state, char *text, size_t size)
{
	struct mm412 *mm = state;

	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm412_zone *zone = &mm->zones[i];
		uint64_t types[MM412_TYPES];

		if (zone->nr_free > (int64_t)zone->managed)
			refuse(mm,
			       "zone %s of node %u has more free pages (%" PRId64
			       ") than it manages (%" PRIu64 ")",
			       mm412_arch_zone(mm, zone), zone->nid, zone->nr_free,
			       zone->managed);
		mm412_pageblock_count(mm, zone, types);
		zone->nr_reserved_highatomic = types[MM412_HIGHATOMIC] * MM412_BLOCK_FRAMES;
		zone->nr_isolated = (uint32_t)types[MM412_ISOLATE];
	}
	mm412_orders_begin(mm);
	if (*mm->put_error)
		snprintf(text, size, "%s", mm->put_error);
	return !*mm->put_error;
}
