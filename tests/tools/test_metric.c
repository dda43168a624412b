/* Figures of a result by their names. */
#include <math.h>
#include <string.h>

#include "tests/tools/result_case.h"
#include "tools/metric.h"

static struct metric_list *list;

static void begin(void)
{
	json_t *result = result_case_new();

	list = metric_list_new(result);
	json_decref(result);
	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
}

static void drop(void)
{
	metric_list_free(list);
}

static double value(const char *name)
{
	const struct metric *m = metric_find(list, name);

	if (!m)
		fprintf(stderr, "there is no %s\n", name);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	return m->value;
}

static void figures_have_the_names_of_their_places(void)
{
	static const struct {
		const char *name;
		double value;
	} wanted[] = {
		{ "counters.requests.failed", 3 },
		{ "counters.orders.order1.requests", 10 },
		{ "counters.orders.order1.failed", 3 },
		{ "counters.orders.order1.slept", 1 },
		{ "counters.orders.order1.first_failure", 5000 },
		{ "latency.alloc.p99", 400 },
		{ "latency.alloc.p99.9", 410 },
		{ "latency.alloc.count", 3 },
		{ "latency.alloc.sum", 700 },
		{ "latency.alloc.order1.p99", 400 },
		{ "latency.free.part.lock.p99", 9 },
		{ "fragmentation.node0.Normal.order1.free_blocks", 2 },
		{ "fragmentation.node0.Normal.largest_free_order", 1 },
		{ "fragmentation.node0.Normal.pageblocks.Movable", 6 },
		{ "counters.vmstat.allocstall_normal", 3 },
		{ "counters.locks.lru_lock.node1.wait_cycles", 90 },
		{ "final_state.node0.Normal.nr_free_pages", 9 },
		{ "final_state.node0.Normal.cpu0.pcp_count", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		CU_ASSERT_EQUAL(value(wanted[i].name), wanted[i].value);
}

static void thousandths_are_shares(void)
{
	CU_ASSERT_EQUAL(value("fragmentation.node0.Normal.order1.unusable"), 0.478);
	CU_ASSERT_EQUAL(value("fragmentation.node0.Normal.order2.unusable"), 1);
	CU_ASSERT_PTR_NULL(
		metric_find(list, "fragmentation.node0.Normal.order1.unusable_milli"));
}

static void what_never_happened_is_later_than_everything(void)
{
	CU_ASSERT_TRUE(isinf(value("counters.orders.order0.first_failure")));
	CU_ASSERT_EQUAL(metric_find(list, "counters.orders.order0.first_failure")->kind->better,
			METRIC_MORE);
}

static void success_and_means_are_worked_out(void)
{
	CU_ASSERT_EQUAL(value("counters.orders.order1.success"), 0.7);
	CU_ASSERT_EQUAL(value("counters.orders.order0.success"), 1);
	CU_ASSERT_EQUAL(value("counters.requests.success"), 37.0 / 40);
	CU_ASSERT_EQUAL(value("latency.alloc.mean"), 233.333);
	/* Nobody asked for order 2: no share of nothing. */
	CU_ASSERT_PTR_NULL(metric_find(list, "counters.orders.order2.success"));
}

static void the_machine_as_a_whole_has_figures_of_its_own(void)
{
	/* 5 blocks of order 0 and 2 of order 1 are 9 pages, 5 of them of no use to order 1. */
	CU_ASSERT_EQUAL(value("fragmentation.all.free_pages"), 9);
	CU_ASSERT_EQUAL(value("fragmentation.all.order1.free_blocks"), 2);
	CU_ASSERT_EQUAL(value("fragmentation.all.order1.unusable"), 0.555);
	CU_ASSERT_EQUAL(value("locks.all.waits"), 4 + 3);
	CU_ASSERT_EQUAL(value("locks.all.wait_cycles"), 90 + 20);
	CU_ASSERT_EQUAL(value("locks.lru.wait_cycles"), 90);
	CU_ASSERT_EQUAL(value("locks.free.waits"), 3);
}

static void each_figure_has_a_unit_and_a_direction(void)
{
	static const struct {
		const char *name, *unit;
		enum metric_better better;
	} wanted[] = {
		{ "latency.alloc.order1.p99", "cycles", METRIC_LESS },
		{ "latency.alloc.count", "operations", METRIC_NEITHER },
		{ "fragmentation.node0.Normal.order1.unusable", "index", METRIC_LESS },
		{ "counters.orders.order1.success", "share", METRIC_MORE },
		{ "counters.vmstat.nr_free_pages", "pages", METRIC_NEITHER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const struct metric *m = metric_find(list, wanted[i].name);

		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_STRING_EQUAL(m->kind->unit, wanted[i].unit);
		CU_ASSERT_EQUAL(m->kind->better, wanted[i].better);
	}
}

static void a_new_key_has_a_name_at_once_and_no_direction(void)
{
	json_t *result = result_case_new();
	struct metric_list *more;
	const struct metric *m;

	json_object_set_new(json_object_get(result, "counters"), "new",
			    json_pack("{s[i,i]}", "things_by_order", 4, 5));
	more = metric_list_new(result);
	CU_ASSERT_PTR_NOT_NULL_FATAL(more);
	m = metric_find(more, "counters.new.order1.things");
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->value, 5);
	CU_ASSERT_STRING_EQUAL(m->kind->unit, "");
	CU_ASSERT_EQUAL(m->kind->better, METRIC_NEITHER);
	metric_list_free(more);
	json_decref(result);
}

static void entries_are_called_by_what_they_are_about(void)
{
	json_t *result = result_case_new();
	json_t *counters = json_object_get(result, "counters");
	struct metric_list *more;

	json_object_set_new(counters, "orders",
			    json_pack("[{si si sn si}]", "order", 1, "failed", 3,
				      "first_unsatisfiable_cycles", "unsatisfiable_cycles", 8));
	json_object_set_new(counters, "fallbacks",
			    json_pack("[{ss ss si si}]", "wanted", "Movable", "from",
				      "Unmovable", "order", 2, "count", 4));
	json_object_set_new(counters, "owners", json_pack("[{si}]", "pid", 12));
	more = metric_list_new(result);
	CU_ASSERT_PTR_NOT_NULL_FATAL(more);
	CU_ASSERT_EQUAL(metric_count(more, "counters.orders.order1.failed"), 1);
	CU_ASSERT_EQUAL(metric_count(more, "counters.orders.order1.unsatisfiable_cycles"), 1);
	CU_ASSERT_EQUAL(metric_count(more, "counters.orders.order1.first_unsatisfiable"), 1);
	CU_ASSERT_EQUAL(metric_count(more, "counters.fallbacks.Movable.Unmovable.order2.count"),
			1);
	CU_ASSERT_EQUAL(metric_count(more, "*.order"), 0);
	CU_ASSERT_EQUAL(metric_count(more, "*pid*"), 0);
	metric_list_free(more);
	json_decref(result);
}

static void requests_stand_first_and_the_host_last_and_no_name_twice(void)
{
	CU_ASSERT_EQUAL(strncmp(list->metrics[0].name, "counters.requests.", 18), 0);
	CU_ASSERT_STRING_EQUAL(list->metrics[list->n - 1].name, "host.wall_seconds");
	for (size_t i = 0; i < list->n; i++) {
		CU_ASSERT_EQUAL(list->metrics[i].of_host, i == list->n - 1);
		CU_ASSERT_PTR_EQUAL(metric_find(list, list->metrics[i].name),
				    &list->metrics[i]);
	}
}

static void patterns_reach_over_dots(void)
{
	CU_ASSERT_EQUAL(metric_count(list, "latency.*.p99"), 3);
	CU_ASSERT_EQUAL(metric_count(list, "latency.alloc*.p99.9"), 2);
	CU_ASSERT_EQUAL(metric_count(list, "*.Normal.order[01].unusable"), 2);
	CU_ASSERT_EQUAL(metric_count(list, "latency"), 0);
	CU_ASSERT_TRUE(metric_is_pattern("*.p99"));
	CU_ASSERT_FALSE(metric_is_pattern("latency.alloc.p99.9"));
}

static void a_misspelt_name_finds_its_neighbour(void)
{
	CU_ASSERT_STRING_EQUAL(metric_nearest(list, "latency.aloc.order1.p99"),
			       "latency.alloc.order1.p99");
	CU_ASSERT_PTR_NULL(metric_nearest(list, "weather"));
}

static void values_print_whole_or_with_three_digits(void)
{
	char text[METRIC_TEXT];

	metric_print(8143, text);
	CU_ASSERT_STRING_EQUAL(text, "8143");
	metric_print(0.4785, text);
	CU_ASSERT_EQUAL(strlen(text), 5);
	metric_print(-1, text);
	CU_ASSERT_STRING_EQUAL(text, "-1");
	metric_print(INFINITY, text);
	CU_ASSERT_STRING_EQUAL(text, "never");
}

static CU_TestInfo tests[] = {
	{ "figures have the names of their places", figures_have_the_names_of_their_places },
	{ "thousandths are shares", thousandths_are_shares },
	{ "what never happened is later than everything",
	  what_never_happened_is_later_than_everything },
	{ "success and means are worked out", success_and_means_are_worked_out },
	{ "the machine as a whole has figures of its own",
	  the_machine_as_a_whole_has_figures_of_its_own },
	{ "each figure has a unit and a direction", each_figure_has_a_unit_and_a_direction },
	{ "a new key has a name at once, and no direction",
	  a_new_key_has_a_name_at_once_and_no_direction },
	{ "entries are called by what they are about",
	  entries_are_called_by_what_they_are_about },
	{ "requests stand first and the host last, and no name stands twice",
	  requests_stand_first_and_the_host_last_and_no_name_twice },
	{ "patterns reach over dots", patterns_reach_over_dots },
	{ "a misspelt name finds its neighbour", a_misspelt_name_finds_its_neighbour },
	{ "values print whole, or with three digits", values_print_whole_or_with_three_digits },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "metric", NULL, NULL, begin, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
