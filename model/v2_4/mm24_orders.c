/*
 * What is told of the largest orders that zones have: who gives a zone's lock up tells.
 */
#include "model/v2_4/mm24.h"

void mm24_orders_tell(struct mm24_zone *zone, const struct sim_cpu *cpu)
{
	mm_orders_tell(zone->orders, zone->id, zone->some, &zone->top, sim_now(cpu));
}

bool mm24_orders_new(struct mm24 *mm)
{
	uint16_t nid[MM24_MAX_ZONES];

	for (unsigned i = 0; i < mm->nzones; i++)
		nid[i] = mm->zones[i].nid;
	mm->orders = mm_orders_new(mm->nnodes, mm->nzones, nid);
	for (unsigned i = 0; i < mm->nzones; i++)
		mm->zones[i].orders = mm->orders;
	return mm->orders;
}

void mm24_orders_begin(struct mm24 *mm)
{
	int8_t orders[MM24_MAX_ZONES];

	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm24_zone *zone = &mm->zones[i];

		zone->some = 0;
		for (unsigned o = 0; o < MM24_ORDERS; o++)
			if (mm->s[zone->area[o].head].stamp)
				zone->some |= (uint16_t)(1u << o);
		orders[i] = mm_orders_largest(zone->some, &zone->top);
	}
	mm_orders_begin(mm->orders, orders);
}

const struct mm_orders *mm24_orders_of(const void *state)
{
	return ((const struct mm24 *)state)->orders;
}
