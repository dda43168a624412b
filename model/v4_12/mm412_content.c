/*
 * A page's only user, its content, as reclaim asks for it.
 *
 * Kernel: page_referenced(), try_to_unmap(), __remove_mapping(), each for a page with one
 * mapping at most. Lazily freed pages (MADV_FREE) and locked memory are not modelled.
 */
#include "model/v4_12/mm412_swap.h"

unsigned mm412_content_referenced(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, slot);

	if (!(p->flags & MM412_PG_MAPPED))
		return 0;
	mm412_charge(cpu, mm->cost.referenced);
	if (!(p->flags & MM412_PG_PTE_YOUNG))
		return 0;
	p->flags &= (uint16_t)~MM412_PG_PTE_YOUNG;
	return 1;
}

/* Of a page that is not in the swap cache nobody knows where it would be found again. */
bool mm412_content_unmap(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, slot);
	struct mm412_sleep *sl = mm->sleep;
	struct mm412_content *c;
	bool dirty = p->flags & MM412_PG_PTE_DIRTY;

	if (!(p->flags & MM412_PG_MAPPED))
		return true;
	mm412_charge(cpu, mm->cost.unmap);
	c = &sl->contents[p->content - 1];
	if (c->huge || (c->kind == MM_KIND_ANON && !(p->flags & MM412_PG_SWAPCACHE)))
		return false;
	if (p->flags & MM412_PG_PTE_YOUNG) {
		p->flags &= (uint16_t)~MM412_PG_PTE_YOUNG;
		return false;
	}
	mm412_content_map_not(mm, slot);
	/* set_page_dirty() of a page with a mapping */
	if (dirty)
		p->flags = (uint16_t)((p->flags | MM412_PG_DIRTY) & ~MM412_PG_RECLAIM);
	if (c->kind != MM_KIND_ANON)
		return true;
	mm412_swap_duplicate(mm, p->swap, p->content - 1);
	mm412_task_swapents(sl->tasks[c->task], 1);
	return true;
}

static bool remove_from_swap_cache(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, slot);
	uint32_t swap = p->swap;

	if (p->content) {
		struct mm412_content *c = &mm->sleep->contents[p->content - 1];

		c->place = MM412_ON_SWAP;
		c->where = swap;
	}
	mm412_swap_cache_del(mm, cpu, slot);
	return true;
}

static bool remove_from_page_cache(struct mm412 *mm, uint32_t slot, bool reclaimed)
{
	struct mm412_content *c = &mm->sleep->contents[mm412_page(mm, slot)->content - 1];

	/* What is not in the swap cache has nowhere to be. */
	if (c->kind != MM_KIND_FILE)
		return false;
	c->shadow = reclaimed ? mm412_workingset_eviction(mm, slot) : 0;
	c->place = MM412_ON_DISK;
	mm412_lru_node_add(mm, slot, MM412_NODE_FILE_PAGES, -1);
	mm412_shadow_left(mm, mm412_page(mm, slot)->content - 1, mm412_node_of(mm, slot)->nid);
	return true;
}

bool mm412_content_remove(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, bool reclaimed)
{
	struct mm412_page *p = mm412_page(mm, slot);
	bool removed;

	mm412_charge(cpu, mm->cost.remove);
	if (p->pins != 1 ||
	    (p->flags & (MM412_PG_DIRTY | MM412_PG_WRITEBACK | MM412_PG_MAPPED)))
		return false;
	if (p->flags & MM412_PG_SWAPCACHE)
		removed = remove_from_swap_cache(mm, cpu, slot);
	else if (p->content)
		removed = remove_from_page_cache(mm, slot, reclaimed);
	else
		removed = false;
	if (!removed)
		return false;
	p->content = 0;
	p->pins = 0;
	return true;
}

/* ---- questions -------------------------------------------------------------------------- */

uint64_t mm412_content_frame(const void *state, uint32_t content)
{
	const struct mm412 *mm = state;
	const struct mm412_content *c = mm412_content_number_find(mm, content);

	return c && c->place == MM412_IN_MEMORY ? mm412_frame(mm, c->where) : MM_NO_FRAME;
}

uint32_t mm412_content_count(const void *state)
{
	return ((const struct mm412 *)state)->sleep->ncontents;
}

uint32_t mm412_content_task(const void *state, uint32_t content)
{
	const struct mm412_content *c = mm412_content_number_find(state, content);

	return c ? c->task : UINT32_MAX;
}

/* ---- the end of a task ------------------------------------------------------------------ */

/* Shared memory stays, as a file does, but nobody maps it any more. */
static void unmap_shmem(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, slot);
	unsigned flags = p->flags;

	if (!(flags & MM412_PG_MAPPED))
		return;
	mm412_content_map_not(mm, slot);
	if (flags & MM412_PG_PTE_DIRTY)
		p->flags |= MM412_PG_DIRTY;
	if (flags & MM412_PG_PTE_YOUNG)
		mm412_pagevec_accessed(mm, cpu, slot);
}

/* Ends all anonymous contents of a task; returns the pages that it had in memory. Others can
 * run in between, and make more room for contents. */
static uint64_t zap(struct mm412 *mm, struct sim_cpu *cpu, uint32_t task, bool ended)
{
	struct mm412_sleep *sl = mm->sleep;
	uint64_t pages = 0;

	mm412_pagevec_drain(mm, cpu);
	for (uint32_t i = 0; i < sl->ncontents; i++) {
		struct mm412_content *c = &sl->contents[i];

		if (!c->live || c->ended || c->task != task)
			continue;
		if (c->kind == MM_KIND_ANON) {
			pages += c->place == MM412_IN_MEMORY;
			c->ended = ended;
			mm412_content_drop_it(mm, cpu, i);
		} else if (ended && c->kind == MM_KIND_SHMEM && c->place == MM412_IN_MEMORY) {
			unmap_shmem(mm, cpu, c->where);
		}
	}
	return pages;
}

void mm412_content_task_exit(void *state, struct sim_cpu *cpu, uint32_t task)
{
	struct mm412 *mm = state;
	bool seen = task < mm->sleep->ntasks && mm->sleep->tasks[task];
	struct mm412_task *t = seen ? mm412_task_of(mm, task) : NULL;

	if (!t)
		return;
	mm412_io_reap(mm, cpu);
	zap(mm, cpu, task, true);
	t->exited = true;
	mm412_oom_exited(mm, cpu, t);
}

uint64_t mm412_content_reap(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task)
{
	return zap(mm, cpu, task->number, false);
}
