/*
 * Buffers: one buffer head for a page that has any, of the page's size.
 *
 * Kernel: create_buffers(), sync_page_buffers(), try_to_free_buffers() of fs/buffer.c.
 * mm24_bdflush.c keeps the dirty ones in order.
 */
#include "model/v2_4/mm24_where.h"

void mm24_buffer_make(struct mm24 *mm, uint32_t slot, unsigned flags)
{
	struct mm_slot *page = &mm->s[slot];

	assert((flags & ~(unsigned)(MM24_BUFFER_DIRTY | MM24_RAMDISK)) == 0);
	if (!(page->tag & MM24_BUFFERS)) {
		page->tag |= (uint16_t)(MM24_BUFFERS | (flags & MM24_RAMDISK));
		mm24_page(mm, slot)->count++;
	}
	page->tag |= (uint16_t)(flags & MM24_BUFFER_DIRTY);
}

void mm24_buffer_clean(struct mm24 *mm, uint32_t slot)
{
	struct mm24_page *page = mm24_page(mm, slot);

	mm->s[slot].tag &= (uint16_t)~MM24_BUFFER_DIRTY;
	if (page->dirtied & 1) {
		page->dirtied++;
		mm->nr_dirty_buffers--;
	}
}

/* sync_page_buffers(): waits only for writes that were under way before. */
static void sync_buffer(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot, int wait)
{
	unsigned before = sim_enter(cpu, MM24_IN_SYNC_PAGE_BUFFERS);

	if (!(mm->s[slot].tag & MM24_BUFFER_LOCKED))
		mm24_io_write_buffer(mm, cpu, slot);
	else if (wait > 1)
		mm24_io_wait(mm, cpu, slot);
	sim_leave(cpu, before);
}

static bool busy(const struct mm24 *mm, uint32_t slot)
{
	return mm->s[slot].tag & (MM24_BUFFER_DIRTY | MM24_BUFFER_LOCKED);
}

bool mm24_buffer_try_free(struct mm24 *mm, struct sim_cpu *cpu, uint32_t slot, int wait)
{
	mm24_charge(cpu, mm->cost.buffers);
	if (busy(mm, slot) && wait) {
		sync_buffer(mm, cpu, slot, wait);
		if (wait < 2)
			return false;
		if (busy(mm, slot)) {
			sync_buffer(mm, cpu, slot, wait);
			return false;
		}
	}
	if (busy(mm, slot))
		return false;
	mm->s[slot].tag &= (uint16_t) ~(MM24_BUFFERS | MM24_RAMDISK);
	mm24_buddy_put(mm, cpu, slot, 0);
	return true;
}
