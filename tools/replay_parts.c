/*
 * Objects that are freed in parts.
 */
#include "tools/replay_core.h"

/* Marks the frames of a partial free; false when any of them is freed already. */
static bool take_parts(struct objects_parts *p, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		if (p->freed[i / 64] >> (i % 64) & 1)
			return false;
	for (unsigned i = first; i < first + n; i++)
		p->freed[i / 64] |= UINT64_C(1) << (i % 64);
	p->left -= n;
	return true;
}

bool replay_parts_take(struct replay *r, const struct replay_event *e, struct objects_entry *o)
{
	struct objects_parts *parts = objects_parts(r->objects, e->object, o->order);
	uint64_t n = UINT64_C(1) << e->order;

	if (!parts)
		return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	if (e->value % n || e->value + n > UINT64_C(1) << o->order ||
	    !take_parts(parts, e->value, (unsigned)n)) {
		r->counts.frees_unknown++;
		return false;
	}
	r->counts.partial_frees++;
	o->split = true;
	if (parts->left == 0)
		objects_end(r->objects, e->object, o);
	return true;
}

bool replay_parts_has(const struct replay *r, const struct replay_event *e, unsigned order)
{
	const struct objects_parts *parts = objects_parts(r->objects, e->object, order);

	return parts && !(parts->freed[e->value / 64] >> (e->value % 64) & 1);
}
