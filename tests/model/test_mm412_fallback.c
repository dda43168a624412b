#include "tests/model/kernel412.h"

#define FRAMES 6144 /* small enough for per-cpu lists that keep nothing */

static struct kernel412 k;

static void boot(void)
{
	k_one_zone(&k, 1, FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void drop(void)
{
	k_drop(&k);
}

static uint64_t blocks_of(unsigned type)
{
	uint64_t count[6];

	mm412_probe_pageblocks(k.mm, 0, "Normal", count);
	return count[type];
}

static uint64_t free_of(unsigned type)
{
	uint64_t sum = 0;

	for (unsigned o = 0; o <= 10; o++)
		sum += mm412_probe_free_blocks(k.mm, 0, "Normal", type, o) << o;
	return sum;
}

static void the_first_kernel_page_claims_the_largest_movable_block(void)
{
	struct mm_grant g = k_try(&k, 0, 0, 0, "GFP_KERNEL");

	CU_ASSERT_EQUAL(g.path, MM_PATH_FALLBACK);
	CU_ASSERT_EQUAL(blocks_of(0), 2);
	CU_ASSERT_EQUAL(free_of(0), 1023);
	CU_ASSERT_EQUAL(k_counter(&k, "extfrag_unmovable_movable_claim"), 1);
	CU_ASSERT_EQUAL(k_try(&k, 0, 0, 0, "GFP_KERNEL").path, MM_PATH_BUDDY);
}

/*
 * Leaves only blocks of order 0 free on the movable lists: one pageblock of single movable
 * pages, of which every second one is given back.
 */
static uint64_t fragment(unsigned use)
{
	uint64_t frame, first = 0;

	while ((frame = k_alloc(&k, 0, 9, "__GFP_MEMALLOC|__GFP_MOVABLE")) != MM_NO_FRAME)
		first = frame;
	k_free(&k, 0, first, 9);
	for (unsigned i = 0; i < 512; i++) {
		frame = k_alloc(&k, 0, 0, "__GFP_MEMALLOC|__GFP_MOVABLE");
		CU_ASSERT_EQUAL_FATAL(frame, first + i);
		mm412_policy.note_use(k.mm, frame, 0, use);
	}
	for (unsigned i = 0; i < 512; i += 2)
		k_free(&k, 0, first + i, 0);
	return first;
}

static void pages_not_known_to_be_movable_let_kernel_requests_claim_the_block(void)
{
	fragment(0);
	CU_ASSERT_NOT_EQUAL(k_alloc(&k, 0, 0, "__GFP_MEMALLOC"), MM_NO_FRAME);
	CU_ASSERT_EQUAL(blocks_of(0), 1);
	CU_ASSERT_EQUAL(free_of(0), 255);
	CU_ASSERT_EQUAL(free_of(1), 0);
	CU_ASSERT(k_ok(&k));
}

static void a_block_of_movable_pages_is_only_emptied(void)
{
	uint64_t first = fragment(MM_USE_LRU);
	uint64_t one;

	/* 256 free and none alike would claim it: with one less free it keeps its type. */
	one = k_alloc(&k, 0, 0, "__GFP_MEMALLOC|__GFP_MOVABLE");
	mm412_policy.note_use(k.mm, one, 0, MM_USE_LRU);
	CU_ASSERT_NOT_EQUAL(k_alloc(&k, 0, 0, "__GFP_MEMALLOC"), MM_NO_FRAME);
	CU_ASSERT_EQUAL(blocks_of(0), 0);
	CU_ASSERT_EQUAL(free_of(0), 254);
	CU_ASSERT_EQUAL(k_counter(&k, "extfrag_unmovable_movable_steal"), 1);
	/* What comes back follows the type of the block, not of its neighbours' list. */
	k_free(&k, 0, first + 1, 0);
	CU_ASSERT(free_of(1) > 0);
	CU_ASSERT(k_ok(&k));
}

static void a_movable_request_takes_small_blocks_one_by_one(void)
{
	uint64_t frame, first = 0;

	while ((frame = k_alloc(&k, 0, 9, "__GFP_MEMALLOC")) != MM_NO_FRAME)
		first = frame;
	k_free(&k, 0, first, 9);
	mm412_policy.free(k.mm, &k.cpus[0], k_alloc(&k, 0, 9, "__GFP_MEMALLOC"), 9, false);
	for (unsigned i = 0; i < 512; i++)
		k_alloc(&k, 0, 0, "__GFP_MEMALLOC");
	for (unsigned i = 0; i < 512; i += 2)
		k_free(&k, 0, first + i, 0);
	CU_ASSERT_EQUAL(free_of(0), 256);
	CU_ASSERT_NOT_EQUAL(k_alloc(&k, 0, 0, "__GFP_MEMALLOC|__GFP_MOVABLE"), MM_NO_FRAME);
	CU_ASSERT_EQUAL(free_of(0), 255);
	CU_ASSERT_EQUAL(blocks_of(1), 0);
	CU_ASSERT_EQUAL(k_counter(&k, "extfrag_movable_unmovable_page"), 1);
}

/* Takes single pages until only urgent requests get any. */
static void exhaust(void)
{
	while (k_alloc(&k, 0, 0, "GFP_NOWAIT") != MM_NO_FRAME)
		;
}

static void urgent_requests_of_order_1_and_more_get_a_pageblock_reserved(void)
{
	uint64_t frame;

	exhaust();
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_reserved_highatomic, 0);
	frame = k_alloc(&k, 0, 2, "GFP_ATOMIC");
	CU_ASSERT_NOT_EQUAL(frame, MM_NO_FRAME);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_reserved_highatomic, 512);
	CU_ASSERT_EQUAL(blocks_of(3), 1);
	CU_ASSERT(free_of(3) > 0);
	CU_ASSERT(k_ok(&k));
	/* At most a hundredth of the zone and one pageblock more. */
	for (unsigned i = 0; i < 100; i++)
		k_alloc(&k, 0, 2, "GFP_ATOMIC");
	CU_ASSERT(k_zone(&k, 0, "Normal").nr_reserved_highatomic <= 1024);
}

static void the_last_reserved_pageblock_goes_only_when_forced(void)
{
	exhaust();
	k_alloc(&k, 0, 2, "GFP_ATOMIC");
	CU_ASSERT(!mm412_probe_unreserve(k.mm, &k.cpus[0], 0, k_gfp("GFP_KERNEL"), false));
	CU_ASSERT(mm412_probe_unreserve(k.mm, &k.cpus[0], 0, k_gfp("GFP_KERNEL"), true));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_reserved_highatomic, 0);
	CU_ASSERT_EQUAL(free_of(3), 0);
	CU_ASSERT_EQUAL(blocks_of(3), 0);
	CU_ASSERT_EQUAL(k_counter(&k, "highatomic_unreserve"), 1);
	CU_ASSERT(k_ok(&k));
}

static void without_grouping_all_blocks_become_unmovable(void)
{
	k_drop(&k);
	k_one_zone(&k, 1, 2048);
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(blocks_of(1), 4);
	CU_ASSERT_NOT_EQUAL(k_alloc(&k, 0, 0, "GFP_NOWAIT|__GFP_MOVABLE"), MM_NO_FRAME);
	CU_ASSERT_EQUAL(blocks_of(1), 2);
	CU_ASSERT_EQUAL(blocks_of(0), 2);
}

static CU_TestInfo tests[] = {
	{ "the first kernel page claims the largest movable block",
	  the_first_kernel_page_claims_the_largest_movable_block },
	{ "pages not known to be movable let kernel requests claim the block",
	  pages_not_known_to_be_movable_let_kernel_requests_claim_the_block },
	{ "a block of movable pages is only emptied",
	  a_block_of_movable_pages_is_only_emptied },
	{ "a movable request takes small blocks one by one",
	  a_movable_request_takes_small_blocks_one_by_one },
	{ "urgent requests of order 1 and more get a pageblock reserved",
	  urgent_requests_of_order_1_and_more_get_a_pageblock_reserved },
	{ "the last reserved pageblock goes only when forced",
	  the_last_reserved_pageblock_goes_only_when_forced },
	{ "without grouping all blocks become unmovable",
	  without_grouping_all_blocks_become_unmovable },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_fallback", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
