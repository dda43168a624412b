/*
 * Doors below the policy, for golden files and tests only: single steps of the kernel, and
 * derived state that reports do not show.
 */
#ifndef MM412_PROBE_H
#define MM412_PROBE_H

#include "model/mm_policy.h"

/* What direct reclaim does: runs of the engine sleep there; golden files say which other. */
enum mm412_probe_reclaim {
	MM412_PROBE_SLEEPS,  /* alloc_try returns MM_WOULD_SLEEP */
	MM412_PROBE_FAILS,   /* no progress: the request fails */
	MM412_PROBE_PROGRESS /* progress, without freeing anything */
};

void mm412_probe_reclaim_mode(void *mm, enum mm412_probe_reclaim mode);

/* unreserve_highatomic_pageblock() as a request with these flags calls it. */
bool mm412_probe_unreserve(void *mm, struct sim_cpu *cpu, unsigned nid, uint32_t gfp,
			   bool force);
/* drain_local_pages() on that CPU. */
void mm412_probe_drain(void *mm, struct sim_cpu *cpu);
/* The frame is the first of a pageblock that the two functions below may be called with. */
bool mm412_probe_is_pageblock(const void *mm, uint64_t frame);
/* set_migratetype_isolate(), unset_migratetype_isolate(). */
bool mm412_probe_isolate(void *mm, struct sim_cpu *cpu, uint64_t frame);
void mm412_probe_unisolate(void *mm, struct sim_cpu *cpu, uint64_t frame, unsigned type);
/* Whether a block of that order, begun there, is in use: only then it may be freed. */
bool mm412_probe_in_use(const void *mm, uint64_t frame, unsigned order);

struct mm412_probe_zone {
	const char *name;
	unsigned nid;
	uint64_t watermark[3], managed, reserve[4];
	uint32_t pcp_batch, pcp_high;
	int32_t stat_threshold;
	uint64_t percpu_drift_mark, nr_reserved_highatomic;
	int64_t nr_free, nr_free_exact; /* without and with the per-cpu parts */
	int64_t nr_free_cma, nr_free_cma_exact;
	uint64_t nr_isolated; /* pageblocks */
};

enum { MM412_PROBE_MOVABLE = 1, MM412_PROBE_CMA = 4 };
/* Types of pageblocks and free lists: 4, or 6 in a kernel with CMA and memory isolation. */
unsigned mm412_probe_types(const void *mm);

/* False when that node has no such zone. */
bool mm412_probe_zone(const void *mm, unsigned nid, const char *name,
		      struct mm412_probe_zone *out);
/* Blocks on the zone's free list; pages of a CPU; pageblocks by type. The zone exists. */
uint64_t mm412_probe_free_blocks(const void *mm, unsigned nid, const char *name, unsigned type,
				 unsigned order);
uint32_t mm412_probe_pcp_count(const void *mm, unsigned cpu, unsigned nid, const char *name);
void mm412_probe_pageblocks(const void *mm, unsigned nid, const char *name, uint64_t count[6]);

uint64_t mm412_probe_kswapd_wakes(const void *mm, unsigned nid);
uint64_t mm412_probe_min_free_kbytes(const void *mm);
uint64_t mm412_probe_vm_total_pages(const void *mm);
/* totalreserve_pages; what khugepaged would raise min_free_kbytes to. */
uint64_t mm412_probe_totalreserve(const void *mm);
uint64_t mm412_probe_recommended_kbytes(const void *mm);
bool mm412_probe_grouping(const void *mm);
/* The n-th zone of a node's list, false behind its end. */
bool mm412_probe_zonelist(const void *mm, unsigned nid, bool fallback, unsigned n,
			  unsigned *zone_nid, const char **zone_name);

/* FNV-1a over everything that decides the future: lists in order, types, counters. */
uint64_t mm412_probe_digest(const void *mm);

#endif
