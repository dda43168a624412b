/*
 * Requests and frees as callers see them.
 *
 * Kernel: __alloc_pages_nodemask(), get_page_from_freelist(), rmqueue(), rmqueue_pcplist(),
 * __free_pages(), free_hot_cold_page(), __free_pages_ok(), split_page(),
 * zone_allows_reclaim(). Requests with rules of any kind go another way, beside the fast path.
 */
#include "model/v4_12/mm412_sleep.h"
#include "model/v4_12/mm412_tell.h"
#include "model/v4_12/mm412_usual.h"
#include "model/v4_12/mm412_where.h"

/* On the way of every request; called from several places, they would be no part of it. */
#define HOT static inline __attribute__((always_inline))

HOT struct mm412_request request(const struct mm412 *mm, unsigned nid, uint32_t gfp,
				 unsigned order)
{
	const struct mm412_zonelist *list = mm412_usual_zonelist(mm, nid, gfp);
	unsigned high_idx = mm412_gfp_zone(mm, gfp);

	return (struct mm412_request){ .gfp = gfp,
				       .order = order,
				       .type = mm412_gfp_type(mm, gfp),
				       .high_idx = high_idx,
				       .list = list,
				       .preferred = list->first[high_idx],
				       .nodes = UINT64_MAX };
}

void mm412_alloc_request(const struct mm412 *mm, struct mm412_request *rq, unsigned nid,
			 uint32_t gfp, unsigned order)
{
	*rq = request(mm, nid, gfp, order);
}

HOT uint32_t take_from_pcp(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			   const struct mm412_request *rq)
{
	struct mm412_pcp *pcp = &zone->pcps[cpu->id];
	uint32_t head = mm412_pcp_head(mm, pcp, rq->type), slot;
	bool cold = rq->gfp & MM412_GFP_COLD;

	mm412_charge_both(cpu, mm->cost.irq, mm->cost.pcp_take);
	mm412_touch_pcp(mm, cpu, pcp, true);
	mm->path = MM_PATH_PCP;
	if (mm_list_empty(mm->s, head)) {
		mm->path = MM_PATH_BUDDY;
		mm412_pcp_fill(mm, zone, pcp, cpu, rq->type, cold);
		if (mm_list_empty(mm->s, head))
			return MM412_NONE;
	}
	slot = cold ? mm->s[head].prev : mm->s[head].next;
	mm412_touch_frame(mm, cpu, slot);
	mm412_touch_beside(mm, cpu, cold ? mm->s[slot].prev : mm->s[slot].next);
	mm_list_del(mm->s, slot);
	pcp->count--;
	mm412_pcp_scout(mm, zone, rq->type);
	return slot;
}

static uint32_t take_from_zone(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			       const struct mm412_request *rq, unsigned flags)
{
	struct mm412_pcp *pcp = &zone->pcps[cpu->id];
	uint32_t slot = MM412_NONE;

	mm412_charge(cpu, mm->cost.irq);
	mm->path = MM_PATH_BUDDY;
	mm412_lock(mm, zone, cpu, SIM_CAUSE_HIGH_ORDER);
	if (flags & MM412_HARDER)
		slot = mm412_buddy_smallest(mm, zone, cpu, rq->order, MM412_HIGHATOMIC);
	if (slot == MM412_NONE)
		slot = mm412_buddy_take(mm, zone, cpu, rq->order, rq->type);
	if (__builtin_expect(mm->telling, 0))
		mm412_tell_taken(mm, cpu, slot, rq->order, rq->type);
	mm412_unlock(zone, cpu);
	if (slot == MM412_NONE)
		return MM412_NONE;
	mm412_touch_pcp(mm, cpu, pcp, true);
	mm412_vmstat_free(mm, zone, pcp, cpu, -((int64_t)1 << rq->order));
	return slot;
}

/*
 * The frames of a block of order > 0 are checked and prepared one by one; a new block's are
 * only looked at, unless they become parts of a compound page.
 */
static void visit_frames(const struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
			 unsigned order, const uint64_t *cycles, bool write)
{
	uint32_t more = (1u << order) - 1;

	sim_charge(cpu, (uint32_t)*cycles * more);
	mm412_touch_run(mm, cpu, slot + 1, more, write);
}

HOT uint32_t take(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
		  const struct mm412_request *rq, unsigned flags)
{
	struct mm_slot *s;
	uint32_t slot;

	slot = rq->order == 0 ? take_from_pcp(mm, zone, cpu, rq)
			      : take_from_zone(mm, zone, cpu, rq, flags);
	if (slot == MM412_NONE)
		return MM412_NONE;
	s = &mm->s[slot];
	s->tag = mm412_tag(MM412_USED, rq->order, zone->id);
	s->use = 0;
	zone->events.pgalloc += (uint64_t)1 << rq->order;
	mm412_vmstat_statistics(mm, rq->preferred->zone, zone, cpu);
	mm412_charge_both(cpu, mm->cost.statistics, mm->cost.prep);
	if (rq->order)
		visit_frames(mm, cpu, slot, rq->order, mm->cost.prep_frame,
			     rq->gfp & MM412_GFP_COMP);
	if (rq->gfp & MM412_GFP_ZERO)
		sim_pages(cpu, SIM_NO_FRAME, mm412_frame(mm, slot), (uint64_t)1 << rq->order);
	return slot;
}

/* Movable pages can leave an area when its driver wants it. The slow path's attempts say so
 * themselves, and its last ones do not. */
static unsigned may_use_cma(const struct mm412_request *rq, unsigned flags)
{
	bool fast = (flags & (MM412_WMARK_MASK | MM412_NO_WATERMARKS)) == MM412_WMARK_LOW;

	return fast && rq->type == MM412_MOVABLE ? MM412_USE_CMA : 0;
}

HOT bool passes(const struct mm412 *mm, const struct mm412_zone *zone, struct sim_cpu *cpu,
		const struct mm412_request *rq, unsigned flags)
{
	unsigned mark = flags & MM412_WMARK_MASK, classzone = rq->preferred->idx;
	int64_t free = mm412_vmstat_nr_free(zone), usable = free;

	mm412_charge(cpu, mm->cost.watermark);
	mm412_touch_marks(cpu, zone);
	if (zone->nr_free_cma > 0) {
		mm412_touch_cma(mm, cpu, zone);
		flags |= may_use_cma(rq, flags);
		usable -= flags & MM412_USE_CMA ? 0 : zone->nr_free_cma;
	}
	/* The short cut for single pages does not look at the atomic reserve. */
	if (rq->order == 0 && (uint64_t)usable > zone->mark_and_reserve[mark][classzone])
		return true;
	mm412_charge(cpu, mm->cost.watermark_exact);
	return mm412_watermark_look(mm, zone, cpu, rq->order, zone->watermark[mark], classzone,
				    flags, free) ||
	       flags & MM412_NO_WATERMARKS;
}

const struct mm412_zone *mm412_alloc_choose(const struct mm412 *mm, struct sim_cpu *cpu,
					    const struct mm412_request *rq, unsigned flags,
					    uint64_t full_nodes)
{
	const struct mm412_zoneref *ref = rq->preferred;

	while (ref->zone &&
	       (full_nodes >> ref->zone->nid & 1 || !passes(mm, ref->zone, cpu, rq, flags)))
		ref = mm412_zonelist_next(ref + 1, rq->high_idx);
	return ref->zone;
}

HOT uint32_t attempt(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_request *rq,
		     unsigned flags)
{
	const struct mm412_zoneref *ref = rq->preferred;

	for (; ref->zone; ref = mm412_zonelist_next(ref + 1, rq->high_idx)) {
		uint32_t slot;

		mm412_charge(cpu, mm->cost.zone_step);
		if (!passes(mm, ref->zone, cpu, rq, flags))
			continue;
		slot = take(mm, ref->zone, cpu, rq, flags);
		if (slot == MM412_NONE)
			continue;
		if (rq->order && flags & MM412_HARDER)
			mm412_fallback_reserve(mm, ref->zone, cpu, slot);
		return slot;
	}
	return MM412_NONE;
}

uint32_t mm412_alloc_attempt(struct mm412 *mm, struct sim_cpu *cpu,
			     const struct mm412_request *rq, unsigned flags)
{
	return attempt(mm, cpu, rq, flags);
}

/* Of two zones of one node over its limit only the first has to find out. */
static bool dirty_ok(const struct mm412 *mm, unsigned nid, const struct mm412_task *task,
		     unsigned *over)
{
	if (*over == nid)
		return false;
	if (mm412_dirty_node_ok(mm, nid, task))
		return true;
	*over = nid;
	return false;
}

/* node_reclaim() instead of going to the next node; true: the zone has enough now. */
static bool reclaims(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_request *rq,
		     struct mm412_zone *zone, unsigned flags, struct mm412_limits *limits)
{
	unsigned home = rq->preferred->zone->nid, mark = flags & MM412_WMARK_MASK, before;
	int reclaimed;

	if (!mm->sleep || !mm->params.zone_reclaim_mode[0] ||
	    !(mm->nodes[home].near >> zone->nid & 1))
		return false;
	if (!cpu->on_actor) {
		limits->would_sleep |=
			rq->gfp & MM412_GFP_DIRECT_RECLAIM && !limits->task->memalloc;
		return false;
	}
	mm412_daemon_want(mm, cpu);
	before = sim_enter(cpu, MM412_IN_NODE_RECLAIM);
	reclaimed = mm412_reclaim_node(mm, cpu, limits->task, zone, rq->gfp, rq->order);
	sim_leave(cpu, before);
	if (reclaimed < 0)
		return false;
	mm412_charge(cpu, mm->cost.watermark_exact);
	mm412_touch_marks(cpu, zone);
	return mm412_watermark_look(mm, zone, cpu, rq->order, zone->watermark[mark],
				    rq->preferred->idx, flags | may_use_cma(rq, flags),
				    mm412_vmstat_nr_free(zone));
}

uint32_t mm412_alloc_within(struct mm412 *mm, struct sim_cpu *cpu,
			    const struct mm412_request *rq, unsigned flags,
			    struct mm412_limits *limits)
{
	const struct mm412_zoneref *ref = rq->preferred;
	unsigned over = MM_MAX_NODES;

	for (; ref->zone; ref = mm412_zonelist_next(ref + 1, rq->high_idx)) {
		struct mm412_zone *zone = ref->zone;
		uint32_t slot;

		mm412_charge(cpu, mm->cost.zone_step);
		if (!mm412_mempolicy_allows(rq, zone, flags, limits))
			continue;
		if (limits->spread_dirty && !dirty_ok(mm, zone->nid, limits->task, &over))
			continue;
		if (!passes(mm, zone, cpu, rq, flags) &&
		    !reclaims(mm, cpu, rq, zone, flags, limits)) {
			if (limits->would_sleep)
				return MM412_NONE;
			continue;
		}
		slot = take(mm, zone, cpu, rq, flags);
		if (slot == MM412_NONE)
			continue;
		if (rq->order && flags & MM412_HARDER)
			mm412_fallback_reserve(mm, zone, cpu, slot);
		return slot;
	}
	return MM412_NONE;
}

/*
 * Made where the caller wants it: a copy of a local one would read as words what was just
 * written as bytes, and the host would have to wait.
 */
static struct mm_grant granted(const struct mm412 *mm, uint32_t slot)
{
	unsigned zone = mm412_tag_zone(mm->s[slot].tag);

	return (struct mm_grant){ .frame = mm412_frame(mm, slot),
				  .verdict = MM_DONE,
				  .path = mm->path,
				  .node = mm->zones[zone].nid,
				  .zone = (uint8_t)zone };
}

struct mm_grant mm412_alloc_granted(const struct mm412 *mm, uint32_t slot, enum mm_path path)
{
	struct mm_grant grant = granted(mm, slot);

	grant.path = path;
	return grant;
}

/* Not a part of its caller: nobody there knows where the request lies, who then need not have
 * it anywhere. */
__attribute__((noinline)) static uint32_t attempt_blocks(struct mm412 *mm, struct sim_cpu *cpu,
							 struct mm_request req)
{
	struct mm412_request rq = request(mm, req.node, req.gfp, req.order);

	return req.order < MM412_ORDERS ? attempt(mm, cpu, &rq, MM412_WMARK_LOW) : MM412_NONE;
}

__attribute__((noinline)) static struct mm_grant
try_slowly(struct mm412 *mm, struct sim_cpu *cpu, struct mm_request req)
{
	struct mm412_request rq = request(mm, req.node, req.gfp, req.order);

	return mm412_slowpath(mm, cpu, &rq, req);
}

HOT uint32_t attempt_page(struct mm412 *mm, struct sim_cpu *cpu, struct mm_request req)
{
	struct mm412_request rq = request(mm, req.node, req.gfp, 0);

	return attempt(mm, cpu, &rq, MM412_WMARK_LOW);
}

/* Any request, in all memory models. */
__attribute__((noinline)) static struct mm_grant try_any(struct mm412 *mm, struct sim_cpu *cpu,
							 struct mm_request req)
{
	uint32_t slot;

	mm412_charge(cpu, mm->cost.alloc_entry);
	if (mm->watch & (req.gfp | MM412_WATCH_ALL))
		return mm412_slowpath_watched(mm, cpu, req);
	slot = req.order ? attempt_blocks(mm, cpu, req) : attempt_page(mm, cpu, req);
	if (slot != MM412_NONE)
		return granted(mm, slot);
	return try_slowly(mm, cpu, req);
}

/* The usual request in one go: mm412_usual.h. */
struct mm_grant mm412_alloc_try(void *state, struct sim_cpu *cpu, struct mm_request req)
{
	struct mm412 *mm = state;
	unsigned type = mm412_gfp_type(mm, req.gfp);
	struct mm412_zone *zone;
	uint32_t slot;

	if (req.order || mm->watch & (req.gfp | MM412_WATCH_ALL) || req.gfp & MM412_GFP_COLD ||
	    cpu->memory->touch)
		return try_any(mm, cpu, req);
	zone = mm412_usual_zone(mm, cpu, req, type);
	if (!zone)
		return try_any(mm, cpu, req);
	slot = mm412_usual_take(mm, zone, cpu, type);
	if (req.gfp & MM412_GFP_ZERO)
		sim_pages(cpu, SIM_NO_FRAME, mm412_frame(mm, slot), 1);
	return (struct mm_grant){ .frame = mm412_frame(mm, slot),
				  .verdict = MM_DONE,
				  .path = MM_PATH_PCP,
				  .node = zone->nid,
				  .zone = zone->id };
}

static void give_to_zone(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			 uint32_t slot, unsigned order)
{
	unsigned type = mm->s[slot].type;

	mm412_charge(cpu, mm->cost.free_block);
	visit_frames(mm, cpu, slot, order, mm->cost.free_frame, true);
	mm412_lock(mm, zone, cpu, SIM_CAUSE_FREE);
	/* Until the lock was there the pageblock may have been isolated, or freed from it. */
	if (zone->nr_isolated || type == MM412_ISOLATE)
		type = mm412_block_type(mm, slot);
	mm412_touch_pcp(mm, cpu, &zone->pcps[cpu->id], true);
	mm412_buddy_give(mm, zone, &zone->pcps[cpu->id], cpu, slot, order, type);
	mm412_unlock(zone, cpu);
}

static void give_to_pcp(struct mm412 *mm, struct mm412_zone *zone, struct sim_cpu *cpu,
			uint32_t slot, bool cold)
{
	struct mm412_pcp *pcp = &zone->pcps[cpu->id];
	unsigned type = mm->s[slot].type;
	uint32_t head;

	if (type >= MM412_PCP_TYPES) {
		if (type == MM412_ISOLATE) {
			give_to_zone(mm, zone, cpu, slot, 0);
			return;
		}
		/* Others serve movable requests, but remember where they belong. */
		type = MM412_MOVABLE;
	}
	head = mm412_pcp_head(mm, pcp, type);
	mm->s[slot].tag = mm412_tag(MM412_ON_PCP, 0, zone->id);
	if (cold)
		mm_list_add_tail(mm->s, head, slot);
	else
		mm_list_add(mm->s, head, slot);
	mm412_charge(cpu, mm->cost.pcp_give);
	mm412_touch_pcp(mm, cpu, pcp, true);
	mm412_touch_beside(mm, cpu, cold ? mm->s[slot].prev : mm->s[slot].next);
	if (++pcp->count >= zone->pcp_high)
		mm412_pcp_drain_some(mm, zone, pcp, cpu, zone->pcp_batch);
}

/* Frames of a split block that come back together: only the first stays a head. */
static void join(struct mm412 *mm, uint32_t slot, unsigned order)
{
	for (uint32_t i = 1; i < 1u << order; i++) {
		assert(mm412_tag_state(mm->s[slot + i].tag) == MM412_USED);
		mm->s[slot + i].tag = 0;
		mm->s[slot + i].use = 0;
	}
}

__attribute__((noinline)) static void free_any(struct mm412 *mm, struct sim_cpu *cpu,
					       uint32_t slot, unsigned order, bool cold)
{
	struct mm_slot *s = &mm->s[slot];
	struct mm412_zone *zone = &mm->zones[mm412_tag_zone(s->tag)];

	if (mm412_tag_order(s->tag) != order)
		join(mm, slot, order);
	mm412_charge_both(cpu, mm->cost.free_entry, mm->cost.irq);
	mm412_touch_frame(mm, cpu, slot);
	mm412_touch_block(mm, cpu, slot, false);
	s->type = (uint8_t)mm412_block_type(mm, slot);
	s->use = 0;
	zone->events.pgfree += (uint64_t)1 << order;
	if (order == 0)
		give_to_pcp(mm, zone, cpu, slot, cold);
	else
		give_to_zone(mm, zone, cpu, slot, order);
}

void mm412_alloc_free(void *state, struct sim_cpu *cpu, uint64_t frame, unsigned order,
		      bool cold)
{
	struct mm412 *mm = state;
	uint32_t slot = mm412_slot(mm, frame);
	unsigned type = mm412_block_type(mm, slot);
	uint16_t tag = mm->s[slot].tag;

	assert(frame >= mm->base && slot < mm->slots);
	assert(mm412_tag_state(tag) == MM412_USED);
	assert(frame % ((uint64_t)1 << order) == 0);
	if (order || cold || mm412_tag_order(tag) || type >= MM412_PCP_TYPES ||
	    cpu->memory->touch)
		free_any(mm, cpu, slot, order, cold);
	else
		mm412_usual_give(mm, &mm->zones[mm412_tag_zone(tag)], cpu, slot, type);
}

void mm412_alloc_split(void *state, uint64_t frame, unsigned order)
{
	struct mm412 *mm = state;
	uint32_t slot = mm412_slot(mm, frame);
	struct mm_slot head = mm->s[slot];

	assert(mm412_tag_state(head.tag) == MM412_USED);
	assert(mm412_tag_order(head.tag) == order);
	for (uint32_t i = 0; i < 1u << order; i++) {
		mm->s[slot + i].tag = mm412_tag(MM412_USED, 0, mm412_tag_zone(head.tag));
		mm->s[slot + i].use = head.use;
	}
}

void mm412_alloc_note_use(void *state, uint64_t frame, unsigned order, unsigned use)
{
	struct mm412 *mm = state;
	uint32_t slot = mm412_slot(mm, frame);

	assert(mm412_tag_state(mm->s[slot].tag) == MM412_USED);
	assert(mm412_tag_order(mm->s[slot].tag) == order);
	(void)order;
	mm->s[slot].use = (uint8_t)use;
}
