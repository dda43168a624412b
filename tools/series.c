#include "tools/series.h"

#include <stdlib.h>
#include <string.h>

struct series *series_new(unsigned nzones)
{
	struct series *s = calloc(1, sizeof(*s));

	if (s)
		s->nzones = nzones;
	return s;
}

void series_free(struct series *s)
{
	if (!s)
		return;
	free(s->dates);
	free(s->zones);
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
	uint64_t *dates = realloc(s->dates, room * sizeof(*dates));
	struct series_zone *zones;

	if (!dates)
		return false;
	s->dates = dates;
	zones = realloc(s->zones, room * s->nzones * sizeof(*zones));
	if (!zones)
		return false;
	s->zones = zones;
	s->room = room;
	return true;
}

bool series_sample(struct series *s, uint64_t date, const struct mm_policy *policy,
		   const void *mm)
{
	if (s->nsamples == s->room && !grow(s))
		return false;
	s->dates[s->nsamples] = date;
	for (unsigned zone = 0; zone < s->nzones; zone++) {
		struct series_zone *out = &s->zones[s->nsamples * s->nzones + zone];

		policy->sample(mm, zone, out->blocks, &out->pcp_pages);
	}
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
	}
	s->nsamples = kept;
	s->interval *= 2;
}
