/*
 * What becomes of the pages of a batch that were taken off an inactive list: freed, sent to
 * the disk, kept, or moved to the active list.
 *
 * Kernel: shrink_page_list(), page_check_references(), page_check_dirty_writeback(),
 * pageout(), may_write_to_inode() of mm/vmscan.c; shmem_writepage() and swap_writepage() as
 * far as they decide whether something is written.
 *
 * Without memory cgroups a page that is being written is never waited for (the third of the
 * kernel's three cases). Nobody locks memory, and there are no buffers and no lazily freed
 * pages.
 */
#include "model/v4_12/mm412_scan.h"
#include "model/v4_12/mm412_where.h"
#include "model/v4_12/mm412_work.h"

/* One call. */
struct batch {
	struct mm412 *mm;
	struct sim_cpu *cpu;
	struct mm412_node_sleep *node;
	struct mm412_scan *sc;
	struct mm412_chain *rest; /* still to be looked at */
	bool force;
	struct mm412_shrunk seen;
	struct mm412_flush flush;
};

enum outcome { FREED, ACTIVATE, KEEP, KEEP_UNLOCKED };
enum reference { RECLAIM, RECLAIM_CLEAN, REFERENCED_KEEP, REFERENCED_ACTIVATE };
enum pageout { CLEAN, OUT_KEEP, OUT_ACTIVATE, SENT };

static bool is_file(const struct mm412_page *page)
{
	return !(page->flags & MM412_PG_SWAPBACKED);
}

static bool is_anon(const struct mm412 *mm, const struct mm412_page *page)
{
	return page->content && mm->sleep->contents[page->content - 1].kind == MM_KIND_ANON;
}

/* Its owner has given it up while it was isolated: page->mapping would be NULL. */
static bool is_gone(const struct mm412_page *page)
{
	return !page->content && !(page->flags & MM412_PG_SWAPCACHE);
}

/* ---- before anything is done ------------------------------------------------------------ */

static bool may_enter_fs(const struct batch *b, const struct mm412_page *page)
{
	return (b->sc->gfp & MM412_GFP_FS) ||
	       ((page->flags & MM412_PG_SWAPCACHE) && (b->sc->gfp & MM412_GFP_IO));
}

/* What decides later on whether the node is called dirty or congested: pages of files only,
 * as flushers do not write others. */
static void note_dirty(struct batch *b, const struct mm412_page *page)
{
	bool dirty = is_file(page) && (page->flags & MM412_PG_DIRTY);
	bool writeback = is_file(page) && (page->flags & MM412_PG_WRITEBACK);

	if (!dirty && !writeback)
		return;
	b->seen.dirty++;
	if (!writeback)
		b->seen.unqueued_dirty++;
	if ((writeback && (page->flags & MM412_PG_RECLAIM)) ||
	    (!is_gone(page) && mm412_io_congested(b->mm, b->cpu, false)))
		b->seen.congested++;
}

/* A page on its way to the disk goes to the active list, out of the way, and comes back to the
 * tail of the inactive one when it is written. */
static enum outcome in_writeback(struct batch *b, struct mm412_page *page)
{
	if (b->sc->kswapd && (page->flags & MM412_PG_RECLAIM) &&
	    (b->node->flags & MM412_PGDAT_WRITEBACK)) {
		b->seen.immediate++;
		return ACTIVATE;
	}
	page->flags |= MM412_PG_RECLAIM;
	b->seen.writeback++;
	return ACTIVATE;
}

static enum reference references(struct batch *b, uint32_t slot)
{
	struct mm412_page *page = mm412_page(b->mm, slot);
	unsigned entries = mm412_content_referenced(b->mm, b->cpu, slot);
	bool marked = page->flags & MM412_PG_REFERENCED;

	page->flags &= (uint16_t)~MM412_PG_REFERENCED;
	if (!entries)
		return marked && is_file(page) ? RECLAIM_CLEAN : RECLAIM;
	if (!is_file(page))
		return REFERENCED_ACTIVATE;
	/* The fault that mapped it left one reference: the second one counts. */
	page->flags |= MM412_PG_REFERENCED;
	return marked || entries > 1 ? REFERENCED_ACTIVATE : REFERENCED_KEEP;
}

/* try_to_unmap() with TTU_BATCH_FLUSH: other CPUs' TLBs are flushed later, all at once. */
static bool unmap(struct batch *b, uint32_t slot)
{
	const struct mm412_page *page = mm412_page(b->mm, slot);
	const struct mm412_content *c = &b->mm->sleep->contents[page->content - 1];
	bool writable = page->flags & MM412_PG_PTE_DIRTY;

	if (!mm412_content_unmap(b->mm, b->cpu, slot))
		return false;
	mm412_work_flush_later(&b->flush, b->cpu, b->mm->sleep->tasks[c->task], writable);
	return true;
}

/* ---- writing ---------------------------------------------------------------------------- */

static bool may_write(const struct batch *b, const struct mm412_page *page)
{
	/* Swap is never called congested here: its address space has no device. */
	return !is_file(page) || b->sc->task->swapwrite ||
	       !mm412_io_congested(b->mm, b->cpu, false);
}

static bool clear_dirty(struct batch *b, uint32_t slot)
{
	struct mm412_page *page = mm412_page(b->mm, slot);
	bool dirty = page->flags & MM412_PG_DIRTY;

	if (is_file(page))
		return mm412_dirty_clear(b->mm, b->cpu, slot);
	page->flags &= (uint16_t)~MM412_PG_DIRTY;
	return dirty;
}

/* ->writepage(): false when shared memory finds no swap and stays dirty. */
static bool write_page(struct batch *b, uint32_t slot)
{
	struct mm412 *mm = b->mm;
	struct mm412_page *page = mm412_page(mm, slot);

	if (!is_file(page) && !(page->flags & MM412_PG_SWAPCACHE) &&
	    !mm412_swap_add(mm, b->cpu, b->sc->task, slot, b->rest)) {
		page->flags |= MM412_PG_DIRTY;
		return false;
	}
	/* Nobody wants it back from swap: it is let go instead. */
	if ((page->flags & MM412_PG_SWAPCACHE) && mm412_swap_try_free(mm, b->cpu, slot))
		page->flags &= (uint16_t) ~(MM412_PG_LOCKED | MM412_PG_RECLAIM);
	else
		mm412_io_write_later(mm, b->cpu, b->sc->task, slot);
	return true;
}

static void tell_written(struct batch *b, uint32_t slot)
{
	enum { WB_ANON = 1, WB_FILE = 2, WB_ASYNC = 8 };
	bool file = is_file(mm412_page(b->mm, slot));

	mm412_lru_node_add(b->mm, slot, MM412_NODE_VMSCAN_WRITE, 1);
	mm412_tell(b->mm, b->cpu, b->sc->task,
		   (struct mm_event){ MM_EVENT_WRITEPAGE,
				      { (int64_t)mm412_frame(b->mm, slot),
					(file ? WB_FILE : WB_ANON) | WB_ASYNC } });
}

static enum pageout pageout(struct batch *b, uint32_t slot)
{
	struct mm412_page *page = mm412_page(b->mm, slot);
	unsigned before;
	bool written;

	if (page->pins != 1 || is_gone(page) || !may_write(b, page))
		return OUT_KEEP;
	if (!clear_dirty(b, slot))
		return CLEAN;
	before = sim_enter(b->cpu, MM412_IN_PAGEOUT);
	written = write_page(b, slot);
	sim_leave(b->cpu, before);
	if (!written)
		return OUT_ACTIVATE;
	tell_written(b, slot);
	return SENT;
}

/* A dirty page: FREED when it is clean now and can go. */
static enum outcome dirty_page(struct batch *b, uint32_t slot, enum reference reference,
			       bool enter_fs)
{
	struct mm412_page *page = mm412_page(b->mm, slot);

	/* Pages of files are the flushers' business, unless kswapd meets them again although
	 * nothing else is left. */
	if (is_file(page) && (!b->sc->kswapd || !(page->flags & MM412_PG_RECLAIM) ||
			      !(b->node->flags & MM412_PGDAT_DIRTY))) {
		mm412_lru_node_add(b->mm, slot, MM412_NODE_VMSCAN_IMMEDIATE, 1);
		page->flags |= MM412_PG_RECLAIM;
		return ACTIVATE;
	}
	if (reference == RECLAIM_CLEAN || !enter_fs || !b->sc->may_writepage)
		return KEEP;
	/* try_to_unmap_flush_dirty(): nobody may write to it while it is written. */
	if (b->flush.writable)
		mm412_work_flush(b->mm, b->cpu, &b->flush);
	switch (pageout(b, slot)) {
	case OUT_KEEP:
		return KEEP;
	case OUT_ACTIVATE:
		return ACTIVATE;
	case SENT:
		if (page->flags & (MM412_PG_WRITEBACK | MM412_PG_DIRTY | MM412_PG_LOCKED))
			return KEEP_UNLOCKED;
		page->flags |= MM412_PG_LOCKED;
		return FREED;
	case CLEAN:
		break;
	}
	return FREED;
}

/* ---- one page --------------------------------------------------------------------------- */

/* try_to_release_page() fails. */
static bool buffers_stay(const struct mm412 *mm, const struct mm412_page *page)
{
	if (page->flags & MM412_PG_SWAPBACKED)
		return false;
	return mm->sleep->host.buffers_stay ||
	       (page->content && mm->sleep->contents[page->content - 1].stays);
}

/* Out of its owner's hands: swap space, page table entry, disk, cache, in that order. */
static enum outcome reclaim_page(struct batch *b, uint32_t slot, enum reference reference,
				 bool enter_fs)
{
	struct mm412 *mm = b->mm;
	struct mm412_page *page = mm412_page(mm, slot);
	enum outcome outcome = FREED;

	if (is_anon(mm, page) && !(page->flags & MM412_PG_SWAPCACHE)) {
		if (!(b->sc->gfp & MM412_GFP_IO))
			return KEEP;
		if (!mm412_swap_add(mm, b->cpu, b->sc->task, slot, b->rest))
			return ACTIVATE;
		enter_fs = true;
	}
	if ((page->flags & MM412_PG_MAPPED) && !unmap(b, slot)) {
		b->seen.unmap_fail++;
		return ACTIVATE;
	}
	if (page->flags & MM412_PG_DIRTY)
		outcome = dirty_page(b, slot, reference, enter_fs);
	if (outcome != FREED)
		return outcome;
	if (buffers_stay(mm, page))
		return ACTIVATE;
	return mm412_content_remove(mm, b->cpu, slot, true) ? FREED : KEEP;
}

static enum outcome shrink_page(struct batch *b, uint32_t slot)
{
	struct mm412_page *page = mm412_page(b->mm, slot);
	enum reference reference = RECLAIM_CLEAN;
	bool enter_fs;

	b->sc->nr_scanned++;
	if (!b->sc->may_unmap && (page->flags & MM412_PG_MAPPED))
		return KEEP;
	/* Such pages are dearer to lose: slabs shrink the more for them. */
	if (page->flags & (MM412_PG_MAPPED | MM412_PG_SWAPCACHE))
		b->sc->nr_scanned++;
	enter_fs = may_enter_fs(b, page);
	note_dirty(b, page);
	if (page->flags & MM412_PG_WRITEBACK)
		return in_writeback(b, page);
	if (b->force)
		page->flags &= (uint16_t)~MM412_PG_PTE_YOUNG;
	else
		reference = references(b, slot);
	if (reference == REFERENCED_ACTIVATE)
		return ACTIVATE;
	if (reference == REFERENCED_KEEP) {
		b->seen.ref_keep++;
		return KEEP;
	}
	return reclaim_page(b, slot, reference, enter_fs);
}

static void activate(struct batch *b, uint32_t slot)
{
	struct mm412_page *page = mm412_page(b->mm, slot);

	if ((page->flags & MM412_PG_SWAPCACHE) && mm412_swap_full(b->mm))
		mm412_swap_try_free(b->mm, b->cpu, slot);
	page->flags |= MM412_PG_ACTIVE;
	b->seen.activate++;
}

/* ---- a batch ---------------------------------------------------------------------------- */

/* No reference is left, and nobody can find it any more. */
static void to_free(struct mm412 *mm, uint32_t slot, struct mm412_chain *free)
{
	*mm412_page(mm, slot) = (struct mm412_page){ 0 };
	mm412_chain_add(mm, free, slot);
}

uint64_t mm412_shrink(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_chain *pages,
		      struct mm412_node_sleep *node, struct mm412_scan *sc, bool force,
		      struct mm412_shrunk *seen)
{
	struct batch b = {
		.mm = mm, .cpu = cpu, .node = node, .sc = sc, .rest = pages, .force = force
	};
	struct mm412_chain keep = mm412_chain_empty(), free = mm412_chain_empty();
	unsigned before = sim_enter(cpu, MM412_IN_SHRINK_PAGE_LIST);
	uint64_t freed;

	mm412_scan_breathe(mm, cpu);
	while (pages->entries) {
		uint32_t slot = pages->last;
		struct mm412_page *page = mm412_page(mm, slot);
		enum outcome outcome = KEEP_UNLOCKED;

		/* Disks interrupt at any time. */
		mm412_io_reap(mm, cpu);
		mm412_charge(cpu, mm->cost.shrink_page);
		mm412_touch_frame(mm, cpu, slot);
		mm412_chain_del(mm, pages, slot);
		if (!(page->flags & MM412_PG_LOCKED)) {
			page->flags |= MM412_PG_LOCKED;
			outcome = shrink_page(&b, slot);
		}
		if (outcome == FREED) {
			to_free(mm, slot, &free);
			continue;
		}
		if (outcome == ACTIVATE)
			activate(&b, slot);
		if (outcome != KEEP_UNLOCKED)
			page->flags &= (uint16_t)~MM412_PG_LOCKED;
		mm412_chain_add(mm, &keep, slot);
	}
	freed = free.entries;
	mm412_work_flush(mm, cpu, &b.flush);
	/* Whoever found one of them locked looks again. */
	cpu->port->wake(cpu, mm->sleep->page_queue, UINT32_MAX);
	mm412_lru_free_chain(mm, cpu, &free, true);
	/* What is written while it is on no list will not be moved to a list's tail. */
	mm412_io_reap(mm, cpu);
	mm412_chain_splice(mm, pages, &keep);
	mm412_count(mm, MM412_PGACTIVATE, b.seen.activate);
	if (seen)
		*seen = b.seen;
	sim_leave(cpu, before);
	return freed;
}
