/*
 * kswapd, one for each node: woken when a request finds too little memory free, it reclaims
 * until one zone that the request could use is above its high mark, and sleeps again.
 *
 * Kernel: kswapd(), kswapd_try_to_sleep(), prepare_kswapd_sleep(), balance_pgdat(),
 * kswapd_shrink_node(), pgdat_balanced(), wakeup_kswapd(), snapshot_refaults() of mm/vmscan.c.
 */
#include "model/v4_12/mm412_sleep.h"

#define NOT_CALLED MM412_ZONE_TYPES /* kswapd_classzone_idx when nobody has woken it */
#define GFP_KERNEL                                                                             \
	(MM412_GFP_IO | MM412_GFP_FS | MM412_GFP_DIRECT_RECLAIM | MM412_GFP_KSWAPD_RECLAIM)

bool mm412_kswapd_balanced(const struct mm412 *mm, struct sim_cpu *cpu,
			   const struct mm412_node *node, unsigned order, unsigned classzone)
{
	bool any = false;

	for (unsigned i = 0; i <= classzone; i++) {
		const struct mm412_zone *zone = node->zones[i];

		if (!zone || !zone->managed)
			continue;
		any = true;
		if (mm412_watermark_safe(mm, zone, cpu, order,
					 zone->watermark[MM412_WMARK_HIGH], classzone))
			return true;
	}
	return !any;
}

static bool hopeless(const struct mm412_node_sleep *node)
{
	return node->kswapd_failures >= MM412_MAX_RETRIES;
}

/* The highest zone that kswapd was asked for, or that one. */
static int classzone_of(const struct mm412_node_sleep *node, int classzone)
{
	if (node->kswapd_classzone_idx == NOT_CALLED || node->kswapd_classzone_idx < classzone)
		return classzone;
	return node->kswapd_classzone_idx;
}

/* What the request needs is kept even while kswapd runs. True: it sleeps and may help. */
static bool hand_over(struct mm412_node_sleep *node, unsigned order, unsigned classzone)
{
	node->kswapd_classzone_idx = classzone_of(node, (int)classzone);
	if (order > node->kswapd_order)
		node->kswapd_order = order;
	return node->kswapd_asleep && !hopeless(node);
}

void mm412_kswapd_wake(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_task *task,
		       const struct mm412_zone *zone, unsigned order, unsigned classzone)
{
	struct mm412_node *node = &mm->nodes[zone->nid];
	struct mm412_node_sleep *sleeper = mm->sleep ? &mm->sleep->nodes[zone->nid] : NULL;

	mm412_charge(cpu, mm->cost.kswapd_test);
	if (!zone->managed || (sleeper && !hand_over(sleeper, order, classzone)))
		return;
	if (mm412_kswapd_balanced(mm, cpu, node, order, classzone))
		return;
	mm412_charge(cpu, mm->cost.kswapd_wake);
	node->kswapd_wakes++;
	if (!sleeper)
		return;
	mm412_tell(mm, cpu, task,
		   (struct mm_event){ MM_EVENT_WAKEUP_KSWAPD,
				      { zone->nid, (int64_t)classzone, (int64_t)order } });
	sleeper->kswapd_asleep = false;
	cpu->port->wake(cpu, sleeper->queue[MM412_Q_KSWAPD], 1);
}

/* ---- reclaim ---------------------------------------------------------------------------- */

static void wake_throttled(struct sim_cpu *cpu, struct mm412_node_sleep *node)
{
	cpu->port->wake(cpu, node->queue[MM412_Q_PFMEMALLOC], UINT32_MAX);
}

/* As many pages as the zones' high marks, so that one turn could do. */
static uint64_t target(const struct mm412_node_sleep *node, unsigned classzone)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i <= classzone; i++) {
		const struct mm412_zone *zone = node->node->zones[i];
		uint64_t high = zone ? zone->watermark[MM412_WMARK_HIGH] : 0;

		if (zone && zone->managed)
			sum += high > MM412_CLUSTER ? high : MM412_CLUSTER;
	}
	return sum;
}

/* False when it looked at too few pages, so that the next turn has to look harder. */
static bool shrink(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		   struct mm412_scan *sc)
{
	sc->nr_scanned = 0;
	sc->nr_to_reclaim = target(node, sc->reclaim_idx);
	mm412_scan_node(mm, cpu, node, sc);
	/* Twice the block was freed: what else it needs is for compaction. */
	if (sc->order && sc->nr_reclaimed >= mm412_compact_gap((unsigned)sc->order))
		sc->order = 0;
	return sc->nr_scanned >= sc->nr_to_reclaim;
}

/* One priority. True when the node is balanced. */
static bool turn(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		 struct mm412_scan *sc)
{
	uint64_t before = sc->nr_reclaimed;
	bool looked_enough;

	mm412_charge(cpu, mm->cost.kswapd_turn);
	mm412_io_reap(mm, cpu);
	if (mm412_kswapd_balanced(mm, cpu, node->node, (unsigned)sc->order, sc->reclaim_idx))
		return true;
	mm412_daemon_want(mm, cpu);
	mm412_scan_age_anon(mm, cpu, node, sc);
	looked_enough = shrink(mm, cpu, node, sc);
	if (mm412_reclaim_allowed(mm, cpu, node))
		wake_throttled(cpu, node);
	if (!looked_enough || sc->nr_reclaimed == before)
		sc->priority--;
	cpu->port->yield(cpu);
	return false;
}

/* balance_pgdat(): the order that it ended with. */
static unsigned balance(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			unsigned order, int classzone)
{
	struct mm412_scan sc = {
		.task = &mm->sleep->kswapd_task[node->nid],
		.nodes = UINT64_MAX,
		.gfp = GFP_KERNEL,
		.order = (int)order,
		.priority = MM412_PRIORITY,
		.reclaim_idx = (unsigned)classzone,
		.kswapd = true,
		.may_writepage = true,
		.may_unmap = true,
		.may_swap = true,
	};
	bool balanced = false;

	mm412_count(mm, MM412_PAGEOUTRUN, 1);
	node->kswapd_done.runs++;
	while (!balanced && sc.priority >= 1)
		balanced = turn(mm, cpu, node, &sc);
	if (!balanced && !sc.nr_reclaimed)
		node->kswapd_failures++;
	node->lru.refaults = (uint64_t)node->stat[MM412_NODE_WORKINGSET_ACTIVATE];
	return (unsigned)sc.order;
}

/* ---- sleep ------------------------------------------------------------------------------ */

static bool may_sleep(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		      unsigned order, int classzone)
{
	/* Whoever is throttled would wait for a kswapd that sleeps. */
	wake_throttled(cpu, node);
	if (hopeless(node))
		return true;
	if (!mm412_kswapd_balanced(mm, cpu, node->node, order, (unsigned)classzone))
		return false;
	node->flags &=
		~(unsigned)(MM412_PGDAT_CONGESTED | MM412_PGDAT_DIRTY | MM412_PGDAT_WRITEBACK);
	return true;
}

/* Returns the cycles left: all of them when it was woken on its way to bed. */
static uint64_t doze(struct sim_cpu *cpu, struct mm412_node_sleep *node, uint64_t timeout)
{
	uint64_t left;

	cpu->port->settle(cpu);
	if (!node->kswapd_asleep)
		return timeout;
	mm412_activity_sleeps(&node->kswapd_done, cpu);
	left = cpu->port->sleep(cpu, node->queue[MM412_Q_KSWAPD], timeout);
	mm412_activity_wakes(&node->kswapd_done, cpu);
	return left;
}

/* A short sleep, to see whether the node stays balanced. True when it was cut short. */
static bool nap(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
		unsigned alloc_order, unsigned reclaim_order, int classzone, bool goes_on)
{
	uint64_t left;

	if (!goes_on) {
		mm412_compact_reset(mm, node);
		mm412_kcompactd_wake(mm, cpu, node, (int)alloc_order, classzone);
	}
	node->kswapd_sleep = MM412_KSWAPD_NAPS;
	left = doze(cpu, node, mm->hz / 10 * mm->sleep->jiffy);
	node->kswapd_sleep = MM412_KSWAPD_AT_WORK;
	if (!left)
		return false;
	node->kswapd_classzone_idx = classzone_of(node, classzone);
	if (reclaim_order > node->kswapd_order)
		node->kswapd_order = reclaim_order;
	return true;
}

/* Counters may be off by more while nobody works by them. */
static void sleep_soundly(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node)
{
	node->kswapd_sleep = MM412_KSWAPD_SLEEPS;
	mm412_tell(mm, cpu, NULL, (struct mm_event){ MM_EVENT_KSWAPD_SLEEP, { node->nid } });
	mm412_vmstat_pressure(mm, node->nid, false);
	doze(cpu, node, UINT64_MAX);
	node->kswapd_sleep = MM412_KSWAPD_AT_WORK;
	mm412_vmstat_pressure(mm, node->nid, true);
}

static void try_to_sleep(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			 unsigned alloc_order, unsigned reclaim_order, int classzone)
{
	unsigned goes_on = node->kswapd_goes_on;
	bool woken = false;

	node->kswapd_goes_on = MM412_KSWAPD_AT_WORK;
	node->kswapd_asleep = true;
	if (goes_on == MM412_KSWAPD_NAPS ||
	    (!goes_on && may_sleep(mm, cpu, node, reclaim_order, classzone))) {
		woken = nap(mm, cpu, node, alloc_order, reclaim_order, classzone, goes_on);
		node->kswapd_asleep = true;
	}
	if (goes_on == MM412_KSWAPD_SLEEPS ||
	    (!woken && may_sleep(mm, cpu, node, reclaim_order, classzone)))
		sleep_soundly(mm, cpu, node);
	else
		mm412_count(mm,
			    woken ? MM412_KSWAPD_LOW_WMARK_HIT_QUICKLY
				  : MM412_KSWAPD_HIGH_WMARK_HIT_QUICKLY,
			    1);
	node->kswapd_asleep = false;
}

void mm412_kswapd_run(void *state, struct sim_cpu *cpu)
{
	struct mm412 *mm = state;
	struct mm412_node_sleep *node = mm412_daemon_begins(mm);
	unsigned alloc_order, reclaim_order;
	int classzone = MM412_ZONE_TYPES - 1;

	mm412_activity_wakes(&node->kswapd_done, cpu);
	if (!node->kswapd_goes_on) {
		node->kswapd_order = 0;
		node->kswapd_classzone_idx = NOT_CALLED;
	}
	for (;;) {
		alloc_order = reclaim_order = node->kswapd_order;
		classzone = classzone_of(node, classzone);
		do {
			try_to_sleep(mm, cpu, node, alloc_order, reclaim_order, classzone);
			alloc_order = node->kswapd_order;
			classzone = classzone_of(node, 0);
			node->kswapd_order = 0;
			node->kswapd_classzone_idx = NOT_CALLED;
			mm412_tell(mm, cpu, NULL,
				   (struct mm_event){
					   MM_EVENT_KSWAPD_WAKE,
					   { node->nid, classzone, (int64_t)alloc_order } });
			reclaim_order = balance(mm, cpu, node, alloc_order, classzone);
			/* With a lower order done it may sleep for that, while kcompactd
			 * goes on for the order that was asked for. */
		} while (reclaim_order < alloc_order);
	}
}
