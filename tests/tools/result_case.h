/*
 * For tests that read results: a small one, whole and with the right digest, to change.
 */
#ifndef TESTS_TOOLS_RESULT_CASE_H
#define TESTS_TOOLS_RESULT_CASE_H

#include <jansson.h>

#include "tests/unit.h"
#include "tools/result.h"

static inline void result_case_sign(json_t *json)
{
	char digest[33];

	CU_ASSERT_TRUE_FATAL(result_digest(json, digest));
	json_object_set_new(json, "result_digest", json_string(digest));
}

/* Reference given to the caller. */
static inline json_t *result_case_new(void)
{
	static const char text[] =
		"{'format': 'pagesim result', 'version': 1, 'kernel': '4.12.0',"
		" 'scenario': {'kernel': '4.12', 'machine': {'clock_mhz': 2000}},"
		" 'inputs': {'trace': {'digest': '06bb', 'name': 'toy'}, 'start': 'boot'},"
		" 'counters': {"
		"  'requests': {'allocs': 40, 'served': 37, 'failed': 3,"
		"   'by_order': [30, 10, 0], 'failed_by_order': [0, 3, 0],"
		"   'first_failure_cycles_by_order': [null, 5000, null]},"
		"  'reclaim': {'slept_by_order': [2, 1, 0]},"
		"  'vmstat': {'allocstall_normal': 3, 'nr_free_pages': 77},"
		"  'locks': [{'name': 'lru_lock', 'node': 1, 'waits': 4, 'wait_cycles': 90,"
		"   'waits_by_cause': {'lru': {'waits': 4, 'cycles': 90}}}]},"
		" 'latency': [{'op': 'alloc', 'by': 'all', 'key': '', 'count': 3,"
		"   'sum_cycles': 700, 'p99': 400, 'p99.9': 410},"
		"  {'op': 'alloc', 'by': 'order', 'key': '1', 'count': 1, 'sum_cycles': 400,"
		"   'p99': 400, 'p99.9': 400},"
		"  {'op': 'free', 'by': 'part', 'key': 'lock', 'count': 1, 'sum_cycles': 9,"
		"   'p99': 9, 'p99.9': 9}],"
		" 'fragmentation': [{'node': 0, 'zone': 'Normal', 'largest_free_order': 1,"
		"   'unusable_milli_by_order': [0, 478, 1000],"
		"   'free_blocks_by_order': [5, 2, 0], 'pageblocks': {'Movable': 6}}],"
		" 'series': [{'cycles': 0, 'zones': [{'free_blocks': [5, 2, 0]}]}],"
		" 'final_state': [{'node': 0, 'zone': 'Normal', 'nr_free_pages': 9,"
		"   'pcp_count_by_cpu': [1, 0], 'zone_lock': {'waits': 3, 'wait_cycles': 20,"
		"    'waits_by_cause': {'free': {'waits': 3, 'cycles': 20}}}}],"
		" 'host': {'wall_seconds': 0.25}}";
	char json[sizeof(text)];
	json_t *result;

	for (size_t i = 0; i < sizeof(text); i++)
		json[i] = text[i] == '\'' ? '"' : text[i];
	result = json_loads(json, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(result);
	result_case_sign(result);
	return result;
}

#endif
