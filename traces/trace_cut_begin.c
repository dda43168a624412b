/*
 * How a part begins. At the beginning of the trace: as the trace does. Else, where the trace
 * has a start state and tells the frame of all that is live: with a start state. Else with
 * events that lead there: frees of what the start state had, allocations of what is live.
 */
#include <stdlib.h>
#include <string.h>

#include "traces/trace_cut.h"

static bool frames_known(const struct trace_cut *c)
{
	for (uint64_t i = 0; i < c->live.nslots; i++)
		if (c->live.slot[i].object != TRACE_NO_OBJECT &&
		    trace_cut_object(c, &c->live.slot[i])->pfn == TRACE_NO_PFN)
			return false;
	return true;
}

/* ---- events that are put in ------------------------------------------------------------- */

static bool put_in(struct trace_cut *c, struct trace_event e, struct trace_error *err)
{
	e.time = c->begin;
	e.flags |= TRACE_UNSCORED;
	if (e.kind != TRACE_ALLOC)
		e.pfn = e.kind == TRACE_ISOLATE ? e.pfn : TRACE_NO_PFN;
	c->report->put_in++;
	return trace_cut_put(c, e, err);
}

/* The maximal aligned blocks of an object that are freed already. */
static bool put_freed_parts(struct trace_cut *c, const struct trace_live_entry *entry,
			    struct trace_event e, struct trace_error *err)
{
	uint32_t n = 1u << entry->order;

	e.kind = TRACE_FREE;
	for (uint32_t at = 0; at < n; at += 1u << e.order) {
		uint32_t free = 0;

		e.order = 0;
		e.value = at;
		while (at + free < n && trace_live_is_freed(&c->live, entry, at + free))
			free++;
		while (free && !(at & (1u << e.order)) && 2u << e.order <= free)
			e.order++;
		if (free && !put_in(c, e, err))
			return false;
	}
	return true;
}

static struct trace_event as_allocated(const struct trace_cut_object *o,
				       const struct trace_live_entry *entry)
{
	return (struct trace_event){ .kind = TRACE_ALLOC,
				     .object = o->number,
				     .pfn = o->pfn,
				     .task = o->task,
				     .cpu = o->cpu,
				     .gfp = o->gfp,
				     .order = entry->order,
				     .node = o->node,
				     .flags = o->flags };
}

/* Any task and CPU: nobody's in particular. */
static struct trace_event by_the_first(const struct trace_cut *c, enum trace_kind kind)
{
	return (struct trace_event){ .kind = (uint8_t)kind,
				     .object = TRACE_NO_OBJECT,
				     .pfn = TRACE_NO_PFN,
				     .task = c->events[c->at].task,
				     .cpu = c->events[c->at].cpu,
				     .node = TRACE_NODE_LOCAL };
}

static bool put_live(struct trace_cut *c, const struct trace_live_entry *entry,
		     struct trace_error *err)
{
	struct trace_cut_object *o = trace_cut_object(c, entry);
	struct trace_event e;

	if (o->of_start) {
		e = by_the_first(c, TRACE_FREE);
		e.object = o->number;
		return put_freed_parts(c, entry, e, err);
	}
	o->dropped = !trace_cut_selected(c, o->task, o->cpu);
	if (o->dropped)
		return true;
	if (!trace_cut_names_add(c, entry->object, 0, entry->order, err))
		return false;
	o->number = c->next_object++;
	e = as_allocated(o, entry);
	if (!put_in(c, e, err))
		return false;
	e.flags &= (uint8_t)~TRACE_FALLBACK;
	e.node = TRACE_NODE_LOCAL;
	e.kind = TRACE_LRU_ADD;
	e.order = 0;
	e.gfp = 0;
	e.value = o->lru;
	if (o->listed && !put_in(c, e, err))
		return false;
	e.value = 0;
	return put_freed_parts(c, entry, e, err);
}

/* What the start state had and is gone. */
static bool put_gone(struct trace_cut *c, struct trace_error *err)
{
	const struct trace_state *s = c->old_state;
	uint64_t number = 0;

	for (uint64_t i = 0; s && i < s->nused; i++) {
		struct trace_event e = by_the_first(c, TRACE_FREE);

		if (s->used[i].use & TRACE_USE_PINNED)
			continue;
		e.object = number++;
		e.order = s->used[i].order;
		if (!trace_live_find(&c->live, e.object) && !put_in(c, e, err))
			return false;
	}
	return true;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool put_objects(struct trace_cut *c, struct trace_error *err)
{
	uint64_t *list = malloc((c->live.count + 1) * sizeof(*list)), n = 0;
	bool ok = list && put_gone(c, err);

	if (!list)
		return trace_error_memory(err);
	for (uint64_t i = 0; i < c->live.nslots; i++)
		if (c->live.slot[i].object != TRACE_NO_OBJECT)
			list[n++] = c->live.slot[i].object;
	qsort(list, n, sizeof(*list), by_number);
	for (uint64_t i = 0; ok && i < n; i++)
		ok = put_live(c, trace_live_find(&c->live, list[i]), err);
	free(list);
	return ok;
}

/* Settings and isolation are in no state. */
static bool put_settings(struct trace_cut *c, struct trace_error *err)
{
	struct trace_event e = by_the_first(c, TRACE_SYSCTL);

	for (size_t i = 0; i < c->nsettings; i++) {
		e.value = c->settings[i];
		if (!put_in(c, e, err))
			return false;
	}
	e.kind = TRACE_ISOLATE;
	for (size_t i = 0; i < c->nisolated; i++) {
		e.pfn = c->isolated[i].pfn;
		e.value = c->isolated[i].value;
		e.task = c->isolated[i].task;
		e.cpu = c->isolated[i].cpu;
		if (!put_in(c, e, err))
			return false;
	}
	return true;
}

/* ---- the beginning ----------------------------------------------------------------------- */

bool trace_cut_begin(struct trace_cut *c, struct trace_error *err)
{
	const struct trace_state *state = c->old_state;
	bool known = state && !c->from_start && frames_known(c);

	c->report->live = c->live.count;
	if (known) {
		if (!trace_cut_state(c, err))
			return false;
		state = c->state;
		c->next_object = c->nplaces;
	} else if (state) {
		for (uint64_t i = 0; i < state->nused; i++)
			c->next_object += !(state->used[i].use & TRACE_USE_PINNED);
	}
	c->report->state = state != NULL;
	if (!trace_cut_names_begin(c, err))
		return false;
	c->writer = trace_writer_open(c->o->output, trace_reader_header(c->reader), c->o->level,
				      err);
	c->copy.writer = c->writer;
	if (!c->writer || (state && !trace_writer_state(c->writer, state, err)))
		return false;
	if (c->from_start)
		return true;
	return put_settings(c, err) && (known || put_objects(c, err));
}
