/* Memory that swapping out takes: slabs of bios and of nodes of the swap cache's trees. */
#include "model/v4_12/mm412_objects.h"
#include "tests/model/swap412.h"

enum { FRAMES = 4096, ON_PAGE = 21, ON_BLOCK = 14, KEPT = 4 };

static struct world412 w;
static struct mm412 *mm;
static struct mm412_task *task;

static void a_world(uint64_t swap_pages)
{
	w_open(&w, FRAMES, swap_pages);
	mm = w.mm;
	mm->params.swap_takes_memory[0] = 1;
	task = &mm->sleep->kswapd_task[0];
}

static uint32_t take(enum mm412_object kind)
{
	return mm412_objects_take(mm, w_cpu(&w), task, kind, MM412_GFP_KSWAPD_RECLAIM);
}

static void put(enum mm412_object kind, uint32_t slab)
{
	mm412_objects_put(mm, kind, slab);
}

/* All memory that a request without reserves can have. */
static void use_up(void)
{
	while (mm412_slowpath_page(mm, w_cpu(&w), task,
				   MM412_GFP_NOMEMALLOC | MM412_GFP_NORETRY) != MM412_NONE)
		;
}

static void a_page_holds_21_bios_and_a_pair_14_nodes(void)
{
	a_world(64);
	for (unsigned i = 0; i < ON_PAGE; i++)
		take(MM412_OBJECT_BIO);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_BIO), 1);
	take(MM412_OBJECT_BIO);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_BIO), 2);
	for (unsigned i = 0; i <= ON_BLOCK; i++)
		take(MM412_OBJECT_NODE);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_NODE), 4);
	w_close(&w);
}

static void empty_slabs_go_but_for_four(void)
{
	enum { SLABS = 9, N = SLABS * ON_PAGE };
	uint32_t slab[N];

	a_world(64);
	for (unsigned i = 0; i < N; i++)
		slab[i] = take(MM412_OBJECT_BIO);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_BIO), SLABS);
	for (unsigned i = 0; i < N; i++)
		put(MM412_OBJECT_BIO, slab[i]);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_BIO), SLABS);
	mm412_objects_trim(mm, w_cpu(&w));
	/* With the fifth there are enough; the CPU's own slab stays, too. */
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_BIO), KEPT + 1);
	for (unsigned i = 0; i < (KEPT + 1) * ON_PAGE; i++)
		take(MM412_OBJECT_BIO);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_BIO), KEPT + 1);
	w_close(&w);
}

static void without_memory_there_is_no_object(void)
{
	a_world(64);
	use_up();
	CU_ASSERT_EQUAL(mm412_objects_take(mm, w_cpu(&w), task, MM412_OBJECT_BIO,
					   MM412_GFP_NOMEMALLOC | MM412_GFP_NORETRY),
			MM412_NO_OBJECT);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_BIO), 0);
	w_close(&w);
}

/* A leaf for 64 slots, one above it, and a root. */
static void the_swap_cache_has_nodes_as_long_as_it_has_pages(void)
{
	struct mm412_swap *swap;

	a_world(1000);
	swap = mm->sleep->swap;
	CU_ASSERT_TRUE(mm412_swap_nodes_take(mm, w_cpu(&w), task, 5));
	CU_ASSERT_TRUE(mm412_swap_nodes_take(mm, w_cpu(&w), task, 63));
	CU_ASSERT_TRUE(mm412_swap_nodes_take(mm, w_cpu(&w), task, 64));
	CU_ASSERT_EQUAL(swap->nodes[0][0].used, 2);
	CU_ASSERT_EQUAL(swap->nodes[0][1].used, 1);
	CU_ASSERT_EQUAL(swap->nodes[1][0].used, 3);
	CU_ASSERT_EQUAL(swap->nodes[2][0].used, 3);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_NODE), 2);
	mm412_swap_nodes_put(mm, 63);
	mm412_swap_nodes_put(mm, 5);
	CU_ASSERT_EQUAL(swap->nodes[0][0].used, 0);
	CU_ASSERT_EQUAL(swap->nodes[1][0].used, 1);
	mm412_swap_nodes_put(mm, 64);
	CU_ASSERT_EQUAL(swap->nodes[2][0].used, 0);
	w_close(&w);
}

/* GFP_ATOMIC for two pages, below the low mark. */
static void a_node_below_the_low_mark_reserves_a_pageblock(void)
{
	struct mm412_zone *zone;

	a_world(64);
	zone = &mm->zones[0];
	while (mm412_vmstat_nr_free(zone) > (int64_t)zone->watermark[MM412_WMARK_LOW])
		w_block(&w, 0, "GFP_KERNEL");
	CU_ASSERT_EQUAL(zone->nr_reserved_highatomic, 0);
	CU_ASSERT_TRUE(mm412_swap_nodes_take(mm, w_cpu(&w), task, 5));
	CU_ASSERT_EQUAL(zone->nr_reserved_highatomic, MM412_BLOCK_FRAMES);
	w_close(&w);
}

static void a_written_page_has_a_bio_until_its_write_ends(void)
{
	uint32_t number;

	a_world(64);
	number = s_anon(&w);
	s_squeeze(&w, number);
	CU_ASSERT_TRUE(s_flags(&w, number) & MM412_PG_WRITEBACK);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_BIO), 1);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_NODE), 2);
	s_time(&w);
	for (unsigned i = 0; i < ON_PAGE; i++)
		take(MM412_OBJECT_BIO);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_BIO), 1);
	w_close(&w);
}

/* Its pool has two: the third write waits until the first has ended. */
static void without_memory_writes_wait_for_one_another(void)
{
	uint32_t number[3];

	a_world(64);
	for (unsigned i = 0; i < 3; i++)
		number[i] = s_anon(&w);
	CU_ASSERT_TRUE(mm412_swap_nodes_take(mm, w_cpu(&w), task, 1));
	use_up();
	for (unsigned i = 0; i < 2; i++)
		s_squeeze(&w, number[i]);
	CU_ASSERT_EQUAL(w.slept, 0);
	s_squeeze(&w, number[2]);
	CU_ASSERT_EQUAL(mm412_objects_pages(mm, MM412_OBJECT_BIO), 0);
	CU_ASSERT(w.slept > 0);
	CU_ASSERT_TRUE(s_flags(&w, number[2]) & MM412_PG_WRITEBACK);
	s_time(&w);
	w_close(&w);
}

static CU_TestInfo tests[] = {
	{ "a page holds 21 bios and a pair 14 nodes",
	  a_page_holds_21_bios_and_a_pair_14_nodes },
	{ "empty slabs go but for four", empty_slabs_go_but_for_four },
	{ "without memory there is no object", without_memory_there_is_no_object },
	{ "the swap cache has nodes as long as it has pages",
	  the_swap_cache_has_nodes_as_long_as_it_has_pages },
	{ "a node below the low mark reserves a pageblock",
	  a_node_below_the_low_mark_reserves_a_pageblock },
	{ "a written page has a bio until its write ends",
	  a_written_page_has_a_bio_until_its_write_ends },
	{ "without memory writes wait for one another",
	  without_memory_writes_wait_for_one_another },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_objects", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
