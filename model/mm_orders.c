#include "model/mm_orders.h"

#include <stdlib.h>
#include <string.h>

#define HAD UINT64_MAX /* instead of the date since when it cannot be had */

struct side {
	int8_t largest;
	uint64_t since[MM_MAX_ORDERS];
	struct mm_orders_figures done[MM_MAX_ORDERS]; /* spells that are over */
};

struct mm_orders {
	unsigned nodes, nzones;
	uint64_t now; /* the latest date */
	uint16_t *nid;
	int8_t *zone_largest;
	struct side *sides; /* [nodes + 1], the last one of the machine */
};

struct mm_orders *mm_orders_new(unsigned nodes, unsigned nzones, const uint16_t *nid)
{
	struct mm_orders *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->nodes = nodes;
	o->nzones = nzones;
	o->nid = calloc(nzones + 1, sizeof(*o->nid));
	o->zone_largest = calloc(nzones + 1, sizeof(*o->zone_largest));
	o->sides = calloc(nodes + 1, sizeof(*o->sides));
	if (!o->nid || !o->zone_largest || !o->sides) {
		mm_orders_free(o);
		return NULL;
	}
	memcpy(o->nid, nid, nzones * sizeof(*nid));
	return o;
}

void mm_orders_free(struct mm_orders *o)
{
	if (!o)
		return;
	free(o->nid);
	free(o->zone_largest);
	free(o->sides);
	free(o);
}

static int8_t largest_of(const struct mm_orders *o, unsigned node)
{
	int8_t largest = -1;

	for (unsigned z = 0; z < o->nzones; z++)
		if ((node == o->nodes || o->nid[z] == node) && o->zone_largest[z] > largest)
			largest = o->zone_largest[z];
	return largest;
}

static void begin_spell(struct side *s, unsigned order, uint64_t date)
{
	struct mm_orders_figures *f = &s->done[order];

	s->since[order] = date;
	if (!f->spells++)
		f->first = date;
}

static void end_spell(struct side *s, unsigned order, uint64_t date)
{
	struct mm_orders_figures *f = &s->done[order];
	uint64_t length = date - s->since[order];

	f->cycles += length;
	if (length > f->longest)
		f->longest = length;
	s->since[order] = HAD;
}

void mm_orders_begin(struct mm_orders *o, const int8_t *largest)
{
	memcpy(o->zone_largest, largest, o->nzones * sizeof(*largest));
	o->now = 0;
	for (unsigned n = 0; n <= o->nodes; n++) {
		struct side *s = &o->sides[n];

		s->largest = largest_of(o, n);
		for (unsigned order = 0; order < MM_MAX_ORDERS; order++) {
			s->done[order] = (struct mm_orders_figures){ .first = UINT64_MAX };
			s->since[order] = HAD;
			if ((int)order > s->largest)
				begin_spell(s, order, 0);
		}
	}
}

static void change(struct side *s, int8_t largest, uint64_t date)
{
	for (int order = s->largest + 1; order <= largest; order++)
		end_spell(s, (unsigned)order, date);
	for (int order = largest + 1; order <= s->largest; order++)
		begin_spell(s, (unsigned)order, date);
	s->largest = largest;
}

void mm_orders_changed(struct mm_orders *o, unsigned zone, int largest, uint64_t date)
{
	o->zone_largest[zone] = (int8_t)largest;
	if (date > o->now)
		o->now = date;
	change(&o->sides[o->nid[zone]], largest_of(o, o->nid[zone]), o->now);
	change(&o->sides[o->nodes], largest_of(o, o->nodes), o->now);
}

int8_t mm_orders_largest(unsigned some, uint16_t *top)
{
	int order = some ? 31 - __builtin_clz(some) : -1;

	*top = (uint16_t)(some ? 1u << order : 0);
	return (int8_t)order;
}

void mm_orders_tell(struct mm_orders *o, unsigned zone, unsigned some, uint16_t *top,
		    uint64_t date)
{
	uint16_t was = *top;
	int8_t order = mm_orders_largest(some, top);

	if (*top != was) /* else nothing is free, as before */
		mm_orders_changed(o, zone, order, date);
}

struct mm_orders_figures mm_orders_until(const struct mm_orders *o, uint32_t node,
					 unsigned order, uint64_t end)
{
	struct mm_orders_figures f = { .first = UINT64_MAX };
	const struct side *s;

	if (!o)
		return f;
	s = &o->sides[node == MM_ORDERS_MACHINE ? o->nodes : node];
	f = s->done[order];
	if (s->since[order] < end) {
		uint64_t length = end - s->since[order];

		f.cycles += length;
		if (length > f.longest)
			f.longest = length;
	}
	return f;
}
