/* Huge pages: one page until it is split. */
#include "tests/model/swap412.h"

enum { FRAMES = 8192, SWAP = 4096 };

static void a_huge_page_has_512_numbers_in_a_row(void)
{
	struct world412 w;
	uint32_t single, number;

	w_open(&w, FRAMES, SWAP);
	single = s_anon(&w);
	number = s_huge(&w);
	CU_ASSERT_EQUAL(single, 0);
	CU_ASSERT_EQUAL(number, 512);
	for (uint32_t i = 0; i < 512; i++) {
		CU_ASSERT_EQUAL(mm412_content_task(w.mm, number + i), 0);
		CU_ASSERT_EQUAL(mm412_content_frame(w.mm, number + i),
				mm412_content_frame(w.mm, number) + i);
	}
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_ANON_MAPPED), 513);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_ANON_THPS), 1);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_LRU + MM412_ACTIVE_ANON), 512);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_ANON], 513);
	CU_ASSERT_EQUAL(s_event(&w, MM412_THP_FAULT_ALLOC), 1);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGFAULT), 2);
	/* The numbers before its own are for others. */
	CU_ASSERT_EQUAL(s_anon(&w), 1);
	w_close(&w);
}

static void who_frees_all_of_it_frees_one_block(void)
{
	struct world412 w;
	uint32_t number;
	uint64_t before;

	w_open(&w, FRAMES, SWAP);
	before = k_blocks(&w.k, 0, "Normal", 10);
	number = s_huge(&w);
	for (uint32_t i = 0; i < 512; i++)
		s_drop(&w, number + i);
	CU_ASSERT_EQUAL(k_blocks(&w.k, 0, "Normal", 10), before);
	CU_ASSERT_EQUAL(s_event(&w, MM412_THP_SPLIT_PAGE), 0);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_ANON_MAPPED), 0);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_ANON_THPS), 0);
	CU_ASSERT_EQUAL(mm412_huge_deferred(w.mm, w_node(&w, 0)), 0);
	/* And its numbers are another huge page's. */
	CU_ASSERT_EQUAL(s_huge(&w), number);
	w_close(&w);
}

static void a_part_of_it_is_freed_when_it_is_split(void)
{
	struct world412 w;
	uint32_t number;
	int64_t before;

	w_open(&w, FRAMES, SWAP);
	number = s_huge(&w);
	before = w.mm->zones[0].nr_free;
	s_drop(&w, number);
	s_drop(&w, number + 7);
	s_drop(&w, number + 511);
	CU_ASSERT_TRUE(k_ok(&w.k));
	CU_ASSERT_EQUAL(w.mm->zones[0].nr_free, before);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_ANON_MAPPED), 509);
	CU_ASSERT_EQUAL(mm412_huge_deferred(w.mm, w_node(&w, 0)), 1);
	CU_ASSERT_EQUAL(s_try(&w, number + 1, true).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_try(&w, number, true).verdict, MM_FAILED);
	CU_ASSERT_EQUAL(mm412_huge_scan(w.mm, w_cpu(&w), w_node(&w, 0), 10), 1);
	CU_ASSERT_EQUAL(mm412_huge_deferred(w.mm, w_node(&w, 0)), 0);
	CU_ASSERT_EQUAL(s_event(&w, MM412_THP_SPLIT_PAGE), 1);
	/* The read was before. */
	CU_ASSERT_FALSE(s_flags(&w, number + 1) & MM412_PG_PTE_YOUNG);
	CU_ASSERT_TRUE(s_flags(&w, number + 1) & MM412_PG_PTE_DIRTY);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_ANON_THPS), 0);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_LRU + MM412_ACTIVE_ANON), 509);
	/* Three pages are on the CPU's list. */
	CU_ASSERT_EQUAL(w.mm->zones[0].pcps[0].count, 3);
	CU_ASSERT_EQUAL(s_try(&w, number + 1, true).verdict, MM_DONE);
	w_close(&w);
}

/* Who comes from the list's tail meets the pages in the order of their addresses. */
static void split_pages_lie_in_order(void)
{
	struct world412 w;
	uint32_t number, older, head, at, list;

	w_open(&w, FRAMES, SWAP);
	older = s_anon(&w);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	mm412_pagevec_activate(w.mm, w_cpu(&w), w_slot(&w, older));
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	number = s_huge(&w);
	head = w_slot(&w, number);
	CU_ASSERT_FALSE(mm412_huge_split(w.mm, w_cpu(&w), head, NULL));
	mm412_lru_pin(w.mm, head);
	CU_ASSERT_TRUE(mm412_huge_split(w.mm, w_cpu(&w), head, NULL));
	mm412_lru_put(w.mm, w_cpu(&w), head, false);
	list = mm412_lru_head(w_node(&w, 0), MM412_ACTIVE_ANON);
	at = w.mm->s[list].prev;
	CU_ASSERT_EQUAL(at, w_slot(&w, older));
	for (uint32_t i = 0; i < 512; i++) {
		at = w.mm->s[at].prev;
		CU_ASSERT_EQUAL(at, head + i);
	}
	CU_ASSERT_EQUAL(w.mm->s[at].prev, list);
	CU_ASSERT_TRUE(s_flags(&w, number + 100) & MM412_PG_MAPPED);
	CU_ASSERT_TRUE(s_flags(&w, number + 100) & MM412_PG_PTE_DIRTY);
	w_close(&w);
}

static void reclaim_splits_it_and_swaps_its_pages(void)
{
	struct world412 w;
	uint32_t number;
	unsigned out = 0;

	w_open(&w, FRAMES, SWAP);
	number = s_huge(&w);
	s_drop(&w, number + 5);
	mm412_page(w.mm, w_slot(&w, number))->flags &= (uint16_t)~MM412_PG_PTE_YOUNG;
	s_squeeze(&w, number);
	CU_ASSERT_EQUAL(s_event(&w, MM412_THP_SPLIT_PAGE), 1);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PSWPOUT), 511);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->swapents, 511);
	CU_ASSERT_EQUAL(mm412_task_of(w.mm, 0)->rss[MM_KIND_ANON], 0);
	/* Slots in the order of the pages. */
	for (uint32_t i = 1; i < 512; i++)
		if (i != 5 && i != 6)
			out += s_page(&w, number + i)->swap ==
			       s_page(&w, number + i - 1)->swap + 1;
	CU_ASSERT_EQUAL(out, 509);
	s_time(&w);
	CU_ASSERT_EQUAL(s_access(&w, number + 17, true).verdict, MM_DONE);
	mm412_content_task_exit(w.mm, w_cpu(&w), 0);
	w_close(&w);
}

static void a_task_s_end_frees_it_as_one_block(void)
{
	struct world412 w;
	uint64_t before;

	w_open(&w, FRAMES, SWAP);
	before = k_blocks(&w.k, 0, "Normal", 10);
	s_huge(&w);
	mm412_content_task_exit(w.mm, w_cpu(&w), 0);
	CU_ASSERT_EQUAL(k_blocks(&w.k, 0, "Normal", 10), before);
	CU_ASSERT_EQUAL(s_event(&w, MM412_THP_SPLIT_PAGE), 0);
	w_close(&w);
}

static void it_is_not_split_while_somebody_else_has_it(void)
{
	struct world412 w;
	uint32_t number, head;

	w_open(&w, FRAMES, SWAP);
	number = s_huge(&w);
	head = w_slot(&w, number);
	mm412_lru_pin(w.mm, head);
	mm412_lru_pin(w.mm, head);
	CU_ASSERT_FALSE(mm412_huge_split(w.mm, w_cpu(&w), head, NULL));
	s_drop(&w, number + 3);
	CU_ASSERT_EQUAL(s_event(&w, MM412_THP_SPLIT_PAGE_FAILED), 1);
	CU_ASSERT_EQUAL(mm412_huge_scan(w.mm, w_cpu(&w), w_node(&w, 0), 10), 0);
	CU_ASSERT_EQUAL(s_event(&w, MM412_THP_SPLIT_PAGE_FAILED), 2);
	CU_ASSERT_EQUAL(s_event(&w, MM412_THP_SPLIT_PAGE), 0);
	CU_ASSERT_EQUAL(mm412_huge_deferred(w.mm, w_node(&w, 0)), 1);
	for (uint32_t i = 0; i < 512; i++)
		if (i != 3)
			s_drop(&w, number + i);
	CU_ASSERT_EQUAL(mm412_huge_deferred(w.mm, w_node(&w, 0)), 0);
	mm412_lru_put(w.mm, w_cpu(&w), head, false);
	mm412_lru_put(w.mm, w_cpu(&w), head, false);
	w_close(&w);
}

static CU_TestInfo tests[] = {
	{ "a huge page has 512 numbers in a row", a_huge_page_has_512_numbers_in_a_row },
	{ "who frees all of it frees one block", who_frees_all_of_it_frees_one_block },
	{ "a part of it is freed when it is split", a_part_of_it_is_freed_when_it_is_split },
	{ "split pages lie in order", split_pages_lie_in_order },
	{ "reclaim splits it and swaps its pages", reclaim_splits_it_and_swaps_its_pages },
	{ "a task's end frees it as one block", a_task_s_end_frees_it_as_one_block },
	{ "it is not split while somebody else has it",
	  it_is_not_split_while_somebody_else_has_it },
	CU_TEST_INFO_NULL,
};
static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_huge", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
