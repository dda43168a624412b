/*
 * Requests and frees as callers see them.
 *
 * Kernel: __alloc_pages() and __alloc_pages_limit(), pass by pass in their order;
 * alloc_pages(), alloc_pages_node(), __free_pages(). __GFP_HIGH is tested nowhere.
 */
#include "model/v2_4/mm24_where.h"

/* As close above pages_min as this, a single page is reclaimed rather than taken. */
#define RECLAIM_ABOVE_MIN 8
/* Rounds of a request after one that was given up: for somebody else to have changed things. */
#define AGAIN_ROUNDS 10

enum limit { LIMIT_MIN, LIMIT_LOW, LIMIT_HIGH };

static uint32_t got(struct mm24 *mm, uint32_t slot, enum mm_path path)
{
	if (slot != MM24_NONE)
		mm->path = path;
	return slot;
}

static inline void look_at(struct sim_cpu *cpu, const struct mm24_zone *zone,
			   const uint64_t *cycles)
{
	mm24_charge(cpu, cycles);
	sim_touch(cpu, SIM_LINE_ZONE, zone->id, false);
}

/* ---- the passes ------------------------------------------------------------------------ */

/* Zones with plenty of free pages; kreclaimd hears of those that have too few. */
static uint32_t pass_free(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_request *rq)
{
	for (struct mm24_zone *const *z = rq->list->zones; *z; z++) {
		struct mm24_zone *zone = *z;
		uint32_t slot;

		look_at(cpu, zone, mm->cost.zone_step);
		if (zone->free_pages >= zone->pages_low) {
			slot = mm24_buddy_take(mm, zone, cpu, rq->order);
			if (slot != MM24_NONE)
				return got(mm, slot, MM_PATH_BUDDY);
		} else if (zone->free_pages < zone->pages_min &&
			   mm->daemon[MM24_KRECLAIMD].queued) {
			mm24_daemon_wake(mm, cpu, MM24_KRECLAIMD);
		}
	}
	return MM24_NONE;
}

static uint64_t mark_of(const struct mm24_zone *zone, enum limit limit)
{
	switch (limit) {
	case LIMIT_HIGH:
		return zone->pages_high;
	case LIMIT_LOW:
		return zone->pages_low;
	case LIMIT_MIN:
		break;
	}
	return zone->pages_min;
}

static uint32_t pass_limit(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_request *rq,
			   enum limit limit)
{
	for (struct mm24_zone *const *z = rq->list->zones; *z; z++) {
		struct mm24_zone *zone = *z;
		uint32_t slot = MM24_NONE;

		look_at(cpu, zone, mm->cost.limit_step);
		if (zone->free_pages + zone->inactive_clean_pages <= mark_of(zone, limit))
			continue;
		if (rq->direct_reclaim &&
		    zone->free_pages < zone->pages_min + RECLAIM_ABOVE_MIN)
			slot = mm24_reclaim_page(mm, cpu, zone);
		if (slot != MM24_NONE)
			return got(mm, slot, MM_PATH_RECLAIM);
		slot = mm24_buddy_take(mm, zone, cpu, rq->order);
		if (slot != MM24_NONE)
			return got(mm, slot, MM_PATH_SLOW);
	}
	return MM24_NONE;
}

static uint32_t before_yield(struct mm24 *mm, struct sim_cpu *cpu,
			     const struct mm24_request *rq)
{
	uint32_t slot = pass_free(mm, cpu, rq);

	if (slot == MM24_NONE)
		slot = pass_limit(mm, cpu, rq, LIMIT_HIGH);
	if (slot == MM24_NONE)
		slot = pass_limit(mm, cpu, rq, LIMIT_LOW);
	return slot;
}

/*
 * Every allocation adds up all zones' pages to see whether there is a shortage. We have the
 * sums; where lines have a history, the zones' are read. The flat model's price of a line is
 * not that of one that is only read, most of the time by many.
 */
static void read_all_zones(const struct mm24 *mm, struct sim_cpu *cpu)
{
	sim_charge(cpu, (uint32_t)(mm->cost.shortage[0] * mm->nzones));
	if (!cpu->memory->touch)
		return;
	for (unsigned i = 0; i < mm->nzones; i++)
		sim_touch(cpu, SIM_LINE_ZONE, i, false);
	sim_touch(cpu, SIM_LINE_LRU, MM24_LINE_LISTS, false);
}

/* False only where the test would wake nobody: inactive_target is at most this. */
static inline bool may_be_short(const struct mm24 *mm)
{
	uint64_t target = mm->memory_pressure >> 6;

	return mm->nr_free + mm->nr_clean + mm->nr_inactive_dirty < mm->free_high + target ||
	       mm->nr_inactive_dirty >= mm->free_high;
}

/* __alloc_pages() for one node's list, up to wakeup_kswapd(0). MM24_NONE: finish() goes on. */
static uint32_t begin(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_request *rq)
{
	mm24_charge(cpu, mm->cost.alloc_entry);
	sim_touch(cpu, SIM_LINE_STAT, 0, true);
	mm->memory_pressure++;
	read_all_zones(mm, cpu);
	if (may_be_short(mm))
		mm24_lru_wake_test(mm, cpu, rq->task, true);
	return before_yield(mm, cpu, rq);
}

/* Clean pages go back to the zone's free lists until a block of that order has formed. */
static uint32_t free_clean_pages(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_zone *zone,
				 unsigned order)
{
	while (zone->inactive_clean_pages) {
		uint32_t page = mm24_reclaim_page(mm, cpu, zone), slot;

		if (page == MM24_NONE)
			break;
		mm24_buddy_put(mm, cpu, page, 0);
		slot = mm24_buddy_take(mm, zone, cpu, order);
		if (slot != MM24_NONE)
			return slot;
	}
	return MM24_NONE;
}

/* A block of several pages: dirty pages are cleaned, clean ones freed. */
static uint32_t pass_launder(struct mm24 *mm, struct sim_cpu *cpu,
			     const struct mm24_request *rq)
{
	uint32_t slot = MM24_NONE;

	rq->task->memalloc = true;
	mm24_launder(mm, cpu, rq->task, rq->gfp, true);
	/* Also where the OOM killer set it meanwhile. */
	rq->task->memalloc = false;
	for (struct mm24_zone *const *z = rq->list->zones; *z && slot == MM24_NONE; z++)
		slot = free_clean_pages(mm, cpu, *z, rq->order);
	return got(mm, slot, MM_PATH_RECLAIM);
}

/* True: memory may have been freed, and a single page is worth another round. */
static bool wait_for_memory(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_request *rq)
{
	if (!(rq->gfp & MM24_GFP_WAIT))
		return false;
	if (rq->gfp & MM24_GFP_IO)
		mm24_kswapd_wake(mm, cpu, rq->task, true);
	else
		mm24_reclaim_direct(mm, cpu, rq->task, rq->gfp);
	mm->memory_pressure++;
	return rq->order == 0;
}

/* Whatever there is: for blocks, requests that cannot wait, and PF_MEMALLOC. */
static uint32_t pass_last(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_request *rq)
{
	for (struct mm24_zone *const *z = rq->list->zones; *z; z++) {
		struct mm24_zone *zone = *z;
		uint32_t slot = MM24_NONE;

		look_at(cpu, zone, mm->cost.limit_step);
		/* Only a task that the OOM killer has chosen while it looped. */
		if (rq->direct_reclaim)
			slot = mm24_reclaim_page(mm, cpu, zone);
		if (slot != MM24_NONE)
			return got(mm, slot, MM_PATH_OOM);
		if (zone->free_pages < zone->pages_min / 4 && !rq->task->memalloc)
			continue;
		slot = mm24_buddy_take(mm, zone, cpu, rq->order);
		if (slot != MM24_NONE)
			return got(mm, slot, rq->task->killed ? MM_PATH_OOM : MM_PATH_SLOW);
	}
	return MM24_NONE;
}

static void yield(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_request *rq)
{
	unsigned before;

	if (!(rq->gfp & MM24_GFP_WAIT))
		return;
	mm->stats.yields++;
	before = sim_enter(cpu, MM24_IN_SCHEDULE);
	cpu->port->yield(cpu);
	sim_leave(cpu, before);
}

/* From the first sign of tight memory to the decision what to do; *again: try from the top. */
static uint32_t one_round(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_request *rq,
			  bool *again)
{
	uint32_t slot;

	*again = false;
	mm24_kswapd_wake(mm, cpu, rq->task, false);
	yield(mm, cpu, rq);
	slot = pass_limit(mm, cpu, rq, LIMIT_MIN);
	if (slot != MM24_NONE || rq->task->memalloc)
		return slot;
	if (rq->order > 0 && rq->gfp & MM24_GFP_WAIT)
		slot = pass_launder(mm, cpu, rq);
	if (slot == MM24_NONE)
		*again = wait_for_memory(mm, cpu, rq);
	return slot;
}

/* Pages that are or can be made free in the zones of the request's list. */
static uint64_t within_reach(const struct mm24_request *rq)
{
	uint64_t pages = 0;

	for (struct mm24_zone *const *z = rq->list->zones; *z; z++)
		pages += (*z)->free_pages + (*z)->inactive_clean_pages;
	return pages;
}

/* What is remembered of the last request like it that was given up. A list can be empty: nobody
 * ever frees memory for it. */
static uint64_t *given_up(const struct mm24_request *rq)
{
	struct mm24_zone *first = rq->list->zones[0];

	return first ? &first->given_up : &rq->list->given_up;
}

/*
 * How many rounds a request is worth: few where there is hardly more memory than there was
 * when the last one like it was given up. A kernel that hangs does so at every request.
 */
static uint64_t rounds_left(const struct mm24 *mm, const struct mm24_request *rq)
{
	const struct mm24_zone *first = rq->list->zones[0];
	uint64_t more = first ? first->pages_min / 4 : 0;
	uint64_t rounds = mm->params.hang_rounds[0];

	if (rounds > AGAIN_ROUNDS && *given_up(rq) && within_reach(rq) < *given_up(rq) + more)
		return AGAIN_ROUNDS;
	return rounds;
}

static uint32_t give_up(struct mm24 *mm, const struct mm24_request *rq)
{
	mm->stats.would_hang++;
	mm->stats.would_hang_faults += rq->fault;
	*given_up(rq) = within_reach(rq) + 1;
	return MM24_NONE;
}

static struct mm24_zonelist *list_of(const struct mm24 *mm, int nid, uint32_t gfp)
{
	return &mm->nodes[nid].lists[gfp >> 3 & 3];
}

/* Whether a request could be served at once from a node that is not the one it waits at. */
static bool free_elsewhere(const struct mm24 *mm, const struct mm24_request *rq)
{
	for (unsigned i = 0; i < mm->npgdats; i++) {
		const struct mm24_zonelist *list = list_of(mm, mm->pgdat_list[i], rq->gfp);

		for (struct mm24_zone *const *z = list->zones; list != rq->list && *z; z++)
			if ((*z)->free_pages >= (*z)->pages_low)
				return true;
	}
	return false;
}

/* ... and from there on, with sleeps where the request may wait. MM24_NONE for NULL. */
static uint32_t finish(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_request *rq)
{
	bool again;
	uint32_t slot = one_round(mm, cpu, rq, &again);

	mm->stats.waits_beside_free += again && free_elsewhere(mm, rq);
	/* The kernel's loop has no end: somebody has to free memory, or be killed. */
	for (uint64_t round = 1; again; round++) {
		if (round > rounds_left(mm, rq))
			return give_up(mm, rq);
		slot = before_yield(mm, cpu, rq);
		if (slot == MM24_NONE)
			slot = one_round(mm, cpu, rq, &again);
		else
			again = false;
		if (slot != MM24_NONE)
			got(mm, slot, MM_PATH_RECLAIM);
	}
	return slot != MM24_NONE ? slot : pass_last(mm, cpu, rq);
}

/* ---- node after node ------------------------------------------------------------------- */

/* Who may wait for a single page waits at the first node for good; nothing came of it, so it
 * was given up. */
static bool stays(const struct mm24_request *rq)
{
	return rq->order == 0 && rq->gfp & MM24_GFP_WAIT && !rq->task->memalloc;
}

/* Goes on at the n-th node of the walk, whose first part is done already. */
static uint32_t finish_walk(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_request *rq,
			    unsigned first, unsigned n)
{
	for (;; n++) {
		int nid = mm24_numa_node(mm, first, n);
		uint32_t slot;

		rq->list = list_of(mm, nid, rq->gfp);
		slot = finish(mm, cpu, rq);
		nid = mm24_numa_node(mm, first, n + 1);
		if (slot != MM24_NONE || nid < 0 || stays(rq))
			return slot;
		rq->list = list_of(mm, nid, rq->gfp);
		slot = begin(mm, cpu, rq);
		if (slot != MM24_NONE)
			return slot;
	}
}

static uint32_t start_walk(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_request *rq,
			   unsigned first)
{
	rq->list = list_of(mm, mm24_numa_node(mm, first, 0), rq->gfp);
	return begin(mm, cpu, rq);
}

static struct mm24_request new_request(struct mm24_task *task, uint32_t gfp, unsigned order)
{
	return (struct mm24_request){
		.gfp = gfp,
		.order = order,
		.task = task,
		.direct_reclaim = order == 0 && gfp & MM24_GFP_WAIT && !task->memalloc,
	};
}

static uint32_t refuse_order(struct mm24 *mm)
{
	mm->stats.refused_orders++;
	mm->stats.failures++;
	return MM24_NONE;
}

static uint32_t count_result(struct mm24 *mm, uint32_t slot)
{
	mm->stats.failures += slot == MM24_NONE;
	return slot;
}

uint32_t mm24_alloc_pages(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_task *task, int nid,
			  uint32_t gfp, unsigned order)
{
	struct mm24_request rq = new_request(task, gfp, order);
	unsigned first;
	uint32_t slot;

	rq.fault = true;
	if (order >= MM24_ORDERS)
		return refuse_order(mm);
	first = mm24_numa_first(mm, cpu, nid);
	slot = start_walk(mm, cpu, &rq, first);
	if (slot == MM24_NONE)
		slot = finish_walk(mm, cpu, &rq, first, 0);
	return count_result(mm, slot);
}

uint32_t mm24_alloc_page(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_task *task,
			 uint32_t gfp)
{
	return mm24_alloc_pages(mm, cpu, task, -1, gfp, 0);
}

/* ---- the policy's members -------------------------------------------------------------- */

static struct mm_grant grant_of(const struct mm24 *mm, uint32_t slot)
{
	const struct mm24_zone *zone;

	if (slot == MM24_NONE)
		return (struct mm_grant){ .frame = MM_NO_FRAME,
					  .verdict = MM_FAILED,
					  .path = MM_PATH_SLOW };
	zone = mm24_zone_of(mm, slot);
	return (struct mm_grant){
		.frame = mm24_frame(mm, slot),
		.verdict = MM_DONE,
		.path = mm->path,
		.node = zone->nid,
		.zone = zone->id,
	};
}

/*
 * Pages that have to be zero are cleared by whoever asked, as soon as it has them; traces of
 * later kernels, whose allocator does it, take it for a part of the allocation.
 */
static struct mm_grant grant_cleared(const struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot,
				     struct mm_request req)
{
	if (slot != MM24_NONE && req.gfp & MM24_GFP_ZERO)
		sim_pages(cpu, SIM_NO_FRAME, mm24_frame(mm, slot), (uint64_t)1 << req.order);
	return grant_of(mm, slot);
}

/* The task if the kernel has seen it; others are as good as nobody. */
static struct mm24_task *known_task(struct mm24 *mm, uint32_t number)
{
	struct mm24_task *task = number < mm->ntasks ? mm->tasks[number] : NULL;

	return task ? task : &mm->nobody;
}

/* A request for another node than the CPU's own is one that names its node. */
static int node_asked_for(const struct sim_cpu *cpu, struct mm_request req)
{
	return req.node == cpu->node ? -1 : (int)req.node;
}

struct mm_grant mm24_alloc_try(void *state, struct sim_cpu *cpu, struct mm_request req)
{
	struct mm24 *mm = state;
	struct mm24_request rq = new_request(known_task(mm, req.task), req.gfp, req.order);
	unsigned first;
	uint32_t slot;

	if (req.order >= MM24_ORDERS) {
		mm24_charge(cpu, mm->cost.alloc_entry);
		return grant_of(mm, refuse_order(mm));
	}
	first = mm24_numa_first(mm, cpu, node_asked_for(cpu, req));
	slot = start_walk(mm, cpu, &rq, first);
	if (slot == MM24_NONE && req.gfp & MM24_GFP_WAIT)
		return (struct mm_grant){
			.frame = MM_NO_FRAME,
			.verdict = MM_WOULD_SLEEP,
			.path = rq.direct_reclaim ? MM_PATH_RECLAIM : MM_PATH_SLOW,
			.node = 0,
			.zone = (uint8_t)first,
		};
	if (slot == MM24_NONE)
		slot = finish_walk(mm, cpu, &rq, first, 0);
	return grant_cleared(mm, cpu, count_result(mm, slot), req);
}

/*
 * alloc_try() hands over where the walk began and how far it came, and with the path whether
 * the request may reclaim directly: that is fixed when it enters, though its task may have
 * been killed since.
 */
struct mm_grant mm24_alloc_wait(void *state, struct sim_cpu *cpu, struct mm_request req,
				struct mm_grant so_far)
{
	struct mm24 *mm = state;
	struct mm24_task *task = mm24_oom_task(mm, req.task);
	struct mm24_request rq;
	uint32_t slot = MM24_NONE;

	assert(so_far.verdict == MM_WOULD_SLEEP);
	if (task) {
		rq = new_request(task, req.gfp, req.order);
		rq.direct_reclaim = so_far.path == MM_PATH_RECLAIM;
		slot = finish_walk(mm, cpu, &rq, so_far.zone, so_far.node);
	}
	return grant_cleared(mm, cpu, count_result(mm, slot), req);
}

void mm24_alloc_free(void *state, struct sim_cpu *cpu, uint64_t frame, unsigned order,
		     bool cold)
{
	struct mm24 *mm = state;

	/* There are no per-cpu lists whose end could matter. */
	(void)cold;
	assert(frame >= mm->base && mm24_slot(mm, frame) < mm->slots);
	mm24_buddy_put(mm, cpu, mm24_slot(mm, frame), order);
}

/* Each page of a block can be freed on its own, if it has a count of its own. */
void mm24_alloc_split(void *state, uint64_t frame, unsigned order)
{
	struct mm24 *mm = state;
	uint32_t slot = mm24_slot(mm, frame);

	assert(mm24_page(mm, slot)->count == 1);
	for (uint32_t i = 1; i < 1u << order; i++)
		mm24_page(mm, slot + i)->count = 1;
}
