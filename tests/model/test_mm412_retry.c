/*
 * Whether a request goes round again: rows worked out by hand from the kernel's rules, with
 * counters of the zone set by the test.
 */
#include "tests/model/world412.h"

#define FRAMES 16384
#define PLENTY 1000000

static struct world412 w;
static struct mm412_request rq;
static struct mm412_task *task;

static void open_world(void)
{
	w_open(&w, FRAMES, 1024);
	task = mm412_task_of(w.mm, 5);
	CU_ASSERT_PTR_NOT_NULL_FATAL(task);
}

static void close_world(void)
{
	memset(w.mm->sleep->zones[0].stat, 0, sizeof(w.mm->sleep->zones[0].stat));
	w_close(&w);
}

static void ask(unsigned order, const char *gfp)
{
	mm412_alloc_request(w.mm, &rq, 0, k_gfp(gfp), order);
}

static void set_reclaimable(int64_t pages)
{
	w.mm->sleep->zones[0].stat[MM412_ZONE_LRU + MM412_INACTIVE_FILE] = pages;
}

static void set_pending(int64_t pages)
{
	w.mm->sleep->zones[0].stat[MM412_ZONE_WRITE_PENDING] = pages;
}

static bool again(bool progress, int *loops)
{
	return mm412_retry_reclaim(w.mm, w_cpu(&w), task, &rq, MM412_WMARK_MIN | MM412_CPUSET,
				   progress, loops);
}

static void rounds_without_progress_are_counted_and_forgotten_with_the_next(void)
{
	static const struct {
		unsigned order;
		bool progress;
		int before, after;
	} rows[] = {
		{ 0, false, 0, 1 }, { 0, false, 7, 8 },  { 0, true, 7, 0 },
		{ 3, true, 12, 0 }, { 4, true, 12, 13 }, { 4, false, 2, 3 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int loops = rows[i].before;

		ask(rows[i].order, "GFP_KERNEL");
		CU_ASSERT(again(rows[i].progress, &loops));
		CU_ASSERT_EQUAL(loops, rows[i].after);
	}
}

static void the_seventeenth_round_without_progress_is_the_last(void)
{
	int loops = 15;

	ask(0, "GFP_KERNEL");
	CU_ASSERT(again(false, &loops));
	CU_ASSERT_EQUAL(loops, 16);
	CU_ASSERT_FALSE(again(false, &loops));
	CU_ASSERT_EQUAL(loops, 17);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_RECLAIM_RETRY_ZONE], 1);
}

/* One pageblock is kept for atomic requests: it goes to others before anybody is killed. */
static void the_last_round_gives_up_the_atomic_reserve(void)
{
	int loops = 16;

	mm412_alloc_request(w.mm, &rq, 0, k_gfp("GFP_ATOMIC"), 1);
	CU_ASSERT_NOT_EQUAL_FATAL(
		mm412_alloc_attempt(w.mm, w_cpu(&w), &rq,
				    MM412_WMARK_MIN | MM412_HIGH | MM412_HARDER),
		MM412_NONE);
	CU_ASSERT_EQUAL_FATAL(w.mm->zones[0].nr_reserved_highatomic, 512);
	ask(0, "GFP_KERNEL");
	CU_ASSERT(again(false, &loops));
	CU_ASSERT_EQUAL(w.mm->zones[0].nr_reserved_highatomic, 0);
	CU_ASSERT_FALSE(again(false, &loops));
}

/* A zone is worth another round when free and reclaimable pages together are above its min
 * mark. */
static void all_that_is_reclaimable_has_to_reach_the_min_mark(void)
{
	uint64_t min = w.mm->zones[0].watermark[MM412_WMARK_MIN];
	int64_t free, lacking;
	int loops = 0;

	ask(0, "GFP_KERNEL");
	w_leave_free(&w, min / 2);
	free = mm412_vmstat_exact(w.mm, &w.mm->zones[0]);
	lacking = (int64_t)min - free;
	CU_ASSERT_FATAL(lacking > 0);
	set_reclaimable(lacking);
	CU_ASSERT_FALSE(again(true, &loops));
	set_reclaimable(lacking + 1);
	CU_ASSERT(again(true, &loops));
	CU_ASSERT_EQUAL(w.events[MM_EVENT_RECLAIM_RETRY_ZONE], 2);
	CU_ASSERT_EQUAL(w.last_task[MM_EVENT_RECLAIM_RETRY_ZONE], 5);
	for (unsigned i = 0; i < 8; i++) {
		int64_t want[] = {
			0, 2, 0, lacking + 1, free + lacking + 1, (int64_t)min, 0, 1
		};

		CU_ASSERT_EQUAL(w.last[MM_EVENT_RECLAIM_RETRY_ZONE].value[i], want[i]);
	}
}

/* A block of order 3 takes seven pages more, and has to be there as a block. */
static void a_larger_request_needs_a_block_of_its_order(void)
{
	uint64_t min = w.mm->zones[0].watermark[MM412_WMARK_MIN];
	int loops = 0;

	w_leave_free(&w, min / 2);
	set_reclaimable(PLENTY);
	ask(0, "GFP_KERNEL");
	CU_ASSERT(again(true, &loops));
	ask(10, "GFP_KERNEL");
	CU_ASSERT_FALSE(again(true, &loops));
}

static void without_progress_and_mostly_dirty_it_waits_a_tenth_of_a_second(void)
{
	static const struct {
		bool progress;
		int64_t reclaimable, pending;
		bool waits;
	} rows[] = {
		{ false, 1000, 501, true },
		{ false, 1000, 500, false },
		{ true, 1000, 900, false },
		{ false, 1000, 0, false },
	};

	ask(0, "GFP_KERNEL");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned sleeps = w.sleeps;
		int loops = 0;

		set_reclaimable(rows[i].reclaimable);
		set_pending(rows[i].pending);
		CU_ASSERT(again(rows[i].progress, &loops));
		CU_ASSERT_EQUAL(w.sleeps - sleeps, rows[i].waits);
		if (rows[i].waits)
			CU_ASSERT_EQUAL(w.timeout, 25 * W_JIFFY);
	}
}

/* ---- compaction -------------------------------------------------------------------------- */

static bool compact_again(enum mm412_compact_result result, unsigned *priority,
			  unsigned *retries)
{
	return mm412_retry_compact(w.mm, w_cpu(&w), task, &rq, MM412_WMARK_MIN, result,
				   priority, retries);
}

static void single_pages_are_not_compacted_again(void)
{
	unsigned priority = MM412_COMPACT_PRIO_ASYNC, retries = 0;

	ask(0, "GFP_KERNEL");
	CU_ASSERT_FALSE(compact_again(MM412_COMPACT_SUCCEEDED, &priority, &retries));
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACT_RETRY], 0);
}

static void compaction_is_tried_again_by_its_result_and_ever_harder(void)
{
	enum {
		FULL = MM412_COMPACT_PRIO_SYNC_FULL,
		LIGHT = MM412_COMPACT_PRIO_SYNC_LIGHT,
		ASYNC = MM412_COMPACT_PRIO_ASYNC
	};
	static const struct {
		unsigned order;
		enum mm412_compact_result result;
		unsigned priority, retries;
		bool again;
		unsigned new_priority, new_retries;
	} rows[] = {
		/* Looked at everything: only harder helps. */
		{ 2, MM412_COMPACT_COMPLETE, ASYNC, 3, true, LIGHT, 0 },
		{ 2, MM412_COMPACT_COMPLETE, LIGHT, 3, true, FULL, 0 },
		{ 2, MM412_COMPACT_COMPLETE, FULL, 3, false, FULL, 3 },
		{ 4, MM412_COMPACT_COMPLETE, ASYNC, 0, true, LIGHT, 0 },
		{ 4, MM412_COMPACT_COMPLETE, LIGHT, 0, false, LIGHT, 0 },
		/* It made blocks, and others took them: 16 times, costly ones 4. */
		{ 2, MM412_COMPACT_SUCCEEDED, LIGHT, 0, true, LIGHT, 1 },
		{ 2, MM412_COMPACT_SUCCEEDED, LIGHT, 15, true, LIGHT, 16 },
		{ 2, MM412_COMPACT_SUCCEEDED, LIGHT, 16, true, FULL, 0 },
		{ 2, MM412_COMPACT_SUCCEEDED, FULL, 16, false, FULL, 17 },
		{ 4, MM412_COMPACT_SUCCEEDED, LIGHT, 3, true, LIGHT, 4 },
		{ 4, MM412_COMPACT_SUCCEEDED, LIGHT, 4, false, LIGHT, 5 },
		{ 4, MM412_COMPACT_SUCCEEDED, ASYNC, 4, true, LIGHT, 0 },
		/* Neither: the count stands still. */
		{ 2, MM412_COMPACT_CONTINUE, LIGHT, 16, true, LIGHT, 16 },
		{ 2, MM412_COMPACT_NO_SUITABLE_PAGE, LIGHT, 17, true, FULL, 0 },
		/* It has not really looked, and there is memory to look at. */
		{ 2, MM412_COMPACT_SKIPPED, FULL, 17, true, FULL, 17 },
		{ 2, MM412_COMPACT_DEFERRED, FULL, 17, true, FULL, 17 },
		{ 2, MM412_COMPACT_CONTENDED, FULL, 17, true, FULL, 17 },
		{ 4, MM412_COMPACT_PARTIAL_SKIPPED, LIGHT, 9, true, LIGHT, 9 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned priority = rows[i].priority, retries = rows[i].retries;
		const struct mm_event *e = &w.last[MM_EVENT_COMPACT_RETRY];
		bool got;

		ask(rows[i].order, "GFP_KERNEL");
		got = compact_again(rows[i].result, &priority, &retries);
		CU_ASSERT_EQUAL(got, rows[i].again);
		CU_ASSERT_EQUAL(priority, rows[i].new_priority);
		CU_ASSERT_EQUAL(retries, rows[i].new_retries);
		CU_ASSERT_EQUAL(e->value[0], rows[i].order);
		CU_ASSERT_EQUAL(e->value[1], rows[i].priority);
		CU_ASSERT_EQUAL(e->value[2], rows[i].result);
		CU_ASSERT_EQUAL(e->value[3], rows[i].retries);
		CU_ASSERT_EQUAL(e->value[5], got);
	}
}

static void compaction_that_had_no_room_is_not_tried_again_without_room(void)
{
	unsigned priority = MM412_COMPACT_PRIO_SYNC_LIGHT, retries = 0;

	ask(2, "GFP_KERNEL");
	w_leave_free(&w, 0);
	CU_ASSERT_FALSE(compact_again(MM412_COMPACT_SKIPPED, &priority, &retries));
	set_reclaimable(PLENTY);
	CU_ASSERT(compact_again(MM412_COMPACT_SKIPPED, &priority, &retries));
}

static CU_TestInfo tests[] = {
	{ "rounds without progress are counted and forgotten with the next",
	  rounds_without_progress_are_counted_and_forgotten_with_the_next },
	{ "the seventeenth round without progress is the last",
	  the_seventeenth_round_without_progress_is_the_last },
	{ "the last round gives up the atomic reserve",
	  the_last_round_gives_up_the_atomic_reserve },
	{ "all that is reclaimable has to reach the min mark",
	  all_that_is_reclaimable_has_to_reach_the_min_mark },
	{ "a larger request needs a block of its order",
	  a_larger_request_needs_a_block_of_its_order },
	{ "without progress and mostly dirty it waits a tenth of a second",
	  without_progress_and_mostly_dirty_it_waits_a_tenth_of_a_second },
	{ "single pages are not compacted again", single_pages_are_not_compacted_again },
	{ "compaction is tried again by its result and ever harder",
	  compaction_is_tried_again_by_its_result_and_ever_harder },
	{ "compaction that had no room is not tried again without room",
	  compaction_that_had_no_room_is_not_tried_again_without_room },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_retry", NULL, NULL, open_world, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
