#include "tests/model/kernel412.h"

#define FRAMES 65536

static struct kernel412 k;

static void boot(void)
{
	k_one_zone(&k, 2, FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void drop(void)
{
	k_drop(&k);
}

static uint64_t nr_free(void)
{
	return (uint64_t)k_zone(&k, 0, "Normal").nr_free_exact;
}

static void the_path_tells_how_far_a_request_had_to_go(void)
{
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_HIGHUSER_MOVABLE").path, MM_PATH_BUDDY);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_HIGHUSER_MOVABLE").path, MM_PATH_PCP);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 3, "GFP_HIGHUSER_MOVABLE").path, MM_PATH_BUDDY);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_KERNEL").path, MM_PATH_FALLBACK);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_KERNEL").path, MM_PATH_PCP);
}

static void a_grant_names_frame_node_and_zone(void)
{
	struct mm_grant g = k_try(&k, 0, 0, 4, "GFP_KERNEL");

	CU_ASSERT_EQUAL(g.verdict, MM_DONE);
	CU_ASSERT(g.frame >= K_NORMAL && g.frame < K_NORMAL + FRAMES);
	CU_ASSERT_EQUAL(g.node, 0);
	CU_ASSERT_EQUAL(g.zone, 0);
	CU_ASSERT_EQUAL(k_counter(&k, "pgalloc_normal"), 16);
	k_free(&k, 0, g.frame, 4);
	CU_ASSERT_EQUAL(k_counter(&k, "pgfree"), 16);
	CU_ASSERT_EQUAL(nr_free(), FRAMES);
}

static void parts_of_a_split_block_come_back_in_any_size(void)
{
	uint64_t frame = k_alloc(&k, 0, 4, "GFP_KERNEL");

	mm412_policy.note_use(k.mm, frame, 4, MM_USE_LRU);
	mm412_policy.split(k.mm, frame, 4);
	CU_ASSERT(mm412_probe_in_use(k.mm, frame + 5, 0));
	k_free(&k, 0, frame + 8, 3);
	CU_ASSERT(k_ok(&k));
	k_free(&k, 1, frame, 1);
	k_free(&k, 0, frame + 2, 0);
	k_free(&k, 0, frame + 3, 0);
	CU_ASSERT(mm412_probe_in_use(k.mm, frame + 4, 0));
	k_free(&k, 0, frame + 4, 2);
	CU_ASSERT(!mm412_probe_in_use(k.mm, frame + 4, 0));
	mm412_probe_drain(k.mm, &k.cpus[0]);
	CU_ASSERT(k_ok(&k));
	CU_ASSERT_EQUAL(nr_free(), FRAMES);
	CU_ASSERT_EQUAL(k_blocks(&k, 0, "Normal", 10), FRAMES / 1024);
}

static void an_impossible_order_fails(void)
{
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 10, "GFP_KERNEL").verdict, MM_DONE);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 11, "GFP_KERNEL").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 200, "GFP_KERNEL").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(mm412_probe_kswapd_wakes(k.mm, 0), 0);
	CU_ASSERT_EQUAL(k_counter(&k, "alloc_fail"), 2);
}

static void exhaust(const char *gfp)
{
	while (k_alloc(&k, 0, 0, gfp) != MM_NO_FRAME)
		;
}

static void each_kind_of_request_stops_at_its_own_mark(void)
{
	static const struct {
		const char *gfp;
		int64_t mark;
	} rows[] = { { "GFP_NOWAIT", 512 }, { "__GFP_HIGH", 256 }, { "GFP_ATOMIC", 192 } };

	/* The last refill, of 15 pages, may go below the mark. */
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		exhaust(rows[i].gfp);
		CU_ASSERT(k_zone(&k, 0, "Normal").nr_free <= rows[i].mark);
		CU_ASSERT(k_zone(&k, 0, "Normal").nr_free > rows[i].mark - 15);
	}
	exhaust("__GFP_MEMALLOC");
	CU_ASSERT_EQUAL(nr_free(), 0);
	CU_ASSERT(k_ok(&k));
}

static void a_failed_request_wakes_kswapd_twice(void)
{
	uint64_t before;

	exhaust("GFP_ATOMIC");
	before = mm412_probe_kswapd_wakes(k.mm, 0);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_NOWAIT").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(mm412_probe_kswapd_wakes(k.mm, 0), before + 2);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "__GFP_HIGHMEM").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(mm412_probe_kswapd_wakes(k.mm, 0), before + 2);
	CU_ASSERT_EQUAL(k_counter(&k, "kswapd_wake_node0"), before + 2);
}

static void a_request_that_may_sleep_would_do_so_where_reclaim_begins(void)
{
	uint64_t before;

	exhaust("GFP_ATOMIC");
	before = mm412_probe_kswapd_wakes(k.mm, 0);
	for (unsigned order = 0; order < 5; order++) {
		struct mm_grant g = k_try(&k, 0, 0, order, "GFP_KERNEL");

		CU_ASSERT_EQUAL(g.verdict, MM_WOULD_SLEEP);
		CU_ASSERT_EQUAL(g.frame, MM_NO_FRAME);
		CU_ASSERT_EQUAL(g.path, MM_PATH_SLOW);
	}
	CU_ASSERT_EQUAL(mm412_probe_kswapd_wakes(k.mm, 0), before + 10);
	CU_ASSERT_EQUAL(k_counter(&k, "would_sleep"), 5);
	mm412_probe_reclaim_mode(k.mm, MM412_PROBE_FAILS);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_KERNEL").verdict, MM_FAILED);
}

static void reclaim_with_progress_finds_the_pages_of_other_cpus(void)
{
	uint64_t mine[30];

	for (unsigned i = 0; i < 30; i++)
		mine[i] = k_alloc(&k, 1, 0, "GFP_HIGHUSER_MOVABLE");
	exhaust("GFP_ATOMIC");
	exhaust("__GFP_MEMALLOC");
	for (unsigned i = 0; i < 30; i++)
		k_free(&k, 1, mine[i], 0);
	mm412_probe_reclaim_mode(k.mm, MM412_PROBE_PROGRESS);
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 1, 0, "Normal"), 30);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_KERNEL").verdict, MM_FAILED);
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 1, 0, "Normal"), 0);
	CU_ASSERT_EQUAL(nr_free(), 30);
}

static void numa_events_count_where_pages_came_from(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "Normal", K_NORMAL, K_NORMAL + 16384 },
		{ 1, "Normal", K_NORMAL + 16384, K_NORMAL + 32768 },
	};

	k_drop(&k);
	k_init(&k, 2, 2);
	k.machine.zones = zones;
	k.machine.nzones = 2;
	CU_ASSERT_FATAL(k_boot(&k, false));
	k_try(&k, 0, 0, 0, "GFP_KERNEL");
	k_try(&k, 0, 1, 0, "GFP_KERNEL");
	CU_ASSERT_EQUAL(k_counter(&k, "numa_hit"), 2);
	CU_ASSERT_EQUAL(k_counter(&k, "numa_local"), 1);
	CU_ASSERT_EQUAL(k_counter(&k, "numa_other"), 1);
	CU_ASSERT_EQUAL(k_counter(&k, "numa_miss"), 0);
	while (k_try(&k, 0, 0, 0, "GFP_NOWAIT|__GFP_THISNODE").verdict == MM_DONE)
		;
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_NOWAIT").node, 1);
	CU_ASSERT_EQUAL(k_counter(&k, "numa_miss"), 1);
	CU_ASSERT_EQUAL(k_counter(&k, "numa_foreign"), 1);
}

static void hints_change_nothing(void)
{
	uint64_t frame = k_alloc(&k, 0, 0, "GFP_KERNEL");
	uint64_t digest = mm412_probe_digest(k.mm);

	mm412_policy.prefetch_free(k.mm, frame);
	CU_ASSERT_EQUAL(mm412_probe_digest(k.mm), digest);
	k_free(&k, 0, frame, 0);
	CU_ASSERT_NOT_EQUAL(mm412_probe_digest(k.mm), digest);
}

static CU_TestInfo tests[] = {
	{ "the path tells how far a request had to go",
	  the_path_tells_how_far_a_request_had_to_go },
	{ "a grant names frame, node and zone", a_grant_names_frame_node_and_zone },
	{ "parts of a split block come back in any size",
	  parts_of_a_split_block_come_back_in_any_size },
	{ "an impossible order fails", an_impossible_order_fails },
	{ "each kind of request stops at its own mark",
	  each_kind_of_request_stops_at_its_own_mark },
	{ "a failed request wakes kswapd twice", a_failed_request_wakes_kswapd_twice },
	{ "a request that may sleep would do so where reclaim begins",
	  a_request_that_may_sleep_would_do_so_where_reclaim_begins },
	{ "reclaim with progress finds the pages of other cpus",
	  reclaim_with_progress_finds_the_pages_of_other_cpus },
	{ "NUMA events count where pages came from", numa_events_count_where_pages_came_from },
	{ "hints change nothing", hints_change_nothing },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_alloc", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
