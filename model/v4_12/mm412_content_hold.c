/*
 * What a block that was handed out holds from now on.
 *
 * Kernel: what do_anonymous_page(), do_huge_pmd_anonymous_page(), add_to_page_cache_lru() and
 * shmem_getpage() do with a new page. A slab page is one content, whatever its order.
 */
#include "model/v4_12/mm412_sleep.h"

/* The number of the content; huge pages take a row of them. */
static uint32_t take(struct mm412 *mm, struct mm_content what, uint32_t slot)
{
	struct mm412_sleep *sl = mm->sleep;
	struct mm412_content c = { .where = slot,
				   .task = what.task,
				   .kind = (uint8_t)what.kind,
				   .place = MM412_IN_MEMORY,
				   .stays = what.stays && what.kind == MM_KIND_FILE,
				   .live = true };
	uint32_t first;

	if (what.order < MM412_HUGE_ORDER || what.kind == MM_KIND_SLAB) {
		first = mm412_content_number_take(mm);
		if (first != MM_NO_CONTENT)
			sl->contents[first] = c;
		return first;
	}
	first = mm412_content_number_take_run(mm);
	if (first == MM_NO_CONTENT)
		return first;
	c.huge = true;
	c.part = true;
	c.shadow = sl->contents[first].shadow;
	for (uint32_t i = 0; i < MM412_BLOCK_FRAMES; i++) {
		sl->contents[first + i] = c;
		c.where++;
		c.shadow = 0;
	}
	return first;
}

static void hold_slab(struct mm412 *mm, uint32_t slot, bool used)
{
	struct mm412_node_sleep *node = mm412_node_of(mm, slot);

	mm412_page(mm, slot)->flags = (uint16_t)(MM412_PG_SLAB | (used ? MM412_PG_ACTIVE : 0));
	mm_list_add(mm->s, used ? node->used_slabs : node->slabs, slot);
	if (used)
		node->slabs_in_use += (uint64_t)mm412_pages(mm, slot);
	mm412_lru_zone_add(mm, slot, MM412_ZONE_SLAB_RECLAIMABLE, mm412_pages(mm, slot));
}

/* Whoever asked for the page has just written to it. */
static void hold_anon(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool active)
{
	mm412_page(mm, slot)->flags =
		(uint16_t)(MM412_PG_SWAPBACKED | MM412_PG_PTE_DIRTY |
			   (active ? MM412_PG_ACTIVE | MM412_PG_PTE_YOUNG : 0));
	mm412_content_map(mm, slot);
	mm412_count(mm, MM412_PGFAULT, 1);
	if (mm412_pages(mm, slot) > 1)
		mm412_count(mm, MM412_THP_FAULT_ALLOC, 1);
	mm412_pagevec_add(mm, cpu, slot);
}

/* Shared memory is dirty as long as swap does not have it. */
static void hold_shmem(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
		       struct mm_content what)
{
	int64_t pages = mm412_pages(mm, slot);

	mm412_page(mm, slot)->flags =
		(uint16_t)(MM412_PG_SWAPBACKED | MM412_PG_DIRTY |
			   (what.active ? MM412_PG_ACTIVE : 0) |
			   (what.active || !what.old ? MM412_PG_PTE_YOUNG : 0));
	mm412_lru_node_add(mm, slot, MM412_NODE_FILE_PAGES, pages);
	mm412_lru_node_add(mm, slot, MM412_NODE_SHMEM, pages);
	mm412_content_map(mm, slot);
	mm412_count(mm, MM412_PGFAULT, 1);
	mm412_pagevec_add(mm, cpu, slot);
}

static void hold_file(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
		      struct mm_content what)
{
	mm412_page(mm, slot)->flags = what.active ? MM412_PG_ACTIVE : 0;
	mm412_lru_node_add(mm, slot, MM412_NODE_FILE_PAGES, mm412_pages(mm, slot));
	mm412_shadow_changed(mm, mm412_page(mm, slot)->content - 1);
	if (what.dirty)
		mm412_dirty_set(mm, cpu, slot);
	mm412_pagevec_add(mm, cpu, slot);
}

static void put_on_lists(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot,
			 struct mm_content what)
{
	if (what.kind == MM_KIND_SLAB)
		hold_slab(mm, slot, what.active);
	else if (what.kind == MM_KIND_ANON)
		hold_anon(mm, cpu, slot, what.active);
	else if (what.kind == MM_KIND_SHMEM)
		hold_shmem(mm, cpu, slot, what);
	else
		hold_file(mm, cpu, slot, what);
}

/* What is not in its page table changes nothing of a task. */
static struct mm412_task *owner(struct mm412 *mm, struct mm_content what)
{
	if (what.kind == MM_KIND_FILE || what.kind == MM_KIND_SLAB)
		return mm412_task_seen(mm, what.task);
	return mm412_task_of(mm, what.task);
}

uint32_t mm412_content_hold(void *state, struct sim_cpu *cpu, uint64_t frame,
			    struct mm_content what)
{
	struct mm412 *mm = state;
	struct mm412_task *task = owner(mm, what);
	uint32_t slot = mm412_slot(mm, frame);
	uint32_t number;
	/* Mapping a page and putting it onto a list is part of the recorded time between two
	 * events: it is not charged a second time, and nobody waits in it. */
	struct sim_cpu unpaid = *cpu;

	unpaid.on_actor = false;
	assert(mm412_tag_state(mm->s[slot].tag) == MM412_USED);
	assert(what.kind == MM_KIND_SLAB || mm412_tag_order(mm->s[slot].tag) == what.order);
	assert(what.order == 0 || what.kind == MM_KIND_SLAB ||
	       (what.order == MM412_HUGE_ORDER && what.kind == MM_KIND_ANON));
	number = task ? take(mm, what, slot) : MM_NO_CONTENT;
	if (number == MM_NO_CONTENT)
		return MM_NO_CONTENT;
	/* A number that is used again after a task's end is another task's. */
	if (what.kind == MM_KIND_ANON && task->exited && !task->killed)
		task->exited = task->reaped = false;
	if (task != &mm->sleep->plain)
		task->cpu = cpu->id;
	*mm412_page(mm, slot) = (struct mm412_page){ .content = number + 1 };
	mm->sleep->unpaid = true;
	put_on_lists(mm, &unpaid, slot, what);
	mm->sleep->unpaid = false;
	return number;
}
