#include "traces/trace_end.h"

#include <stdlib.h>

void trace_end_free(struct trace_end *e)
{
	if (!e)
		return;
	free(e->start);
	free(e->end);
	free(e);
}

static json_t *zone_json(const struct trace_zone_free *z)
{
	return json_pack("{s:I,s:s,s:o,s:o,s:I}", "node", (json_int_t)z->nid, "name", z->name,
			 "buddyinfo", trace_json_numbers(z->buddyinfo, TRACE_ORDERS), "logical",
			 trace_json_numbers(z->logical, TRACE_ORDERS), "pcp_pages",
			 (json_int_t)z->pcp_pages);
}

bool trace_end_encode(const struct trace_end *e, struct trace_frame_bytes *out,
		      struct trace_error *err)
{
	json_t *start = json_array(), *end = json_array();

	for (unsigned i = 0; i < e->nzones; i++) {
		json_array_append_new(start, zone_json(&e->start[i]));
		json_array_append_new(end, zone_json(&e->end[i]));
	}
	return trace_json_frame(
		json_pack("{s:s,s:o,s:o}", "pgt", "end", "start", start, "end", end), out, err);
}

static bool read_zone(struct trace_zone_free *z, const json_t *o, struct trace_error *err)
{
	uint64_t nid;
	size_t n;

	if (!trace_json_u64(o, "node", 65535, &nid, err) ||
	    !trace_json_text(o, "name", z->name, sizeof(z->name), err) ||
	    !trace_json_list(o, "buddyinfo", INT64_MAX, z->buddyinfo, TRACE_ORDERS, &n, err) ||
	    !trace_json_list(o, "logical", INT64_MAX, z->logical, TRACE_ORDERS, &n, err) ||
	    !trace_json_u64_or(o, "pcp_pages", 0, INT64_MAX, &z->pcp_pages, err))
		return false;
	z->nid = (uint16_t)nid;
	return true;
}

static struct trace_zone_free *read_zones(const json_t *list, size_t n, struct trace_error *err)
{
	struct trace_zone_free *zones = calloc(n + 1, sizeof(*zones));

	if (!zones) {
		trace_error_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		if (!read_zone(&zones[i], json_array_get(list, i), err)) {
			free(zones);
			return NULL;
		}
	}
	return zones;
}

struct trace_end *trace_end_decode(const json_t *object, struct trace_error *err)
{
	const json_t *start, *end;
	struct trace_end *e;
	size_t n;

	if (!trace_json_array(object, "start", &start, err) ||
	    !trace_json_array(object, "end", &end, err))
		return NULL;
	n = json_array_size(start);
	if (n != json_array_size(end) || n > 65536) {
		trace_error_data(err, "expected as many zones at the start as at the end");
		return NULL;
	}
	e = calloc(1, sizeof(*e));
	if (!e) {
		trace_error_memory(err);
		return NULL;
	}
	e->nzones = (unsigned)n;
	e->start = read_zones(start, n, err);
	e->end = e->start ? read_zones(end, n, err) : NULL;
	if (e->end)
		return e;
	trace_end_free(e);
	return NULL;
}
