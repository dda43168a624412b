/* Times in which no zone had a block of an order, told at dates and asked for at others. */
#include "model/mm_orders.h"

#include "tests/unit.h"

static struct mm_orders *o;

/* Zones 0 and 1 on node 0, zone 2 on node 2; node 1 has none. */
static void begin(int8_t a, int8_t b, int8_t c)
{
	static const uint16_t nid[] = { 0, 0, 2 };
	const int8_t largest[] = { a, b, c };

	o = mm_orders_new(3, 3, nid);
	CU_ASSERT_FATAL(o != NULL);
	mm_orders_begin(o, largest);
}

static void end(void)
{
	mm_orders_free(o);
	o = NULL;
}

static void expect(uint32_t node, unsigned order, uint64_t until, uint64_t cycles,
		   uint64_t spells, uint64_t first, uint64_t longest)
{
	struct mm_orders_figures f = mm_orders_until(o, node, order, until);

	CU_ASSERT_EQUAL(f.cycles, cycles);
	CU_ASSERT_EQUAL(f.spells, spells);
	CU_ASSERT_EQUAL(f.first, first);
	CU_ASSERT_EQUAL(f.longest, longest);
}

static void what_every_zone_has_was_never_missing(void)
{
	begin(10, 10, 10);
	for (unsigned order = 0; order <= 10; order++)
		expect(MM_ORDERS_MACHINE, order, 1000, 0, 0, UINT64_MAX, 0);
	end();
}

static void a_spell_lasts_from_the_last_zone_that_loses_to_the_first_that_gains(void)
{
	begin(10, 9, 9);
	mm_orders_changed(o, 0, 8, 100); /* zones 1 and 2 still have order 9 */
	expect(MM_ORDERS_MACHINE, 10, 1000, 900, 1, 100, 900);
	expect(MM_ORDERS_MACHINE, 9, 1000, 0, 0, UINT64_MAX, 0);
	mm_orders_changed(o, 1, 3, 200);
	expect(0, 9, 1000, 800, 1, 200, 800);
	expect(0, 8, 1000, 0, 0, UINT64_MAX, 0);
	expect(MM_ORDERS_MACHINE, 9, 1000, 0, 0, UINT64_MAX, 0);
	mm_orders_changed(o, 2, -1, 300);
	expect(2, 0, 1000, 700, 1, 300, 700);
	expect(MM_ORDERS_MACHINE, 9, 1000, 700, 1, 300, 700);
	mm_orders_changed(o, 0, 9, 450);
	expect(MM_ORDERS_MACHINE, 9, 1000, 150, 1, 300, 150);
	expect(2, 9, 1000, 700, 1, 300, 700);
	end();
}

static void spells_add_up_and_the_longest_is_kept(void)
{
	begin(-1, 5, 5);
	for (uint64_t i = 0; i < 10; i++) {
		mm_orders_changed(o, 1, 4, 1000 * i + 100);
		mm_orders_changed(o, 1, 5, 1000 * i + 100 + 10 * (i + 1));
	}
	expect(0, 5, 100000, 550, 10, 100, 100);
	expect(MM_ORDERS_MACHINE, 5, 100000, 0, 0, UINT64_MAX, 0);
	end();
}

static void what_is_missing_at_the_begin_is_missing_from_0(void)
{
	begin(4, 4, 2);
	expect(MM_ORDERS_MACHINE, 5, 70, 70, 1, 0, 70);
	expect(2, 3, 70, 70, 1, 0, 70);
	end();
}

static void a_node_without_zones_never_has_anything(void)
{
	begin(10, 10, 10);
	expect(1, 0, 70, 70, 1, 0, 70);
	end();
}

static void a_spell_counts_up_to_the_date_that_is_asked_for(void)
{
	begin(9, -1, -1);
	mm_orders_changed(o, 0, 0, 500);
	expect(0, 9, 400, 0, 1, 500, 0);
	expect(0, 9, 600, 100, 1, 500, 100);
	end();
}

static void a_date_before_another_zones_counts_as_that(void)
{
	begin(9, 9, 9);
	mm_orders_changed(o, 0, 8, 500);
	mm_orders_changed(o, 1, 8, 490);
	expect(0, 9, 600, 100, 1, 500, 100);
	end();
}

static void a_new_begin_forgets(void)
{
	static const int8_t all[] = { 10, 10, 10 };

	begin(0, 0, 0);
	mm_orders_changed(o, 0, 1, 500);
	mm_orders_begin(o, all);
	expect(MM_ORDERS_MACHINE, 10, 1000, 0, 0, UINT64_MAX, 0);
	end();
}

static CU_TestInfo tests[] = {
	{ "what every zone has was never missing", what_every_zone_has_was_never_missing },
	{ "a spell lasts from the last zone that loses to the first that gains",
	  a_spell_lasts_from_the_last_zone_that_loses_to_the_first_that_gains },
	{ "spells add up and the longest is kept", spells_add_up_and_the_longest_is_kept },
	{ "what is missing at the begin is missing from 0",
	  what_is_missing_at_the_begin_is_missing_from_0 },
	{ "a node without zones never has anything", a_node_without_zones_never_has_anything },
	{ "a spell counts up to the date that is asked for",
	  a_spell_counts_up_to_the_date_that_is_asked_for },
	{ "a date before another zone's counts as that",
	  a_date_before_another_zones_counts_as_that },
	{ "a new begin forgets", a_new_begin_forgets },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm_orders", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
