/*
 * Shortages of free and inactive pages, and the LRU lists: ages, and moves between active,
 * inactive_dirty and the zones' inactive_clean lists.
 *
 * Kernel: mm/swap.c; free_shortage(), inactive_shortage() of mm/vmscan.c; inactive_target and
 * the list macros of include/linux/swap.h. Pages join a list at its head, always; whoever
 * scans a list begins at its tail.
 */
#include "model/v2_4/mm24.h"

/* Pressure is averaged over 2^6 seconds. */
enum { INACTIVE_SHIFT = 6 };

uint64_t mm24_lru_inactive_target(const struct mm24 *mm)
{
	uint64_t target = mm->memory_pressure >> INACTIVE_SHIFT;

	return target < mm->num_physpages / 4 ? target : mm->num_physpages / 4;
}

/* How many frames single zones miss when there are enough in all. Equal to the mark is short,
 * too, where the allocator would still be content. */
static uint64_t zone_shortages(const struct mm24 *mm)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct mm24_zone *zone = &mm->zones[i];
		uint64_t have = zone->free_pages + zone->inactive_clean_pages;

		if (have < zone->pages_min + 1)
			sum += zone->pages_min + 1 - have;
	}
	return sum;
}

uint64_t mm24_lru_free_shortage(const struct mm24 *mm)
{
	uint64_t freeable = mm->nr_free + mm->nr_clean;
	uint64_t target = mm->free_high + mm24_lru_inactive_target(mm) / 3;

	return freeable < target ? target - freeable : zone_shortages(mm);
}

uint64_t mm24_lru_inactive_shortage(const struct mm24 *mm)
{
	uint64_t want = mm->free_high + mm24_lru_inactive_target(mm);
	uint64_t have = mm->nr_free + mm->nr_clean + mm->nr_inactive_dirty;

	return want > have ? want - have : 0;
}

void mm24_lru_decay(struct mm24 *mm)
{
	mm->memory_pressure -= mm->memory_pressure >> INACTIVE_SHIFT;
}

void mm24_lru_wake_test(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_task *task,
			bool with_bdflush)
{
	uint64_t shortage = mm24_lru_free_shortage(mm);

	mm24_charge(cpu, mm->cost.shortage);
	if (!shortage)
		return;
	if (mm24_lru_inactive_shortage(mm) > mm24_lru_inactive_target(mm) / 2)
		mm24_kswapd_wake(mm, cpu, task, false);
	else if (with_bdflush && mm->nr_inactive_dirty > shortage &&
		 mm->nr_inactive_dirty >= mm->free_high)
		mm24_bdflush_wake(mm, cpu, task, false);
}

/* The list's length, its zone's where it has one. */
static void count(struct mm24 *mm, uint32_t slot, unsigned list, uint64_t by)
{
	struct mm24_zone *zone = mm24_zone_of(mm, slot);

	if (list & MM24_ACTIVE)
		mm->nr_active += by;
	if (list & MM24_INACTIVE_DIRTY) {
		mm->nr_inactive_dirty += by;
		zone->inactive_dirty_pages += by;
	}
	if (list & MM24_INACTIVE_CLEAN) {
		mm->nr_clean += by;
		zone->inactive_clean_pages += by;
	}
}

static uint32_t head_of(const struct mm24 *mm, uint32_t slot, unsigned list)
{
	if (list == MM24_ACTIVE)
		return mm->active_head;
	return list == MM24_INACTIVE_DIRTY ? mm->dirty_head
					   : mm24_zone_of(mm, slot)->clean_head;
}

void mm24_lru_move(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned to)
{
	struct mm_slot *page = &mm->s[slot];
	unsigned from = page->tag & MM24_LRU;

	assert(slot >= mm->frame0 && (to & ~(unsigned)MM24_LRU) == 0 && (to & (to - 1)) == 0);
	mm24_charge(cpu, mm->cost.lru_move);
	mm24_touch(mm, cpu, slot);
	if (from) {
		mm24_touch(mm, cpu, page->prev);
		mm24_touch(mm, cpu, page->next);
		mm_list_del(mm->s, slot);
		mm->s[head_of(mm, slot, from)].stamp--;
		count(mm, slot, from, (uint64_t)-1);
	}
	page->tag = (uint16_t)((page->tag & ~(unsigned)MM24_LRU) | to);
	if (to) {
		uint32_t head = head_of(mm, slot, to);

		mm24_touch(mm, cpu, head);
		mm24_touch(mm, cpu, mm->s[head].next);
		mm_list_add(mm->s, head, slot);
		mm->s[head].stamp++;
		count(mm, slot, to, 1);
	}
}

static void activate_locked(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm_slot *page = &mm->s[slot];

	if (page->tag & (MM24_INACTIVE_DIRTY | MM24_INACTIVE_CLEAN))
		mm24_lru_move(mm, cpu, slot, MM24_ACTIVE);
	if (page->type < MM24_AGE_START)
		page->type = MM24_AGE_START;
}

/* One reference is the cache's, one the caller's, and one may be the buffers'. */
void mm24_lru_deactivate_locked(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm_slot *page = &mm->s[slot];
	int32_t most = page->tag & MM24_BUFFERS ? 3 : 2;
	bool ramdisk = (page->tag & MM24_BUFFERS) && (page->tag & MM24_RAMDISK);

	page->type = 0;
	page->tag &= (uint16_t)~MM24_REFERENCED;
	if ((page->tag & MM24_ACTIVE) && mm24_page(mm, slot)->count <= most && !ramdisk)
		mm24_lru_move(mm, cpu, slot, MM24_INACTIVE_DIRTY);
}

void mm24_lru_activate(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm24_lock(mm, cpu, &mm->lru_lock, SIM_CAUSE_LRU);
	activate_locked(mm, cpu, slot);
	sim_unlock(cpu, &mm->lru_lock);
}

void mm24_lru_deactivate(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm24_lock(mm, cpu, &mm->lru_lock, SIM_CAUSE_LRU);
	mm24_lru_deactivate_locked(mm, cpu, slot);
	sim_unlock(cpu, &mm->lru_lock);
}

static void raise_age(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	unsigned age = mm->s[slot].type + MM24_AGE_ADV;

	mm24_charge(cpu, mm->cost.age_step);
	mm24_touch(mm, cpu, slot);
	mm->s[slot].type = (uint8_t)(age < MM24_AGE_MAX ? age : MM24_AGE_MAX);
}

void mm24_lru_age_up(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	if (mm->s[slot].type == 0)
		mm24_lru_activate(mm, cpu, slot);
	raise_age(mm, cpu, slot);
}

void mm24_lru_age_up_locked(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	if (mm->s[slot].type == 0)
		activate_locked(mm, cpu, slot);
	raise_age(mm, cpu, slot);
}

void mm24_lru_age_down_only(struct mm24 *mm, uint32_t slot)
{
	mm->s[slot].type /= 2;
}

void mm24_lru_age_down(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm24_charge(cpu, mm->cost.age_step);
	mm24_touch(mm, cpu, slot);
	mm24_lru_age_down_only(mm, slot);
	if (mm->s[slot].type == 0)
		mm24_lru_deactivate(mm, cpu, slot);
}

bool mm24_lru_was_referenced(struct mm24 *mm, uint32_t slot)
{
	bool was = mm->s[slot].tag & MM24_REFERENCED;

	mm->s[slot].tag &= (uint16_t)~MM24_REFERENCED;
	return was;
}

bool mm24_lru_in_use(struct mm24 *mm, uint32_t slot)
{
	const struct mm_slot *page = &mm->s[slot];

	return mm24_lru_was_referenced(mm, slot) || page->type > 0 ||
	       (!(page->tag & MM24_BUFFERS) && mm24_page(mm, slot)->count > 1);
}

void mm24_lru_add(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm24_lock(mm, cpu, &mm->lru_lock, SIM_CAUSE_LRU);
	assert(!(mm->s[slot].tag & MM24_LRU));
	mm24_lru_move(mm, cpu, slot, MM24_ACTIVE);
	if (mm->s[slot].type == 0)
		mm24_lru_deactivate_locked(mm, cpu, slot);
	sim_unlock(cpu, &mm->lru_lock);
}

void mm24_lru_del(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm24_lock(mm, cpu, &mm->lru_lock, SIM_CAUSE_LRU);
	mm24_lru_move(mm, cpu, slot, 0);
	sim_unlock(cpu, &mm->lru_lock);
}
