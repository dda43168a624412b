/* What stands for the members that a kernel leaves out, and names of flags. */
#include "model/mm_policy.h"

#include <stdlib.h>
#include <string.h>

#include "model/mm_gfp.h"
#include "tests/unit.h"

static unsigned puts_made;

static bool put_free(void *mm, uint64_t frame, unsigned order, unsigned type)
{
	*(uint64_t *)mm = frame;
	puts_made++;
	return order == 0 && type == 3;
}

static void each_free(const void *mm, bool with_pcp,
		      void (*visit)(void *ctx, uint64_t frame, unsigned order), void *ctx)
{
	(void)mm;
	visit(ctx, 8, 3);
	if (with_pcp)
		visit(ctx, 17, 0);
}

static struct mm_snapshot *snapshot(const void *mm)
{
	struct mm_snapshot *s = mm ? mm_snapshot_new(11, 2, 2, 1) : NULL;
	static const struct mm_zone_span spans[] = { { 0, "DMA", 0, 16 },
						     { 1, "Normal", 16, 32 } };

	for (unsigned i = 0; s && i < 2; i++) {
		mm_snapshot_zone_span(&s->zones[i], &spans[i]);
		s->zones[i].pcp_count[1] = 5;
	}
	if (s)
		each_free(mm, true, mm_snapshot_free_block, s);
	return s;
}

static const struct mm_policy bare = { .put_free = put_free,
				       .snapshot = snapshot,
				       .each_free = each_free };

static void a_state_is_put_without_what_is_not_asked_for(void)
{
	uint64_t mm = 0;
	char text[8] = "";

	CU_ASSERT(mm_policy_put_pageblock(&bare, &mm, 0, 1));
	CU_ASSERT(mm_policy_put_used(&bare, &mm, 0, 1, MM_USE_LRU));
	CU_ASSERT(mm_policy_put_done(&bare, &mm, text, sizeof(text)));
	CU_ASSERT_EQUAL(puts_made, 0);
	CU_ASSERT(mm_policy_put_pcp(&bare, &mm, 1, 42, 3));
	CU_ASSERT_FALSE(mm_policy_put_pcp(&bare, &mm, 1, 42, 2)); /* as put_free() says */
	CU_ASSERT(puts_made == 2 && mm == 42);
}

static void all_requests_are_alike(void)
{
	unsigned unknown = 0;

	CU_ASSERT_EQUAL(mm_policy_gfp(&bare, "GFP_KERNEL|__GFP_NONSENSE", &unknown), 0);
	CU_ASSERT_EQUAL(mm_policy_gfp_class(&bare, 77), 0);
	CU_ASSERT_EQUAL(unknown, 0);
}

static void a_sample_is_that_of_a_snapshot(void)
{
	struct mm_sample sample;
	int mm = 0;

	CU_ASSERT(mm_policy_sample(&bare, &mm, 0, &sample));
	CU_ASSERT(sample.blocks[3] == 1 && sample.blocks[0] == 0 && sample.pcp_pages == 5);
	CU_ASSERT(mm_policy_sample(&bare, &mm, 1, &sample));
	CU_ASSERT(sample.blocks[3] == 0 && sample.blocks[0] == 1);
	CU_ASSERT_FALSE(mm_policy_sample(&bare, NULL, 0, &sample)); /* memory is short */
}

static void note(void *ctx, uint64_t frame, unsigned order, unsigned type)
{
	uint64_t *sum = ctx;

	*sum = *sum * 100 + frame + order + type;
}

static void what_is_saved_are_the_free_blocks(void)
{
	uint64_t sum = 0;
	const struct mm_saver to = { .ctx = &sum, .free = note };

	mm_policy_save(&bare, NULL, &to);
	CU_ASSERT_EQUAL(sum, 11 * 100 + 17);
}

static void a_list_that_is_not_there_has_no_names(void)
{
	static const char *const two[] = { "a", "b", NULL };

	CU_ASSERT_EQUAL(mm_policy_names(two), 2);
	CU_ASSERT_EQUAL(mm_policy_names(NULL), 0);
}

static const struct mm_gfp_name flags[] = { { "BOTH", 3 }, { "LOW", 1 }, { "HIGH", 2 } };

static void flags_are_named_by_the_first_rows_that_fit(void)
{
	static const struct {
		uint32_t gfp;
		const char *want;
	} rows[] = { { 0, "none" }, { 1, "LOW" }, { 2, "HIGH" }, { 3, "BOTH" }, { 8, "none" } };
	char text[32], little[4];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		mm_gfp_text(flags, 3, rows[i].gfp, text, sizeof(text));
		CU_ASSERT_STRING_EQUAL(text, rows[i].want);
	}
	mm_gfp_text(flags + 1, 2, 3, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "LOW|HIGH");
	mm_gfp_text(flags + 1, 2, 3, little, sizeof(little));
	CU_ASSERT_STRING_EQUAL(little, "LOW");
}

static void names_that_no_kernel_has_are_counted(void)
{
	unsigned unknown = 0;

	CU_ASSERT_EQUAL(mm_gfp_parse(flags, 3, "LOW|__GFP_ZEROTAGS|HIGH", &unknown), 3);
	CU_ASSERT_EQUAL(unknown, 0);
	CU_ASSERT_EQUAL(mm_gfp_parse(flags, 3, "LO|LOWER||HIGH|", &unknown), 2);
	CU_ASSERT_EQUAL(unknown, 3); /* the empty one, too */
	CU_ASSERT_EQUAL(mm_gfp_parse(flags, 3, "", &unknown), 0);
	CU_ASSERT_EQUAL(unknown, 3);
}

static CU_TestInfo tests[] = {
	{ "a state is put without what is not asked for",
	  a_state_is_put_without_what_is_not_asked_for },
	{ "all requests are alike", all_requests_are_alike },
	{ "a sample is that of a snapshot", a_sample_is_that_of_a_snapshot },
	{ "what is saved are the free blocks", what_is_saved_are_the_free_blocks },
	{ "a list that is not there has no names", a_list_that_is_not_there_has_no_names },
	{ "flags are named by the first rows that fit",
	  flags_are_named_by_the_first_rows_that_fit },
	{ "names that no kernel has are counted", names_that_no_kernel_has_are_counted },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm_policy", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
