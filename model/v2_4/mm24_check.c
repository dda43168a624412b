/* Invariants of the kernel's state, checked one by one. Slow: walks all frames. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/v2_4/mm24.h"

#define LARGEST (MM24_ORDERS - 1)

struct check {
	const struct mm24 *mm;
	const struct mm24_zone *zone; /* NULL = of all zones */
	uint64_t *free;               /* a bit for each frame that lies in a free block */
	char *text;
	size_t size;
};

static bool wrong(const struct check *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool wrong(const struct check *c, const char *fmt, ...)
{
	int n = 0;
	va_list ap;

	if (c->zone)
		n = snprintf(c->text, c->size, "node %u zone %s: ", c->zone->nid,
			     mm24_zone_names[c->zone->idx]);
	if (n < 0 || (size_t)n >= c->size)
		return false;
	va_start(ap, fmt);
	vsnprintf(c->text + n, c->size - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

/* ---- free blocks ----------------------------------------------------------------------- */

static bool test(const struct check *c, uint32_t slot)
{
	uint32_t i = slot - c->mm->frame0;

	return c->free[i / 64] >> i % 64 & 1;
}

static bool mark_free(const struct check *c, uint32_t slot)
{
	uint32_t i = slot - c->mm->frame0;
	bool was = test(c, slot);

	c->free[i / 64] |= (uint64_t)1 << i % 64;
	return !was;
}

static bool check_inside(const struct check *c, uint32_t slot, unsigned order, unsigned tag)
{
	for (uint32_t i = 0; i < 1u << order; i++) {
		if (!mark_free(c, slot + i))
			return wrong(c, "frame %" PRIu64 " is free twice",
				     mm24_frame(c->mm, slot + i));
		if (c->mm->s[slot + i].tag != (i ? 0 : tag))
			return wrong(c,
				     "frame %" PRIu64 " lies inside a free block and has "
				     "flags %#x",
				     mm24_frame(c->mm, slot + i), c->mm->s[slot + i].tag);
	}
	return true;
}

static bool check_block(const struct check *c, uint32_t slot, unsigned order)
{
	const struct mm_slot *s = c->mm->s;
	uint32_t index = slot - c->zone->start;

	if (slot < c->zone->start || index + (1u << order) > c->zone->size)
		return wrong(c, "slot %u is on a list of free blocks, but not of this zone",
			     slot);
	if (s[slot].tag != MM24_FREE)
		return wrong(c, "free block %" PRIu64 " has flags %#x", mm24_frame(c->mm, slot),
			     s[slot].tag);
	if (mm24_page(c->mm, slot)->order != order)
		return wrong(c, "free block %" PRIu64 " says order %u, but is listed in %u",
			     mm24_frame(c->mm, slot), mm24_page(c->mm, slot)->order, order);
	if (index % (1u << order))
		return wrong(c, "free block %" PRIu64 " of order %u is not aligned",
			     mm24_frame(c->mm, slot), order);
	return check_inside(c, slot, order, MM24_FREE);
}

/* A pair's bit says whether exactly one of the two is on the list of that order. */
static bool check_bit(const struct check *c, uint32_t slot, unsigned order)
{
	const struct mm24_area *area = &c->zone->area[order];
	uint32_t index = slot - c->zone->start, pair = index >> (order + 1);

	if (order == LARGEST)
		return true;
	if (!(area->map[pair / 64] >> pair % 64 & 1))
		return wrong(c,
			     "the bit of free block %" PRIu64 " of order %u says that its "
			     "buddy is free, too, or that none is",
			     mm24_frame(c->mm, slot), order);
	return true;
}

static uint64_t bits_set(const struct mm24_area *area)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < (area->nbits + 63) / 64; i++)
		n += (uint64_t)__builtin_popcountll(area->map[i]);
	return n;
}

static bool check_fresh(const struct check *c, uint64_t *blocks)
{
	const struct mm24_zone *zone = c->zone;
	uint32_t at = mm24_fresh_next(zone, MM24_NONE);

	for (; at != MM24_NONE; at = mm24_fresh_next(zone, at), ++*blocks) {
		if (at < zone->start || at - zone->start > zone->size - (1u << LARGEST) ||
		    (at - zone->start) % (1u << LARGEST))
			return wrong(c, "slot %u begins no block of this zone", at);
		if (!check_inside(c, at, LARGEST, 0))
			return false;
	}
	return true;
}

static bool check_list(const struct check *c, unsigned order, uint64_t *frames)
{
	const struct mm_slot *s = c->mm->s;
	uint32_t head = c->zone->area[order].head;
	uint64_t blocks = 0;

	if (!mm_list_check(s, head, c->mm->slots))
		return wrong(c, "links of the list of order %u are broken", order);
	for (uint32_t at = s[head].next; at != head; at = s[at].next, blocks++)
		if (!check_block(c, at, order) || !check_bit(c, at, order))
			return false;
	if (order == LARGEST && !check_fresh(c, &blocks))
		return false;
	if (blocks != s[head].stamp)
		return wrong(c, "order %u: %" PRIu64 " blocks listed, %u counted", order,
			     blocks, s[head].stamp);
	/* Each block has a pair of its own: as many bits as blocks, all of them theirs. */
	if (order < LARGEST && bits_set(&c->zone->area[order]) != blocks)
		return wrong(c, "order %u: %" PRIu64 " blocks listed, %" PRIu64 " bits set",
			     order, blocks, bits_set(&c->zone->area[order]));
	if ((blocks != 0) != (c->zone->some >> order & 1))
		return wrong(c, "order %u: %" PRIu64 " blocks listed, but noted otherwise",
			     order, blocks);
	*frames += blocks << order;
	return true;
}

static bool check_zone(const struct check *c)
{
	const struct mm24_zone *zone = c->zone;
	uint64_t frames = 0, reserved = 0;

	for (unsigned o = 0; o < MM24_ORDERS; o++)
		if (!check_list(c, o, &frames))
			return false;
	if (frames != zone->free_pages)
		return wrong(c, "%" PRIu64 " frames free, %" PRIu64 " counted", frames,
			     zone->free_pages);
	if (zone->top ? zone->some >> __builtin_ctz(zone->top) != 1 : zone->some)
		return wrong(c,
			     "orders with free blocks are 0x%x, the largest was told as 0x%x",
			     zone->some, zone->top);
	if (frames + zone->inactive_clean_pages > zone->managed)
		return wrong(c, "more pages free or clean than managed");
	for (uint32_t i = 0; i < zone->size; i++) {
		uint32_t slot = zone->start + i;

		reserved += (c->mm->s[slot].tag & MM24_RESERVED) != 0;
		if (c->mm->s[slot].tag & MM24_FREE && !test(c, slot))
			return wrong(c, "frame %" PRIu64 " says it is free, but is on no list",
				     mm24_frame(c->mm, slot));
		if (!test(c, slot) && !(c->mm->s[slot].tag & MM24_RESERVED) &&
		    c->mm->s[slot].use != zone->id)
			return wrong(c, "frame %" PRIu64 " says it is of another zone",
				     mm24_frame(c->mm, slot));
	}
	if (reserved + zone->managed != zone->size)
		return wrong(c, "%" PRIu64 " frames reserved, but %" PRIu64 " of %u managed",
			     reserved, zone->managed, zone->size);
	return true;
}

/* ---- lists of pages in use ------------------------------------------------------------- */

static bool check_lru(const struct check *c, uint32_t head, unsigned flag, uint64_t counted,
		      const char *name)
{
	const struct mm_slot *s = c->mm->s;
	uint64_t pages = 0;

	if (!mm_list_check(s, head, c->mm->slots))
		return wrong(c, "links of the %s list are broken", name);
	for (uint32_t at = s[head].next; at != head; at = s[at].next, pages++) {
		if (at < c->mm->frame0 || (s[at].tag & MM24_LRU) != flag)
			return wrong(c, "slot %u is on the %s list, but says otherwise", at,
				     name);
		if (test(c, at) || s[at].tag & (MM24_FREE | MM24_RESERVED))
			return wrong(c, "frame %" PRIu64 " is on the %s list, but not in use",
				     mm24_frame(c->mm, at), name);
		if (c->zone && s[at].use != c->zone->id)
			return wrong(c, "frame %" PRIu64 " of another zone is on the %s list",
				     mm24_frame(c->mm, at), name);
		if (mm24_page(c->mm, at)->count <= 0)
			return wrong(c, "frame %" PRIu64 " on the %s list has no references",
				     mm24_frame(c->mm, at), name);
	}
	if (pages != counted)
		return wrong(c, "%" PRIu64 " pages on the %s list, %" PRIu64 " counted", pages,
			     name, counted);
	return true;
}

/* Pages that say they are on a list are as many as the lists hold. */
static bool check_flags(const struct check *c)
{
	const struct mm24 *mm = c->mm;
	uint64_t listed = mm->nr_active + mm->nr_inactive_dirty + mm->nr_clean, flagged = 0;

	for (unsigned z = 0; z < mm->nzones; z++) {
		const struct mm24_zone *zone = &mm->zones[z];
		uint64_t dirty = 0;

		for (uint32_t i = 0; i < zone->size; i++) {
			unsigned tag = mm->s[zone->start + i].tag;

			flagged += (tag & MM24_LRU) != 0;
			dirty += (tag & MM24_INACTIVE_DIRTY) != 0;
		}
		if (dirty != zone->inactive_dirty_pages)
			return wrong(c,
				     "%" PRIu64 " dirty pages in zone %u, %" PRIu64 " counted",
				     dirty, z, zone->inactive_dirty_pages);
	}
	if (flagged != listed)
		return wrong(c, "%" PRIu64 " pages say they are on a list, %" PRIu64 " are",
			     flagged, listed);
	return true;
}

static bool check_sums(const struct check *c)
{
	const struct mm24 *mm = c->mm;
	uint64_t nr_free = 0, nr_clean = 0;

	for (unsigned i = 0; i < mm->nzones; i++) {
		nr_free += mm->zones[i].free_pages;
		nr_clean += mm->zones[i].inactive_clean_pages;
	}
	if (nr_free != mm->nr_free || nr_clean != mm->nr_clean)
		return wrong(c,
			     "the zones have %" PRIu64 " pages free and %" PRIu64
			     " clean, the sums say %" PRIu64 " and %" PRIu64,
			     nr_free, nr_clean, mm->nr_free, mm->nr_clean);
	return true;
}

/* ---- swap and page tables -------------------------------------------------------------- */

static bool check_swap(const struct check *c)
{
	const struct mm24_swap *swap = &c->mm->swap;
	uint64_t unused = 0;

	for (uint32_t i = 1; swap->map && i < swap->pages; i++) {
		unused += swap->map[i] == 0;
		if (i < swap->lowest && swap->map[i] == 0)
			return wrong(c, "swap slot %u is free, but lies below the lowest free",
				     i);
		if (swap->page[i] != MM24_NONE && swap->map[i] == 0)
			return wrong(c, "free swap slot %u has a page", i);
		if (swap->page[i] != MM24_NONE && mm24_page(c->mm, swap->page[i])->swap != i)
			return wrong(c, "swap slot %u and its page contradict each other", i);
	}
	if (unused != swap->free)
		return wrong(c, "%" PRIu64 " swap slots free, %u counted", unused, swap->free);
	return true;
}

static bool check_space(const struct check *c, const struct mm24_space *space)
{
	uint32_t present = 0;

	for (uint32_t i = 0; i < space->room; i++) {
		const struct mm24_pte *pte = &space->pte[i];

		present += (pte->flags & MM24_PTE_PRESENT) != 0;
		if (pte->flags & MM24_PTE_PRESENT &&
		    (pte->value < c->mm->frame0 || test(c, pte->value)))
			return wrong(c, "page %u of address space %u is mapped, but free", i,
				     space->id);
		if (pte->flags & MM24_PTE_SWAP && c->mm->swap.map[pte->value] == 0)
			return wrong(c, "page %u of address space %u is in a free swap slot", i,
				     space->id);
	}
	if (present != space->rss)
		return wrong(c, "address space %u has %u pages present, %u counted", space->id,
			     present, space->rss);
	return true;
}

static bool check_all(struct check *c)
{
	const struct mm24 *mm = c->mm;

	for (unsigned i = 0; i < mm->nzones; i++) {
		c->zone = &mm->zones[i];
		if (!check_zone(c) ||
		    !check_lru(c, c->zone->clean_head, MM24_INACTIVE_CLEAN,
			       c->zone->inactive_clean_pages, "inactive_clean"))
			return false;
	}
	c->zone = NULL;
	if (!check_lru(c, mm->active_head, MM24_ACTIVE, mm->nr_active, "active") ||
	    !check_lru(c, mm->dirty_head, MM24_INACTIVE_DIRTY, mm->nr_inactive_dirty,
		       "inactive_dirty"))
		return false;
	if (!check_sums(c) || !check_flags(c) || !check_swap(c))
		return false;
	for (const struct mm24_space *s = mm->mmlist; s; s = s->next)
		if (!check_space(c, s))
			return false;
	return true;
}

bool mm24_check(const void *state, char *text, size_t size)
{
	const struct mm24 *mm = state;
	struct check c = { .mm = mm, .text = text, .size = size };
	bool ok;

	c.free = calloc((mm->slots - mm->frame0) / 64 + 1, sizeof(*c.free));
	if (!c.free)
		return wrong(&c, "out of memory");
	ok = check_all(&c);
	free(c.free);
	return ok;
}
