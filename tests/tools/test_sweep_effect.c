#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit.h"
#include "tools/sweep_effect.h"

static const struct metric_kind less = { "*", "", METRIC_LESS, "" };
static const struct metric_kind more = { "*", "", METRIC_MORE, "" };
static char cost[] = "cost", gain[] = "gain";
static struct sweep_table_column columns[] = { { .name = cost, .kind = &less },
					       { .name = gain, .kind = &more } };
static struct sweep_table_axis axes[] = { { "size", "", true } };

#define ROWS 6

static const char *texts[ROWS] = { "10", "2", "10", "2", "2", "30" };
static double numbers[ROWS] = { 10, 2, 10, 2, 2, 30 };
static double values[ROWS][2] = {
	{ 4, 1 }, { 1, 1 }, { 6, 5 }, { 3, 5 }, { 9, 9 }, { NAN, 100 }
};
static struct sweep_table_row rows[ROWS];
static struct sweep_table table = {
	.axes = axes, .naxes = 1, .columns = columns, .ncolumns = 2, .rows = rows, .nrows = ROWS
};

static void fill(void)
{
	for (size_t i = 0; i < ROWS; i++)
		rows[i] = (struct sweep_table_row){ .texts = &texts[i],
						    .numbers = &numbers[i],
						    .values = values[i] };
}

static void levels_ascend_and_have_means_of_what_is_known(void)
{
	struct sweep_effect e;

	fill();
	CU_ASSERT_TRUE_FATAL(sweep_effect_make(&table, 0, 0, &e));
	CU_ASSERT_EQUAL_FATAL(e.n, 3);
	CU_ASSERT_STRING_EQUAL(e.levels[0].text, "2");
	CU_ASSERT_EQUAL(e.levels[0].points, 3);
	CU_ASSERT_DOUBLE_EQUAL(e.levels[0].mean, 13.0 / 3, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(e.levels[0].min, 1, 0);
	CU_ASSERT_DOUBLE_EQUAL(e.levels[0].max, 9, 0);
	CU_ASSERT_STRING_EQUAL(e.levels[1].text, "10");
	CU_ASSERT_DOUBLE_EQUAL(e.levels[1].mean, 5, 1e-9);
	CU_ASSERT_EQUAL(e.levels[2].points, 0);
	CU_ASSERT_TRUE(isnan(e.levels[2].mean));
	sweep_effect_free(&e);
}

static void the_best_is_the_least_or_the_most_as_the_figure_has_it(void)
{
	fill();
	CU_ASSERT_EQUAL(sweep_effect_best(&table, 0), 1);
	CU_ASSERT_EQUAL(sweep_effect_best(&table, 1), 5);
}

/* Against the definition: no other point is at least as good in both and better in one. */
static void the_front_has_the_points_that_no_other_one_beats(void)
{
	static const size_t want[] = { 1, 3, 4 };
	size_t *front, n;

	fill();
	CU_ASSERT_TRUE_FATAL(sweep_effect_front(&table, 0, 1, &front, &n));
	CU_ASSERT_EQUAL_FATAL(n, ARRAY_SIZE(want));
	for (size_t i = 0; i < n; i++)
		CU_ASSERT_EQUAL(front[i], want[i]);
	free(front);
}

static CU_TestInfo tests[] = {
	{ "levels ascend and have means of what is known",
	  levels_ascend_and_have_means_of_what_is_known },
	{ "the best is the least or the most, as the figure has it",
	  the_best_is_the_least_or_the_most_as_the_figure_has_it },
	{ "the front has the points that no other one beats",
	  the_front_has_the_points_that_no_other_one_beats },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "sweep_effect", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
