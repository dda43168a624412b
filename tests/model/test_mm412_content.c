/* Contents: what their pages count as, where they are, and how they end. */
#include "tests/model/swap412.h"

enum { FRAMES = 4096, SWAP = 2048 };

static void an_anonymous_page_is_its_task_s(void)
{
	struct world412 w;
	uint32_t number;

	w_open(&w, FRAMES, SWAP);
	number = w_hold(&w, 3, MM_KIND_ANON, true);
	CU_ASSERT_EQUAL(mm412_content_task(w.mm, number), 3);
	CU_ASSERT_EQUAL(mm412_content_frame(w.mm, number),
			mm412_frame(w.mm, w_slot(&w, number)));
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 3)->rss[MM_KIND_ANON], 1);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 3)->ptes, 2);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_ANON_MAPPED), 1);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_FILE_PAGES), 0);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGFAULT), 1);
	CU_ASSERT_EQUAL(mm412_lru_of(w.mm, w_slot(&w, number)), MM412_INACTIVE_ANON);
	s_drop(&w, number);
	CU_ASSERT_EQUAL(mm412_content_task(w.mm, number), UINT32_MAX);
	CU_ASSERT_EQUAL(mm412_content_frame(w.mm, number), MM_NO_FRAME);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 3)->rss[MM_KIND_ANON], 0);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 3)->ptes, 0);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_ANON_MAPPED), 0);
	w_close(&w);
}

static void each_kind_counts_where_the_kernel_counts_it(void)
{
	struct world412 w;
	uint32_t shmem, clean, dirty, slab;

	w_open(&w, FRAMES, SWAP);
	shmem = w_hold(&w, 0, MM_KIND_SHMEM, true);
	clean = w_hold(&w, 0, MM_KIND_FILE, false);
	dirty = w_hold(&w, 0, MM_KIND_FILE, true);
	slab = w_hold(&w, 0, MM_KIND_SLAB, false);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_FILE_PAGES), 3);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_SHMEM), 1);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_FILE_MAPPED), 1);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_FILE_DIRTY), 1);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_SHMEM], 1);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_ANON], 0);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_FILE], 0);
	CU_ASSERT_EQUAL(w.mm->sleep->zones[0].stat[MM412_ZONE_SLAB_RECLAIMABLE], 1);
	CU_ASSERT_EQUAL(mm412_lru_of(w.mm, w_slot(&w, shmem)), MM412_INACTIVE_ANON);
	CU_ASSERT_EQUAL(mm412_lru_of(w.mm, w_slot(&w, clean)), MM412_INACTIVE_FILE);
	s_drop(&w, shmem);
	s_drop(&w, clean);
	s_drop(&w, dirty);
	s_drop(&w, slab);
	for (unsigned i = 0; i < MM412_NODE_DIRTIED; i++)
		CU_ASSERT_EQUAL(s_node(&w, i), 0);
	w_close(&w);
}

static unsigned flags_of_shmem(struct world412 *w, bool active, bool old)
{
	uint32_t slot = w_page(w), number;
	struct mm_content what = {
		.kind = MM_KIND_SHMEM, .dirty = true, .active = active, .old = old
	};

	w_cpu(w)->on_actor = false;
	number = mm412_content_hold(w->mm, w_cpu(w), mm412_frame(w->mm, slot), what);
	w_cpu(w)->on_actor = true;
	return s_flags(w, number);
}

/* Else the first round of reclaim would activate all inactive pages of a tmpfs. */
static void shared_memory_of_before_the_start_is_in_use_when_it_is_active(void)
{
	struct world412 w;

	w_open(&w, FRAMES, SWAP);
	CU_ASSERT_TRUE(flags_of_shmem(&w, false, false) & MM412_PG_PTE_YOUNG);
	CU_ASSERT_TRUE(flags_of_shmem(&w, true, true) & MM412_PG_PTE_YOUNG);
	CU_ASSERT_FALSE(flags_of_shmem(&w, false, true) & MM412_PG_PTE_YOUNG);
	w_close(&w);
}

static void a_page_that_was_just_made_is_freed_at_once(void)
{
	struct world412 w;
	uint32_t number;
	int64_t before;

	w_open(&w, FRAMES, SWAP);
	number = s_anon(&w);
	before = mm412_vmstat_exact(w.mm, &w.mm->zones[0]);
	CU_ASSERT_FALSE(s_flags(&w, number) & MM412_PG_LRU);
	s_drop(&w, number);
	CU_ASSERT_EQUAL(mm412_vmstat_exact(w.mm, &w.mm->zones[0]), before + 1);
	w_close(&w);
}

static void who_reads_on_in_a_page_marks_it_once(void)
{
	struct world412 w;
	uint32_t a, b;

	w_open(&w, FRAMES, SWAP);
	a = w_hold(&w, 0, MM_KIND_FILE, false);
	b = w_hold(&w, 0, MM_KIND_FILE, false);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	s_try(&w, a, false);
	s_try(&w, a, false);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_TRUE(s_flags(&w, a) & MM412_PG_REFERENCED);
	CU_ASSERT_FALSE(s_flags(&w, a) & MM412_PG_ACTIVE);
	s_try(&w, b, false);
	s_try(&w, a, false);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_TRUE(s_flags(&w, a) & MM412_PG_ACTIVE);
	CU_ASSERT_FALSE(s_flags(&w, b) & MM412_PG_ACTIVE);
	w_close(&w);
}

/* grab_cache_page_write_begin() goes without FGP_ACCESSED since 4.7. */
static void writes_of_a_file_do_not_keep_its_pages(void)
{
	struct world412 w;
	uint32_t a;

	w_open(&w, FRAMES, SWAP);
	a = w_hold(&w, 0, MM_KIND_FILE, false);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	s_try(&w, a, true);
	s_try(&w, a, true);
	CU_ASSERT_TRUE(s_flags(&w, a) & MM412_PG_DIRTY);
	CU_ASSERT_FALSE(s_flags(&w, a) & MM412_PG_REFERENCED);
	/* Nor are they what a reader has read last. */
	s_try(&w, a, false);
	CU_ASSERT_TRUE(s_flags(&w, a) & MM412_PG_REFERENCED);
	s_try(&w, a, true);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_FALSE(s_flags(&w, a) & MM412_PG_ACTIVE);
	w_close(&w);
}

static void numbers_are_used_again_last_in_first_out(void)
{
	struct world412 w;
	uint32_t a, b, c;

	w_open(&w, FRAMES, SWAP);
	a = s_anon(&w);
	b = s_anon(&w);
	c = s_anon(&w);
	CU_ASSERT(a == 0 && b == 1 && c == 2);
	s_drop(&w, b);
	s_drop(&w, a);
	CU_ASSERT_EQUAL(s_anon(&w), a);
	CU_ASSERT_EQUAL(s_anon(&w), b);
	CU_ASSERT_EQUAL(mm412_content_count(w.mm), 3);
	w_close(&w);
}

static void a_content_in_use_cannot_be_removed(void)
{
	struct world412 w;
	uint32_t number, slot;

	w_open(&w, FRAMES, SWAP);
	number = w_hold(&w, 0, MM_KIND_FILE, false);
	slot = w_slot(&w, number);
	/* In a pagevec. */
	mm412_lru_pin(w.mm, slot);
	CU_ASSERT_FALSE(mm412_content_remove(w.mm, w_cpu(&w), slot, true));
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	mm412_lru_put(w.mm, w_cpu(&w), slot, false);
	CU_ASSERT_TRUE(mm412_lru_isolate(w.mm, w_cpu(&w), slot));
	mm412_dirty_set(w.mm, w_cpu(&w), slot);
	CU_ASSERT_FALSE(mm412_content_remove(w.mm, w_cpu(&w), slot, true));
	mm412_dirty_clear(w.mm, w_cpu(&w), slot);
	CU_ASSERT_TRUE(mm412_content_remove(w.mm, w_cpu(&w), slot, true));
	CU_ASSERT_EQUAL(s_content(&w, number)->place, MM412_ON_DISK);
	CU_ASSERT_NOT_EQUAL(s_content(&w, number)->shadow, 0);
	k_drop(&w.k);
}

static void what_was_touched_is_not_unmapped(void)
{
	struct world412 w;
	uint32_t number, slot;

	w_open(&w, FRAMES, SWAP);
	number = s_anon(&w);
	slot = w_slot(&w, number);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	/* Nobody could find it again. */
	CU_ASSERT_FALSE(mm412_content_unmap(w.mm, w_cpu(&w), slot));
	CU_ASSERT_TRUE(mm412_swap_add(w.mm, w_cpu(&w), NULL, slot, NULL));
	CU_ASSERT_EQUAL(s_try(&w, number, false).verdict, MM_DONE);
	CU_ASSERT_FALSE(mm412_content_unmap(w.mm, w_cpu(&w), slot));
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->swapents, 0);
	CU_ASSERT_FALSE(s_flags(&w, number) & MM412_PG_DIRTY);
	CU_ASSERT_TRUE(mm412_content_unmap(w.mm, w_cpu(&w), slot));
	CU_ASSERT_TRUE(s_flags(&w, number) & MM412_PG_DIRTY);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->swapents, 1);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_ANON], 0);
	CU_ASSERT_TRUE(mm412_swap_used(w.mm, s_page(&w, number)->swap));
	/* It is in memory: a fault that does not wait. */
	CU_ASSERT_EQUAL(s_try(&w, number, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->swapents, 0);
	CU_ASSERT_EQUAL(w.reads[0], 0);
	w_close(&w);
}

static void references_are_seen_once(void)
{
	struct world412 w;
	uint32_t number;

	w_open(&w, FRAMES, SWAP);
	number = s_anon(&w);
	s_try(&w, number, false);
	CU_ASSERT_EQUAL(mm412_content_referenced(w.mm, w_cpu(&w), w_slot(&w, number)), 1);
	CU_ASSERT_EQUAL(mm412_content_referenced(w.mm, w_cpu(&w), w_slot(&w, number)), 0);
	number = w_hold(&w, 0, MM_KIND_FILE, false);
	CU_ASSERT_EQUAL(s_try(&w, number, false).verdict, MM_DONE);
	/* Read, not mapped: that is what PG_referenced is for. */
	CU_ASSERT_EQUAL(mm412_content_referenced(w.mm, w_cpu(&w), w_slot(&w, number)), 0);
	CU_ASSERT_TRUE(s_flags(&w, number) & MM412_PG_REFERENCED);
	w_close(&w);
}

static void shared_memory_goes_to_swap_and_outlives_its_task(void)
{
	struct world412 w;
	uint32_t number, other;

	w_open(&w, FRAMES, SWAP);
	number = w_hold(&w, 0, MM_KIND_SHMEM, true);
	other = w_hold(&w, 0, MM_KIND_SHMEM, true);
	s_out(&w, number);
	CU_ASSERT_EQUAL(s_content(&w, number)->place, MM412_ON_SWAP);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_SHMEM), 1);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_FILE_PAGES), 1);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->swapents, 0);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_SHMEM], 1);
	CU_ASSERT_TRUE(s_access(&w, number, false).refault);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_SHMEM), 2);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_FILE_PAGES), 2);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_SHMEM], 2);
	CU_ASSERT_FALSE(s_flags(&w, number) & MM412_PG_SWAPCACHE);
	CU_ASSERT_TRUE(s_flags(&w, number) & MM412_PG_DIRTY);
	mm412_content_task_exit(w.mm, w_cpu(&w), 0);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_SHMEM], 0);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_SHMEM), 2);
	s_out(&w, other);
	CU_ASSERT_TRUE(s_access(&w, other, true).refault);
	CU_ASSERT_EQUAL(s_access(&w, number, true).verdict, MM_DONE);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_SHMEM], 0);
	s_out(&w, number);
	s_drop(&w, number);
	s_drop(&w, other);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_SHMEM), 0);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_FILE_PAGES), 0);
	w_close(&w);
}

static void a_slab_page_that_was_used_is_the_youngest(void)
{
	struct world412 w;
	uint32_t a, b, head;

	w_open(&w, FRAMES, SWAP);
	a = w_hold(&w, 0, MM_KIND_SLAB, false);
	b = w_hold(&w, 0, MM_KIND_SLAB, false);
	head = w_node(&w, 0)->slabs;
	CU_ASSERT_EQUAL(w.mm->s[head].next, w_slot(&w, b));
	CU_ASSERT_EQUAL(s_try(&w, a, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(w.mm->s[head].next, w_slot(&w, a));
	CU_ASSERT_EQUAL(w.mm->s[head].prev, w_slot(&w, b));
	w_close(&w);
}

static void what_the_shrinker_took_is_nowhere(void)
{
	struct world412 w;
	uint32_t number;

	w_open(&w, FRAMES, SWAP);
	number = w_hold(&w, 0, MM_KIND_SLAB, false);
	mm412_reclaim_drop_caches(w.mm, w_cpu(&w), 2);
	CU_ASSERT_EQUAL(s_content(&w, number)->place, MM412_NOWHERE);
	CU_ASSERT_EQUAL(s_access(&w, number, false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(mm412_content_frame(w.mm, number), MM_NO_FRAME);
	s_drop(&w, number);
	w_close(&w);
}

static void a_task_s_end_takes_its_memory_and_leaves_the_numbers(void)
{
	struct world412 w;
	uint32_t resident, swapped, file, others;

	w_open(&w, FRAMES, SWAP);
	resident = w_hold(&w, 1, MM_KIND_ANON, true);
	swapped = w_hold(&w, 1, MM_KIND_ANON, true);
	file = w_hold(&w, 1, MM_KIND_FILE, false);
	others = w_hold(&w, 2, MM_KIND_ANON, true);
	s_out(&w, swapped);
	mm412_content_task_exit(w.mm, w_cpu(&w), 1);
	CU_ASSERT_TRUE(mm412_task_of(w.mm, 1)->exited);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 1)->rss[MM_KIND_ANON], 0);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 1)->swapents, 0);
	CU_ASSERT_EQUAL(mm412_content_task(w.mm, resident), UINT32_MAX);
	CU_ASSERT_EQUAL(s_access(&w, resident, false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(s_access(&w, file, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_access(&w, others, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_ANON_MAPPED), 1);
	CU_ASSERT_NOT_EQUAL(s_anon(&w), resident);
	s_drop(&w, resident);
	s_drop(&w, swapped);
	CU_ASSERT_EQUAL(s_anon(&w), swapped);
	w_close(&w);
}

static void the_reaper_frees_pages_and_the_task_goes_on_to_its_end(void)
{
	struct world412 w;
	uint32_t resident, swapped;

	w_open(&w, FRAMES, SWAP);
	resident = w_hold(&w, 1, MM_KIND_ANON, true);
	swapped = w_hold(&w, 1, MM_KIND_ANON, true);
	s_out(&w, swapped);
	CU_ASSERT_EQUAL(mm412_content_reap(w.mm, w_cpu(&w), mm412_task_of(w.mm, 1)), 1);
	CU_ASSERT_EQUAL(mm412_content_task(w.mm, resident), 1);
	CU_ASSERT_EQUAL(mm412_content_frame(w.mm, resident), MM_NO_FRAME);
	CU_ASSERT_EQUAL(s_access(&w, resident, false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(mm412_content_reap(w.mm, w_cpu(&w), mm412_task_of(w.mm, 1)), 0);
	mm412_content_task_exit(w.mm, w_cpu(&w), 1);
	s_drop(&w, resident);
	s_drop(&w, swapped);
	w_close(&w);
}

static void a_page_that_is_being_written_can_be_dropped(void)
{
	struct world412 w;
	uint32_t anon, file;

	w_open(&w, FRAMES, SWAP);
	anon = s_anon(&w);
	s_squeeze(&w, anon);
	CU_ASSERT_TRUE(s_flags(&w, anon) & MM412_PG_WRITEBACK);
	s_drop(&w, anon);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->swapents, 0);
	/* Until the write has ended the slot is the swap cache's. */
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_WRITEBACK), 1);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_FILE_PAGES), 1);
	CU_ASSERT_TRUE(k_ok(&w.k));
	file = w_hold(&w, 0, MM_KIND_FILE, true);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	mm412_dirty_clear(w.mm, w_cpu(&w), w_slot(&w, file));
	mm412_io_write(w.mm, w_cpu(&w), w_slot(&w, file), false);
	s_drop(&w, file);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_WRITEBACK), 1);
	s_time(&w);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_WRITEBACK), 0);
	w_close(&w);
}

static void a_content_moves_with_all_that_is_known_of_it(void)
{
	struct world412 w;
	uint32_t number, from, to;

	w_open(&w, FRAMES, SWAP);
	number = s_anon(&w);
	s_try(&w, number, true);
	from = w_slot(&w, number);
	to = w_page(&w);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_TRUE(mm412_swap_add(w.mm, w_cpu(&w), NULL, from, NULL));
	CU_ASSERT_FALSE(mm412_content_move(w.mm, w_cpu(&w), from, to, MM412_COMPACT_SYNC));
	CU_ASSERT_TRUE(mm412_lru_isolate(w.mm, w_cpu(&w), from));
	CU_ASSERT_TRUE(mm412_content_move(w.mm, w_cpu(&w), from, to, MM412_COMPACT_SYNC));
	CU_ASSERT_EQUAL(w_slot(&w, number), to);
	CU_ASSERT_EQUAL(mm412_swap_cached(w.mm, s_page(&w, number)->swap), to);
	CU_ASSERT_TRUE(s_flags(&w, number) & MM412_PG_MAPPED);
	CU_ASSERT_FALSE(s_flags(&w, number) & MM412_PG_PTE_YOUNG);
	mm412_lru_put(w.mm, w_cpu(&w), from, false);
	mm412_page(w.mm, to)->pins = 1;
	mm412_lru_putback(w.mm, w_cpu(&w), to);
	CU_ASSERT_EQUAL(s_try(&w, number, false).verdict, MM_DONE);
	w_close(&w);
}

static CU_TestInfo tests[] = {
	{ "writes of a file do not keep its pages", writes_of_a_file_do_not_keep_its_pages },
	{ "an anonymous page is its task's", an_anonymous_page_is_its_task_s },
	{ "each kind counts where the kernel counts it",
	  each_kind_counts_where_the_kernel_counts_it },
	{ "shared memory of before the start is in use when it is active",
	  shared_memory_of_before_the_start_is_in_use_when_it_is_active },
	{ "a page that was just made is freed at once",
	  a_page_that_was_just_made_is_freed_at_once },
	{ "who reads on in a page marks it once", who_reads_on_in_a_page_marks_it_once },
	{ "numbers are used again, last in first out",
	  numbers_are_used_again_last_in_first_out },
	{ "a content in use cannot be removed", a_content_in_use_cannot_be_removed },
	{ "what was touched is not unmapped", what_was_touched_is_not_unmapped },
	{ "references are seen once", references_are_seen_once },
	{ "shared memory goes to swap and outlives its task",
	  shared_memory_goes_to_swap_and_outlives_its_task },
	{ "a slab page that was used is the youngest",
	  a_slab_page_that_was_used_is_the_youngest },
	{ "what the shrinker took is nowhere", what_the_shrinker_took_is_nowhere },
	{ "a task's end takes its memory and leaves the numbers",
	  a_task_s_end_takes_its_memory_and_leaves_the_numbers },
	{ "the reaper frees pages and the task goes on to its end",
	  the_reaper_frees_pages_and_the_task_goes_on_to_its_end },
	{ "a page that is being written can be dropped",
	  a_page_that_is_being_written_can_be_dropped },
	{ "a content moves with all that is known of it",
	  a_content_moves_with_all_that_is_known_of_it },
	CU_TEST_INFO_NULL,
};
static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_content", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
