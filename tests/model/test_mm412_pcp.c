#include "tests/model/kernel412.h"

#define FRAMES 262144 /* 1 GiB: batch 31, high 186 */

static struct kernel412 k;

static void boot(void)
{
	k_one_zone(&k, 2, FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
}

static void drop(void)
{
	k_drop(&k);
}

static unsigned pages(unsigned cpu)
{
	return mm412_probe_pcp_count(k.mm, cpu, 0, "Normal");
}

static void a_refill_takes_a_batch_in_ascending_order_and_hands_out_the_first(void)
{
	uint64_t first = k_alloc(&k, 0, 0, "GFP_KERNEL");

	CU_ASSERT_EQUAL(pages(0), 30);
	CU_ASSERT_EQUAL(pages(1), 0);
	for (unsigned i = 1; i < 31; i++)
		CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_KERNEL"), first + i);
	CU_ASSERT_EQUAL(pages(0), 0);
	CU_ASSERT(k_ok(&k));
}

static void cold_requests_and_frees_use_the_other_end(void)
{
	uint64_t a = k_alloc(&k, 0, 0, "GFP_KERNEL|__GFP_COLD");

	/* The list runs backwards now: the next cold request goes on upwards. */
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_KERNEL|__GFP_COLD"), a + 1);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_KERNEL"), a + 30);
	mm412_policy.free(k.mm, &k.cpus[0], a + 30, 0, true);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_KERNEL"), a + 29);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_KERNEL|__GFP_COLD"), a + 30);
}

static void a_freed_page_is_the_next_one_handed_out(void)
{
	uint64_t a = k_alloc(&k, 0, 0, "GFP_HIGHUSER_MOVABLE");
	uint64_t b = k_alloc(&k, 0, 0, "GFP_HIGHUSER_MOVABLE");

	k_free(&k, 0, a, 0);
	k_free(&k, 0, b, 0);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_HIGHUSER_MOVABLE"), b);
	CU_ASSERT_EQUAL(k_alloc(&k, 0, 0, "GFP_HIGHUSER_MOVABLE"), a);
}

static void a_list_that_reaches_its_limit_gives_a_batch_back(void)
{
	uint64_t frames[200];

	for (unsigned i = 0; i < 186; i++)
		frames[i] = k_alloc(&k, 0, 0, "GFP_HIGHUSER_MOVABLE");
	CU_ASSERT_EQUAL(pages(1), 0);
	for (unsigned i = 0; i < 185; i++)
		k_free(&k, 1, frames[i], 0);
	CU_ASSERT_EQUAL(pages(1), 185);
	k_free(&k, 1, frames[185], 0);
	CU_ASSERT_EQUAL(pages(1), 186 - 31);
	CU_ASSERT(k_ok(&k));
	mm412_probe_drain(k.mm, &k.cpus[1]);
	CU_ASSERT_EQUAL(pages(1), 0);
	mm412_probe_drain(k.mm, &k.cpus[0]);
	CU_ASSERT_EQUAL(k_counter(&k, "nr_free_pages"), FRAMES);
	CU_ASSERT_EQUAL(k_counter(&k, "pcp_drain_pages"), 186);
	CU_ASSERT_EQUAL(k_counter(&k, "pcp_refill"), 6);
}

static void a_fraction_of_the_zone_limits_the_lists_instead(void)
{
	k_drop(&k);
	k_one_zone(&k, 1, FRAMES);
	k.params.percpu_pagelist_fraction[0] = 1024;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_high, 256);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_batch, 64);
	k_drop(&k);
	k_one_zone(&k, 1, FRAMES);
	k.params.percpu_pagelist_fraction[0] = 8;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_high, FRAMES / 8);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_batch, 96);
}

static void the_models_own_limits_win_one_by_one(void)
{
	k_drop(&k);
	k_one_zone(&k, 1, FRAMES);
	k.params.pcp_batch[0] = 63;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_batch, 63);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_high, 186);
	k_drop(&k);
	k_one_zone(&k, 1, FRAMES);
	k.params.pcp_high[0] = 254;
	k.params.percpu_pagelist_fraction[0] = 8;
	CU_ASSERT_FATAL(k_boot(&k, false));
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_batch, 96);
	CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_high, 254);
}

static void small_zones_keep_no_pages(void)
{
	static const struct {
		uint64_t frames;
		unsigned batch, high;
	} rows[] = { { 8191, 1, 0 },    { 8192, 1, 6 },      { 12288, 3, 18 },
		     { 65536, 15, 90 }, { 131072, 31, 186 }, { 4194304, 31, 186 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		k_drop(&k);
		k_one_zone(&k, 1, rows[i].frames);
		CU_ASSERT_FATAL(k_boot(&k, true));
		CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_batch, rows[i].batch);
		CU_ASSERT_EQUAL(k_zone(&k, 0, "Normal").pcp_high, rows[i].high);
	}
}

static CU_TestInfo tests[] = {
	{ "a refill takes a batch in ascending order and hands out the first",
	  a_refill_takes_a_batch_in_ascending_order_and_hands_out_the_first },
	{ "cold requests and frees use the other end",
	  cold_requests_and_frees_use_the_other_end },
	{ "a freed page is the next one handed out", a_freed_page_is_the_next_one_handed_out },
	{ "a list that reaches its limit gives a batch back",
	  a_list_that_reaches_its_limit_gives_a_batch_back },
	{ "a fraction of the zone limits the lists instead",
	  a_fraction_of_the_zone_limits_the_lists_instead },
	{ "the model's own limits win, one by one", the_models_own_limits_win_one_by_one },
	{ "small zones keep no pages", small_zones_keep_no_pages },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_pcp", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
