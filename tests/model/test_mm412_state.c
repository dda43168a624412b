#include <limits.h>

#include "tests/model/kernel412.h"

#define FRAMES 16384

static struct kernel412 k;

static void boot(void)
{
	k_one_zone(&k, 2, FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, true));
}

static void drop(void)
{
	k_drop(&k);
}

static bool done(void)
{
	return mm412_policy.put_done(k.mm, k.text, sizeof(k.text));
}

static bool put_free(uint64_t at, unsigned order, unsigned type)
{
	return mm412_policy.put_free(k.mm, K_NORMAL + at, order, type);
}

static void a_state_comes_out_of_the_snapshot_as_it_was_put_in(void)
{
	struct mm_snapshot *s;

	CU_ASSERT(mm412_policy.put_pageblock(k.mm, K_NORMAL + 1024, 0));
	CU_ASSERT(mm412_policy.put_pageblock(k.mm, K_NORMAL + 1536, 3));
	CU_ASSERT(put_free(0, 10, UINT_MAX));
	CU_ASSERT(put_free(1024, 3, UINT_MAX));
	CU_ASSERT(put_free(1536, 2, 1)); /* on another list than its block says */
	CU_ASSERT(mm412_policy.put_pcp(k.mm, 1, K_NORMAL + 1600, UINT_MAX));
	CU_ASSERT(mm412_policy.put_used(k.mm, K_NORMAL + 2048, 9, MM_USE_LRU));
	CU_ASSERT(done());
	CU_ASSERT(k_ok(&k));
	s = mm412_policy.snapshot(k.mm);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->zones[0].free[1][10], 1);
	CU_ASSERT_EQUAL(s->zones[0].free[0][3], 1);
	CU_ASSERT_EQUAL(s->zones[0].free[1][2], 1);
	CU_ASSERT_EQUAL(s->zones[0].pageblocks[0], 1);
	CU_ASSERT_EQUAL(s->zones[0].pageblocks[3], 1);
	CU_ASSERT_EQUAL(s->zones[0].nr_reserved_highatomic, 512);
	CU_ASSERT_EQUAL(s->zones[0].nr_free_pages, 1024 + 8 + 4);
	CU_ASSERT_EQUAL(s->zones[0].pcp_count[1], 1);
	CU_ASSERT_EQUAL(s->zones[0].managed, FRAMES);
	mm_snapshot_free(s);
	/* A high-atomic page on a per-cpu list serves movable requests. */
	CU_ASSERT_EQUAL(k_alloc(&k, 1, 0, "GFP_HIGHUSER_MOVABLE"), K_NORMAL + 1600);
	k_free(&k, 0, K_NORMAL + 2048, 9);
	CU_ASSERT(k_ok(&k));
}

static void blocks_are_handed_out_in_the_order_they_were_put(void)
{
	CU_ASSERT(put_free(64, 3, 1));
	CU_ASSERT(put_free(16, 3, 1));
	CU_ASSERT(put_free(4096, 10, 1));
	CU_ASSERT(done());
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 3, "GFP_HIGHUSER_MOVABLE"), K_NORMAL + 64);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 3, "GFP_HIGHUSER_MOVABLE"), K_NORMAL + 16);
}

static void what_nobody_put_stays_in_use(void)
{
	CU_ASSERT(put_free(0, 4, 1));
	CU_ASSERT(done());
	CU_ASSERT(!mm412_probe_in_use(k.mm, K_NORMAL + 16, 0));
	CU_ASSERT_EQUAL(k_counter(&k, "nr_free_pages"), 16);
	for (unsigned i = 0; i < 16; i++)
		CU_ASSERT(k_alloc(&k, 0, 0, "__GFP_MEMALLOC|__GFP_MOVABLE") < K_NORMAL + 16);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "__GFP_MEMALLOC|__GFP_MOVABLE"), MM_NO_FRAME);
}

static void contradicts(const char *why)
{
	CU_ASSERT(!done());
	CU_ASSERT_PTR_NOT_NULL(strstr(k.text, why));
	drop();
	boot();
}

static void contradictions_are_refused_and_told(void)
{
	CU_ASSERT(put_free(8, 3, 1));
	CU_ASSERT(!put_free(8, 0, 1));
	contradicts("frame 1048584 is there twice");
	CU_ASSERT(put_free(8, 3, 1));
	CU_ASSERT(!mm412_policy.put_used(k.mm, K_NORMAL + 9, 0, 0));
	contradicts("frame 1048585 is there twice");
	CU_ASSERT(mm412_policy.put_used(k.mm, K_NORMAL + 9, 0, 0));
	CU_ASSERT(!put_free(8, 3, 1));
	contradicts("frame 1048585 is there twice");
	CU_ASSERT(put_free(8, 3, 1));
	CU_ASSERT(!put_free(0, 3, 0));
	contradicts("would be one block");
	CU_ASSERT(!put_free(4, 3, 1));
	contradicts("no block of order 3 begins there");
	CU_ASSERT(!put_free(FRAMES, 0, 1));
	contradicts("not within one zone");
	CU_ASSERT(!put_free(0, 11, 1));
	contradicts("order 11");
	CU_ASSERT(!put_free(0, 1, 4));
	contradicts("no free list of type 4");
	CU_ASSERT(!mm412_policy.put_pcp(k.mm, 2, K_NORMAL, 0));
	contradicts("CPU 2");
	CU_ASSERT(!mm412_policy.put_pageblock(k.mm, K_NORMAL, 5));
	contradicts("pageblock type 5");
	CU_ASSERT(!mm412_policy.put_pageblock(k.mm, 0, 0));
	contradicts("in no zone");
}

struct sum {
	uint64_t frames, blocks;
};

static void add(void *ctx, uint64_t frame, unsigned order)
{
	struct sum *sum = ctx;

	CU_ASSERT(frame >= K_NORMAL);
	sum->frames += (uint64_t)1 << order;
	sum->blocks++;
}

static void every_free_block_is_visited_once(void)
{
	struct sum without = { 0 }, with = { 0 };

	CU_ASSERT(put_free(0, 10, 1));
	CU_ASSERT(put_free(2048, 0, 0));
	CU_ASSERT(mm412_policy.put_pcp(k.mm, 0, K_NORMAL + 5000, 2));
	CU_ASSERT(done());
	mm412_policy.each_free(k.mm, false, add, &without);
	mm412_policy.each_free(k.mm, true, add, &with);
	CU_ASSERT_EQUAL(without.frames, 1025);
	CU_ASSERT_EQUAL(without.blocks, 2);
	CU_ASSERT_EQUAL(with.frames, 1026);
}

static void count_block(void *ctx, uint64_t frame, unsigned order)
{
	struct kernel412 *copy = ctx;

	CU_ASSERT(mm412_policy.put_free(copy->mm, frame, order, UINT_MAX));
}

static void a_booted_kernels_blocks_can_be_put_into_another(void)
{
	static struct kernel412 copy;

	drop();
	k_one_zone(&k, 2, FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
	k_alloc(&k, 0, 5, "GFP_KERNEL");
	k_one_zone(&copy, 2, FRAMES);
	CU_ASSERT_FATAL(k_boot(&copy, true));
	mm412_policy.each_free(k.mm, true, count_block, &copy);
	CU_ASSERT(mm412_policy.put_done(copy.mm, copy.text, sizeof(copy.text)));
	CU_ASSERT(k_ok(&copy));
	for (unsigned o = 0; o <= 10; o++)
		CU_ASSERT_EQUAL(k_blocks(&copy, 0, "Normal", o), k_blocks(&k, 0, "Normal", o));
	k_drop(&copy);
}

static CU_TestInfo tests[] = {
	{ "a state comes out of the snapshot as it was put in",
	  a_state_comes_out_of_the_snapshot_as_it_was_put_in },
	{ "blocks are handed out in the order they were put",
	  blocks_are_handed_out_in_the_order_they_were_put },
	{ "what nobody put stays in use", what_nobody_put_stays_in_use },
	{ "contradictions are refused and told", contradictions_are_refused_and_told },
	{ "every free block is visited once", every_free_block_is_visited_once },
	{ "a booted kernel's blocks can be put into another",
	  a_booted_kernels_blocks_can_be_put_into_another },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_state", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
