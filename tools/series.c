#include "tools/series.h"

#include <stdlib.h>
#include <string.h>

struct series *series_new(unsigned nzones, unsigned nnodes, const struct mm_policy *policy)
{
	struct series *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->nzones = nzones;
	s->nnodes = nnodes;
	s->policy = policy;
	s->nactivities = mm_policy_names(policy->activity_names);
	s->nnode_activities = mm_policy_names(policy->node_activity_names);
	s->nsums = SERIES_ACTIVITY + s->nactivities + nnodes * s->nnode_activities;
	return s;
}

void series_free(struct series *s)
{
	if (!s)
		return;
	free(s->dates);
	free(s->zones);
	free(s->sums);
	free(s);
}

void series_blocks(const struct mm_snapshot_zone *z, unsigned ntypes,
		   uint64_t blocks[FRAG_ORDERS])
{
	memset(blocks, 0, FRAG_ORDERS * sizeof(*blocks));
	for (unsigned type = 0; type < ntypes; type++)
		for (unsigned order = 0; order < FRAG_ORDERS; order++)
			blocks[order] += z->free[type][order];
}

static bool grow(struct series *s)
{
	uint64_t room = s->room ? 2 * s->room : 256;
	uint64_t *dates = realloc(s->dates, room * sizeof(*dates)), *sums;
	struct mm_sample *zones;

	if (!dates)
		return false;
	s->dates = dates;
	zones = realloc(s->zones, room * s->nzones * sizeof(*zones));
	if (!zones)
		return false;
	s->zones = zones;
	sums = realloc(s->sums, room * s->nsums * sizeof(*sums));
	if (!sums)
		return false;
	s->sums = sums;
	s->room = room;
	return true;
}

unsigned series_node(const struct series *s, unsigned node)
{
	return SERIES_ACTIVITY + s->nactivities + node * s->nnode_activities;
}

static void sum_up(const struct series *s, uint64_t date, const void *mm,
		   const struct series_counts *counts, uint64_t *sums)
{
	memcpy(sums + SERIES_REQUESTS, counts->requests, FRAG_ORDERS * sizeof(*sums));
	memcpy(sums + SERIES_FAILED, counts->failed, FRAG_ORDERS * sizeof(*sums));
	sums[SERIES_STALLS] = counts->stalls;
	if (s->nactivities)
		s->policy->activity(mm, MM_ORDERS_MACHINE, date, sums + SERIES_ACTIVITY);
	for (unsigned n = 0; s->nnode_activities && n < s->nnodes; n++)
		s->policy->activity(mm, n, date, sums + series_node(s, n));
}

bool series_sample(struct series *s, uint64_t date, const void *mm,
		   const struct series_counts *counts)
{
	if (s->nsamples == s->room && !grow(s))
		return false;
	s->dates[s->nsamples] = date;
	for (unsigned zone = 0; zone < s->nzones; zone++)
		if (!mm_policy_sample(s->policy, mm, zone,
				      &s->zones[s->nsamples * s->nzones + zone]))
			return false;
	sum_up(s, date, mm, counts, s->sums + s->nsamples * s->nsums);
	s->nsamples++;
	return true;
}

void series_thin(struct series *s)
{
	uint64_t kept = 0;

	for (uint64_t i = 0; i < s->nsamples; i += 2, kept++) {
		s->dates[kept] = s->dates[i];
		memmove(&s->zones[kept * s->nzones], &s->zones[i * s->nzones],
			s->nzones * sizeof(*s->zones));
		memmove(&s->sums[kept * s->nsums], &s->sums[i * s->nsums],
			s->nsums * sizeof(*s->sums));
	}
	s->nsamples = kept;
	s->interval *= 2;
}

uint64_t series_since(const struct series *s, uint64_t sample, unsigned sum)
{
	uint64_t at = s->sums[sample * s->nsums + sum];

	return sample ? at - s->sums[(sample - 1) * s->nsums + sum] : at;
}
