/*
 * For how long an order could not be had: no zone, of all or of one node's, held a free block
 * of that order or a larger one. A kernel tells of each change of a zone's largest order at the
 * date at which it gives the zone's lock up, so what is kept is exact and costs nothing as long
 * as the largest blocks stay.
 *
 * Dates of one zone ascend; where another zone's change is told with an earlier one, the later
 * counts.
 */
#ifndef MM_ORDERS_H
#define MM_ORDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_machine.h"

struct mm_orders;

#define MM_ORDERS_MACHINE UINT32_MAX /* instead of a node: all zones */

/* Spells in which an order could not be had; dates and times in cycles. */
struct mm_orders_figures {
	uint64_t cycles; /* in all */
	uint64_t spells;
	uint64_t first; /* date at which the first one began, UINT64_MAX = there was none */
	uint64_t longest;
};

/* For zones on nodes nid[nzones], all below `nodes`; nothing is free. NULL when memory is
 * short. */
struct mm_orders *mm_orders_new(unsigned nodes, unsigned nzones, const uint16_t *nid);
void mm_orders_free(struct mm_orders *o);

/* Time begins, at date 0, with those largest orders [nzones]; -1 = nothing is free. What was
 * before is forgotten. */
void mm_orders_begin(struct mm_orders *o, const int8_t *largest);
/* The largest of a set of orders, a bit each; -1 = none. *top is its bit, 0 = none. */
int8_t mm_orders_largest(unsigned some, uint16_t *top);
/* The zone has free blocks of the orders `some` from that date on; *top is what it was told to
 * be before, and is now. */
void mm_orders_tell(struct mm_orders *o, unsigned zone, unsigned some, uint16_t *top,
		    uint64_t date);
/* The zone's largest order from that date on. */
void mm_orders_changed(struct mm_orders *o, unsigned zone, int largest, uint64_t date);

/* Until `end`: of a node, or of MM_ORDERS_MACHINE. A node without zones never has any order.
 * With o NULL, of a kernel that does not tell: no spell is known. */
struct mm_orders_figures mm_orders_until(const struct mm_orders *o, uint32_t node,
					 unsigned order, uint64_t end);

#endif
