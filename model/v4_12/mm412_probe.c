#include "model/v4_12/mm412_probe.h"

#include <string.h>

#include "model/v4_12/mm412.h"

void mm412_probe_reclaim_mode(void *state, enum mm412_probe_reclaim mode)
{
	static const enum mm412_reclaim modes[] = {
		[MM412_PROBE_SLEEPS] = MM412_RECLAIM_SLEEPS,
		[MM412_PROBE_FAILS] = MM412_RECLAIM_FAILS,
		[MM412_PROBE_PROGRESS] = MM412_RECLAIM_PROGRESS,
	};
	struct mm412 *mm = state;

	mm->reclaim = modes[mode];
}

bool mm412_probe_unreserve(void *state, struct sim_cpu *cpu, unsigned nid, uint32_t gfp,
			   bool force)
{
	struct mm412 *mm = state;
	struct mm412_request rq;

	mm412_alloc_request(mm, &rq, nid, gfp, 0);
	return mm412_fallback_unreserve(mm, cpu, &rq, force);
}

void mm412_probe_drain(void *state, struct sim_cpu *cpu)
{
	mm412_pcp_drain(state, cpu, cpu->id);
}

bool mm412_probe_is_pageblock(const void *state, uint64_t frame)
{
	const struct mm412 *mm = state;

	return frame % MM412_BLOCK_FRAMES == 0 && mm412_pageblock_zone(mm, frame);
}

bool mm412_probe_isolate(void *state, struct sim_cpu *cpu, uint64_t frame)
{
	return mm412_isolation_set(state, cpu, mm412_slot(state, frame));
}

void mm412_probe_unisolate(void *state, struct sim_cpu *cpu, uint64_t frame, unsigned type)
{
	mm412_isolation_unset(state, cpu, mm412_slot(state, frame), type);
}

unsigned mm412_probe_types(const void *state)
{
	return ((const struct mm412 *)state)->ntypes;
}

bool mm412_probe_in_use(const void *state, uint64_t frame, unsigned order)
{
	const struct mm412 *mm = state;
	uint16_t tag;

	if (!mm412_pageblock_zone(mm, frame))
		return false;
	tag = mm->s[mm412_slot(mm, frame)].tag;
	return mm412_tag_state(tag) == MM412_USED && mm412_tag_order(tag) == order;
}

static const struct mm412_zone *find(const struct mm412 *mm, unsigned nid, const char *name)
{
	for (unsigned i = 0; i < mm->nzones; i++)
		if (mm->zones[i].nid == nid &&
		    strcmp(mm412_arch_zone(mm, &mm->zones[i]), name) == 0)
			return &mm->zones[i];
	return NULL;
}

bool mm412_probe_zone(const void *state, unsigned nid, const char *name,
		      struct mm412_probe_zone *out)
{
	const struct mm412 *mm = state;
	const struct mm412_zone *zone = find(mm, nid, name);

	if (!zone)
		return false;
	*out = (struct mm412_probe_zone){
		.name = mm412_arch_zone(mm, zone),
		.nid = nid,
		.managed = zone->managed,
		.pcp_batch = zone->pcp_batch,
		.pcp_high = zone->pcp_high,
		.stat_threshold = zone->stat_threshold,
		.percpu_drift_mark = zone->percpu_drift_mark,
		.nr_reserved_highatomic = zone->nr_reserved_highatomic,
		.nr_free = zone->nr_free,
		.nr_free_exact = mm412_vmstat_exact(mm, zone),
		.nr_free_cma = zone->nr_free_cma,
		.nr_free_cma_exact = mm412_vmstat_exact_cma(mm, zone),
		.nr_isolated = zone->nr_isolated,
	};
	memcpy(out->watermark, zone->watermark, sizeof(out->watermark));
	memcpy(out->reserve, zone->reserve, sizeof(out->reserve));
	return true;
}

uint64_t mm412_probe_free_blocks(const void *state, unsigned nid, const char *name,
				 unsigned type, unsigned order)
{
	const struct mm412 *mm = state;

	return mm->s[mm412_list(find(mm, nid, name), type, order)].stamp;
}

uint32_t mm412_probe_pcp_count(const void *state, unsigned cpu, unsigned nid, const char *name)
{
	return find(state, nid, name)->pcps[cpu].count;
}

void mm412_probe_pageblocks(const void *state, unsigned nid, const char *name,
			    uint64_t count[6])
{
	mm412_pageblock_count(state, find(state, nid, name), count);
}

uint64_t mm412_probe_kswapd_wakes(const void *state, unsigned nid)
{
	const struct mm412 *mm = state;

	return nid < mm->nnodes ? mm->nodes[nid].kswapd_wakes : 0;
}

uint64_t mm412_probe_min_free_kbytes(const void *state)
{
	return ((const struct mm412 *)state)->min_free_kbytes;
}

uint64_t mm412_probe_vm_total_pages(const void *state)
{
	return ((const struct mm412 *)state)->vm_total_pages;
}

uint64_t mm412_probe_totalreserve(const void *state)
{
	return mm412_watermark_totalreserve(state);
}

uint64_t mm412_probe_recommended_kbytes(const void *state)
{
	return mm412_watermark_recommended(state);
}

bool mm412_probe_grouping(const void *state)
{
	return ((const struct mm412 *)state)->grouping;
}

bool mm412_probe_zonelist(const void *state, unsigned nid, bool fallback, unsigned n,
			  unsigned *zone_nid, const char **zone_name)
{
	const struct mm412 *mm = state;
	const struct mm412_zoneref *ref;

	if (nid >= mm->nnodes || !mm->nodes[nid].online)
		return false;
	ref = mm->nodes[nid].lists[fallback ? MM412_FALLBACK : MM412_NOFALLBACK].refs;
	while (ref->zone && n--)
		ref++;
	if (!ref->zone)
		return false;
	*zone_nid = ref->zone->nid;
	*zone_name = mm412_arch_zone(mm, ref->zone);
	return true;
}

static uint64_t fnv(uint64_t digest, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++, value >>= 8)
		digest = (digest ^ (value & 255)) * UINT64_C(0x100000001b3);
	return digest;
}

static uint64_t digest_free(const struct mm412 *mm, const struct mm412_zone *zone,
			    unsigned type, unsigned order, uint64_t digest)
{
	uint32_t at = mm412_list_first(mm, zone, type, order);

	for (; at != MM412_NONE; at = mm412_list_next(mm, zone, type, order, at))
		digest = fnv(digest, mm412_frame(mm, at));
	return fnv(digest, UINT64_MAX);
}

static uint64_t digest_pcp(const struct mm412 *mm, uint32_t head, uint64_t digest)
{
	for (uint32_t at = mm->s[head].next; at != head; at = mm->s[at].next) {
		digest = fnv(digest, mm412_frame(mm, at));
		digest = fnv(digest, mm->s[at].type);
	}
	return fnv(digest, UINT64_MAX);
}

static uint64_t digest_zone(const struct mm412 *mm, const struct mm412_zone *zone,
			    uint64_t digest)
{
	for (unsigned t = 0; t < MM412_TYPES; t++)
		for (unsigned o = 0; o < MM412_ORDERS; o++)
			digest = digest_free(mm, zone, t, o, digest);
	for (unsigned c = 0; c < mm->ncpus; c++) {
		const struct mm412_pcp *pcp = &zone->pcps[c];

		for (unsigned t = 0; t < MM412_PCP_TYPES; t++)
			digest = digest_pcp(mm, mm412_pcp_head(mm, pcp, t), digest);
		digest = fnv(digest, (uint64_t)pcp->free_diff);
		if (mm->ntypes > MM412_CMA)
			digest = fnv(digest, (uint64_t)pcp->cma_diff);
		digest = fnv(digest, pcp->expire);
	}
	digest = fnv(digest, (uint64_t)zone->nr_free);
	if (mm->ntypes > MM412_CMA) {
		digest = fnv(digest, (uint64_t)zone->nr_free_cma);
		digest = fnv(digest, zone->nr_isolated);
	}
	return fnv(digest, zone->nr_reserved_highatomic);
}

uint64_t mm412_probe_digest(const void *state)
{
	const struct mm412 *mm = state;
	uint64_t digest = UINT64_C(0xcbf29ce484222325);

	for (unsigned i = 0; i < mm->nzones; i++)
		digest = digest_zone(mm, &mm->zones[i], digest);
	for (uint32_t b = mm->frame0 >> MM412_BLOCK_ORDER; b < mm->slots >> MM412_BLOCK_ORDER;
	     b++)
		digest = fnv(digest, mm->block[b].type);
	for (unsigned n = 0; n < mm->nnodes; n++)
		digest = fnv(digest, mm->nodes[n].kswapd_wakes);
	return digest;
}
