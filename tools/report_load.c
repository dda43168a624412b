/* A result taken apart: zones, and the series as arrays. */
#include <string.h>

#include "tools/report_page.h"

/* Plots of a zone show at most so many samples, all zones together so many. */
#define POINTS 240u
#define ALL_POINTS 2400u
/* Zones below this share of their node are small. */
#define SMALL 16u

static void load_marks(struct report_zone *z, const json_t *state)
{
	z->managed = report_page_number(state, "managed");
	z->free = report_page_number(state, "nr_free_pages");
	z->min = report_page_number(state, "min");
	z->low = report_page_number(state, "low");
	z->high = report_page_number(state, "high");
}

static uint64_t node_pages(const struct report_run *run, unsigned node)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < run->nzones; i++)
		pages += run->zones[i].node == node ? run->zones[i].managed : 0;
	return pages;
}

static bool load_zones(struct report_page *p, struct report_run *run)
{
	const json_t *states = report_page_at(run->json, "final_state");

	run->nzones = (unsigned)json_array_size(states);
	run->zones = report_page_room(p, run->nzones, sizeof(*run->zones));
	for (unsigned i = 0; run->zones && i < run->nzones; i++) {
		const json_t *state = json_array_get(states, i);

		run->zones[i].node = (unsigned)report_page_number(state, "node");
		run->zones[i].name = report_page_text(state, "zone");
		load_marks(&run->zones[i], state);
	}
	for (unsigned i = 0; run->zones && i < run->nzones; i++)
		run->zones[i].large =
			run->zones[i].managed * SMALL > node_pages(run, run->zones[i].node);
	return run->zones != NULL;
}

static void load_blocks(const json_t *list, uint64_t *blocks)
{
	for (unsigned order = 0; order < FRAG_ORDERS; order++) {
		json_int_t n = json_integer_value(json_array_get(list, order));

		blocks[order] = n > 0 ? (uint64_t)n : 0;
	}
}

/* 4.12's daemons are a node's, 2.4's the machine's. */
static bool is_reclaiming(const json_t *sample, unsigned node)
{
	const json_t *nodes = json_object_get(sample, "nodes"), *entry;
	size_t i;

	if (report_page_number(sample, "activity.stolen_pages"))
		return true;
	json_array_foreach(
		nodes, i,
		entry) if (report_page_number(entry, "node") == node &&
			   (report_page_number(entry, "activity.kswapd_awake_cycles") ||
			    report_page_number(entry, "activity.stolen_pages"))) return true;
	return false;
}

static void load_reclaim(struct report_page *p, struct report_run *run, const json_t *samples)
{
	if (!run->nsamples || !report_page_at(json_array_get(samples, 0), "activity"))
		return;
	run->reclaim = report_page_room(p, run->nsamples * run->nzones, 1);
	for (size_t i = 0; run->reclaim && i < run->nsamples; i++)
		for (unsigned zone = 0; zone < run->nzones; zone++)
			run->reclaim[i * run->nzones + zone] = is_reclaiming(
				json_array_get(samples, i), run->zones[zone].node);
}

/* The kernel's periodic work can go on behind the last operation, and samples with it. */
static bool is_over(const struct report_run *run)
{
	return run->nsamples && run->end_seconds > 0 &&
	       run->seconds[run->nsamples - 1] >= run->end_seconds;
}

/* Samples that lack a zone would belong to another program's result: they end the series. */
static bool load_series(struct report_page *p, struct report_run *run)
{
	const json_t *samples = report_page_at(run->json, "series");
	size_t n = json_array_size(samples);

	run->seconds = report_page_numbers(p, n);
	run->blocks = report_page_room(p, n * run->nzones * FRAG_ORDERS, sizeof(*run->blocks));
	if (!run->seconds || !run->blocks)
		return false;
	for (run->nsamples = 0; run->nsamples < n; run->nsamples++) {
		const json_t *sample = json_array_get(samples, run->nsamples);
		const json_t *zones = json_object_get(sample, "zones");

		if (json_array_size(zones) != run->nzones || is_over(run))
			break;
		run->seconds[run->nsamples] =
			report_page_seconds(run, report_page_number(sample, "cycles"));
		for (unsigned i = 0; i < run->nzones; i++)
			load_blocks(json_object_get(json_array_get(zones, i), "free_blocks"),
				    (uint64_t *)report_page_blocks(run, run->nsamples, i));
	}
	load_reclaim(p, run, samples);
	return true;
}

/* The sample with the least free memory in each stretch: the lows are what matters. */
static bool choose_points(struct report_page *p, struct report_run *run)
{
	unsigned zones = run->nzones * p->nruns + 1;
	size_t most = ALL_POINTS / zones < POINTS ? ALL_POINTS / zones : POINTS;

	most = most < 40 ? 40 : most;
	run->npoints = run->nsamples < most ? run->nsamples : most;
	run->points = report_page_room(p, run->npoints * run->nzones, sizeof(*run->points));
	for (unsigned zone = 0; run->points && zone < run->nzones; zone++)
		for (size_t k = 0; k < run->npoints; k++) {
			size_t from = k * run->nsamples / run->npoints, best = from;
			size_t to = (k + 1) * run->nsamples / run->npoints;

			for (size_t i = from; i < to; i++)
				if (frag_free_pages(report_page_blocks(run, i, zone)) <
				    frag_free_pages(report_page_blocks(run, best, zone)))
					best = i;
			/* The first and the last sample stay, so that curves cover the run. */
			if (k == 0)
				best = 0;
			if (k + 1 == run->npoints)
				best = run->nsamples - 1;
			run->points[zone * run->npoints + k] = best;
		}
	return run->points != NULL;
}

bool report_load(struct report_page *p, struct report_run *run, const struct report_input *in)
{
	uint64_t mhz = report_page_number(in->result, "scenario.machine.clock_mhz");

	memset(run, 0, sizeof(*run));
	run->name = in->name;
	run->json = in->result;
	run->log = in->log;
	run->folder = in->folder;
	run->passing = in->passing;
	run->kernel = report_page_text(in->result, "kernel");
	run->machine = report_page_text(in->result, "scenario.machine.name");
	run->mhz = mhz ? (double)mhz : 1000;
	run->end_seconds = report_page_seconds(
		run, report_page_number(in->result, "counters.replay.end_cycles"));
	run->orders = strncmp(run->kernel, "2.4", 3) == 0 ? FRAG_ORDERS - 1 : FRAG_ORDERS;
	return load_zones(p, run) && load_series(p, run) && choose_points(p, run);
}
