#include <stdlib.h>
#include <string.h>

#include "traces/trace_like.h"

/* Spread: numbers that follow one another would fill long runs of places, and each drop has to
 * look through the whole run behind it. */
static uint64_t home(const struct trace_like_objects *o, uint64_t number)
{
	return (number * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (o->nslots - 1);
}

static void put(struct trace_like_objects *o, const struct trace_like_object *new)
{
	uint64_t i = home(o, new->number);

	while (o->slot[i].number != TRACE_NO_OBJECT)
		i = (i + 1) & (o->nslots - 1);
	o->slot[i] = *new;
	o->count++;
}

static bool grow(struct trace_like_objects *o)
{
	struct trace_like_objects old = *o;

	o->nslots = old.nslots ? 2 * old.nslots : 4096;
	o->slot = malloc(o->nslots * sizeof(*o->slot));
	if (!o->slot) {
		*o = old;
		return false;
	}
	o->count = 0;
	for (uint64_t i = 0; i < o->nslots; i++)
		o->slot[i].number = TRACE_NO_OBJECT;
	for (uint64_t i = 0; i < old.nslots; i++)
		if (old.slot[i].number != TRACE_NO_OBJECT)
			put(o, &old.slot[i]);
	free(old.slot);
	return true;
}

bool trace_like_objects_add(struct trace_like_objects *o, const struct trace_like_object *new)
{
	if (3 * o->count >= 2 * o->nslots && !grow(o))
		return false;
	put(o, new);
	return true;
}

struct trace_like_object *trace_like_objects_find(struct trace_like_objects *o, uint64_t number)
{
	if (!o->nslots)
		return NULL;
	for (uint64_t i = home(o, number);; i = (i + 1) & (o->nslots - 1)) {
		if (o->slot[i].number == number)
			return &o->slot[i];
		if (o->slot[i].number == TRACE_NO_OBJECT)
			return NULL;
	}
}

/* Moves back what had to go past the place that gets free. */
void trace_like_objects_drop(struct trace_like_objects *o, struct trace_like_object *at)
{
	uint64_t mask = o->nslots - 1, hole = (uint64_t)(at - o->slot), i = hole;

	for (;;) {
		i = (i + 1) & mask;
		if (o->slot[i].number == TRACE_NO_OBJECT)
			break;
		if (((i - home(o, o->slot[i].number)) & mask) >= ((i - hole) & mask)) {
			o->slot[hole] = o->slot[i];
			hole = i;
		}
	}
	o->slot[hole].number = TRACE_NO_OBJECT;
	o->count--;
}
