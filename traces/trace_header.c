#include "traces/trace_header.h"

#include <stdlib.h>
#include <string.h>

#include "traces/trace_json.h"

#define MAX_PFN ((UINT64_C(1) << 52) - 1)

static const char *const clocks[] = { "ns", "tsc", "counter", NULL };

void trace_header_free(struct trace_header *h)
{
	if (!h)
		return;
	free(h->cpu_node);
	free(h->distance);
	free(h->zones);
	free(h->holes);
	free(h->reserved);
	free(h->name);
	free(h->source_kernel);
	free(h->tool);
	memset(h, 0, sizeof(*h));
}

/* ---- writing --------------------------------------------------------------------------- */

static json_t *zone_json(const struct trace_zone *z)
{
	json_t *protection = json_array();

	for (unsigned i = 0; i < z->nprotection && i < 5; i++)
		json_array_append_new(protection, json_integer((json_int_t)z->protection[i]));
	return json_pack("{s:i,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:I,s:I}", "node",
			 (int)z->nid, "name", z->name, "start", (json_int_t)z->start, "end",
			 (json_int_t)z->end, "present", (json_int_t)z->present, "managed",
			 (json_int_t)z->managed, "min", (json_int_t)z->min, "low",
			 (json_int_t)z->low, "high", (json_int_t)z->high, "protection",
			 protection, "pcp_high", (json_int_t)z->pcp_high, "pcp_batch",
			 (json_int_t)z->pcp_batch);
}

static json_t *spans_json(const struct trace_span *s, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(
			list, json_pack("[I,I]", (json_int_t)s[i].start, (json_int_t)s[i].end));
	return list;
}

static json_t *cpu_node_json(const struct trace_header *h)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < h->cpus; i++)
		json_array_append_new(list, json_integer(h->cpu_node ? h->cpu_node[i] : 0));
	return list;
}

static json_t *distance_json(const struct trace_header *h)
{
	json_t *list = json_array();

	for (unsigned i = 0; h->distance && i < h->nodes * h->nodes; i++)
		json_array_append_new(list, json_integer(h->distance[i]));
	return list;
}

static json_t *zones_json(const struct trace_header *h)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < h->nzones; i++)
		json_array_append_new(list, zone_json(&h->zones[i]));
	return list;
}

bool trace_header_encode(const struct trace_header *h, bool has_state,
			 struct trace_frame_bytes *out, struct trace_error *err)
{
	json_t *object = json_pack(
		"{s:s,s:i,s:i,s:s,s:s,s:s,s:{s:s,s:s,s:I},s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:b,"
		"s:b}",
		"pgt", "header", "major", TRACE_HEADER_MAJOR, "minor",
		h->minor < TRACE_HEADER_MINOR ? (int)h->minor : TRACE_HEADER_MINOR, "name",
		h->name ? h->name : "", "kernel", h->source_kernel ? h->source_kernel : "",
		"tool", h->tool ? h->tool : "", "clock", "unit", clocks[h->clock], "name",
		h->clock_name, "hz", (json_int_t)h->clock_hz, "page_size",
		(json_int_t)h->page_size, "cpus", (json_int_t)h->cpus, "nodes",
		(json_int_t)h->nodes, "cpu_node", cpu_node_json(h), "distance",
		distance_json(h), "zones", zones_json(h), "holes",
		spans_json(h->holes, h->nholes), "reserved",
		spans_json(h->reserved, h->nreserved), "has_state", has_state, "synthetic",
		h->synthetic);

	if (!object)
		return trace_error_data(err, "a text of the header is not UTF-8");
	return trace_json_frame(object, out, err);
}

/* ---- reading --------------------------------------------------------------------------- */

static bool read_clock(struct trace_header *h, const json_t *o, struct trace_error *err)
{
	const json_t *clock = json_object_get(o, "clock");
	char unit[16];

	if (!json_is_object(clock))
		return trace_error_data(err, "\"clock\" is missing");
	if (!trace_json_text(clock, "unit", unit, sizeof(unit), err) ||
	    !trace_json_text(clock, "name", h->clock_name, sizeof(h->clock_name), err) ||
	    !trace_json_u64(clock, "hz", INT64_MAX, &h->clock_hz, err))
		return false;
	for (unsigned i = 0; clocks[i]; i++) {
		if (!strcmp(unit, clocks[i])) {
			h->clock = (enum trace_clock)i;
			return true;
		}
	}
	return trace_error_data(err, "\"unit\": expected ns, tsc or counter, found \"%s\"",
				unit);
}

static bool read_spans(const json_t *o, const char *key, struct trace_span **out,
		       unsigned *count, struct trace_error *err)
{
	const json_t *list;
	size_t n;

	if (!trace_json_array(o, key, &list, err))
		return false;
	n = json_array_size(list);
	*out = calloc(n + 1, sizeof(**out));
	if (!*out)
		return trace_error_memory(err);
	for (size_t i = 0; i < n; i++) {
		const json_t *pair = json_array_get(list, i);
		json_int_t start = json_integer_value(json_array_get(pair, 0));
		json_int_t end = json_integer_value(json_array_get(pair, 1));

		if (json_array_size(pair) != 2 || start < 0 || end < start ||
		    (uint64_t)end > MAX_PFN)
			return trace_error_data(err, "\"%s\": expected pairs [start, end]",
						key);
		(*out)[i] = (struct trace_span){ (uint64_t)start, (uint64_t)end };
	}
	*count = (unsigned)n;
	return true;
}

static bool read_zone(const struct trace_header *h, struct trace_zone *z, const json_t *o,
		      struct trace_error *err)
{
	uint64_t nid, pcp_high, pcp_batch;
	size_t n;

	if (!trace_json_u64(o, "node", h->nodes - 1, &nid, err) ||
	    !trace_json_text(o, "name", z->name, sizeof(z->name), err) ||
	    !trace_json_u64(o, "start", MAX_PFN, &z->start, err) ||
	    !trace_json_u64(o, "end", MAX_PFN, &z->end, err) ||
	    !trace_json_u64(o, "present", MAX_PFN, &z->present, err) ||
	    !trace_json_u64(o, "managed", MAX_PFN, &z->managed, err) ||
	    !trace_json_u64_or(o, "min", 0, MAX_PFN, &z->min, err) ||
	    !trace_json_u64_or(o, "low", 0, MAX_PFN, &z->low, err) ||
	    !trace_json_u64_or(o, "high", 0, MAX_PFN, &z->high, err) ||
	    !trace_json_list(o, "protection", MAX_PFN, z->protection, 5, &n, err) ||
	    !trace_json_u64_or(o, "pcp_high", 0, UINT32_MAX, &pcp_high, err) ||
	    !trace_json_u64_or(o, "pcp_batch", 0, UINT32_MAX, &pcp_batch, err))
		return false;
	if (z->end < z->start)
		return trace_error_data(err, "a zone ends before it starts");
	z->nid = (uint16_t)nid;
	z->nprotection = (unsigned)n;
	z->pcp_high = (uint32_t)pcp_high;
	z->pcp_batch = (uint32_t)pcp_batch;
	return true;
}

static bool read_zones(struct trace_header *h, const json_t *o, struct trace_error *err)
{
	const json_t *list;

	if (!trace_json_array(o, "zones", &list, err))
		return false;
	h->nzones = (unsigned)json_array_size(list);
	h->zones = calloc(h->nzones + 1u, sizeof(*h->zones));
	if (!h->zones)
		return trace_error_memory(err);
	for (unsigned i = 0; i < h->nzones; i++)
		if (!read_zone(h, &h->zones[i], json_array_get(list, i), err))
			return trace_error_at(err, "zone %u: ", i);
	return true;
}

static bool read_cpu_node(struct trace_header *h, const json_t *o, struct trace_error *err)
{
	const json_t *list;

	if (!trace_json_array(o, "cpu_node", &list, err))
		return false;
	h->cpu_node = calloc(h->cpus, sizeof(*h->cpu_node));
	if (!h->cpu_node)
		return trace_error_memory(err);
	if (json_array_size(list) != h->cpus)
		return trace_error_data(err, "\"cpu_node\": expected %u numbers, found %zu",
					h->cpus, json_array_size(list));
	for (unsigned i = 0; i < h->cpus; i++) {
		json_int_t v = json_integer_value(json_array_get(list, i));

		if (v < 0 || v >= h->nodes)
			return trace_error_data(err, "\"cpu_node\": no such node");
		h->cpu_node[i] = (uint16_t)v;
	}
	return true;
}

static bool read_distance(struct trace_header *h, const json_t *o, struct trace_error *err)
{
	const json_t *list;
	size_t n;

	if (!trace_json_array(o, "distance", &list, err))
		return false;
	n = json_array_size(list);
	if (!n)
		return true;
	if (n != (size_t)h->nodes * h->nodes)
		return trace_error_data(err, "\"distance\": expected %u numbers, found %zu",
					h->nodes * h->nodes, n);
	h->distance = calloc(n, sizeof(*h->distance));
	if (!h->distance)
		return trace_error_memory(err);
	for (size_t i = 0; i < n; i++) {
		json_int_t v = json_integer_value(json_array_get(list, i));

		if (v < 0 || v > 255)
			return trace_error_data(err, "\"distance\": expected 0 to 255");
		h->distance[i] = (uint8_t)v;
	}
	return true;
}

static bool read_version(struct trace_header *h, const json_t *o, struct trace_error *err)
{
	uint64_t major, minor;

	if (!trace_json_is(o, "header"))
		return trace_error_data(err, "expected a trace header, found other JSON");
	if (!trace_json_u64(o, "major", UINT32_MAX, &major, err) ||
	    !trace_json_u64(o, "minor", UINT32_MAX, &minor, err))
		return false;
	if (major != TRACE_HEADER_MAJOR)
		return trace_error_data(err,
					"format version %llu.%llu is not known; this program "
					"reads version %d",
					(unsigned long long)major, (unsigned long long)minor,
					TRACE_HEADER_MAJOR);
	h->major = (unsigned)major;
	h->minor = (unsigned)minor;
	return true;
}

static bool read_counts(struct trace_header *h, const json_t *o, struct trace_error *err)
{
	uint64_t page_size, cpus, nodes;

	if (!trace_json_u64_or(o, "page_size", 4096, UINT32_MAX, &page_size, err) ||
	    !trace_json_u64(o, "cpus", TRACE_HEADER_MAX_CPUS, &cpus, err) ||
	    !trace_json_u64(o, "nodes", TRACE_HEADER_MAX_NODES, &nodes, err))
		return false;
	if (!cpus || !nodes)
		return trace_error_data(err, "expected at least one CPU and one node");
	h->page_size = (uint32_t)page_size;
	h->cpus = (unsigned)cpus;
	h->nodes = (unsigned)nodes;
	return true;
}

static bool decode(struct trace_header *h, const json_t *o, struct trace_error *err)
{
	h->has_state = json_is_true(json_object_get(o, "has_state"));
	h->synthetic = json_is_true(json_object_get(o, "synthetic"));
	return read_version(h, o, err) && read_counts(h, o, err) && read_clock(h, o, err) &&
	       trace_json_strdup(o, "name", &h->name, err) &&
	       trace_json_strdup(o, "kernel", &h->source_kernel, err) &&
	       trace_json_strdup(o, "tool", &h->tool, err) && read_cpu_node(h, o, err) &&
	       read_distance(h, o, err) && read_zones(h, o, err) &&
	       read_spans(o, "holes", &h->holes, &h->nholes, err) &&
	       read_spans(o, "reserved", &h->reserved, &h->nreserved, err);
}

bool trace_header_decode(struct trace_header *h, const struct trace_bytes *frame,
			 struct trace_error *err)
{
	json_t *object;
	bool ok;

	memset(h, 0, sizeof(*h));
	object = trace_json_parse(frame, err);
	if (!object)
		return false;
	ok = decode(h, object, err);
	if (!ok)
		trace_header_free(h);
	json_decref(object);
	return ok;
}
