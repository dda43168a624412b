#include "traces/trace_end.h"

#include <stdlib.h>

#define MAX_CPUS 65535

static void free_counters(struct trace_zone_free *zones, unsigned n)
{
	for (unsigned i = 0; zones && i < n; i++)
		free(zones[i].counters.cpus);
}

void trace_end_free(struct trace_end *e)
{
	if (!e)
		return;
	free_counters(e->start, e->nzones);
	free_counters(e->end, e->nzones);
	free(e->start);
	free(e->end);
	free(e);
}

/* What each CPU has, as one list a field. */
enum cpu_field { HIGH, BATCH, THRESHOLD, DIFF, FIELDS };

static const struct {
	const char *name;
	int64_t min, max;
} fields[FIELDS] = {
	{ "high", 0, UINT32_MAX },
	{ "batch", 0, UINT32_MAX },
	{ "stat_threshold", 0, 127 },
	{ "free_diff", -128, 127 },
};

static int64_t get_field(const struct trace_zone_cpu *c, enum cpu_field f)
{
	const int64_t v[FIELDS] = { c->high, c->batch, c->stat_threshold, c->free_diff };

	return v[f];
}

static void set_field(struct trace_zone_cpu *c, enum cpu_field f, int64_t v)
{
	if (f == HIGH)
		c->high = (uint32_t)v;
	else if (f == BATCH)
		c->batch = (uint32_t)v;
	else if (f == THRESHOLD)
		c->stat_threshold = (int32_t)v;
	else
		c->free_diff = (int32_t)v;
}

static json_t *counters_json(const struct trace_zone_counters *c)
{
	json_t *o =
		json_pack("{s:I,s:I,s:I}", "free", (json_int_t)c->free, "drift_mark",
			  (json_int_t)c->drift_mark, "highatomic", (json_int_t)c->highatomic);

	for (enum cpu_field f = HIGH; f < FIELDS; f++) {
		json_t *list = json_array();

		for (unsigned i = 0; i < c->ncpus; i++)
			json_array_append_new(
				list, json_integer((json_int_t)get_field(&c->cpus[i], f)));
		json_object_set_new(o, fields[f].name, list);
	}
	return o;
}

static json_t *zone_json(const struct trace_zone_free *z)
{
	json_t *o =
		json_pack("{s:I,s:s,s:o,s:o,s:I}", "node", (json_int_t)z->nid, "name", z->name,
			  "buddyinfo", trace_json_numbers(z->buddyinfo, TRACE_ORDERS),
			  "logical", trace_json_numbers(z->logical, TRACE_ORDERS), "pcp_pages",
			  (json_int_t)z->pcp_pages);

	if (z->counters.ncpus)
		json_object_set_new(o, "counters", counters_json(&z->counters));
	return o;
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

static bool read_field(struct trace_zone_counters *c, const json_t *o, enum cpu_field f,
		       struct trace_error *err)
{
	const json_t *list;

	if (!trace_json_array(o, fields[f].name, &list, err))
		return false;
	for (unsigned i = 0; i < c->ncpus; i++) {
		const json_t *v = json_array_get(list, i);

		if (!json_is_integer(v) || json_integer_value(v) < fields[f].min ||
		    json_integer_value(v) > fields[f].max || json_array_size(list) != c->ncpus)
			return trace_error_data(
				err, "\"%s\": expected %u numbers from %lld to %lld",
				fields[f].name, c->ncpus, (long long)fields[f].min,
				(long long)fields[f].max);
		set_field(&c->cpus[i], f, json_integer_value(v));
	}
	return true;
}

static bool read_counters(struct trace_zone_counters *c, const json_t *o,
			  struct trace_error *err)
{
	const json_t *list, *sum = json_object_get(o, "free");

	if (!trace_json_array(o, "high", &list, err) ||
	    !trace_json_u64(o, "drift_mark", INT64_MAX, &c->drift_mark, err) ||
	    !trace_json_u64(o, "highatomic", INT64_MAX, &c->highatomic, err))
		return false;
	if (!json_is_integer(sum) || !json_array_size(list) || json_array_size(list) > MAX_CPUS)
		return trace_error_data(err, "\"counters\": expected \"free\" and CPUs");
	c->free = json_integer_value(sum);
	c->ncpus = (unsigned)json_array_size(list);
	c->cpus = calloc(c->ncpus, sizeof(*c->cpus));
	if (!c->cpus)
		return trace_error_memory(err);
	for (enum cpu_field f = HIGH; f < FIELDS; f++)
		if (!read_field(c, o, f, err))
			return false;
	return true;
}

static bool read_zone(struct trace_zone_free *z, const json_t *o, struct trace_error *err)
{
	const json_t *counters = json_object_get(o, "counters");
	uint64_t nid;
	size_t n;

	if (!trace_json_u64(o, "node", 65535, &nid, err) ||
	    !trace_json_text(o, "name", z->name, sizeof(z->name), err) ||
	    !trace_json_list(o, "buddyinfo", INT64_MAX, z->buddyinfo, TRACE_ORDERS, &n, err) ||
	    !trace_json_list(o, "logical", INT64_MAX, z->logical, TRACE_ORDERS, &n, err) ||
	    !trace_json_u64_or(o, "pcp_pages", 0, INT64_MAX, &z->pcp_pages, err))
		return false;
	z->nid = (uint16_t)nid;
	return !counters || read_counters(&z->counters, counters, err);
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
			free_counters(zones, (unsigned)i + 1);
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
