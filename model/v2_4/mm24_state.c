/*
 * Puts a recorded state in place of a booted one. 2.4 has no pageblocks, no types and no
 * per-cpu lists, and its buddies count from the zone's start: what was free is collected
 * frame by frame and freed at the end, in ascending order. Recorded orders of lists are lost
 * thereby, unless it was this kernel that saved the state. Frames that nobody puts are in use,
 * each on its own. A piece that contradicts an earlier one is refused; the first such case is
 * told by put_done.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/v2_4/mm24_save.h"

/* A free block of a saved state. */
struct mm24_put {
	uint32_t slot;
	uint8_t order;
};

static bool refuse(struct mm24 *mm, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(struct mm24 *mm, const char *fmt, ...)
{
	va_list ap;

	if (*mm->put_error)
		return false;
	va_start(ap, fmt);
	vsnprintf(mm->put_error, sizeof(mm->put_error), fmt, ap);
	va_end(ap);
	return false;
}

static bool test(const uint64_t *bits, uint32_t i)
{
	return bits[i / 64] >> i % 64 & 1;
}

static void set(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= (uint64_t)1 << i % 64;
}

static bool make_bits(struct mm24 *mm)
{
	size_t words = (mm->slots - mm->frame0) / 64 + 1;

	if (!mm->put_free)
		mm->put_free = calloc(words, sizeof(*mm->put_free));
	if (!mm->put_known)
		mm->put_known = calloc(words, sizeof(*mm->put_known));
	return mm->put_free && mm->put_known;
}

/* The block's first bit, MM24_NONE if it cannot be there. */
static uint32_t claim(struct mm24 *mm, uint64_t frame, unsigned order)
{
	const struct mm24_zone *zone = mm24_zone_find(mm, frame);
	uint64_t frames = (uint64_t)1 << order;
	uint32_t bit;

	if (!make_bits(mm)) {
		refuse(mm, "out of memory");
		return MM24_NONE;
	}
	/* What was recorded may be a block of another kernel, larger than any here. */
	if (order >= MM_MAX_ORDERS || !zone ||
	    frame + frames > mm24_frame(mm, zone->start) + zone->size) {
		refuse(mm, "frame %" PRIu64 ", order %u: not within one zone", frame, order);
		return MM24_NONE;
	}
	bit = mm24_slot(mm, frame) - mm->frame0;
	for (uint32_t i = 0; i < frames; i++) {
		if (mm->s[mm->frame0 + bit + i].tag & MM24_RESERVED) {
			refuse(mm, "frame %" PRIu64 " is reserved or in a hole", frame + i);
			return MM24_NONE;
		}
		if (test(mm->put_known, bit + i)) {
			refuse(mm, "frame %" PRIu64 " is there twice", frame + i);
			return MM24_NONE;
		}
	}
	for (uint32_t i = 0; i < frames; i++)
		set(mm->put_known, bit + i);
	return bit;
}

void mm24_state_put_listed(void *state)
{
	((struct mm24 *)state)->put_listed = true;
}

/* Remembers where it stood on its list. */
static bool note_block(struct mm24 *mm, uint32_t slot, unsigned order)
{
	const struct mm24_zone *zone = mm24_zone_find(mm, mm24_frame(mm, slot));

	if (order >= MM24_ORDERS || (slot - zone->start) % (1u << order))
		return refuse(mm, "frame %" PRIu64 ": no block of order %u begins there",
			      mm24_frame(mm, slot), order);
	if (mm->nput_list == mm->put_list_room) {
		size_t room = mm->put_list_room ? 2 * mm->put_list_room : 1024;
		struct mm24_put *list = realloc(mm->put_list, room * sizeof(*list));

		if (!list)
			return refuse(mm, "out of memory");
		mm->put_list = list;
		mm->put_list_room = room;
	}
	mm->put_list[mm->nput_list++] = (struct mm24_put){ slot, (uint8_t)order };
	return true;
}

bool mm24_state_put_free(void *state, uint64_t frame, unsigned order, unsigned type)
{
	struct mm24 *mm = state;
	uint32_t bit = claim(mm, frame, order);

	(void)type;
	if (bit == MM24_NONE)
		return false;
	for (uint32_t i = 0; i < 1u << order; i++)
		set(mm->put_free, bit + i);
	return !mm->put_listed || note_block(mm, mm->frame0 + bit, order);
}

bool mm24_state_put_used(void *state, uint64_t frame, unsigned order, unsigned use)
{
	struct mm24 *mm = state;
	uint32_t bit = claim(mm, frame, order);

	/* What the block holds is told by hold(), as far as it can be reclaimed. */
	(void)use;
	if (bit == MM24_NONE)
		return false;
	mm->page[bit].count = 1;
	return true;
}

/* A block goes to the head of its list: the last one first. */
static void free_listed(struct mm24 *mm)
{
	for (size_t i = mm->nput_list; i-- > 0;) {
		const struct mm24_put *p = &mm->put_list[i];
		struct mm24_zone *zone = mm24_zone_find(mm, mm24_frame(mm, p->slot));

		for (uint32_t at = 0; at < 1u << p->order; at++)
			mm24_zone_ready(mm, zone, p->slot + at);
		mm24_buddy_found(mm, zone, p->slot, p->order);
	}
}

/* Frees the runs of free frames. */
static bool free_zone(struct mm24 *mm, struct mm24_zone *zone)
{
	uint32_t at = zone->start, end = zone->start + zone->size;

	while (at < end) {
		uint32_t first = at;

		while (at < end && test(mm->put_free, at - mm->frame0))
			at++;
		if (at == first)
			at++;
		else if (!mm24_zone_free_run(mm, zone, first, at))
			return refuse(mm, "out of memory");
	}
	return true;
}

/* Gives the frames that are not free their zone, and those nobody put a count. */
static void use_zone(struct mm24 *mm, const struct mm24_zone *zone)
{
	for (uint32_t i = 0; i < zone->size; i++) {
		uint32_t slot = zone->start + i, bit = slot - mm->frame0;

		if (test(mm->put_free, bit))
			continue;
		mm24_zone_ready(mm, zone, slot);
		if (!test(mm->put_known, bit) && !(mm->s[slot].tag & MM24_RESERVED))
			mm->page[bit].count = 1;
	}
}

bool mm24_state_put_done(void *state, char *text, size_t size)
{
	struct mm24 *mm = state;

	if (!make_bits(mm))
		refuse(mm, "out of memory");
	if (!*mm->put_error && mm->put_listed)
		free_listed(mm);
	for (unsigned i = 0; !*mm->put_error && i < mm->nzones; i++)
		if (mm->put_listed || free_zone(mm, &mm->zones[i]))
			use_zone(mm, &mm->zones[i]);
	free(mm->put_list);
	mm->put_list = NULL;
	free(mm->put_free);
	free(mm->put_known);
	mm->put_free = mm->put_known = NULL;
	mm24_orders_begin(mm);
	if (*mm->put_error)
		snprintf(text, size, "%s", mm->put_error);
	return !*mm->put_error;
}
