/*
 * What is told of the largest orders that zones have: who gives a zone's lock up tells.
 */
#include "model/v2_4/mm24.h"

static int largest(unsigned some)
{
	return some ? 31 - __builtin_clz(some) : -1;
}

void mm24_orders_tell(struct mm24_zone *zone, const struct sim_cpu *cpu)
{
	int order = largest(zone->some);
	uint16_t top = (uint16_t)(order < 0 ? 0 : 1u << order);

	if (top == zone->top) /* nothing is free, as before */
		return;
	zone->top = top;
	mm_orders_changed(zone->orders, zone->id, order, sim_now(cpu));
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
		orders[i] = (int8_t)largest(zone->some);
		zone->top = (uint16_t)(orders[i] < 0 ? 0 : 1u << orders[i]);
	}
	mm_orders_begin(mm->orders, orders);
}

const struct mm_orders *mm24_orders_of(const void *state)
{
	return ((const struct mm24 *)state)->orders;
}
