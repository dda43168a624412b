/* Pages come back from swap: what is read with them, and what becomes of their slots. */
#include "tests/model/swap412.h"

enum { FRAMES = 4096, SWAP = 8192 };

/* Figures worked out by hand from the kernel's rule: hits + 2, one if there were none and no
 * neighbour was asked for before, else a power of two from 4 on; at least half the last one. */
static void the_window_follows_its_hits(void)
{
	static const struct {
		unsigned hits;
		uint32_t slot;
		unsigned want, want_of_four; /* page-cluster 3; 2 */
	} steps[] = {
		{ 4, 1000, 8, 4 },                                       /* as at boot */
		{ 0, 2000, 4, 2 },                                       /* none: half of it */
		{ 0, 3000, 2, 1 }, { 0, 4000, 1, 1 }, { 0, 4001, 2, 2 }, /* the one behind the
									    last */
		{ 0, 4000, 2, 2 },                                       /* the one before it */
		{ 0, 5000, 1, 1 }, { 1, 6000, 4, 4 }, { 2, 6000, 4, 4 }, { 3, 6000, 8, 4 },
		{ 7, 6000, 8, 4 }, { 0, 5001, 4, 2 }, /* a window with hits does not remember
							 where it was */
	};
	struct mm412_swap three = { .prev_offset = 0 }, two = { .prev_offset = 0 };

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		three.hits = two.hits = steps[i].hits;
		CU_ASSERT_EQUAL(mm412_swap_in_window(&three, 3, steps[i].slot), steps[i].want);
		CU_ASSERT_EQUAL(mm412_swap_in_window(&two, 2, steps[i].slot),
				steps[i].want_of_four);
		CU_ASSERT_EQUAL(three.hits, 0);
	}
}

static void page_cluster_0_reads_one_page_and_keeps_the_hits(void)
{
	struct mm412_swap swap = { .hits = 4 };

	CU_ASSERT_EQUAL(mm412_swap_in_window(&swap, 0, 77), 1);
	CU_ASSERT_EQUAL(swap.hits, 4);
}

/* So many contents on swap, in slots in a row from a multiple of 256 on. */
static void open_with(struct world412 *w, uint32_t *number, unsigned n)
{
	w_open(w, FRAMES, SWAP);
	for (unsigned i = 0; i < n; i++) {
		number[i] = s_anon(w);
		s_out(w, number[i]);
		CU_ASSERT_EQUAL_FATAL(s_content(w, number[i])->place, MM412_ON_SWAP);
		CU_ASSERT_EQUAL(s_content(w, number[i])->where, 256 + i);
	}
}

static void a_page_brings_its_neighbours(void)
{
	struct world412 w;
	uint32_t number[20];
	struct mm_access a;

	open_with(&w, number, 20);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->swapents, 20);
	CU_ASSERT_EQUAL(s_try(&w, number[10], false).verdict, MM_WOULD_SLEEP);
	a = mm412_content_wait(w.mm, w_cpu(&w), number[10], false);
	CU_ASSERT_EQUAL(a.verdict, MM_DONE);
	CU_ASSERT_TRUE(a.refault);
	CU_ASSERT_EQUAL(a.frame, mm412_content_frame(w.mm, number[10]));
	/* The aligned eight. One read, of eight pages. */
	for (unsigned i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(s_content(&w, number[i])->place == MM412_IN_MEMORY,
				i >= 8 && i < 16);
	CU_ASSERT_EQUAL(w.reads[0], 1);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PSWPIN), 8);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGMAJFAULT), 1);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->swapents, 19);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_ANON], 1);
	CU_ASSERT_FALSE(s_flags(&w, number[10]) & MM412_PG_READAHEAD);
	CU_ASSERT_TRUE(s_flags(&w, number[11]) & MM412_PG_READAHEAD);
	/* The neighbour is found without the disk, and counts as a hit. */
	a = s_try(&w, number[11], false);
	CU_ASSERT_EQUAL(a.verdict, MM_DONE);
	CU_ASSERT_FALSE(a.refault);
	CU_ASSERT_EQUAL(w.mm->sleep->swap->hits, 1);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGMAJFAULT), 1);
	CU_ASSERT_FALSE(s_flags(&w, number[11]) & MM412_PG_READAHEAD);
	w_close(&w);
}

static void free_slots_are_not_read(void)
{
	struct world412 w;
	uint32_t number[16];

	open_with(&w, number, 16);
	s_drop(&w, number[9]);
	s_drop(&w, number[13]);
	CU_ASSERT_EQUAL(s_access(&w, number[10], false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PSWPIN), 6);
	/* 8; 10 to 12; 14 and 15. */
	CU_ASSERT_EQUAL(w.reads[0], 3);
	w_close(&w);
}

/* 29 slots and a header: the last window has six. */
static void the_last_window_ends_with_the_area(void)
{
	struct world412 w;
	uint32_t number[29], last = 0;

	w_open(&w, FRAMES, 30);
	for (unsigned i = 0; i < 29; i++) {
		number[i] = s_anon(&w);
		s_out(&w, number[i]);
		if (s_content(&w, number[i])->where == 29)
			last = number[i];
	}
	CU_ASSERT_EQUAL(s_access(&w, last, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PSWPIN), 6);
	w_close(&w);
}

/* Slot 0 is the header: the first window has seven. */
static void the_first_window_begins_behind_the_header(void)
{
	struct world412 w;
	uint32_t number[29], first = 0;

	w_open(&w, FRAMES, 30);
	for (unsigned i = 0; i < 29; i++) {
		number[i] = s_anon(&w);
		s_out(&w, number[i]);
		if (s_content(&w, number[i])->where == 3)
			first = number[i];
	}
	CU_ASSERT_EQUAL(s_access(&w, first, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PSWPIN), 7);
	w_close(&w);
}

static void a_page_that_is_read_keeps_its_slot(void)
{
	struct world412 w;
	uint32_t number;

	open_with(&w, &number, 1);
	CU_ASSERT_EQUAL(s_access(&w, number, false).verdict, MM_DONE);
	CU_ASSERT_TRUE(s_flags(&w, number) & MM412_PG_SWAPCACHE);
	CU_ASSERT_FALSE(s_flags(&w, number) & (MM412_PG_DIRTY | MM412_PG_PTE_DIRTY));
	CU_ASSERT_FALSE(mm412_swap_used(w.mm, 256));
	/* So it can go without being written again. */
	s_out(&w, number);
	CU_ASSERT_EQUAL(s_content(&w, number)->where, 256);
	CU_ASSERT_EQUAL(w.writes[0], 1);
	w_close(&w);
}

static void a_page_that_is_written_gives_its_slot_up(void)
{
	struct world412 w;
	uint32_t number;

	open_with(&w, &number, 1);
	CU_ASSERT_EQUAL(s_access(&w, number, true).verdict, MM_DONE);
	CU_ASSERT_FALSE(s_flags(&w, number) & MM412_PG_SWAPCACHE);
	CU_ASSERT_TRUE(s_flags(&w, number) & MM412_PG_DIRTY);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGFAULT), 3);
	CU_ASSERT_EQUAL(mm412_swap_cached(w.mm, 256), MM412_NONE);
	w_close(&w);
}

/* PG_readahead and PG_reclaim are one bit. */
static void a_page_that_comes_back_while_it_is_written_passes_for_a_hit(void)
{
	struct world412 w;
	uint32_t number;

	w_open(&w, FRAMES, SWAP);
	number = s_anon(&w);
	s_squeeze(&w, number);
	CU_ASSERT_TRUE_FATAL(s_flags(&w, number) & MM412_PG_WRITEBACK);
	CU_ASSERT_TRUE(s_flags(&w, number) & MM412_PG_RECLAIM);
	CU_ASSERT_EQUAL(w.mm->sleep->swap->hits, 4);
	CU_ASSERT_EQUAL(s_access(&w, number, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(w.mm->sleep->swap->hits, 5);
	/* So it is not rotated when it is written. */
	CU_ASSERT_FALSE(s_flags(&w, number) & MM412_PG_RECLAIM);
	s_time(&w);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGROTATED), 0);
	w_close(&w);
}

/* A page that was read for a neighbour, and is dirty when it is unmapped, is none any more. */
static void what_is_dirty_is_no_longer_read_ahead(void)
{
	struct world412 w;
	uint32_t number[2];

	open_with(&w, number, 2);
	CU_ASSERT_EQUAL(s_access(&w, number[0], false).verdict, MM_DONE);
	CU_ASSERT_TRUE_FATAL(s_flags(&w, number[1]) & MM412_PG_READAHEAD);
	mm412_content_map(w.mm, w_slot(&w, number[1]));
	s_page(&w, number[1])->flags |= MM412_PG_PTE_DIRTY;
	mm412_swap_free(w.mm, w_cpu(&w), s_page(&w, number[1])->swap);
	mm412_task_swapents(mm412_task_of(w.mm, 0), -1);
	CU_ASSERT_TRUE(mm412_content_unmap(w.mm, w_cpu(&w), w_slot(&w, number[1])));
	CU_ASSERT_FALSE(s_flags(&w, number[1]) & MM412_PG_READAHEAD);
	CU_ASSERT_TRUE(s_flags(&w, number[1]) & MM412_PG_DIRTY);
	w_close(&w);
}

/* lock_page() instead of lock_page_or_retry(). */
static void shared_memory_is_waited_for_within_one_fault(void)
{
	struct world412 w;
	uint32_t number;

	w_open(&w, FRAMES, SWAP);
	number = w_hold(&w, 0, MM_KIND_SHMEM, true);
	s_out(&w, number);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGFAULT), 1);
	CU_ASSERT_EQUAL(s_access(&w, number, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGFAULT), 2);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGMAJFAULT), 1);
	w_close(&w);
}

static void the_first_write_after_a_read_is_a_fault(void)
{
	struct world412 w;
	uint32_t number;

	open_with(&w, &number, 1);
	CU_ASSERT_EQUAL(s_access(&w, number, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGFAULT), 3);
	CU_ASSERT_EQUAL(s_try(&w, number, true).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGFAULT), 4);
	CU_ASSERT_FALSE(s_flags(&w, number) & MM412_PG_SWAPCACHE);
	CU_ASSERT_EQUAL(s_try(&w, number, true).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGFAULT), 4);
	w_close(&w);
}

static void half_full_swap_takes_every_slot_back(void)
{
	struct world412 w;
	uint32_t number[20];

	w_open(&w, FRAMES, 31);
	for (unsigned i = 0; i < 20; i++) {
		number[i] = s_anon(&w);
		s_out(&w, number[i]);
	}
	CU_ASSERT_TRUE(mm412_swap_full(w.mm));
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 10);
	CU_ASSERT_EQUAL(s_access(&w, number[3], false).verdict, MM_DONE);
	CU_ASSERT_FALSE(s_flags(&w, number[3]) & MM412_PG_SWAPCACHE);
	CU_ASSERT_EQUAL(mm412_swap_free_pages(w.mm), 11);
	w_close(&w);
}

static void a_page_that_comes_back_is_activated(void)
{
	struct world412 w;
	uint32_t number;

	open_with(&w, &number, 1);
	CU_ASSERT_EQUAL(s_access(&w, number, false).verdict, MM_DONE);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	CU_ASSERT_TRUE(s_flags(&w, number) & MM412_PG_ACTIVE);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_LRU + MM412_ACTIVE_ANON), 1);
	w_close(&w);
}

/* While the disk works somebody ends the content of a neighbour, and its task the other. */
static uint32_t victim[2];

static void meanwhile(struct world412 *w)
{
	w->asleep = NULL;
	CU_ASSERT_TRUE(s_content(w, victim[0])->reading);
	mm412_content_drop(w->mm, w_cpu(w), victim[0]);
	mm412_content_task_exit(w->mm, w_cpu(w), 0);
}

static void contents_may_end_while_they_are_read(void)
{
	struct world412 w;
	uint32_t number[8];

	open_with(&w, number, 8);
	victim[0] = number[5];
	w.asleep = meanwhile;
	CU_ASSERT_EQUAL(s_access(&w, number[2], false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->swapents, 0);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_ANON], 0);
	CU_ASSERT_TRUE(s_content(&w, number[2])->ended);
	w_close(&w);
}

static void killed(struct world412 *w)
{
	w->asleep = NULL;
	mm412_task_of(w->mm, 0)->killed = true;
}

static void who_is_killed_meanwhile_gets_nothing(void)
{
	struct world412 w;
	uint32_t number;

	open_with(&w, &number, 1);
	w.asleep = killed;
	CU_ASSERT_EQUAL(s_access(&w, number, false).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(s_try(&w, number, false).verdict, MM_FAILED);
	mm412_content_task_exit(w.mm, w_cpu(&w), 0);
	w_close(&w);
}

static CU_TestInfo tests[] = {
	{ "the window follows its hits", the_window_follows_its_hits },
	{ "page-cluster 0 reads one page and keeps the hits",
	  page_cluster_0_reads_one_page_and_keeps_the_hits },
	{ "a page that comes back while it is written passes for a hit",
	  a_page_that_comes_back_while_it_is_written_passes_for_a_hit },
	{ "what is dirty is no longer read ahead", what_is_dirty_is_no_longer_read_ahead },
	{ "shared memory is waited for within one fault",
	  shared_memory_is_waited_for_within_one_fault },
	{ "a page brings its neighbours", a_page_brings_its_neighbours },
	{ "free slots are not read", free_slots_are_not_read },
	{ "the last window ends with the area", the_last_window_ends_with_the_area },
	{ "the first window begins behind the header",
	  the_first_window_begins_behind_the_header },
	{ "a page that is read keeps its slot", a_page_that_is_read_keeps_its_slot },
	{ "a page that is written gives its slot up",
	  a_page_that_is_written_gives_its_slot_up },
	{ "the first write after a read is a fault", the_first_write_after_a_read_is_a_fault },
	{ "half full swap takes every slot back", half_full_swap_takes_every_slot_back },
	{ "a page that comes back is activated", a_page_that_comes_back_is_activated },
	{ "contents may end while they are read", contents_may_end_while_they_are_read },
	{ "who is killed meanwhile gets nothing", who_is_killed_meanwhile_gets_nothing },
	CU_TEST_INFO_NULL,
};
static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_swap_in", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
