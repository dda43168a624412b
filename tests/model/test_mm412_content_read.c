/* Pages of files come back from the disk: which are read together, and what they are then. */
#include "tests/model/swap412.h"

enum { FRAMES = 4096, SWAP = 2048, FILES = 200 };

/* One file of so many pages, all on disk only. */
static void open_file(struct world412 *w, uint32_t *number, unsigned n)
{
	w_open(w, FRAMES, SWAP);
	for (unsigned i = 0; i < n; i++) {
		number[i] = w_hold(w, 0, MM_KIND_FILE, false);
		CU_ASSERT_EQUAL_FATAL(number[i], number[0] + i);
	}
	for (unsigned i = 0; i < n; i++)
		s_out(w, number[i]);
	/* Shadows are another test's. */
	for (unsigned i = 0; i < n; i++)
		s_content(w, number[i])->shadow = 0;
}

static unsigned in_memory(struct world412 *w, const uint32_t *number, unsigned n)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += s_content(w, number[i])->place == MM412_IN_MEMORY;
	return sum;
}

/* 128 KiB are 32 pages: 4, then twice as many each time. */
static void a_stream_is_read_in_growing_windows(void)
{
	static const unsigned have[] = { 4, 12, 28, 60, 92, 124 };
	struct world412 w;
	uint32_t number[FILES];
	unsigned reads = 0;

	open_file(&w, number, FILES);
	for (unsigned i = 0; i < 124; i++) {
		struct mm_access a = s_access(&w, number[i], false);

		CU_ASSERT_EQUAL(a.verdict, MM_DONE);
		if (i == 0 || i == have[reads - 1])
			reads++;
		CU_ASSERT_EQUAL(a.refault, i == 0 || (reads > 1 && i == have[reads - 2]));
		CU_ASSERT_EQUAL(w.reads[1], reads);
		CU_ASSERT_EQUAL(in_memory(&w, number, FILES), have[reads - 1]);
	}
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGPGIN), 124 * 4);
	CU_ASSERT_EQUAL(s_event(&w, MM412_PGMAJFAULT), 0);
	w_close(&w);
}

static void a_page_in_the_middle_is_read_alone(void)
{
	struct world412 w;
	uint32_t number[FILES];

	open_file(&w, number, FILES);
	CU_ASSERT_EQUAL(s_access(&w, number[100], false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(in_memory(&w, number, FILES), 1);
	CU_ASSERT_EQUAL(s_access(&w, number[150], false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(in_memory(&w, number, FILES), 2);
	/* Behind the last one read a stream begins. */
	CU_ASSERT_EQUAL(s_access(&w, number[151], false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(in_memory(&w, number, FILES), 6);
	w_close(&w);
}

static void traces_of_a_stream_are_enough(void)
{
	struct world412 w;
	uint32_t number[FILES];

	open_file(&w, number, FILES);
	for (unsigned i = 100; i < 103; i++) {
		s_access(&w, number[i], false);
		mm412_task_of(w.mm, 0)->ra_prev = 0;
		mm412_task_of(w.mm, 0)->ra_size = 0;
		if (i == 100)
			CU_ASSERT_EQUAL(in_memory(&w, number, FILES), 1);
		/* One page before it is not a stream. */
		if (i == 101)
			CU_ASSERT_EQUAL(in_memory(&w, number, FILES), 2);
	}
	/* Two are, and three pages are read. */
	CU_ASSERT_EQUAL(in_memory(&w, number, FILES), 5);
	w_close(&w);
}

static void a_window_ends_with_the_file(void)
{
	struct world412 w;
	uint32_t number[10], others;

	open_file(&w, number, 6);
	others = w_hold(&w, 1, MM_KIND_FILE, false);
	CU_ASSERT_EQUAL(others, number[5] + 1);
	s_out(&w, others);
	s_drop(&w, number[3]);
	CU_ASSERT_EQUAL(s_access(&w, number[0], false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(in_memory(&w, number, 3), 3);
	CU_ASSERT_EQUAL(s_content(&w, number[4])->place, MM412_ON_DISK);
	CU_ASSERT_EQUAL(s_access(&w, number[4], false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_content(&w, number[5])->place, MM412_IN_MEMORY);
	CU_ASSERT_EQUAL(s_content(&w, others)->place, MM412_ON_DISK);
	w_close(&w);
}

static void without_read_ahead_pages_are_read_one_by_one(void)
{
	struct world412 w;
	uint32_t number[8];

	open_file(&w, number, 8);
	w.mm->params.read_ahead_kb[0] = 0;
	for (unsigned i = 0; i < 8; i++) {
		CU_ASSERT_TRUE(s_access(&w, number[i], false).refault);
		CU_ASSERT_EQUAL(in_memory(&w, number, 8), i + 1);
	}
	w_close(&w);
}

static void what_was_evicted_lately_comes_back_active(void)
{
	struct world412 w;
	uint32_t number[4];

	open_file(&w, number, 4);
	CU_ASSERT_EQUAL(s_access(&w, number[0], false).verdict, MM_DONE);
	CU_ASSERT_FALSE(s_flags(&w, number[0]) & MM412_PG_ACTIVE);
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	/* An active list that is longer than the distance. */
	for (unsigned i = 0; i < 8; i++) {
		uint32_t other = w_hold(&w, 1, MM_KIND_FILE, false);

		mm412_pagevec_drain(w.mm, w_cpu(&w));
		mm412_pagevec_activate(w.mm, w_cpu(&w), w_slot(&w, other));
	}
	mm412_pagevec_drain(w.mm, w_cpu(&w));
	s_out(&w, number[0]);
	CU_ASSERT_NOT_EQUAL(s_content(&w, number[0])->shadow, 0);
	CU_ASSERT_EQUAL(s_access(&w, number[0], false).verdict, MM_DONE);
	CU_ASSERT_TRUE(s_flags(&w, number[0]) & MM412_PG_ACTIVE);
	CU_ASSERT_EQUAL(s_content(&w, number[0])->shadow, 0);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_WORKINGSET_ACTIVATE), 1);
	w_close(&w);
}

static void a_write_reads_one_page_and_makes_it_dirty(void)
{
	struct world412 w;
	uint32_t number[8];

	open_file(&w, number, 8);
	s_content(&w, number[0])->shadow = 1;
	CU_ASSERT_EQUAL(s_access(&w, number[0], true).verdict, MM_DONE);
	CU_ASSERT_EQUAL(in_memory(&w, number, 8), 1);
	CU_ASSERT_TRUE(s_flags(&w, number[0]) & MM412_PG_DIRTY);
	/* What is overwritten does not count as wanted back. */
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_WORKINGSET_REFAULT), 0);
	CU_ASSERT_FALSE(s_flags(&w, number[0]) & MM412_PG_ACTIVE);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_FILE_DIRTY), 1);
	w_close(&w);
}

static uint32_t wanted, ended;

/* Another reader of a page that is being read waits for it, until somebody wakes it. */
static void meanwhile(struct world412 *w)
{
	w->asleep = NULL;
	CU_ASSERT_TRUE(s_content(w, wanted)->reading);
	CU_ASSERT_EQUAL(s_try(w, wanted, false).verdict, MM_WOULD_SLEEP);
	CU_ASSERT_FALSE(mm412_lru_isolate(w->mm, w_cpu(w), w_slot(w, wanted)));
	s_drop(w, ended);
}

static void a_page_that_is_being_read_is_nobody_s_yet(void)
{
	struct world412 w;
	uint32_t number[4];
	unsigned wakes;

	open_file(&w, number, 4);
	wanted = number[1];
	ended = number[2];
	wakes = w_wakes(&w, "page");
	w.asleep = meanwhile;
	CU_ASSERT_EQUAL(s_access(&w, number[0], false).verdict, MM_DONE);
	CU_ASSERT_PTR_NULL(w.asleep);
	CU_ASSERT_EQUAL(w_wakes(&w, "page"), wakes + 1);
	CU_ASSERT_FALSE(s_content(&w, wanted)->reading);
	CU_ASSERT_EQUAL(s_try(&w, wanted, false).verdict, MM_DONE);
	CU_ASSERT_EQUAL(s_node(&w, MM412_NODE_FILE_PAGES), 3);
	w_close(&w);
}

static CU_TestInfo tests[] = {
	{ "a stream is read in growing windows", a_stream_is_read_in_growing_windows },
	{ "a page in the middle is read alone", a_page_in_the_middle_is_read_alone },
	{ "traces of a stream are enough", traces_of_a_stream_are_enough },
	{ "a window ends with the file", a_window_ends_with_the_file },
	{ "without read-ahead pages are read one by one",
	  without_read_ahead_pages_are_read_one_by_one },
	{ "what was evicted lately comes back active",
	  what_was_evicted_lately_comes_back_active },
	{ "a write reads one page and makes it dirty",
	  a_write_reads_one_page_and_makes_it_dirty },
	{ "a page that is being read is nobody's yet",
	  a_page_that_is_being_read_is_nobody_s_yet },
	CU_TEST_INFO_NULL,
};
static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_content_read", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
