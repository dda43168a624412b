/* What result.json and the summary tell of locks and CPUs. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit.h"
#include "tools/result.h"

static struct mm_snapshot_zone zones[2];
static struct mm_snapshot_lock locks[2];
static struct mm_snapshot snap;
static struct result result;

static void begin(void)
{
	memset(zones, 0, sizeof(zones));
	memset(locks, 0, sizeof(locks));
	strcpy(zones[0].name, "DMA32");
	strcpy(zones[1].name, "Normal");
	zones[1].nid = 1;
	locks[0] = (struct mm_snapshot_lock){ .name = "lru_lock", .nid = 1, .taken = 9 };
	locks[1] = (struct mm_snapshot_lock){ .name = "pagecache_lock", .nid = -1 };
	snap = (struct mm_snapshot){ .nzones = 2, .zones = zones, .nlocks = 2, .locks = locks };
	result = (struct result){ .snap = &snap };
}

static char *text(void)
{
	char *buffer = NULL;
	size_t size;
	FILE *out = open_memstream(&buffer, &size);

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	result_locks_text(out, &result);
	fclose(out);
	return buffer;
}

static bool says(const char *want)
{
	char *got = text();
	bool same = strcmp(got, want) == 0;

	if (!same)
		fprintf(stderr, "%s", got);
	free(got);
	return same;
}

static void a_run_without_waits_and_switches_says_nothing(void)
{
	zones[0].lock_taken = 5000;
	CU_ASSERT_TRUE(says(""));
}

static void the_summary_has_a_row_for_each_cause_that_waited(void)
{
	zones[1].lock_waits[SIM_CAUSE_REFILL] = 4;
	zones[1].lock_wait_cycles[SIM_CAUSE_REFILL] = 1000;
	zones[1].lock_waits[SIM_CAUSE_SPLIT] = 1;
	zones[1].lock_wait_cycles[SIM_CAUSE_SPLIT] = 9;
	locks[0].waits[SIM_CAUSE_RECLAIM] = 3;
	locks[0].wait_cycles[SIM_CAUSE_RECLAIM] = 70;
	locks[1].waits[SIM_CAUSE_LRU] = 2;
	locks[1].wait_cycles[SIM_CAUSE_LRU] = 12000;
	CU_ASSERT_TRUE(says(
		"Waits for locks            wanted for        waits          cycles     mean   "
		" "
		"of all\n"
		"  node 1, zone Normal      refill                4            1000      250   "
		" "
		" 7.6 %\n"
		"  node 1, zone Normal      split_merge           1               9        9   "
		"  "
		"0.0 %\n"
		"  node 1, lru_lock         reclaim               3              70       23   "
		"  "
		"0.5 %\n"
		"  pagecache_lock           lru                   2           12000     6000   "
		" 91.7 %\n"
		"\n"));
}

static void shares_of_waits_that_took_no_time_are_0(void)
{
	zones[0].lock_waits[SIM_CAUSE_FREE] = 1;
	zones[0].lock_wait_cycles[SIM_CAUSE_FREE] = 0;
	CU_ASSERT_TRUE(says("Waits for locks            wanted for        waits          "
			    "cycles     mean    "
			    "of all\n"
			    "  node 0, zone DMA32       free                  1             "
			    "  0        0     "
			    "0.0 %\n"
			    "\n"));
}

static void switches_are_told_without_waits_too(void)
{
	result.engine.context_switches = 12;
	result.engine.interrupts = 3;
	CU_ASSERT_TRUE(
		says("CPUs: 12 context switches, 0 wake-ups, 3 interrupts and work items "
		     "for other CPUs\n\n"));
}

static uint64_t at(const json_t *map, const char *cause, const char *what)
{
	const json_t *causes = json_object_get(map, "waits_by_cause");

	return (uint64_t)json_integer_value(
		json_object_get(json_object_get(causes, cause), what));
}

static void causes_have_names_in_json(void)
{
	const uint64_t waits[SIM_CAUSES] = { 1, 2, 3, 4, 5, 6, 7 };
	const uint64_t cycles[SIM_CAUSES] = { 10, 20, 30, 40, 50, 60, 70 };
	json_t *map = result_locks_json(99, waits, cycles);

	CU_ASSERT_EQUAL(json_integer_value(json_object_get(map, "taken")), 99);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(map, "waits")), 28);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(map, "wait_cycles")), 280);
	CU_ASSERT_EQUAL(json_object_size(json_object_get(map, "waits_by_cause")), SIM_CAUSES);
	CU_ASSERT_EQUAL(at(map, "refill", "waits"), waits[SIM_CAUSE_REFILL]);
	CU_ASSERT_EQUAL(at(map, "drain", "cycles"), cycles[SIM_CAUSE_DRAIN]);
	CU_ASSERT_EQUAL(at(map, "high_order", "waits"), waits[SIM_CAUSE_HIGH_ORDER]);
	CU_ASSERT_EQUAL(at(map, "free", "cycles"), cycles[SIM_CAUSE_FREE]);
	CU_ASSERT_EQUAL(at(map, "split_merge", "waits"), waits[SIM_CAUSE_SPLIT]);
	CU_ASSERT_EQUAL(at(map, "reclaim", "cycles"), cycles[SIM_CAUSE_RECLAIM]);
	CU_ASSERT_EQUAL(at(map, "lru", "waits"), waits[SIM_CAUSE_LRU]);
	json_decref(map);
}

static void locks_that_there_is_one_of_have_no_node_in_json(void)
{
	json_t *list = result_locks_others_json(&result);
	const json_t *lru = json_array_get(list, 0), *cache = json_array_get(list, 1);

	CU_ASSERT_EQUAL(json_array_size(list), 2);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(lru, "name")), "lru_lock");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(lru, "node")), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(lru, "taken")), 9);
	CU_ASSERT_PTR_NULL(json_object_get(cache, "node"));
	json_decref(list);
}

static CU_TestInfo tests[] = {
	{ "a run without waits and switches says nothing",
	  a_run_without_waits_and_switches_says_nothing },
	{ "the summary has a row for each cause that waited",
	  the_summary_has_a_row_for_each_cause_that_waited },
	{ "shares of waits that took no time are 0", shares_of_waits_that_took_no_time_are_0 },
	{ "switches are told without waits, too", switches_are_told_without_waits_too },
	{ "causes have names in JSON", causes_have_names_in_json },
	{ "locks that there is one of have no node in JSON",
	  locks_that_there_is_one_of_have_no_node_in_json },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "result_locks", NULL, NULL, begin, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
