/* CMA areas. Expected figures are worked out by hand from the kernel's formulas. */
#include "model/v4_12/mm412.h"
#include "tests/model/kernel412.h"

/* Two zones; the area is 4 of the 16 largest blocks of Normal. */
#define AREA (K_NORMAL + 4096)
#define AREA_FRAMES 4096

static const struct mm_zone_span zones[] = { { 0, "DMA32", 4096, 8192 },
					     { 0, "Normal", K_NORMAL, K_NORMAL + 16384 } };
static const struct mm_cma area = { 0, AREA, AREA + AREA_FRAMES };

static struct kernel412 k;

static void machine(unsigned cpus)
{
	k_init(&k, cpus, 1);
	k.machine.zones = zones;
	k.machine.nzones = 2;
	k.machine.cma = &area;
	k.machine.ncma = 1;
}

static void boot(unsigned cpus)
{
	machine(cpus);
	CU_ASSERT_FATAL(k_boot(&k, false));
	mm412_probe_reclaim_mode(k.mm, MM412_PROBE_FAILS);
}

static uint64_t blocks_of(unsigned type, unsigned order)
{
	return mm412_probe_free_blocks(k.mm, 0, "Normal", type, order);
}

static bool in_area(uint64_t frame)
{
	return frame >= AREA && frame < AREA + AREA_FRAMES;
}

/* Everything outside the area. */
static void exhaust(void)
{
	for (unsigned i = 0; i < 12 + 4; i++)
		CU_ASSERT_FALSE(in_area(k_alloc(&k, 0, 10, "GFP_NOWAIT|__GFP_MEMALLOC")));
}

static void an_area_is_free_memory_on_lists_of_its_own(void)
{
	struct mm412_probe_zone z;
	uint64_t types[6];

	boot(1);
	z = k_zone(&k, 0, "Normal");
	CU_ASSERT_EQUAL(z.managed, 16384);
	CU_ASSERT_EQUAL(z.nr_free_exact, 16384);
	CU_ASSERT_EQUAL(z.nr_free_cma_exact, AREA_FRAMES);
	CU_ASSERT_EQUAL(blocks_of(MM412_MOVABLE, 10), 12);
	CU_ASSERT_EQUAL(blocks_of(MM412_CMA, 10), 4);
	mm412_probe_pageblocks(k.mm, 0, "Normal", types);
	CU_ASSERT_EQUAL(types[MM412_MOVABLE], 24);
	CU_ASSERT_EQUAL(types[MM412_CMA], 8);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA32").nr_free_cma_exact, 0);
	CU_ASSERT_EQUAL(mm412_probe_types(k.mm), 6);
	CU_ASSERT_EQUAL(k_counter(&k, "nr_free_cma"), AREA_FRAMES);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

/*
 * sqrt(16 * 4 * (4096 + 12288)) = 1024 KiB, 256 pages, three quarters of them in Normal. The
 * per-cpu batch follows from 12288 / 1024 / 4 = 3: 3 + 1 rounded down to 4, less 1.
 */
static void marks_are_those_of_the_memory_outside_areas(void)
{
	struct mm412_probe_zone z;

	boot(1);
	CU_ASSERT_EQUAL(mm412_probe_min_free_kbytes(k.mm), 1024);
	z = k_zone(&k, 0, "Normal");
	CU_ASSERT_EQUAL(z.watermark[0], 192);
	CU_ASSERT_EQUAL(z.watermark[1], 240);
	CU_ASSERT_EQUAL(z.watermark[2], 288);
	CU_ASSERT_EQUAL(z.pcp_batch, 3);
	CU_ASSERT_EQUAL(z.pcp_high, 18);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA32").watermark[0], 64);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA32").reserve[2], 12288 / 256);
	k_drop(&k);
}

/* 256 pages in parts of 4096 and 16384; a tenth of 16384; 16384 / 256. */
static void a_sysctl_write_counts_areas_too(void)
{
	machine(1);
	k.params.watermark_scale_factor[0] = 1000;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA32").watermark[0], 51);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").watermark[0], 204);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").watermark[1], 204 + 1638);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA32").reserve[2], 12288 / 256);
	k_drop(&k);
	machine(1);
	memcpy(k.params.lowmem_reserve_ratio, (uint64_t[]){ 256, 256, 32 },
	       sizeof(k.params.lowmem_reserve_ratio));
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").watermark[0], 192);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA32").reserve[2], 16384 / 256);
	k_drop(&k);
	machine(1);
	k.params.percpu_pagelist_fraction[0] = 16;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_high, 16384 / 16);
	k_drop(&k);
}

static void only_movable_requests_get_frames_of_an_area(void)
{
	boot(1);
	CU_ASSERT_FALSE(in_area(k_alloc(&k, 0, 10, "GFP_NOWAIT|__GFP_MEMALLOC|__GFP_MOVABLE")));
	for (unsigned i = 1; i < 12 + 4; i++)
		CU_ASSERT_FALSE(in_area(k_alloc(&k, 0, 10, "GFP_NOWAIT|__GFP_MEMALLOC")));
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 10, "GFP_NOWAIT|__GFP_MEMALLOC"), MM_NO_FRAME);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_NOWAIT|__GFP_MEMALLOC|__GFP_RECLAIMABLE"),
			MM_NO_FRAME);
	/* The last pageblock handed over lies first. */
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 10, "GFP_NOWAIT|__GFP_MOVABLE"), AREA + 3 * 1024);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_cma_exact, 3 * 1024);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_exact, 3 * 1024);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

/* Movable requests take from areas before they steal, so the types of the others last. */
static void areas_are_used_before_other_types_are_stolen_from(void)
{
	uint64_t types[6];

	boot(1);
	CU_ASSERT_NOT_EQUAL(k_alloc(&k, 0, 0, "GFP_NOWAIT"), MM_NO_FRAME);
	for (unsigned i = 0; i < 11; i++)
		CU_ASSERT_FALSE(in_area(k_alloc(&k, 0, 10, "GFP_NOWAIT|__GFP_MOVABLE")));
	/* The unmovable rest of a block of order 10 would do for order 9. */
	CU_ASSERT(in_area(k_alloc(&k, 0, 9, "GFP_NOWAIT|__GFP_MOVABLE")));
	mm412_probe_pageblocks(k.mm, 0, "Normal", types);
	CU_ASSERT_EQUAL(types[MM412_UNMOVABLE], 2);
	k_drop(&k);
}

static void frames_of_areas_do_not_count_for_others(void)
{
	uint64_t wakes;

	boot(1);
	exhaust();
	wakes = mm412_probe_kswapd_wakes(k.mm, 0);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_NOWAIT"), MM_NO_FRAME);
	/* The node is not balanced, though 4096 frames are free: two rounds. */
	CU_ASSERT_EQUAL(mm412_probe_kswapd_wakes(k.mm, 0), wakes + 2);
	CU_ASSERT(in_area(k_alloc(&k, 0, 0, "GFP_NOWAIT|__GFP_MOVABLE")));
	CU_ASSERT_EQUAL(mm412_probe_kswapd_wakes(k.mm, 0), wakes + 2);
	k_drop(&k);
}

/* 240 frames outside the area: not above the low mark, but above the min mark of 192. */
static void the_short_test_of_a_mark_leaves_areas_out_too(void)
{
	static const unsigned orders[] = { 9, 8, 4 };
	uint64_t slow;

	boot(1);
	/* Down to the last block of either zone, then that of DMA32. */
	for (unsigned i = 0; i < 11 + 3; i++)
		CU_ASSERT_NOT_EQUAL(k_alloc(&k, 0, 10, "GFP_NOWAIT"), MM_NO_FRAME);
	CU_ASSERT_NOT_EQUAL(k_alloc(&k, 0, 10, "GFP_NOWAIT|__GFP_DMA32|__GFP_MEMALLOC"),
			    MM_NO_FRAME);
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		CU_ASSERT_FALSE(
			in_area(k_alloc(&k, 0, orders[i], "GFP_NOWAIT|__GFP_MEMALLOC")));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free, AREA_FRAMES + 240);
	slow = k_counter(&k, "slowpath");
	CU_ASSERT_NOT_EQUAL(k_alloc(&k, 0, 0, "GFP_NOWAIT|__GFP_MOVABLE"), MM_NO_FRAME);
	CU_ASSERT_EQUAL(k_counter(&k, "slowpath"), slow);
	CU_ASSERT_NOT_EQUAL(k_alloc(&k, 0, 0, "GFP_NOWAIT"), MM_NO_FRAME);
	CU_ASSERT_EQUAL(k_counter(&k, "slowpath"), slow + 1);
	k_drop(&k);
}

/* The one that stands last is on top of the list, wherever it lies. */
static void areas_are_handed_over_in_the_order_of_the_machine(void)
{
	static const struct mm_cma areas[] = { { 0, K_NORMAL + 8192, K_NORMAL + 9216 },
					       { 0, K_NORMAL + 1024, K_NORMAL + 2048 } };

	machine(1);
	k.machine.cma = areas;
	k.machine.ncma = 2;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_exact, 16384);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").managed, 16384);
	CU_ASSERT_EQUAL(blocks_of(MM412_MOVABLE, 10), 14);
	CU_ASSERT(k_ok(&k));
	for (unsigned i = 0; i < 14 + 4; i++)
		k_alloc(&k, 0, 10, "GFP_NOWAIT|__GFP_MEMALLOC");
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 10, "GFP_NOWAIT|__GFP_MOVABLE"), K_NORMAL + 1024);
	k_drop(&k);
}

static void a_single_page_returns_to_its_area_by_a_movable_list(void)
{
	struct mm_grant g;

	boot(1);
	exhaust();
	g = k_try(&k, 0, 0, 0, "GFP_NOWAIT|__GFP_MOVABLE");
	CU_ASSERT(in_area(g.frame));
	CU_ASSERT_EQUAL(g.path, MM_PATH_FALLBACK);
	/* A batch of 3 left the lists, and was counted page by page. */
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_cma_exact, AREA_FRAMES - 3);
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 0, 0, "Normal"), 2);
	k_free(&k, 0, g.frame, 0);
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 0, 0, "Normal"), 3);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_NOWAIT|__GFP_MOVABLE"), g.frame);
	k_free(&k, 0, g.frame, 0);
	mm412_probe_drain(k.mm, &k.cpus[0]);
	CU_ASSERT_EQUAL(blocks_of(MM412_CMA, 10), 4);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_cma_exact, AREA_FRAMES);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

/* 16384 >> 15 is 0, one CPU: 2 * 1 * 1 = 2; what goes beyond is folded as a whole. */
static void each_counter_has_its_own_per_cpu_part(void)
{
	struct mm412_probe_zone z;

	boot(1);
	exhaust();
	CU_ASSERT(in_area(k_alloc(&k, 0, 1, "GFP_NOWAIT|__GFP_MOVABLE")));
	z = k_zone(&k, 0, "Normal");
	CU_ASSERT_EQUAL(z.stat_threshold, 2);
	CU_ASSERT_EQUAL(z.nr_free_cma, AREA_FRAMES);
	CU_ASSERT_EQUAL(z.nr_free_cma_exact, AREA_FRAMES - 2);
	mm412_policy.tick(k.mm, &k.cpus[0]);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_cma, AREA_FRAMES - 2);
	CU_ASSERT(in_area(k_alloc(&k, 0, 2, "GFP_NOWAIT|__GFP_MOVABLE")));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_cma, AREA_FRAMES - 6);
	k_drop(&k);
}

/* 240 frames left: below the low mark, above three eighths of 192. */
static void no_pageblock_of_an_area_is_reserved_for_atomic_requests(void)
{
	static const unsigned orders[] = { 10, 10, 10, 9, 8, 4 };
	uint64_t slow;

	boot(1);
	exhaust();
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		CU_ASSERT_NOT_EQUAL(
			k_alloc(&k, 0, orders[i], "GFP_NOWAIT|__GFP_MEMALLOC|__GFP_MOVABLE"),
			MM_NO_FRAME);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_exact, 240);
	slow = k_counter(&k, "slowpath");
	CU_ASSERT(in_area(k_alloc(&k, 0, 1, "GFP_ATOMIC|__GFP_MOVABLE")));
	CU_ASSERT_EQUAL(k_counter(&k, "slowpath"), slow + 1);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_reserved_highatomic, 0);
	CU_ASSERT_EQUAL(k_counter(&k, "highatomic_reserve"), 0);
	k_drop(&k);
}

/* 2600 frames less 41 of struct pages: between 512 * 4 and 512 * 6. */
static void six_types_need_more_memory_for_grouping(void)
{
	static const struct mm_zone_span zone = { 0, "DMA32", 4096, 4096 + 2600 };
	static const struct mm_cma small = { 0, 5120, 6144 };

	k_init(&k, 1, 1);
	k.machine.zones = &zone;
	k.machine.nzones = 1;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(mm412_probe_vm_total_pages(k.mm), 2559);
	CU_ASSERT(mm412_probe_grouping(k.mm));
	k_drop(&k);
	k.machine.cma = &small;
	k.machine.ncma = 1;
	CU_ASSERT_FATAL(k_boot(&k, false));
	mm412_probe_reclaim_mode(k.mm, MM412_PROBE_FAILS);
	CU_ASSERT_EQUAL(mm412_probe_vm_total_pages(k.mm), 2559);
	CU_ASSERT_FALSE(mm412_probe_grouping(k.mm));
	/* So there are no movable requests, and nobody uses the area. */
	while (k_alloc(&k, 0, 0, "GFP_NOWAIT|__GFP_MEMALLOC|__GFP_MOVABLE") != MM_NO_FRAME)
		;
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA32").nr_free_cma_exact, 1024);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "DMA32").nr_free_exact, 1024);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void refuses(const struct mm_cma *areas, unsigned n, const char *why)
{
	static const struct mm_span hole = { K_NORMAL + 1024, K_NORMAL + 1025 };
	static const struct mm_span reserved = { K_NORMAL + 2048, K_NORMAL + 2049 };

	machine(1);
	k.machine.holes = &hole;
	k.machine.nholes = 1;
	k.machine.reserved = &reserved;
	k.machine.nreserved = 1;
	k.machine.cma = areas;
	k.machine.ncma = n;
	CU_ASSERT_FALSE(k_boot(&k, false));
	CU_ASSERT_PTR_NOT_NULL(strstr(k.text, why));
	k_drop(&k);
}

static void an_area_that_cannot_be_is_refused_with_a_reason(void)
{
	static const struct mm_cma half = { 0, AREA + 512, AREA + 1024 };
	static const struct mm_cma odd = { 0, AREA, AREA + 1000 };
	static const struct mm_cma none = { 0, AREA, AREA };
	static const struct mm_cma two_zones = { 0, 7168, K_NORMAL + 1024 };
	static const struct mm_cma other_node = { 1, AREA, AREA + 1024 };
	static const struct mm_cma on_hole = { 0, K_NORMAL + 1024, K_NORMAL + 2048 };
	static const struct mm_cma on_reserved = { 0, K_NORMAL + 2048, K_NORMAL + 3072 };
	static const struct mm_cma twice[] = { { 0, AREA + 1024, AREA + 3072 },
					       { 0, AREA, AREA + 2048 } };

	refuses(&half, 1, "whole blocks");
	refuses(&odd, 1, "whole blocks");
	refuses(&none, 1, "whole blocks");
	refuses(&two_zones, 1, "no zone");
	refuses(&other_node, 1, "no zone");
	refuses(&on_hole, 1, "holes");
	refuses(&on_reserved, 1, "reserved");
	refuses(twice, 2, "overlaps");
}

static void a_recorded_state_may_hold_blocks_of_areas(void)
{
	machine(1);
	CU_ASSERT_FATAL(k_boot(&k, true));
	CU_ASSERT(mm412_policy.put_pageblock(k.mm, AREA, MM412_CMA));
	CU_ASSERT(mm412_policy.put_pageblock(k.mm, AREA + 1024, MM412_ISOLATE));
	CU_ASSERT(mm412_policy.put_free(k.mm, AREA, 9, UINT32_MAX));
	CU_ASSERT(mm412_policy.put_free(k.mm, AREA + 1024, 3, UINT32_MAX));
	CU_ASSERT(mm412_policy.put_pcp(k.mm, 0, AREA + 512, MM412_CMA));
	CU_ASSERT(mm412_policy.put_done(k.mm, k.text, sizeof(k.text)));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_exact, 512);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_cma_exact, 512);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_isolated, 1);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").managed, 16384);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void without_areas_there_are_no_such_types(void)
{
	machine(1);
	k.machine.ncma = 0;
	CU_ASSERT_FATAL(k_boot(&k, true));
	CU_ASSERT_EQUAL(mm412_probe_types(k.mm), 4);
	CU_ASSERT_FALSE(mm412_policy.put_pageblock(k.mm, AREA, MM412_CMA));
	CU_ASSERT_FALSE(mm412_policy.put_done(k.mm, k.text, sizeof(k.text)));
	CU_ASSERT_EQUAL(k_counter(&k, "nr_free_cma"), UINT64_MAX);
	k_drop(&k);
}

static void a_wrong_counter_is_found(void)
{
	struct mm412 *mm;

	boot(1);
	mm = k.mm;
	mm->zones[1].nr_free_cma--;
	CU_ASSERT_FALSE(mm412_policy.check(k.mm, k.text, sizeof(k.text)));
	CU_ASSERT_PTR_NOT_NULL(strstr(k.text, "4096 frames free in CMA areas, 4095 counted"));
	k_drop(&k);
}

static uint32_t attempt(unsigned flags)
{
	struct mm412_request rq;

	mm412_alloc_request(k.mm, &rq, 0, k_gfp("GFP_HIGHUSER_MOVABLE"), 0);
	return mm412_alloc_attempt(k.mm, &k.cpus[0], &rq, flags);
}

/* The look before somebody is killed, and what may not fail at last, count without areas; the
 * slow path's own attempts count with them. */
static void attempts_of_last_resort_leave_areas_out(void)
{
	boot(1);
	exhaust();
	CU_ASSERT_EQUAL(attempt(MM412_WMARK_HIGH | MM412_CPUSET), MM412_NONE);
	CU_ASSERT_EQUAL(attempt(MM412_HARDER), MM412_NONE);
	CU_ASSERT_NOT_EQUAL(attempt(MM412_WMARK_LOW), MM412_NONE);
	CU_ASSERT_NOT_EQUAL(attempt(MM412_WMARK_MIN | MM412_CPUSET | MM412_USE_CMA),
			    MM412_NONE);
	/* Below the low mark. */
	while (attempt(MM412_WMARK_LOW) != MM412_NONE)
		;
	CU_ASSERT(in_area(k_alloc(&k, 0, 0, "GFP_HIGHUSER_MOVABLE")));
	k_drop(&k);
}

static CU_TestInfo tests[] = {
	{ "attempts of last resort leave areas out", attempts_of_last_resort_leave_areas_out },
	{ "an area is free memory on lists of its own",
	  an_area_is_free_memory_on_lists_of_its_own },
	{ "marks are those of the memory outside areas",
	  marks_are_those_of_the_memory_outside_areas },
	{ "a sysctl write counts areas, too", a_sysctl_write_counts_areas_too },
	{ "only movable requests get frames of an area",
	  only_movable_requests_get_frames_of_an_area },
	{ "areas are used before other types are stolen from",
	  areas_are_used_before_other_types_are_stolen_from },
	{ "frames of areas do not count for others", frames_of_areas_do_not_count_for_others },
	{ "the short test of a mark leaves areas out, too",
	  the_short_test_of_a_mark_leaves_areas_out_too },
	{ "areas are handed over in the order of the machine",
	  areas_are_handed_over_in_the_order_of_the_machine },
	{ "a single page returns to its area by a movable list",
	  a_single_page_returns_to_its_area_by_a_movable_list },
	{ "each counter has its own per-cpu part", each_counter_has_its_own_per_cpu_part },
	{ "no pageblock of an area is reserved for atomic requests",
	  no_pageblock_of_an_area_is_reserved_for_atomic_requests },
	{ "six types need more memory for grouping", six_types_need_more_memory_for_grouping },
	{ "an area that cannot be is refused with a reason",
	  an_area_that_cannot_be_is_refused_with_a_reason },
	{ "a recorded state may hold blocks of areas",
	  a_recorded_state_may_hold_blocks_of_areas },
	{ "without areas there are no such types", without_areas_there_are_no_such_types },
	{ "a wrong counter is found", a_wrong_counter_is_found },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_cma", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
