#include <string.h>

#include "tests/unit.h"
#include "tools/frag.h"
#include "tools/freemap.h"

/* Node 0, zone DMA32 of the vm-fragment recording, before and after its work. */
static const uint64_t before[FRAG_ORDERS] = { 2, 3, 2, 1, 1, 2, 3, 1, 1, 2, 67 };
static const uint64_t after[FRAG_ORDERS] = { 20171, 2677, 2669, 6, 4, 2, 3, 2, 3, 1, 4 };

static void free_pages_are_blocks_times_their_size(void)
{
	CU_ASSERT_EQUAL(frag_free_pages(before),
			2 + 6 + 8 + 8 + 16 + 64 + 192 + 128 + 256 + 1024 + 68608);
}

static void nothing_is_unusable_for_order_0_and_all_of_no_memory(void)
{
	static const uint64_t none[FRAG_ORDERS];

	CU_ASSERT_EQUAL(frag_unusable(before, 0), 0);
	CU_ASSERT_EQUAL(frag_unusable(none, 0), 1000);
	CU_ASSERT_EQUAL(frag_extfrag(none, 3), 0);
	CU_ASSERT_EQUAL(frag_largest_order(none), -1);
	CU_ASSERT_EQUAL(frag_largest_order(after), 10);
}

/* Worked by hand: 36201 + 96+... pages; below order 3 lie 20171 + 5354 + 10676 of them. */
static void unusable_is_the_share_of_memory_in_smaller_blocks(void)
{
	uint64_t pages = frag_free_pages(after);

	CU_ASSERT_EQUAL(frag_unusable(after, 3), (20171 + 5354 + 10676) * 1000 / (int)pages);
	CU_ASSERT_EQUAL(frag_unusable(after, 1), 20171 * 1000 / (int)pages);
}

static void extfrag_tells_lack_of_memory_from_fragmentation(void)
{
	static const uint64_t scattered[FRAG_ORDERS] = { 100000 };
	static const uint64_t scarce[FRAG_ORDERS] = { 0, 1 };

	CU_ASSERT_EQUAL(frag_extfrag(after, 10), -1000);
	CU_ASSERT_EQUAL(frag_extfrag(scattered, 1), 1000 - (1000 + 50000000) / 100000);
	CU_ASSERT_EQUAL(frag_extfrag(scarce, 5), 1000 - (1000 + 62));
}

static void single_frames_merge_to_the_block_they_fill(void)
{
	struct freemap *m = freemap_new(100, 5000);
	uint64_t blocks[FRAG_ORDERS];

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	for (uint64_t f = 1024; f < 2048; f++)
		freemap_add(m, f, 0);
	freemap_add(m, 2049, 0);
	freemap_add(m, 3000, 3);
	freemap_blocks(m, blocks);
	CU_ASSERT_EQUAL(blocks[10], 1);
	CU_ASSERT_EQUAL(blocks[0], 1);
	CU_ASSERT_EQUAL(blocks[3], 1);
	CU_ASSERT_EQUAL(frag_free_pages(blocks), 1024 + 1 + 8);
	freemap_free(m);
}

static void frames_outside_the_map_do_not_count(void)
{
	struct freemap *m = freemap_new(1000, 1030);
	uint64_t blocks[FRAG_ORDERS];

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	freemap_add(m, 0, 10);
	freemap_add(m, 1024, 4);
	freemap_blocks(m, blocks);
	CU_ASSERT_EQUAL(frag_free_pages(blocks), 24 + 6);
	CU_ASSERT_EQUAL(blocks[2], 1);
	CU_ASSERT_EQUAL(blocks[1], 1);
	freemap_free(m);
}

static CU_TestInfo tests[] = {
	{ "free pages are blocks times their size", free_pages_are_blocks_times_their_size },
	{ "nothing is unusable for order 0, and all of no memory",
	  nothing_is_unusable_for_order_0_and_all_of_no_memory },
	{ "unusable is the share of memory in smaller blocks",
	  unusable_is_the_share_of_memory_in_smaller_blocks },
	{ "extfrag tells lack of memory from fragmentation",
	  extfrag_tells_lack_of_memory_from_fragmentation },
	{ "single frames merge to the block they fill",
	  single_frames_merge_to_the_block_they_fill },
	{ "frames outside the map do not count", frames_outside_the_map_do_not_count },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "frag", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
