/* Tasks: made when they are first seen, and what they are made of. */
#include "tests/model/swap412.h"

enum { FRAMES = 8192, SWAP = 2048 };

static void a_task_is_made_once(void)
{
	struct world412 w;
	struct mm412_task *a, *b;

	w_open(&w, FRAMES, SWAP);
	a = mm412_task_of(w.mm, 7);
	b = mm412_task_of(w.mm, 100000);
	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_PTR_EQUAL(mm412_task_of(w.mm, 7), a);
	CU_ASSERT_PTR_EQUAL(mm412_task_of(w.mm, 100000), b);
	CU_ASSERT_EQUAL(a->number, 7);
	CU_ASSERT_EQUAL(b->mems_allowed, UINT64_MAX);
	CU_ASSERT_EQUAL(a->ptes, 0);
	CU_ASSERT_FALSE(a->killed || a->exited || a->ruled);
	CU_ASSERT_PTR_NULL(mm412_task_of(w.mm, MM412_NONE));
	w_close(&w);
}

/* One table for 512 entries, whether they are present or swapped, and one above them. */
static void page_tables_follow_pages_and_swap_entries(void)
{
	static const struct {
		int64_t pages, swapents, want;
	} rows[] = {
		{ 0, 0, 0 },    { 1, 0, 2 },     { 512, 0, 2 },         { 512, 1, 3 },
		{ 0, 1024, 3 }, { 1000, 25, 4 }, { 512 * 512, 0, 513 }, { 512 * 512, 1, 515 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mm412_task task = { .number = 0 };

		mm412_task_rss(&task, MM_KIND_ANON, rows[i].pages);
		mm412_task_swapents(&task, rows[i].swapents);
		CU_ASSERT_EQUAL(task.ptes, rows[i].want);
		mm412_task_rss(&task, MM_KIND_ANON, -rows[i].pages);
		mm412_task_swapents(&task, -rows[i].swapents);
		CU_ASSERT_EQUAL(task.ptes, 0);
	}
}

static void a_number_that_is_used_again_is_another_task_s(void)
{
	struct world412 w;

	w_open(&w, FRAMES, SWAP);
	s_anon(&w);
	mm412_content_task_exit(w.mm, w_cpu(&w), 0);
	CU_ASSERT_TRUE(mm412_task_of(w.mm, 0)->exited);
	s_anon(&w);
	CU_ASSERT_FALSE(mm412_task_of(w.mm, 0)->exited);
	mm412_task_of(w.mm, 0)->killed = true;
	mm412_content_task_exit(w.mm, w_cpu(&w), 0);
	s_anon(&w);
	CU_ASSERT_TRUE(mm412_task_of(w.mm, 0)->exited);
	w_close(&w);
}

static void nobody_ends_who_was_never_seen(void)
{
	struct world412 w;

	w_open(&w, FRAMES, SWAP);
	mm412_content_task_exit(w.mm, w_cpu(&w), 5);
	mm412_content_task_exit(w.mm, w_cpu(&w), 5000000);
	CU_ASSERT(w.mm->sleep->ntasks <= 5 || !w.mm->sleep->tasks[5]);
	w_close(&w);
}

static CU_TestInfo tests[] = {
	{ "a task is made once", a_task_is_made_once },
	{ "page tables follow pages and swap entries",
	  page_tables_follow_pages_and_swap_entries },
	{ "a number that is used again is another task's",
	  a_number_that_is_used_again_is_another_task_s },
	{ "nobody ends who was never seen", nobody_ends_who_was_never_seen },
	CU_TEST_INFO_NULL,
};
static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_task", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
