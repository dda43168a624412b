/* Deferral of compaction: a table, and its three numbers. */
#include "tests/model/compact412.h"

static struct world412 w;

static void open_world(void)
{
	w_open(&w, 4096, 0);
}

static void close_world(void)
{
	w_close(&w);
}

static const struct mm412_zone *zone(void)
{
	return &w.mm->zones[0];
}

static struct mm412_zone_sleep *state(void)
{
	return mm412_zone_sleep(w.mm, zone());
}

/* Attempts of that order that are not made in a row. */
static unsigned passed_over(int order)
{
	unsigned n = 0;

	while (n < 1000 && mm412_compact_deferred(w.mm, zone(), order))
		n++;
	return n;
}

static void each_failure_doubles_the_wait_up_to_64(void)
{
	static const unsigned waits[] = { 1, 3, 7, 15, 31, 63, 63, 63 };

	CU_ASSERT_EQUAL(passed_over(9), 0);
	for (unsigned i = 0; i < ARRAY_SIZE(waits); i++) {
		mm412_compact_defer(w.mm, zone(), 9);
		CU_ASSERT_EQUAL(passed_over(9), waits[i]);
		/* From then on each is made, until the next failure. */
		CU_ASSERT_FALSE(mm412_compact_deferred(w.mm, zone(), 9));
	}
	CU_ASSERT_EQUAL(state()->compact_defer_shift, 6);
}

static void smaller_orders_than_those_that_failed_are_not_deferred(void)
{
	state()->compact_order_failed = 11;
	mm412_compact_defer(w.mm, zone(), 5);
	CU_ASSERT_EQUAL(state()->compact_order_failed, 5);
	CU_ASSERT_EQUAL(passed_over(4), 0);
	CU_ASSERT_EQUAL(state()->compact_considered, 0);
	CU_ASSERT_EQUAL(passed_over(5), 1);
	mm412_compact_defer(w.mm, zone(), 9);
	CU_ASSERT_EQUAL(state()->compact_order_failed, 5);
	CU_ASSERT_EQUAL(passed_over(9), 3);
}

static void hope_raises_the_order_and_an_allocation_ends_the_wait(void)
{
	for (unsigned i = 0; i < 3; i++)
		mm412_compact_defer(w.mm, zone(), 4);
	mm412_compact_defer_reset(w.mm, zone(), 4, false);
	CU_ASSERT_EQUAL(state()->compact_order_failed, 5);
	CU_ASSERT_EQUAL(state()->compact_defer_shift, 3);
	CU_ASSERT_EQUAL(passed_over(4), 0);
	CU_ASSERT_EQUAL(passed_over(5), 7);
	mm412_compact_defer_reset(w.mm, zone(), 3, true);
	CU_ASSERT_EQUAL(state()->compact_order_failed, 5);
	CU_ASSERT_EQUAL(state()->compact_defer_shift, 0);
	CU_ASSERT_EQUAL(passed_over(5), 0);
}

static void only_the_longest_wait_makes_a_new_beginning(void)
{
	state()->compact_order_failed = 11;
	for (unsigned i = 0; i < 5; i++)
		mm412_compact_defer(w.mm, zone(), 3);
	passed_over(3);
	CU_ASSERT_FALSE(mm412_compact_defer_is_over(w.mm, zone(), 3));
	mm412_compact_defer(w.mm, zone(), 3);
	CU_ASSERT_FALSE(mm412_compact_defer_is_over(w.mm, zone(), 3));
	passed_over(3);
	CU_ASSERT_TRUE(mm412_compact_defer_is_over(w.mm, zone(), 3));
	CU_ASSERT_FALSE(mm412_compact_defer_is_over(w.mm, zone(), 2));
}

static void tracepoints_tell_the_numbers_as_they_are_then(void)
{
	const struct mm_event *e = &w.last[MM_EVENT_COMPACTION_DEFERRED];

	mm412_compact_defer(w.mm, zone(), 6);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_DEFER_COMPACTION], 0);
	mm412_compact_defer_by(w.mm, w_cpu(&w), NULL, zone(), 6);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_DEFER_COMPACTION], 1);
	CU_ASSERT_TRUE(mm412_compact_deferred_by(w.mm, w_cpu(&w), NULL, zone(), 7));
	CU_ASSERT_EQUAL(w.events[MM_EVENT_COMPACTION_DEFERRED], 1);
	CU_ASSERT_EQUAL(e->value[0], 0);
	CU_ASSERT_EQUAL(e->value[1], MM412_ZONE_NORMAL);
	CU_ASSERT_EQUAL(e->value[2], 7);
	CU_ASSERT_EQUAL(e->value[3], 1);
	CU_ASSERT_EQUAL(e->value[4], 2);
	CU_ASSERT_EQUAL(e->value[5], 0);
	mm412_compact_defer_reset_by(w.mm, w_cpu(&w), NULL, zone(), 7, true);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_COMPACTION_DEFER_RESET].value[5], 8);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_COMPACTION_DEFER_RESET].value[4], 0);
}

/* ---- what a real kernel told --------------------------------------------------------------
 */

/*
 * The compactions of order 9 of two zones, in the order of a recording under memory pressure:
 * what try_to_compact_pages() asked and did, and the three numbers that its tracepoints show
 * (considered, 1 << defer_shift, order_failed). Goes: not deferred, which tells nothing.
 */
enum told { GOES, DEFERRED, FAILED, HOPES, GOT };

struct record {
	enum told what;
	unsigned considered, limit;
	int order_failed;
};

static const struct record dma32[] = {
	{ GOES, 0, 0, 0 },     { GOES, 0, 0, 0 },     { HOPES, 1, 1, 10 },
	{ GOT, 0, 1, 10 },     { GOES, 0, 0, 0 },     { HOPES, 0, 1, 10 },
	{ GOT, 0, 1, 10 },     { GOES, 0, 0, 0 },     { GOES, 0, 0, 0 },
	{ FAILED, 0, 2, 9 },   { DEFERRED, 1, 2, 9 }, { GOES, 0, 0, 0 },
	{ FAILED, 0, 4, 9 },   { DEFERRED, 1, 4, 9 }, { DEFERRED, 2, 4, 9 },
	{ DEFERRED, 3, 4, 9 }, { GOES, 0, 0, 0 },     { FAILED, 0, 8, 9 },
	{ DEFERRED, 1, 8, 9 }, { DEFERRED, 2, 8, 9 }, { DEFERRED, 3, 8, 9 },
	{ DEFERRED, 4, 8, 9 }, { DEFERRED, 5, 8, 9 }, { DEFERRED, 6, 8, 9 },
	{ DEFERRED, 7, 8, 9 }, { GOES, 0, 0, 0 },     { GOES, 0, 0, 0 },
	{ HOPES, 8, 8, 10 },   { GOT, 0, 1, 10 },
};

static const struct record dma[] = {
	{ GOES, 0, 0, 0 },     { GOES, 0, 0, 0 },     { GOES, 0, 0, 0 },
	{ FAILED, 0, 2, 0 },   { DEFERRED, 1, 2, 0 }, { GOES, 0, 0, 0 },
	{ FAILED, 0, 4, 0 },   { DEFERRED, 1, 4, 0 }, { DEFERRED, 2, 4, 0 },
	{ DEFERRED, 3, 4, 0 }, { GOES, 0, 0, 0 },     { FAILED, 0, 8, 0 },
	{ DEFERRED, 1, 8, 0 }, { DEFERRED, 2, 8, 0 }, { DEFERRED, 3, 8, 0 },
	{ DEFERRED, 4, 8, 0 }, { DEFERRED, 5, 8, 0 }, { DEFERRED, 6, 8, 0 },
	{ DEFERRED, 7, 8, 0 },
};

static void replay(const struct record *r)
{
	switch (r->what) {
	case GOES:
		CU_ASSERT_FALSE(mm412_compact_deferred(w.mm, zone(), 9));
		return;
	case DEFERRED:
		CU_ASSERT_TRUE(mm412_compact_deferred(w.mm, zone(), 9));
		break;
	case FAILED:
		mm412_compact_defer(w.mm, zone(), 9);
		break;
	case HOPES:
	case GOT:
		mm412_compact_defer_reset(w.mm, zone(), 9, r->what == GOT);
		break;
	}
	CU_ASSERT_EQUAL(state()->compact_considered, r->considered);
	CU_ASSERT_EQUAL(1u << state()->compact_defer_shift, r->limit);
	CU_ASSERT_EQUAL(state()->compact_order_failed, r->order_failed);
}

static void the_numbers_are_those_that_a_real_kernel_told(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(dma32); i++)
		replay(&dma32[i]);
	*state() = (struct mm412_zone_sleep){ 0 };
	for (unsigned i = 0; i < ARRAY_SIZE(dma); i++)
		replay(&dma[i]);
}

static CU_TestInfo tests[] = {
	{ "the numbers are those that a real kernel told",
	  the_numbers_are_those_that_a_real_kernel_told },
	{ "each failure doubles the wait up to 64", each_failure_doubles_the_wait_up_to_64 },
	{ "smaller orders than those that failed are not deferred",
	  smaller_orders_than_those_that_failed_are_not_deferred },
	{ "hope raises the order and an allocation ends the wait",
	  hope_raises_the_order_and_an_allocation_ends_the_wait },
	{ "only the longest wait makes a new beginning",
	  only_the_longest_wait_makes_a_new_beginning },
	{ "tracepoints tell the numbers as they are then",
	  tracepoints_tell_the_numbers_as_they_are_then },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412 compact defer", NULL, NULL, open_world, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
