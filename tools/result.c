#include "tools/result.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "tools/frag.h"

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

void result_set_number(json_t *map, const char *name, uint64_t value)
{
	json_object_set_new(map, name, number(value));
}

void result_set_numbers(json_t *map, const char *name, const uint64_t *values, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, number(values[i]));
	json_object_set_new(map, name, list);
}

static json_t *indices(const uint64_t blocks[FRAG_ORDERS], unsigned norders,
		       int (*index)(const uint64_t blocks[FRAG_ORDERS], unsigned order))
{
	json_t *list = json_array();

	for (unsigned order = 0; order < norders; order++)
		json_array_append_new(list, json_integer(index(blocks, order)));
	return list;
}

/* Counts of the replay by their names, in one table for the JSON and its documentation. */
#define AT(field) offsetof(struct replay_counts, field)
static const struct {
	const char *group, *name;
	size_t offset;
} count_names[] = {
	{ "requests", "allocs", AT(allocs) },
	{ "requests", "served", AT(served) },
	{ "requests", "failed", AT(failed) },
	{ "requests", "would_sleep", AT(would_sleep) },
	{ "requests", "frees", AT(frees) },
	{ "requests", "partial_frees", AT(partial_frees) },
	{ "requests", "recorded_failures", AT(recorded_failures) },
	{ "requests", "recorded_failures_served", AT(recorded_failures_served) },
	{ "unmatched", "frees_of_failed", AT(frees_of_failed) },
	{ "unmatched", "frees_of_start_objects", AT(frees_of_start_objects) },
	{ "unmatched", "frees_unknown", AT(frees_unknown) },
	{ "unmatched", "hidden_allocs", AT(hidden) },
	{ "unmatched", "missed_frees", AT(missed) },
	{ "unmatched", "reclaim_frees_dropped", AT(reclaim_frees_dropped) },
	{ "unmatched", "unknown_gfp_flags", AT(unknown_gfp_flags) },
	{ "replay", "events", AT(events) },
	{ "replay", "unscored", AT(unscored) },
	{ "replay", "lru_notes", AT(lru_notes) },
	{ "replay", "other_events", AT(other_events) },
	{ "replay", "free_waits", AT(free_waits) },
	{ "replay", "free_wait_cycles", AT(free_wait_cycles) },
	{ "replay", "delay_cycles", AT(delay_cycles) },
	{ "replay", "ticks", AT(ticks) },
	{ "read_ahead", "most_queued", AT(most_queued) },
	{ "read_ahead", "window_full", AT(window_full) },
	{ "replay", "end_cycles", AT(end_date) },
};

static json_t *counts_json(const struct replay_counts *c, const char *group)
{
	json_t *map = json_object();

	for (size_t i = 0; i < sizeof(count_names) / sizeof(*count_names); i++) {
		uint64_t value;

		if (strcmp(count_names[i].group, group) != 0)
			continue;
		memcpy(&value, (const char *)c + count_names[i].offset, sizeof(value));
		result_set_number(map, count_names[i].name, value);
	}
	return map;
}

static json_t *requests_json(const struct replay_counts *c)
{
	json_t *map = counts_json(c, "requests");
	json_t *first = json_array();

	for (unsigned order = 0; order < TRACE_ORDERS; order++)
		json_array_append_new(first, c->order_first_failure[order] == UINT64_MAX
						     ? json_null()
						     : number(c->order_first_failure[order]));
	result_set_numbers(map, "by_order", c->order_requests, TRACE_ORDERS);
	result_set_numbers(map, "failed_by_order", c->order_failed, TRACE_ORDERS);
	result_set_numbers(map, "would_sleep_by_order", c->order_would_sleep, TRACE_ORDERS);
	json_object_set_new(map, "first_failure_cycles_by_order", first);
	return map;
}

/* Free blocks are of one type and nothing is kept for a CPU: 2.4. */
static bool is_plain(const struct mm_snapshot *s)
{
	return s->ntypes == 1;
}

static json_t *vmstat_json(const struct mm_snapshot *s)
{
	json_t *map = json_object();

	for (unsigned i = 0; i < s->ncounters; i++)
		result_set_number(map, s->counters[i].name, s->counters[i].value);
	return map;
}

static void set_parts(json_t *map, const struct latency_row *row)
{
	result_set_number(map, "memory_cycles", row->part[SIM_PART_MEMORY]);
	result_set_number(map, "pages_cycles", row->part[SIM_PART_PAGES]);
	result_set_number(map, "lock_wait_cycles", row->part[SIM_PART_LOCK]);
	result_set_number(map, "sleep_cycles", row->part[SIM_PART_SLEEP]);
	result_set_number(map, "io_cycles", row->part[SIM_PART_IO]);
}

static json_t *latency_json(const struct latency_rows *rows)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < rows->n; i++) {
		const struct latency_row *row = &rows->rows[i];
		json_t *map = json_object();

		json_object_set_new(map, "op", json_string(row->op));
		json_object_set_new(map, "by", json_string(row->by));
		json_object_set_new(map, "key", json_string(row->key));
		result_set_number(map, "count", row->count);
		result_set_number(map, "sum_cycles", row->sum);
		result_set_number(map, "min_cycles", row->min);
		result_set_number(map, "max_cycles", row->max);
		for (unsigned p = 0; p < LATENCY_PERCENTILES; p++)
			result_set_number(map, latency_rows_percentile_names[p],
					  row->percentile[p]);
		if (latency_rows_has_parts(row))
			set_parts(map, row);
		json_array_append_new(list, map);
	}
	return list;
}

static json_t *fragmentation_json(const struct result *r)
{
	const struct mm_snapshot *s = r->snap;
	json_t *list = json_array();

	for (unsigned i = 0; i < s->nzones; i++) {
		const struct mm_snapshot_zone *z = &s->zones[i];
		uint64_t blocks[FRAG_ORDERS];
		json_t *map = json_object(), *types = json_object();

		series_blocks(z, s->ntypes, blocks);
		for (unsigned type = 0; !is_plain(s) && type < s->ntypes; type++)
			result_set_number(types, s->type_names[type], z->pageblocks[type]);
		result_set_number(map, "node", z->nid);
		json_object_set_new(map, "zone", json_string(z->name));
		result_set_numbers(map, "free_blocks_by_order", blocks, s->norders);
		json_object_set_new(map, "unusable_milli_by_order",
				    indices(blocks, s->norders, frag_unusable));
		json_object_set_new(map, "extfrag_milli_by_order",
				    indices(blocks, s->norders, frag_extfrag));
		json_object_set_new(map, "largest_free_order",
				    json_integer(frag_largest_order(blocks)));
		json_object_set_new(map, "pageblocks", types);
		json_object_set_new(map, "blockers", result_blockers_json(r, i));
		json_array_append_new(list, map);
	}
	return list;
}

static json_t *free_by_type(const struct mm_snapshot *s, const struct mm_snapshot_zone *z)
{
	json_t *map = json_object();

	for (unsigned type = 0; type < s->ntypes; type++)
		result_set_numbers(map, s->type_names[type], z->free[type], s->norders);
	return map;
}

static void set_lists(json_t *map, const struct mm_snapshot_zone *z)
{
	result_set_number(map, "active", z->active);
	result_set_number(map, "inactive_dirty", z->inactive_dirty);
	result_set_number(map, "inactive_clean", z->inactive_clean);
}

/* Where the kernel has CMA areas, and can isolate pageblocks. */
static void set_cma(json_t *map, const struct mm_snapshot_zone *z)
{
	json_object_set_new(map, "nr_free_cma", json_integer(z->nr_free_cma));
	result_set_number(map, "nr_isolate_pageblock", z->nr_isolate_pageblock);
}

static json_t *final_state_json(const struct mm_snapshot *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->nzones; i++) {
		const struct mm_snapshot_zone *z = &s->zones[i];
		json_t *map = json_object(), *pcp = json_array();

		for (unsigned cpu = 0; !is_plain(s) && cpu < s->ncpus; cpu++)
			json_array_append_new(pcp, number(z->pcp_count[cpu]));
		result_set_number(map, "node", z->nid);
		json_object_set_new(map, "zone", json_string(z->name));
		json_object_set_new(map, "nr_free_pages", json_integer(z->nr_free_pages));
		result_set_number(map, "managed", z->managed);
		result_set_number(map, "min", z->min);
		result_set_number(map, "low", z->low);
		result_set_number(map, "high", z->high);
		if (is_plain(s))
			set_lists(map, z);
		else
			result_set_number(map, "nr_reserved_highatomic",
					  z->nr_reserved_highatomic);
		if (s->ntypes == MM_SNAPSHOT_TYPES)
			set_cma(map, z);
		json_object_set_new(map, "pcp_count_by_cpu", pcp);
		json_object_set_new(map, "free_blocks_by_type", free_by_type(s, z));
		json_object_set_new(
			map, "zone_lock",
			result_locks_json(z->lock_taken, z->lock_waits, z->lock_wait_cycles));
		json_object_set_new(map, "zone_lock_held",
				    result_locks_held_json(z->lock_holds, z->lock_held_cycles));
		json_array_append_new(list, map);
	}
	return list;
}

static json_t *side_json(const struct score_side *side)
{
	json_t *map = json_object();

	result_set_numbers(map, "buddyinfo", side->buddyinfo, FRAG_ORDERS);
	result_set_numbers(map, "logical_blocks", side->logical, FRAG_ORDERS);
	result_set_number(map, "pcp_pages", side->pcp_pages);
	return map;
}

static json_t *score_json(const struct score *s)
{
	json_t *map = json_object(), *zones = json_array();

	for (unsigned i = 0; i < s->nzones; i++) {
		const struct score_zone *z = &s->zones[i];
		json_t *zone = json_object(), *diff = json_array();

		for (unsigned order = 0; order < FRAG_ORDERS; order++)
			json_array_append_new(diff, json_integer(z->unusable_diff[order]));
		result_set_number(zone, "node", z->nid);
		json_object_set_new(zone, "zone", json_string(z->name));
		json_object_set_new(zone, "start", side_json(&z->start));
		json_object_set_new(zone, "recorded", side_json(&z->recorded));
		json_object_set_new(zone, "simulated", side_json(&z->simulated));
		json_object_set_new(zone, "unusable_milli_diff_by_order", diff);
		json_array_append_new(zones, zone);
	}
	json_object_set_new(map, "zones", zones);
	result_set_number(map, "free_pages_error", s->free_pages_error);
	result_set_number(map, "unusable_milli_error_mean", s->unusable_error_mean);
	result_set_number(map, "unusable_milli_error_weighted", s->unusable_error_weighted);
	result_set_number(map, "unusable_milli_error_max", s->unusable_error_most);
	return map;
}

static json_t *engine_json(const struct result *r)
{
	json_t *map = json_object();

	json_object_set_new(map, "read_ahead", counts_json(r->counts, "read_ahead"));
	json_object_set_new(map, "mode", json_string(r->strict ? "strict" : "dispatch"));
	result_set_number(map, "operations", r->engine.operations);
	result_set_number(map, "cpu_waits", r->engine.cpu_waits);
	result_set_number(map, "cpu_wait_cycles", r->engine.cpu_wait_cycles);
	return map;
}

static json_t *host_json(const struct result *r)
{
	json_t *map = json_object();
	double seconds = (double)r->host.replay_ns / 1e9;

	json_object_set_new(map, "wall_seconds", json_real((double)r->host.wall_ns / 1e9));
	json_object_set_new(map, "replay_seconds", json_real(seconds));
	json_object_set_new(map, "replay_cpu_seconds",
			    json_real((double)r->host.replay_cpu_ns / 1e9));
	json_object_set_new(map, "events_per_second",
			    json_real(seconds > 0 ? (double)r->counts->events / seconds : 0));
	result_set_number(map, "peak_rss_kib", r->host.peak_rss_kib);
	return map;
}

static json_t *inputs_json(const struct result *r)
{
	json_t *map = json_object(), *trace = json_object();

	json_object_set_new(trace, "name", json_string(r->trace->name ? r->trace->name : ""));
	if (!r->scenario->workload.kind && !r->scenario->no_trace)
		json_object_set_new(trace, "path", json_string(r->scenario->trace_path));
	json_object_set_new(trace, "digest", json_string(r->trace_digest));
	json_object_set_new(map, "trace", trace);
	json_object_set_new(map, "start", json_string(r->start_used));
	return map;
}

static json_t *counters_json(const struct result *r)
{
	json_t *map = json_object();

	json_object_set_new(map, "requests", requests_json(r->counts));
	json_object_set_new(map, "unmatched", counts_json(r->counts, "unmatched"));
	json_object_set_new(map, "replay", counts_json(r->counts, "replay"));
	json_object_set_new(map, "vmstat", vmstat_json(r->snap));
	json_object_set_new(map, "orders", result_orders_json(r));
	json_object_set_new(map, "orders_by_node", result_orders_by_node_json(r));
	if (r->snap->fallbacks)
		json_object_set_new(map, "fallbacks", result_orders_fallbacks_json(r));
	json_object_set_new(map, "locks", result_locks_others_json(r));
	json_object_set_new(map, "cpus", result_locks_cpus_json(r));
	if (result_sysctl_any(r))
		json_object_set_new(map, "sysctl", result_sysctl_json(r));
	if (result_isolate_any(r))
		json_object_set_new(map, "isolation", result_isolate_json(r));
	if (r->world.there) {
		json_object_set_new(map, "reclaim", result_reclaim_json(r));
		json_object_set_new(map, "disks", result_reclaim_disks_json(r));
	}
	return map;
}

static const char *const digested[] = { "counters", "latency", "fragmentation", "series",
					"final_state" };

void result_digest_text(const char *text, size_t size, char digest[33])
{
	XXH128_canonical_t bytes;

	XXH128_canonicalFromHash(&bytes, XXH3_128bits(text, size));
	for (unsigned i = 0; i < sizeof(bytes.digest); i++)
		snprintf(digest + 2 * i, 3, "%02x", bytes.digest[i]);
}

bool result_digest_of(const json_t *json, char digest[33])
{
	char *text = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);

	if (!text)
		return false;
	result_digest_text(text, strlen(text), digest);
	free(text);
	return true;
}

bool result_digest(const json_t *result, char digest[33])
{
	json_t *part = json_object();
	bool ok;

	for (size_t i = 0; i < sizeof(digested) / sizeof(*digested); i++)
		json_object_set(part, digested[i], json_object_get(result, digested[i]));
	ok = result_digest_of(part, digest);
	json_decref(part);
	return ok;
}

json_t *result_json(const struct result *r)
{
	json_t *map = json_object();
	char digest[33];

	json_object_set_new(map, "format", json_string("pagesim result"));
	json_object_set_new(map, "version", json_integer(RESULT_VERSION));
	json_object_set_new(map, "pagesim", json_string(PAGESIM_VERSION));
	json_object_set_new(map, "kernel", json_string(r->scenario->policy->name));
	json_object_set_new(map, "scenario", scenario_json(r->scenario));
	json_object_set_new(map, "inputs", inputs_json(r));
	if (r->scenario->workload.kind)
		json_object_set_new(map, "workload", result_workload_json(r));
	if (result_state_any(r) || r->goes_on)
		json_object_set_new(map, "states", result_state_json(r));
	json_object_set_new(map, "counters", counters_json(r));
	json_object_set_new(map, "latency", latency_json(&r->rows));
	json_object_set_new(map, "fragmentation", fragmentation_json(r));
	json_object_set_new(map, "series", result_series_json(r));
	result_set_number(map, "series_interval_cycles", r->series->interval);
	json_object_set_new(map, "final_state", final_state_json(r->snap));
	if (r->score)
		json_object_set_new(map, "score", score_json(r->score));
	json_object_set_new(map, "engine", engine_json(r));
	json_object_set_new(map, "host", host_json(r));
	if (!result_digest(map, digest) ||
	    json_object_set_new(map, "result_digest", json_string(digest)) != 0) {
		json_decref(map);
		return NULL;
	}
	return map;
}
