/*
 * Whether a request that reclaim and compaction have not helped goes round again.
 *
 * Kernel: should_reclaim_retry(), should_compact_retry().
 */
#include "model/v4_12/mm412_sleep.h"

/* Would the zone serve the request if all that can be reclaimed were? */
static bool could_serve(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_task *task,
			const struct mm412_request *rq, const struct mm412_zone *zone,
			unsigned flags, int loops)
{
	uint64_t min = zone->watermark[MM412_WMARK_MIN];
	int64_t reclaimable = (int64_t)mm412_scan_zone_reclaimable(mm, zone);
	int64_t available = reclaimable + mm412_vmstat_exact(mm, zone);
	bool ok = mm412_watermark_exact(zone, rq->order, min, rq->preferred->idx, flags,
					available);

	mm412_charge(cpu, mm->cost.watermark_exact);
	mm412_touch_marks(cpu, zone);
	mm412_touch_parts(mm, cpu, zone);
	mm412_tell(mm, cpu, task,
		   (struct mm_event){ MM_EVENT_RECLAIM_RETRY_ZONE,
				      { zone->nid, zone->idx, (int64_t)rq->order, reclaimable,
					available, (int64_t)min, loops, ok } });
	return ok;
}

/* Most of what could be reclaimed has to be written first. */
static bool waits_for_disks(const struct mm412 *mm, const struct mm412_zone *zone)
{
	int64_t pending = mm412_zone_sleep(mm, zone)->stat[MM412_ZONE_WRITE_PENDING];

	return 2 * pending > (int64_t)mm412_scan_zone_reclaimable(mm, zone);
}

bool mm412_retry_reclaim(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			 const struct mm412_request *rq, unsigned flags, bool progress,
			 int *no_progress_loops)
{
	const struct mm412_zoneref *ref = rq->list->first[rq->high_idx];

	/* What a costly request's reclaim has freed may lie anywhere. */
	if (progress && rq->order <= MM412_COSTLY_ORDER)
		*no_progress_loops = 0;
	else
		(*no_progress_loops)++;
	if (*no_progress_loops > (int)MM412_MAX_RETRIES)
		return mm412_fallback_unreserve(mm, cpu, rq, true);
	for (; ref->zone; ref = mm412_zonelist_next(ref + 1, rq->high_idx)) {
		const struct mm412_zone *zone = ref->zone;

		if (!(rq->nodes >> zone->nid & 1) ||
		    !could_serve(mm, cpu, task, rq, zone, flags, *no_progress_loops))
			continue;
		if (!progress && waits_for_disks(mm, zone))
			mm412_reclaim_congestion_wait(mm, cpu, false, mm->hz / 10);
		else
			cpu->port->settle(cpu);
		return true;
	}
	return false;
}

/* It has not looked at all there is, or at nothing. */
static bool withdrawn(enum mm412_compact_result result)
{
	return result == MM412_COMPACT_SKIPPED || result == MM412_COMPACT_DEFERRED ||
	       result == MM412_COMPACT_CONTENDED || result == MM412_COMPACT_PARTIAL_SKIPPED;
}

static bool try_harder(const struct mm412_request *rq, unsigned *priority, unsigned *retries)
{
	unsigned hardest = rq->order > MM412_COSTLY_ORDER ? MM412_COMPACT_PRIO_SYNC_LIGHT
							  : MM412_COMPACT_PRIO_SYNC_FULL;

	if (*priority <= hardest)
		return false;
	(*priority)--;
	*retries = 0;
	return true;
}

bool mm412_retry_compact(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			 const struct mm412_request *rq, unsigned flags,
			 enum mm412_compact_result result, unsigned *priority,
			 unsigned *retries)
{
	unsigned most = MM412_MAX_RETRIES, before = *retries, tried = *priority;
	bool again;

	if (!rq->order)
		return false;
	if (result == MM412_COMPACT_SUCCEEDED)
		(*retries)++;
	if (result == MM412_COMPACT_COMPLETE) {
		again = try_harder(rq, priority, retries);
	} else if (withdrawn(result)) {
		again = mm412_compact_zonelist_suitable(mm, rq, flags);
	} else {
		if (rq->order > MM412_COSTLY_ORDER)
			most /= 4;
		again = *retries <= most || try_harder(rq, priority, retries);
	}
	mm412_tell(mm, cpu, task,
		   (struct mm_event){
			   MM_EVENT_COMPACT_RETRY,
			   { (int64_t)rq->order, tried, result, before, most, again } });
	return again;
}
