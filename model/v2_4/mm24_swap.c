/*
 * Swap space and the swap cache. A slot's count is its number of users: page table entries
 * and the swap cache. Slots are handed out lowest first.
 *
 * Kernel: get_swap_page(), swap_duplicate(), swap_free(), add_to_swap_cache(),
 * is_page_shared(), delete_from_swap_cache_nolock(), free_page_and_swap_cache(). The kernel
 * keeps to clusters of 256 slots where it finds empty ones (docs/model-limits.md).
 */
#include <stdlib.h>

#include "model/v2_4/mm24.h"

bool mm24_swap_make(struct mm24 *mm, uint64_t pages)
{
	struct mm24_swap *swap = &mm->swap;

	assert(!swap->map);
	if (pages == 0)
		return true;
	if (pages >= MM24_NONE)
		return false;
	swap->map = calloc(pages, sizeof(*swap->map));
	swap->page = malloc(pages * sizeof(*swap->page));
	if (!swap->map || !swap->page) {
		free(swap->map);
		free(swap->page);
		*swap = (struct mm24_swap){ 0 };
		return false;
	}
	for (uint64_t i = 0; i < pages; i++)
		swap->page[i] = MM24_NONE;
	swap->pages = (uint32_t)pages;
	swap->free = swap->pages - 1;
	swap->lowest = 1;
	return true;
}

uint32_t mm24_swap_get(struct mm24 *mm)
{
	struct mm24_swap *swap = &mm->swap;
	uint32_t slot = swap->lowest;

	if (swap->free == 0)
		return MM24_NONE;
	while (swap->map[slot])
		slot++;
	swap->map[slot] = 1;
	swap->free--;
	swap->lowest = slot + 1;
	return slot;
}

void mm24_swap_dup(struct mm24 *mm, uint32_t slot)
{
	assert(mm->swap.map[slot] > 0 && mm->swap.map[slot] < UINT16_MAX);
	mm->swap.map[slot]++;
}

void mm24_swap_free(struct mm24 *mm, uint32_t slot)
{
	struct mm24_swap *swap = &mm->swap;

	assert(slot > 0 && slot < swap->pages && swap->map[slot] > 0);
	if (--swap->map[slot])
		return;
	swap->free++;
	if (slot < swap->lowest)
		swap->lowest = slot;
}

void mm24_swap_cache_add(struct mm24 *mm, struct sim_cpu *cpu, uint32_t page, uint32_t slot)
{
	struct mm24_page *p = mm24_page(mm, page);

	assert(!(mm->s[page].tag & MM24_MAPPING) && mm->swap.page[slot] == MM24_NONE);
	/* Before the lock, which others may get first: they must find the page. */
	p->count++;
	p->swap = slot;
	mm->s[page].tag |= MM24_SWAP_CACHE | MM24_MAPPING;
	mm->swap.page[slot] = page;
	mm24_charge(cpu, mm->cost.lookup);
	mm24_touch(mm, cpu, page);
	mm24_lock(mm, cpu, &mm->cache_lock, SIM_CAUSE_LRU);
	mm24_lru_add(mm, cpu, page);
	sim_unlock(cpu, &mm->cache_lock);
}

bool mm24_swap_shared(const struct mm24 *mm, uint32_t page)
{
	const struct mm24_page *p = mm24_page(mm, page);
	unsigned tag = mm->s[page].tag;
	int32_t count = p->count;

	if (tag & MM24_RESERVED)
		return true;
	if (tag & MM24_SWAP_CACHE)
		count += mm->swap.map[p->swap] - 2 - !!(tag & MM24_BUFFERS);
	return count > 1;
}

void mm24_swap_free_page(struct mm24 *mm, struct sim_cpu *cpu, uint32_t page)
{
	unsigned tag = mm->s[page].tag;

	/* A page that is locked, because it is being written, stays until reclaim finds it. */
	if ((tag & MM24_SWAP_CACHE) && !(tag & MM24_LOCKED) && !mm24_swap_shared(mm, page))
		mm24_cache_remove(mm, cpu, page);
	mm24_buddy_put(mm, cpu, page, 0);
}
