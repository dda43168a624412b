/*
 * Who asks for compaction: a request that found no block of its order, and whoever writes to
 * compact_memory. (kcompactd: mm412_kcompactd.c.)
 *
 * Kernel: try_to_compact_pages(), compact_zone_order(), compact_nodes(), compact_node(),
 * compaction_zonelist_suitable(), reset_isolation_suitable(), compact_gap(); mm/vmstat.c
 * fragmentation_index().
 */
#include "model/v4_12/mm412_compact.h"
#include "model/v4_12/mm412_where.h"

/* The pages on the way, and as many again so that the last block can be split. */
uint64_t mm412_compact_gap(unsigned order)
{
	return UINT64_C(2) << order;
}

/* Blocks of an order, of all types. */
static uint64_t blocks_of(const struct mm412 *mm, const struct mm412_zone *zone, unsigned order)
{
	uint64_t sum = 0;

	for (unsigned type = 0; type < mm->ntypes; type++)
		sum += mm->s[mm412_list(zone, type, order)].stamp;
	return sum;
}

int mm412_compact_index(const struct mm412 *mm, const struct mm412_zone *zone, unsigned order)
{
	uint64_t blocks = 0, pages = 0, suitable = 0;

	for (unsigned o = 0; o < MM412_ORDERS; o++) {
		uint64_t n = blocks_of(mm, zone, o);

		blocks += n;
		pages += n << o;
		suitable += o >= order ? n : 0;
	}
	if (!blocks)
		return 0;
	if (suitable)
		return -1000;
	return 1000 - (int)((1000 + pages * 1000 / ((uint64_t)1 << order)) / blocks);
}

static const struct mm412_zoneref *next_allowed(const struct mm412_zoneref *ref,
						const struct mm412_request *rq)
{
	ref = mm412_zonelist_next(ref, rq->high_idx);
	while (ref->zone && !(rq->nodes >> ref->zone->nid & 1))
		ref = mm412_zonelist_next(ref + 1, rq->high_idx);
	return ref;
}

bool mm412_compact_zonelist_suitable(const struct mm412 *mm, const struct mm412_request *rq,
				     unsigned alloc_flags)
{
	const struct mm412_zoneref *ref = next_allowed(rq->list->first[rq->high_idx], rq);

	for (; ref->zone; ref = next_allowed(ref + 1, rq)) {
		/* Not all that could be reclaimed: that would be much for one block. */
		int64_t free =
			(int64_t)(mm412_scan_zone_reclaimable(mm, ref->zone) / rq->order);

		free += mm412_vmstat_exact(mm, ref->zone);
		if (mm412_compact_suitable_with(ref->zone, (int)rq->order, alloc_flags,
						rq->preferred->idx,
						free) != MM412_COMPACT_SKIPPED)
			return true;
	}
	return false;
}

static enum mm412_compact_result zone_order(struct mm412 *mm, struct sim_cpu *cpu,
					    struct mm412_task *task,
					    const struct mm412_request *rq,
					    struct mm412_zone *zone, unsigned alloc_flags,
					    unsigned priority)
{
	bool full = priority == MM412_COMPACT_PRIO_SYNC_FULL;
	struct mm412_compact cc = {
		.zone = zone,
		.task = task,
		.gfp = rq->gfp,
		.order = (int)rq->order,
		.alloc_flags = alloc_flags,
		.classzone = rq->preferred->idx,
		.mode = priority == MM412_COMPACT_PRIO_ASYNC ? MM412_COMPACT_ASYNC
							     : MM412_COMPACT_SYNC_LIGHT,
		.ignore_skip_hint = full,
		.ignore_block_suitable = full,
		.direct = true,
		.whole_zone = full,
	};

	return mm412_compact_zone(mm, cpu, &cc);
}

static enum mm412_compact_result try_zones(struct mm412 *mm, struct sim_cpu *cpu,
					   struct mm412_task *task,
					   const struct mm412_request *rq, unsigned alloc_flags,
					   unsigned priority)
{
	const struct mm412_zoneref *ref = next_allowed(rq->list->first[rq->high_idx], rq);
	enum mm412_compact_result best = MM412_COMPACT_SKIPPED, result;
	int order = (int)rq->order;

	/* Moving pages may need the disk. */
	if (!(rq->gfp & MM412_GFP_IO))
		return MM412_COMPACT_SKIPPED;
	mm412_tell(mm, cpu, task,
		   (struct mm_event){ MM_EVENT_TRY_TO_COMPACT, { order, rq->gfp, priority } });
	for (; ref->zone; ref = next_allowed(ref + 1, rq)) {
		if (priority > MM412_COMPACT_PRIO_SYNC_FULL &&
		    mm412_compact_deferred_by(mm, cpu, task, ref->zone, order)) {
			if (best < MM412_COMPACT_DEFERRED)
				best = MM412_COMPACT_DEFERRED;
			continue;
		}
		result = zone_order(mm, cpu, task, rq, ref->zone, alloc_flags, priority);
		if (best < result)
			best = result;
		if (result == MM412_COMPACT_SUCCEEDED) {
			mm412_compact_defer_reset_by(mm, cpu, task, ref->zone, order, false);
			break;
		}
		if (priority != MM412_COMPACT_PRIO_ASYNC &&
		    (result == MM412_COMPACT_COMPLETE ||
		     result == MM412_COMPACT_PARTIAL_SKIPPED))
			mm412_compact_defer_by(mm, cpu, task, ref->zone, order);
		if (task && task->killed)
			break;
	}
	return best;
}

enum mm412_compact_result mm412_compact_try(struct mm412 *mm, struct sim_cpu *cpu,
					    struct mm412_task *task,
					    const struct mm412_request *rq,
					    unsigned alloc_flags, unsigned priority)
{
	unsigned before = sim_enter(cpu, MM412_IN_TRY_TO_COMPACT_PAGES);
	enum mm412_compact_result best = try_zones(mm, cpu, task, rq, alloc_flags, priority);

	sim_leave(cpu, before);
	return best;
}

void mm412_compact_reset(struct mm412 *mm, struct mm412_node_sleep *node)
{
	for (unsigned i = 0; i < MM412_ZONE_TYPES; i++) {
		const struct mm412_zone *zone = node->node->zones[i];

		if (zone && zone->present && mm412_zone_sleep(mm, zone)->blockskip_flush)
			mm412_compact_skip_reset(mm, zone);
	}
}

/* One control for all zones of the node: what it has scanned is counted again with each. */
static void compact_node(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_node *node)
{
	struct mm412_compact cc = {
		.gfp = MM412_GFP_DIRECT_RECLAIM | MM412_GFP_KSWAPD_RECLAIM | MM412_GFP_IO |
		       MM412_GFP_FS,
		.order = -1,
		.mode = MM412_COMPACT_SYNC,
		.ignore_skip_hint = true,
		.whole_zone = true,
	};

	for (unsigned i = 0; i < MM412_ZONE_TYPES; i++) {
		cc.zone = node->zones[i];
		if (cc.zone && cc.zone->present)
			mm412_compact_zone(mm, cpu, &cc);
	}
}

void mm412_compact_all(struct mm412 *mm, struct sim_cpu *cpu)
{
	mm412_daemon_want(mm, cpu);
	mm412_pagevec_drain_all(mm, cpu);
	for (unsigned n = 0; n < mm->nnodes; n++)
		if (mm->nodes[n].online)
			compact_node(mm, cpu, &mm->nodes[n]);
}
