#include "tools/score.h"

#include <stdlib.h>
#include <string.h>

#include "tools/freemap.h"
#include "tools/series.h"

static void add_block(void *ctx, uint64_t frame, unsigned order)
{
	freemap_add(ctx, frame, order);
}

/* What is free in the simulated zone, both ways of counting. */
static bool simulated_side(struct score_side *side, const struct mm_policy *policy,
			   const void *mm, const struct mm_snapshot *snap,
			   const struct mm_snapshot_zone *z)
{
	struct freemap *map = freemap_new(z->start, z->end);

	if (!map)
		return false;
	policy->each_free(mm, true, add_block, map);
	freemap_blocks(map, side->logical);
	freemap_free(map);
	series_blocks(z, snap->ntypes, side->buddyinfo);
	for (unsigned cpu = 0; cpu < snap->ncpus; cpu++)
		side->pcp_pages += z->pcp_count[cpu];
	return true;
}

static void recorded_side(struct score_side *side, const struct trace_zone_free *z)
{
	memcpy(side->buddyinfo, z->buddyinfo, sizeof(side->buddyinfo));
	memcpy(side->logical, z->logical, sizeof(side->logical));
	side->pcp_pages = z->pcp_pages;
}

static const struct mm_snapshot_zone *find_zone(const struct mm_snapshot *snap,
						const struct trace_zone_free *z)
{
	for (unsigned i = 0; i < snap->nzones; i++)
		if (snap->zones[i].nid == z->nid && strcmp(snap->zones[i].name, z->name) == 0)
			return &snap->zones[i];
	return NULL;
}

static void judge(struct score *s)
{
	uint64_t sum = 0, weighted = 0, weights = 0;

	for (unsigned i = 0; i < s->nzones; i++) {
		struct score_zone *z = &s->zones[i];
		uint64_t simulated = frag_free_pages(z->simulated.logical);
		uint64_t recorded = frag_free_pages(z->recorded.logical);

		s->free_pages_error +=
			simulated > recorded ? simulated - recorded : recorded - simulated;
		for (unsigned order = 1; order < FRAG_ORDERS; order++) {
			int diff = frag_unusable(z->simulated.logical, order) -
				   frag_unusable(z->recorded.logical, order);
			uint32_t size = (uint32_t)abs(diff);

			z->unusable_diff[order] = diff;
			sum += size;
			weighted += size * recorded;
			weights += recorded;
			if (size > s->unusable_error_most)
				s->unusable_error_most = size;
		}
	}
	if (weights)
		s->unusable_error_weighted = (uint32_t)(weighted / weights);
	if (s->nzones)
		s->unusable_error_mean = (uint32_t)(sum / (s->nzones * (FRAG_ORDERS - 1)));
}

struct score *score_new(const struct mm_policy *policy, const void *mm,
			const struct mm_snapshot *snap, const struct trace_end *end)
{
	struct score *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->zones = calloc(end->nzones + 1, sizeof(*s->zones));
	if (!s->zones)
		goto fail;
	for (unsigned i = 0; i < end->nzones; i++) {
		const struct mm_snapshot_zone *z = find_zone(snap, &end->end[i]);
		struct score_zone *out = &s->zones[s->nzones];

		if (!z)
			continue;
		out->nid = z->nid;
		memcpy(out->name, z->name, sizeof(out->name));
		recorded_side(&out->recorded, &end->end[i]);
		recorded_side(&out->start, &end->start[i]);
		if (!simulated_side(&out->simulated, policy, mm, snap, z))
			goto fail;
		s->nzones++;
	}
	judge(s);
	return s;

fail:
	score_free(s);
	return NULL;
}

void score_free(struct score *s)
{
	if (!s)
		return;
	free(s->zones);
	free(s);
}
