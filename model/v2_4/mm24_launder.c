/*
 * page_launder() of mm/vmscan.c: goes through the inactive_dirty list. Clean pages move to
 * their zone's inactive_clean list, used ones back to the active list, and a second pass
 * starts to write dirty ones.
 */
#include "model/v2_4/mm24_where.h"

/* One call, both passes. */
struct launder {
	struct mm24 *mm;
	struct sim_cpu *cpu;
	bool second, sync;
	int64_t most; /* writes of buffers left in the second pass; goes below 0 without sync */
	unsigned cleaned;
};

static void lock(const struct launder *l)
{
	mm24_lock(l->mm, l->cpu, &l->mm->lru_lock, SIM_CAUSE_RECLAIM);
}

static void unlock(const struct launder *l)
{
	sim_unlock(l->cpu, &l->mm->lru_lock);
}

static void set(const struct launder *l, uint32_t slot, unsigned flag, bool on)
{
	uint16_t *tag = &l->mm->s[slot].tag;

	*tag = (uint16_t)(on ? *tag | flag : *tag & ~flag);
}

/*
 * A dirty page, which is locked: written in the second pass only. It stays at the list's end,
 * locked until the write is over; the next step finds it there. False: nobody can write it.
 */
static bool write_page(struct launder *l, uint32_t slot)
{
	struct mm24 *mm = l->mm;
	int refused;

	if (mm->s[slot].tag & MM24_NO_WRITEPAGE)
		return false;
	if (!l->second) {
		mm24_lru_move(mm, l->cpu, slot, MM24_INACTIVE_DIRTY);
		set(l, slot, MM24_LOCKED, false);
		return true;
	}
	set(l, slot, MM24_DIRTY, false);
	mm24_page(mm, slot)->count++;
	unlock(l);
	mm->stats.launder_writes++;
	refused = mm24_io_writepage(mm, l->cpu, slot);
	mm24_buddy_put(mm, l->cpu, slot, 0);
	lock(l);
	if (!refused)
		return true;
	set(l, slot, MM24_DIRTY, true);
	return false;
}

/* How try_to_free_buffers() is to treat dirty buffers: 0 nothing, 1 write, 2 and wait. */
static int buffer_wait(struct launder *l)
{
	if (!l->second)
		return 0;
	if (l->most == 0 && l->sync)
		return 2;
	return l->most-- > 0;
}

/* A page with buffers, which is locked. True: free memory suffices now, the scan ends. */
static bool free_buffers(struct launder *l, uint32_t slot)
{
	struct mm24 *mm = l->mm;
	bool cleared, freed_page = false;

	mm24_lru_move(mm, l->cpu, slot, 0);
	mm24_page(mm, slot)->count++;
	unlock(l);
	cleared = mm24_buffer_try_free(mm, l->cpu, slot, buffer_wait(l));
	lock(l);
	if (!cleared) {
		mm24_lru_move(mm, l->cpu, slot, MM24_INACTIVE_DIRTY);
	} else if (!(mm->s[slot].tag & MM24_MAPPING)) {
		mm->buffermem_pages--;
		freed_page = true;
		l->cleaned++;
	} else if (mm24_page(mm, slot)->count > 2) {
		mm24_lru_move(mm, l->cpu, slot, MM24_ACTIVE);
	} else {
		mm24_lru_move(mm, l->cpu, slot, MM24_INACTIVE_CLEAN);
		l->cleaned++;
	}
	set(l, slot, MM24_LOCKED, false);
	mm24_buddy_put(mm, l->cpu, slot, 0);
	return freed_page && !mm24_lru_free_shortage(mm);
}

/* The page at the list's end. True: the scan ends. */
static bool step(struct launder *l, uint32_t slot)
{
	struct mm24 *mm = l->mm;
	const struct mm_slot *page = &mm->s[slot];
	bool ramdisk = (page->tag & MM24_BUFFERS) && (page->tag & MM24_RAMDISK);

	mm24_charge(l->cpu, mm->cost.scan_step);
	mm24_touch(mm, l->cpu, slot);
	mm->stats.launder_scanned++;
	if (mm24_lru_in_use(mm, slot) || ramdisk) {
		mm24_lru_move(mm, l->cpu, slot, MM24_ACTIVE);
		return false;
	}
	if (page->tag & MM24_LOCKED) {
		mm24_lru_move(mm, l->cpu, slot, MM24_INACTIVE_DIRTY);
		return false;
	}
	set(l, slot, MM24_LOCKED, true);
	if (page->tag & MM24_DIRTY) {
		if (write_page(l, slot))
			return false;
		mm24_lru_move(mm, l->cpu, slot, MM24_ACTIVE);
	} else if (page->tag & MM24_BUFFERS) {
		return free_buffers(l, slot);
	} else if (page->tag & MM24_MAPPING) {
		mm24_lru_move(mm, l->cpu, slot, MM24_INACTIVE_CLEAN);
		l->cleaned++;
	} else {
		mm24_lru_move(mm, l->cpu, slot, MM24_ACTIVE);
	}
	set(l, slot, MM24_LOCKED, false);
	return false;
}

static void pass(struct launder *l)
{
	struct mm24 *mm = l->mm;
	uint64_t most;
	bool enough = false;

	lock(l);
	mm24_io_reap(mm, l->cpu);
	most = mm->nr_inactive_dirty;
	while (!enough && !mm_list_empty(mm->s, mm->dirty_head) && most-- > 0)
		enough = step(l, mm->s[mm->dirty_head].prev);
	unlock(l);
}

unsigned mm24_launder(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_task *task,
		      uint32_t gfp, bool sync)
{
	unsigned before = sim_enter(cpu, MM24_IN_PAGE_LAUNDER);
	struct launder l = { .mm = mm, .cpu = cpu, .sync = sync };

	mm24_charge(cpu, mm->cost.launder_entry);
	mm->stats.launder_calls++;
	pass(&l);
	if ((gfp & MM24_GFP_IO) && mm24_lru_free_shortage(mm)) {
		l.second = true;
		l.sync = sync && !l.cleaned;
		l.most = (int64_t)4 << mm->page_cluster;
		mm24_bdflush_wake(mm, cpu, task, false);
		pass(&l);
	}
	mm->stats.launder_cleaned += l.cleaned;
	sim_leave(cpu, before);
	return l.cleaned;
}
