/*
 * The swap cache: which page holds what a slot of swap holds.
 *
 * Kernel: __add_to_swap_cache(), delete_from_swap_cache(), find_get_page() of its trees.
 */
#include "model/v4_12/mm412_swap.h"

uint32_t mm412_swap_cached(const struct mm412 *mm, uint32_t swap)
{
	return mm->sleep->swap->slot[swap].page;
}

void mm412_swap_cache_add(struct mm412 *mm, uint32_t page, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, page);
	struct mm412_swap *swap = mm->sleep->swap;

	assert(!(p->flags & MM412_PG_SWAPCACHE) && swap->slot[slot].page == MM412_NONE);
	assert(swap->map[slot] & MM412_SWAP_HAS_CACHE);
	p->flags |= MM412_PG_SWAPCACHE;
	p->swap = slot;
	swap->slot[slot].page = page;
	mm412_lru_node_add(mm, page, MM412_NODE_FILE_PAGES, 1);
}

void mm412_swap_cache_del(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, slot);
	uint32_t swap = p->swap;

	assert((p->flags & MM412_PG_SWAPCACHE) && !(p->flags & MM412_PG_WRITEBACK));
	p->flags &= (uint16_t)~MM412_PG_SWAPCACHE;
	p->swap = 0;
	mm->sleep->swap->slot[swap].page = MM412_NONE;
	mm412_lru_node_add(mm, slot, MM412_NODE_FILE_PAGES, -1);
	mm412_swap_uncache(mm, cpu, swap);
	mm412_swap_nodes_put(mm, swap);
}

void mm412_swap_cache_move(struct mm412 *mm, uint32_t swap, uint32_t to)
{
	assert(mm->sleep->swap->slot[swap].page != MM412_NONE);
	mm->sleep->swap->slot[swap].page = to;
}
