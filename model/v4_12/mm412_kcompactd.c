/*
 * kcompactd, one on every node with memory: makes blocks of the order that kswapd was asked
 * for, once there is enough free memory.
 *
 * Kernel: kcompactd(), kcompactd_do_work(), kcompactd_node_suitable(), wakeup_kcompactd().
 */
#include "model/v4_12/mm412_compact.h"

/* pgdat->nr_zones - 1: the highest zone type of the node. */
static int highest(const struct mm412_node *node)
{
	int idx = MM412_ZONE_TYPES - 1;

	while (idx >= 0 && !node->zones[idx])
		idx--;
	return idx;
}

static struct mm412_zone *populated(const struct mm412_node *node, int idx)
{
	struct mm412_zone *zone = node->zones[idx];

	return zone && zone->present ? zone : NULL;
}

static bool is_worthwhile(struct mm412 *mm, struct sim_cpu *cpu,
			  const struct mm412_node_sleep *node)
{
	for (int i = 0; i <= node->kcompactd_classzone_idx; i++) {
		const struct mm412_zone *zone = populated(node->node, i);

		if (zone &&
		    mm412_compact_suitable_by(
			    mm, cpu, NULL, zone, (int)node->kcompactd_max_order, 0,
			    (unsigned)node->kcompactd_classzone_idx) == MM412_COMPACT_CONTINUE)
			return true;
	}
	return false;
}

void mm412_kcompactd_wake(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node,
			  int order, int classzone)
{
	if (!order)
		return;
	if (node->kcompactd_max_order < (unsigned)order)
		node->kcompactd_max_order = (unsigned)order;
	if (node->kcompactd_classzone_idx > classzone)
		node->kcompactd_classzone_idx = classzone;
	if (!node->kcompactd_asleep || !is_worthwhile(mm, cpu, node))
		return;
	mm412_tell(mm, cpu, NULL,
		   (struct mm_event){ MM_EVENT_WAKEUP_KCOMPACTD,
				      { node->nid, order, classzone } });
	mm412_charge(cpu, mm->cost.wake);
	node->kcompactd_asleep = false;
	cpu->port->wake(cpu, node->queue[MM412_Q_KCOMPACTD], UINT32_MAX);
}

static void compact(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_compact *cc)
{
	enum mm412_compact_result result;

	cc->migrate_scanned = cc->free_scanned = 0;
	result = mm412_compact_zone(mm, cpu, cc);
	if (result == MM412_COMPACT_SUCCEEDED)
		mm412_compact_defer_reset_by(mm, cpu, NULL, cc->zone, cc->order, false);
	else if (result == MM412_COMPACT_PARTIAL_SKIPPED || result == MM412_COMPACT_COMPLETE)
		mm412_compact_defer_by(mm, cpu, NULL, cc->zone, cc->order);
	mm412_count(mm, MM412_KCOMPACTD_MIGRATE_SCANNED, cc->migrate_scanned);
	mm412_count(mm, MM412_KCOMPACTD_FREE_SCANNED, cc->free_scanned);
}

/* One control for all zones: once the scanners have begun at a zone's start, so they do in the
 * zones that follow. */
static void work(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_node_sleep *node)
{
	int order = (int)node->kcompactd_max_order, classzone = node->kcompactd_classzone_idx;
	struct mm412_compact cc = {
		.gfp = MM412_GFP_DIRECT_RECLAIM | MM412_GFP_KSWAPD_RECLAIM | MM412_GFP_IO |
		       MM412_GFP_FS,
		.order = order,
		.classzone = (unsigned)classzone,
		.mode = MM412_COMPACT_SYNC_LIGHT,
		.ignore_skip_hint = true,
	};

	mm412_tell(
		mm, cpu, NULL,
		(struct mm_event){ MM_EVENT_KCOMPACTD_WAKE, { node->nid, order, classzone } });
	mm412_count(mm, MM412_KCOMPACTD_WAKE, 1);
	node->kcompactd_done.runs++;
	for (int i = 0; i <= classzone; i++) {
		cc.zone = populated(node->node, i);
		if (!cc.zone || mm412_compact_deferred_by(mm, cpu, NULL, cc.zone, order))
			continue;
		if (mm412_compact_suitable_by(mm, cpu, NULL, cc.zone, order, 0, (unsigned)i) !=
		    MM412_COMPACT_CONTINUE)
			continue;
		compact(mm, cpu, &cc);
	}
	/* Somebody may have asked for more in the meantime. */
	if ((int)node->kcompactd_max_order <= order)
		node->kcompactd_max_order = 0;
	if (node->kcompactd_classzone_idx >= classzone)
		node->kcompactd_classzone_idx = highest(node->node);
}

void mm412_kcompactd_run(void *state, struct sim_cpu *cpu)
{
	struct mm412 *mm = state;
	struct mm412_node_sleep *node = mm412_daemon_begins(mm);

	mm412_activity_wakes(&node->kcompactd_done, cpu);
	node->kcompactd_max_order = 0;
	node->kcompactd_classzone_idx = highest(node->node);
	for (;;) {
		mm412_tell(mm, cpu, NULL,
			   (struct mm_event){ MM_EVENT_KCOMPACTD_SLEEP, { node->nid } });
		while (!node->kcompactd_max_order) {
			node->kcompactd_asleep = true;
			mm412_activity_sleeps(&node->kcompactd_done, cpu);
			cpu->port->sleep(cpu, node->queue[MM412_Q_KCOMPACTD], UINT64_MAX);
			mm412_activity_wakes(&node->kcompactd_done, cpu);
			node->kcompactd_asleep = false;
		}
		work(mm, cpu, node);
	}
}
