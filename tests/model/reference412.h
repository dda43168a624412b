/*
 * A second buddy system of 4.12.0, slow and simple: plain arrays of block numbers, a buddy
 * looked up by searching every list. Written from the rules:
 *
 * - numbers are frame numbers; orders 0 to 10; a list for each order and type;
 * - a request takes the first block of its type's first list, from its order upwards, that has
 *   one; while the block is too large its upper half goes to the front of the list below;
 * - a block that comes back joins its buddy while that is free, whole and of the same order, on
 *   whatever list, and the order is below 10. What results goes to a list of the type that came
 *   back: to its end, if it is of order 8 or below and the buddy of what it would be, were its
 *   own buddy free, is free; to its front otherwise.
 */
#ifndef TESTS_REFERENCE412_H
#define TESTS_REFERENCE412_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define REFERENCE412_ORDERS 11
#define REFERENCE412_TYPES 3
#define REFERENCE412_FRAMES 8192
#define REFERENCE412_NONE UINT32_MAX

struct reference412_list {
	uint32_t block[REFERENCE412_FRAMES]; /* front first */
	uint32_t n;
};

struct reference412 {
	struct reference412_list list[REFERENCE412_TYPES][REFERENCE412_ORDERS];
};

static inline void reference412_insert(struct reference412_list *list, uint32_t at,
				       uint32_t block)
{
	memmove(&list->block[at + 1], &list->block[at], (list->n++ - at) * sizeof(block));
	list->block[at] = block;
}

static inline void reference412_drop(struct reference412_list *list, uint32_t at)
{
	memmove(&list->block[at], &list->block[at + 1],
		(--list->n - at) * sizeof(*list->block));
}

/* Whether the block is on a list of its order; then it is taken off it if `take`. */
static inline bool reference412_free(struct reference412 *r, uint32_t block, unsigned order,
				     bool take)
{
	for (unsigned type = 0; type < REFERENCE412_TYPES; type++)
		for (uint32_t i = 0; i < r->list[type][order].n; i++)
			if (r->list[type][order].block[i] == block) {
				if (take)
					reference412_drop(&r->list[type][order], i);
				return true;
			}
	return false;
}

static inline uint32_t reference412_take(struct reference412 *r, unsigned order, unsigned type)
{
	unsigned from = order;
	uint32_t block;

	while (from < REFERENCE412_ORDERS && r->list[type][from].n == 0)
		from++;
	if (from == REFERENCE412_ORDERS)
		return REFERENCE412_NONE;
	block = r->list[type][from].block[0];
	reference412_drop(&r->list[type][from], 0);
	while (from > order) {
		from--;
		reference412_insert(&r->list[type][from], 0, block + (1u << from));
	}
	return block;
}

static inline void reference412_give(struct reference412 *r, uint32_t block, unsigned order,
				     unsigned type)
{
	struct reference412_list *list;
	uint32_t parent;
	bool last;

	while (order < 10 && reference412_free(r, block ^ (1u << order), order, true)) {
		block &= ~(1u << order);
		order++;
	}
	parent = block & ~(1u << order);
	last = order <= 8 && reference412_free(r, parent ^ (2u << order), order + 1, false);
	list = &r->list[type][order];
	reference412_insert(list, last ? list->n : 0, block);
}

#endif
