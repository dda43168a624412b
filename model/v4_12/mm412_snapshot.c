/*
 * What reports read: marks, free blocks, types of pageblocks, counters under their vmstat
 * names. Counters begin at 0 after boot. Events that the kernel does not count have names
 * of our own: extfrag_<type asked for>_<type taken from>_{page,steal,claim} by how much
 * changed hands, highatomic_*, pcp_*, kswapd_wake_node<N>.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/v4_12/mm412_sleep.h"

static const char *const type_names[MM_SNAPSHOT_TYPES] = { "Unmovable",   "Movable",
							   "Reclaimable", "HighAtomic",
							   "CMA",         "Isolate" };

static const char *const numa_names[MM412_NUMA_ITEMS] = { "numa_hit", "numa_miss",
							  "numa_foreign", "numa_local",
							  "numa_other" };

static const char *const extfrag_names[MM412_PCP_TYPES][MM412_PCP_TYPES][MM412_EXTFRAG_KINDS] = {
	[MM412_UNMOVABLE] = {
		[MM412_MOVABLE] = { "extfrag_unmovable_movable_page",
				    "extfrag_unmovable_movable_steal",
				    "extfrag_unmovable_movable_claim" },
		[MM412_RECLAIMABLE] = { "extfrag_unmovable_reclaimable_page",
					"extfrag_unmovable_reclaimable_steal",
					"extfrag_unmovable_reclaimable_claim" },
	},
	[MM412_MOVABLE] = {
		[MM412_UNMOVABLE] = { "extfrag_movable_unmovable_page",
				      "extfrag_movable_unmovable_steal",
				      "extfrag_movable_unmovable_claim" },
		[MM412_RECLAIMABLE] = { "extfrag_movable_reclaimable_page",
					"extfrag_movable_reclaimable_steal",
					"extfrag_movable_reclaimable_claim" },
	},
	[MM412_RECLAIMABLE] = {
		[MM412_UNMOVABLE] = { "extfrag_reclaimable_unmovable_page",
				      "extfrag_reclaimable_unmovable_steal",
				      "extfrag_reclaimable_unmovable_claim" },
		[MM412_MOVABLE] = { "extfrag_reclaimable_movable_page",
				    "extfrag_reclaimable_movable_steal",
				    "extfrag_reclaimable_movable_claim" },
	},
};

#define DECADE(n)                                                                              \
	"kswapd_wake_node" #n "0", "kswapd_wake_node" #n "1", "kswapd_wake_node" #n "2",       \
		"kswapd_wake_node" #n "3", "kswapd_wake_node" #n "4",                          \
		"kswapd_wake_node" #n "5", "kswapd_wake_node" #n "6",                          \
		"kswapd_wake_node" #n "7", "kswapd_wake_node" #n "8",                          \
		"kswapd_wake_node" #n "9"

static const char *const wake_names[] = { DECADE(),  DECADE(1), DECADE(2), DECADE(3),
					  DECADE(4), DECADE(5), DECADE(6) };

_Static_assert(MM412_EXTFRAG_PAGE == (int)MM_FALLBACK_PAGE &&
		       MM412_EXTFRAG_STEAL == (int)MM_FALLBACK_STEAL &&
		       MM412_EXTFRAG_CLAIM == (int)MM_FALLBACK_CLAIM,
	       "fallbacks are told as they are counted");

_Static_assert(sizeof(wake_names) / sizeof(*wake_names) >= MM_MAX_NODES,
	       "a name for each node");

static void fill_blocks(const struct mm412 *mm, const struct mm412_zone *zone,
			struct mm_snapshot_zone *out)
{
	uint64_t blocks[MM412_TYPES];

	for (unsigned t = 0; t < mm->ntypes; t++)
		for (unsigned o = 0; o < MM412_ORDERS; o++)
			out->free[t][o] = mm->s[mm412_list(zone, t, o)].stamp;
	mm412_pageblock_count(mm, zone, blocks);
	memcpy(out->pageblocks, blocks, sizeof(blocks));
}

static void fill_zone(const struct mm412 *mm, const struct mm412_zone *zone,
		      struct mm_snapshot_zone *out)
{
	out->nid = zone->nid;
	snprintf(out->name, sizeof(out->name), "%s", mm412_arch_zone(mm, zone));
	out->start = zone->start;
	out->end = zone->end;
	out->present = zone->present;
	out->managed = zone->managed;
	out->min = zone->watermark[MM412_WMARK_MIN];
	out->low = zone->watermark[MM412_WMARK_LOW];
	out->high = zone->watermark[MM412_WMARK_HIGH];
	memcpy(out->reserve, zone->reserve, sizeof(out->reserve));
	out->nr_free_pages = mm412_vmstat_exact(mm, zone);
	out->nr_reserved_highatomic = zone->nr_reserved_highatomic;
	out->nr_free_cma = mm412_vmstat_exact_cma(mm, zone);
	out->nr_isolate_pageblock = zone->nr_isolated;
	out->pcp_batch = zone->pcp_batch;
	out->pcp_high = zone->pcp_high;
	out->stat_threshold = zone->stat_threshold;
	mm_snapshot_zone_lock(out, &zone->lock);
	fill_blocks(mm, zone, out);
	for (unsigned c = 0; c < mm->ncpus; c++)
		out->pcp_count[c] = zone->pcps[c].count;
}

static void put_memory(struct mm_snapshot *s, const struct mm412 *mm)
{
	uint64_t pgalloc[MM412_ZONE_TYPES] = { 0 }, nr_free = 0, nr_free_cma = 0, pgfree = 0;

	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct mm412_zone *zone = &mm->zones[i];

		nr_free += (uint64_t)mm412_vmstat_exact(mm, zone);
		nr_free_cma += (uint64_t)mm412_vmstat_exact_cma(mm, zone);
		pgfree += zone->events.pgfree;
		pgalloc[zone->idx] += zone->events.pgalloc;
	}
	mm_snapshot_count(s, "nr_free_pages", nr_free);
	if (mm->ntypes > MM412_CMA)
		mm_snapshot_count(s, "nr_free_cma", nr_free_cma);
	for (unsigned n = 0; n < MM412_NUMA_ITEMS; n++) {
		uint64_t sum = 0;

		for (unsigned i = 0; i < mm->nzones; i++)
			sum += (uint64_t)mm412_vmstat_numa(mm, &mm->zones[i], n);
		mm_snapshot_count(s, numa_names[n], sum);
	}
	/* Interleaving needs mempolicies, and these a world. */
	mm_snapshot_count(s, "numa_interleave", 0);
	for (unsigned z = 0; z < MM412_ZONE_TYPES; z++)
		mm_snapshot_count(s, mm->arch->pgalloc[z], pgalloc[z]);
	mm_snapshot_count(s, "pgfree", pgfree);
}

/* The zones' fallbacks of a request of that order. */
static uint64_t fallbacks(const struct mm412 *mm, unsigned type, unsigned from, unsigned kind,
			  unsigned order)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < mm->nzones; i++)
		sum += mm->zones[i].events.extfrag[type][from][kind][order];
	return sum;
}

/* All orders together; each one that happened gets a row. */
static uint64_t put_fallbacks(struct mm_snapshot *s, const struct mm412 *mm, unsigned type,
			      unsigned from, unsigned kind)
{
	uint64_t sum = 0;

	for (unsigned order = 0; order < MM412_ORDERS; order++) {
		uint64_t count = fallbacks(mm, type, from, kind, order);

		if (count)
			s->fallbacks[s->nfallbacks++] = (struct mm_snapshot_fallback){
				.wanted = (uint8_t)type,
				.from = (uint8_t)from,
				.order = (uint8_t)order,
				.kind = (enum mm_fallback)kind,
				.count = count,
			};
		sum += count;
	}
	return sum;
}

static bool put_extfrag(struct mm_snapshot *s, const struct mm412 *mm)
{
	s->fallbacks = calloc((size_t)MM412_PCP_TYPES * MM412_PCP_TYPES * MM412_EXTFRAG_KINDS *
				      MM412_ORDERS,
			      sizeof(*s->fallbacks));
	if (!s->fallbacks)
		return false;
	for (unsigned t = 0; t < MM412_PCP_TYPES; t++)
		for (unsigned from = 0; from < MM412_PCP_TYPES; from++)
			for (unsigned k = 0; k < MM412_EXTFRAG_KINDS && from != t; k++)
				mm_snapshot_count(s, extfrag_names[t][from][k],
						  put_fallbacks(s, mm, t, from, k));
	return true;
}

static void put_own(struct mm_snapshot *s, const struct mm412 *mm)
{
	struct mm412_events sum = { 0 };

	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct mm412_events *e = &mm->zones[i].events;

		sum.refill += e->refill;
		sum.refill_pages += e->refill_pages;
		sum.drain += e->drain;
		sum.drain_pages += e->drain_pages;
		sum.highatomic_reserve += e->highatomic_reserve;
		sum.highatomic_unreserve += e->highatomic_unreserve;
	}
	mm_snapshot_count(s, "highatomic_reserve", sum.highatomic_reserve);
	mm_snapshot_count(s, "highatomic_unreserve", sum.highatomic_unreserve);
	mm_snapshot_count(s, "pcp_refill", sum.refill);
	mm_snapshot_count(s, "pcp_refill_pages", sum.refill_pages);
	mm_snapshot_count(s, "pcp_drain", sum.drain);
	mm_snapshot_count(s, "pcp_drain_pages", sum.drain_pages);
	mm_snapshot_count(s, "slowpath", mm->slow_entries);
	mm_snapshot_count(s, "alloc_fail", mm->failures);
	mm_snapshot_count(s, "would_sleep", mm->would_sleep);
	if (mm->sleep) {
		mm_snapshot_count(s, "would_hang", mm->sleep->would_hang);
		mm_snapshot_count(s, "oom_panic", mm->sleep->panics);
		mm_snapshot_count(s, "tlb_flush_ipis", mm->sleep->flush_ipis);
	}
	for (unsigned n = 0; n < mm->nnodes; n++)
		if (mm->nodes[n].online)
			mm_snapshot_count(s, wake_names[n], mm->nodes[n].kswapd_wakes);
}

static bool put_locks(struct mm_snapshot *s, const struct mm412 *mm)
{
	if (!mm->sleep)
		return true;
	s->locks = calloc(mm->nnodes, sizeof(*s->locks));
	for (unsigned n = 0; s->locks && n < mm->nnodes; n++)
		if (mm->nodes[n].online)
			mm_snapshot_lock(s, "lru_lock", (int)n, &mm->sleep->nodes[n].lru.lock);
	return s->locks;
}

/* All counters but the nodes' and the world's, with room to spare. */
#define MAX_COUNTERS (64 + MM412_STAT_COUNTERS)

struct mm_snapshot *mm412_snapshot_take(const void *state)
{
	const struct mm412 *mm = state;
	struct mm_snapshot *s =
		mm_snapshot_new(MM412_ORDERS, mm->nzones, mm->ncpus, MAX_COUNTERS + mm->nnodes);

	if (!s)
		return NULL;
	s->type_names = type_names;
	s->ntypes = mm->ntypes;
	for (unsigned i = 0; i < mm->nzones; i++)
		fill_zone(mm, &mm->zones[i], &s->zones[i]);
	if (!mm->sleep)
		put_memory(s, mm);
	else if (!mm412_stat_counters(mm, s))
		goto fail;
	if (!put_extfrag(s, mm))
		goto fail;
	put_own(s, mm);
	if (!put_locks(s, mm))
		goto fail;
	return s;

fail:
	mm_snapshot_free(s);
	return NULL;
}

void mm412_snapshot_sample(const void *state, unsigned number, struct mm_sample *sample)
{
	const struct mm412 *mm = state;
	const struct mm412_zone *zone = &mm->zones[number];

	*sample = (struct mm_sample){ 0 };
	for (unsigned o = 0; o < MM412_ORDERS; o++)
		for (unsigned t = 0; t < mm->ntypes; t++)
			sample->blocks[o] += mm->s[mm412_list(zone, t, o)].stamp;
	for (unsigned c = 0; c < mm->ncpus; c++)
		sample->pcp_pages += zone->pcps[c].count;
	memcpy(sample->pageblocks, zone->pageblocks, sizeof(zone->pageblocks));
}

unsigned mm412_snapshot_block_type(const void *state, uint64_t frame)
{
	const struct mm412 *mm = state;

	return mm412_block_type(mm, mm412_slot(mm, frame));
}

struct visitor {
	void (*visit)(void *ctx, uint64_t frame, unsigned order);
	void *ctx;
};

static void visit_list(const struct visitor *v, const struct mm412 *mm,
		       const struct mm412_zone *zone, unsigned type, unsigned order)
{
	uint32_t at = mm412_list_first(mm, zone, type, order);

	for (; at != MM412_NONE; at = mm412_list_next(mm, zone, type, order, at))
		v->visit(v->ctx, mm412_frame(mm, at), order);
}

static void visit_pcp(const struct visitor *v, const struct mm412 *mm, uint32_t head)
{
	for (uint32_t at = mm->s[head].next; at != head; at = mm->s[at].next)
		v->visit(v->ctx, mm412_frame(mm, at), 0);
}

void mm412_snapshot_each_free(const void *state, bool with_pcp,
			      void (*visit)(void *ctx, uint64_t frame, unsigned order),
			      void *ctx)
{
	const struct mm412 *mm = state;
	const struct visitor v = { visit, ctx };

	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct mm412_zone *zone = &mm->zones[i];

		for (unsigned t = 0; t < mm->ntypes; t++)
			for (unsigned o = 0; o < MM412_ORDERS; o++)
				visit_list(&v, mm, zone, t, o);
		for (unsigned c = 0; with_pcp && c < mm->ncpus; c++)
			for (unsigned t = 0; t < MM412_PCP_TYPES; t++)
				visit_pcp(&v, mm, mm412_pcp_head(mm, &zone->pcps[c], t));
	}
}
