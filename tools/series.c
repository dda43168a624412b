#include "tools/series.h"

#include <stdlib.h>
#include <string.h>

struct series *series_new(void)
{
	return calloc(1, sizeof(struct series));
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

static void fill(struct series_zone *out, const struct mm_snapshot *snap)
{
	for (unsigned i = 0; i < snap->nzones; i++) {
		const struct mm_snapshot_zone *z = &snap->zones[i];

		series_blocks(z, snap->ntypes, out[i].blocks);
		out[i].pcp_pages = 0;
		for (unsigned cpu = 0; cpu < snap->ncpus; cpu++)
			out[i].pcp_pages += z->pcp_count[cpu];
	}
}

bool series_sample(struct series *s, uint64_t date, const struct mm_policy *policy,
		   const void *mm)
{
	struct mm_snapshot *snap = policy->snapshot(mm);
	bool ok = snap != NULL;

	if (ok && !s->nzones)
		s->nzones = snap->nzones;
	if (ok && s->nsamples == s->room)
		ok = grow(s);
	if (ok) {
		s->dates[s->nsamples] = date;
		fill(&s->zones[s->nsamples * s->nzones], snap);
		s->nsamples++;
	}
	mm_snapshot_free(snap);
	return ok;
}
