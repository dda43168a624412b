/*
 * Counters: a zone's number of free pages and its NUMA statistics live in a global part and
 * small per-cpu parts. Decisions read the global part only, so they can be wrong by the
 * per-cpu parts, as in the kernel.
 *
 * Kernel: calculate_normal_threshold(), calculate_pressure_threshold(),
 * set_pgdat_percpu_threshold(), refresh_zone_stat_thresholds(),
 * __mod_zone_page_state(), __inc_zone_state(), zone_statistics(), refresh_cpu_vm_stats().
 */
#include "model/v4_12/mm412.h"

#define MAX_THRESHOLD 125
#define EXPIRE_TICKS 3

/* Position of the highest bit, from 1; 0 for 0. */
static unsigned last_bit(uint64_t x)
{
	return x ? 64 - (unsigned)__builtin_clzll(x) : 0;
}

unsigned mm412_vmstat_threshold(const struct mm412 *mm, const struct mm412_zone *zone)
{
	unsigned threshold = 2 * last_bit(mm->ncpus) * (1 + last_bit(zone->managed >> 15));

	return threshold < MAX_THRESHOLD ? threshold : MAX_THRESHOLD;
}

static unsigned pressure_threshold(const struct mm412 *mm, const struct mm412_zone *zone)
{
	uint64_t gap = zone->watermark[MM412_WMARK_LOW] - zone->watermark[MM412_WMARK_MIN];
	uint64_t threshold = gap / mm->ncpus;

	if (threshold < 1)
		threshold = 1;
	return threshold < MAX_THRESHOLD ? (unsigned)threshold : MAX_THRESHOLD;
}

void mm412_vmstat_pressure(struct mm412 *mm, unsigned nid, bool pressure)
{
	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm412_zone *zone = &mm->zones[i];

		if (zone->nid != nid || !zone->percpu_drift_mark)
			continue;
		zone->stat_threshold = (int32_t)(pressure ? pressure_threshold(mm, zone)
							  : mm412_vmstat_threshold(mm, zone));
	}
}

void mm412_vmstat_thresholds(struct mm412 *mm)
{
	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm412_zone *zone = &mm->zones[i];
		unsigned threshold = mm412_vmstat_threshold(mm, zone);
		uint64_t tolerated =
			zone->watermark[MM412_WMARK_LOW] - zone->watermark[MM412_WMARK_MIN];
		uint64_t drift;

		drift = (uint64_t)mm->ncpus * threshold;
		zone->stat_threshold = (int32_t)threshold;
		zone->percpu_drift_mark =
			drift > tolerated ? zone->watermark[MM412_WMARK_HIGH] + drift : 0;
	}
}

void mm412_vmstat_overflow(const struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			   int64_t delta)
{
	zone->nr_free += delta;
	mm412_touch_fold(mm, cpu, zone, MM412_STAT_FREE);
}

void mm412_vmstat_cma(const struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
		      struct sim_cpu *cpu, int64_t delta)
{
	int64_t x = delta + pcp->cma_diff;

	if (x > zone->stat_threshold || x < -zone->stat_threshold) {
		zone->nr_free_cma += x;
		mm412_touch_fold(mm, cpu, zone, MM412_STAT_CMA);
		x = 0;
	}
	pcp->cma_diff = (int8_t)x;
}

void mm412_vmstat_typed(const struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
			struct sim_cpu *cpu, int64_t delta, unsigned type)
{
	mm412_vmstat_free(mm, zone, pcp, cpu, delta);
	if (type == MM412_CMA)
		mm412_vmstat_cma(mm, zone, pcp, cpu, delta);
}

int64_t mm412_vmstat_exact(const struct mm412 *mm, const struct mm412_zone *zone)
{
	int64_t sum = zone->nr_free;

	for (unsigned c = 0; c < mm->ncpus; c++)
		sum += zone->pcps[c].free_diff;
	return sum < 0 ? 0 : sum;
}

int64_t mm412_vmstat_exact_cma(const struct mm412 *mm, const struct mm412_zone *zone)
{
	int64_t sum = zone->nr_free_cma;

	for (unsigned c = 0; c < mm->ncpus; c++)
		sum += zone->pcps[c].cma_diff;
	return sum < 0 ? 0 : sum;
}

int64_t mm412_vmstat_numa(const struct mm412 *mm, const struct mm412_zone *zone,
			  enum mm412_numa item)
{
	int64_t sum = zone->numa[item];

	for (unsigned c = 0; c < mm->ncpus; c++)
		sum += zone->pcps[c].numa_diff[item];
	return sum;
}

static unsigned numa_line(unsigned item)
{
	return item <= MM412_NUMA_FOREIGN ? MM412_STAT_HIT : MM412_STAT_CMA;
}

/* More than all is folded, so that the next fold comes later. */
void mm412_vmstat_numa_overflow(const struct mm412 *mm, struct mm412_zone *zone,
				struct sim_cpu *cpu, enum mm412_numa item)
{
	int8_t *diff = &zone->pcps[cpu->id].numa_diff[item];
	int over = zone->stat_threshold >> 1;

	zone->numa[item] += *diff + 1 + over;
	*diff = (int8_t)-over;
	mm412_touch_fold(mm, cpu, zone, numa_line(item));
}

void mm412_vmstat_elsewhere(const struct mm412 *mm, struct mm412_zone *preferred,
			    struct mm412_zone *zone, struct sim_cpu *cpu)
{
	mm412_vmstat_count(mm, zone, cpu, MM412_NUMA_MISS);
	mm412_touch_pcp(mm, cpu, &preferred->pcps[cpu->id], true);
	mm412_vmstat_count(mm, preferred, cpu, MM412_NUMA_FOREIGN);
}

bool mm412_vmstat_fold(const struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
		       struct sim_cpu *cpu)
{
	bool some[MM412_STAT_LINES] = {
		[MM412_STAT_FREE] = pcp->free_diff, [MM412_STAT_CMA] = pcp->cma_diff
	};
	bool any = false;

	zone->nr_free += pcp->free_diff;
	pcp->free_diff = 0;
	zone->nr_free_cma += pcp->cma_diff;
	pcp->cma_diff = 0;
	for (unsigned i = 0; i < MM412_NUMA_ITEMS; i++) {
		some[numa_line(i)] |= pcp->numa_diff[i] != 0;
		zone->numa[i] += pcp->numa_diff[i];
		pcp->numa_diff[i] = 0;
	}
	for (unsigned line = 0; line < MM412_STAT_LINES; line++) {
		if (some[line])
			mm412_touch_fold(mm, cpu, zone, line);
		any |= some[line];
	}
	return any;
}

/* A remote zone's pages go back after three ticks in which nothing changed there. */
static void expire(struct mm412 *mm, struct mm412_zone *zone, struct mm412_pcp *pcp,
		   struct sim_cpu *cpu)
{
	uint32_t drain;

	if (!pcp->expire || !pcp->count)
		return;
	if (zone->nid == mm->cpu_node[cpu->id]) {
		pcp->expire = 0;
		return;
	}
	if (--pcp->expire)
		return;
	drain = pcp->count < zone->pcp_batch ? pcp->count : zone->pcp_batch;
	mm412_charge(cpu, mm->cost.irq);
	mm412_pcp_drain_some(mm, zone, pcp, cpu, drain);
}

void mm412_vmstat_tick(void *state, struct sim_cpu *cpu)
{
	struct mm412 *mm = state;

	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm412_zone *zone = &mm->zones[i];
		struct mm412_pcp *pcp = &zone->pcps[cpu->id];

		mm412_charge(cpu, mm->cost.tick_zone);
		mm412_touch_pcp(mm, cpu, pcp, true);
		if (mm412_vmstat_fold(mm, zone, pcp, cpu))
			pcp->expire = EXPIRE_TICKS;
		expire(mm, zone, pcp, cpu);
	}
}
