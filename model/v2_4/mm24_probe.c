#include "model/v2_4/mm24_probe.h"

#include <string.h>

#include "model/v2_4/mm24.h"

/* Which daemon of the model; they are in the same order. */
static_assert((int)MM24_PROBE_KSWAPD == (int)MM24_KSWAPD &&
		      (int)MM24_PROBE_KRECLAIMD == (int)MM24_KRECLAIMD &&
		      (int)MM24_PROBE_BDFLUSH == (int)MM24_BDFLUSH,
	      "daemons are numbered alike");

bool mm24_probe_by_hand(void *state, const struct mm24_probe_setup *setup)
{
	static const struct mm24_probe_task ordinary = { .total_vm = 1000,
							 .uid = 500,
							 .euid = 500 };
	struct mm24 *mm = state;

	mm->io.by_hand = true;
	mm->io.sync = setup->io_sync;
	if (setup->swap_pages && !mm24_swap_make(mm, setup->swap_pages))
		return false;
	for (unsigned c = 0; c < mm->ncpus; c++) {
		if (!mm24_oom_task(mm, c))
			return false;
		mm24_probe_task(mm, c, &ordinary);
	}
	for (unsigned i = 0; i < MM24_PROBE_DAEMONS; i++)
		mm->daemon[i] = (struct mm24_daemon){ .queued = true, .asleep = true };
	return true;
}

void mm24_probe_tick(void *state, uint64_t jiffies)
{
	((struct mm24 *)state)->jiffies_by_hand += jiffies;
}

uint64_t mm24_probe_alloc(void *state, struct sim_cpu *cpu, uint32_t number, int nid,
			  uint32_t gfp, unsigned order, bool memalloc)
{
	struct mm24 *mm = state;
	struct mm24_task *task = mm24_oom_task(mm, number);
	uint32_t slot;

	/* The OOM killer may have set it, too: to the end of its victim's next request. */
	task->memalloc |= memalloc;
	slot = mm24_alloc_pages(mm, cpu, task, nid, gfp, order);
	task->memalloc = false;
	return slot == MM24_NONE ? MM_NO_FRAME : mm24_frame(mm, slot);
}

void mm24_probe_put(void *state, struct sim_cpu *cpu, uint64_t frame, unsigned order)
{
	mm24_buddy_put(state, cpu, mm24_slot(state, frame), order);
}

void mm24_probe_hold(void *state, uint64_t frame)
{
	mm24_page(state, mm24_slot(state, frame))->count++;
}

static const struct mm24_zone *zone_with(const struct mm24 *mm, uint32_t slot)
{
	for (unsigned i = 0; i < mm->nzones; i++)
		if (slot >= mm->zones[i].start && slot - mm->zones[i].start < mm->zones[i].size)
			return &mm->zones[i];
	return NULL;
}

bool mm24_probe_frame(const void *state, uint64_t frame)
{
	const struct mm24 *mm = state;

	return frame >= mm->base && frame - mm->base < mm->slots - mm->frame0 &&
	       zone_with(mm, mm24_slot(mm, frame));
}

bool mm24_probe_in_use(const void *state, uint64_t frame)
{
	const struct mm24 *mm = state;

	return mm24_probe_frame(mm, frame) && mm24_page(mm, mm24_slot(mm, frame))->count > 0;
}

/* Page table entries that point at the page: each holds a reference. */
static int32_t mappings(const struct mm24 *mm, uint32_t slot)
{
	int32_t n = 0;

	for (const struct mm24_space *space = mm->mmlist; space; space = space->next)
		for (uint32_t i = 0; i < space->pages; i++)
			n += space->pte[i].flags & MM24_PTE_PRESENT &&
			     space->pte[i].value == slot;
	return n;
}

bool mm24_probe_private(const void *state, uint64_t frame)
{
	const struct mm24 *mm = state;
	uint32_t slot = mm24_slot(mm, frame);

	return mm24_probe_in_use(mm, frame) &&
	       !(mm->s[slot].tag &
		 (MM24_LRU | MM24_MAPPING | MM24_BUFFERS | MM24_LOCKED | MM24_RESERVED)) &&
	       !mappings(mm, slot);
}

bool mm24_probe_cached(const void *state, uint64_t frame)
{
	const struct mm24 *mm = state;

	return mm24_probe_in_use(mm, frame) &&
	       (mm->s[mm24_slot(mm, frame)].tag & (MM24_MAPPING | MM24_SWAP_CACHE)) ==
		       MM24_MAPPING;
}

/* Whether a free block holds the page. */
static bool in_free_block(const struct mm24 *mm, const struct mm24_zone *zone, uint32_t slot)
{
	for (unsigned order = 0; order < MM24_ORDERS; order++) {
		uint32_t first = slot - (slot - zone->start) % (1u << order);

		if (mm->s[first].tag & MM24_FREE && mm24_page(mm, first)->order >= order)
			return true;
	}
	return mm24_fresh_holds(zone, slot);
}

/* The frames behind the first one are nobody's: not free, not handed out by themselves. */
static bool is_block(const struct mm24 *mm, uint32_t slot, unsigned order)
{
	const struct mm24_zone *zone = zone_with(mm, slot);
	uint32_t n = 1u << order;

	if ((slot - zone->start) % n || zone->start + zone->size - slot < n ||
	    in_free_block(mm, zone, slot))
		return false;
	for (uint32_t i = slot + 1; i < slot + n; i++)
		if (mm24_page(mm, i)->count > 0 ||
		    mm->s[i].tag & (MM24_FREE | MM24_RESERVED | MM24_LRU))
			return false;
	return true;
}

bool mm24_probe_may_put(const void *state, uint64_t frame, unsigned order)
{
	const struct mm24 *mm = state;
	uint32_t slot = mm24_slot(mm, frame);
	int32_t needed;
	unsigned tag;

	if (!mm24_probe_frame(mm, frame) || order >= MM24_ORDERS)
		return false;
	tag = mm->s[slot].tag;
	if (tag & MM24_RESERVED || mm24_page(mm, slot)->count < 1)
		return mm24_page(mm, slot)->count > INT32_MIN;
	needed = !!(tag & MM24_MAPPING) + !!(tag & MM24_BUFFERS) + mappings(mm, slot);
	if (mm24_page(mm, slot)->count - 1 < needed)
		return false;
	if (mm24_page(mm, slot)->count > 1)
		return true;
	return !(tag & (MM24_LRU | MM24_LOCKED)) && is_block(mm, slot, order);
}

void mm24_probe_cache(void *state, struct sim_cpu *cpu, uint64_t frame, unsigned how)
{
	static const unsigned flags[] = { 0, MM24_NO_WRITEPAGE, MM24_REFUSES };
	struct mm24 *mm = state;
	uint32_t slot = mm24_slot(mm, frame);

	mm24_cache_add(mm, cpu, slot, flags[how]);
	mm24_buddy_put(mm, cpu, slot, 0);
}

void mm24_probe_uncache(void *state, struct sim_cpu *cpu, uint64_t frame)
{
	struct mm24 *mm = state;
	uint32_t slot = mm24_slot(mm, frame);

	/* truncate_inode_pages() goes on when nobody else has the page locked any more. */
	mm24_io_wait(mm, cpu, slot);
	mm->s[slot].tag &= (uint16_t)~MM24_LOCKED;
	mm24_cache_remove(mm, cpu, slot);
}

void mm24_probe_find(void *state, struct sim_cpu *cpu, uint64_t frame)
{
	mm24_cache_find(state, cpu, mm24_slot(state, frame), mm24_oom_task(state, 0));
}

void mm24_probe_set(void *state, uint64_t frame, enum mm24_probe_flag flag, bool on)
{
	static const uint16_t flags[] = {
		[MM24_PROBE_REFERENCED] = MM24_REFERENCED,
		[MM24_PROBE_DIRTY] = MM24_DIRTY,
		[MM24_PROBE_LOCKED] = MM24_LOCKED,
	};
	struct mm24 *mm = state;
	uint16_t *tag = &mm->s[mm24_slot(mm, frame)].tag;

	*tag = (uint16_t)(on ? *tag | flags[flag] : *tag & ~flags[flag]);
}

void mm24_probe_age(void *state, struct sim_cpu *cpu, uint64_t frame, bool up)
{
	if (up)
		mm24_lru_age_up(state, cpu, mm24_slot(state, frame));
	else
		mm24_lru_age_down(state, cpu, mm24_slot(state, frame));
}

void mm24_probe_activate(void *state, struct sim_cpu *cpu, uint64_t frame, bool on)
{
	if (on)
		mm24_lru_activate(state, cpu, mm24_slot(state, frame));
	else
		mm24_lru_deactivate(state, cpu, mm24_slot(state, frame));
}

void mm24_probe_buffer(void *state, uint64_t frame, enum mm24_probe_buffer what)
{
	static const unsigned flags[] = {
		[MM24_PROBE_BUFFER_DIRTY] = MM24_BUFFER_DIRTY,
		[MM24_PROBE_BUFFER_CLEAN] = 0,
		[MM24_PROBE_BUFFER_RAM] = MM24_RAMDISK,
	};
	struct mm24 *mm = state;
	uint32_t slot = mm24_slot(mm, frame);

	mm24_buffer_make(mm, slot, flags[what]);
	if (what == MM24_PROBE_BUFFER_DIRTY)
		mm->s[slot].tag |= MM24_BUFFER_DIRTY;
}

/* As grow_buffers(): the reference that the page came with is the buffers'. */
void mm24_probe_buffer_page(void *state, struct sim_cpu *cpu, uint64_t frame, bool dirty)
{
	struct mm24 *mm = state;
	uint32_t slot = mm24_slot(mm, frame);

	mm24_buffer_make(mm, slot, dirty ? MM24_BUFFER_DIRTY : 0);
	mm24_page(mm, slot)->count--;
	mm->s[slot].tag &= (uint16_t)~MM24_REFERENCED;
	mm24_lru_add(mm, cpu, slot);
	mm->buffermem_pages++;
}

unsigned mm24_probe_scan(void *state, struct sim_cpu *cpu, unsigned priority, bool oneshot)
{
	return mm24_reclaim_refill_scan(state, cpu, priority, oneshot);
}

unsigned mm24_probe_launder(void *state, struct sim_cpu *cpu, uint32_t gfp, bool sync)
{
	return mm24_launder(state, cpu, mm24_oom_task(state, 0), gfp, sync);
}

uint64_t mm24_probe_reclaim(void *state, struct sim_cpu *cpu, unsigned zone)
{
	struct mm24 *mm = state;
	uint32_t slot = mm24_reclaim_page(mm, cpu, &mm->zones[zone]);

	return slot == MM24_NONE ? MM_NO_FRAME : mm24_frame(mm, slot);
}

void mm24_probe_stats(void *state)
{
	mm24_lru_decay(state);
}

bool mm24_probe_runnable(const void *state, enum mm24_probe_daemon which)
{
	return !((const struct mm24 *)state)->daemon[which].asleep;
}

bool mm24_probe_pass(void *state, struct sim_cpu *cpu, enum mm24_probe_daemon which)
{
	static bool (*const pass[])(struct mm24 * mm, struct sim_cpu * cpu) = {
		[MM24_PROBE_KSWAPD] = mm24_kswapd_pass,
		[MM24_PROBE_KRECLAIMD] = mm24_kreclaimd_pass,
		[MM24_PROBE_BDFLUSH] = mm24_bdflush_pass,
	};
	struct mm24 *mm = state;

	mm24_daemon_runs(mm, which);
	if (!pass[which](mm, cpu))
		return false;
	mm->daemon[which].queued = true;
	mm->daemon[which].asleep = true;
	return true;
}

uint32_t mm24_probe_complete(void *state, struct sim_cpu *cpu, uint32_t n)
{
	return mm24_io_complete(state, cpu, n);
}

void mm24_probe_task(void *state, uint32_t number, const struct mm24_probe_task *as)
{
	struct mm24_task *task = mm24_oom_task(state, number);

	task->total_vm = as->total_vm;
	task->utime = as->utime;
	task->stime = as->stime;
	task->start = as->start;
	task->nice = as->nice;
	task->uid = as->uid;
	task->euid = as->euid;
	task->caps = as->caps;
	task->no_mm = false;
}

int mm24_probe_badness(void *state, uint32_t number)
{
	struct mm24 *mm = state;

	return mm24_oom_badness(mm24_oom_task(mm, number), mm->jiffies_by_hand);
}

bool mm24_probe_oom(const void *state)
{
	return mm24_oom_test(state);
}
