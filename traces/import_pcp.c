/*
 * R6, "minus zoneinfo's remaining pcp count": frames of per-cpu lists that no event touched.
 * Such a frame has no flags, before and after, as have many pages of the kernel's own. Lists
 * are refilled with batches of neighbours, so the ones nearest to known members are taken.
 */
#include "traces/import.h"

#include <stdlib.h>

/* distance[i]: from frame i of the zone to the nearest known member. */
static void measure(const struct import *im, const struct trace_zone *z, uint32_t *distance)
{
	uint64_t n = z->end - z->start;
	uint32_t d = UINT32_MAX / 2;

	for (uint64_t i = 0; i < n; i++) {
		d = im->class[z->start + i] == IMPORT_PCP ? 0 : d + (d < UINT32_MAX / 2);
		distance[i] = d;
	}
	d = UINT32_MAX / 2;
	for (uint64_t i = n; i-- > 0;) {
		d = im->class[z->start + i] == IMPORT_PCP ? 0 : d + (d < UINT32_MAX / 2);
		distance[i] = d < distance[i] ? d : distance[i];
	}
}

struct candidate {
	uint32_t distance, frame;
};

static int by_distance(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return x->frame < y->frame ? -1 : x->frame > y->frame;
}

static bool fill_zone(struct import *im, const struct trace_zone *z, uint64_t want,
		      uint64_t *got, struct trace_error *err)
{
	uint64_t n = z->end - z->start, found = 0;
	uint32_t *distance = malloc(n * sizeof(*distance));
	struct candidate *c = malloc(n * sizeof(*c));

	if (!distance || !c) {
		free(distance);
		free(c);
		return trace_error_memory(err);
	}
	measure(im, z, distance);
	for (uint64_t i = 0; i < n; i++)
		if (import_idle(im, z->start + i))
			c[found++] = (struct candidate){ distance[i], (uint32_t)i };
	qsort(c, found, sizeof(*c), by_distance);
	for (uint64_t i = 0; i < found && i < want; i++) {
		im->class[z->start + c[i].frame] = IMPORT_PCP;
		(*got)++;
	}
	free(distance);
	free(c);
	return true;
}

bool import_pcp(struct import *im, struct trace_error *err)
{
	uint64_t got = 0, missing = 0;

	for (unsigned i = 0; i < im->snap.before.nzones; i++) {
		const struct import_zone *z = &im->snap.before.zones[i];
		uint64_t recorded = 0, known = 0, before = got;

		for (unsigned cpu = 0; cpu < z->cpus; cpu++)
			recorded += z->pcp[cpu];
		for (uint64_t pfn = z->z.start; pfn < z->z.end; pfn++)
			known += im->class[pfn] == IMPORT_PCP;
		if (recorded <= known)
			continue;
		if (!fill_zone(im, &z->z, recorded - known, &got, err))
			return false;
		missing += recorded - known - (got - before);
	}
	import_report_count(
		im->rep, "R6", "start_pcp_guessed",
		"frames in per-cpu lists at the start, guessed: no event touches them", got, 0);
	import_report_count(im->rep, "R6", "start_pcp_missing",
			    "frames in per-cpu lists at the start, not found", missing, 0);
	return true;
}
