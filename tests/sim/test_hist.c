#include "sim/hist.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit.h"

#define VALUES 20000

static struct sim_hist *h;
static uint64_t values[VALUES];
static uint64_t random_state;

static uint64_t draw(void)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return random_state >> 1;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Values of every magnitude from 0 to 2^50, sorted in values[] and recorded unsorted. */
static void begin(void)
{
	random_state = 3;
	h = sim_hist_new();
	for (unsigned i = 0; i < VALUES; i++) {
		values[i] = draw();
		values[i] >>= 13 + draw() % 50;
		sim_hist_record(h, values[i]);
	}
	qsort(values, VALUES, sizeof(*values), by_size);
}

static void end(void)
{
	sim_hist_free(h);
}

static void percentiles_are_within_a_thousandth_of_the_sorted_values(void)
{
	for (uint32_t p = 0; p <= 100000; p += 7) {
		/* The rank ceil(p / 100 * n), at least 1. */
		uint64_t rank = ((uint64_t)p * VALUES + 99999) / 100000;
		uint64_t exact = values[rank ? rank - 1 : 0];
		uint64_t got = sim_hist_percentile(h, p);

		if (p == 0 ? got > exact : got < exact || (got - exact) * 1000 > exact) {
			CU_FAIL("too far from the sorted value");
			printf(" %u: %llu, not %llu", p, (unsigned long long)got,
			       (unsigned long long)exact);
			return;
		}
	}
	CU_PASS("14286 percentiles");
}

static void count_and_sum_are_exact(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < VALUES; i++)
		sum += values[i];
	CU_ASSERT_EQUAL(sim_hist_count(h), VALUES);
	CU_ASSERT_EQUAL(sim_hist_sum(h), sum);
	CU_ASSERT(sim_hist_max(h) >= values[VALUES - 1]);
	CU_ASSERT((sim_hist_max(h) - values[VALUES - 1]) * 1000 <= values[VALUES - 1]);
	CU_ASSERT_EQUAL(sim_hist_min(h), values[0]);
}

/* The bucket borders that HdrHistogram's own formulas give for 3 digits, lowest 1. */
static void buckets_are_those_of_hdr_histogram(void)
{
	static const struct {
		uint64_t value, highest;
	} table[] = {
		{ 0, 0 },
		{ 1, 1 },
		{ 1023, 1023 },
		{ 2047, 2047 },
		{ 2048, 2049 },
		{ 2049, 2049 },
		{ 4095, 4095 },
		{ 4096, 4099 },
		{ 4097, 4099 },
		{ 10000, 10007 },
		{ 1000000, 1000447 },
		{ UINT64_C(100000000000), UINT64_C(100059316223) },
		{ UINT64_C(1) << 62, (UINT64_C(1) << 62) + (UINT64_C(1) << 52) - 1 },
		{ UINT64_MAX, UINT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct sim_hist *one = sim_hist_new();

		CU_ASSERT(sim_hist_record(one, table[i].value));
		CU_ASSERT_EQUAL(sim_hist_percentile(one, 50000), table[i].highest);
		CU_ASSERT_EQUAL(sim_hist_max(one), table[i].highest);
		sim_hist_free(one);
	}
}

struct gathered {
	uint64_t count, buckets, last;
	bool ascending, disjoint;
};

static void gather(void *ctx, uint64_t lowest, uint64_t highest, uint64_t count)
{
	struct gathered *g = ctx;

	g->ascending = g->ascending && highest >= lowest;
	g->disjoint = g->disjoint && (g->buckets == 0 || lowest > g->last);
	g->count += count;
	g->buckets++;
	g->last = highest;
}

static void visiting_finds_every_count_once_in_order(void)
{
	struct gathered g = { .ascending = true, .disjoint = true };

	sim_hist_each(h, gather, &g);
	CU_ASSERT_EQUAL(g.count, VALUES);
	CU_ASSERT(g.buckets > 1000);
	CU_ASSERT(g.ascending && g.disjoint);
}

static void digest(void *ctx, uint64_t lowest, uint64_t highest, uint64_t count)
{
	uint64_t *digest = ctx;

	*digest = (*digest ^ lowest) * 1099511628211u;
	*digest = (*digest ^ highest) * 1099511628211u;
	*digest = (*digest ^ count) * 1099511628211u;
}

static uint64_t digest_of(const struct sim_hist *x)
{
	uint64_t sum = 14695981039346656037u;

	sim_hist_each(x, digest, &sum);
	return sum ^ sim_hist_count(x) ^ sim_hist_sum(x) ^ sim_hist_min(x) ^ sim_hist_max(x);
}

static void merging_loses_nothing(void)
{
	struct sim_hist *small = sim_hist_new(), *large = sim_hist_new();

	for (unsigned i = 0; i < VALUES; i++)
		sim_hist_record(i < VALUES / 2 ? small : large, values[i]);
	CU_ASSERT(sim_hist_merge(small, large)); /* grows */
	CU_ASSERT_EQUAL(digest_of(small), digest_of(h));
	sim_hist_free(small);
	sim_hist_free(large);
}

static void merging_an_empty_one_changes_nothing(void)
{
	struct sim_hist *empty = sim_hist_new();
	uint64_t before = digest_of(h);

	CU_ASSERT(sim_hist_merge(h, empty));
	CU_ASSERT_EQUAL(digest_of(h), before);
	CU_ASSERT(sim_hist_merge(empty, h));
	CU_ASSERT_EQUAL(digest_of(empty), before);
	sim_hist_free(empty);
}

static void an_empty_one_is_all_zero(void)
{
	struct sim_hist *empty = sim_hist_new();

	CU_ASSERT_EQUAL(sim_hist_count(empty), 0);
	CU_ASSERT_EQUAL(sim_hist_max(empty), 0);
	CU_ASSERT_EQUAL(sim_hist_min(empty), 0);
	CU_ASSERT_EQUAL(sim_hist_percentile(empty, 99900), 0);
	sim_hist_free(empty);
	sim_hist_free(NULL);
}

static void the_first_percentile_is_the_minimum_and_the_last_the_maximum(void)
{
	struct sim_hist *few = sim_hist_new();

	sim_hist_record(few, 5002);
	sim_hist_record(few, 900000);
	CU_ASSERT_EQUAL(sim_hist_percentile(few, 0), 5000);
	CU_ASSERT_EQUAL(sim_hist_percentile(few, 1), 5003);
	sim_hist_free(few);
	CU_ASSERT_EQUAL(sim_hist_percentile(h, 100000), sim_hist_max(h));
	CU_ASSERT_EQUAL(sim_hist_percentile(h, 999999), sim_hist_max(h));
}

static CU_TestInfo tests[] = {
	{ "percentiles are within a thousandth of the sorted values",
	  percentiles_are_within_a_thousandth_of_the_sorted_values },
	{ "count and sum are exact", count_and_sum_are_exact },
	{ "buckets are those of HdrHistogram", buckets_are_those_of_hdr_histogram },
	{ "visiting finds every count once, in order",
	  visiting_finds_every_count_once_in_order },
	{ "merging loses nothing", merging_loses_nothing },
	{ "merging an empty one changes nothing", merging_an_empty_one_changes_nothing },
	{ "an empty one is all zero", an_empty_one_is_all_zero },
	{ "the first percentile is the minimum, and the last the maximum",
	  the_first_percentile_is_the_minimum_and_the_last_the_maximum },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "hist", NULL, NULL, begin, end, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
