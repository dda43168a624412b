/* shrink_page_list(), one page at a time: what each combination of flags leads to, by reading
 * the kernel's source; then batches. */
#include "model/v4_12/mm412_scan.h"
#include "model/v4_12/mm412_swap.h"
#include "tests/model/fates412.h"
#include "tests/model/world412.h"

static struct world412 w;
static struct mm412_node_sleep *node;
static struct mm412_task task;
static struct mm412_scan sc;
static struct mm412_shrunk seen;

static void open_world(void)
{
	w_open(&w, 16384, 1024);
	node = w_node(&w, 0);
	memset(&task, 0, sizeof(task));
	sc = (struct mm412_scan){ .task = &task,
				  .gfp = GFP_KERNEL,
				  .priority = 12,
				  .reclaim_idx = MM412_ZONE_MOVABLE,
				  .may_writepage = true,
				  .may_unmap = true,
				  .may_swap = true };
}

static void drop(void)
{
	w_close(&w);
}

static struct mm412_page *page_of(uint32_t slot)
{
	return mm412_page(w.mm, slot);
}

/* A page off its list, as isolate_lru_pages() leaves it. */
static uint32_t isolated(enum mm_kind kind, uint32_t *content)
{
	uint32_t slot;

	*content = w_hold(&w, 1, kind, false);
	slot = w_slot(&w, *content);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_FATAL(mm412_lru_isolate(w.mm, w_cpu(&w), slot));
	page_of(slot)->flags &= (uint16_t) ~(MM412_PG_PTE_YOUNG | MM412_PG_ACTIVE);
	return slot;
}

static uint64_t shrink_one(uint32_t slot, bool force)
{
	struct mm412_chain pages = mm412_chain_empty();
	uint64_t freed;

	mm412_chain_add(w.mm, &pages, slot);
	sc.nr_scanned = 0;
	freed = mm412_shrink(w.mm, w_cpu(&w), &pages, node, &sc, force, &seen);
	mm412_io_unplug(w.mm, w_cpu(&w), &task);
	CU_ASSERT_EQUAL(pages.entries, 1 - freed);
	return freed;
}

static void put_back(uint32_t slot)
{
	struct mm412_chain gone = mm412_chain_empty();

	mm412_lru_lock(w.mm, w_cpu(&w), node);
	mm412_scan_inactive_putback(w.mm, slot, &gone);
	mm412_lru_unlock(w_cpu(&w), node);
	mm412_scan_inactive_free(w.mm, w_cpu(&w), &gone);
}

static void check_fate(const struct row *row, uint32_t slot, uint64_t freed)
{
	unsigned flags = freed ? 0 : page_of(slot)->flags;

	CU_ASSERT_EQUAL(freed, row->fate == FREED);
	CU_ASSERT_EQUAL((flags & MM412_PG_ACTIVE) != 0, row->fate == ACTIVE);
	CU_ASSERT_EQUAL((flags & MM412_PG_WRITEBACK) != 0,
			row->fate == SENT || row->write != NOT_WRITTEN);
	CU_ASSERT_EQUAL((flags & MM412_PG_LOCKED) != 0, (row->flags & LOCKED) != 0);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_WRITEPAGE], row->fate == SENT);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_VMSCAN_WRITE], row->fate == SENT);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_PGACTIVATE], row->fate == ACTIVE);
	/* Left to the flusher, it is reclaimed as soon as it is written. */
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_VMSCAN_IMMEDIATE],
			row->fate == ACTIVE && row->dirty);
	/* The next look decides. */
	if (row->mapped && (row->flags & YOUNG))
		CU_ASSERT(flags & MM412_PG_REFERENCED);
	if (row->fate == SENT || (row->fate == ACTIVE && (row->dirty || row->write)))
		CU_ASSERT(flags & MM412_PG_RECLAIM);
}

static void check_row(const struct row *row)
{
	uint32_t content, slot = isolated(row->kind, &content);
	uint64_t freed;

	if (row->dirty)
		mm412_dirty_set(w.mm, w_cpu(&w), slot);
	if (row->mapped)
		mm412_content_map(w.mm, slot);
	if (row->write)
		mm412_io_write(w.mm, w_cpu(&w), slot, row->write == WRITING_FOR_RECLAIM);
	page_of(slot)->flags |= (uint16_t)row->flags;
	node->flags = row->node_flags;
	node->stat[MM412_NODE_VMSCAN_WRITE] = node->stat[MM412_NODE_VMSCAN_IMMEDIATE] = 0;
	w.events[MM_EVENT_WRITEPAGE] = 0;
	w.mm->sleep->event[MM412_PGACTIVATE] = 0;
	sc.kswapd = task.swapwrite = row->kswapd;
	sc.gfp = row->gfp;
	freed = shrink_one(slot, false);
	check_fate(row, slot, freed);
	CU_ASSERT_EQUAL(sc.nr_scanned, row->scanned);
	CU_ASSERT_EQUAL(memcmp(&seen, &row->seen, sizeof(seen)), 0);
	if (!freed) {
		page_of(slot)->flags &= (uint16_t)~LOCKED;
		put_back(slot);
		if (row->mapped)
			mm412_content_map_not(w.mm, slot);
	}
	mm412_content_drop(w.mm, w_cpu(&w), content);
}

static void each_page_has_the_fate_that_its_flags_ask_for(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check_row(&rows[i]);
		CU_ASSERT(k_ok(&w.k));
	}
}

/* ---- who may do what -------------------------------------------------------------------- */

static void without_may_unmap_mapped_pages_stay(void)
{
	uint32_t content, slot = isolated(MM_KIND_ANON, &content);

	sc.may_unmap = false;
	CU_ASSERT_EQUAL(shrink_one(slot, false), 0);
	CU_ASSERT_EQUAL(sc.nr_scanned, 1);
	CU_ASSERT(page_of(slot)->flags & MM412_PG_MAPPED);
	put_back(slot);
}

static void without_may_writepage_a_page_gets_swap_but_is_not_written(void)
{
	uint32_t content, slot = isolated(MM_KIND_ANON, &content);

	sc.may_writepage = false;
	CU_ASSERT_EQUAL(shrink_one(slot, false), 0);
	CU_ASSERT_EQUAL(page_of(slot)->flags & (MM412_PG_SWAPCACHE | MM412_PG_DIRTY |
						MM412_PG_MAPPED | MM412_PG_WRITEBACK),
			MM412_PG_SWAPCACHE | MM412_PG_DIRTY);
	put_back(slot);
}

static void with_swap_full_what_wanted_it_becomes_active(void)
{
	uint32_t anon, shmem, a = isolated(MM_KIND_ANON, &anon);
	uint32_t s = isolated(MM_KIND_SHMEM, &shmem);
	uint32_t slots[1024], n = 0;

	while ((slots[n] = mm412_swap_slots_get(w.mm, w_cpu(&w))) != MM412_NONE)
		n++;
	CU_ASSERT_EQUAL(shrink_one(a, false), 0);
	CU_ASSERT_EQUAL(seen.activate, 1);
	CU_ASSERT_EQUAL(shrink_one(s, false), 0);
	CU_ASSERT_EQUAL(seen.activate, 1);
	CU_ASSERT(page_of(s)->flags & MM412_PG_DIRTY);
	put_back(a);
	put_back(s);
	while (n)
		mm412_swap_uncache(w.mm, w_cpu(&w), slots[--n]);
}

static void a_page_that_somebody_else_holds_stays(void)
{
	uint32_t file, anon, f = isolated(MM_KIND_FILE, &file);
	uint32_t a = isolated(MM_KIND_ANON, &anon);

	mm412_lru_pin(w.mm, f);
	mm412_lru_pin(w.mm, a);
	CU_ASSERT_EQUAL(shrink_one(f, false), 0);
	CU_ASSERT_EQUAL(shrink_one(a, false), 0);
	CU_ASSERT_EQUAL(page_of(a)->flags & MM412_PG_WRITEBACK, 0);
	CU_ASSERT_EQUAL(w.mm->sleep->contents[file].place, MM412_IN_MEMORY);
	put_back(f);
	put_back(a);
	mm412_lru_put(w.mm, w_cpu(&w), f, false);
	mm412_lru_put(w.mm, w_cpu(&w), a, false);
}

static void force_takes_pages_that_were_used(void)
{
	uint32_t content, slot = isolated(MM_KIND_FILE, &content);

	mm412_content_map(w.mm, slot);
	page_of(slot)->flags |= MM412_PG_PTE_YOUNG | MM412_PG_REFERENCED;
	CU_ASSERT_EQUAL(shrink_one(slot, true), 1);
}

static void what_its_owner_drops_meanwhile_is_freed_when_it_is_put_back(void)
{
	uint32_t file, anon, f = isolated(MM_KIND_FILE, &file);
	uint32_t a = isolated(MM_KIND_ANON, &anon);
	int64_t free = mm412_vmstat_exact(w.mm, &w.mm->zones[0]);

	mm412_content_drop(w.mm, w_cpu(&w), file);
	mm412_content_drop(w.mm, w_cpu(&w), anon);
	CU_ASSERT_EQUAL(shrink_one(f, false), 0);
	CU_ASSERT_EQUAL(shrink_one(a, false), 0);
	put_back(f);
	put_back(a);
	/* On the CPU's list. */
	CU_ASSERT_EQUAL(mm412_tag_state(w.mm->s[f].tag), MM412_ON_PCP);
	CU_ASSERT_EQUAL(mm412_tag_state(w.mm->s[a].tag), MM412_ON_PCP);
	CU_ASSERT_EQUAL(mm412_vmstat_exact(w.mm, &w.mm->zones[0]), free);
}

/* ---- where contents go ------------------------------------------------------------------ */

/* Their owner, the file system, has a pin on them: clean pages go back as active. */
static void a_file_page_whose_buffers_are_in_use_stays(void)
{
	uint32_t content, slot = isolated(MM_KIND_FILE, &content);

	w.mm->sleep->host.buffers_stay = true;
	CU_ASSERT_EQUAL(shrink_one(slot, false), 0);
	CU_ASSERT(page_of(slot)->flags & MM412_PG_ACTIVE);
	CU_ASSERT_EQUAL(seen.activate, 1);
	put_back(slot);
	slot = isolated(MM_KIND_SHMEM, &content);
	CU_ASSERT_EQUAL(shrink_one(slot, false), 0);
	CU_ASSERT(page_of(slot)->flags & MM412_PG_WRITEBACK);
	put_back(slot);
}

static void one_page_of_a_file_stays_and_another_goes(void)
{
	uint32_t stays, goes, slot = isolated(MM_KIND_FILE, &stays);

	w.mm->sleep->contents[stays].stays = true;
	CU_ASSERT_EQUAL(shrink_one(slot, false), 0);
	CU_ASSERT(page_of(slot)->flags & MM412_PG_ACTIVE);
	put_back(slot);
	slot = isolated(MM_KIND_FILE, &goes);
	CU_ASSERT_EQUAL(shrink_one(slot, false), 1);
}

static void a_file_page_leaves_a_shadow(void)
{
	uint32_t content, slot = isolated(MM_KIND_FILE, &content);

	CU_ASSERT_EQUAL(shrink_one(slot, false), 1);
	CU_ASSERT_EQUAL(w.mm->sleep->contents[content].place, MM412_ON_DISK);
	CU_ASSERT_NOT_EQUAL(w.mm->sleep->contents[content].shadow, 0);
}

static void freed_pages_are_cold(void)
{
	const struct mm412_pcp *pcp = &w.mm->zones[0].pcps[0];
	uint32_t content, slot = isolated(MM_KIND_FILE, &content);

	shrink_one(slot, false);
	CU_ASSERT(pcp->count > 1);
	CU_ASSERT_EQUAL(pcp->list[MM412_MOVABLE].prev, slot);
}

static void who_waits_for_a_locked_page_is_woken(void)
{
	uint32_t content, slot = isolated(MM_KIND_FILE, &content);

	shrink_one(slot, false);
	CU_ASSERT_EQUAL(w_wakes(&w, "page"), 1);
}

static void an_anonymous_page_is_free_at_the_second_meeting(void)
{
	uint32_t content, slot = isolated(MM_KIND_ANON, &content);

	CU_ASSERT_EQUAL(shrink_one(slot, false), 0);
	CU_ASSERT_EQUAL(w.submits[0], 1);
	w_cpu(&w)->due += 2 * W_SERVICE;
	mm412_io_reap(w.mm, w_cpu(&w));
	CU_ASSERT_EQUAL(shrink_one(slot, false), 1);
	CU_ASSERT_EQUAL(sc.nr_scanned, 2);
	CU_ASSERT_EQUAL(w.mm->sleep->contents[content].place, MM412_ON_SWAP);
	CU_ASSERT_EQUAL(w.submits[0], 1);
}

/* A page that stays active needs its place on swap no more, when places are rare. */
static void with_half_of_swap_used_active_pages_leave_it(void)
{
	uint32_t content, slot = isolated(MM_KIND_ANON, &content), slots[1024], n = 0;

	sc.may_writepage = false;
	shrink_one(slot, false);
	mm412_content_try(w.mm, w_cpu(&w), content, false);
	page_of(slot)->flags |= MM412_PG_PTE_YOUNG;
	CU_ASSERT_EQUAL(shrink_one(slot, false), 0);
	CU_ASSERT(page_of(slot)->flags & MM412_PG_SWAPCACHE);
	while (!mm412_swap_full(w.mm))
		slots[n++] = mm412_swap_slots_get(w.mm, w_cpu(&w));
	page_of(slot)->flags |= MM412_PG_PTE_YOUNG;
	CU_ASSERT_EQUAL(shrink_one(slot, false), 0);
	CU_ASSERT_EQUAL(page_of(slot)->flags & MM412_PG_SWAPCACHE, 0);
	CU_ASSERT(page_of(slot)->flags & MM412_PG_DIRTY);
	put_back(slot);
	while (n)
		mm412_swap_uncache(w.mm, w_cpu(&w), slots[--n]);
}

/* swap_writepage() lets go of what nobody would read back. */
static void swapped_memory_of_a_dead_task_is_not_written(void)
{
	uint32_t content, slot = isolated(MM_KIND_ANON, &content);

	sc.may_writepage = false;
	shrink_one(slot, false);
	page_of(slot)->flags |= MM412_PG_LOCKED; /* so that it stays in the swap cache */
	mm412_content_drop(w.mm, w_cpu(&w), content);
	page_of(slot)->flags &= (uint16_t)~MM412_PG_LOCKED;
	CU_ASSERT(page_of(slot)->flags & MM412_PG_SWAPCACHE);
	sc.may_writepage = true;
	CU_ASSERT_EQUAL(shrink_one(slot, false), 0);
	CU_ASSERT_EQUAL(w.submits[0], 0);
	CU_ASSERT_EQUAL(page_of(slot)->flags & (MM412_PG_SWAPCACHE | MM412_PG_LOCKED), 0);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_VMSCAN_WRITE], 1);
	put_back(slot);
	CU_ASSERT_EQUAL(mm412_tag_state(w.mm->s[slot].tag), MM412_ON_PCP);
}

static void a_huge_page_is_split_and_goes_page_by_page(void)
{
	uint32_t slot = w_block(&w, 9, "GFP_HIGHUSER_MOVABLE|__GFP_COMP");
	struct mm_content what = { .task = 1, .kind = MM_KIND_ANON, .order = 9 };
	struct mm412_chain pages = mm412_chain_empty();

	mm412_content_hold(w.mm, w_cpu(&w), mm412_frame(w.mm, slot), what);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_FATAL(mm412_lru_isolate(w.mm, w_cpu(&w), slot));
	page_of(slot)->flags &= (uint16_t) ~(MM412_PG_PTE_YOUNG | MM412_PG_ACTIVE);
	mm412_chain_add(w.mm, &pages, slot);
	CU_ASSERT_EQUAL(mm412_shrink(w.mm, w_cpu(&w), &pages, node, &sc, false, &seen), 0);
	CU_ASSERT_EQUAL(pages.entries, 512);
	/* The disk gets a whole request as soon as there is another one, and the rest when the
	 * caller has put them back. */
	CU_ASSERT_EQUAL(w.submits[0], 320);
	mm412_io_unplug(w.mm, w_cpu(&w), &task);
	CU_ASSERT_EQUAL(w.submits[0], 512);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_THP_SPLIT_PAGE], 1);
	while (pages.entries) {
		uint32_t page = pages.last;

		mm412_chain_del(w.mm, &pages, page);
		put_back(page);
	}
}

/* Of a huge page the disk gets 320 pages while the others are still in hand. Time passes with
 * each page, so that the first of them are written before any is back on its list. */
static void what_is_written_while_it_is_on_no_list_is_not_rotated(void)
{
	uint32_t slot = w_block(&w, 9, "GFP_HIGHUSER_MOVABLE|__GFP_COMP");
	struct mm_content what = { .task = 1, .kind = MM_KIND_ANON, .order = 9 };
	struct mm412_chain pages = mm412_chain_empty();
	unsigned written = 0;

	mm412_content_hold(w.mm, w_cpu(&w), mm412_frame(w.mm, slot), what);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_FATAL(mm412_lru_isolate(w.mm, w_cpu(&w), slot));
	page_of(slot)->flags &= (uint16_t) ~(MM412_PG_PTE_YOUNG | MM412_PG_ACTIVE);
	mm412_chain_add(w.mm, &pages, slot);
	w.mm->cost.shrink_page[0] = W_SERVICE;
	mm412_shrink(w.mm, w_cpu(&w), &pages, node, &sc, false, &seen);
	mm412_io_unplug(w.mm, w_cpu(&w), &task);
	while (pages.entries) {
		uint32_t page = pages.last;

		written += !(page_of(page)->flags & MM412_PG_WRITEBACK);
		mm412_chain_del(w.mm, &pages, page);
		put_back(page);
	}
	CU_ASSERT(written > 0 && written < 320);
	w_cpu(&w)->due += 1000 * W_SERVICE;
	mm412_io_reap(w.mm, w_cpu(&w));
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_PGROTATED], 512 - written);
}

/* ---- congestion ------------------------------------------------------------------------- */

static void a_dirty_page_is_congested_while_its_disks_line_is_long(void)
{
	uint32_t content[256], slot[256], n = 0;

	/* Every other place: each page is a request. */
	while (!mm412_io_congested(w.mm, w_cpu(&w), false) && n + 1 < ARRAY_SIZE(slot)) {
		slot[n] = isolated(MM_KIND_FILE, &content[n]);
		if (n % 2 == 0)
			mm412_io_write(w.mm, w_cpu(&w), slot[n], false);
		n++;
	}
	CU_ASSERT_FATAL(n + 1 < ARRAY_SIZE(slot));
	slot[n] = isolated(MM_KIND_FILE, &content[n]);
	mm412_dirty_set(w.mm, w_cpu(&w), slot[n]);
	CU_ASSERT_EQUAL(shrink_one(slot[n], false), 0);
	CU_ASSERT_EQUAL(seen.congested, 1);
	/* kswapd may write to it all the same, others may not: may_write_to_inode(). */
	sc.kswapd = true;
	node->flags = MM412_PGDAT_DIRTY;
	page_of(slot[n])->flags &= (uint16_t)~MM412_PG_ACTIVE;
	CU_ASSERT_EQUAL(shrink_one(slot[n], false), 0);
	CU_ASSERT_EQUAL(page_of(slot[n])->flags & MM412_PG_WRITEBACK, 0);
	task.swapwrite = true;
	CU_ASSERT_EQUAL(shrink_one(slot[n], false), 0);
	CU_ASSERT(page_of(slot[n])->flags & MM412_PG_WRITEBACK);
	for (unsigned i = 0; i <= n; i++)
		put_back(slot[i]);
}

static void a_write_that_is_over_at_once_frees_the_page(void)
{
	uint32_t content, slot;

	k_drop(&w.k);
	w_init(&w, 1, 1);
	k_one_zone(&w.k, 1, 16384);
	w_to_world(&w);
	w.file_io_is_free = true;
	w_boot(&w, 0);
	node = w_node(&w, 0);
	slot = isolated(MM_KIND_FILE, &content);
	mm412_dirty_set(w.mm, w_cpu(&w), slot);
	page_of(slot)->flags |= MM412_PG_RECLAIM;
	node->flags = MM412_PGDAT_DIRTY;
	sc.kswapd = task.swapwrite = true;
	CU_ASSERT_EQUAL(shrink_one(slot, false), 1);
	CU_ASSERT_EQUAL(node->stat[MM412_NODE_WRITTEN], 1);
}

static CU_TestInfo tests[] = {
	{ "each page has the fate that its flags ask for",
	  each_page_has_the_fate_that_its_flags_ask_for },
	{ "without may unmap mapped pages stay", without_may_unmap_mapped_pages_stay },
	{ "without may writepage a page gets swap but is not written",
	  without_may_writepage_a_page_gets_swap_but_is_not_written },
	{ "with swap full what wanted it becomes active",
	  with_swap_full_what_wanted_it_becomes_active },
	{ "a page that somebody else holds stays", a_page_that_somebody_else_holds_stays },
	{ "force takes pages that were used", force_takes_pages_that_were_used },
	{ "what its owner drops meanwhile is freed when it is put back",
	  what_its_owner_drops_meanwhile_is_freed_when_it_is_put_back },
	{ "a file page whose buffers are in use stays",
	  a_file_page_whose_buffers_are_in_use_stays },
	{ "one page of a file stays and another goes",
	  one_page_of_a_file_stays_and_another_goes },
	{ "a file page leaves a shadow", a_file_page_leaves_a_shadow },
	{ "freed pages are cold", freed_pages_are_cold },
	{ "who waits for a locked page is woken", who_waits_for_a_locked_page_is_woken },
	{ "with half of swap used active pages leave it",
	  with_half_of_swap_used_active_pages_leave_it },
	{ "an anonymous page is free at the second meeting",
	  an_anonymous_page_is_free_at_the_second_meeting },
	{ "swapped memory of a dead task is not written",
	  swapped_memory_of_a_dead_task_is_not_written },
	{ "a huge page is split and goes page by page",
	  a_huge_page_is_split_and_goes_page_by_page },
	{ "what is written while it is on no list is not rotated",
	  what_is_written_while_it_is_on_no_list_is_not_rotated },
	{ "a dirty page is congested while its disks line is long",
	  a_dirty_page_is_congested_while_its_disks_line_is_long },
	{ "a write that is over at once frees the page",
	  a_write_that_is_over_at_once_frees_the_page },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_shrink", NULL, NULL, open_world, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
