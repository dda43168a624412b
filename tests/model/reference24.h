/*
 * A second buddy system of 2.4.0, slow and simple: plain arrays of block numbers, a buddy
 * looked up by searching its list, no bitmaps. Written from the rules:
 *
 * - numbers count from the zone's first frame; orders 0 to 9;
 * - a request takes the first block of the first list, from its order upwards, that has one;
 *   while the block is too large its lower half goes to the front of the list below;
 * - a block that comes back joins its buddy while that is on the same list and the order is
 *   below 9; what results goes to the front of its list.
 */
#ifndef TESTS_REFERENCE24_H
#define TESTS_REFERENCE24_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define REFERENCE_ORDERS 10
#define REFERENCE_FRAMES 8192

struct reference24 {
	/* Last entry = front of the list. */
	uint32_t blocks[REFERENCE_ORDERS][REFERENCE_FRAMES];
	uint32_t n[REFERENCE_ORDERS];
};

static inline void reference_push(struct reference24 *r, uint32_t block, unsigned order)
{
	r->blocks[order][r->n[order]++] = block;
}

static inline bool reference_remove(struct reference24 *r, uint32_t block, unsigned order)
{
	uint32_t *list = r->blocks[order];

	for (uint32_t i = 0; i < r->n[order]; i++)
		if (list[i] == block) {
			memmove(&list[i], &list[i + 1], (--r->n[order] - i) * sizeof(*list));
			return true;
		}
	return false;
}

/* UINT32_MAX when there is nothing large enough. */
static inline uint32_t reference_take(struct reference24 *r, unsigned order)
{
	unsigned from = order;
	uint32_t block;

	while (from < REFERENCE_ORDERS && r->n[from] == 0)
		from++;
	if (from == REFERENCE_ORDERS)
		return UINT32_MAX;
	block = r->blocks[from][--r->n[from]];
	while (from > order) {
		from--;
		reference_push(r, block, from);
		block += 1u << from;
	}
	return block;
}

static inline void reference_give(struct reference24 *r, uint32_t block, unsigned order)
{
	while (order < REFERENCE_ORDERS - 1 &&
	       reference_remove(r, block ^ (1u << order), order)) {
		block &= ~(1u << order);
		order++;
	}
	reference_push(r, block, order);
}

#endif
