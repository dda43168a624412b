/* States put in place of a booted one: a recording may have come from another kernel. */
#include <limits.h>

#include "tests/model/kernel24.h"

#define FRAMES 8192

static struct kernel24 k;

static void boot(void)
{
	static const struct mm_span reserved[] = { { 0, 4 }, { 700, 720 } };

	k_one_zone(&k, 2, FRAMES);
	k_zone_add(&k, 0, "Normal", 16384, 16384 + FRAMES);
	k.machine.reserved = reserved;
	k.machine.nreserved = 2;
	CU_ASSERT_FATAL(k_boot(&k, true));
	CU_ASSERT_EQUAL(k.mm->nr_free, 0);
}

static void drop(void)
{
	k_drop(&k);
}

static bool done(void)
{
	return mm24_policy.put_done(k.mm, k.text, sizeof(k.text));
}

static bool put_free(uint64_t frame, unsigned order)
{
	return mm24_policy.put_free(k.mm, frame, order, UINT_MAX);
}

static void blocks_of_any_order_become_blocks_of_2_4(void)
{
	/* Two halves that 4.12 kept apart, a page of a CPU's list between two blocks, and a
	 * block larger than any of 2.4. */
	CU_ASSERT(mm_policy_put_pageblock(&mm24_policy, k.mm, 0, 1));
	CU_ASSERT(put_free(4096, 10));
	CU_ASSERT(put_free(1026, 1));
	CU_ASSERT(put_free(1028, 2));
	CU_ASSERT(mm_policy_put_pcp(&mm24_policy, k.mm, 1, 1024, 0));
	CU_ASSERT(put_free(1025, 0));
	CU_ASSERT(mm24_policy.put_used(k.mm, 2048, 3, MM_USE_ANON));
	CU_ASSERT(done());
	CU_ASSERT(k_ok(&k));
	CU_ASSERT_EQUAL(k.mm->nr_free, 1024 + 8);
	CU_ASSERT_EQUAL(k_blocks(&k, 0, "DMA", 9), 2);
	CU_ASSERT_EQUAL(k_blocks(&k, 0, "DMA", 3), 1);
	CU_ASSERT_EQUAL(k.mm->zones[0].managed, FRAMES - 24);
}

static void the_order_of_the_calls_does_not_matter(void)
{
	uint64_t want[4];

	for (unsigned pass = 0; pass < 2; pass++) {
		for (unsigned i = 0; i < 200; i++)
			CU_ASSERT(put_free(2000 + 4 * (pass ? 199 - i : i), 1));
		CU_ASSERT(done());
		for (unsigned i = 0; i < 4; i++) {
			uint64_t frame = k_alloc(&k, 0, 1, "GFP_ATOMIC");

			CU_ASSERT_NOT_EQUAL(frame, MM_NO_FRAME);
			if (pass)
				CU_ASSERT_EQUAL(frame, want[i]);
			want[i] = frame;
		}
		/* As freed in ascending order: the highest first. */
		CU_ASSERT_EQUAL(want[0], 2796);
		drop();
		boot();
	}
}

static void what_was_put_as_used_or_not_at_all_can_be_freed(void)
{
	CU_ASSERT(mm24_policy.put_used(k.mm, 2048, 3, MM_USE_SLAB));
	CU_ASSERT(put_free(2056, 3));
	CU_ASSERT(done());
	k_free(&k, 0, 2048, 3);
	CU_ASSERT_EQUAL(k_blocks(&k, 0, "DMA", 4), 1);
	k_free(&k, 0, 5000, 0);
	CU_ASSERT_EQUAL(k.mm->nr_free, 17);
	/* Reserved frames stay what they are. */
	k_free(&k, 0, 700, 0);
	CU_ASSERT_EQUAL(k.mm->nr_free, 17);
	CU_ASSERT(k_ok(&k));
	/* Only a block's first page has a count. */
	CU_ASSERT_EQUAL(mm24_page(k.mm, mm24_slot(k.mm, 2049))->count, 0);
}

static void pages_know_their_zone_and_are_as_old_as_after_boot(void)
{
	uint32_t slot = mm24_slot(k.mm, 20000);

	CU_ASSERT(done());
	CU_ASSERT_EQUAL(mm24_zone_of(k.mm, slot)->idx, MM24_ZONE_NORMAL);
	CU_ASSERT_EQUAL(k.mm->s[slot].type, MM24_AGE_START);
	k_free(&k, 0, 20000, 0);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal")->free_pages, 1);
	CU_ASSERT(k_ok(&k));
}

static void all_free_is_as_after_boot(void)
{
	uint64_t used[FRAMES];
	unsigned n = 0;

	for (uint64_t f = 4; f < FRAMES; f++)
		if (f < 700 || f >= 720)
			CU_ASSERT_FATAL(put_free(f, 0));
	CU_ASSERT(done());
	CU_ASSERT(k_ok(&k));
	while ((used[n] = k_alloc(&k, 0, 0, "GFP_DMA")) != MM_NO_FRAME)
		n++;
	drop();
	CU_ASSERT_FATAL(k_boot(&k, false));
	for (unsigned i = 0; i < n; i++)
		CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_DMA"), used[i]);
}

static void contradicts(const char *why)
{
	bool ok = !done() && strstr(k.text, why);

	CU_ASSERT(ok);
	if (!ok)
		fprintf(stderr, "\"%s\" instead of \"%s\"\n", k.text, why);
	drop();
	boot();
}

static void contradictions_are_refused_and_told(void)
{
	CU_ASSERT(put_free(8, 3));
	CU_ASSERT(!put_free(8, 0));
	contradicts("frame 8 is there twice");
	CU_ASSERT(put_free(8, 3));
	CU_ASSERT(!mm24_policy.put_used(k.mm, 9, 0, 0));
	contradicts("frame 9 is there twice");
	CU_ASSERT(mm24_policy.put_used(k.mm, 8, 2, 0));
	CU_ASSERT(!mm_policy_put_pcp(&mm24_policy, k.mm, 0, 11, 0));
	/* The first one is told. */
	CU_ASSERT(!put_free(FRAMES, 0));
	contradicts("frame 11 is there twice");
	CU_ASSERT(!put_free(FRAMES, 0));
	contradicts("frame 8192, order 0: not within one zone");
	CU_ASSERT(!put_free(FRAMES - 1, 1));
	contradicts("frame 8191, order 1: not within one zone");
	CU_ASSERT(!put_free(1024, 11));
	contradicts("frame 1024, order 11: not within one zone");
	CU_ASSERT(!put_free(696, 3));
	contradicts("frame 700 is reserved or in a hole");
}

static CU_TestInfo tests[] = {
	{ "blocks of any order become blocks of 2.4",
	  blocks_of_any_order_become_blocks_of_2_4 },
	{ "the order of the calls does not matter", the_order_of_the_calls_does_not_matter },
	{ "what was put as used, or not at all, can be freed",
	  what_was_put_as_used_or_not_at_all_can_be_freed },
	{ "pages know their zone and are as old as after boot",
	  pages_know_their_zone_and_are_as_old_as_after_boot },
	{ "all free is as after boot", all_free_is_as_after_boot },
	{ "contradictions are refused and told", contradictions_are_refused_and_told },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_state", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
