/*
 * Pageblocks that are isolated from outside, by events of a trace: mm_policy.isolate. What
 * isolation does to lists and counters is in test_mm412_isolation.c.
 */
#include "model/v4_12/mm412.h"
#include "tests/model/kernel412.h"

#define FRAMES 16384
#define AREA (K_NORMAL + FRAMES - 1024)

static const struct mm_cma area = { 0, AREA, AREA + 1024 };

static struct mm_zone_span zone;
static struct kernel412 k;

static void machine(uint64_t frames)
{
	zone = (struct mm_zone_span){ 0, "Normal", K_NORMAL, K_NORMAL + frames };
	k_init(&k, 1, 1);
	k.machine.zones = &zone;
	k.machine.nzones = 1;
	k.machine.cma = &area;
	k.machine.ncma = 1;
}

static void boot(void)
{
	CU_ASSERT_FATAL(k_boot(&k, false));
	mm412_probe_reclaim_mode(k.mm, MM412_PROBE_FAILS);
}

static enum mm_isolation ask(uint64_t frame, bool on)
{
	return mm412_policy.isolate(k.mm, &k.cpus[0], frame & ~(uint64_t)511, on);
}

static unsigned type_at(uint64_t frame)
{
	return mm412_block_type(k.mm, mm412_slot(k.mm, frame));
}

static void pageblocks_of_an_area_are_its_own_again_others_movable(void)
{
	uint64_t page;

	machine(FRAMES);
	boot();
	page = k_alloc(&k, 0, 0, "GFP_NOWAIT");
	CU_ASSERT_EQUAL(type_at(page), MM412_UNMOVABLE);
	k_free(&k, 0, page, 0);
	CU_ASSERT_EQUAL(ask(page, true), MM_ISOLATION_DONE);
	CU_ASSERT_EQUAL(type_at(page), MM412_ISOLATE);
	CU_ASSERT_EQUAL(ask(page, false), MM_ISOLATION_DONE);
	CU_ASSERT_EQUAL(type_at(page), MM412_MOVABLE);
	for (uint64_t frame = AREA; frame < AREA + 1024; frame += 512) {
		CU_ASSERT_EQUAL(ask(frame, true), MM_ISOLATION_DONE);
		CU_ASSERT_EQUAL(type_at(frame), MM412_ISOLATE);
	}
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_cma_exact, 0);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_isolated, 2);
	for (uint64_t frame = AREA; frame < AREA + 1024; frame += 512) {
		CU_ASSERT_EQUAL(ask(frame, false), MM_ISOLATION_DONE);
		CU_ASSERT_EQUAL(type_at(frame), MM412_CMA);
	}
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_cma_exact, 1024);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_isolated, 0);
	/* The last frame of the pageblock in front of the area is not of the area. */
	CU_ASSERT_EQUAL(ask(AREA - 512, true), MM_ISOLATION_DONE);
	CU_ASSERT_EQUAL(ask(AREA - 512, false), MM_ISOLATION_DONE);
	CU_ASSERT_EQUAL(type_at(AREA - 1), MM412_MOVABLE);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void what_cannot_be_moved_or_is_isolated_already_refuses(void)
{
	uint64_t page;

	machine(FRAMES);
	boot();
	page = k_alloc(&k, 0, 0, "GFP_NOWAIT");
	CU_ASSERT_EQUAL(ask(page, true), MM_ISOLATION_REFUSED);
	CU_ASSERT_EQUAL(ask(page, false), MM_ISOLATION_REFUSED);
	CU_ASSERT_EQUAL(ask(AREA, true), MM_ISOLATION_DONE);
	/* A second time would count it twice. */
	CU_ASSERT_EQUAL(ask(AREA, true), MM_ISOLATION_REFUSED);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_isolated, 1);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void where_no_whole_pageblock_is_there_is_nothing_to_isolate(void)
{
	const uint64_t end = K_NORMAL + FRAMES;

	/* The zone ends in the middle of a pageblock. */
	machine(FRAMES + 200);
	boot();
	CU_ASSERT_EQUAL(ask(end, true), MM_ISOLATION_NOWHERE);
	CU_ASSERT_EQUAL(ask(end + 512, true), MM_ISOLATION_NOWHERE);
	CU_ASSERT_EQUAL(ask(0, true), MM_ISOLATION_NOWHERE);
	CU_ASSERT_EQUAL(ask(UINT64_C(1) << 51, true), MM_ISOLATION_NOWHERE);
	CU_ASSERT_EQUAL(ask(K_NORMAL, true), MM_ISOLATION_DONE);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

/* All of a pageblock in a hole between memory of the zone: the kernel sees no page in use. */
static void a_pageblock_without_memory_but_with_struct_pages_can_be_isolated(void)
{
	static const struct mm_span hole = { K_NORMAL + 2048, K_NORMAL + 2048 + 700 };

	machine(FRAMES);
	k.machine.holes = &hole;
	k.machine.nholes = 1;
	boot();
	for (uint64_t frame = hole.start; frame < hole.end; frame += 512) {
		CU_ASSERT_EQUAL(ask(frame, true), MM_ISOLATION_DONE);
		CU_ASSERT(k_ok(&k));
		CU_ASSERT_EQUAL(ask(frame, false), MM_ISOLATION_DONE);
		CU_ASSERT(k_ok(&k));
	}
	k_drop(&k);
}

static void without_areas_the_kernel_isolates_nothing(void)
{
	machine(FRAMES);
	k.machine.ncma = 0;
	boot();
	CU_ASSERT_EQUAL(ask(K_NORMAL, true), MM_ISOLATION_UNKNOWN);
	CU_ASSERT_EQUAL(ask(K_NORMAL, false), MM_ISOLATION_UNKNOWN);
	CU_ASSERT_EQUAL(type_at(K_NORMAL), MM412_MOVABLE);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static CU_TestInfo tests[] = {
	{ "pageblocks of an area are its own again, others movable",
	  pageblocks_of_an_area_are_its_own_again_others_movable },
	{ "what cannot be moved or is isolated already refuses",
	  what_cannot_be_moved_or_is_isolated_already_refuses },
	{ "where no whole pageblock is there is nothing to isolate",
	  where_no_whole_pageblock_is_there_is_nothing_to_isolate },
	{ "a pageblock without memory but with struct pages can be isolated",
	  a_pageblock_without_memory_but_with_struct_pages_can_be_isolated },
	{ "without areas the kernel isolates nothing",
	  without_areas_the_kernel_isolates_nothing },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_isolation_ask", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
