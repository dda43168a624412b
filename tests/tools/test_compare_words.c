/* What a comparison says, of planted differences, and what it does not say. */
#include <stdio.h>
#include <string.h>

#include "tests/tools/result_case.h"
#include "tools/compare.h"

static struct compare c;
static struct compare_words words;
static json_t *sides[2];

static void begin(void)
{
	for (unsigned i = 0; i < 2; i++)
		sides[i] = result_case_new();
}

/* The sides as they are now, side by side. */
static void compare(void)
{
	struct result_read_error err;

	c = (struct compare){ .nsides = 2 };
	for (unsigned i = 0; i < 2; i++) {
		result_case_sign(sides[i]);
		CU_ASSERT_TRUE_FATAL(
			result_read_json(sides[i], "toy", &c.sides[i].result, &err));
		snprintf(c.sides[i].label, sizeof(c.sides[i].label), "%c", 'A' + (int)i);
		c.sides[i].metrics = metric_list_new(sides[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(c.sides[i].metrics);
	}
	CU_ASSERT_TRUE_FATAL(compare_rows(&c));
	compare_words(&c, &words);
}

static void drop(void)
{
	compare_free(&c);
	for (unsigned i = 0; i < 2; i++)
		json_decref(sides[i]);
}

static bool says(const char *text)
{
	for (size_t i = 0; i < words.n; i++)
		if (strcmp(words.list[i].text, text) == 0)
			return true;
	for (size_t i = 0; i < words.n; i++)
		fprintf(stderr, "%s\n", words.list[i].text);
	return false;
}

static json_t *requests(unsigned side)
{
	return json_object_get(json_object_get(sides[side], "counters"), "requests");
}

static void results_that_are_the_same_say_nothing(void)
{
	compare();
	CU_ASSERT_TRUE(compare_same(&c));
	CU_ASSERT_EQUAL(c.nrows, 0);
	CU_ASSERT_EQUAL(words.n, 0);
}

static void served_requests_are_told_in_percent_by_order(void)
{
	json_array_set_new(json_object_get(requests(1), "failed_by_order"), 1, json_integer(1));
	compare();
	CU_ASSERT_FALSE(compare_same(&c));
	CU_ASSERT_TRUE(says("B served 90.0 % of order-1 requests, A 70.0 %."));
	CU_ASSERT_STRING_EQUAL(words.list[0].figures[0], "counters.orders.order1.success");
}

static void a_first_failure_is_told_with_its_date(void)
{
	json_t *first = json_object_get(requests(1), "first_failure_cycles_by_order");

	json_array_set_new(first, 1, json_null());
	compare();
	CU_ASSERT_TRUE(says("No request of order 1 failed under B, the first under A after "
			    "2.50 us."));
}

static void latencies_are_told_in_the_time_of_each_machine(void)
{
	json_t *row = json_array_get(json_object_get(sides[1], "latency"), 0);
	json_t *machine = json_object_get(json_object_get(sides[1], "scenario"), "machine");

	json_object_set_new(row, "p99", json_integer(1600));
	json_object_set_new(machine, "clock_mhz", json_integer(4000));
	compare();
	CU_ASSERT_TRUE(says("99 of 100 requests took up to 200 ns under A, up to 400 ns under "
			    "B, 2.00 times as long."));
}

static void differences_of_a_hair_are_in_the_table_and_not_in_words(void)
{
	json_t *row = json_array_get(json_object_get(sides[1], "latency"), 0);

	json_object_set_new(row, "p99", json_integer(401));
	compare();
	CU_ASSERT_EQUAL(c.nrows, 1);
	CU_ASSERT_FALSE(c.rows[0].matters);
	CU_ASSERT_EQUAL(words.n, 0);
}

static void a_kernel_without_a_counter_is_said_nothing_of(void)
{
	json_t *vmstat = json_object_get(json_object_get(sides[1], "counters"), "vmstat");

	json_object_set_new(vmstat, "pgsteal_kswapd", json_integer(4000));
	compare();
	CU_ASSERT_EQUAL(words.n, 0);
	CU_ASSERT_EQUAL(c.nrows, 1);
	CU_ASSERT_PTR_NULL(c.rows[0].values[0]);
	CU_ASSERT_TRUE(c.rows[0].matters);
}

static void requests_that_were_given_up_are_told(void)
{
	json_t *vmstat = json_object_get(json_object_get(sides[1], "counters"), "vmstat");

	json_object_set_new(vmstat, "would_hang", json_integer(7));
	compare();
	CU_ASSERT_TRUE(says("7 requests and faults would never have been answered under B: "
			    "they were given up, and the time until then is in its figures."));
}

static CU_TestInfo tests[] = {
	{ "results that are the same say nothing", results_that_are_the_same_say_nothing },
	{ "served requests are told in percent, by order",
	  served_requests_are_told_in_percent_by_order },
	{ "a first failure is told with its date", a_first_failure_is_told_with_its_date },
	{ "latencies are told in the time of each machine",
	  latencies_are_told_in_the_time_of_each_machine },
	{ "differences of a hair are in the table and not in words",
	  differences_of_a_hair_are_in_the_table_and_not_in_words },
	{ "a kernel without a counter is said nothing of",
	  a_kernel_without_a_counter_is_said_nothing_of },
	{ "requests that were given up are told", requests_that_were_given_up_are_told },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "compare_words", NULL, NULL, begin, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
