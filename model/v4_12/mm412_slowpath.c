/*
 * What happens when the fast path has found no page above the low marks: kswapd is woken,
 * the reserves are opened as far as the request may use them, and what may sleep reclaims.
 *
 * Kernel: __alloc_pages_slowpath(), gfp_to_alloc_flags(), gfp_pfmemalloc_allowed(),
 * wake_all_kswapds(), wakeup_kswapd(), pgdat_balanced().
 *
 * Direct compaction is passed over, as if it had found nothing, and the second round of
 * wake-ups and the third attempt are made; direct reclaim is where a request would sleep.
 * kswapd itself is not modelled: wake-ups are counted, and it is asleep again at once.
 */
#include "model/v4_12/mm412.h"

static unsigned flags_of(uint32_t gfp)
{
	unsigned flags = MM412_WMARK_MIN | MM412_CPUSET | (gfp & MM412_GFP_HIGH);

	if (gfp & MM412_GFP_ATOMIC) {
		if (!(gfp & MM412_GFP_NOMEMALLOC))
			flags |= MM412_HARDER;
		flags &= ~(unsigned)MM412_CPUSET;
	}
	return flags;
}

/* Some zone that the request could use is above its high mark. */
static bool balanced(const struct mm412 *mm, const struct mm412_node *node, unsigned order,
		     unsigned classzone)
{
	bool any = false;

	for (unsigned i = 0; i <= classzone; i++) {
		const struct mm412_zone *zone = node->zones[i];

		if (!zone || !zone->managed)
			continue;
		any = true;
		if (mm412_watermark_safe(mm, zone, order, zone->watermark[MM412_WMARK_HIGH],
					 classzone))
			return true;
	}
	return !any;
}

static void wake_kswapd(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_zone *zone,
			const struct mm412_request *rq)
{
	struct mm412_node *node = &mm->nodes[zone->nid];

	mm412_charge(cpu, mm->cost.kswapd_test);
	if (!zone->managed || balanced(mm, node, rq->order, rq->high_idx))
		return;
	mm412_charge(cpu, mm->cost.kswapd_wake);
	node->kswapd_wakes++;
}

/* Zones of one node that follow one another count once, others every time. */
static void wake_all_kswapds(struct mm412 *mm, struct sim_cpu *cpu,
			     const struct mm412_request *rq)
{
	const struct mm412_zoneref *ref = rq->list->first[rq->high_idx];
	unsigned last = MM_MAX_NODES;

	if (!(rq->gfp & MM412_GFP_KSWAPD_RECLAIM))
		return;
	for (; ref->zone; ref = mm412_zonelist_next(ref + 1, rq->high_idx)) {
		if (ref->zone->nid != last)
			wake_kswapd(mm, cpu, ref->zone, rq);
		last = ref->zone->nid;
	}
}

static uint32_t reclaim(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_request *rq,
			unsigned flags, enum mm_verdict *verdict)
{
	uint32_t slot;

	if (mm->reclaim == MM412_RECLAIM_SLEEPS) {
		mm->would_sleep++;
		*verdict = MM_WOULD_SLEEP;
	}
	if (mm->reclaim != MM412_RECLAIM_PROGRESS)
		return MM412_NONE;
	slot = mm412_alloc_attempt(mm, cpu, rq, flags);
	if (slot != MM412_NONE)
		return slot;
	/* What was freed may sit in the atomic reserve or on per-cpu lists. */
	mm412_fallback_unreserve(mm, cpu, rq, false);
	mm412_pcp_drain_all(mm, cpu, NULL);
	return mm412_alloc_attempt(mm, cpu, rq, flags);
}

/* Memory policies do not bind requests of high priority: they start at home. */
static void go_home(const struct mm412 *mm, const struct sim_cpu *cpu, struct mm412_request *rq)
{
	mm412_alloc_request(mm, rq, mm->cpu_node[cpu->id], rq->gfp, rq->order);
}

static uint32_t last_attempts(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_request *rq,
			      unsigned flags, enum mm_verdict *verdict)
{
	uint32_t slot;

	wake_all_kswapds(mm, cpu, rq);
	if ((rq->gfp & (MM412_GFP_MEMALLOC | MM412_GFP_NOMEMALLOC)) == MM412_GFP_MEMALLOC)
		flags = MM412_NO_WATERMARKS;
	if (!(flags & MM412_CPUSET) || flags & MM412_NO_WATERMARKS)
		go_home(mm, cpu, rq);
	slot = mm412_alloc_attempt(mm, cpu, rq, flags);
	if (slot != MM412_NONE || !(rq->gfp & MM412_GFP_DIRECT_RECLAIM))
		return slot;
	return reclaim(mm, cpu, rq, flags, verdict);
}

uint32_t mm412_slowpath(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_request *rq,
			enum mm_verdict *verdict)
{
	const uint32_t abuse = MM412_GFP_ATOMIC | MM412_GFP_DIRECT_RECLAIM;
	uint32_t slot = MM412_NONE;
	unsigned flags;

	*verdict = MM_FAILED;
	mm->slow_entries++;
	mm412_charge(cpu, mm->cost.slow_entry);
	if ((rq->gfp & abuse) == abuse)
		rq->gfp &= ~(uint32_t)MM412_GFP_ATOMIC;
	flags = flags_of(rq->gfp);
	/* Without any zone there is nothing to wake or to reclaim. */
	if (rq->order < MM412_ORDERS && rq->preferred->zone) {
		wake_all_kswapds(mm, cpu, rq);
		slot = mm412_alloc_attempt(mm, cpu, rq, flags);
		if (slot == MM412_NONE)
			slot = last_attempts(mm, cpu, rq, flags, verdict);
	}
	if (slot == MM412_NONE && *verdict == MM_FAILED)
		mm->failures++;
	return slot;
}
