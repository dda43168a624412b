/*
 * Who the part's first objects are in the whole: by that a run of the part finds them in what a
 * run of the part before has left. Names of a part of a part are those of the whole, too.
 */
#include <stdlib.h>

#include "traces/trace_cut.h"

bool trace_cut_names_open(struct trace_cut *c, struct trace_error *err)
{
	if (!trace_part_read(c->reader, &c->of, &c->is_part, err))
		return false;
	c->old_names = trace_reader_names(c->reader, err);
	if (!c->old_names && err->text[0])
		return false;
	c->is_part = c->is_part && trace_cut_selects_all(c);
	return true;
}

/* An object of the trace that is cut, or a part of it, in the whole. */
static struct trace_name in_whole(const struct trace_cut *c, uint64_t object, uint32_t offset)
{
	const struct trace_names *old = c->old_names;
	uint64_t named = old ? old->n : 0;

	if (object >= named)
		return (struct trace_name){ .object = c->of.first_object + object - named,
					    .offset = offset };
	return (struct trace_name){ .object = old->name[object].object,
				    .offset = old->name[object].offset + offset };
}

bool trace_cut_names_add(struct trace_cut *c, uint64_t object, uint32_t offset, unsigned order,
			 struct trace_error *err)
{
	struct trace_name n = in_whole(c, object, offset);

	if (!c->is_part)
		return true;
	if (c->names.n == c->names_cap) {
		uint64_t cap = c->names_cap ? 2 * c->names_cap : 1024;
		struct trace_name *more = realloc(c->names.name, cap * sizeof(*more));

		if (!more)
			return trace_error_memory(err);
		c->names.name = more;
		c->names_cap = cap;
	}
	n.order = (uint8_t)order;
	c->names.name[c->names.n++] = n;
	return true;
}

/* Events that were put into the trace that is cut are none of the whole. */
bool trace_cut_names_begin(struct trace_cut *c, struct trace_error *err)
{
	const struct trace_state *s = c->old_state;
	uint64_t number = 0;

	c->part = c->of;
	if (c->from_start)
		return true;
	c->is_part = c->is_part && c->number >= c->of.put_in;
	c->part.first += c->number - c->of.put_in;
	c->part.first_object = in_whole(c, c->objects_before, 0).object;
	for (uint64_t i = 0; s && !c->state && i < s->nused; i++)
		if (!(s->used[i].use & TRACE_USE_PINNED) &&
		    !trace_cut_names_add(c, number++, 0, s->used[i].order, err))
			return false;
	return true;
}

bool trace_cut_names_end(struct trace_cut *c, struct trace_error *err)
{
	const struct trace_names *names = c->from_start ? c->old_names : &c->names;

	if (!c->is_part)
		return true;
	c->part.last = c->of.first + c->number - c->of.put_in;
	if (!c->from_start)
		c->part.put_in = c->report->put_in;
	return !names || trace_writer_names(c->writer, names, err);
}
