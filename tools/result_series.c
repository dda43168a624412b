/*
 * What happened over time: series in result.json, and series.csv.
 */
#include <inttypes.h>

#include "tools/frag.h"
#include "tools/result.h"

/* ---- JSON -------------------------------------------------------------------------------- */

static json_t *zone_json(const struct mm_snapshot *snap, const struct mm_sample *zone)
{
	json_t *map = json_object(), *types = json_object();

	result_set_numbers(map, "free_blocks", zone->blocks, snap->norders);
	result_set_number(map, "pcp_pages", zone->pcp_pages);
	for (unsigned type = 0; type < snap->ntypes; type++)
		result_set_number(types, snap->type_names[type], zone->pageblocks[type]);
	if (snap->ntypes > 1)
		json_object_set(map, "pageblocks", types);
	json_decref(types);
	return map;
}

/* Names of which nothing happened are left out. */
static json_t *activity_json(const struct series *s, uint64_t sample, unsigned first,
			     const char *const *names, unsigned n)
{
	json_t *map = json_object();

	for (unsigned i = 0; i < n; i++) {
		uint64_t done = series_since(s, sample, first + i);

		if (done)
			result_set_number(map, names[i], done);
	}
	return map;
}

static json_t *nodes_json(const struct series *s, uint64_t sample)
{
	json_t *list = json_array();

	for (unsigned n = 0; s->nnode_activities && n < s->nnodes; n++) {
		json_t *activity =
			activity_json(s, sample, series_node(s, n),
				      s->policy->node_activity_names, s->nnode_activities);

		if (json_object_size(activity)) {
			json_t *map = json_object();

			result_set_number(map, "node", n);
			json_object_set(map, "activity", activity);
			json_array_append_new(list, map);
		}
		json_decref(activity);
	}
	return list;
}

static void set_since(json_t *map, const char *name, const struct series *s, uint64_t sample,
		      unsigned first)
{
	uint64_t values[FRAG_ORDERS];

	for (unsigned order = 0; order < FRAG_ORDERS; order++)
		values[order] = series_since(s, sample, first + order);
	result_set_numbers(map, name, values, FRAG_ORDERS);
}

static json_t *sample_json(const struct result *r, uint64_t sample)
{
	const struct series *s = r->series;
	json_t *map = json_object(), *zones = json_array();

	for (unsigned z = 0; z < s->nzones; z++)
		json_array_append_new(zones,
				      zone_json(r->snap, &s->zones[sample * s->nzones + z]));
	result_set_number(map, "cycles", s->dates[sample]);
	set_since(map, "requests_by_order", s, sample, SERIES_REQUESTS);
	set_since(map, "failed_by_order", s, sample, SERIES_FAILED);
	result_set_number(map, "stalls", series_since(s, sample, SERIES_STALLS));
	json_object_set_new(map, "activity",
			    activity_json(s, sample, SERIES_ACTIVITY, s->policy->activity_names,
					  s->nactivities));
	json_object_set_new(map, "nodes", nodes_json(s, sample));
	json_object_set_new(map, "zones", zones);
	return map;
}

json_t *result_series_json(const struct result *r)
{
	json_t *list = json_array();

	for (uint64_t i = 0; i < r->series->nsamples; i++)
		json_array_append_new(list, sample_json(r, i));
	return list;
}

/* ---- CSV --------------------------------------------------------------------------------- */

static void header_orders(FILE *out, const char *name, unsigned first, unsigned norders)
{
	for (unsigned order = first; order < norders; order++)
		fprintf(out, ",%s_order_%u", name, order);
}

static void header(FILE *out, const struct result *r)
{
	const struct mm_snapshot *snap = r->snap;
	const struct series *s = r->series;
	unsigned series = r->scenario->series;

	fprintf(out, "cycles,node,zone,free_pages,pcp_pages");
	if (series & SCENARIO_BUDDYINFO)
		header_orders(out, "blocks", 0, snap->norders);
	if (series & SCENARIO_EXTFRAG) {
		header_orders(out, "unusable_milli", 1, snap->norders);
		header_orders(out, "extfrag_milli", 1, snap->norders);
	}
	for (unsigned type = 0; snap->ntypes > 1 && type < snap->ntypes; type++)
		fprintf(out, ",pageblocks_%s", snap->type_names[type]);
	header_orders(out, "requests", 0, FRAG_ORDERS);
	header_orders(out, "failed", 0, FRAG_ORDERS);
	fprintf(out, ",stalls");
	for (unsigned i = 0; i < s->nactivities; i++)
		fprintf(out, ",%s", s->policy->activity_names[i]);
	for (unsigned i = 0; i < s->nnode_activities; i++)
		fprintf(out, ",node_%s", s->policy->node_activity_names[i]);
	fputc('\n', out);
}

static void row_zone(FILE *out, const struct result *r, const struct mm_sample *z)
{
	unsigned series = r->scenario->series, norders = r->snap->norders;

	for (unsigned order = 0; series & SCENARIO_BUDDYINFO && order < norders; order++)
		fprintf(out, ",%" PRIu64, z->blocks[order]);
	for (unsigned order = 1; series & SCENARIO_EXTFRAG && order < norders; order++)
		fprintf(out, ",%d", frag_unusable(z->blocks, order));
	for (unsigned order = 1; series & SCENARIO_EXTFRAG && order < norders; order++)
		fprintf(out, ",%d", frag_extfrag(z->blocks, order));
	for (unsigned type = 0; r->snap->ntypes > 1 && type < r->snap->ntypes; type++)
		fprintf(out, ",%" PRIu64, z->pageblocks[type]);
}

static void row_since(FILE *out, const struct series *s, uint64_t sample, unsigned node)
{
	for (unsigned i = 0; i < SERIES_ACTIVITY + s->nactivities; i++)
		fprintf(out, ",%" PRIu64, series_since(s, sample, i));
	for (unsigned i = 0; i < s->nnode_activities; i++)
		fprintf(out, ",%" PRIu64, series_since(s, sample, series_node(s, node) + i));
}

void result_series_csv(FILE *out, const struct result *r)
{
	const struct series *s = r->series;

	header(out, r);
	for (uint64_t i = 0; i < s->nsamples * s->nzones; i++) {
		const struct mm_sample *z = &s->zones[i];
		const struct mm_snapshot_zone *zone = &r->snap->zones[i % s->nzones];

		fprintf(out, "%" PRIu64 ",%u,%s,%" PRIu64 ",%" PRIu64, s->dates[i / s->nzones],
			zone->nid, zone->name, frag_free_pages(z->blocks), z->pcp_pages);
		row_zone(out, r, z);
		row_since(out, s, i / s->nzones, zone->nid);
		fputc('\n', out);
	}
}
