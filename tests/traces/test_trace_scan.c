/* Numbers out of text: those that fit, and those that sscanf() would have wrapped. */
#include "traces/trace_scan.h"

#include <limits.h>
#include <string.h>

#include "tests/unit.h"

static void a_number_is_taken_up_to_the_most_and_not_beyond(void)
{
	static const struct {
		const char *text;
		unsigned base;
		uint64_t most, want;
		size_t behind; /* 0: no number */
	} rows[] = {
		{ "0", 10, 0, 0, 1 },
		{ "12,", 10, UINT64_MAX, 12, 2 },
		{ "007", 10, 7, 7, 3 },
		{ "8", 10, 7, 0, 0 },
		{ "10", 10, 9, 0, 0 },
		{ "18446744073709551615", 10, UINT64_MAX, UINT64_MAX, 20 },
		{ "18446744073709551616", 10, UINT64_MAX, 0, 0 },
		{ "99999999999999999999", 10, UINT64_MAX, 0, 0 },
		{ "4294967296", 10, UINT32_MAX, 0, 0 },
		{ "fF-", 16, 255, 255, 2 },
		{ "ffffffffffffffff", 16, UINT64_MAX, UINT64_MAX, 16 },
		{ "10000000000000000", 16, UINT64_MAX, 0, 0 },
		{ "a", 10, UINT64_MAX, 0, 0 },
		{ "g", 16, UINT64_MAX, 0, 0 },
		{ "-1", 10, UINT64_MAX, 0, 0 },
		{ "+1", 10, UINT64_MAX, 0, 0 },
		{ " 1", 10, UINT64_MAX, 0, 0 },
		{ "", 10, UINT64_MAX, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *at = rows[i].text;
		uint64_t v = 77;

		CU_ASSERT_EQUAL(trace_scan_number(&at, rows[i].base, rows[i].most, &v),
				rows[i].behind != 0);
		CU_ASSERT_EQUAL(v, rows[i].behind ? rows[i].want : 77);
		CU_ASSERT_EQUAL((size_t)(at - rows[i].text), rows[i].behind);
	}
}

static void a_sign_is_taken_where_it_may_be(void)
{
	static const struct {
		const char *text;
		int64_t least, most, want;
		bool ok;
	} rows[] = {
		{ "-1", -1, 0, -1, true },
		{ "-2", -1, 0, 0, false },
		{ "5", -1, 5, 5, true },
		{ "6", -1, 5, 0, false },
		{ "-9223372036854775808", INT64_MIN, 0, INT64_MIN, true },
		{ "-9223372036854775809", INT64_MIN, 0, 0, false },
		{ "9223372036854775807", 0, INT64_MAX, INT64_MAX, true },
		{ "9223372036854775808", 0, INT64_MAX, 0, false },
		{ "-", INT64_MIN, INT64_MAX, 0, false },
		{ "--1", INT64_MIN, INT64_MAX, 0, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *at = rows[i].text;
		int64_t v = 77;

		CU_ASSERT_EQUAL(trace_scan_signed(&at, rows[i].least, rows[i].most, &v),
				rows[i].ok);
		CU_ASSERT_EQUAL(v, rows[i].ok ? rows[i].want : 77);
		CU_ASSERT_EQUAL(*at, rows[i].ok ? '\0' : *rows[i].text);
	}
}

static void a_whole_text_has_nothing_but_the_number(void)
{
	uint64_t v;

	CU_ASSERT(trace_scan_whole("12", 12, &v) && v == 12);
	CU_ASSERT_FALSE(trace_scan_whole("12 ", 12, &v));
	CU_ASSERT_FALSE(trace_scan_whole("13", 12, &v));
	CU_ASSERT_FALSE(trace_scan_whole("", 12, &v));
}

static void a_format_reads_a_line_and_returns_its_rest(void)
{
	unsigned node = 9;
	uint64_t from = 9, to = 9;
	int pid = 9;
	const char *rest = trace_scan("Node 3, zone   DMA", "Node %u, zone ", &node);

	CU_ASSERT_PTR_NOT_NULL_FATAL(rest);
	CU_ASSERT_STRING_EQUAL(rest, "DMA");
	CU_ASSERT_EQUAL(node, 3);
	CU_ASSERT_PTR_NOT_NULL(
		trace_scan("  00100000-bfffffff : System", " %x-%x : ", &from, &to));
	CU_ASSERT(from == 0x100000 && to == 0xbfffffff);
	CU_ASSERT_PTR_NOT_NULL(trace_scan("-4711\tmake", "%d make", &pid));
	CU_ASSERT_EQUAL(pid, -4711);
	CU_ASSERT_PTR_NULL(trace_scan("node 3", "Node %u", &node));
	CU_ASSERT_PTR_NULL(trace_scan("Node", "Node %u", &node));
}

/* What sscanf() does here: node 0, pid 0, 2^64 - 1. */
static void a_number_too_large_for_its_type_is_no_number(void)
{
	unsigned node = 9;
	int pid = 9;
	uint64_t n = 9;

	CU_ASSERT_PTR_NULL(trace_scan("Node 4294967296, zone", "Node %u, zone", &node));
	CU_ASSERT_PTR_NULL(trace_scan("4294967296 make", "%d make", &pid));
	CU_ASSERT_PTR_NULL(trace_scan("-2147483649", "%d", &pid));
	CU_ASSERT_PTR_NULL(trace_scan("18446744073709551616", "%l", &n));
	CU_ASSERT(node == 9 && pid == 9 && n == 9);
	CU_ASSERT_PTR_NOT_NULL(trace_scan("4294967295", "%u", &node));
	CU_ASSERT_EQUAL(node, UINT_MAX);
	CU_ASSERT_PTR_NOT_NULL(trace_scan("-2147483648", "%d", &pid));
	CU_ASSERT_EQUAL(pid, INT_MIN);
}

static CU_TestInfo tests[] = {
	{ "a number is taken up to the most and not beyond",
	  a_number_is_taken_up_to_the_most_and_not_beyond },
	{ "a sign is taken where it may be", a_sign_is_taken_where_it_may_be },
	{ "a whole text has nothing but the number", a_whole_text_has_nothing_but_the_number },
	{ "a format reads a line and returns its rest",
	  a_format_reads_a_line_and_returns_its_rest },
	{ "a number too large for its type is no number",
	  a_number_too_large_for_its_type_is_no_number },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_scan", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
