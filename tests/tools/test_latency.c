#include <string.h>

#include "sim/hist_log.h"
#include "sim/hist_pack.h"
#include "tests/unit.h"
#include "tools/latency_rows.h"
#include "tools/result.h"

#define MHZ 2600
#define RANDOM_OPS 20000

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
	cpu.part[SIM_PART_LOCK] = 0;
	CU_ASSERT_TRUE(latency_add(l, LATENCY_FREE, 0, 0, false, MM_PATH_PCP, &cpu));
	CU_ASSERT_TRUE_FATAL(latency_rows_make(l, gfp_names, NULL, &rows));
}

static void drop(void)
{
	latency_rows_free(&rows);
	latency_free(l);
}

/* ---- many operations, and beside them what each part's histogram should be --------------- */

static struct sim_hist *want[LATENCY_PARTS];
static uint64_t random_state;

static uint64_t draw(uint64_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (random_state >> 33) % n;
}

/* Now and then much of everything; else nothing but code and memory. */
static struct sim_cpu operation(void)
{
	uint64_t parts[LATENCY_PARTS] = {
		[SIM_PART_MEMORY] = draw(3) ? 16 * draw(20) : 0, [LATENCY_CODE] = 60 + draw(80)
	};
	struct sim_cpu cpu = { .due = 0 };

	if (draw(10) == 0)
		parts[SIM_PART_LOCK] = draw(4000);
	if (draw(20) == 0)
		parts[SIM_PART_PAGES] = draw(100000);
	if (draw(50) == 0)
		parts[SIM_PART_IO] = draw(draw(2) ? 500 : 1u << 30);
	if (draw(50) == 0)
		parts[draw(2) ? LATENCY_CODE : SIM_PART_MEMORY] = 2040 + draw(16);
	for (unsigned i = 0; i < LATENCY_PARTS; i++) {
		sim_hist_record(want[i], parts[i]);
		cpu.due += parts[i];
		if (i < SIM_PARTS)
			cpu.part[i] = parts[i];
	}
	return cpu;
}

static void many_latencies(void)
{
	random_state = 1;
	l = latency_new();
	CU_ASSERT_PTR_NOT_NULL_FATAL(l);
	for (unsigned i = 0; i < LATENCY_PARTS; i++)
		want[i] = sim_hist_new();
	for (unsigned i = 0; i < RANDOM_OPS; i++) {
		struct sim_cpu cpu = operation();

		CU_ASSERT_TRUE_FATAL(latency_add(l, LATENCY_ALLOC, (unsigned)draw(11),
						 (unsigned)draw(2), draw(4) == 0,
						 (unsigned)draw(LATENCY_PATHS), &cpu));
	}
	CU_ASSERT_TRUE_FATAL(latency_rows_make(l, gfp_names, NULL, &rows));
}

static void drop_many(void)
{
	for (unsigned i = 0; i < LATENCY_PARTS; i++)
		sim_hist_free(want[i]);
	drop();
}

/* The word of a log: the same for the same counts, and only for them. */
static bool same(const struct sim_hist *a, const struct sim_hist *b)
{
	char *x = sim_hist_pack(a), *y = sim_hist_pack(b);
	bool is = strcmp(x, y) == 0;

	free(x);
	free(y);
	return is && sim_hist_sum(a) == sim_hist_sum(b);
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

static void parts_that_took_nothing_have_no_row(void)
{
	const struct latency_row *lock = latency_rows_find(&rows, "alloc", "part", "lock");

	CU_ASSERT_PTR_NOT_NULL_FATAL(lock);
	CU_ASSERT_EQUAL(lock->count, 3);
	CU_ASSERT_EQUAL(lock->sum, 80);
	CU_ASSERT_EQUAL(lock->min, 0);
	CU_ASSERT_EQUAL(lock->max, 40);
	CU_ASSERT_EQUAL(count("alloc", "part", "code"), 3);
	CU_ASSERT_EQUAL(count("alloc", "part", "memory"), 0);
	CU_ASSERT_EQUAL(count("free", "part", "code"), 1);
	CU_ASSERT_EQUAL(count("free", "part", "lock"), 0);
}

static void stalls_have_a_row_for_each_function_that_they_passed_in(void)
{
	static const char *const functions[] = { "allocate", "never", "launder", NULL };
	struct sim_where where = { .cycles = { 30, 0, 70 } }, again = { .cycles = { 100 } };
	struct sim_cpu cpu = { .due = 100 };
	const struct latency_row *launder;
	struct latency_rows some;

	cpu.part[SIM_PART_SLEEP] = 50;
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(latency_add(l, LATENCY_STALL, 0, 0, false, MM_PATH_SLOW, &cpu));
		CU_ASSERT_TRUE(latency_add_functions(l, i ? &again : &where));
	}
	CU_ASSERT_TRUE_FATAL(latency_rows_make(l, gfp_names, functions, &some));
	launder = latency_rows_find(&some, "stall", "function", "launder");
	CU_ASSERT_PTR_NOT_NULL_FATAL(launder);
	CU_ASSERT_EQUAL(launder->count, 2);
	CU_ASSERT_EQUAL(launder->sum, 70);
	CU_ASSERT_EQUAL(launder->min, 0);
	CU_ASSERT_EQUAL(launder->max, 70);
	CU_ASSERT_FALSE(latency_rows_has_parts(launder));
	CU_ASSERT_EQUAL(latency_rows_find(&some, "stall", "function", "allocate")->sum, 130);
	CU_ASSERT_PTR_NULL(latency_rows_find(&some, "stall", "function", "never"));
	CU_ASSERT_PTR_NULL(latency_rows_find(&rows, "stall", "function", "launder"));
	latency_rows_free(&some);
}

static void means_are_rounded(void)
{
	static const struct {
		uint64_t sum, count, mean;
	} table[] = {
		{ 7, 1, 7 },
		{ 3, 2, 2 },
		{ 4, 3, 1 },
		{ 5, 3, 2 },
		{ UINT64_MAX, 2, 1ull << 63 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct latency_row row = { .sum = table[i].sum, .count = table[i].count };

		CU_ASSERT_EQUAL(latency_rows_mean(&row), table[i].mean);
	}
}

static void a_rows_tag_is_its_name_in_one_word(void)
{
	char tag[LATENCY_ROWS_TAG];

	latency_rows_tag(latency_rows_find(&rows, "alloc", "all", ""), tag);
	CU_ASSERT_STRING_EQUAL(tag, "alloc");
	latency_rows_tag(latency_rows_find(&rows, "alloc", "gfp", "movable"), tag);
	CU_ASSERT_STRING_EQUAL(tag, "alloc.gfp.movable");
	latency_rows_tag(latency_rows_find(&rows, "free", "part", "code"), tag);
	CU_ASSERT_STRING_EQUAL(tag, "free.part.code");
}

static void every_part_has_the_histogram_of_what_was_spent_there(void)
{
	static const char *const names[LATENCY_PARTS] = { "memory", "pages", "lock",
							  "sleep",  "io",    "code" };
	uint64_t sum = 0;

	for (unsigned part = 0; part < LATENCY_PARTS; part++) {
		const struct latency_row *row =
			latency_rows_find(&rows, "alloc", "part", names[part]);

		CU_ASSERT_EQUAL(row == NULL, part == SIM_PART_SLEEP);
		if (!row)
			continue;
		CU_ASSERT_EQUAL(row->count, RANDOM_OPS);
		CU_ASSERT(same(row->hist, want[part]));
		if (part < SIM_PARTS)
			CU_ASSERT_EQUAL(row->part[part], row->sum);
		sum += row->sum;
	}
	CU_ASSERT_EQUAL(sum, latency_rows_find(&rows, "alloc", "all", "")->sum);
}

static void every_way_of_cutting_merges_to_the_same_histogram(void)
{
	static const char *const ways[] = { "order", "gfp", "node", "path" };
	const struct latency_row *all = latency_rows_find(&rows, "alloc", "all", "");

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct sim_hist *merged = sim_hist_new();
		uint64_t part[SIM_PARTS] = { 0 };

		for (unsigned n = 0; n < rows.n; n++) {
			if (strcmp(rows.rows[n].by, ways[i]) != 0)
				continue;
			CU_ASSERT_TRUE(sim_hist_merge(merged, rows.rows[n].hist));
			for (unsigned p = 0; p < SIM_PARTS; p++)
				part[p] += rows.rows[n].part[p];
		}
		CU_ASSERT(same(merged, all->hist));
		CU_ASSERT_EQUAL(memcmp(part, all->part, sizeof(part)), 0);
		sim_hist_free(merged);
	}
}

/* ---- files ------------------------------------------------------------------------------ */

static const struct sim_machine machine = { .clock_mhz = MHZ };
static const struct scenario scenario = { .machine = (struct sim_machine *)&machine };

static struct result result_of_rows(const struct replay_counts *counts)
{
	return (struct result){ .scenario = &scenario, .counts = counts, .rows = rows };
}

static void the_log_holds_every_rows_histogram_in_their_order(void)
{
	const struct replay_counts counts = { .end_date = (uint64_t)MHZ * 4706999 };
	const struct result r = result_of_rows(&counts);
	struct sim_hist_log_error err;
	struct sim_hist_log log;
	char *text, tag[LATENCY_ROWS_TAG];
	size_t size;
	FILE *file = open_memstream(&text, &size);

	CU_ASSERT_TRUE_FATAL(result_hlog(file, &r));
	fclose(file);
	file = fmemopen(text, size, "r");
	CU_ASSERT_TRUE_FATAL(sim_hist_log_read(file, "log", &log, &err));
	fclose(file);
	free(text);
	CU_ASSERT_EQUAL(log.clock_mhz, MHZ);
	CU_ASSERT_EQUAL_FATAL(log.n, rows.n);
	for (unsigned i = 0; i < rows.n; i++) {
		char *word = sim_hist_pack(rows.rows[i].hist);
		char *back = sim_hist_pack(log.entries[i].hist);

		latency_rows_tag(&rows.rows[i], tag);
		CU_ASSERT_STRING_EQUAL(log.entries[i].tag, tag);
		CU_ASSERT_EQUAL(log.entries[i].length_ms, 4706);
		CU_ASSERT_STRING_EQUAL(back, word);
		free(word);
		free(back);
	}
	sim_hist_log_free(&log);
}

static void the_table_is_in_cycles_and_in_ns(void)
{
	static const char want_head[] =
		"op,by,key,count,sum_cycles,mean_cycles,min_cycles,p50_cycles,p75_cycles,"
		"p90_cycles,p95_cycles,p99_cycles,p99.9_cycles,p99.99_cycles,max_cycles,"
		"memory_cycles,pages_cycles,lock_wait_cycles,sleep_cycles,io_cycles,mean_ns,"
		"min_ns,p50_ns,p75_ns,p90_ns,p95_ns,p99_ns,p99.9_ns,p99.99_ns,max_ns\n"
		"alloc,all,,3,1400,467,100,300,1000,1000,1000,1000,1000,1000,1000,"
		"0,0,80,0,0,179,38,115,385,385,385,385,385,385,385\n";
	static const char want_part[] = "\nalloc,part,lock,3,80,27,0,40,40,40,40,40,40,40,40,"
					"0,0,80,0,0,10,0,15,15,15,15,15,15,15,15\n";
	const struct replay_counts counts = { .end_date = 1 };
	const struct result r = result_of_rows(&counts);
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	result_csv_latency(file, &r);
	fclose(file);
	CU_ASSERT_NSTRING_EQUAL(text, want_head, strlen(want_head));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, want_part));
	free(text);
}

static CU_TestInfo tests[] = {
	{ "each way of cutting counts every operation once",
	  each_way_of_cutting_counts_every_operation_once },
	{ "sums are exact and parts are kept", sums_are_exact_and_parts_are_kept },
	{ "what never happened has no row", what_never_happened_has_no_row },
	{ "parts that took nothing have no row", parts_that_took_nothing_have_no_row },
	{ "stalls have a row for each function that they passed in",
	  stalls_have_a_row_for_each_function_that_they_passed_in },
	{ "means are rounded", means_are_rounded },
	{ "a row's tag is its name in one word", a_rows_tag_is_its_name_in_one_word },
	{ "the table is in cycles and in ns", the_table_is_in_cycles_and_in_ns },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo many_tests[] = {
	{ "every part has the histogram of what was spent there",
	  every_part_has_the_histogram_of_what_was_spent_there },
	{ "every way of cutting merges to the same histogram",
	  every_way_of_cutting_merges_to_the_same_histogram },
	{ "the log holds every row's histogram, in their order",
	  the_log_holds_every_rows_histogram_in_their_order },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "latency", NULL, NULL, some_latencies, drop, tests },
	{ "many latencies", NULL, NULL, many_latencies, drop_many, many_tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
