#include "tools/progress.h"

#include "tests/unit.h"

#define SECOND UINT64_C(1000000000)

static void what_is_left_is_unknown_for_a_second(void)
{
	struct progress_rate r = { 0 };
	uint64_t left;

	CU_ASSERT_FALSE(progress_left(&r, SECOND / 2, 1000, 100000, &left));
	CU_ASSERT_TRUE_FATAL(progress_left(&r, SECOND, 2000, 100000, &left));
	CU_ASSERT_EQUAL(left, 98000 / 2000 + 1);
}

/* A second each: fast at first, then all sleeps, then slowly. */
static void what_is_left_follows_the_present_rate(void)
{
	struct progress_rate r = { 0 };
	uint64_t left = 0;

	CU_ASSERT_TRUE(progress_left(&r, 1 * SECOND, 50000, 100000, &left));
	CU_ASSERT_EQUAL(left, 2);
	progress_left(&r, 2 * SECOND, 50000, 100000, &left);
	CU_ASSERT_FALSE(progress_left(&r, 3 * SECOND, 50000, 100000, &left));
	CU_ASSERT_FALSE(progress_left(&r, 3 * SECOND + SECOND / 2, 50000, 100000, &left));
	CU_ASSERT_TRUE_FATAL(progress_left(&r, 4 * SECOND, 50100, 100000, &left));
	CU_ASSERT_TRUE(left > 490 && left < 510);
}

static void nothing_is_left_to_tell_of_at_the_end_or_without_a_total(void)
{
	struct progress_rate r = { 0 };
	uint64_t left;

	CU_ASSERT_FALSE(progress_left(&r, SECOND, 1000, 1000, &left));
	CU_ASSERT_FALSE(progress_left(&r, 2 * SECOND, 1500, 0, &left));
	CU_ASSERT_TRUE_FATAL(progress_left(&r, 3 * SECOND, 1999, 2000, &left));
	CU_ASSERT_EQUAL(left, 1);
}

static CU_TestInfo tests[] = {
	{ "what is left is unknown for a second", what_is_left_is_unknown_for_a_second },
	{ "what is left follows the present rate", what_is_left_follows_the_present_rate },
	{ "nothing is left to tell of at the end or without a total",
	  nothing_is_left_to_tell_of_at_the_end_or_without_a_total },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "progress", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
