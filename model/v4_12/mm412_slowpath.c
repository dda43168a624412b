/*
 * What happens when the fast path has found no page above the low marks: kswapd is woken,
 * the reserves are opened as far as the request may use them, and what may sleep reclaims,
 * compacts, and at last has a task killed.
 *
 * Kernel: __alloc_pages_slowpath(), __alloc_pages_direct_compact(),
 * __alloc_pages_direct_reclaim(), __perform_reclaim(), __alloc_pages_may_oom(),
 * __alloc_pages_cpuset_fallback(), gfp_to_alloc_flags(), gfp_pfmemalloc_allowed(),
 * wake_all_kswapds().
 *
 * A dispatcher goes on to the point where the request would compact, reclaim, or sleep; the
 * task's actor takes over there. A kernel without a world passes compaction over, as if it had
 * found nothing, and mm->reclaim says what direct reclaim does.
 */
#include "model/v4_12/mm412_sleep.h"
#include "model/v4_12/mm412_where.h"

/* mm_grant.stage: where a request goes on. */
enum stage { STAGE_BEGIN, STAGE_COMPACT, STAGE_RETRY, STAGE_RECLAIM };

/* One request on its way. */
struct attempt {
	struct mm412_request rq;
	struct mm412_limits limits; /* its task is NULL in a kernel without a world */
	unsigned flags;
	enum stage stage;
	enum mm_path path;
	bool would_sleep, over; /* over: no page, for good */
	uint64_t progress;      /* pages that direct reclaim has freed */
	enum mm412_compact_result compacted;
	unsigned compact_priority, compact_retries;
	int no_progress_loops;
	uint64_t rounds;
	const struct mm412_zone *interleaved; /* the first zone of its turn; NULL = has none */
};

static unsigned flags_of(const struct mm412_request *rq)
{
	unsigned flags = MM412_WMARK_MIN | MM412_CPUSET | (rq->gfp & MM412_GFP_HIGH);

	if (rq->gfp & MM412_GFP_ATOMIC) {
		if (!(rq->gfp & MM412_GFP_NOMEMALLOC))
			flags |= MM412_HARDER;
		flags &= ~(unsigned)MM412_CPUSET;
	}
	return rq->type == MM412_MOVABLE ? flags | MM412_USE_CMA : flags;
}

/* Who frees memory, or is about to, gets all there is. Interrupts have no task. */
static bool may_use_all(const struct attempt *a)
{
	const struct mm412_task *task = a->limits.task;

	if (a->rq.gfp & MM412_GFP_NOMEMALLOC)
		return false;
	if (a->rq.gfp & MM412_GFP_MEMALLOC)
		return true;
	return task && !(a->rq.gfp & MM412_GFP_ATOMIC) && (task->memalloc || task->memdie);
}

/* wakeup_kswapd() leaves alone what the task's cpuset does not allow, whatever the request may
 * do in need. */
static bool may_wake(const struct attempt *a, unsigned nid)
{
	const struct mm412_task *task = a->limits.task;

	return a->limits.mems >> nid & 1 || a->rq.gfp & MM412_GFP_ATOMIC ||
	       (task && task->memdie);
}

/* Zones of one node that follow one another count once, others every time. */
static void wake_all_kswapds(struct mm412 *mm, struct sim_cpu *cpu, const struct attempt *a)
{
	const struct mm412_request *rq = &a->rq;
	const struct mm412_zoneref *ref = rq->list->first[rq->high_idx];
	unsigned last = MM_MAX_NODES;

	if (!(rq->gfp & MM412_GFP_KSWAPD_RECLAIM))
		return;
	for (; ref->zone; ref = mm412_zonelist_next(ref + 1, rq->high_idx)) {
		if (!(rq->nodes >> ref->zone->nid & 1))
			continue;
		if (ref->zone->nid != last && may_wake(a, ref->zone->nid))
			mm412_kswapd_wake(mm, cpu, a->limits.task, ref->zone, rq->order,
					  rq->high_idx);
		last = ref->zone->nid;
	}
}

static uint32_t try(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a, unsigned flags)
{
	uint32_t slot;

	if (!mm->watch)
		return mm412_alloc_attempt(mm, cpu, &a->rq, flags);
	slot = mm412_alloc_within(mm, cpu, &a->rq, flags, &a->limits);
	a->would_sleep = a->limits.would_sleep;
	return slot;
}

/* ---- reclaim and compaction -------------------------------------------------------------- */

/* What was freed may sit in the atomic reserve or on per-cpu lists. */
static uint32_t try_after_reclaim(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	uint32_t slot = try(mm, cpu, a, a->flags);

	if (slot != MM412_NONE)
		return slot;
	mm412_fallback_unreserve(mm, cpu, &a->rq, false);
	mm412_pcp_drain_all(mm, cpu, NULL);
	return try(mm, cpu, a, a->flags);
}

/* What was done last before there was a page; the OOM killer is never forgotten. */
static void note_path(struct attempt *a, enum mm_path path)
{
	if (a->path != MM_PATH_OOM)
		a->path = path;
}

static uint32_t direct_reclaim(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	unsigned before = sim_enter(cpu, MM412_IN_TRY_TO_FREE_PAGES);
	struct mm412_task *task = a->limits.task;
	bool memalloc = task->memalloc;

	note_path(a, MM_PATH_RECLAIM);
	cpu->port->settle(cpu);
	task->memalloc = true;
	task->slab_reclaimed = 0;
	a->progress = mm412_reclaim_direct(mm, cpu, task, &a->rq);
	task->memalloc = memalloc;
	cpu->port->settle(cpu);
	sim_leave(cpu, before);
	return a->progress ? try_after_reclaim(mm, cpu, a) : MM412_NONE;
}

static uint32_t direct_compact(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a,
			       unsigned priority)
{
	struct mm412_task *task = a->limits.task;
	bool memalloc = task->memalloc;
	const struct mm412_zone *zone;
	uint32_t slot;

	if (!a->rq.order)
		return MM412_NONE;
	note_path(a, MM_PATH_COMPACT);
	task->memalloc = true;
	a->compacted = mm412_compact_try(mm, cpu, task, &a->rq, a->flags, priority);
	task->memalloc = memalloc;
	if (a->compacted <= MM412_COMPACT_INACTIVE)
		return MM412_NONE;
	mm412_count(mm, MM412_COMPACT_STALL, 1);
	slot = try(mm, cpu, a, a->flags);
	if (slot == MM412_NONE) {
		mm412_count(mm, MM412_COMPACT_FAIL, 1);
		cpu->port->settle(cpu);
		return MM412_NONE;
	}
	zone = &mm->zones[mm412_tag_zone(mm->s[slot].tag)];
	mm412_zone_sleep(mm, zone)->blockskip_flush = false;
	mm412_compact_defer_reset_by(mm, cpu, task, zone, (int)a->rq.order, true);
	mm412_count(mm, MM412_COMPACT_SUCCESS, 1);
	return slot;
}

/* Costly requests need no reclaim as a rule, and unmovable ones should not steal a pageblock
 * where movable pages could make room. */
static bool compacts_first(const struct mm412 *mm, const struct attempt *a)
{
	const struct mm412_request *rq = &a->rq;

	return mm->sleep && rq->gfp & MM412_GFP_DIRECT_RECLAIM &&
	       (rq->order > MM412_COSTLY_ORDER ||
		(rq->order > 0 && rq->type != MM412_MOVABLE)) &&
	       !may_use_all(a);
}

static uint32_t compact_first(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	uint32_t slot = direct_compact(mm, cpu, a, MM412_COMPACT_PRIO_ASYNC);

	if (slot == MM412_NONE && a->rq.order > MM412_COSTLY_ORDER &&
	    a->rq.gfp & MM412_GFP_NORETRY) {
		a->over = a->compacted == MM412_COMPACT_DEFERRED;
		a->compact_priority = MM412_COMPACT_PRIO_ASYNC;
	}
	return slot;
}

/* ---- out of memory ----------------------------------------------------------------------- */

/* A cpuset is left when its nodes have nothing. */
static uint32_t try_beyond_cpuset(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a,
				  unsigned flags)
{
	uint32_t slot = try(mm, cpu, a, flags | MM412_CPUSET);

	return slot != MM412_NONE ? slot : try(mm, cpu, a, flags);
}

/* Somebody else may have killed already: then there is more than the high mark. */
static uint32_t try_once_more(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	uint32_t gfp = a->rq.gfp, slot;

	a->rq.gfp |= MM412_GFP_HARDWALL;
	slot = try(mm, cpu, a, MM412_WMARK_HIGH | MM412_CPUSET);
	a->rq.gfp = gfp;
	return slot;
}

static uint32_t may_oom(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	struct mm412_sleep *sleep = mm->sleep;
	uint64_t panics = sleep->panics;
	uint32_t slot;

	a->progress = 0;
	if (sleep->oom_lock) {
		a->progress = 1;
		cpu->port->sleep(cpu, NULL, sleep->jiffy);
		return MM412_NONE;
	}
	sleep->oom_lock = true;
	a->path = MM_PATH_OOM;
	slot = try_once_more(mm, cpu, a);
	if (slot == MM412_NONE && mm412_oom_helps(mm, &a->rq)) {
		a->progress = mm412_oom_kill(mm, cpu, a->limits.task, &a->rq) ||
			      a->rq.gfp & MM412_GFP_NOFAIL;
		/* The machine stands still: whoever asked gets nothing. */
		a->over = sleep->panics != panics;
		if (a->progress && !a->over && a->rq.gfp & MM412_GFP_NOFAIL)
			slot = try_beyond_cpuset(mm, cpu, a, MM412_NO_WATERMARKS);
	}
	sleep->oom_lock = false;
	cpu->port->wake(cpu, sleep->oom_queue, UINT32_MAX);
	return slot;
}

/* ---- the order of attempts --------------------------------------------------------------- */

/* The first attempt with the reserves; mm412_slowpath() has looked at the fast path's. */
static uint32_t begin(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	mm->slow_entries++;
	mm412_charge(cpu, mm->cost.slow_entry);
	a->rq.gfp = mm412_gfp_own(a->rq.gfp);
	a->flags = flags_of(&a->rq);
	/* Without any zone there is nothing to wake or to reclaim. */
	a->over = a->rq.order >= MM412_ORDERS || !a->rq.preferred->zone;
	if (a->over)
		return MM412_NONE;
	wake_all_kswapds(mm, cpu, a);
	return try(mm, cpu, a, a->flags);
}

/* Memory policies do not bind requests of high priority: they start at home. */
static void go_home(const struct mm412 *mm, const struct sim_cpu *cpu, struct attempt *a)
{
	uint64_t nodes = a->rq.nodes;

	mm412_alloc_request(mm, &a->rq, mm->cpu_node[cpu->id], a->rq.gfp, a->rq.order);
	a->rq.nodes = nodes;
	a->rq.preferred = mm412_mempolicy_first(&a->rq);
}

static void set_flags(const struct mm412 *mm, const struct sim_cpu *cpu, struct attempt *a)
{
	if (may_use_all(a))
		a->flags = MM412_NO_WATERMARKS;
	if (!(a->flags & MM412_CPUSET) || a->flags & MM412_NO_WATERMARKS)
		go_home(mm, cpu, a);
}

static uint32_t retry(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	uint32_t slot;

	wake_all_kswapds(mm, cpu, a);
	set_flags(mm, cpu, a);
	slot = try(mm, cpu, a, a->flags);
	/* Nobody who reclaims may reclaim within. */
	if (slot == MM412_NONE)
		a->over = !(a->rq.gfp & MM412_GFP_DIRECT_RECLAIM) ||
			  (a->limits.task && a->limits.task->memalloc);
	return slot;
}

/* Another round may do what this one has not. */
static bool worth_another(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	struct mm412_task *task = a->limits.task;

	if (mm412_retry_reclaim(mm, cpu, task, &a->rq, a->flags, a->progress > 0,
				&a->no_progress_loops))
		return true;
	return a->progress > 0 &&
	       mm412_retry_compact(mm, cpu, task, &a->rq, a->flags, a->compacted,
				   &a->compact_priority, &a->compact_retries);
}

/* Reclaim, compaction, and what comes when they have not helped; sets `over`. */
static uint32_t get_help(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	const struct mm412_task *task = a->limits.task;
	uint32_t gfp = a->rq.gfp, slot = direct_reclaim(mm, cpu, a);
	unsigned before;

	if (slot == MM412_NONE)
		slot = direct_compact(mm, cpu, a, a->compact_priority);
	if (slot != MM412_NONE)
		return slot;
	a->over = gfp & MM412_GFP_NORETRY ||
		  (a->rq.order > MM412_COSTLY_ORDER && !(gfp & MM412_GFP_REPEAT));
	if (a->over || worth_another(mm, cpu, a))
		return MM412_NONE;
	before = sim_enter(cpu, MM412_IN_ALLOC_PAGES_MAY_OOM);
	slot = may_oom(mm, cpu, a);
	sim_leave(cpu, before);
	if (slot != MM412_NONE || a->over)
		return slot;
	a->over = !a->progress || (task->memdie && (a->flags == MM412_NO_WATERMARKS ||
						    gfp & MM412_GFP_NOMEMALLOC));
	a->no_progress_loops = 0;
	return MM412_NONE;
}

/* Who may not fail gets a part of the reserves, and another round. */
static uint32_t may_not_fail(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	uint32_t slot = try_beyond_cpuset(mm, cpu, a, MM412_HARDER);

	if (slot == MM412_NONE)
		cpu->port->settle(cpu);
	return slot;
}

/* The kernel would go on; nothing that is simulated could ever end it. */
static bool given_up(struct mm412 *mm, struct attempt *a)
{
	if (++a->rounds <= mm->params.hang_rounds[0])
		return false;
	mm->sleep->would_hang++;
	return true;
}

/* On an actor: rounds until there is a page, or none for good. */
static uint32_t rounds(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	while (!given_up(mm, a)) {
		uint64_t panics = mm->sleep->panics;
		uint32_t slot = MM412_NONE;

		if (a->stage != STAGE_RECLAIM)
			slot = retry(mm, cpu, a);
		a->stage = STAGE_RETRY;
		if (slot == MM412_NONE && !a->over)
			slot = get_help(mm, cpu, a);
		if (slot == MM412_NONE && a->over && a->rq.gfp & MM412_GFP_NOFAIL &&
		    a->rq.gfp & MM412_GFP_DIRECT_RECLAIM && mm->sleep->panics == panics) {
			a->over = false;
			slot = may_not_fail(mm, cpu, a);
		}
		if (slot != MM412_NONE || a->over)
			return slot;
	}
	return MM412_NONE;
}

static uint32_t stop_here(struct attempt *a, enum stage stage)
{
	a->stage = stage;
	a->would_sleep = true;
	return MM412_NONE;
}

/* What direct reclaim is without a world. */
static uint32_t pretend(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	if (mm->reclaim == MM412_RECLAIM_PROGRESS)
		return try_after_reclaim(mm, cpu, a);
	if (mm->reclaim == MM412_RECLAIM_SLEEPS) {
		mm->would_sleep++;
		a->would_sleep = true;
	}
	return MM412_NONE;
}

/* From a->stage on: a page, or would_sleep, or none for good. */
static uint32_t go_on(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	uint32_t slot;

	if (a->stage == STAGE_BEGIN) {
		slot = begin(mm, cpu, a);
		if (slot != MM412_NONE || a->over || a->would_sleep)
			return slot;
		a->stage = compacts_first(mm, a) ? STAGE_COMPACT : STAGE_RETRY;
	}
	if (a->stage == STAGE_COMPACT) {
		if (!cpu->on_actor)
			return stop_here(a, STAGE_COMPACT);
		slot = compact_first(mm, cpu, a);
		if (slot != MM412_NONE)
			return slot;
		a->stage = STAGE_RETRY;
		if (a->over && !(a->rq.gfp & MM412_GFP_NOFAIL))
			return MM412_NONE;
	}
	if (mm->sleep && cpu->on_actor)
		return rounds(mm, cpu, a);
	slot = retry(mm, cpu, a);
	if (slot != MM412_NONE || a->over || a->would_sleep)
		return slot;
	return mm->sleep ? stop_here(a, STAGE_RECLAIM) : pretend(mm, cpu, a);
}

/* A page, by that path. Its interleaved task may have got it from where it was due. */
static struct mm_grant page_of(struct mm412 *mm, const struct attempt *a, uint32_t slot,
			       enum mm_path path)
{
	const struct mm412_zone *zone = &mm->zones[mm412_tag_zone(mm->s[slot].tag)];

	if (zone == a->interleaved)
		mm412_zone_sleep(mm, zone)->stat[MM412_ZONE_INTERLEAVE_HIT]++;
	return mm412_alloc_granted(mm, slot, path);
}

static struct mm_grant grant_of(struct mm412 *mm, const struct attempt *a, uint32_t slot)
{
	enum mm_verdict verdict = a->would_sleep ? MM_WOULD_SLEEP : MM_FAILED;

	if (slot != MM412_NONE)
		return page_of(mm, a, slot, a->path);
	mm->failures += verdict == MM_FAILED;
	if (mm->sleep && verdict == MM_FAILED && mm412_gfp_is_thp(a->rq.gfp, a->rq.order))
		mm412_count(mm, MM412_THP_FAULT_FALLBACK, 1);
	return (struct mm_grant){ .frame = MM_NO_FRAME,
				  .verdict = verdict,
				  .path = a->path,
				  .stage = (uint8_t)a->stage };
}

/* ---- how requests get here --------------------------------------------------------------- */

static void prepare(struct attempt *a, struct mm412_task *task)
{
	*a = (struct attempt){
		.path = MM_PATH_SLOW,
		.compact_priority = MM412_COMPACT_PRIO_SYNC_LIGHT,
		.compacted = MM412_COMPACT_SKIPPED,
		.limits = { .task = task, .mems = task ? task->mems_allowed : UINT64_MAX },
	};
}

struct mm_grant mm412_slowpath(struct mm412 *mm, struct sim_cpu *cpu,
			       const struct mm412_request *rq, struct mm_request req)
{
	struct mm412_task *task = mm->sleep ? mm412_task_of(mm, req.task) : NULL;
	struct attempt a;
	uint32_t slot;

	if (task)
		task->cpu = cpu->id;
	prepare(&a, task);
	a.rq = *rq;
	if (mm->sleep && !task)
		return grant_of(mm, &a, MM412_NONE);
	slot = go_on(mm, cpu, &a);
	return grant_of(mm, &a, slot);
}

/* The request as its task's rules have it; `again`: they were applied to it before. */
static void apply_rules(struct mm412 *mm, const struct sim_cpu *cpu, struct attempt *a,
			const struct mm_request *req, bool again)
{
	struct mm412_task *task = a->limits.task;

	mm412_alloc_request(mm, &a->rq, req->node, a->rq.gfp, req->order);
	if (task && task->ruled && req->node == mm->cpu_node[cpu->id] &&
	    mm412_mempolicy_apply(mm, &a->rq, task, req->node, again))
		a->interleaved = a->rq.list->refs[0].zone;
}

/* The fast path within a cpuset: its nodes are the nodemask, unless a mempolicy has one. */
static uint32_t try_fast(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a)
{
	struct mm412_request rq = a->rq;
	unsigned flags = MM412_WMARK_LOW;
	uint32_t slot;

	if (rq.order >= MM412_ORDERS)
		return MM412_NONE;
	if (a->limits.mems != UINT64_MAX) {
		if (rq.nodes == UINT64_MAX)
			rq.nodes = a->limits.mems;
		else
			flags |= MM412_CPUSET;
		rq.gfp |= MM412_GFP_HARDWALL;
		rq.preferred = mm412_mempolicy_first(&rq);
	}
	a->limits.spread_dirty = mm->sleep && rq.gfp & MM412_GFP_WRITE;
	slot = mm412_alloc_within(mm, cpu, &rq, flags, &a->limits);
	a->limits.spread_dirty = false;
	a->would_sleep = a->limits.would_sleep;
	return slot;
}

/* From the beginning, by the task's rules: a page that is there leaves the task as it was. */
static struct mm_grant run_all(struct mm412 *mm, struct sim_cpu *cpu, struct attempt *a,
			       uint32_t number)
{
	uint32_t slot = try_fast(mm, cpu, a);

	if (slot != MM412_NONE)
		return page_of(mm, a, slot, mm->path);
	if (mm->sleep && a->limits.task == &mm->sleep->plain)
		a->limits.task = mm412_task_of(mm, number);
	if (!a->would_sleep && (!mm->sleep || a->limits.task))
		slot = go_on(mm, cpu, a);
	return grant_of(mm, a, slot);
}

/* On an actor already the first attempt can reclaim. */
static struct mm412_task *task_for(struct mm412 *mm, const struct sim_cpu *cpu, uint32_t number)
{
	return cpu->on_actor ? mm412_task_of(mm, number) : mm412_task_seen(mm, number);
}

/* False: it fails at once, with what is returned in *a. */
static bool take_in(struct mm412 *mm, const struct sim_cpu *cpu, const struct mm_request *req,
		    bool again, struct attempt *a)
{
	struct mm412_task *task = mm->sleep ? task_for(mm, cpu, req->task) : NULL;

	prepare(a, task);
	a->rq.gfp = req->gfp;
	if ((mm->sleep && !task) || !mm412_gfp_thp(mm, &a->rq.gfp, req->order))
		return false;
	apply_rules(mm, cpu, a, req, again);
	return true;
}

struct mm_grant mm412_slowpath_watched(struct mm412 *mm, struct sim_cpu *cpu,
				       struct mm_request req)
{
	struct attempt a;

	if (!take_in(mm, cpu, &req, false, &a))
		return grant_of(mm, &a, MM412_NONE);
	return run_all(mm, cpu, &a, req.task);
}

struct mm_grant mm412_slowpath_wait(void *state, struct sim_cpu *cpu, struct mm_request req,
				    struct mm_grant so_far)
{
	struct mm412 *mm = state;
	struct attempt a;
	uint32_t slot;

	mm412_daemon_want(mm, cpu);
	if (!take_in(mm, cpu, &req, true, &a))
		return grant_of(mm, &a, MM412_NONE);
	a.stage = (enum stage)so_far.stage;
	if (a.stage == STAGE_BEGIN)
		return run_all(mm, cpu, &a, req.task);
	a.rq.gfp = mm412_gfp_own(a.rq.gfp);
	a.flags = flags_of(&a.rq);
	if (a.stage == STAGE_RECLAIM)
		set_flags(mm, cpu, &a);
	slot = go_on(mm, cpu, &a);
	return grant_of(mm, &a, slot);
}

uint32_t mm412_slowpath_block(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			      uint32_t gfp, unsigned order)
{
	struct mm_request req = { .gfp = gfp,
				  .order = (uint8_t)order,
				  .node = (uint8_t)mm->cpu_node[cpu->id],
				  .task = task->number };
	struct mm_grant grant;
	struct attempt a;

	mm412_charge(cpu, mm->cost.alloc_entry);
	prepare(&a, task);
	a.rq.gfp = gfp;
	apply_rules(mm, cpu, &a, &req, false);
	grant = run_all(mm, cpu, &a, req.task);
	return grant.verdict == MM_DONE ? mm412_slot(mm, grant.frame) : MM412_NONE;
}

uint32_t mm412_slowpath_page(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			     uint32_t gfp)
{
	return mm412_slowpath_block(mm, cpu, task, gfp, 0);
}
