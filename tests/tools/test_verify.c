/* Guided replay of recordings: what was recorded agrees, what is changed is found. */
#include "tests/unit.h"
#include "tools/verify.h"

#include <string.h>

#define OOM "tests/recorded/4.12.0/w4_oom_numa.pgt"
#define QUIET "tests/recorded/4.12.0/w1_1cpu_churn.pgt"
#define NODES "tests/recorded/4.12.0/w2b_numa_frag_256M.pgt"
#define FALLBACK "tests/recorded/4.12.0/w7_fallback_steal.pgt"
#define PRESSURE "tests/recorded/4.12.0/w3_pressure_swap_thp.pgt"

static struct verify v;

static void open_recording(const char *path)
{
	CU_ASSERT_FATAL(verify_open(&v, path, path, VERIFY_GUIDED));
}

static uint64_t end_differences(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < VERIFY_ENDS; i++)
		n += v.end_differs[i];
	return n;
}

/* The n-th item of a kind, counted from 0. */
static struct verify_item *find(unsigned kind, unsigned n)
{
	for (size_t i = 0; i < v.nitems; i++)
		if (v.items[i].kind == kind && n-- == 0)
			return &v.items[i];
	return NULL;
}

static void what_was_recorded_agrees(void)
{
	open_recording(OOM);
	CU_ASSERT(verify_guided(&v));
	CU_ASSERT_EQUAL(v.mismatches, 0);
	CU_ASSERT_EQUAL(v.pfns, 134986);
	CU_ASSERT_EQUAL(v.count[VERIFY_STEAL], 11);
	CU_ASSERT(verify_final(&v));
	CU_ASSERT_EQUAL(end_differences(), 0);
	CU_ASSERT(v.end_compared[VERIFY_END_FREE] > 200);
	verify_close(&v);
}

/* What is changed of one item of each kind, and which difference has to be told of it. */
static void page(struct verify_item *item)
{
	item->pfn ^= 2;
}

static void type(struct verify_item *item)
{
	item->type = (int8_t)((item->type + 1) % 3);
}

static void first_value(struct verify_item *item)
{
	item->value[0] ^= 1;
}

static void second_value(struct verify_item *item)
{
	item->value[1] += 3;
}

static void order(struct verify_item *item)
{
	item->order ^= 1;
}

static void every_change_of_a_recorded_operation_is_found(void)
{
	static const struct {
		const char *path;
		unsigned kind, n;
		void (*change)(struct verify_item *item);
	} cases[] = {
		{ OOM, VERIFY_ALLOC, 700, page },
		{ OOM, VERIFY_RELEASE, 30000, page },
		{ OOM, TRACE_STEP_REFILL, 1000, page },
		{ OOM, TRACE_STEP_REFILL, 1000, type },
		{ OOM, TRACE_STEP_DRAIN, 20000, page },
		{ OOM, TRACE_STEP_BULK, 5000, second_value },
		{ OOM, TRACE_STEP_EXTFRAG, 3, first_value },
		{ OOM, TRACE_STEP_STEAL, 3, first_value },
		{ OOM, TRACE_STEP_MOVE, 2, first_value },
		{ OOM, TRACE_STEP_PAGEBLOCK, 4, first_value },
		{ OOM, TRACE_STEP_FOLD, 5000, second_value },
		{ OOM, TRACE_STEP_THRESHOLD, 5, second_value },
		{ PRESSURE, TRACE_STEP_ISOLATE, 50, order },
		{ PRESSURE, TRACE_STEP_ISOLATE, 50, page },
		{ PRESSURE, TRACE_STEP_HIGHATOMIC, 3, order },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct verify_item *item;

		open_recording(cases[i].path);
		item = find(cases[i].kind, cases[i].n);
		CU_ASSERT_PTR_NOT_NULL_FATAL(item);
		if (cases[i].kind == TRACE_STEP_HIGHATOMIC)
			item->done = true; /* left out: the request takes from elsewhere */
		else
			cases[i].change(item);
		CU_ASSERT(verify_guided(&v));
		CU_ASSERT(v.mismatches > 0);
		CU_ASSERT(v.shown[0].time >= item->time);
		verify_close(&v);
	}
}

static void a_state_that_ends_differently_is_found(void)
{
	open_recording(OOM);
	CU_ASSERT(verify_guided(&v));
	CU_ASSERT(mm412_probe_guided_pcp_count(v.mm, v.zone[3], 1) > 2);
	CU_ASSERT(mm412_probe_guided_drain(v.mm, &v.cpus[1], v.zone[3], 2));
	CU_ASSERT(verify_final(&v));
	CU_ASSERT(v.end_differs[VERIFY_END_FREE] > 0);
	CU_ASSERT(v.end_differs[VERIFY_END_PCP] > 0);
	CU_ASSERT_EQUAL(v.end_differs[VERIFY_END_TYPE], 0);
	CU_ASSERT(v.end_differs[VERIFY_END_PART] + v.end_differs[VERIFY_END_COUNTER] > 0);
	CU_ASSERT(v.nend_shown > 0 && strstr(v.end_shown[0].what, "node"));
	verify_close(&v);
}

/* Whatever stands in the file: differences, no crash. */
static void nonsense_is_replayed_without_harm(void)
{
	uint32_t random = 1;

	for (unsigned round = 0; round < 12; round++) {
		open_recording(OOM);
		for (unsigned i = 0; i < 300; i++) {
			struct verify_item *item;

			random = random * 1664525u + 1013904223u;
			item = &v.items[(random >> 4) % v.nitems];
			random = random * 1664525u + 1013904223u;
			switch (random >> 29) {
			case 0:
				item->pfn = random % 3 ? random : TRACE_NO_PFN;
				break;
			case 1:
				item->order = (uint8_t)(random >> 8) % 11;
				break;
			case 2:
				item->type = (int8_t)(random >> 8);
				break;
			case 3:
				item->kind = (uint8_t)((random >> 8) % (VERIFY_RELEASE + 1));
				item->gfp = 0;
				break;
			default:
				item->value[random % 3] = (int32_t)random;
			}
		}
		CU_ASSERT(verify_guided(&v));
		CU_ASSERT(v.mismatches > 0);
		CU_ASSERT(v.given_up || verify_final(&v));
		verify_close(&v);
	}
}

/* One CPU, no pressure: nothing is left to chance. */
static void a_quiet_machine_is_predicted_to_the_last_page(void)
{
	struct verify_hits hits;

	CU_ASSERT_FATAL(verify_open(&v, QUIET, QUIET, VERIFY_PREDICT));
	CU_ASSERT(verify_predict(&v, NULL, &hits));
	CU_ASSERT_EQUAL(hits.requests, 40858);
	CU_ASSERT_EQUAL(hits.frames, hits.requests);
	CU_ASSERT_EQUAL(hits.zones, hits.requests);
	CU_ASSERT_EQUAL(hits.refused + hits.served + hits.first_miss, 0);
	CU_ASSERT_EQUAL(hits.free_elsewhere + hits.blocks_off + hits.types_off, 0);
	verify_close(&v);
}

static void a_prediction_that_is_led_astray_is_told(void)
{
	struct verify_hits hits;
	struct verify_item *item;

	CU_ASSERT_FATAL(verify_open(&v, QUIET, QUIET, VERIFY_PREDICT));
	item = find(VERIFY_RELEASE, 9000);
	CU_ASSERT_PTR_NOT_NULL_FATAL(item);
	item->done = true; /* nobody frees it */
	CU_ASSERT(verify_predict(&v, NULL, &hits));
	CU_ASSERT(hits.frames < hits.requests);
	CU_ASSERT(hits.first_miss >= item->time);
	CU_ASSERT_NOT_EQUAL(hits.first_expected, hits.first_got);
	verify_close(&v);
}

static void decisions_are_predicted_one_by_one(void)
{
	CU_ASSERT_FATAL(verify_open(&v, FALLBACK, FALLBACK, VERIFY_PREDICT));
	CU_ASSERT(verify_guided(&v));
	CU_ASSERT_EQUAL(v.mismatches, 0);
	/* The one other zone: another CPU freed a block between the test and the lock. */
	CU_ASSERT_EQUAL(v.ahead.fast, 71544);
	CU_ASSERT_EQUAL(v.ahead.zones, 71543);
	CU_ASSERT_EQUAL(v.ahead.races, 1);
	CU_ASSERT_EQUAL(v.ahead.turns, 0);
	CU_ASSERT_EQUAL(v.ahead.steals, 1435);
	CU_ASSERT_EQUAL(v.ahead.claims, v.ahead.steals);
	verify_close(&v);
}

static void one_lost_race_leads_a_prediction_astray_and_given_it_every_page_is_right(void)
{
	static struct verify decisions;
	struct verify_hits hits;

	CU_ASSERT_FATAL(verify_open(&decisions, FALLBACK, FALLBACK, VERIFY_PREDICT));
	CU_ASSERT(verify_guided(&decisions));
	CU_ASSERT_FATAL(verify_open(&v, FALLBACK, FALLBACK, VERIFY_PREDICT));
	CU_ASSERT(verify_predict(&v, NULL, &hits));
	CU_ASSERT_EQUAL(hits.first_miss, 387045);
	CU_ASSERT(hits.frames < 60000);
	verify_close(&v);
	CU_ASSERT_FATAL(verify_open(&v, FALLBACK, FALLBACK, VERIFY_PREDICT));
	CU_ASSERT(verify_predict(&v, &decisions, &hits));
	CU_ASSERT_EQUAL(hits.requests, 71544);
	CU_ASSERT_EQUAL(hits.frames, hits.requests);
	CU_ASSERT_EQUAL(hits.free_elsewhere + hits.blocks_off + hits.types_off, 0);
	verify_close(&v);
	verify_close(&decisions);
}

/* Three times a node comes over its limits and is under them again; 530 requests keep off it.
 */
static void six_turns_of_the_dirty_limits_tell_where_hundreds_of_requests_go(void)
{
	uint64_t writers = 0;

	CU_ASSERT_FATAL(verify_open(&v, NODES, NODES, VERIFY_PREDICT));
	CU_ASSERT(verify_guided(&v));
	CU_ASSERT_EQUAL(v.ahead.fast, 93431);
	CU_ASSERT_EQUAL(v.ahead.turns, 6);
	CU_ASSERT_EQUAL(v.ahead.zones + v.ahead.races + v.ahead.turns, v.ahead.fast);
	CU_ASSERT(v.ahead.races <= 4);
	for (size_t i = 0; i < v.nitems; i++)
		writers += v.items[i].turns != 0;
	CU_ASSERT_EQUAL(writers, v.ahead.turns);
	verify_close(&v);
}

/* Without its LRU insertions the model does not know what can be migrated. */
static void steals_depend_on_what_can_be_migrated(void)
{
	CU_ASSERT_FATAL(verify_open(&v, FALLBACK, FALLBACK, VERIFY_PREDICT));
	for (size_t i = 0; i < v.nitems; i++)
		v.items[i].done |= v.items[i].kind == VERIFY_LRU;
	CU_ASSERT(verify_guided(&v));
	CU_ASSERT(v.ahead.claims < v.ahead.steals);
	CU_ASSERT_EQUAL(v.mismatches, 0);
	verify_close(&v);
}

static void traces_without_states_are_refused(void)
{
	CU_ASSERT_FALSE(verify_open(&v, "traces/samples/vm-fragment.pgt", "it", VERIFY_GUIDED));
	CU_ASSERT_EQUAL(v.error.status, 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(v.error.text, "no whole recording"));
	verify_close(&v);
}

static CU_TestInfo tests[] = {
	{ "what was recorded agrees", what_was_recorded_agrees },
	{ "every change of a recorded operation is found",
	  every_change_of_a_recorded_operation_is_found },
	{ "a state that ends differently is found", a_state_that_ends_differently_is_found },
	{ "nonsense is replayed without harm", nonsense_is_replayed_without_harm },
	{ "a quiet machine is predicted to the last page",
	  a_quiet_machine_is_predicted_to_the_last_page },
	{ "a prediction that is led astray is told", a_prediction_that_is_led_astray_is_told },
	{ "decisions are predicted one by one", decisions_are_predicted_one_by_one },
	{ "one lost race leads a prediction astray, and given it every page is right",
	  one_lost_race_leads_a_prediction_astray_and_given_it_every_page_is_right },
	{ "six turns of the dirty limits tell where hundreds of requests go",
	  six_turns_of_the_dirty_limits_tell_where_hundreds_of_requests_go },
	{ "steals depend on what can be migrated", steals_depend_on_what_can_be_migrated },
	{ "traces without states are refused", traces_without_states_are_refused },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "verify", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
