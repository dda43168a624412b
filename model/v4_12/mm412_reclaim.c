/*
 * A request's own reclaim, and where reclaimers wait for disks and for kswapd.
 *
 * Kernel: try_to_free_pages(), do_try_to_free_pages(), shrink_zones(), compaction_ready(),
 * snapshot_refaults(), throttle_direct_reclaim(), allow_direct_reclaim() of mm/vmscan.c;
 * congestion_wait(), wait_iff_congested() of mm/backing-dev.c.
 */
#include "model/v4_12/mm412_scan.h"
#include "model/v4_12/mm412_where.h"

/* ---- waiting for disks ------------------------------------------------------------------ */

/* Until a request ends and leaves its disk uncongested, congested before or not. */
static void wait_for_write(struct mm412 *mm, struct sim_cpu *cpu,
			   const struct mm412_node_sleep *node, uint64_t jiffies)
{
	uint64_t timeout = jiffies * mm->sleep->jiffy, now = sim_now(cpu), date;

	mm412_io_reap(mm, cpu);
	date = mm412_io_relief(mm);
	if (date > now && date - now < timeout)
		timeout = date - now;
	cpu->port->sleep(cpu, node->queue[MM412_Q_CONGESTION], timeout);
	mm412_io_reap(mm, cpu);
}

/* One queue for all nodes: that of the first with memory. Nobody waits for reads: the argument
 * is the kernel's. */
void mm412_reclaim_congestion_wait(struct mm412 *mm, struct sim_cpu *cpu, bool sync,
				   uint64_t jiffies)
{
	unsigned before = sim_enter(cpu, MM412_IN_CONGESTION_WAIT);

	assert(!sync);
	(void)sync;
	wait_for_write(mm, cpu, &mm->sleep->nodes[mm->zones[0].nid], jiffies);
	sim_leave(cpu, before);
}

/* nr_wb_congested knows all disks, also that of swap. */
void mm412_reclaim_wait_iff_congested(struct mm412 *mm, struct sim_cpu *cpu,
				      struct mm412_node_sleep *node,
				      const struct mm412_task *task, uint64_t jiffies)
{
	unsigned before = sim_enter(cpu, MM412_IN_WAIT_IFF_CONGESTED);

	mm412_scan_breathe(mm, cpu);
	if (mm->sleep->congested_until[false] && (node->flags & MM412_PGDAT_CONGESTED)) {
		mm412_io_unplug(mm, cpu, task);
		wait_for_write(mm, cpu, node, jiffies);
	}
	sim_leave(cpu, before);
}

/* ---- throttling ------------------------------------------------------------------------- */

static void wake_kswapd(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node)
{
	int normal = (int)mm->arch->normal;

	if (!node->kswapd_asleep)
		return;
	if (node->kswapd_classzone_idx > normal)
		node->kswapd_classzone_idx = normal;
	node->kswapd_asleep = false;
	cpu->port->wake(cpu, node->queue[MM412_Q_KSWAPD], 1);
}

bool mm412_reclaim_allowed(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node)
{
	uint64_t reserve = 0, free = 0;

	if (node->kswapd_failures >= MM412_MAX_RETRIES)
		return true;
	for (unsigned z = 0; z <= mm->arch->normal; z++) {
		const struct mm412_zone *zone = node->node->zones[z];

		if (!zone || !zone->managed || !mm412_scan_zone_reclaimable(mm, zone))
			continue;
		reserve += zone->watermark[MM412_WMARK_MIN];
		free += (uint64_t)mm412_vmstat_nr_free(zone);
	}
	if (!reserve || free > reserve / 2)
		return true;
	wake_kswapd(mm, cpu, node);
	return false;
}

/* PF_KTHREAD: who cleans pages for others must get through. */
static bool is_kernel_thread(const struct mm412 *mm, const struct mm412_task *task)
{
	return task->kswapd ||
	       (task >= mm->sleep->own && task < mm->sleep->own + MM412_OWN_TASKS);
}

/* for_each_zone_zonelist_nodemask() */
static const struct mm412_zoneref *next_allowed(const struct mm412_zoneref *ref, unsigned idx,
						uint64_t nodes)
{
	ref = mm412_zonelist_next(ref, idx);
	while (ref->zone && !(nodes >> ref->zone->nid & 1))
		ref = mm412_zonelist_next(ref + 1, idx);
	return ref;
}

static struct mm412_node_sleep *node_to_watch(const struct mm412 *mm,
					      const struct mm412_request *rq)
{
	unsigned idx = rq->high_idx < mm->arch->normal ? rq->high_idx : mm->arch->normal;
	const struct mm412_zoneref *ref = next_allowed(rq->list->first[idx], idx, rq->nodes);

	return ref->zone ? &mm->sleep->nodes[ref->zone->nid] : NULL;
}

/* No time passes between the last look and the sleep: kswapd could come, find nobody to wake,
 * and go to bed for good. */
static bool must_wait(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node)
{
	uint64_t at;

	do {
		cpu->port->settle(cpu);
		at = sim_now(cpu);
		if (mm412_reclaim_allowed(mm, cpu, node))
			return false;
	} while (sim_now(cpu) != at);
	return true;
}

/* True when the task was killed meanwhile. */
static bool throttle(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_task *task,
		     const struct mm412_request *rq)
{
	struct mm412_node_sleep *node;
	uint64_t left = rq->gfp & MM412_GFP_FS ? UINT64_MAX : mm->hz * mm->sleep->jiffy;
	unsigned before;

	if (is_kernel_thread(mm, task) || task->killed)
		return false;
	node = node_to_watch(mm, rq);
	if (!node || mm412_reclaim_allowed(mm, cpu, node))
		return false;
	mm412_count(mm, MM412_PGSCAN_DIRECT_THROTTLE, 1);
	before = sim_enter(cpu, MM412_IN_THROTTLE_DIRECT_RECLAIM);
	/* Who holds a file system's lock may be what kswapd waits for: a second at most. */
	while (left && !task->killed && must_wait(mm, cpu, node))
		left = cpu->port->sleep(cpu, node->queue[MM412_Q_PFMEMALLOC], left);
	sim_leave(cpu, before);
	mm412_io_reap(mm, cpu);
	return task->killed;
}

/* ---- the zones of a request ------------------------------------------------------------- */

static bool cpuset_allows(const struct mm412_task *task, unsigned nid)
{
	return !task->ruled || !task->mems_allowed || task->memdie ||
	       (task->mems_allowed >> nid & 1);
}

/* So much is free that compaction can begin with a buffer left for others. */
static bool compaction_ready(struct mm412 *mm, struct sim_cpu *cpu,
			     const struct mm412_zone *zone, const struct mm412_scan *sc)
{
	enum mm412_compact_result suitable = mm412_compact_suitable_by(
		mm, cpu, sc->task, zone, sc->order, 0, sc->reclaim_idx);

	if (suitable == MM412_COMPACT_SUCCEEDED)
		return true;
	if (suitable == MM412_COMPACT_SKIPPED)
		return false;
	return mm412_watermark_safe(mm, zone, cpu, 0,
				    zone->watermark[MM412_WMARK_HIGH] +
					    mm412_compact_gap((unsigned)sc->order),
				    sc->reclaim_idx);
}

static void shrink_zones(struct mm412 *mm, struct sim_cpu *cpu,
			 const struct mm412_zonelist *list, struct mm412_scan *sc)
{
	const struct mm412_zoneref *ref = list->first[sc->reclaim_idx];
	unsigned last = MM_MAX_NODES;

	for (; (ref = next_allowed(ref, sc->reclaim_idx, sc->nodes))->zone; ref++) {
		const struct mm412_zone *zone = ref->zone;

		if (!cpuset_allows(sc->task, zone->nid))
			continue;
		if (sc->order > (int)MM412_COSTLY_ORDER &&
		    compaction_ready(mm, cpu, zone, sc)) {
			sc->compaction_ready = true;
			continue;
		}
		if (zone->nid == last)
			continue;
		last = zone->nid;
		mm412_scan_node(mm, cpu, &mm->sleep->nodes[last], sc);
	}
}

static void snapshot_refaults(struct mm412 *mm, const struct mm412_zonelist *list,
			      const struct mm412_scan *sc)
{
	const struct mm412_zoneref *ref = list->first[sc->reclaim_idx];

	for (; (ref = next_allowed(ref, sc->reclaim_idx, sc->nodes))->zone; ref++) {
		struct mm412_node_sleep *node = &mm->sleep->nodes[ref->zone->nid];

		node->lru.refaults = (uint64_t)node->stat[MM412_NODE_WORKINGSET_ACTIVATE];
	}
}

/* ---- a request -------------------------------------------------------------------------- */

static uint64_t try_to_free(struct mm412 *mm, struct sim_cpu *cpu,
			    const struct mm412_zonelist *list, struct mm412_scan *sc)
{
	mm412_count(mm, MM412_ALLOCSTALL + sc->reclaim_idx, 1);
	do {
		sc->nr_scanned = 0;
		shrink_zones(mm, cpu, list, sc);
		if (sc->nr_reclaimed >= sc->nr_to_reclaim || sc->compaction_ready)
			break;
		if (sc->priority < MM412_PRIORITY - 2)
			sc->may_writepage = true;
	} while (--sc->priority >= 0);
	snapshot_refaults(mm, list, sc);
	if (sc->nr_reclaimed)
		return sc->nr_reclaimed;
	/* Left to try compaction: no reason to kill anybody. */
	return sc->compaction_ready;
}

uint64_t mm412_reclaim_direct(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			      const struct mm412_request *rq)
{
	struct mm412_scan sc = { .task = task,
				 .nr_to_reclaim = MM412_CLUSTER,
				 .nodes = rq->nodes,
				 .gfp = rq->gfp,
				 .order = (int)rq->order,
				 .priority = MM412_PRIORITY,
				 .reclaim_idx = mm412_gfp_zone(mm, rq->gfp),
				 .may_writepage = true,
				 .may_unmap = true,
				 .may_swap = true };
	uint64_t reclaimed;

	mm412_charge(cpu, mm->cost.reclaim_entry);
	mm412_daemon_want(mm, cpu);
	mm412_io_reap(mm, cpu);
	if (throttle(mm, cpu, task, rq))
		return 1;
	mm412_tell(mm, cpu, task,
		   (struct mm_event){ MM_EVENT_DIRECT_RECLAIM_BEGIN,
				      { sc.order, sc.may_writepage, sc.gfp, sc.reclaim_idx } });
	reclaimed = try_to_free(mm, cpu, rq->list, &sc);
	mm412_tell(mm, cpu, task,
		   (struct mm_event){ MM_EVENT_DIRECT_RECLAIM_END, { (int64_t)reclaimed } });
	return reclaimed;
}
