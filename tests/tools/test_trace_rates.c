#include <string.h>

#include "tests/unit.h"
#include "tools/trace_rates.h"

static struct trace_rates r;

static void nothing_yet(void)
{
	memset(&r, 0, sizeof(r));
}

static void add(uint64_t at, enum trace_kind kind, unsigned order, uint64_t live)
{
	const struct trace_event e = { .kind = (uint8_t)kind, .order = (uint8_t)order };

	trace_rates_add(&r, at, &e, live);
}

static void parts_are_a_power_of_ten_long_and_at_most_a_thousand(void)
{
	static const struct {
		uint64_t span, width;
	} cases[] = { { 0, 1 },
		      { 999, 1 },
		      { 1000, 10 },
		      { 9999, 10 },
		      { 10000, 100 },
		      { 8747909000, 10000000 },
		      { UINT64_MAX, UINT64_C(100000000000000000) } };

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		nothing_yet();
		add(0, TRACE_MARK, 0, 0);
		add(cases[i].span, TRACE_MARK, 0, 0);
		CU_ASSERT_EQUAL(r.width, cases[i].width);
		CU_ASSERT_EQUAL(r.n, cases[i].span / cases[i].width + 1);
		CU_ASSERT(r.n <= TRACE_RATES_BINS);
	}
}

/* As counted again by hand, whatever was folded on the way. */
static void each_event_counts_in_the_part_of_its_time(void)
{
	static uint64_t count[TRACE_RATES_BINS], times[5000];
	uint64_t at = 0;
	unsigned wrong = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(times); i++) {
		at += i % 7 * i % 1000;
		times[i] = at;
		add(at, i % 3 ? TRACE_ALLOC : TRACE_FREE, i % 3, i);
	}
	trace_rates_finish(&r);
	for (unsigned i = 0; i < ARRAY_SIZE(times); i++)
		count[times[i] / r.width]++;
	for (unsigned i = 0; i < r.n; i++)
		wrong += count[i] != r.bin[i].events;
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(trace_rates_sum(&r, TRACE_RATES_EVENTS), 5000);
	CU_ASSERT_EQUAL(trace_rates_sum(&r, TRACE_RATES_FREES), 1667);
	CU_ASSERT_EQUAL(trace_rates_sum(&r, TRACE_RATES_ALLOCATED), 1667 * 2 + 1666 * 4);
}

static void the_peak_is_the_first_largest_part(void)
{
	for (unsigned i = 0; i < 200; i++)
		add(i, i == 50 || i == 90 ? TRACE_ALLOC_FAILED : TRACE_ALLOC, i == 70 ? 9 : 0,
		    0);
	CU_ASSERT_EQUAL(trace_rates_peak(&r, TRACE_RATES_FAILED), 50);
	CU_ASSERT_EQUAL(trace_rates_peak(&r, TRACE_RATES_ALLOCATED), 70);
	CU_ASSERT_EQUAL(trace_rates_peak(&r, TRACE_RATES_EVENTS), 0);
	CU_ASSERT_EQUAL(trace_rates_sum(&r, TRACE_RATES_REQUESTS), 200);
	CU_ASSERT_EQUAL(trace_rates_peak(&r, TRACE_RATES_FREES), 0);
}

static void parts_without_events_keep_the_live_memory(void)
{
	add(0, TRACE_ALLOC, 3, 8);
	add(0, TRACE_FREE, 2, 4);
	add(500, TRACE_FREE, 2, 0);
	trace_rates_finish(&r);
	CU_ASSERT(r.bin[0].most_live == 8 && r.bin[0].live == 4);
	CU_ASSERT(r.bin[1].most_live == 4 && r.bin[499].live == 4);
	CU_ASSERT(r.bin[500].live == 0);
}

static void folded_parts_keep_the_most_and_the_last(void)
{
	add(3, TRACE_ALLOC, 3, 8);
	add(4, TRACE_FREE, 3, 0);
	add(1000, TRACE_ALLOC, 0, 1);
	trace_rates_finish(&r);
	CU_ASSERT(r.width == 10 && r.n == 101);
	CU_ASSERT(r.bin[0].most_live == 8 && r.bin[0].live == 0 && r.bin[0].events == 2);
	CU_ASSERT(r.bin[50].most_live == 0 && r.bin[100].live == 1);
}

static CU_TestInfo tests[] = {
	{ "parts are a power of ten long and at most a thousand",
	  parts_are_a_power_of_ten_long_and_at_most_a_thousand },
	{ "each event counts in the part of its time",
	  each_event_counts_in_the_part_of_its_time },
	{ "the peak is the first largest part", the_peak_is_the_first_largest_part },
	{ "parts without events keep the live memory",
	  parts_without_events_keep_the_live_memory },
	{ "folded parts keep the most and the last", folded_parts_keep_the_most_and_the_last },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_rates", NULL, NULL, nothing_yet, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
