/*
 * One node's turn: its lists in the proportion that get_scan_count() found, then its slabs in
 * the same proportion; again, when compaction needs more free pages.
 *
 * Kernel: shrink_node(), shrink_node_memcg(), shrink_list(), should_continue_reclaim(),
 * in_reclaim_compaction(), age_active_anon(), pgdat_reclaimable_pages(),
 * zone_reclaimable_pages() of mm/vmscan.c. Without memory cgroups a node has one set of lists.
 * Nobody listens to vmpressure().
 */
#include <string.h>

#include "model/v4_12/mm412_arith.h"
#include "model/v4_12/mm412_scan.h"
#include "model/v4_12/mm412_where.h"

/* ---- what could be reclaimed ------------------------------------------------------------ */

uint64_t mm412_scan_reclaimable(const struct mm412 *mm, const struct mm412_node_sleep *node)
{
	const int64_t *stat = node->stat;
	int64_t pages = stat[MM412_NODE_LRU + MM412_ACTIVE_FILE] +
			stat[MM412_NODE_LRU + MM412_INACTIVE_FILE] +
			stat[MM412_NODE_ISOLATED_FILE];

	if (mm412_swap_free_pages(mm))
		pages += stat[MM412_NODE_LRU + MM412_ACTIVE_ANON] +
			 stat[MM412_NODE_LRU + MM412_INACTIVE_ANON] +
			 stat[MM412_NODE_ISOLATED_ANON];
	return (uint64_t)pages;
}

uint64_t mm412_scan_zone_reclaimable(const struct mm412 *mm, const struct mm412_zone *zone)
{
	const int64_t *stat = mm412_zone_sleep(mm, zone)->stat;
	int64_t pages = stat[MM412_ZONE_LRU + MM412_INACTIVE_FILE] +
			stat[MM412_ZONE_LRU + MM412_ACTIVE_FILE];

	if (mm412_swap_free_pages(mm))
		pages += stat[MM412_ZONE_LRU + MM412_INACTIVE_ANON] +
			 stat[MM412_ZONE_LRU + MM412_ACTIVE_ANON];
	return (uint64_t)pages;
}

/* ---- the lists -------------------------------------------------------------------------- */

static uint64_t shrink_list(struct mm412 *mm, struct sim_cpu *cpu,
			    struct mm412_node_sleep *node, enum mm412_lru lru, uint64_t nr,
			    struct mm412_scan *sc)
{
	bool file = lru >= MM412_INACTIVE_FILE;
	uint64_t reclaimed;
	unsigned before;

	if (lru == MM412_INACTIVE_ANON || lru == MM412_INACTIVE_FILE) {
		before = sim_enter(cpu, MM412_IN_SHRINK_INACTIVE_LIST);
		reclaimed = mm412_scan_inactive(mm, cpu, node, lru, nr, sc);
		sim_leave(cpu, before);
		return reclaimed;
	}
	if (mm412_scan_inactive_low(mm, cpu, node, file, sc))
		mm412_scan_active(mm, cpu, node, lru, nr, sc);
	return 0;
}

/* What is left of a list's target when both kinds are to be scanned to the same percentage. */
static uint64_t rescale(uint64_t target, uint64_t left, uint64_t percentage)
{
	uint64_t scanned = target - left;
	uint64_t nr = target * (100 - percentage) / 100;

	return nr - mm412_arith_min(nr, scanned);
}

/* Enough was reclaimed: the kind with less left stops, the other one goes on to the same
 * proportion. False: one of them is through, and so is the other. */
static bool adjust(uint64_t nr[MM412_UNEVICTABLE], const uint64_t targets[MM412_UNEVICTABLE])
{
	uint64_t anon = nr[MM412_INACTIVE_ANON] + nr[MM412_ACTIVE_ANON];
	uint64_t file = nr[MM412_INACTIVE_FILE] + nr[MM412_ACTIVE_FILE];
	unsigned stop = file > anon ? MM412_INACTIVE_ANON : MM412_INACTIVE_FILE;
	unsigned go = file > anon ? MM412_INACTIVE_FILE : MM412_INACTIVE_ANON;
	uint64_t percentage;

	if (!anon || !file)
		return false;
	percentage =
		mm412_arith_min(anon, file) * 100 / (targets[stop] + targets[stop + 1] + 1);
	nr[stop] = nr[stop + 1] = 0;
	nr[go] = rescale(targets[go], nr[go], percentage);
	nr[go + 1] = rescale(targets[go + 1], nr[go + 1], percentage);
	return true;
}

static uint64_t one_batch_each(struct mm412 *mm, struct sim_cpu *cpu,
			       struct mm412_node_sleep *node, uint64_t nr[MM412_UNEVICTABLE],
			       struct mm412_scan *sc)
{
	uint64_t reclaimed = 0;

	for (unsigned lru = 0; lru < MM412_UNEVICTABLE; lru++) {
		uint64_t batch = mm412_arith_min(nr[lru], MM412_CLUSTER);

		nr[lru] -= batch;
		if (batch)
			reclaimed += shrink_list(mm, cpu, node, (enum mm412_lru)lru, batch, sc);
	}
	mm412_scan_breathe(mm, cpu);
	return reclaimed;
}

void mm412_scan_lists(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		      struct mm412_scan *sc, uint64_t *lru_pages)
{
	/* A direct reclaimer at the first priority does the whole batch of work at once. */
	bool adjusted = !sc->kswapd && sc->priority == MM412_PRIORITY;
	uint64_t nr[MM412_UNEVICTABLE], targets[MM412_UNEVICTABLE], reclaimed = 0;
	unsigned before;

	mm412_scan_count(mm, cpu, node, sc, nr, lru_pages);
	memcpy(targets, nr, sizeof(targets));
	while (nr[MM412_INACTIVE_ANON] || nr[MM412_ACTIVE_FILE] || nr[MM412_INACTIVE_FILE]) {
		reclaimed += one_batch_each(mm, cpu, node, nr, sc);
		if (reclaimed < sc->nr_to_reclaim || adjusted)
			continue;
		if (!adjust(nr, targets))
			break;
		adjusted = true;
	}
	/* Pages that pageout() has put aside for longer requests (blk_finish_plug()). */
	before = sim_enter(cpu, MM412_IN_PAGEOUT);
	mm412_io_unplug(mm, cpu, sc->task);
	sim_leave(cpu, before);
	sc->nr_reclaimed += reclaimed;
	/* Anonymous pages age also while none of them is reclaimed. */
	mm412_scan_age_anon(mm, cpu, node, sc);
}

void mm412_scan_age_anon(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			 struct mm412_scan *sc)
{
	if (mm412_scan_inactive_low(mm, cpu, node, false, sc))
		mm412_scan_active(mm, cpu, node, MM412_ACTIVE_ANON, MM412_CLUSTER, sc);
}

/* ---- the node --------------------------------------------------------------------------- */

static bool in_reclaim_compaction(const struct mm412_scan *sc)
{
	return sc->order &&
	       (sc->order > (int)MM412_COSTLY_ORDER || sc->priority < MM412_PRIORITY - 2);
}

/* Compaction would go ahead in one of the zones, or the allocation would succeed. */
static bool compaction_can_begin(struct mm412 *mm, struct sim_cpu *cpu,
				 const struct mm412_node_sleep *node,
				 const struct mm412_scan *sc)
{
	for (unsigned z = 0; z <= sc->reclaim_idx; z++) {
		const struct mm412_zone *zone = node->node->zones[z];
		enum mm412_compact_result suitable;

		if (!zone || !zone->managed)
			continue;
		suitable = mm412_compact_suitable_by(mm, cpu, sc->task, zone, sc->order, 0,
						     sc->reclaim_idx);
		if (suitable == MM412_COMPACT_SUCCEEDED || suitable == MM412_COMPACT_CONTINUE)
			return true;
	}
	return false;
}

bool mm412_scan_continue(struct mm412 *mm, struct sim_cpu *cpu,
			 const struct mm412_node_sleep *node, uint64_t reclaimed,
			 uint64_t scanned, const struct mm412_scan *sc)
{
	uint64_t wanted, inactive;

	if (!in_reclaim_compaction(sc))
		return false;
	/* Who insists (__GFP_REPEAT) goes on until nothing is left to scan. */
	if (!reclaimed && (!(sc->gfp & MM412_GFP_REPEAT) || !scanned))
		return false;
	wanted = mm412_compact_gap((unsigned)sc->order);
	inactive = (uint64_t)mm412_lru_count_seen(node, MM412_INACTIVE_FILE);
	if (mm412_swap_free_pages(mm))
		inactive += (uint64_t)mm412_lru_count_seen(node, MM412_INACTIVE_ANON);
	if (sc->nr_reclaimed < wanted && inactive > wanted)
		return true;
	return !compaction_can_begin(mm, cpu, node, sc);
}

bool mm412_scan_node(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		     struct mm412_scan *sc)
{
	uint64_t reclaimed, scanned, lru_pages;
	bool any = false;

	do {
		reclaimed = sc->nr_reclaimed;
		scanned = sc->nr_scanned;
		mm412_scan_lists(mm, cpu, node, sc, &lru_pages);
		mm412_slab_shrink(mm, cpu, node, sc->task, sc->gfp, sc->nr_scanned - scanned,
				  lru_pages);
		sc->nr_reclaimed += sc->task->slab_reclaimed;
		sc->task->slab_reclaimed = 0;
		any = any || sc->nr_reclaimed > reclaimed;
	} while (mm412_scan_continue(mm, cpu, node, sc->nr_reclaimed - reclaimed,
				     sc->nr_scanned - scanned, sc));
	if (any)
		node->kswapd_failures = 0;
	return any;
}
