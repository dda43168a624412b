/*
 * Pages of the page cache: added, looked up, taken out.
 *
 * Kernel: add_to_page_cache(), __find_page_nolock(), truncate_complete_page(),
 * remove_inode_page() of mm/filemap.c, __delete_from_swap_cache() of mm/swap_state.c, and
 * block_flushpage() of fs/buffer.c. There are no mappings and no hash table: whose page it is
 * says its content, or its swap slot.
 */
#include "model/v2_4/mm24.h"

/* The kernel leaves the page locked, until it has been read; here who reads it locks it. */
void mm24_cache_add(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot, unsigned how)
{
	struct mm_slot *page = &mm->s[slot];

	assert(!(page->tag & (MM24_LOCKED | MM24_MAPPING)));
	assert((how & ~(unsigned)(MM24_NO_WRITEPAGE | MM24_REFUSES)) == 0);
	mm24_lock(mm, cpu, &mm->cache_lock, SIM_CAUSE_LRU);
	page->tag &= (uint16_t) ~(MM24_DIRTY | MM24_REFERENCED);
	page->tag |= (uint16_t)(MM24_MAPPING | how);
	mm24_page(mm, slot)->count++;
	mm24_lru_add(mm, cpu, slot);
	sim_unlock(cpu, &mm->cache_lock);
}

void mm24_cache_find(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot,
		     const struct mm24_task *task)
{
	mm24_charge(cpu, mm->cost.lookup);
	mm24_lock(mm, cpu, &mm->cache_lock, SIM_CAUSE_LRU);
	mm24_lru_age_up(mm, cpu, slot);
	mm24_lru_wake_test(mm, cpu, task, false);
	sim_unlock(cpu, &mm->cache_lock);
}

void mm24_cache_forget(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	const unsigned mapping =
		MM24_MAPPING | MM24_SWAP_CACHE | MM24_NO_WRITEPAGE | MM24_REFUSES;
	struct mm24_page *page = mm24_page(mm, slot);
	unsigned tag = mm->s[slot].tag;
	uint32_t content = page->content;

	mm24_charge(cpu, mm->cost.lookup);
	mm->s[slot].tag = (uint16_t)(tag & ~mapping);
	if (tag & MM24_SWAP_CACHE) {
		mm->s[slot].tag &= (uint16_t)~MM24_DIRTY;
		mm->swap.page[page->swap] = MM24_NONE;
		mm24_swap_free(mm, page->swap);
	}
	page->content = 0;
	if (content)
		mm24_content_gone(mm, content - 1);
}

/*
 * block_flushpage(): false when the buffers stay behind, on a page without mapping, until
 * page_launder() finds them clean. The kernel waits for a buffer that is being written; in a
 * world nobody sleeps here, with the lock of the cache held.
 */
static bool drop_buffers(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	if (!(mm->s[slot].tag & MM24_BUFFERS))
		return true;
	mm24_buffer_clean(mm, slot);
	if (mm->io.by_hand)
		mm24_io_wait(mm, cpu, slot);
	if (mm24_buffer_try_free(mm, cpu, slot, 0))
		return true;
	mm->buffermem_pages++;
	return false;
}

/*
 * The kernel waits for the page's lock, and for its buffers. Here a write of the page goes on
 * without it, and a page that page_launder() has just taken off its list becomes one of
 * buffers only: page_launder() frees it.
 */
void mm24_cache_remove(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	struct mm_slot *page = &mm->s[slot];

	/* Nobody takes it while this waits for the lock; what follows is one step. */
	mm24_page(mm, slot)->count++;
	mm24_lock(mm, cpu, &mm->cache_lock, SIM_CAUSE_LRU);
	mm24_io_reap(mm, cpu);
	mm24_io_forget(mm, slot);
	if ((page->tag & MM24_LOCKED) && !(page->tag & MM24_LRU)) {
		mm24_buffer_clean(mm, slot);
		mm->buffermem_pages++;
	} else if (drop_buffers(mm, cpu, slot)) {
		mm24_lru_del(mm, cpu, slot);
	}
	page->tag &= (uint16_t)~MM24_DIRTY;
	mm24_cache_forget(mm, cpu, slot);
	mm24_page(mm, slot)->count--;
	mm24_buddy_put(mm, cpu, slot, 0);
	sim_unlock(cpu, &mm->cache_lock);
}
