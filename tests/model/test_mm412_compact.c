/* Compaction as it is asked for: requests, compact_memory, and what it does to a zone. */
#include "tests/model/compact412.h"

#define FRAMES 8192 /* 16 pageblocks */

static struct world412 w;

static void open_full(void)
{
	c_open(&w, FRAMES, 0);
}

static void close_world(void)
{
	CU_ASSERT_TRUE(c_contents_hold(&w));
	w_close(&w);
}

static void checkerboard(void)
{
	c_drop_some(&w, 0, FRAMES, 2, 1);
	CU_ASSERT_EQUAL(c_free(&w), FRAMES / 2);
	CU_ASSERT_EQUAL(c_blocks(&w, 0), FRAMES / 2);
}

static unsigned live_contents(void)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < w.mm->sleep->ncontents; i++)
		n += w.mm->sleep->contents[i].live;
	return n;
}

/* ---- the fragmentation index ------------------------------------------------------------ */

/* As its description has it: how far from 0 (no memory) to 1000 (only fragments). */
static int slow_index(unsigned order)
{
	const struct mm412_zone *zone = &w.mm->zones[0];
	uint64_t blocks = 0, pages = 0, fitting = 0;

	for (unsigned type = 0; type < MM412_HIGHATOMIC + 1; type++)
		for (unsigned o = 0; o < MM412_ORDERS; o++)
			for (uint32_t at = mm412_list_first(w.mm, zone, type, o);
			     at != MM412_NONE; at = mm412_list_next(w.mm, zone, type, o, at)) {
				blocks++;
				pages += UINT64_C(1) << o;
				fitting += o >= order;
			}
	if (blocks == 0)
		return 0;
	if (fitting)
		return -1000;
	return (int)(1000 - (int64_t)((1000 + pages * 1000 / (UINT64_C(1) << order)) / blocks));
}

static bool index_is_right(void)
{
	for (unsigned order = 0; order < MM412_ORDERS; order++)
		if (mm412_compact_index(w.mm, &w.mm->zones[0], order) != slow_index(order)) {
			fprintf(stderr, "order %u: %d, not %d\n", order,
				mm412_compact_index(w.mm, &w.mm->zones[0], order),
				slow_index(order));
			return false;
		}
	return true;
}

static void the_index_is_that_of_a_walk_over_all_lists(void)
{
	uint32_t seed = 5;

	CU_ASSERT_EQUAL(mm412_compact_index(w.mm, &w.mm->zones[0], 3), 0);
	CU_ASSERT_TRUE(index_is_right());
	for (unsigned i = 0; i < 600; i++) {
		uint32_t slot = c_slot(&w, k_random(&seed) % FRAMES);

		for (uint32_t at = slot; at < slot + (k_random(&seed) % 64); at++)
			if (at < w.mm->slots && c_content(&w, at) != UINT32_MAX)
				c_drop(&w, at);
		mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
		CU_ASSERT_TRUE_FATAL(index_is_right());
	}
}

static void only_fragments_count_near_1000_and_a_few_pages_near_0(void)
{
	checkerboard();
	/* 4096 single pages could be 8 blocks of order 9: 1000 - (1000 + 8000) / 4096. */
	CU_ASSERT_EQUAL(mm412_compact_index(w.mm, &w.mm->zones[0], 9), 998);
	/* One block short of what is wanted: 1000 - (1000 + 500) / 1 is below zero. */
	CU_ASSERT_EQUAL(mm412_compact_index(w.mm, &w.mm->zones[0], 0), -1000);
}

/* ---- suitability ------------------------------------------------------------------------ */

static void a_costly_request_for_want_of_memory_is_not_compacted_for(void)
{
	const struct mm412_zone *zone = &w.mm->zones[0];

	/* Blocks of order 8 in every second half pageblock: hardly fragmented. */
	for (uint64_t n = 0; n < FRAMES; n += 512)
		c_drop_some(&w, n, n + 256, 1, 0);
	CU_ASSERT_EQUAL(c_blocks(&w, 8), 16);
	CU_ASSERT_EQUAL(mm412_compact_index(w.mm, zone, 9), 1000 - 9000 / 16);
	CU_ASSERT_EQUAL(mm412_compact_suitable(w.mm, zone, 9, 0, 2), MM412_COMPACT_SKIPPED);
	CU_ASSERT_EQUAL(mm412_compact_suitable_by(w.mm, w_cpu(&w), NULL, zone, 9, 0, 2),
			MM412_COMPACT_SKIPPED);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_COMPACTION_SUITABLE].value[3],
			MM412_COMPACT_NOT_SUITABLE_ZONE);
	w.mm->params.extfrag_threshold[0] = 437;
	CU_ASSERT_EQUAL(mm412_compact_suitable(w.mm, zone, 9, 0, 2), MM412_COMPACT_CONTINUE);
	w.mm->params.extfrag_threshold[0] = 438;
	CU_ASSERT_EQUAL(mm412_compact_suitable(w.mm, zone, 9, 0, 2), MM412_COMPACT_SKIPPED);
	CU_ASSERT_EQUAL(mm412_compact_suitable(w.mm, zone, 8, 0, 2), MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_EQUAL(mm412_compact_suitable(w.mm, zone, -1, 0, 2), MM412_COMPACT_CONTINUE);
}

/* Leaves exactly so many free frames, all single. */
static void leave(uint64_t frames)
{
	for (uint64_t n = 1; frames; n += 2, frames--)
		c_drop(&w, c_slot(&w, n));
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
	mm412_vmstat_fold(w.mm, &w.mm->zones[0], &w.mm->zones[0].pcps[0], w_cpu(&w));
}

static void there_must_be_twice_the_block_above_the_mark(void)
{
	const struct mm412_zone *zone = &w.mm->zones[0];
	uint64_t needed = zone->watermark[MM412_WMARK_MIN] + 2 * 8 + 1;

	leave(needed - 1);
	CU_ASSERT_EQUAL(mm412_compact_suitable(w.mm, zone, 3, 0, 2), MM412_COMPACT_SKIPPED);
	c_drop_some(&w, FRAMES - 1, FRAMES, 1, 0);
	mm412_vmstat_fold(w.mm, &w.mm->zones[0], &w.mm->zones[0].pcps[0], w_cpu(&w));
	CU_ASSERT_EQUAL(mm412_compact_suitable(w.mm, zone, 3, 0, 2), MM412_COMPACT_CONTINUE);
	/* Of costly orders above the low mark. */
	CU_ASSERT_EQUAL(mm412_compact_suitable(w.mm, zone, 4, 0, 2), MM412_COMPACT_SKIPPED);
	CU_ASSERT_EQUAL(mm412_compact_gap(4), 32);
	leave(0);
}

/* Where a block is free but the mark too high, nobody can tell what is missing. */
static void an_index_that_says_nothing_does_not_stop_compaction(void)
{
	const struct mm412_zone *zone = &w.mm->zones[0];

	c_drop_some(&w, 4096, 4096 + 16, 1, 0);
	leave(zone->watermark[MM412_WMARK_LOW] + 2 * 16 + 4 - 16);
	CU_ASSERT_EQUAL(mm412_compact_index(w.mm, zone, 4), -1000);
	CU_ASSERT_EQUAL(mm412_compact_suitable(w.mm, zone, 4, MM412_WMARK_HIGH, 2),
			MM412_COMPACT_CONTINUE);
	CU_ASSERT_EQUAL(mm412_compact_suitable(w.mm, zone, 4, MM412_WMARK_LOW, 2),
			MM412_COMPACT_SUCCEEDED);
}

static void a_zonelist_is_suitable_as_if_some_pages_had_been_reclaimed(void)
{
	const struct mm412_zone *zone = &w.mm->zones[0];
	struct mm412_request rq;
	uint64_t needed = zone->watermark[MM412_WMARK_MIN] + 2 * 8 + 1;
	uint64_t from_lists = 0;

	mm412_alloc_request(w.mm, &rq, 0, k_gfp("GFP_KERNEL"), 3);
	from_lists = mm412_scan_zone_reclaimable(w.mm, zone) / 3;
	CU_ASSERT(from_lists > needed);
	CU_ASSERT_TRUE(mm412_compact_zonelist_suitable(w.mm, &rq, MM412_WMARK_MIN));
	rq.nodes = 2;
	CU_ASSERT_FALSE(mm412_compact_zonelist_suitable(w.mm, &rq, MM412_WMARK_MIN));
}

/* ---- what comes of it ------------------------------------------------------------------- */

/*
 * Every pageblock is half full: the lower eight are emptied into the upper eight, which are
 * full then. No order of work could leave more free blocks.
 */
static void all_of_a_checkerboard_becomes_half_of_it(void)
{
	unsigned contents;

	checkerboard();
	contents = live_contents();
	mm412_compact_all(w.mm, w_cpu(&w));
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
	CU_ASSERT_EQUAL(c_blocks(&w, 10), 4);
	CU_ASSERT_EQUAL(c_free(&w), FRAMES / 2);
	CU_ASSERT_EQUAL(live_contents(), contents);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_SUCCESS), FRAMES / 4);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_FAIL), 0);
	CU_ASSERT_EQUAL(c_event(&w, MM412_COMPACT_ISOLATED), FRAMES / 2);
	/* Each scanner has looked at its half; at the last frame they have met already. */
	CU_ASSERT_EQUAL(c_event(&w, MM412_COMPACT_MIGRATE_SCANNED), FRAMES / 2 - 1);
	CU_ASSERT_EQUAL(c_event(&w, MM412_COMPACT_FREE_SCANNED), FRAMES / 2);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_COMPACTION_END].value[5], MM412_COMPACT_COMPLETE);
}

static void a_request_stops_at_the_first_block_of_its_order(void)
{
	for (unsigned order = 1; order <= 9; order++) {
		uint64_t moved;

		checkerboard();
		CU_ASSERT_EQUAL(
			c_try(&w, order, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_LIGHT),
			MM412_COMPACT_SUCCEEDED);
		moved = c_event(&w, MM412_PGMIGRATE_SUCCESS);
		/* It sees free blocks each time it has left one of its order behind. */
		CU_ASSERT(moved >= 1u << order >> 1);
		CU_ASSERT(moved <= (1u << order >> 1) + MM412_CLUSTER);
		CU_ASSERT_EQUAL(mm412_compact_index(w.mm, &w.mm->zones[0], order), -1000);
		CU_ASSERT_EQUAL(c_free(&w), FRAMES / 2);
		close_world();
		open_full();
	}
}

static void each_priority_has_its_mode_and_costs_no_io(void)
{
	static const int sync[] = { 1, 1, 0 };
	static const unsigned orders[] = { 10, 10, 6 };

	checkerboard();
	CU_ASSERT_EQUAL(c_try(&w, 4, "GFP_NOIO", MM412_COMPACT_PRIO_SYNC_LIGHT),
			MM412_COMPACT_SKIPPED);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_TRY_TO_COMPACT], 0);
	for (unsigned p = MM412_COMPACT_PRIO_SYNC_FULL; p <= MM412_COMPACT_PRIO_ASYNC; p++) {
		CU_ASSERT_EQUAL(c_try(&w, orders[p], "GFP_HIGHUSER_MOVABLE", p),
				MM412_COMPACT_SUCCEEDED);
		CU_ASSERT_EQUAL(w.events[MM_EVENT_TRY_TO_COMPACT], 1);
		CU_ASSERT_EQUAL(w.last[MM_EVENT_TRY_TO_COMPACT].value[0], orders[p]);
		CU_ASSERT_EQUAL(w.last[MM_EVENT_TRY_TO_COMPACT].value[2], p);
		CU_ASSERT_EQUAL(w.last[MM_EVENT_COMPACTION_END].value[4], sync[p]);
		close_world();
		open_full();
		checkerboard();
	}
}

static void what_failed_is_deferred_and_what_succeeded_is_not(void)
{
	struct mm412_zone_sleep *z;

	close_world();
	c_open(&w, FRAMES, 512);
	z = mm412_zone_sleep(w.mm, &w.mm->zones[0]);
	c_drop_some(&w, 0, FRAMES, 2, 1);
	CU_ASSERT_EQUAL(c_try(&w, 9, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_LIGHT),
			MM412_COMPACT_COMPLETE);
	CU_ASSERT_EQUAL(z->compact_defer_shift, 1);
	CU_ASSERT_TRUE(z->blockskip_flush);
	CU_ASSERT_EQUAL(c_try(&w, 9, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_ASYNC),
			MM412_COMPACT_DEFERRED);
	/* The hardest try knows no deferral; async failures do not count. */
	z->compact_defer_shift = 6;
	z->compact_considered = 0;
	CU_ASSERT_EQUAL(c_try(&w, 9, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_FULL),
			MM412_COMPACT_COMPLETE);
	CU_ASSERT_EQUAL(z->compact_defer_shift, 6);
	z->compact_defer_shift = 0;
	CU_ASSERT_EQUAL(c_try(&w, 9, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_ASYNC),
			MM412_COMPACT_COMPLETE);
	CU_ASSERT_EQUAL(z->compact_defer_shift, 0);
	CU_ASSERT_EQUAL(z->compact_order_failed, 0);
	z->compact_defer_shift = 2;
	z->compact_considered = 10;
	CU_ASSERT_EQUAL(c_try(&w, 7, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_LIGHT),
			MM412_COMPACT_SUCCEEDED);
	CU_ASSERT_EQUAL(z->compact_order_failed, 8);
	/* Hope alone does not end the wait of larger orders. */
	CU_ASSERT_EQUAL(z->compact_defer_shift, 2);
}

static void only_the_hardest_try_moves_pages_into_unmovable_pageblocks(void)
{
	c_drop_some(&w, 4096, FRAMES, 2, 1);
	for (uint64_t n = 4096; n < FRAMES; n += 512)
		mm412_pageblock_set(w.mm, c_slot(&w, n), MM412_RECLAIMABLE);
	CU_ASSERT_EQUAL(c_try(&w, 5, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_LIGHT),
			MM412_COMPACT_COMPLETE);
	CU_ASSERT_EQUAL(c_event(&w, MM412_PGMIGRATE_SUCCESS), 0);
	CU_ASSERT_EQUAL(c_try(&w, 5, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_FULL),
			MM412_COMPACT_SUCCEEDED);
}

static void nodes_that_a_request_may_not_use_are_left_alone(void)
{
	struct mm412_request rq;

	checkerboard();
	mm412_alloc_request(w.mm, &rq, 0, k_gfp("GFP_HIGHUSER_MOVABLE"), 4);
	rq.nodes = 2;
	CU_ASSERT_EQUAL(
		mm412_compact_try(w.mm, w_cpu(&w), NULL, &rq, 0, MM412_COMPACT_PRIO_SYNC_LIGHT),
		MM412_COMPACT_SKIPPED);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_BEGIN], 0);
}

static void whoever_is_killed_stops(void)
{
	checkerboard();
	mm412_task_of(w.mm, C_TASK)->killed = true;
	CU_ASSERT_EQUAL(c_try(&w, 9, "GFP_HIGHUSER_MOVABLE", MM412_COMPACT_PRIO_SYNC_LIGHT),
			MM412_COMPACT_CONTENDED);
	CU_ASSERT_EQUAL(c_event(&w, MM412_COMPACT_MIGRATE_SCANNED), 0);
	mm412_task_of(w.mm, C_TASK)->killed = false;
}

/* echo 1 > compact_memory of a dispatcher: it waits for nothing. */
static void without_an_actor_it_works_without_waiting(void)
{
	unsigned settles;

	checkerboard();
	settles = w.settles;
	w_cpu(&w)->on_actor = false;
	mm412_compact_all(w.mm, w_cpu(&w));
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
	CU_ASSERT_EQUAL(w.settles, settles);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	w_cpu(&w)->on_actor = true;
	CU_ASSERT(c_blocks(&w, 10) >= 3);
}

static CU_TestInfo tests[] = {
	{ "the index is that of a walk over all lists",
	  the_index_is_that_of_a_walk_over_all_lists },
	{ "only fragments count near 1000 and a few pages near 0",
	  only_fragments_count_near_1000_and_a_few_pages_near_0 },
	{ "a costly request for want of memory is not compacted for",
	  a_costly_request_for_want_of_memory_is_not_compacted_for },
	{ "there must be twice the block above the mark",
	  there_must_be_twice_the_block_above_the_mark },
	{ "an index that says nothing does not stop compaction",
	  an_index_that_says_nothing_does_not_stop_compaction },
	{ "a zonelist is suitable as if some pages had been reclaimed",
	  a_zonelist_is_suitable_as_if_some_pages_had_been_reclaimed },
	{ "all of a checkerboard becomes half of it",
	  all_of_a_checkerboard_becomes_half_of_it },
	{ "a request stops at the first block of its order",
	  a_request_stops_at_the_first_block_of_its_order },
	{ "each priority has its mode and costs no I/O",
	  each_priority_has_its_mode_and_costs_no_io },
	{ "what failed is deferred and what succeeded is not",
	  what_failed_is_deferred_and_what_succeeded_is_not },
	{ "only the hardest try moves pages into unmovable pageblocks",
	  only_the_hardest_try_moves_pages_into_unmovable_pageblocks },
	{ "nodes that a request may not use are left alone",
	  nodes_that_a_request_may_not_use_are_left_alone },
	{ "whoever is killed stops", whoever_is_killed_stops },
	{ "without an actor it works without waiting",
	  without_an_actor_it_works_without_waiting },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412 compact", NULL, NULL, open_full, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
