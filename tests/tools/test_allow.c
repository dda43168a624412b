/* What rules allow, and figures that differ. */
#include <math.h>
#include <string.h>

#include "tests/tools/result_case.h"
#include "tools/allow.h"

static const struct metric_kind less = { "", "cycles", METRIC_LESS, "" };
static const struct metric_kind neither = { "", "pages", METRIC_NEITHER, "" };

static bool holds(const char *text, const struct metric_kind *kind, double was, double now)
{
	struct diff_row row = {
		.kind = kind, .had = true, .has = true, .was = was, .now = now
	};
	struct allow allow;

	CU_ASSERT_TRUE_FATAL(allow_parse(text, &allow));
	row.verdict = kind->better == METRIC_NEITHER ? DIFF_CHANGED
		      : now > was                    ? DIFF_WORSE
						     : DIFF_BETTER;
	return allow_holds(&allow, &row);
}

static void bounds_hold_up_to_their_edge(void)
{
	static const struct {
		const char *text;
		double was, now;
		bool ok;
	} cases[] = {
		{ "+3%", 100, 103, true },
		{ "+3%", 100, 103.01, false },
		{ "+0.02", 0.5, 0.52, true },
		{ "+0.02", 0.5, 0.521, false },
		{ "-5", 100, 95, true },
		{ "5%", 100, 95, true },
		{ "5%", 100, 105, true },
		{ "5%", 100, 106, false },
		{ "+-5%", 100, 105, true },
		{ "\xc2\xb1"
		  "5%",
		  100, 106, false },
		{ "+0", 100, 101, false },
		{ "any", 100, 1e9, true },
		{ "+1%", 0, 1, false },
		{ "+1", 0, 1, true },
		{ "+100%", -1, 0, true },
		{ "+3% -1%", 100, 102, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		CU_ASSERT_EQUAL(holds(cases[i].text, &less, cases[i].was, cases[i].now),
				cases[i].ok);
}

static void the_other_way_is_free_only_where_it_is_better(void)
{
	CU_ASSERT_TRUE(holds("+3%", &less, 100, 10));
	CU_ASSERT_FALSE(holds("+3%", &neither, 100, 10));
	CU_ASSERT_FALSE(holds("-3%", &less, 100, 101));
	CU_ASSERT_FALSE(holds("+3% -1%", &neither, 100, 98));
	CU_ASSERT_FALSE(holds("+3% -1%", &less, 100, 98));
}

static void never_is_beyond_every_bound_but_any(void)
{
	CU_ASSERT_FALSE(holds("+1000%", &neither, 5, INFINITY));
	CU_ASSERT_FALSE(holds("1000%", &neither, INFINITY, 5));
	CU_ASSERT_TRUE(holds("any", &neither, INFINITY, 5));
}

static void what_is_no_bound_is_refused(void)
{
	static const char *const bad[] = { "",    " ",    "much",    "3 %",     "+",
					   "%",   "+3%%", "++3%",    "+3% +4%", "3% -1%",
					   "1e9", "+-",   "-0.0001", "any +3%", "+3percent" };
	struct allow allow;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CU_ASSERT_FALSE(allow_parse(bad[i], &allow));
}

/* ---- differences ----------------------------------------------------------------------- */

static struct metric_list *list_of(json_t *result)
{
	struct metric_list *list = metric_list_new(result);

	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	return list;
}

static const struct diff_row *find(const struct diff *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->rows[i].name, name) == 0)
			return &d->rows[i];
	return NULL;
}

static void differences_have_a_verdict_and_a_side(void)
{
	json_t *result = result_case_new();
	struct metric_list *was = list_of(result), *now;
	json_t *counters = json_object_get(result, "counters");
	const struct diff_row *row;
	struct diff *d;
	char text[DIFF_TEXT];

	json_object_set_new(json_object_get(counters, "vmstat"), "allocstall_normal",
			    json_integer(6));
	json_object_set_new(json_object_get(counters, "vmstat"), "brand_new", json_integer(1));
	json_object_del(json_object_get(counters, "vmstat"), "nr_free_pages");
	json_object_set_new(result, "host", json_pack("{sf}", "wall_seconds", 9.0));
	now = list_of(result);
	d = diff_new(was, now, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_EQUAL(d->n, 3);
	row = find(d, "counters.vmstat.allocstall_normal");
	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	CU_ASSERT_EQUAL(row->verdict, DIFF_WORSE);
	diff_change(row, text);
	CU_ASSERT_STRING_EQUAL(text, "+100.0 %");
	row = find(d, "counters.vmstat.brand_new");
	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	CU_ASSERT_TRUE(!row->had && row->has && row->verdict == DIFF_CHANGED);
	row = find(d, "counters.vmstat.nr_free_pages");
	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	CU_ASSERT_TRUE(row->had && !row->has);
	diff_free(d);
	d = diff_new(was, was, true);
	CU_ASSERT_EQUAL(d->n, 0);
	CU_ASSERT_EQUAL(d->compared, was->n);
	diff_free(d);
	metric_list_free(was);
	metric_list_free(now);
	json_decref(result);
}

static CU_TestInfo tests[] = {
	{ "bounds hold up to their edge", bounds_hold_up_to_their_edge },
	{ "the other way is free only where it is better",
	  the_other_way_is_free_only_where_it_is_better },
	{ "never is beyond every bound but any", never_is_beyond_every_bound_but_any },
	{ "what is no bound is refused", what_is_no_bound_is_refused },
	{ "differences have a verdict and a side", differences_have_a_verdict_and_a_side },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "allow", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
