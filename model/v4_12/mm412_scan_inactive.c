/*
 * One batch of an inactive list: taken off, reclaimed as far as possible, the rest put back;
 * then whoever reclaims faster than the disks write is made to wait.
 *
 * Kernel: shrink_inactive_list(), too_many_isolated(), putback_inactive_pages(),
 * current_may_throttle(), inactive_list_is_low() of mm/vmscan.c.
 */
#include "model/v4_12/mm412_arith.h"
#include "model/v4_12/mm412_scan.h"
#include "model/v4_12/mm412_where.h"

/* ---- the ratio of the lists ------------------------------------------------------------- */

struct low {
	uint64_t inactive, active, ratio;
};

/* While the working set is being replaced (pages come back that were just evicted), pages of
 * files lose their place on the active list at once. */
static struct low measure(const struct mm412 *mm, const struct mm412_node_sleep *node,
			  bool file, const struct mm412_scan *sc, bool actual)
{
	enum mm412_lru lru = file ? MM412_INACTIVE_FILE : MM412_INACTIVE_ANON;
	uint64_t refaults = (uint64_t)node->stat[MM412_NODE_WORKINGSET_ACTIVATE];
	struct low low = { mm412_lru_size(mm, node, lru, sc->reclaim_idx),
			   mm412_lru_size(mm, node, (enum mm412_lru)(lru + 1), sc->reclaim_idx),
			   1 };
	uint64_t gib = (low.inactive + low.active) >> 18;

	if (file && actual && node->lru.refaults != refaults)
		low.ratio = 0;
	else if (gib)
		low.ratio = mm412_arith_sqrt(10 * gib);
	return low;
}

/* Without swap there is no point in deactivating anonymous pages. */
static bool is_pointless(const struct mm412 *mm, bool file)
{
	return !file && !mm412_swap_total(mm);
}

static bool is_low(struct low low)
{
	return low.inactive * low.ratio < low.active;
}

bool mm412_scan_inactive_is_low(const struct mm412 *mm, const struct mm412_node_sleep *node,
				bool file, const struct mm412_scan *sc, bool actual)
{
	return !is_pointless(mm, file) && is_low(measure(mm, node, file, sc, actual));
}

bool mm412_scan_inactive_low(struct mm412 *mm, struct sim_cpu *cpu,
			     struct mm412_node_sleep *node, bool file,
			     const struct mm412_scan *sc)
{
	enum mm412_lru lru = file ? MM412_INACTIVE_FILE : MM412_INACTIVE_ANON;
	struct low low;

	if (is_pointless(mm, file))
		return false;
	low = measure(mm, node, file, sc, true);
	mm412_tell(mm, cpu, sc->task,
		   (struct mm_event){ MM_EVENT_INACTIVE_IS_LOW,
				      { node->nid, sc->reclaim_idx,
					mm412_lru_count_seen(node, lru), (int64_t)low.inactive,
					mm412_lru_count_seen(node, (enum mm412_lru)(lru + 1)),
					(int64_t)low.active, (int64_t)low.ratio, file } });
	return is_low(low);
}

/* ---- back to the lists ------------------------------------------------------------------ */

bool mm412_scan_inactive_putback(struct mm412 *mm, uint32_t slot, struct mm412_chain *gone)
{
	struct mm412_page *page = mm412_page(mm, slot);

	page->flags &= (uint16_t)~MM412_PG_ISOLATED;
	if (page->pins == 1 && !page->content && !(page->flags & MM412_PG_SWAPCACHE)) {
		mm412_chain_add(mm, gone, slot);
		return false;
	}
	mm412_lru_link(mm, slot, mm412_lru_of(mm, slot));
	page->pins--;
	return true;
}

void mm412_scan_inactive_free(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_chain *gone)
{
	while (gone->entries) {
		uint32_t slot = gone->first;

		mm412_chain_del(mm, gone, slot);
		mm412_lru_put(mm, cpu, slot, true);
	}
}

static void put_back(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		     struct mm412_chain *pages, struct mm412_chain *gone)
{
	while (pages->entries) {
		uint32_t slot = pages->last;

		mm412_chain_del(mm, pages, slot);
		mm412_charge(cpu, mm->cost.lru_page);
		mm412_touch_frame(mm, cpu, slot);
		if (mm412_page(mm, slot)->flags & MM412_PG_ACTIVE)
			node->lru.recent_rotated[mm412_lru_kind(mm, slot)] +=
				mm412_pages(mm, slot);
		mm412_scan_inactive_putback(mm, slot, gone);
	}
}

/* ---- stalls ----------------------------------------------------------------------------- */

/* So many reclaimers have pages in hand that the list is short because of them. */
static bool too_many_isolated(const struct mm412_node_sleep *node, bool file,
			      const struct mm412_scan *sc)
{
	const uint32_t both = MM412_GFP_IO | MM412_GFP_FS;
	enum mm412_lru lru = file ? MM412_INACTIVE_FILE : MM412_INACTIVE_ANON;
	int64_t inactive = mm412_lru_count_seen(node, lru);

	if (sc->kswapd)
		return false;
	/* Those that may not wait for others' I/O get more, or all would wait in a circle. */
	if ((sc->gfp & both) == both)
		inactive >>= 3;
	return node->stat[MM412_NODE_ISOLATED_ANON + file] > inactive;
}

static bool may_throttle(const struct mm412 *mm, const struct sim_cpu *cpu,
			 const struct mm412_scan *sc)
{
	return !sc->task->less_throttle || mm412_io_congested(mm, cpu, false);
}

/* What the batch tells of the state of the disks. */
static void flag_node(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		      const struct mm412_shrunk *seen, uint64_t taken)
{
	if (seen->writeback && seen->writeback == taken)
		node->flags |= MM412_PGDAT_WRITEBACK;
	if (seen->dirty && seen->dirty == seen->congested)
		node->flags |= MM412_PGDAT_CONGESTED;
	if (seen->unqueued_dirty == taken) {
		mm412_writeback_wake(mm, cpu, 0);
		node->flags |= MM412_PGDAT_DIRTY;
	}
}

static void stall(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		  const struct mm412_shrunk *seen, const struct mm412_scan *sc)
{
	if (seen->immediate && may_throttle(mm, cpu, sc)) {
		mm412_io_unplug(mm, cpu, sc->task);
		mm412_reclaim_congestion_wait(mm, cpu, false, mm->hz / 10);
	}
	if (!sc->kswapd && may_throttle(mm, cpu, sc))
		mm412_reclaim_wait_iff_congested(mm, cpu, node, sc->task, mm->hz / 10);
}

/* ---- a batch ---------------------------------------------------------------------------- */

static void tell(struct mm412 *mm, const struct sim_cpu *cpu,
		 const struct mm412_node_sleep *node, const struct mm412_scan *sc,
		 uint64_t scanned, uint64_t reclaimed, const struct mm412_shrunk *seen,
		 bool file)
{
	mm412_tell(mm, cpu, sc->task,
		   (struct mm_event){ MM_EVENT_SHRINK_INACTIVE,
				      { node->nid, (int64_t)scanned, (int64_t)reclaimed,
					seen->dirty, seen->writeback, seen->congested,
					seen->immediate, seen->activate, seen->ref_keep,
					seen->unmap_fail, sc->priority, file } });
}

static uint64_t take_off(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			 enum mm412_lru lru, uint64_t nr, const struct mm412_scan *sc,
			 struct mm412_chain *pages, uint64_t *scanned)
{
	bool file = lru == MM412_INACTIVE_FILE;
	uint64_t taken;

	mm412_lru_lock_for(mm, cpu, node, SIM_CAUSE_RECLAIM);
	taken = mm412_isolate_lru(mm, cpu, node, lru, nr, sc, !sc->may_unmap, pages, scanned);
	node->stat[MM412_NODE_ISOLATED_ANON + file] += (int64_t)taken;
	node->lru.recent_scanned[file] += taken;
	mm412_count(mm, sc->kswapd ? MM412_PGSCAN_KSWAPD : MM412_PGSCAN_DIRECT, *scanned);
	node->pages_scanned += *scanned;
	mm412_lru_unlock(cpu, node);
	return taken;
}

uint64_t mm412_scan_inactive(struct mm412 *mm, struct sim_cpu *cpu,
			     struct mm412_node_sleep *node, enum mm412_lru lru, uint64_t nr,
			     struct mm412_scan *sc)
{
	struct mm412_chain pages = mm412_chain_empty(), gone = mm412_chain_empty();
	bool file = lru == MM412_INACTIVE_FILE;
	struct mm412_shrunk seen = { 0 };
	uint64_t taken, reclaimed, scanned = 0;

	while (too_many_isolated(node, file, sc)) {
		mm412_io_unplug(mm, cpu, sc->task);
		mm412_reclaim_congestion_wait(mm, cpu, false, mm->hz / 10);
		if (sc->task->killed)
			return MM412_CLUSTER;
	}
	mm412_pagevec_drain(mm, cpu);
	taken = take_off(mm, cpu, node, lru, nr, sc, &pages, &scanned);
	if (!taken)
		return 0;
	reclaimed = mm412_shrink(mm, cpu, &pages, node, sc, false, &seen);
	mm412_lru_lock_for(mm, cpu, node, SIM_CAUSE_RECLAIM);
	mm412_count(mm, sc->kswapd ? MM412_PGSTEAL_KSWAPD : MM412_PGSTEAL_DIRECT, reclaimed);
	node->pages_stolen += reclaimed;
	put_back(mm, cpu, node, &pages, &gone);
	node->stat[MM412_NODE_ISOLATED_ANON + file] -= (int64_t)taken;
	mm412_lru_unlock(cpu, node);
	mm412_scan_inactive_free(mm, cpu, &gone);
	flag_node(mm, cpu, node, &seen, taken);
	stall(mm, cpu, node, &seen, sc);
	tell(mm, cpu, node, sc, scanned, reclaimed, &seen, file);
	return reclaimed;
}
