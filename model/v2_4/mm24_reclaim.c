/*
 * Reclaim: pages come from the inactive_clean lists, the active list is scanned for pages to
 * deactivate, and what kswapd or a request does to free memory.
 *
 * Kernel: reclaim_page(), refill_inactive_scan(), refill_inactive(), do_try_to_free_pages(),
 * try_to_free_pages() of mm/vmscan.c. Not modelled: caches of dentries, inodes and slabs free
 * nothing when they are shrunk.
 */
#include "model/v2_4/mm24_where.h"

/* The scans' lists begin small: 1/2^6 of all pages. */
enum { FIRST_PRIORITY = 6 };

/* Looks at the page at the end of the zone's inactive_clean list: true = it can be taken. */
static bool reclaimable(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm24_charge(cpu, mm->cost.scan_step);
	mm24_touch(mm, cpu, slot);
	mm->stats.reclaim_scanned++;
	assert(mm->s[slot].tag & MM24_INACTIVE_CLEAN);
	if (mm24_lru_in_use(mm, slot)) {
		mm24_lru_move(mm, cpu, slot, MM24_ACTIVE);
		return false;
	}
	if (mm->s[slot].tag & (MM24_BUFFERS | MM24_DIRTY | MM24_LOCKED)) {
		mm24_lru_move(mm, cpu, slot, MM24_INACTIVE_DIRTY);
		return false;
	}
	assert(mm->s[slot].tag & MM24_MAPPING);
	return true;
}

static void take_page(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm24_cache_forget(mm, cpu, slot);
	mm24_lru_move(mm, cpu, slot, 0);
	mm->s[slot].type = MM24_AGE_START;
	assert(mm24_page(mm, slot)->count == 1);
	mm24_zone_of(mm, slot)->pgsteal++;
	mm->stats.reclaimed++;
}

uint32_t mm24_reclaim_page(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_zone *zone)
{
	unsigned before = sim_enter(cpu, MM24_IN_RECLAIM_PAGE);
	uint32_t slot, found = MM24_NONE;
	uint64_t most;

	mm24_charge(cpu, mm->cost.reclaim_entry);
	mm24_lock(mm, cpu, &mm->cache_lock, SIM_CAUSE_RECLAIM);
	mm24_lock(mm, cpu, &mm->lru_lock, SIM_CAUSE_RECLAIM);
	mm24_io_reap(mm, cpu);
	most = zone->inactive_clean_pages;
	while (found == MM24_NONE && !mm_list_empty(mm->s, zone->clean_head) && most-- > 0) {
		slot = mm->s[zone->clean_head].prev;
		if (reclaimable(mm, cpu, slot)) {
			take_page(mm, cpu, slot);
			found = slot;
		}
	}
	sim_unlock(cpu, &mm->lru_lock);
	sim_unlock(cpu, &mm->cache_lock);
	sim_leave(cpu, before);
	mm->memory_pressure++;
	return found;
}

/* Ages the page at the end of the active list: true = it left. SUBTLE in the kernel, too: a
 * page that nobody has but its buffers counts 1. */
static bool age_or_deactivate(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	const struct mm_slot *page = &mm->s[slot];
	int32_t most = page->tag & MM24_BUFFERS ? 2 : 1;

	if (mm24_lru_was_referenced(mm, slot)) {
		mm24_lru_age_up_locked(mm, cpu, slot);
	} else {
		mm24_charge(cpu, mm->cost.age_step);
		mm24_lru_age_down_only(mm, slot);
		if (page->type == 0 && mm24_page(mm, slot)->count <= most)
			mm24_lru_deactivate_locked(mm, cpu, slot);
	}
	return !(page->tag & MM24_ACTIVE);
}

unsigned mm24_reclaim_refill_scan(struct mm24 *mm, struct sim_cpu *cpu, unsigned priority,
				  bool oneshot)
{
	unsigned left = 0, before = sim_enter(cpu, MM24_IN_REFILL_INACTIVE_SCAN);
	uint64_t most;

	mm24_lock(mm, cpu, &mm->lru_lock, SIM_CAUSE_RECLAIM);
	most = mm->nr_active >> priority;
	while (most-- > 0 && !mm_list_empty(mm->s, mm->active_head) && !(left && oneshot)) {
		uint32_t slot = mm->s[mm->active_head].prev;

		mm24_charge(cpu, mm->cost.scan_step);
		mm24_touch(mm, cpu, slot);
		mm->stats.refill_scanned++;
		if (age_or_deactivate(mm, cpu, slot)) {
			mm->stats.refill_deactivated++;
			left = 1;
		} else {
			mm24_lru_move(mm, cpu, slot, MM24_ACTIVE);
		}
	}
	sim_unlock(cpu, &mm->lru_lock);
	sim_leave(cpu, before);
	return left;
}

/* kmem_cache_reap(): counted, but there are no slabs. */
static void reap_slabs(struct mm24 *mm)
{
	mm->stats.reaps++;
}

/* Steps of one kind as long as they bring something; true when `count` has run out. */
static bool deactivate_some(struct mm24 *mm, struct sim_cpu *cpu, unsigned priority,
			    int64_t *count, bool *progress)
{
	while (mm24_reclaim_refill_scan(mm, cpu, priority, true)) {
		*progress = true;
		if (--*count <= 0)
			return true;
	}
	return false;
}

static bool swap_out_some(struct mm24 *mm, struct sim_cpu *cpu, int64_t *count, bool *progress)
{
	while (mm24_swap_out(mm, cpu)) {
		*progress = true;
		if (--*count <= 0)
			return true;
	}
	return false;
}

/* refill_inactive(): whether it did anything. */
static bool refill(struct mm24 *mm, struct sim_cpu *cpu, bool user)
{
	int64_t count =
		user ? (int64_t)1 << mm->page_cluster
		     : (int64_t)(mm24_lru_inactive_shortage(mm) + mm24_lru_free_shortage(mm));
	int64_t start = count;
	int priority = FIRST_PRIORITY;
	bool progress;

	reap_slabs(mm);
	while (priority >= 0) {
		progress = false;
		if (mm->host && cpu->on_actor)
			cpu->port->yield(cpu);
		if (deactivate_some(mm, cpu, (unsigned)priority, &count, &progress) ||
		    swap_out_some(mm, cpu, &count, &progress))
			return true;
		if (!mm24_lru_inactive_shortage(mm) || !mm24_lru_free_shortage(mm))
			return count < start;
		priority -= !progress;
	}
	deactivate_some(mm, cpu, 0, &count, &progress);
	return count < start;
}

unsigned mm24_reclaim_do(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_task *task,
			 uint32_t gfp, bool user)
{
	unsigned done = 0, before;
	bool refilled;

	if (mm24_lru_free_shortage(mm) || mm->nr_inactive_dirty > mm->nr_free + mm->nr_clean)
		done += mm24_launder(mm, cpu, task, gfp, user);
	if (mm24_lru_free_shortage(mm) || mm24_lru_inactive_shortage(mm)) {
		before = sim_enter(cpu, MM24_IN_REFILL_INACTIVE);
		refilled = refill(mm, cpu, user);
		sim_leave(cpu, before);
		return done + refilled;
	}
	reap_slabs(mm);
	return 1;
}

void mm24_reclaim_direct(struct mm24 *mm, struct sim_cpu *cpu, struct mm24_task *task,
			 uint32_t gfp)
{
	unsigned before;

	if (!(gfp & MM24_GFP_WAIT))
		return;
	before = sim_enter(cpu, MM24_IN_TRY_TO_FREE_PAGES);
	mm->stats.direct_reclaims++;
	task->memalloc = true;
	mm24_reclaim_do(mm, cpu, task, gfp, true);
	task->memalloc = false;
	sim_leave(cpu, before);
}
