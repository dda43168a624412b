#include "model/mm_snapshot.h"

#include <stdlib.h>
#include <string.h>

struct mm_snapshot *mm_snapshot_new(unsigned norders, unsigned nzones, unsigned ncpus,
				    unsigned counters)
{
	static const char *const one_type[] = { "All" };
	struct mm_snapshot *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->norders = norders;
	s->ntypes = 1;
	s->type_names = one_type;
	s->ncpus = ncpus;
	s->zones = calloc(nzones, sizeof(*s->zones));
	s->counters = calloc(counters, sizeof(*s->counters));
	if (!s->zones || !s->counters)
		goto fail;
	for (; s->nzones < nzones; s->nzones++) {
		uint32_t *pcp_count = calloc(ncpus, sizeof(*pcp_count));

		if (!pcp_count)
			goto fail;
		s->zones[s->nzones].pcp_count = pcp_count;
	}
	return s;

fail:
	mm_snapshot_free(s);
	return NULL;
}

void mm_snapshot_free(struct mm_snapshot *s)
{
	if (!s)
		return;
	for (unsigned i = 0; s->zones && i < s->nzones; i++) {
		free(s->zones[i].pcp_count);
		free(s->zones[i].stats);
		free(s->zones[i].node_stats);
	}
	free(s->zones);
	free(s->counters);
	free(s->locks);
	free(s->fallbacks);
	free(s);
}

void mm_snapshot_zone_span(struct mm_snapshot_zone *zone, const struct mm_zone_span *span)
{
	zone->nid = span->nid;
	memcpy(zone->name, span->name, sizeof(zone->name));
	zone->start = span->start;
	zone->end = span->end;
}

void mm_snapshot_count(struct mm_snapshot *s, const char *name, uint64_t value)
{
	s->counters[s->ncounters++] = (struct mm_snapshot_counter){ name, value };
}

void mm_snapshot_zone_lock(struct mm_snapshot_zone *zone, const struct sim_lock *lock)
{
	zone->lock_taken = lock->taken;
	memcpy(zone->lock_waits, lock->waits, sizeof(zone->lock_waits));
	memcpy(zone->lock_wait_cycles, lock->wait_cycles, sizeof(zone->lock_wait_cycles));
	memcpy(zone->lock_holds, lock->holds, sizeof(zone->lock_holds));
	memcpy(zone->lock_held_cycles, lock->held_cycles, sizeof(zone->lock_held_cycles));
}

void mm_snapshot_free_block(void *snapshot, uint64_t frame, unsigned order)
{
	struct mm_snapshot *s = snapshot;

	for (unsigned i = 0; i < s->nzones; i++) {
		struct mm_snapshot_zone *z = &s->zones[i];

		if (frame < z->start || frame >= z->end)
			continue;
		z->free[0][order]++;
		z->nr_free_pages += INT64_C(1) << order;
	}
}

void mm_snapshot_sample(const struct mm_snapshot *s, unsigned zone, struct mm_sample *sample)
{
	const struct mm_snapshot_zone *z = &s->zones[zone];

	*sample = (struct mm_sample){ .pcp_pages = 0 };
	for (unsigned t = 0; t < s->ntypes; t++) {
		sample->pageblocks[t] = z->pageblocks[t];
		for (unsigned o = 0; o < s->norders; o++)
			sample->blocks[o] += z->free[t][o];
	}
	for (unsigned c = 0; c < s->ncpus; c++)
		sample->pcp_pages += z->pcp_count[c];
}

void mm_snapshot_lock(struct mm_snapshot *s, const char *name, int nid,
		      const struct sim_lock *lock)
{
	struct mm_snapshot_lock *out = &s->locks[s->nlocks++];

	out->name = name;
	out->nid = nid;
	out->taken = lock->taken;
	memcpy(out->waits, lock->waits, sizeof(out->waits));
	memcpy(out->wait_cycles, lock->wait_cycles, sizeof(out->wait_cycles));
}

uint64_t mm_snapshot_value(const struct mm_snapshot *s, const char *name)
{
	for (unsigned i = 0; i < s->ncounters; i++)
		if (strcmp(s->counters[i].name, name) == 0)
			return s->counters[i].value;
	return 0;
}
