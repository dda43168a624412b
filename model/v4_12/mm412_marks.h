/*
 * Zones' counters and watermarks: how much is free, and how much has to stay so. Part of
 * mm412.h.
 */
#ifndef MM412_MARKS_H
#define MM412_MARKS_H

#include "model/v4_12/mm412.h"

/* Counters with per-cpu parts: mm412_vmstat.c */

/* NR_FREE_PAGES of the zone takes in what a CPU's part has come to. */
void mm412_vmstat_overflow(const struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			   int64_t delta);

/* NR_FREE_PAGES changes by delta on that CPU; beyond the threshold all of it is folded. */
static inline void mm412_vmstat_free(const struct mm412 *mm, struct mm412_zone *zone,
				     struct mm412_pcp *pcp, struct sim_cpu *cpu, int64_t delta)
{
	int64_t x = delta + pcp->free_diff;

	if (x > zone->stat_threshold || x < -zone->stat_threshold) {
		mm412_vmstat_overflow(mm, zone, cpu, x);
		x = 0;
	}
	pcp->free_diff = (int8_t)x;
}

/* The same for NR_FREE_CMA_PAGES. */
void mm412_vmstat_cma(const struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
		      struct sim_cpu *cpu, int64_t delta);
/* Free frames of that type come or go: __mod_zone_freepage_state(). */
void mm412_vmstat_typed(const struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
			struct sim_cpu *cpu, int64_t delta, unsigned type);

/* The counter as the allocator reads it: never negative, without the per-cpu parts. */
static inline int64_t mm412_vmstat_nr_free(const struct mm412_zone *zone)
{
	return zone->nr_free < 0 ? 0 : zone->nr_free;
}

static inline int64_t mm412_vmstat_nr_free_cma(const struct mm412_zone *zone)
{
	return zone->nr_free_cma < 0 ? 0 : zone->nr_free_cma;
}

int64_t mm412_vmstat_exact(const struct mm412 *mm, const struct mm412_zone *zone);
int64_t mm412_vmstat_exact_cma(const struct mm412 *mm, const struct mm412_zone *zone);
int64_t mm412_vmstat_numa(const struct mm412 *mm, const struct mm412_zone *zone,
			  enum mm412_numa item);
/* Of one of these the CPU's part has come to the threshold; a page comes from another node than
 * was asked for. */
void mm412_vmstat_numa_overflow(const struct mm412 *mm, struct mm412_zone *zone,
				struct sim_cpu *cpu, enum mm412_numa item)
	__attribute__((cold));
void mm412_vmstat_elsewhere(const struct mm412 *mm, struct mm412_zone *preferred,
			    struct mm412_zone *zone, struct sim_cpu *cpu);

static inline void mm412_vmstat_count(const struct mm412 *mm, struct mm412_zone *zone,
				      struct sim_cpu *cpu, enum mm412_numa item)
{
	int8_t *diff = &zone->pcps[cpu->id].numa_diff[item];

	if (*diff + 1 > zone->stat_threshold)
		mm412_vmstat_numa_overflow(mm, zone, cpu, item);
	else
		++*diff;
}

/* zone_statistics(); inline for the way of every request. */
static inline void mm412_vmstat_statistics(const struct mm412 *mm, struct mm412_zone *preferred,
					   struct mm412_zone *zone, struct sim_cpu *cpu)
{
	bool local = zone->nid == mm->cpu_node[cpu->id];

	if (zone->nid == preferred->nid)
		mm412_vmstat_count(mm, zone, cpu, MM412_NUMA_HIT);
	else
		mm412_vmstat_elsewhere(mm, preferred, zone, cpu);
	mm412_vmstat_count(mm, zone, cpu, local ? MM412_NUMA_LOCAL : MM412_NUMA_OTHER);
}

void mm412_vmstat_thresholds(struct mm412 *mm);
/* calculate_normal_threshold() */
unsigned mm412_vmstat_threshold(const struct mm412 *mm, const struct mm412_zone *zone);
/* set_pgdat_percpu_threshold(): while kswapd works the parts are kept so small that they cannot
 * hide how near the marks are; false = as at boot. */
void mm412_vmstat_pressure(struct mm412 *mm, unsigned nid, bool pressure);
/* Adds a CPU's parts to the zone's counters; false when there were none. `cpu` is charged. */
bool mm412_vmstat_fold(const struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
		       struct sim_cpu *cpu);
/* vmstat_update: folds that CPU's parts, returns pages of remote zones. */
void mm412_vmstat_tick(void *state, struct sim_cpu *cpu);

/* Watermarks: mm412_watermark.c */

void mm412_watermark_boot(struct mm412 *mm);
/* The sysctl writes that parameters other than the presets stand for. */
void mm412_watermark_sysctl(struct mm412 *mm);
/* The same while the kernel runs; params hold what was written. */
void mm412_watermark_marks(struct mm412 *mm);
void mm412_watermark_reserves(struct mm412 *mm);
/* calculate_totalreserve_pages(): what page cache cannot count on. */
uint64_t mm412_watermark_totalreserve(const struct mm412 *mm);
/* ... on one node: pgdat->totalreserve_pages. */
uint64_t mm412_watermark_node_reserve(const struct mm412 *mm, unsigned nid);
/* What khugepaged raises min_free_kbytes to, if it is not that high already. */
uint64_t mm412_watermark_recommended(const struct mm412 *mm);
bool mm412_watermark_exact(const struct mm412_zone *zone, unsigned order, uint64_t mark,
			   unsigned classzone, unsigned flags, int64_t free);
/* The same for a request, which touches the free areas that it looks at. */
bool mm412_watermark_look(const struct mm412 *mm, const struct mm412_zone *zone,
			  struct sim_cpu *cpu, unsigned order, uint64_t mark,
			  unsigned classzone, unsigned flags, int64_t free);
/* zone_watermark_ok_safe: with the per-cpu parts when the counter is near the marks. */
bool mm412_watermark_safe(const struct mm412 *mm, const struct mm412_zone *zone,
			  struct sim_cpu *cpu, unsigned order, uint64_t mark,
			  unsigned classzone);

#endif
