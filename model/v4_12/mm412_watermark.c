/*
 * Watermarks and reserves: how much of a zone a request must leave free.
 *
 * Kernel: init_per_zone_wmark_min(), __setup_per_zone_wmarks(),
 * setup_per_zone_lowmem_reserve(), calculate_totalreserve_pages(),
 * set_recommended_min_free_kbytes(), __zone_watermark_ok(), zone_watermark_ok_safe().
 */
#include "model/v4_12/mm412.h"
#include "model/v4_12/mm412_arith.h"

#define DEFAULT_SCALE 10 /* watermark_scale_factor */

/* m * f / 10000 as the kernel rounds it. */
static uint64_t scaled(uint64_t m, uint64_t f)
{
	return m / 10000 * f + m % 10000 * f / 10000;
}

/* Who may use high memory hardly ever needs it in an emergency. */
static uint64_t high_zone_min(const struct mm412_zone *zone)
{
	uint64_t min = zone->managed / 1024;

	if (min < 32)
		return 32;
	return min < 128 ? min : 128;
}

static void set_marks(struct mm412 *mm, uint64_t scale)
{
	uint64_t pages_min = mm->min_free_kbytes >> 2, total = 0;

	for (unsigned i = 0; i < mm->nzones; i++)
		if (!mm412_is_high(mm, &mm->zones[i]))
			total += mm->zones[i].managed;
	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm412_zone *zone = &mm->zones[i];
		uint64_t min = total ? pages_min * zone->managed / total : 0;
		uint64_t gap = scaled(zone->managed, scale);

		if (gap < min >> 2)
			gap = min >> 2;
		if (mm412_is_high(mm, zone))
			min = high_zone_min(zone);
		zone->watermark[MM412_WMARK_MIN] = min;
		zone->watermark[MM412_WMARK_LOW] = min + gap;
		zone->watermark[MM412_WMARK_HIGH] = min + 2 * gap;
	}
}

/* What a zone keeps back from requests that could also use a higher zone of its node. */
static void set_reserves(struct mm412 *mm, const uint64_t *ratio)
{
	for (unsigned i = 0; i < mm->nzones; i++) {
		struct mm412_zone *zone = &mm->zones[i];
		const struct mm412_node *node = &mm->nodes[zone->nid];
		uint64_t higher = 0; /* managed pages of the node's zones above this one */

		for (unsigned j = 0; j < MM412_ZONE_TYPES; j++) {
			zone->reserve[j] = 0;
			if (j <= zone->idx)
				continue;
			higher += node->zones[j] ? node->zones[j]->managed : 0;
			zone->reserve[j] = higher / ratio[zone->idx];
		}
	}
}

static void set_sums(struct mm412 *mm)
{
	for (unsigned i = 0; i < mm->nzones; i++)
		for (unsigned w = 0; w < MM412_WMARKS; w++)
			for (unsigned j = 0; j < MM412_ZONE_TYPES; j++)
				mm->zones[i].mark_and_reserve[w][j] =
					mm->zones[i].watermark[w] + mm->zones[i].reserve[j];
}

void mm412_watermark_boot(struct mm412 *mm)
{
	uint64_t lowmem_kbytes =
		4 * mm412_zonelist_pages(mm, mm->cpu_node[0], mm->arch->normal, false);
	uint64_t kbytes = mm412_arith_sqrt(lowmem_kbytes * 16);

	if (kbytes < 128)
		kbytes = 128;
	if (kbytes > 65536)
		kbytes = 65536;
	mm->min_free_kbytes = kbytes;
	set_marks(mm, DEFAULT_SCALE);
	mm412_vmstat_thresholds(mm);
	set_reserves(mm, mm->arch->lowmem_reserve_ratio);
	set_sums(mm);
}

/*
 * The counters' thresholds and drift marks stay as they were at boot. What is not written
 * stays, too: CMA areas, which became managed after boot, count from the first write on.
 */
void mm412_watermark_sysctl(struct mm412 *mm)
{
	const struct mm412_params *p = &mm->params;

	if (p->lowmem_reserve_ratio[0])
		set_reserves(mm, p->lowmem_reserve_ratio);
	if (p->min_free_kbytes[0])
		mm->min_free_kbytes = p->min_free_kbytes[0];
	if (p->min_free_kbytes[0] || p->watermark_scale_factor[0] != DEFAULT_SCALE)
		set_marks(mm, p->watermark_scale_factor[0]);
	set_sums(mm);
}

void mm412_watermark_marks(struct mm412 *mm)
{
	set_marks(mm, mm->params.watermark_scale_factor[0]);
	set_sums(mm);
}

void mm412_watermark_reserves(struct mm412 *mm)
{
	set_reserves(mm, mm->params.lowmem_reserve_ratio);
	set_sums(mm);
}

static uint64_t kept_free(const struct mm412_zone *zone)
{
	uint64_t kept = 0;

	for (unsigned j = zone->idx; j < MM412_ZONE_TYPES; j++)
		if (zone->reserve[j] > kept)
			kept = zone->reserve[j];
	kept += zone->watermark[MM412_WMARK_HIGH];
	return kept < zone->managed ? kept : zone->managed;
}

uint64_t mm412_watermark_totalreserve(const struct mm412 *mm)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < mm->nzones; i++)
		sum += kept_free(&mm->zones[i]);
	return sum;
}

uint64_t mm412_watermark_node_reserve(const struct mm412 *mm, unsigned nid)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < MM412_ZONE_TYPES; i++)
		if (mm->nodes[nid].zones[i])
			sum += kept_free(mm->nodes[nid].zones[i]);
	return sum;
}

/* For each zone two free pageblocks, and two of each type to fall back to; at most 5 %. */
uint64_t mm412_watermark_recommended(const struct mm412 *mm)
{
	uint64_t pages = (uint64_t)mm->nzones * MM412_BLOCK_FRAMES *
			 (2 + MM412_PCP_TYPES * MM412_PCP_TYPES);
	uint64_t most = mm412_zonelist_above_high(mm, mm->cpu_node[0], MM412_ZONE_NORMAL) / 20;

	return (pages < most ? pages : most) * 4;
}

/* Orders of which there is a block that the request can be content with. */
static unsigned orders_with_block(const struct mm412_zone *zone, unsigned flags)
{
	unsigned some = zone->some[MM412_UNMOVABLE] | zone->some[MM412_MOVABLE] |
			zone->some[MM412_RECLAIMABLE];

	/* Who may try harder is content with any block, even one that nobody gets. */
	if (flags & MM412_HARDER)
		some |= zone->some[MM412_HIGHATOMIC] | zone->some[MM412_CMA] |
			zone->some[MM412_ISOLATE];
	if (flags & MM412_USE_CMA)
		some |= zone->some[MM412_CMA];
	return some;
}

/* What would be left is above the mark, blocks or not. */
static bool has_enough(const struct mm412_zone *zone, unsigned order, uint64_t mark,
		       unsigned classzone, unsigned flags, int64_t free)
{
	int64_t min = (int64_t)mark;

	free -= ((int64_t)1 << order) - 1;
	if (flags & MM412_HIGH)
		min -= min / 2;
	if (flags & MM412_HARDER)
		min -= min / 4;
	else
		free -= (int64_t)zone->nr_reserved_highatomic;
	if (!(flags & MM412_USE_CMA))
		free -= mm412_vmstat_nr_free_cma(zone);
	return free > min + (int64_t)zone->reserve[classzone];
}

bool mm412_watermark_exact(const struct mm412_zone *zone, unsigned order, uint64_t mark,
			   unsigned classzone, unsigned flags, int64_t free)
{
	if (!has_enough(zone, order, mark, classzone, flags, free))
		return false;
	return order == 0 || orders_with_block(zone, flags) >> order != 0;
}

bool mm412_watermark_look(const struct mm412 *mm, const struct mm412_zone *zone,
			  struct sim_cpu *cpu, unsigned order, uint64_t mark,
			  unsigned classzone, unsigned flags, int64_t free)
{
	unsigned some;

	if (!has_enough(zone, order, mark, classzone, flags, free))
		return false;
	if (order == 0)
		return true;
	some = orders_with_block(zone, flags);
	mm412_touch_search(mm, cpu, zone, order, some);
	return some >> order != 0;
}

bool mm412_watermark_safe(const struct mm412 *mm, const struct mm412_zone *zone,
			  struct sim_cpu *cpu, unsigned order, uint64_t mark,
			  unsigned classzone)
{
	int64_t free = mm412_vmstat_nr_free(zone);

	mm412_touch_marks(cpu, zone);
	if (zone->percpu_drift_mark && free < (int64_t)zone->percpu_drift_mark) {
		mm412_touch_parts(mm, cpu, zone);
		free = mm412_vmstat_exact(mm, zone);
	}
	return mm412_watermark_look(mm, zone, cpu, order, mark, classzone, 0, free);
}
