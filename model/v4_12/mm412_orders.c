/*
 * What is told of the largest orders that zones have, and of their pageblocks. Free lists
 * change under the zone's lock alone: who gives it up tells.
 */
#include "model/v4_12/mm412.h"

void mm412_orders_tell(struct mm412_zone *zone, const struct sim_cpu *cpu)
{
	mm_orders_tell(zone->orders, zone->id, mm412_orders_some(zone), &zone->top,
		       sim_now(cpu));
}

bool mm412_orders_new(struct mm412 *mm)
{
	uint16_t nid[MM412_MAX_ZONES];

	for (unsigned i = 0; i < mm->nzones; i++)
		nid[i] = mm->zones[i].nid;
	mm->orders = mm_orders_new(mm->nnodes, mm->nzones, nid);
	for (unsigned i = 0; i < mm->nzones; i++)
		mm->zones[i].orders = mm->orders;
	return mm->orders;
}

void mm412_orders_begin(struct mm412 *mm)
{
	int8_t orders[MM412_MAX_ZONES];

	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm412_zone *zone = &mm->zones[i];

		orders[i] = mm_orders_largest(mm412_orders_some(zone), &zone->top);
		mm412_pageblock_count(mm, zone, zone->pageblocks);
	}
	mm_orders_begin(mm->orders, orders);
}

const struct mm_orders *mm412_orders_of(const void *state)
{
	return ((const struct mm412 *)state)->orders;
}
