#include "traces/trace_numbers.h"

#include "tests/unit.h"

/* Joins a column as trace_section.c does, decodes it and compares. */
static bool survives(const uint64_t *v, size_t n)
{
	struct trace_numbers_out out = { 0 };
	struct trace_bytes all = { 0 };
	struct trace_numbers_in in;
	uint64_t *back = calloc(n + 1, sizeof(*back));
	bool same;

	trace_numbers_reset(&out);
	for (size_t i = 0; i < n; i++)
		trace_numbers_put(&out, v[i]);
	trace_numbers_finish(&out);
	trace_bytes_varint(&all, n);
	trace_bytes_put(&all, out.classes.data, out.classes.len);
	trace_bytes_put(&all, out.bits.data, out.bits.len);
	trace_bytes_reserve(&all, 1);
	same = trace_numbers_open(&in, all.data, all.len) && in.left == n;
	if (same)
		trace_numbers_read(&in, back, n);
	for (size_t i = 0; same && i < n; i++)
		same = back[i] == v[i];
	/* One byte more or less is noticed. */
	same = same && !trace_numbers_open(&in, all.data, all.len - 1) &&
	       (!out.bits.len || !trace_numbers_open(&in, all.data, all.len + 1));
	trace_numbers_free(&out);
	trace_bytes_free(&all);
	free(back);
	return same;
}

static void numbers_around_every_power_of_two_survive(void)
{
	uint64_t v[64 * 7];
	size_t n = 0;

	for (unsigned bit = 0; bit < 64; bit++)
		for (uint64_t d = 0; d < 7; d++)
			v[n++] = (UINT64_C(1) << bit) + d - 3;
	CU_ASSERT(survives(v, n));
	for (size_t i = 0; i < n; i++)
		CU_ASSERT(survives(v + i, 1));
}

static void the_largest_numbers_survive_at_every_bit_position(void)
{
	for (uint64_t shift = 0; shift < 8; shift++) {
		uint64_t v[8] = { UINT64_C(16) << shift, UINT64_MAX, 0,  UINT64_MAX - 1,
				  UINT64_MAX >> 1,       15,         16, UINT64_MAX };

		CU_ASSERT(survives(v, 8));
	}
}

static void the_class_is_what_the_specification_says(void)
{
	static const struct {
		uint64_t v;
		uint8_t class;
		unsigned extra;
	} table[] = {
		{ 0, 0, 0 },      { 15, 15, 0 },
		{ 16, 16, 2 },    { 19, 16, 2 },
		{ 20, 17, 2 },    { 31, 19, 2 },
		{ 32, 20, 3 },    { 1000, 16 + 4 * 5 + 3, 7 },
		{ 4096, 48, 10 }, { UINT64_MAX, 255, 61 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct trace_numbers_out out = { 0 };

		trace_numbers_put(&out, table[i].v);
		CU_ASSERT_EQUAL(out.classes.data[0], table[i].class);
		CU_ASSERT_EQUAL(trace_numbers_extra(table[i].class), table[i].extra);
		CU_ASSERT_EQUAL(trace_numbers_base(table[i].class),
				table[i].v >> table[i].extra << table[i].extra);
		trace_numbers_free(&out);
	}
}

static void zigzag_keeps_small_distances_small_in_both_directions(void)
{
	CU_ASSERT_EQUAL(trace_bytes_zigzag(5, 5), 0);
	CU_ASSERT_EQUAL(trace_bytes_zigzag(5, 4), 1);
	CU_ASSERT_EQUAL(trace_bytes_zigzag(5, 6), 2);
	CU_ASSERT_EQUAL(trace_bytes_zigzag(0, UINT64_MAX), 1);
	CU_ASSERT_EQUAL(trace_bytes_unzigzag(7, trace_bytes_zigzag(7, UINT64_MAX / 2)),
			UINT64_MAX / 2);
	CU_ASSERT_EQUAL(trace_bytes_unzigzag(UINT64_MAX, trace_bytes_zigzag(UINT64_MAX, 3)), 3);
}

static void a_varint_that_never_ends_or_is_too_long_is_bad(void)
{
	static const uint8_t endless[3] = { 0x80, 0x80, 0x80 };
	static const uint8_t most[10] = { 0xff, 0xff, 0xff, 0xff, 0xff,
					  0xff, 0xff, 0xff, 0xff, 0x01 };
	static const uint8_t above[10] = { 0xff, 0xff, 0xff, 0xff, 0xff,
					   0xff, 0xff, 0xff, 0xff, 0x02 };
	struct trace_bytes_in in = { .at = endless, .end = endless + 3 };

	trace_bytes_in_varint(&in);
	CU_ASSERT(in.bad);
	in = (struct trace_bytes_in){ .at = most, .end = most + 10 };
	CU_ASSERT_EQUAL(trace_bytes_in_varint(&in), UINT64_MAX);
	CU_ASSERT(!in.bad);
	in = (struct trace_bytes_in){ .at = above, .end = above + 10 };
	trace_bytes_in_varint(&in);
	CU_ASSERT(in.bad);
}

static CU_TestInfo tests[] = {
	{ "numbers around every power of two survive",
	  numbers_around_every_power_of_two_survive },
	{ "the largest numbers survive at every bit position",
	  the_largest_numbers_survive_at_every_bit_position },
	{ "the class is what the specification says",
	  the_class_is_what_the_specification_says },
	{ "zigzag keeps small distances small in both directions",
	  zigzag_keeps_small_distances_small_in_both_directions },
	{ "a varint that never ends or is too long is bad",
	  a_varint_that_never_ends_or_is_too_long_is_bad },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_numbers", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
