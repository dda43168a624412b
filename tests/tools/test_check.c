/* A result against its baseline: what is a finding, with rules and without. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/tools/result_case.h"
#include "tools/check.h"

static json_t *results[2];
static struct check_side sides[2];
static struct sim_hist_log_entry entries[2];
static char tag[] = "alloc";
static struct check_rules *rules;
static struct check c;
static struct check_error err;

static void begin(void)
{
	for (unsigned i = 0; i < 2; i++) {
		results[i] = result_case_new();
		entries[i] = (struct sim_hist_log_entry){ .tag = tag, .hist = sim_hist_new() };
		CU_ASSERT_PTR_NOT_NULL_FATAL(entries[i].hist);
		sim_hist_record_n(entries[i].hist, 100, 3);
	}
	rules = NULL;
}

static void drop(void)
{
	check_free(&c);
	check_rules_close(rules);
	for (unsigned i = 0; i < 2; i++) {
		metric_list_free(sides[i].metrics);
		result_read_close(&sides[i].result);
		json_decref(results[i]);
		sim_hist_free(entries[i].hist);
	}
}

static void read_rules(const char *text)
{
	char path[] = "/tmp/pagesim-check-XXXXXX";
	int fd = mkstemp(path);
	struct conf_error failed;

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	rules = check_rules_open(path, 2000, &failed);
	unlink(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(rules);
}

/* Whether the sides as they are now can be compared. */
static bool compare(void)
{
	for (unsigned i = 0; i < 2; i++) {
		struct result_read_error failed;

		result_case_sign(results[i]);
		sides[i] =
			(struct check_side){ .has_log = true, .log = { 2000, 1, &entries[i] } };
		CU_ASSERT_TRUE_FATAL(
			result_read_json(results[i], "toy", &sides[i].result, &failed));
		sides[i].metrics = metric_list_new(results[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(sides[i].metrics);
	}
	return check_make(&c, &sides[0], &sides[1], rules, false, &err);
}

static json_t *counters(void)
{
	return json_object_get(results[1], "counters");
}

static void equal_results_have_no_finding(void)
{
	CU_ASSERT_TRUE_FATAL(compare());
	CU_ASSERT_TRUE(c.same);
	CU_ASSERT_FALSE(check_differs(&c));
	CU_ASSERT_EQUAL(c.n + c.nhists, 0);
}

static void a_histogram_alone_is_a_finding_without_rules(void)
{
	sim_hist_record_n(entries[1].hist, 101, 1);
	CU_ASSERT_TRUE_FATAL(compare());
	CU_ASSERT_EQUAL(c.n, 0);
	CU_ASSERT_EQUAL(c.nhists, 1);
	CU_ASSERT_TRUE(check_differs(&c));
}

static void with_rules_histograms_have_their_own(void)
{
	sim_hist_record_n(entries[1].hist, 101, 1);
	read_rules("series: {allow: any, why: x}\n");
	CU_ASSERT_TRUE_FATAL(compare());
	CU_ASSERT_EQUAL(c.nhists, 1);
	CU_ASSERT_FALSE(check_differs(&c));
}

static void a_histogram_beyond_its_rule_is_a_finding(void)
{
	sim_hist_record_n(entries[1].hist, 101, 1);
	read_rules("histograms:\n  all*: {moved: 20%, why: x}\n");
	CU_ASSERT_TRUE_FATAL(compare());
	CU_ASSERT_TRUE(check_differs(&c));
	CU_ASSERT_EQUAL(c.broken_hists, 1);
}

static void a_part_that_differs_where_no_figure_shows_it_is_a_finding(void)
{
	json_object_set_new(counters(), "remark", json_string("other words"));
	CU_ASSERT_TRUE_FATAL(compare());
	CU_ASSERT_FALSE(c.same);
	CU_ASSERT_EQUAL_FATAL(c.n, 1);
	CU_ASSERT_STRING_EQUAL(c.figures[0].row.name, "counters");
	CU_ASSERT_TRUE(check_differs(&c));
}

static void samples_of_the_series_that_differ_are_counted(void)
{
	json_array_append_new(json_object_get(results[1], "series"),
			      json_pack("{si}", "cycles", 9));
	read_rules("series: {allow: +1, why: x}\n");
	CU_ASSERT_TRUE_FATAL(compare());
	CU_ASSERT_EQUAL_FATAL(c.n, 1);
	CU_ASSERT_EQUAL(c.figures[0].row.now, 1);
	/* Neither way is better, and one more is allowed. */
	CU_ASSERT_FALSE(check_differs(&c));
}

static void the_host_is_looked_at_only_by_name(void)
{
	json_object_set_new(results[1], "host", json_pack("{sf}", "wall_seconds", 9.0));
	read_rules("'*': {allow: +0, why: x}\n");
	CU_ASSERT_TRUE_FATAL(compare());
	CU_ASSERT_EQUAL(c.n, 0);
	check_free(&c);
	check_rules_close(rules);
	for (unsigned i = 0; i < 2; i++) {
		metric_list_free(sides[i].metrics);
		result_read_close(&sides[i].result);
	}
	read_rules("host.*: {allow: +100%, why: x}\n");
	CU_ASSERT_TRUE_FATAL(compare());
	CU_ASSERT_EQUAL(c.n, 1);
	CU_ASSERT_TRUE(check_differs(&c));
}

static void parameters_may_differ_and_the_trace_may_not(void)
{
	for (unsigned i = 0; i < 2; i++)
		json_object_set_new(json_object_get(results[i], "scenario"), "vm",
				    json_pack("{si}", "min_free_kbytes", 4 + i));
	CU_ASSERT_TRUE_FATAL(compare());
	CU_ASSERT_EQUAL_FATAL(c.inputs.n, 1);
	CU_ASSERT_STRING_EQUAL(c.inputs.list[0].name, "vm.min_free_kbytes");
	CU_ASSERT_FALSE(check_differs(&c));
	check_free(&c);
	for (unsigned i = 0; i < 2; i++) {
		metric_list_free(sides[i].metrics);
		result_read_close(&sides[i].result);
	}
	json_object_set_new(json_object_get(json_object_get(results[1], "inputs"), "trace"),
			    "digest", json_string("07"));
	CU_ASSERT_FALSE(compare());
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "another trace: 06bb in the baseline"));
}

static CU_TestInfo tests[] = {
	{ "equal results have no finding", equal_results_have_no_finding },
	{ "a histogram alone is a finding without rules",
	  a_histogram_alone_is_a_finding_without_rules },
	{ "with rules, histograms have their own", with_rules_histograms_have_their_own },
	{ "a histogram beyond its rule is a finding",
	  a_histogram_beyond_its_rule_is_a_finding },
	{ "a part that differs where no figure shows it is a finding",
	  a_part_that_differs_where_no_figure_shows_it_is_a_finding },
	{ "samples of the series that differ are counted",
	  samples_of_the_series_that_differ_are_counted },
	{ "the host is looked at only by name", the_host_is_looked_at_only_by_name },
	{ "parameters may differ, and the trace may not",
	  parameters_may_differ_and_the_trace_may_not },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "check", NULL, NULL, begin, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
