/*
 * The end of a content, wherever it is.
 *
 * Kernel: zap_pte_range() with free_page_and_swap_cache() and free_swap_and_cache(),
 * truncate_inode_page(), shmem_undo_range(), and the free of a slab page. What is being written
 * or read, or is in somebody's hands, goes later.
 */
#include "model/v4_12/mm412_sleep.h"

static struct mm412_task *owner(const struct mm412 *mm, const struct mm412_content *c)
{
	return mm->sleep->tasks[c->task];
}

/* The entry held a swap slot, whose page may be in the swap cache. */
static void zap_swap_entry(struct mm412 *mm, struct sim_cpu *cpu, uint32_t swap)
{
	uint32_t slot;

	mm412_swap_free(mm, cpu, swap);
	slot = mm412_swap_cached(mm, swap);
	if (slot == MM412_NONE || (mm412_page(mm, slot)->flags & MM412_PG_LOCKED))
		return;
	if (mm412_swap_try_free(mm, cpu, slot))
		mm412_lru_release(mm, cpu, slot);
}

static void drop_anon(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_content *c)
{
	uint32_t slot = c->where;
	struct mm412_page *p = mm412_page(mm, slot);

	if (!(p->flags & MM412_PG_MAPPED)) {
		p->content = 0;
		mm412_task_swapents(owner(mm, c), -1);
		zap_swap_entry(mm, cpu, p->swap);
		return;
	}
	mm412_content_map_not(mm, slot);
	p->content = 0;
	if ((p->flags & MM412_PG_SWAPCACHE) && !(p->flags & MM412_PG_LOCKED))
		mm412_swap_try_free(mm, cpu, slot);
	mm412_lru_release(mm, cpu, slot);
}

static void drop_shmem(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_content *c)
{
	uint32_t slot = c->where;
	struct mm412_page *p = mm412_page(mm, slot);

	if (p->flags & MM412_PG_MAPPED)
		mm412_content_map_not(mm, slot);
	p->content = 0;
	if (p->flags & MM412_PG_SWAPCACHE) {
		zap_swap_entry(mm, cpu, p->swap);
		return;
	}
	mm412_lru_node_add(mm, slot, MM412_NODE_FILE_PAGES, -1);
	mm412_lru_node_add(mm, slot, MM412_NODE_SHMEM, -1);
	p->flags &= (uint16_t)~MM412_PG_DIRTY;
	mm412_lru_release(mm, cpu, slot);
}

static void drop_file(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_content *c)
{
	uint32_t slot = c->where;
	struct mm412_page *p = mm412_page(mm, slot);

	/* Who has it in his hands to write it finds it gone; the disk is not stopped. */
	if (p->flags & MM412_PG_WRITEBACK)
		mm412_io_forget(mm, slot);
	mm412_dirty_clear(mm, cpu, slot);
	mm412_lru_node_add(mm, slot, MM412_NODE_FILE_PAGES, -1);
	mm412_shadow_left(mm, p->content - 1, mm412_node_of(mm, slot)->nid);
	p->content = 0;
	mm412_lru_release(mm, cpu, slot);
}

static void drop_slab(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm_list_del(mm->s, slot);
	if (mm412_page(mm, slot)->flags & MM412_PG_ACTIVE)
		mm412_node_of(mm, slot)->slabs_in_use -= (uint64_t)mm412_pages(mm, slot);
	mm412_lru_zone_add(mm, slot, MM412_ZONE_SLAB_RECLAIMABLE,
			   -(int64_t)mm412_pages(mm, slot));
	*mm412_page(mm, slot) = (struct mm412_page){ 0 };
	mm412_lru_release(mm, cpu, slot);
}

static void drop_in_memory(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_content *c)
{
	switch (c->kind) {
	case MM_KIND_ANON:
		drop_anon(mm, cpu, c);
		break;
	case MM_KIND_SHMEM:
		drop_shmem(mm, cpu, c);
		break;
	case MM_KIND_FILE:
		drop_file(mm, cpu, c);
		break;
	default:
		drop_slab(mm, cpu, c->where);
	}
}

/* On an actor others can run when a page goes: by then nobody finds the content any more. */
void mm412_content_drop_it(struct mm412 *mm, struct sim_cpu *cpu, uint32_t number)
{
	struct mm412_content *c = &mm->sleep->contents[number];
	struct mm412_content was = *c;

	c->place = MM412_NOWHERE;
	c->reading = false;
	if (was.huge) {
		mm412_huge_drop(mm, cpu, number);
	} else if (was.place == MM412_IN_MEMORY) {
		drop_in_memory(mm, cpu, &was);
	} else if (was.place == MM412_ON_SWAP) {
		if (was.kind == MM_KIND_ANON)
			mm412_task_swapents(owner(mm, &was), -1);
		mm412_swap_free(mm, cpu, was.where);
	} else if (was.place == MM412_ON_DISK) {
		mm412_shadow_changed(mm, number);
	}
}

/* Before many pages are freed at once this CPU's pagevecs are emptied: what has only just been
 * put there is not held up by them. lru_add_drain() of free_pages_and_swap_cache() and of
 * __pagevec_release() */
static void drain_for(struct mm412 *mm, struct sim_cpu *cpu, const struct mm412_content *c)
{
	const struct mm412_page *p;

	if (c->place != MM412_IN_MEMORY || c->huge)
		return;
	p = mm412_page(mm, c->where);
	if (p->pins && !(p->flags & (MM412_PG_LRU | MM412_PG_ISOLATED)))
		mm412_pagevec_drain(mm, cpu);
}

void mm412_content_drop(void *state, struct sim_cpu *cpu, uint32_t content)
{
	struct mm412 *mm = state;
	struct mm412_content *c = &mm->sleep->contents[content];

	assert(content < mm->sleep->ncontents && c->live);
	mm412_io_reap(mm, cpu);
	if (!c->ended) {
		drain_for(mm, cpu, c);
		mm412_content_drop_it(mm, cpu, content);
	}
	mm412_content_number_give(mm, content);
}
