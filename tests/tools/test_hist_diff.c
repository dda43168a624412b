/* Histograms compared, against the same worked out from the samples themselves. */
#include <math.h>

#include "tests/unit.h"
#include "tools/hist_diff.h"

static struct sim_hist *was, *now;
static struct hist_diff diff;

static void begin(void)
{
	was = sim_hist_new();
	now = sim_hist_new();
	CU_ASSERT_TRUE_FATAL(was && now);
}

static void drop(void)
{
	sim_hist_free(was);
	sim_hist_free(now);
}

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-9;
}

static void make(void)
{
	CU_ASSERT_TRUE_FATAL(hist_diff_make(was, now, &diff));
}

static void equal_histograms_do_not_differ(void)
{
	for (uint64_t i = 1; i < 5000; i += 7) {
		sim_hist_record(was, i);
		sim_hist_record(now, i);
	}
	make();
	CU_ASSERT_EQUAL(diff.moved, 0);
	CU_ASSERT_EQUAL(diff.shift, 0);
	CU_ASSERT_EQUAL(diff.count_was, diff.count_now);
}

static void a_run_of_twice_the_length_does_not_differ_in_shares(void)
{
	sim_hist_record_n(was, 10, 3);
	sim_hist_record_n(was, 1000, 1);
	sim_hist_record_n(now, 10, 6);
	sim_hist_record_n(now, 1000, 2);
	make();
	CU_ASSERT_TRUE(near(diff.moved, 0));
	CU_ASSERT_TRUE(near(diff.shift, 0));
	CU_ASSERT_EQUAL(diff.count_was, 4);
	CU_ASSERT_EQUAL(diff.count_now, 8);
}

static void samples_that_moved_are_counted_and_how_far(void)
{
	/* One of four goes from 100 to 300. */
	sim_hist_record_n(was, 100, 4);
	sim_hist_record_n(now, 100, 3);
	sim_hist_record_n(now, 300, 1);
	make();
	CU_ASSERT_TRUE(near(diff.moved, 0.25));
	CU_ASSERT_TRUE(near(diff.shift, 50));
	CU_ASSERT_EQUAL(diff.was[5], 100);
	CU_ASSERT_EQUAL(diff.now[5], 300);
	CU_ASSERT_EQUAL(diff.was[0], diff.now[0]);
}

static void the_largest_difference_names_its_bucket(void)
{
	sim_hist_record_n(was, 100, 90);
	sim_hist_record_n(was, 200, 10);
	sim_hist_record_n(now, 100, 60);
	sim_hist_record_n(now, 200, 20);
	sim_hist_record_n(now, 300, 20);
	make();
	CU_ASSERT_EQUAL(diff.lowest, 100);
	CU_ASSERT_EQUAL(diff.highest, 100);
	CU_ASSERT_EQUAL(diff.most_was, 90);
	CU_ASSERT_EQUAL(diff.most_now, 60);
}

static void drawn_samples_agree_with_sorted_lists(void)
{
	enum { N = 500 };
	uint64_t a[N], b[N], state = 1;
	double shift = 0;

	/* Both lists ascend, so that the i-th of one goes to the i-th of the other. */
	for (unsigned i = 0; i < N; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		a[i] = (i ? a[i - 1] : 0) + (state >> 62);
		b[i] = a[i] + i % 5;
		b[i] = i && b[i] < b[i - 1] ? b[i - 1] : b[i];
		shift += (double)(b[i] - a[i]) / N;
		sim_hist_record(was, a[i]);
		sim_hist_record(now, b[i]);
	}
	CU_ASSERT_TRUE(b[N - 1] < 2048); /* counted one by one */
	make();
	CU_ASSERT_TRUE(fabs(diff.shift - shift) < 1e-6);
}

static void a_side_without_samples_has_all_of_them_moved(void)
{
	sim_hist_record_n(now, 10, 5);
	make();
	CU_ASSERT_EQUAL(diff.moved, 1);
	CU_ASSERT_EQUAL(diff.shift, 0);
	CU_ASSERT_TRUE_FATAL(hist_diff_make(NULL, now, &diff));
	CU_ASSERT_EQUAL(diff.moved, 1);
	CU_ASSERT_EQUAL(diff.count_was, 0);
	CU_ASSERT_TRUE_FATAL(hist_diff_make(was, NULL, &diff));
	CU_ASSERT_EQUAL(diff.moved, 0);
}

static void samples_over_a_threshold_are_those_above_it(void)
{
	sim_hist_record_n(was, 100, 2);
	sim_hist_record_n(was, 101, 3);
	CU_ASSERT_EQUAL(hist_diff_over(was, 99), 5);
	CU_ASSERT_EQUAL(hist_diff_over(was, 100), 3);
	CU_ASSERT_EQUAL(hist_diff_over(was, 101), 0);
	CU_ASSERT_EQUAL(hist_diff_over(NULL, 0), 0);
}

static CU_TestInfo tests[] = {
	{ "equal histograms do not differ", equal_histograms_do_not_differ },
	{ "a run of twice the length does not differ in shares",
	  a_run_of_twice_the_length_does_not_differ_in_shares },
	{ "samples that moved are counted, and how far",
	  samples_that_moved_are_counted_and_how_far },
	{ "the largest difference names its bucket", the_largest_difference_names_its_bucket },
	{ "drawn samples agree with sorted lists", drawn_samples_agree_with_sorted_lists },
	{ "a side without samples has all of them moved",
	  a_side_without_samples_has_all_of_them_moved },
	{ "samples over a threshold are those above it",
	  samples_over_a_threshold_are_those_above_it },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "hist_diff", NULL, NULL, begin, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
