#include "sim/memory_load.h"

#include "tests/unit.h"

/* A byte a cycle; windows of 8192 cycles, the power of two below 10 us. */
#define WINDOW 8192

static struct sim_machine *machine_of(uint64_t mbs, unsigned points)
{
	static const struct {
		uint32_t load, factor;
	} curve[] = { { 200, 1000 }, { 500, 1300 }, { 1000, 3300 } };
	struct sim_machine *m = sim_machine_new(2, 2);

	m->clock_mhz = 1000;
	m->node_bandwidth_mbs = mbs;
	m->nloaded = points;
	for (unsigned i = 0; i < points; i++) {
		m->loaded[i].load_milli = curve[i].load;
		m->loaded[i].factor_milli = curve[i].factor;
	}
	return m;
}

static void the_factor_is_the_curves_at_the_load_of_the_last_window(void)
{
	static const struct {
		uint64_t bytes; /* in the window */
		uint32_t low, high;
	} rows[] = {
		{ 0, 1000, 1000 },
		{ WINDOW / 10, 1000, 1000 },
		{ WINDOW * 35 / 100, 1148, 1150 }, /* half-way between 20 and 50 % */
		{ WINDOW / 2, 1298, 1300 },
		{ WINDOW * 3 / 4, 2294, 2300 }, /* half-way between 50 and 100 % */
		{ WINDOW, 3300, 3300 },
		{ WINDOW * 10, 3300, 3300 },
	};
	struct sim_machine *m = machine_of(1000, 3);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sim_memory_load l;
		uint32_t factor;

		CU_ASSERT_TRUE_FATAL(sim_memory_load_init(&l, m));
		factor = sim_memory_load_add(&l, 0, 5 * WINDOW, rows[i].bytes);
		CU_ASSERT_TRUE(factor >= rows[i].low && factor <= rows[i].high);
		/* Another node's memory is not busy. */
		CU_ASSERT_EQUAL(sim_memory_load_add(&l, 1, 5 * WINDOW, 0), 1000);
		sim_memory_load_fini(&l);
	}
	sim_machine_free(m);
}

static void traffic_is_forgotten_bit_by_bit(void)
{
	struct sim_machine *m = machine_of(1000, 3);
	struct sim_memory_load l;
	uint32_t last = 3300;

	CU_ASSERT_TRUE_FATAL(sim_memory_load_init(&l, m));
	sim_memory_load_add(&l, 0, 3 * WINDOW + 5, WINDOW);
	/* Still in the same window, then less and less of the one before. */
	CU_ASSERT_EQUAL(sim_memory_load_add(&l, 0, 4 * WINDOW - 1, 0), 3300);
	for (uint64_t date = 4 * WINDOW; date < 5 * WINDOW; date += WINDOW / 8) {
		uint32_t now = sim_memory_load_add(&l, 0, date, 0);

		CU_ASSERT_TRUE(now <= last);
		last = now;
	}
	CU_ASSERT_EQUAL(last, 1000);
	CU_ASSERT_EQUAL(sim_memory_load_add(&l, 0, 5 * WINDOW, 0), 1000);
	sim_memory_load_fini(&l);
	sim_machine_free(m);
}

static void windows_without_traffic_leave_nothing(void)
{
	struct sim_machine *m = machine_of(1000, 3);
	struct sim_memory_load l;

	CU_ASSERT_TRUE_FATAL(sim_memory_load_init(&l, m));
	sim_memory_load_add(&l, 0, 3 * WINDOW, WINDOW);
	CU_ASSERT_EQUAL(sim_memory_load_add(&l, 0, 5 * WINDOW, 0), 1000);
	sim_memory_load_fini(&l);
	sim_machine_free(m);
}

static void dates_out_of_order_count_as_now(void)
{
	struct sim_machine *m = machine_of(1000, 3);
	struct sim_memory_load l;

	CU_ASSERT_TRUE_FATAL(sim_memory_load_init(&l, m));
	sim_memory_load_add(&l, 0, 9 * WINDOW, WINDOW / 2);
	/* Of long ago, and the window stays where it is. */
	CU_ASSERT_EQUAL(sim_memory_load_add(&l, 0, 2 * WINDOW + 7, WINDOW / 2), 3300);
	CU_ASSERT_EQUAL(sim_memory_load_add(&l, 0, 9 * WINDOW + 1, 0), 3300);
	CU_ASSERT_EQUAL(sim_memory_load_add(&l, 0, UINT64_C(1) << 52, 0), 1000);
	sim_memory_load_fini(&l);
	sim_machine_free(m);
}

static void without_bandwidth_or_curve_nothing_gets_longer(void)
{
	static const struct {
		uint64_t mbs;
		unsigned points;
	} rows[] = { { 0, 3 }, { 1000, 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sim_machine *m = machine_of(rows[i].mbs, rows[i].points);
		struct sim_memory_load l;

		CU_ASSERT_TRUE_FATAL(sim_memory_load_init(&l, m));
		CU_ASSERT_EQUAL(sim_memory_load_add(&l, 1, 77, UINT64_C(1) << 40), 1000);
		sim_memory_load_fini(&l);
		sim_machine_free(m);
	}
}

/* Extremes that a machine file may hold. */
static void figures_at_their_bounds_do_not_overflow(void)
{
	static const uint64_t mbs[] = { 1, 100000000 };

	for (size_t i = 0; i < ARRAY_SIZE(mbs); i++)
		for (uint64_t mhz = 1; mhz <= 100000; mhz *= 100000) {
			struct sim_machine *m = machine_of(mbs[i], 3);
			struct sim_memory_load l;

			m->clock_mhz = mhz;
			CU_ASSERT_TRUE_FATAL(sim_memory_load_init(&l, m));
			CU_ASSERT_EQUAL(sim_memory_load_add(&l, 1, 0, 0), 1000);
			CU_ASSERT_EQUAL(sim_memory_load_add(&l, 1, 0, UINT64_C(1) << 50), 3300);
			sim_memory_load_fini(&l);
			sim_machine_free(m);
		}
}

static CU_TestInfo tests[] = {
	{ "the factor is the curve's at the load of the last window",
	  the_factor_is_the_curves_at_the_load_of_the_last_window },
	{ "traffic is forgotten bit by bit", traffic_is_forgotten_bit_by_bit },
	{ "windows without traffic leave nothing", windows_without_traffic_leave_nothing },
	{ "dates out of order count as now", dates_out_of_order_count_as_now },
	{ "without bandwidth or curve nothing gets longer",
	  without_bandwidth_or_curve_nothing_gets_longer },
	{ "figures at their bounds do not overflow", figures_at_their_bounds_do_not_overflow },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "memory_load", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
