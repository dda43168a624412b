/* What happens before the part: objects come and go, settings change, memory is isolated. */
#include <stdlib.h>
#include <string.h>

#include "traces/trace_cut.h"

static bool room(void *list, size_t *cap, size_t n, size_t size, struct trace_error *err)
{
	void **p = list, *new;

	if (n < *cap)
		return true;
	new = realloc(*p, (*cap ? 2 * *cap : 16) * size);
	if (!new)
		return trace_error_memory(err);
	*p = new;
	*cap = *cap ? 2 * *cap : 16;
	return true;
}

bool trace_cut_before_objects(struct trace_cut *c, struct trace_error *err)
{
	const struct trace_state *s = c->old_state;
	uint64_t number = 0;

	for (uint64_t i = 0; s && i < s->nused; i++) {
		const struct trace_used *u = &s->used[i];

		if (u->use & TRACE_USE_PINNED)
			continue;
		if (!trace_live_add(&c->live, number, u->order, err))
			return false;
		*trace_cut_object(c, trace_live_find(&c->live, number)) =
			(struct trace_cut_object){
				.pfn = u->pfn, .number = number, .use = u->use, .of_start = true
			};
		number++;
	}
	c->objects_before = number;
	return true;
}

struct trace_cut_object *trace_cut_before_alloc(struct trace_cut *c,
						const struct trace_event *e,
						struct trace_error *err)
{
	struct trace_cut_object *o;

	if (!trace_live_add(&c->live, e->object, e->order, err))
		return NULL;
	c->objects_before = e->object + 1;
	o = trace_cut_object(c, trace_live_find(&c->live, e->object));
	*o = (struct trace_cut_object){ .pfn = e->pfn,
					.task = e->task,
					.cpu = e->cpu,
					.gfp = e->gfp,
					.node = e->node,
					.flags = e->flags };
	return o;
}

static void note_list(struct trace_cut *c, const struct trace_event *e)
{
	const struct trace_live_entry *entry = trace_live_find(&c->live, e->object);
	struct trace_cut_object *o;

	c->any_listed = true;
	if (!entry)
		return;
	o = trace_cut_object(c, entry);
	o->listed = true;
	o->lru = e->value;
}

/* Up to the '='. */
static bool same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return n == strcspn(b, "=") && strncmp(a, b, n) == 0;
}

/* The last value of each name stays, where it was set. */
static bool note_setting(struct trace_cut *c, const struct trace_event *e,
			 struct trace_error *err)
{
	const char *text = trace_reader_text(c->reader, e->value);
	size_t kept = 0;

	for (size_t i = 0; i < c->nsettings; i++)
		if (!same_name(trace_reader_text(c->reader, c->settings[i]), text))
			c->settings[kept++] = c->settings[i];
	c->nsettings = kept;
	if (!room(&c->settings, &c->settings_cap, kept, sizeof(*c->settings), err))
		return false;
	c->settings[c->nsettings++] = e->value;
	return true;
}

static bool note_isolation(struct trace_cut *c, const struct trace_event *e,
			   struct trace_error *err)
{
	if (!room(&c->isolated, &c->isolated_cap, c->nisolated, sizeof(*c->isolated), err))
		return false;
	c->isolated[c->nisolated++] =
		(struct trace_cut_range){ e->pfn, e->value, e->task, e->cpu };
	return true;
}

static void note_end_of_isolation(struct trace_cut *c, const struct trace_event *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->nisolated; i++)
		if (c->isolated[i].pfn != e->pfn || c->isolated[i].value != e->value)
			c->isolated[kept++] = c->isolated[i];
	c->nisolated = kept;
}

bool trace_cut_before(struct trace_cut *c, const struct trace_event *e, struct trace_error *err)
{
	switch (e->kind) {
	case TRACE_ALLOC:
		return trace_cut_before_alloc(c, e, err);
	case TRACE_FREE:
		return trace_live_remove(&c->live, e->object, e->value, e->order, err);
	case TRACE_LRU_ADD:
		note_list(c, e);
		return true;
	case TRACE_SYSCTL:
		return note_setting(c, e, err);
	case TRACE_ISOLATE:
		return note_isolation(c, e, err);
	case TRACE_UNISOLATE:
		note_end_of_isolation(c, e);
		return true;
	default:
		return true;
	}
}

/* A pageblock that was taken whole by another type has that type from then on. */
static void note_steal(struct trace_cut *c, const struct trace_truth *t)
{
	uint64_t first = t->pfn / TRACE_PAGEBLOCK, n = 1;

	if (t->kind != TRACE_TRUTH_EXTFRAG || !t->value[2] || t->pfn == TRACE_NO_PFN ||
	    t->type < 0)
		return;
	if (t->value[0] > TRACE_HUGE_ORDER && t->value[0] < TRACE_ORDERS)
		n = UINT64_C(1) << (t->value[0] - TRACE_HUGE_ORDER);
	for (uint64_t b = first; b < first + n && b < c->old_state->nblocks; b++)
		c->block_type[b] = (uint8_t)t->type;
}

bool trace_cut_before_truth(struct trace_cut *c, struct trace_error *err)
{
	long got;

	if (c->old_state) {
		c->block_type = malloc(c->old_state->nblocks + 1);
		if (!c->block_type)
			return trace_error_memory(err);
		if (c->old_state->nblocks)
			memcpy(c->block_type, c->old_state->block_type, c->old_state->nblocks);
	}
	while ((got = trace_reader_next_truth(c->reader, &c->truth, 1, err)) > 0) {
		c->truth_waits = c->from_start || c->truth.time >= c->begin;
		if (c->truth_waits)
			break;
		if (c->old_state)
			note_steal(c, &c->truth);
	}
	return got >= 0;
}
