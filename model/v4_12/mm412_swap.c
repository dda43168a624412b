/*
 * Swap space: who refers to its slots, and what reclaim asks of it.
 *
 * Kernel: swapon() of one area, swap_duplicate(), swap_free(), swapcache_free(),
 * try_to_free_swap(), vm_swap_full(); add_to_swap(), and for shared memory the first half of
 * shmem_writepage(). Its locks are never waited for.
 */
#include <stdlib.h>

#include "model/v4_12/mm412_swap.h"

#define HITS_AT_BOOT 4

static bool make_clusters(struct mm412_swap *swap)
{
	if (swap->rotates)
		return true;
	swap->nclusters = (swap->max + MM412_SWAP_CLUSTER - 1) / MM412_SWAP_CLUSTER;
	swap->cluster_count = calloc(swap->nclusters, sizeof(*swap->cluster_count));
	swap->cluster_link = calloc(swap->nclusters, sizeof(*swap->cluster_link));
	return swap->cluster_count && swap->cluster_link;
}

static bool make_tables(struct mm412_swap *swap, unsigned cpus)
{
	swap->map = calloc(swap->max, sizeof(*swap->map));
	swap->slot = malloc(swap->max * sizeof(*swap->slot));
	swap->cpus = calloc(cpus, sizeof(*swap->cpus));
	if (!swap->map || !swap->slot || !swap->cpus || !make_clusters(swap))
		return false;
	for (uint32_t i = 0; i < swap->max; i++)
		swap->slot[i] = (struct mm412_swap_slot){ MM412_NONE, MM_NO_CONTENT };
	for (unsigned c = 0; c < cpus; c++)
		swap->cpus[c].cluster = MM412_NONE;
	return true;
}

bool mm412_swap_make(struct mm412 *mm, uint64_t pages)
{
	struct mm412_swap *swap = calloc(1, sizeof(*swap));

	mm->sleep->swap = swap;
	if (!swap)
		return false;
	swap->hits = HITS_AT_BOOT;
	/* Without swap, and with nothing but a header. */
	if (pages <= 1)
		return true;
	if (pages >= MM412_NONE)
		return false;
	swap->max = (uint32_t)pages;
	swap->pages = swap->max - 1;
	swap->nr_pages = swap->pages;
	swap->rotates = mm->sleep->host.swap_rotates;
	if (!make_tables(swap, mm->ncpus))
		return false;
	mm412_swap_map_init(swap);
	return true;
}

void mm412_swap_done(struct mm412 *mm)
{
	struct mm412_swap *swap = mm->sleep->swap;

	if (!swap)
		return;
	mm412_swap_nodes_done(swap);
	free(swap->cluster_link);
	free(swap->cluster_count);
	free(swap->cpus);
	free(swap->slot);
	free(swap->map);
	free(swap);
	mm->sleep->swap = NULL;
}

uint64_t mm412_swap_free_pages(const struct mm412 *mm)
{
	int64_t pages = mm->sleep->swap->nr_pages;

	return pages > 0 ? (uint64_t)pages : 0;
}

uint64_t mm412_swap_total(const struct mm412 *mm)
{
	return mm->sleep->swap->pages;
}

bool mm412_swap_full(const struct mm412 *mm)
{
	return mm->sleep->swap->nr_pages * 2 < (int64_t)mm->sleep->swap->pages;
}

/* ---- references of a slot --------------------------------------------------------------- */

static unsigned users(const struct mm412_swap *swap, uint32_t slot)
{
	assert(slot > 0 && slot < swap->max);
	return swap->map[slot] & ~(unsigned)MM412_SWAP_HAS_CACHE;
}

bool mm412_swap_used(const struct mm412 *mm, uint32_t slot)
{
	return users(mm->sleep->swap, slot) > 0;
}

void mm412_swap_duplicate(struct mm412 *mm, uint32_t slot, uint32_t content)
{
	struct mm412_swap *swap = mm->sleep->swap;

	assert(swap->map[slot] == MM412_SWAP_HAS_CACHE);
	swap->map[slot] |= MM412_SWAP_USED;
	swap->slot[slot].content = content;
}

/* Whoever was the last leaves the slot marked as if the cache had it: it is not free before it
 * has gone through the CPU's cache. */
static void put(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned left)
{
	struct mm412_swap *swap = mm->sleep->swap;

	swap->map[slot] = (uint8_t)(left ? left : MM412_SWAP_HAS_CACHE);
	if (!left)
		mm412_swap_slots_put(mm, cpu, slot);
}

void mm412_swap_free(struct mm412 *mm, struct sim_cpu *cpu, uint32_t swap)
{
	struct mm412_swap *sw = mm->sleep->swap;

	assert(users(sw, swap) == MM412_SWAP_USED);
	sw->slot[swap].content = MM_NO_CONTENT;
	put(mm, cpu, swap, sw->map[swap] & MM412_SWAP_HAS_CACHE);
}

void mm412_swap_uncache(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_swap *swap = mm->sleep->swap;

	assert(swap->map[slot] & MM412_SWAP_HAS_CACHE);
	put(mm, cpu, slot, users(swap, slot));
}

/* ---- for reclaim ------------------------------------------------------------------------ */

bool mm412_swap_try_free(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, slot);

	if (!(p->flags & MM412_PG_SWAPCACHE) || (p->flags & MM412_PG_WRITEBACK) ||
	    mm412_swap_used(mm, p->swap))
		return false;
	mm412_swap_cache_del(mm, cpu, slot);
	p->flags |= MM412_PG_DIRTY;
	return true;
}

/* The mapping's entry is the slot's at once; an anonymous page's becomes so when it is
 * unmapped. */
static void shmem_swapped(struct mm412 *mm, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, slot);

	mm412_swap_duplicate(mm, p->swap, p->content - 1);
	mm412_lru_node_add(mm, slot, MM412_NODE_SHMEM, -1);
	mm412_lru_node_add(mm, slot, MM412_NODE_FILE_PAGES, -1);
}

bool mm412_swap_add(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		    uint32_t slot, struct mm412_chain *rest)
{
	struct mm412_page *p = mm412_page(mm, slot);
	uint32_t swap;

	assert(!(p->flags & MM412_PG_SWAPCACHE));
	swap = mm->sleep->swap->pages ? mm412_swap_slots_get(mm, cpu) : MM412_NONE;
	if (swap == MM412_NONE)
		return false;
	if ((mm412_pages(mm, slot) > 1 && !mm412_huge_split(mm, cpu, slot, rest)) ||
	    !mm412_swap_nodes_take(mm, cpu, task, swap)) {
		mm412_swap_uncache(mm, cpu, swap);
		return false;
	}
	mm412_swap_cache_add(mm, slot, swap);
	if (p->content && mm->sleep->contents[p->content - 1].kind == MM_KIND_SHMEM)
		shmem_swapped(mm, slot);
	return true;
}
