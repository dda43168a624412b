#include "traces/trace_live.h"

#include <stdlib.h>
#include <string.h>

void trace_live_free(struct trace_live *l)
{
	free(l->slot);
	free(l->data);
	free(l->parts);
	free(l->spare);
	memset(l, 0, sizeof(*l));
}

static uint64_t home(const struct trace_live *l, uint64_t object)
{
	return ((object * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & (l->nslots - 1);
}

static struct trace_live_entry *find(const struct trace_live *l, uint64_t object)
{
	uint64_t i = home(l, object);

	while (l->slot[i].object != object && l->slot[i].object != TRACE_NO_OBJECT)
		i = (i + 1) & (l->nslots - 1);
	return &l->slot[i];
}

void *trace_live_data(const struct trace_live *l, const struct trace_live_entry *e)
{
	return l->data + (size_t)(e - l->slot) * l->data_size;
}

static void move(struct trace_live *to, struct trace_live_entry *e,
		 const struct trace_live *from, const struct trace_live_entry *was)
{
	*e = *was;
	if (to->data_size)
		memcpy(trace_live_data(to, e), trace_live_data(from, was), to->data_size);
}

static bool new_slots(struct trace_live *l)
{
	l->slot = malloc(l->nslots * sizeof(*l->slot));
	l->data = l->data_size ? malloc(l->nslots * l->data_size) : NULL;
	if (l->slot && (l->data || !l->data_size))
		return true;
	free(l->slot);
	free(l->data);
	return false;
}

static bool make_room(struct trace_live *l, struct trace_error *err)
{
	struct trace_live old = *l;

	if (l->count < l->nslots / 8 * 5)
		return true;
	l->nslots = l->nslots ? 2 * l->nslots : 4096;
	if (!new_slots(l)) {
		*l = old;
		return trace_error_memory(err);
	}
	for (uint64_t i = 0; i < l->nslots; i++)
		l->slot[i].object = TRACE_NO_OBJECT;
	for (uint64_t i = 0; i < old.nslots; i++)
		if (old.slot[i].object != TRACE_NO_OBJECT)
			move(l, find(l, old.slot[i].object), &old, &old.slot[i]);
	free(old.slot);
	free(old.data);
	return true;
}

bool trace_live_add(struct trace_live *l, uint64_t object, unsigned order,
		    struct trace_error *err)
{
	struct trace_live_entry *e;

	if (!make_room(l, err))
		return false;
	e = find(l, object);
	*e = (struct trace_live_entry){ .object = object, .order = (uint8_t)order };
	if (l->data_size)
		memset(trace_live_data(l, e), 0, l->data_size);
	l->count++;
	return true;
}

/* Closes the gap: whoever stands behind it and is not at home there moves up. */
static void delete (struct trace_live *l, struct trace_live_entry *e)
{
	uint64_t gap = (uint64_t)(e - l->slot), i = gap, mask = l->nslots - 1;

	for (;;) {
		i = (i + 1) & mask;
		if (l->slot[i].object == TRACE_NO_OBJECT)
			break;
		if (((i - home(l, l->slot[i].object)) & mask) >= ((i - gap) & mask)) {
			move(l, &l->slot[gap], l, &l->slot[i]);
			gap = i;
		}
	}
	l->slot[gap].object = TRACE_NO_OBJECT;
	l->count--;
}

static bool grow_parts(struct trace_live *l, struct trace_error *err)
{
	uint32_t cap = l->parts_cap ? 2 * l->parts_cap : 64;
	void *parts = realloc(l->parts, cap * sizeof(*l->parts));
	uint32_t *spare;

	if (!parts)
		return trace_error_memory(err);
	l->parts = parts;
	spare = realloc(l->spare, cap * sizeof(*spare));
	if (!spare)
		return trace_error_memory(err);
	l->spare = spare;
	l->parts_cap = cap;
	return true;
}

static bool give_bitmap(struct trace_live *l, struct trace_live_entry *e,
			struct trace_error *err)
{
	if (e->parts)
		return true;
	if (!l->nspare && l->nparts == l->parts_cap && !grow_parts(l, err))
		return false;
	e->parts = l->nspare ? l->spare[--l->nspare] : ++l->nparts;
	memset(l->parts[e->parts - 1], 0, sizeof(*l->parts));
	return true;
}

static bool remove_part(struct trace_live *l, struct trace_live_entry *e, uint32_t offset,
			unsigned order, struct trace_error *err)
{
	uint64_t *bits;

	if (!give_bitmap(l, e, err))
		return false;
	bits = l->parts[e->parts - 1];
	for (uint32_t i = offset; i < offset + (1u << order); i++) {
		uint64_t bit = UINT64_C(1) << (i % 64);

		if (bits[i / 64] & bit)
			return trace_error_data(err,
						"it frees frame %u of object %llu a second "
						"time",
						i, (unsigned long long)e->object);
		bits[i / 64] |= bit;
	}
	e->freed = (uint16_t)(e->freed + (1u << order));
	if (e->freed == 1u << e->order) {
		l->spare[l->nspare++] = e->parts;
		delete (l, e);
	}
	return true;
}

struct trace_live_entry *trace_live_find(const struct trace_live *l, uint64_t object)
{
	struct trace_live_entry *e = l->nslots ? find(l, object) : NULL;

	return e && e->object == object ? e : NULL;
}

bool trace_live_is_freed(const struct trace_live *l, const struct trace_live_entry *e,
			 uint32_t frame)
{
	return e->parts && l->parts[e->parts - 1][frame / 64] >> frame % 64 & 1;
}

bool trace_live_remove(struct trace_live *l, uint64_t object, uint32_t offset, unsigned order,
		       struct trace_error *err)
{
	struct trace_live_entry *e = trace_live_find(l, object);

	if (!e)
		return trace_error_data(err, "it frees object %llu, which is free already",
					(unsigned long long)object);
	if (offset + (UINT64_C(1) << order) > UINT64_C(1) << e->order ||
	    offset & ((1u << order) - 1))
		return trace_error_data(
			err, "it frees frames %u to %u of object %llu, which has %u", offset,
			offset + (1u << order) - 1, (unsigned long long)object, 1u << e->order);
	if (order == e->order) {
		if (e->parts)
			return trace_error_data(
				err, "it frees object %llu, parts of which are free already",
				(unsigned long long)object);
		delete (l, e);
		return true;
	}
	return remove_part(l, e, offset, order, err);
}
