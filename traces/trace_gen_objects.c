#include <stdlib.h>
#include <string.h>

#include "traces/trace_gen.h"

#define NONE TRACE_GEN_NONE

bool trace_gen_objects_init(struct trace_gen_objects *o)
{
	memset(o, 0, sizeof(*o));
	o->spare = o->by_age.first = o->by_age.last = NONE;
	return trace_gen_wheel_init(&o->wheel);
}

void trace_gen_objects_free(struct trace_gen_objects *o)
{
	trace_gen_wheel_free(&o->wheel);
	free(o->object);
	memset(o, 0, sizeof(*o));
}

static bool grow(struct trace_gen_objects *o)
{
	uint32_t cap = o->cap ? 2 * o->cap : 4096;
	struct trace_gen_object *object;

	if (cap > UINT32_C(1) << 31)
		return false;
	object = realloc(o->object, cap * sizeof(*object));
	if (!object)
		return false;
	o->object = object;
	o->cap = cap;
	return trace_gen_wheel_grow(&o->wheel, cap);
}

uint32_t trace_gen_objects_add(struct trace_gen_objects *o, unsigned order, unsigned cpu,
			       unsigned class)
{
	uint32_t place = o->spare;

	if (place != NONE)
		o->spare = o->object[place].next;
	else if (o->count < o->cap || grow(o))
		place = o->count++;
	else
		return NONE;
	o->object[place] = (struct trace_gen_object){
		.number = o->next_number++,
		.next = NONE,
		.prev = NONE,
		.cpu = (uint16_t)cpu,
		.order = (uint8_t)order,
		.class = (uint8_t) class,
	};
	o->pages += UINT64_C(1) << order;
	return place;
}

void trace_gen_objects_drop(struct trace_gen_objects *o, uint32_t place)
{
	o->pages -= UINT64_C(1) << o->object[place].order;
	o->object[place].next = o->spare;
	o->spare = place;
}

void trace_gen_objects_append(struct trace_gen_objects *o, struct trace_gen_list *l,
			      uint32_t place)
{
	o->object[place].next = NONE;
	o->object[place].prev = l->last;
	if (l->last == NONE)
		l->first = place;
	else
		o->object[l->last].next = place;
	l->last = place;
}

void trace_gen_objects_unlink(struct trace_gen_objects *o, struct trace_gen_list *l,
			      uint32_t place)
{
	uint32_t next = o->object[place].next, prev = o->object[place].prev;

	if (next == NONE)
		l->last = prev;
	else
		o->object[next].prev = prev;
	if (prev == NONE)
		l->first = next;
	else
		o->object[prev].next = next;
}
