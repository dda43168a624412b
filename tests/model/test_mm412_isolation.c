/* Isolated pageblocks. Expected figures are worked out by hand. */
#include "model/v4_12/mm412.h"
#include "tests/model/kernel412.h"

/* 16 of the largest blocks; an area at the end, which is what gives a kernel isolation. */
#define FRAMES 16384
#define AREA (K_NORMAL + FRAMES - 1024)

static const struct mm_zone_span zone = { 0, "Normal", K_NORMAL, K_NORMAL + FRAMES };
static const struct mm_cma area = { 0, AREA, AREA + 1024 };

static struct kernel412 k;

static void machine(unsigned cpus)
{
	k_init(&k, cpus, 1);
	k.machine.zones = &zone;
	k.machine.nzones = 1;
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

static int64_t nr_free(void)
{
	return k_zone(&k, 0, "Normal").nr_free_exact;
}

static bool isolate(uint64_t frame)
{
	return mm412_probe_isolate(k.mm, &k.cpus[0], frame & ~(uint64_t)511);
}

static void unisolate(uint64_t frame, unsigned type)
{
	mm412_probe_unisolate(k.mm, &k.cpus[0], frame & ~(uint64_t)511, type);
}

static void a_free_block_leaves_the_counters_with_its_first_half(void)
{
	boot(1);
	CU_ASSERT(isolate(K_NORMAL));
	CU_ASSERT_EQUAL(nr_free(), FRAMES - 1024);
	CU_ASSERT_EQUAL(blocks_of(MM412_ISOLATE, 10), 1);
	CU_ASSERT(isolate(K_NORMAL + 512));
	CU_ASSERT_EQUAL(nr_free(), FRAMES - 1024);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_isolated, 2);
	/* The other way round nothing leaves before the block's first half does. */
	CU_ASSERT(isolate(K_NORMAL + 1536));
	CU_ASSERT_EQUAL(nr_free(), FRAMES - 1024);
	CU_ASSERT(isolate(K_NORMAL + 1024));
	CU_ASSERT_EQUAL(nr_free(), FRAMES - 2048);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_cma_exact, 1024);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

/* So large that its lowest blocks are not on the list from the start. */
static void a_block_that_nobody_has_touched_can_be_isolated(void)
{
	static const struct mm_zone_span large = { 0, "Normal", K_NORMAL,
						   K_NORMAL + 400 * 1024 };

	machine(1);
	k.machine.zones = &large;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT(isolate(K_NORMAL + 1024));
	CU_ASSERT(isolate(K_NORMAL + 1536));
	CU_ASSERT_EQUAL(nr_free(), 399 * 1024);
	CU_ASSERT_EQUAL(blocks_of(MM412_ISOLATE, 10), 1);
	CU_ASSERT_EQUAL(blocks_of(MM412_MOVABLE, 10), 398);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void frames_of_an_area_leave_both_counters(void)
{
	boot(1);
	CU_ASSERT(isolate(AREA));
	CU_ASSERT(isolate(AREA + 512));
	CU_ASSERT_EQUAL(nr_free(), FRAMES - 1024);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_cma_exact, 0);
	unisolate(AREA, MM412_CMA);
	unisolate(AREA + 512, MM412_CMA);
	CU_ASSERT_EQUAL(nr_free(), FRAMES);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_free_cma_exact, 1024);
	CU_ASSERT_EQUAL(blocks_of(MM412_CMA, 10), 1);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_isolated, 0);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void isolated_frames_are_never_handed_out(void)
{
	uint64_t frame, given = 0;

	boot(1);
	CU_ASSERT(isolate(K_NORMAL + 2048) && isolate(K_NORMAL + 2560));
	while ((frame = k_alloc(&k, 0, 0, "GFP_NOWAIT|__GFP_MEMALLOC|__GFP_MOVABLE")) !=
	       MM_NO_FRAME) {
		given++;
		CU_ASSERT(frame < K_NORMAL + 2048 || frame >= K_NORMAL + 3072);
	}
	CU_ASSERT_EQUAL(given, FRAMES - 1024);
	CU_ASSERT_EQUAL(nr_free(), 0);
	CU_ASSERT_EQUAL(blocks_of(MM412_ISOLATE, 10), 1);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void what_is_freed_in_an_isolated_pageblock_joins_it_at_once(void)
{
	uint64_t page, block;
	int64_t before;

	boot(1);
	block = k_alloc(&k, 0, 2, "GFP_NOWAIT|__GFP_MOVABLE");
	page = k_alloc(&k, 0, 0, "GFP_NOWAIT|__GFP_MOVABLE");
	CU_ASSERT_EQUAL(page & ~(uint64_t)511, block & ~(uint64_t)511);
	CU_ASSERT(isolate(page));
	before = nr_free();
	k_free(&k, 0, page, 0);
	CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, 0, 0, "Normal"), 0);
	k_free(&k, 0, block, 2);
	CU_ASSERT_EQUAL(nr_free(), before);
	CU_ASSERT_EQUAL(blocks_of(MM412_ISOLATE, 9), 1);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void what_cannot_be_moved_away_keeps_a_pageblock(void)
{
	uint64_t page;

	boot(1);
	page = k_alloc(&k, 0, 0, "GFP_NOWAIT");
	CU_ASSERT_FALSE(isolate(page));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").nr_isolated, 0);
	CU_ASSERT_EQUAL(blocks_of(MM412_ISOLATE, 0), 0);
	mm412_policy.note_use(k.mm, page, 0, MM_USE_LRU);
	CU_ASSERT(isolate(page));
	k_drop(&k);
	/* What was freed counts no more, on a per-cpu list or merged. */
	boot(1);
	page = k_alloc(&k, 0, 0, "GFP_NOWAIT");
	k_free(&k, 0, page, 0);
	CU_ASSERT(isolate(page));
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
	/* In movable pageblocks and those of areas nobody looks. */
	boot(1);
	page = k_alloc(&k, 0, 0, "GFP_NOWAIT|__GFP_MOVABLE");
	CU_ASSERT(isolate(page));
	while (page < AREA)
		page = k_alloc(&k, 0, 9, "GFP_NOWAIT|__GFP_MOVABLE|__GFP_MEMALLOC");
	CU_ASSERT_FATAL(page < AREA + 1024);
	CU_ASSERT(isolate(page));
	k_drop(&k);
}

/* A block of order 10 that begins in the pageblock before: no frame of it is looked at. */
static void the_second_half_of_a_block_in_use_can_be_isolated(void)
{
	uint64_t block;

	boot(1);
	block = k_alloc(&k, 0, 10, "GFP_NOWAIT");
	CU_ASSERT_FALSE(isolate(block));
	CU_ASSERT(isolate(block + 512));
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void reserved_memory_keeps_a_pageblock(void)
{
	static const struct mm_span reserved = { K_NORMAL + 8, K_NORMAL + 16 };
	const struct mm_span all_but_one[] = { reserved };

	machine(1);
	k.machine.reserved = all_but_one;
	k.machine.nreserved = 1;
	CU_ASSERT_FATAL(k_boot(&k, true));
	CU_ASSERT(mm412_policy.put_pageblock(k.mm, K_NORMAL, MM412_UNMOVABLE));
	CU_ASSERT(mm412_policy.put_free(k.mm, K_NORMAL, 3, UINT32_MAX));
	for (unsigned order = 4; order < 9; order++)
		CU_ASSERT(mm412_policy.put_free(k.mm, K_NORMAL + (1u << order), order,
						UINT32_MAX));
	CU_ASSERT(mm412_policy.put_done(k.mm, k.text, sizeof(k.text)));
	CU_ASSERT_FALSE(isolate(K_NORMAL));
	CU_ASSERT(mm412_policy.put_pageblock(k.mm, K_NORMAL, MM412_MOVABLE));
	CU_ASSERT(isolate(K_NORMAL));
	CU_ASSERT_EQUAL(nr_free(), 0);
	k_drop(&k);
}

/* Both halves of one block, each freed for itself. */
static void an_isolated_half_does_not_merge_before_its_return(void)
{
	uint64_t low, high;

	boot(1);
	high = k_alloc(&k, 0, 9, "GFP_NOWAIT|__GFP_MOVABLE");
	low = k_alloc(&k, 0, 9, "GFP_NOWAIT|__GFP_MOVABLE");
	if (low > high) {
		uint64_t t = low;

		low = high;
		high = t;
	}
	CU_ASSERT_EQUAL_FATAL(low + 512, high);
	CU_ASSERT(isolate(low));
	k_free(&k, 0, low, 9);
	k_free(&k, 0, high, 9);
	CU_ASSERT_EQUAL(blocks_of(MM412_ISOLATE, 9), 1);
	CU_ASSERT_EQUAL(blocks_of(MM412_MOVABLE, 9), 1);
	CU_ASSERT_EQUAL(nr_free(), FRAMES - 512);
	CU_ASSERT(k_ok(&k));
	unisolate(low, MM412_MOVABLE);
	CU_ASSERT_EQUAL(blocks_of(MM412_MOVABLE, 9), 0);
	CU_ASSERT_EQUAL(blocks_of(MM412_MOVABLE, 10), 15);
	CU_ASSERT_EQUAL(nr_free(), FRAMES);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

/*
 * A whole free block returns through __isolate_free_page(), which makes its other pageblock
 * movable, but only if the block of the same size next to it is not isolated.
 */
static uint64_t reclaimable_after_return_beside(uint64_t isolated)
{
	uint64_t block = K_NORMAL + 2048, types[6];

	machine(1);
	CU_ASSERT_FATAL(k_boot(&k, true));
	CU_ASSERT(mm412_policy.put_pageblock(k.mm, block + 512, MM412_RECLAIMABLE));
	CU_ASSERT(mm412_policy.put_free(k.mm, block, 10, MM412_MOVABLE));
	CU_ASSERT(mm412_policy.put_done(k.mm, k.text, sizeof(k.text)));
	CU_ASSERT(isolate(block));
	CU_ASSERT(mm412_policy.put_pageblock(k.mm, isolated, MM412_MOVABLE));
	CU_ASSERT(isolate(isolated));
	unisolate(block, MM412_MOVABLE);
	CU_ASSERT_EQUAL(nr_free(), 1024);
	CU_ASSERT(k_ok(&k));
	mm412_probe_pageblocks(k.mm, 0, "Normal", types);
	k_drop(&k);
	return types[MM412_RECLAIMABLE];
}

static void a_whole_block_looks_at_its_buddy_when_it_returns(void)
{
	CU_ASSERT_EQUAL(reclaimable_after_return_beside(K_NORMAL + 1024), 0);
	CU_ASSERT_EQUAL(reclaimable_after_return_beside(K_NORMAL + 3072), 1);
}

static void isolating_empties_the_lists_of_all_cpus(void)
{
	uint64_t pages[2];

	boot(3);
	for (unsigned c = 0; c < 2; c++)
		pages[c] = k_alloc(&k, c + 1, 0, "GFP_NOWAIT|__GFP_MOVABLE");
	CU_ASSERT(mm412_probe_pcp_count(k.mm, 1, 0, "Normal") > 0);
	CU_ASSERT(mm412_probe_pcp_count(k.mm, 2, 0, "Normal") > 0);
	CU_ASSERT(isolate(pages[0]));
	for (unsigned c = 0; c < 3; c++)
		CU_ASSERT_EQUAL(mm412_probe_pcp_count(k.mm, c, 0, "Normal"), 0);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

/* A page that a list remembers as movable, from a pageblock that is unmovable now. */
static void put_stale_page(void)
{
	machine(1);
	CU_ASSERT_FATAL(k_boot(&k, true));
	CU_ASSERT(mm412_policy.put_pageblock(k.mm, K_NORMAL, MM412_UNMOVABLE));
	CU_ASSERT(mm412_policy.put_pcp(k.mm, 0, K_NORMAL + 4, MM412_MOVABLE));
	CU_ASSERT(mm412_policy.put_done(k.mm, k.text, sizeof(k.text)));
}

static void with_isolated_pageblocks_pages_return_by_their_present_type(void)
{
	put_stale_page();
	mm412_probe_drain(k.mm, &k.cpus[0]);
	CU_ASSERT_EQUAL(blocks_of(MM412_MOVABLE, 0), 1);
	k_drop(&k);
	put_stale_page();
	CU_ASSERT(isolate(K_NORMAL + 4096));
	CU_ASSERT_EQUAL(blocks_of(MM412_MOVABLE, 0), 0);
	CU_ASSERT_EQUAL(blocks_of(MM412_UNMOVABLE, 0), 1);
	k_drop(&k);
}

static void only_those_who_try_harder_are_content_with_isolated_blocks(void)
{
	const struct mm412_zone *z;

	boot(1);
	z = ((struct mm412 *)k.mm)->zones;
	for (uint64_t at = K_NORMAL; at < K_NORMAL + FRAMES; at += 512)
		CU_ASSERT(isolate(at));
	CU_ASSERT(mm412_watermark_exact(z, 0, 10, 2, 0, 100));
	CU_ASSERT_FALSE(mm412_watermark_exact(z, 1, 10, 2, 0, 100));
	CU_ASSERT_FALSE(mm412_watermark_exact(z, 1, 10, 2, MM412_USE_CMA, 100));
	CU_ASSERT(mm412_watermark_exact(z, 1, 10, 2, MM412_HARDER, 100));
	k_drop(&k);
}

static void a_pageblock_that_is_not_isolated_stays_as_it_is(void)
{
	uint64_t digest;

	boot(1);
	digest = mm412_probe_digest(k.mm);
	unisolate(K_NORMAL, MM412_CMA);
	CU_ASSERT_EQUAL(mm412_probe_digest(k.mm), digest);
	k_drop(&k);
}

/* A half that is isolated alone confuses the kernel's counters; the check knows by how much. */
static void the_check_keeps_up_with_the_kernels_miscounting(void)
{
	uint64_t page;

	boot(1);
	CU_ASSERT(isolate(K_NORMAL + FRAMES - 2048 + 512));
	/* The highest block comes first; its second half is isolated, and is handed out. */
	page = k_alloc(&k, 0, 9, "GFP_NOWAIT|__GFP_MOVABLE");
	while (page != K_NORMAL + FRAMES - 2048 + 512)
		page = k_alloc(&k, 0, 9, "GFP_NOWAIT|__GFP_MOVABLE");
	k_free(&k, 0, page, 9);
	CU_ASSERT(k_ok(&k));
	CU_ASSERT_EQUAL(blocks_of(MM412_ISOLATE, 9), 1);
	k_drop(&k);
}

static uint64_t live[400];
static uint8_t order_of[400];

static void random_step(uint32_t *seed)
{
	static const char *const gfp[] = { "GFP_NOWAIT",
					   "GFP_NOWAIT|__GFP_MOVABLE",
					   "GFP_NOWAIT|__GFP_RECLAIMABLE",
					   "GFP_ATOMIC",
					   "GFP_ATOMIC|__GFP_MOVABLE",
					   "GFP_NOWAIT|__GFP_MOVABLE|__GFP_MEMALLOC" };
	unsigned i = k_random(seed) % ARRAY_SIZE(live), cpu = k_random(seed) % 2;
	uint64_t block = K_NORMAL + (k_random(seed) % (FRAMES / 512)) * 512;
	unsigned what = k_random(seed) % 100;

	if (what < 2) {
		mm412_probe_isolate(k.mm, &k.cpus[cpu], block);
	} else if (what < 5) {
		mm412_probe_unisolate(k.mm, &k.cpus[cpu], block,
				      block < AREA ? MM412_MOVABLE : MM412_CMA);
	} else if (what < 7) {
		mm412_policy.tick(k.mm, &k.cpus[cpu]);
	} else if (live[i] != MM_NO_FRAME) {
		k_free(&k, cpu, live[i], order_of[i]);
		live[i] = MM_NO_FRAME;
	} else {
		order_of[i] = (uint8_t)(k_random(seed) % 3 ? k_random(seed) % 3
							   : k_random(seed) % 11);
		live[i] = k_alloc(&k, cpu, order_of[i], gfp[k_random(seed) % ARRAY_SIZE(gfp)]);
		if (live[i] != MM_NO_FRAME && k_random(seed) % 2)
			mm412_policy.note_use(k.mm, live[i], order_of[i], MM_USE_LRU);
	}
}

static void whatever_is_isolated_no_frame_is_lost(void)
{
	uint32_t seed = 412;

	boot(2);
	for (size_t i = 0; i < ARRAY_SIZE(live); i++)
		live[i] = MM_NO_FRAME;
	for (unsigned n = 0; n < 6000; n++) {
		random_step(&seed);
		if (n % 5 == 0)
			CU_ASSERT_FATAL(k_ok(&k));
	}
	k_drop(&k);
}

static void a_wrong_count_is_found(void)
{
	boot(1);
	CU_ASSERT(isolate(K_NORMAL));
	((struct mm412 *)k.mm)->zones[0].nr_isolated = 0;
	CU_ASSERT_FALSE(mm412_policy.check(k.mm, k.text, sizeof(k.text)));
	CU_ASSERT_PTR_NOT_NULL(strstr(k.text, "1 pageblocks are isolated, 0 counted"));
	((struct mm412 *)k.mm)->zones[0].nr_isolated = 1;
	CU_ASSERT(k_ok(&k));
	((struct mm412 *)k.mm)->zones[0].nr_free++;
	CU_ASSERT_FALSE(mm412_policy.check(k.mm, k.text, sizeof(k.text)));
	k_drop(&k);
}

static CU_TestInfo tests[] = {
	{ "a free block leaves the counters with its first half",
	  a_free_block_leaves_the_counters_with_its_first_half },
	{ "a block that nobody has touched can be isolated",
	  a_block_that_nobody_has_touched_can_be_isolated },
	{ "frames of an area leave both counters", frames_of_an_area_leave_both_counters },
	{ "isolated frames are never handed out", isolated_frames_are_never_handed_out },
	{ "what is freed in an isolated pageblock joins it at once",
	  what_is_freed_in_an_isolated_pageblock_joins_it_at_once },
	{ "what cannot be moved away keeps a pageblock",
	  what_cannot_be_moved_away_keeps_a_pageblock },
	{ "the second half of a block in use can be isolated",
	  the_second_half_of_a_block_in_use_can_be_isolated },
	{ "reserved memory keeps a pageblock", reserved_memory_keeps_a_pageblock },
	{ "an isolated half does not merge before its return",
	  an_isolated_half_does_not_merge_before_its_return },
	{ "a whole block looks at its buddy when it returns",
	  a_whole_block_looks_at_its_buddy_when_it_returns },
	{ "isolating empties the lists of all CPUs", isolating_empties_the_lists_of_all_cpus },
	{ "with isolated pageblocks pages return by their present type",
	  with_isolated_pageblocks_pages_return_by_their_present_type },
	{ "only those who try harder are content with isolated blocks",
	  only_those_who_try_harder_are_content_with_isolated_blocks },
	{ "a pageblock that is not isolated stays as it is",
	  a_pageblock_that_is_not_isolated_stays_as_it_is },
	{ "the check keeps up with the kernel's miscounting",
	  the_check_keeps_up_with_the_kernels_miscounting },
	{ "whatever is isolated, no frame is lost", whatever_is_isolated_no_frame_is_lost },
	{ "a wrong count is found", a_wrong_count_is_found },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_isolation", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
