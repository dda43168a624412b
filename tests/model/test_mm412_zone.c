#include "tests/model/kernel412.h"

static struct kernel412 k;

/* managed of a zone, from the snapshot */
static const struct mm_snapshot_zone *find(const struct mm_snapshot *s, unsigned nid,
					   const char *name)
{
	for (unsigned i = 0; i < s->nzones; i++)
		if (s->zones[i].nid == nid && strcmp(s->zones[i].name, name) == 0)
			return &s->zones[i];
	return NULL;
}

static void an_ordinary_machine_boots_with_all_memory_in_the_largest_blocks(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "DMA", 1, 4096 },
		{ 0, "DMA32", 4096, 786432 },
		{ 0, "Normal", K_NORMAL, K_NORMAL + 262144 },
	};
	struct mm_snapshot *s;

	k_init(&k, 4, 1);
	k.machine.zones = zones;
	k.machine.nzones = ARRAY_SIZE(zones);
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT(k_ok(&k));
	s = mm412_policy.snapshot(k.mm);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL(s->nzones, 3);
	CU_ASSERT_EQUAL(s->ntypes, 4);
	/* Frame 1 begins DMA, so its first pageblock is not whole and stays unmovable. */
	CU_ASSERT_EQUAL(find(s, 0, "DMA")->pageblocks[0], 1);
	CU_ASSERT_EQUAL(find(s, 0, "DMA")->pageblocks[1], 7);
	CU_ASSERT_EQUAL(find(s, 0, "DMA")->managed, 4095);
	CU_ASSERT_EQUAL(find(s, 0, "DMA")->free[1][10], 3);
	CU_ASSERT_EQUAL(find(s, 0, "DMA")->free[0][0], 1);
	CU_ASSERT_EQUAL(find(s, 0, "DMA32")->free[1][10], 764);
	CU_ASSERT_EQUAL(find(s, 0, "Normal")->free[1][10], 256);
	CU_ASSERT_EQUAL(find(s, 0, "Normal")->nr_free_pages, 262144);
	CU_ASSERT_EQUAL(find(s, 0, "Normal")->pcp_high, 186);
	CU_ASSERT_EQUAL(find(s, 0, "Normal")->pcp_batch, 31);
	CU_ASSERT_EQUAL(find(s, 0, "Normal")->pcp_count[3], 0);
	mm_snapshot_free(s);
	CU_ASSERT_EQUAL(k_counter(&k, "pgfree"), 0);
	CU_ASSERT_EQUAL(k_counter(&k, "nr_free_pages"), 4095 + 782336 + 262144);
	k_drop(&k);
}

static void holes_and_reserved_memory_are_never_handed_out(void)
{
	static const struct mm_span holes[] = { { K_NORMAL + 100, K_NORMAL + 612 } };
	static const struct mm_span reserved[] = { { K_NORMAL + 1024, K_NORMAL + 1030 } };
	uint64_t frame, n = 0;

	k_one_zone(&k, 1, 4096);
	k.machine.holes = holes;
	k.machine.nholes = 1;
	k.machine.reserved = reserved;
	k.machine.nreserved = 1;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").managed, 4096 - 512 - 6);
	while ((frame = k_alloc(&k, 0, 0, "__GFP_MEMALLOC")) != MM_NO_FRAME) {
		frame -= K_NORMAL;
		CU_ASSERT_FATAL(!(frame >= 100 && frame < 612));
		CU_ASSERT_FATAL(!(frame >= 1024 && frame < 1030));
		n++;
	}
	CU_ASSERT_EQUAL(n, 4096 - 512 - 6);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void a_section_without_memory_has_no_pageblocks(void)
{
	/* Sections are 32768 frames: the second has no memory, the third begins late. */
	static const struct mm_span holes[] = { { K_NORMAL + 32768, K_NORMAL + 66560 } };
	uint64_t count[6];

	k_one_zone(&k, 1, 98304);
	k.machine.holes = holes;
	k.machine.nholes = 1;
	CU_ASSERT_FATAL(k_boot(&k, false));
	mm412_probe_pageblocks(k.mm, 0, "Normal", count);
	/* 66560 is two pageblocks into its section: these have zero struct pages. */
	CU_ASSERT_EQUAL(count[1], 64 + 64 - 2);
	CU_ASSERT_EQUAL(count[0], 0);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void a_small_machine_does_not_group_by_mobility(void)
{
	/* 2080 frames less 33 of struct pages are 2047: one too few. */
	k_one_zone(&k, 1, 2080);
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(mm412_probe_vm_total_pages(k.mm), 2047);
	CU_ASSERT(!mm412_probe_grouping(k.mm));
	k_drop(&k);
	k_one_zone(&k, 1, 2081);
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT(mm412_probe_grouping(k.mm));
	k_drop(&k);
}

static void a_machine_of_a_terabyte_boots(void)
{
	k_one_zone(&k, 8, (uint64_t)1 << 28);
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_blocks(&k, 0, "Normal", 10), 1 << 18);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 10, "GFP_HIGHUSER_MOVABLE"),
			K_NORMAL + ((uint64_t)1 << 28) - 1024);
	k_drop(&k);
}

static void expect_descending(void *ctx, uint64_t frame, unsigned order)
{
	uint64_t *last = ctx;

	CU_ASSERT_EQUAL(order, 10);
	CU_ASSERT_EQUAL(frame, *last - (*last == K_NORMAL + 307200 ? 7 * 1024 : 1024));
	*last = frame;
}

/* More blocks than are linked at boot, with a hole of six blocks in between. */
static void untouched_blocks_are_handed_out_from_the_highest_down(void)
{
	static const struct mm_span hole = { K_NORMAL + 301056, K_NORMAL + 307200 };
	uint64_t last = K_NORMAL + 409600, n = 0, seen;

	k_one_zone(&k, 1, 409600);
	k.machine.holes = &hole;
	k.machine.nholes = 1;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT(k_ok(&k));
	for (;; n++) {
		uint64_t frame = k_alloc(&k, 0, 10, "__GFP_MEMALLOC|__GFP_MOVABLE");

		if (frame == MM_NO_FRAME)
			break;
		expect_descending(&last, frame, 10);
		seen = last;
		if (n % 50 == 0) {
			CU_ASSERT(k_ok(&k));
			mm412_policy.each_free(k.mm, false, expect_descending, &seen);
			CU_ASSERT_EQUAL(seen, K_NORMAL);
		}
	}
	CU_ASSERT_EQUAL(n, 400 - 6);
	CU_ASSERT_EQUAL(last, K_NORMAL);
	CU_ASSERT(k_ok(&k));
	k_drop(&k);
}

static void refuses(const struct mm_zone_span *zones, unsigned n, const char *why)
{
	k_init(&k, 1, 2);
	k.machine.zones = zones;
	k.machine.nzones = n;
	CU_ASSERT_FALSE(k_boot(&k, false));
	CU_ASSERT_PTR_NOT_NULL(strstr(k.text, why));
	k_drop(&k);
}

static void a_machine_that_cannot_be_is_refused_with_a_reason(void)
{
	static const struct mm_zone_span empty = { 0, "Normal", 5, 5 };
	static const struct mm_zone_span unknown = { 0, "HighMem", 0, 5000 };
	static const struct mm_zone_span dma32 = { 0, "DMA32", 0, 5000 };
	static const struct mm_zone_span overlap[] = { { 0, "DMA", 0, 4096 },
						       { 1, "Normal", 4095, 9000 } };
	static const struct mm_zone_span twice[] = { { 0, "Normal", 0, 4096 },
						     { 0, "Normal", 8192, 9000 } };
	static const struct mm_zone_span elsewhere = { 2, "Normal", 0, 4096 };
	static const struct mm_zone_span huge = { 0, "Normal", 0, (uint64_t)1 << 33 };

	refuses(NULL, 0, "no zone");
	refuses(&empty, 1, "is empty");
	refuses(&unknown, 1, "does not know");
	refuses(overlap, 2, "overlaps");
	refuses(twice, 2, "twice");
	refuses(&elsewhere, 1, "does not have");
	refuses(&huge, 1, "address space");
	k_one_zone(&k, 1, 4096);
	k.params.percpu_pagelist_fraction[0] = 7;
	CU_ASSERT_FALSE(k_boot(&k, false));
	CU_ASSERT_PTR_NOT_NULL(strstr(k.text, "percpu_pagelist_fraction"));
	k_init(&k, 1, 1);
	k.machine.arch = MM_ARCH_I386;
	k.machine.zones = &dma32;
	k.machine.nzones = 1;
	CU_ASSERT_FALSE(k_boot(&k, false));
	CU_ASSERT_PTR_NOT_NULL(strstr(k.text, "4.12 on i386 does not know"));
}

static CU_TestInfo tests[] = {
	{ "an ordinary machine boots with all memory in the largest blocks",
	  an_ordinary_machine_boots_with_all_memory_in_the_largest_blocks },
	{ "holes and reserved memory are never handed out",
	  holes_and_reserved_memory_are_never_handed_out },
	{ "a section without memory has no pageblocks",
	  a_section_without_memory_has_no_pageblocks },
	{ "a small machine does not group by mobility",
	  a_small_machine_does_not_group_by_mobility },
	{ "a machine of a terabyte boots", a_machine_of_a_terabyte_boots },
	{ "untouched blocks are handed out from the highest down",
	  untouched_blocks_are_handed_out_from_the_highest_down },
	{ "a machine that cannot be is refused with a reason",
	  a_machine_that_cannot_be_is_refused_with_a_reason },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_zone", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
