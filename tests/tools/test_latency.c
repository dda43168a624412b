#include <string.h>

#include "tests/unit.h"
#include "tools/latency_rows.h"

static const char *const gfp_names[] = { "kernel", "movable", NULL };
static struct latency *l;
static struct latency_rows rows;

static void some_latencies(void)
{
	struct sim_cpu cpu = { .due = 100 };

	l = latency_new();
	CU_ASSERT_PTR_NOT_NULL_FATAL(l);
	CU_ASSERT_TRUE(latency_add(l, LATENCY_ALLOC, 0, 0, false, MM_PATH_PCP, &cpu));
	cpu.due = 300;
	cpu.part[SIM_PART_LOCK] = 40;
	CU_ASSERT_TRUE(latency_add(l, LATENCY_ALLOC, 0, 1, true, MM_PATH_BUDDY, &cpu));
	cpu.due = 1000;
	CU_ASSERT_TRUE(latency_add(l, LATENCY_ALLOC, 3, 1, false, LATENCY_FAILED, &cpu));
	cpu.due = 7;
	CU_ASSERT_TRUE(latency_add(l, LATENCY_FREE, 0, 0, false, MM_PATH_PCP, &cpu));
	CU_ASSERT_TRUE_FATAL(latency_rows_make(l, gfp_names, &rows));
}

static void drop(void)
{
	latency_rows_free(&rows);
	latency_free(l);
}

static uint64_t count(const char *op, const char *by, const char *key)
{
	const struct latency_row *row = latency_rows_find(&rows, op, by, key);

	return row ? row->count : 0;
}

static void each_way_of_cutting_counts_every_operation_once(void)
{
	CU_ASSERT_EQUAL(count("alloc", "all", ""), 3);
	CU_ASSERT_EQUAL(count("alloc", "order", "0") + count("alloc", "order", "3"), 3);
	CU_ASSERT_EQUAL(count("alloc", "gfp", "kernel"), 1);
	CU_ASSERT_EQUAL(count("alloc", "gfp", "movable"), 2);
	CU_ASSERT_EQUAL(count("alloc", "node", "local"), 2);
	CU_ASSERT_EQUAL(count("alloc", "node", "remote"), 1);
	CU_ASSERT_EQUAL(count("alloc", "path", "pcp") + count("alloc", "path", "buddy"), 2);
	CU_ASSERT_EQUAL(count("alloc", "path", "failed"), 1);
	CU_ASSERT_EQUAL(count("free", "all", ""), 1);
}

static void sums_are_exact_and_parts_are_kept(void)
{
	const struct latency_row *row = latency_rows_find(&rows, "alloc", "all", "");

	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	CU_ASSERT_EQUAL(row->sum, 1400);
	CU_ASSERT_EQUAL(row->part[SIM_PART_LOCK], 80);
	CU_ASSERT_EQUAL(row->min, 100);
	CU_ASSERT_EQUAL(row->percentile[LATENCY_P50], 300);
	CU_ASSERT_EQUAL(row->max, 1000);
}

static void what_never_happened_has_no_row(void)
{
	CU_ASSERT_PTR_NULL(latency_rows_find(&rows, "alloc", "order", "1"));
	CU_ASSERT_PTR_NULL(latency_rows_find(&rows, "alloc", "path", "oom"));
	CU_ASSERT_PTR_NULL(latency_rows_find(&rows, "free", "path", "pcp"));
}

static CU_TestInfo tests[] = {
	{ "each way of cutting counts every operation once",
	  each_way_of_cutting_counts_every_operation_once },
	{ "sums are exact and parts are kept", sums_are_exact_and_parts_are_kept },
	{ "what never happened has no row", what_never_happened_has_no_row },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "latency", NULL, NULL, some_latencies, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
