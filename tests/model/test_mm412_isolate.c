/* Free blocks taken by frame number, and what recordings look at besides. */
#include "model/v4_12/mm412_probe_guided.h"
#include "tests/model/kernel412.h"

static struct kernel412 k;

static void boot(void)
{
	k_one_zone(&k, 2, 8192);
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void drop(void)
{
	k_drop(&k);
}

static unsigned type_of(uint64_t frame)
{
	return mm412_probe_guided_block_type(k.mm, frame);
}

static void a_free_block_is_taken_whole_and_counted(void)
{
	struct mm412_probe_zone before = k_zone(&k, 0, "Normal"), after;

	CU_ASSERT_EQUAL(mm412_probe_guided_isolate(k.mm, &k.cpus[0], K_NORMAL + 1024), 10);
	after = k_zone(&k, 0, "Normal");
	CU_ASSERT_EQUAL(after.nr_free_exact, before.nr_free_exact - 1024);
	CU_ASSERT_EQUAL(mm412_probe_free_blocks(k.mm, 0, "Normal", 1, 10), 7);
	CU_ASSERT(mm412_probe_in_use(k.mm, K_NORMAL + 1024, 10));
	CU_ASSERT(mm412_policy.check(k.mm, k.text, sizeof(k.text)));
}

static void what_is_no_free_block_is_left_alone(void)
{
	CU_ASSERT_EQUAL(mm412_probe_guided_isolate(k.mm, &k.cpus[0], K_NORMAL + 1025), -1);
	CU_ASSERT_EQUAL(mm412_probe_guided_isolate(k.mm, &k.cpus[0], K_NORMAL), 10);
	CU_ASSERT_EQUAL(mm412_probe_guided_isolate(k.mm, &k.cpus[0], K_NORMAL), -1);
}

static void a_large_block_makes_its_pageblocks_movable(void)
{
	/* An unmovable request takes a block over; what is left of it is unmovable, too. */
	struct mm_grant g = k_try(&k, 0, 0, 0, "GFP_KERNEL");
	uint64_t free = (g.frame & ~(uint64_t)1023) + 512;

	CU_ASSERT_EQUAL_FATAL(g.verdict, MM_DONE);
	CU_ASSERT_EQUAL(type_of(free), 0);
	CU_ASSERT_EQUAL(mm412_probe_guided_isolate(k.mm, &k.cpus[0], free), 9);
	CU_ASSERT_EQUAL(type_of(free), 1);
	CU_ASSERT_EQUAL(type_of(g.frame), 0);
	/* Less than half a pageblock keeps its type. */
	CU_ASSERT_EQUAL(mm412_probe_guided_isolate(k.mm, &k.cpus[0], free - 256), 8);
	CU_ASSERT_EQUAL(type_of(free - 256), 1);
	CU_ASSERT_EQUAL(mm412_probe_guided_isolate(k.mm, &k.cpus[0], free - 384), 7);
}

static void a_zone_near_its_lowest_mark_keeps_its_blocks(void)
{
	struct mm412_probe_guided_counters c;
	uint32_t zone = mm412_probe_guided_zone(k.mm, 0, "Normal");

	mm412_probe_guided_get(k.mm, zone, &c);
	c.free = (int64_t)c.watermark[0] + 2 * 1024;
	mm412_probe_guided_set(k.mm, zone, &c);
	CU_ASSERT_EQUAL(mm412_probe_guided_isolate(k.mm, &k.cpus[0], K_NORMAL), 10);
	c.free = (int64_t)c.watermark[0] + 1024;
	mm412_probe_guided_set(k.mm, zone, &c);
	CU_ASSERT_EQUAL(mm412_probe_guided_isolate(k.mm, &k.cpus[0], K_NORMAL + 1024), -1);
}

static void pressure_makes_the_parts_of_counters_small(void)
{
	struct mm412_probe_guided_counters c;
	uint32_t zone = mm412_probe_guided_zone(k.mm, 0, "Normal");
	int diff, normal, now;

	mm412_probe_guided_get(k.mm, zone, &c);
	mm412_probe_guided_get_cpu(k.mm, zone, 0, &diff, &normal);
	c.watermark[1] = c.watermark[0] + 7;
	c.drift_mark = 0;
	mm412_probe_guided_set(k.mm, zone, &c);
	mm412_probe_guided_pressure(k.mm, 0, true);
	mm412_probe_guided_get_cpu(k.mm, zone, 0, &diff, &now);
	CU_ASSERT_EQUAL(now, normal); /* no drift mark: the zone is left out */
	c.drift_mark = 1;
	mm412_probe_guided_set(k.mm, zone, &c);
	mm412_probe_guided_pressure(k.mm, 0, true);
	mm412_probe_guided_get_cpu(k.mm, zone, 0, &diff, &now);
	CU_ASSERT_EQUAL(now, 3); /* 7 frames for 2 CPUs */
	mm412_probe_guided_pressure(k.mm, 0, false);
	mm412_probe_guided_get_cpu(k.mm, zone, 0, &diff, &now);
	CU_ASSERT_EQUAL(now, normal);
}

/* The high mark and what is kept from requests that could go higher, at most all of it. */
static void the_total_reserve_is_what_page_cache_cannot_have(void)
{
	struct mm412_probe_zone z = k_zone(&k, 0, "Normal");
	struct mm412_probe_guided_counters c;
	uint32_t zone = mm412_probe_guided_zone(k.mm, 0, "Normal");

	CU_ASSERT_EQUAL(mm412_probe_totalreserve(k.mm), z.watermark[2]);
	mm412_probe_guided_get(k.mm, zone, &c);
	c.watermark[2] = 9000;
	mm412_probe_guided_set(k.mm, zone, &c);
	CU_ASSERT_EQUAL(mm412_probe_totalreserve(k.mm), 8192);
	/* 5 % of what lies above the high mark: nothing now. */
	CU_ASSERT_EQUAL(mm412_probe_recommended_kbytes(k.mm), 0);
}

static CU_TestInfo tests[] = {
	{ "a free block is taken whole and counted", a_free_block_is_taken_whole_and_counted },
	{ "what is no free block is left alone", what_is_no_free_block_is_left_alone },
	{ "a large block makes its pageblocks movable",
	  a_large_block_makes_its_pageblocks_movable },
	{ "a zone near its lowest mark keeps its blocks",
	  a_zone_near_its_lowest_mark_keeps_its_blocks },
	{ "pressure makes the parts of counters small",
	  pressure_makes_the_parts_of_counters_small },
	{ "the total reserve is what page cache cannot have",
	  the_total_reserve_is_what_page_cache_cannot_have },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_isolate", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
