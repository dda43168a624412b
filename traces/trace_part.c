/* What a file is a part of: in the report, or all of it. */
#include <stdlib.h>
#include <string.h>

#include "traces/trace_reader.h"

static bool read_part(const json_t *o, struct trace_part *p, struct trace_error *err)
{
	const json_t *whole = json_object_get(o, "whole");

	memset(p, 0, sizeof(*p));
	return trace_json_text(whole, "name", p->whole.name, sizeof(p->whole.name), err) &&
	       trace_json_u64(whole, "events", INT64_MAX, &p->whole.events, err) &&
	       trace_json_u64(whole, "allocs", INT64_MAX, &p->whole.allocs, err) &&
	       trace_json_u64(whole, "first_time", INT64_MAX, &p->whole.first_time, err) &&
	       trace_json_u64(whole, "last_time", INT64_MAX, &p->whole.last_time, err) &&
	       trace_json_u64(o, "first", INT64_MAX, &p->first, err) &&
	       trace_json_u64(o, "last", INT64_MAX, &p->last, err) &&
	       trace_json_u64(o, "put_in", INT64_MAX, &p->put_in, err) &&
	       trace_json_u64(o, "first_object", INT64_MAX, &p->first_object, err);
}

json_t *trace_part_json(const struct trace_part *p)
{
	return json_pack("{s:{s:s,s:I,s:I,s:I,s:I},s:I,s:I,s:I,s:I}", "whole", "name",
			 p->whole.name, "events", (json_int_t)p->whole.events, "allocs",
			 (json_int_t)p->whole.allocs, "first_time",
			 (json_int_t)p->whole.first_time, "last_time",
			 (json_int_t)p->whole.last_time, "first", (json_int_t)p->first, "last",
			 (json_int_t)p->last, "put_in", (json_int_t)p->put_in, "first_object",
			 (json_int_t)p->first_object);
}

static void whole_part(const struct trace_reader *r, struct trace_part *p)
{
	const struct trace_totals *t = &r->trailer.totals;

	*p = (struct trace_part){ .whole = { .events = t->events,
					     .allocs = t->allocs,
					     .first_time = t->first_time,
					     .last_time = t->last_time },
				  .last = t->events };
	if (r->header.name)
		strncpy(p->whole.name, r->header.name, sizeof(p->whole.name) - 1);
}

bool trace_part_read(struct trace_reader *r, struct trace_part *p, bool *known,
		     struct trace_error *err)
{
	json_t *report, *cut, *part;
	bool ok = true;

	if (!trace_read_tail(r, err))
		return false;
	report =
		r->trailer.report ? json_loads(r->trailer.report, JSON_DECODE_ANY, NULL) : NULL;
	cut = json_object_get(report, "cut");
	part = json_object_get(cut, "part");
	*known = !cut || part;
	if (part)
		ok = read_part(part, p, err) || trace_error_at(err, "%s: report: ", r->name);
	else
		whole_part(r, p);
	json_decref(report);
	return ok;
}

bool trace_part_same_whole(const struct trace_part *a, const struct trace_part *b)
{
	return strcmp(a->whole.name, b->whole.name) == 0 &&
	       a->whole.events == b->whole.events && a->whole.allocs == b->whole.allocs &&
	       a->whole.first_time == b->whole.first_time &&
	       a->whole.last_time == b->whole.last_time;
}
