/* The types of pageblocks where a part of a trace begins. */
#include "tests/traces/trace_sample.h"
#include "tests/unit.h"

#define PART 50 /* the time at which it begins; event i is at time i */
#define EVENTS 100

static char path[64], part[64];
static struct trace_error err;
static uint8_t types[] = { 0, 1, 1, 2, 1, 1, 1, 1 };

static struct trace_truth steal(uint64_t time, uint64_t pfn, int64_t order, int type,
				bool whole)
{
	return (struct trace_truth){ .time = time,
				     .kind = TRACE_TRUTH_EXTFRAG,
				     .pfn = pfn,
				     .type = (int8_t)type,
				     .value = { order, 0, whole } };
}

/* Marks on an empty machine, and truth. */
static bool write_trace(const struct trace_truth *truths, size_t n)
{
	struct trace_header h = sample_header();
	struct trace_state start = { .block_type = types, .nblocks = ARRAY_SIZE(types) };
	struct trace_writer *w = trace_writer_open(path, &h, 0, &err);
	bool ok = w && trace_writer_state(w, &start, &err) && sample_dictionaries(w, &err);

	for (uint64_t i = 0; ok && i < EVENTS; i++) {
		struct trace_event e = { .kind = TRACE_MARK,
					 .time = i,
					 .object = TRACE_NO_OBJECT,
					 .pfn = TRACE_NO_PFN,
					 .node = TRACE_NODE_LOCAL };

		ok = trace_writer_events(w, &e, 1, &err);
	}
	ok = ok && trace_writer_truth(w, truths, n, &err);
	return w && trace_writer_close(w, !ok, &err) && ok;
}

/* The types with which the part begins. Its truth is that of its own time: `truth`. */
static void part_begins_with(const uint8_t want[ARRAY_SIZE(types)], uint64_t truth_pfn)
{
	struct trace_cut_options o = {
		.output = part, .from_time = PART, .to_time = UINT64_MAX, .last = UINT64_MAX
	};
	struct trace_cut_report report;
	const struct trace_state *s;
	struct trace_reader *r;
	struct trace_truth t;

	CU_ASSERT_FATAL(trace_cut(path, &o, &report, &err));
	CU_ASSERT_EQUAL(report.events, EVENTS - PART);
	r = trace_reader_open(part, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	s = trace_reader_state(r, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	CU_ASSERT_EQUAL_FATAL(s->nblocks, ARRAY_SIZE(types));
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		CU_ASSERT_EQUAL(s->block_type[i], want[i]);
	CU_ASSERT_EQUAL(trace_reader_next_truth(r, &t, 1, &err), 1);
	CU_ASSERT_EQUAL(t.pfn, truth_pfn);
	CU_ASSERT_EQUAL(trace_reader_next_truth(r, &t, 1, &err), 0);
	trace_reader_close(r);
}

static void pageblocks_taken_whole_before_a_part_have_their_new_type_in_it(void)
{
	static const uint8_t want[] = { 2, 1, 0, 0, 1, 1, 1, 0 };
	const struct trace_truth truths[] = {
		steal(1, 0, 4, 2, true),
		steal(1, 2 * TRACE_PAGEBLOCK + 17, 10, 0, true), /* two of them */
		steal(1, 7 * TRACE_PAGEBLOCK, 10, 0, true), /* the second is behind the end */
		steal(PART, 6 * TRACE_PAGEBLOCK, 4, 2, true),
	};

	CU_ASSERT_FATAL(write_trace(truths, ARRAY_SIZE(truths)));
	part_begins_with(want, 6 * TRACE_PAGEBLOCK);
}

static void the_last_of_several_types_holds(void)
{
	static const uint8_t want[] = { 0, 1, 1, 2, 0, 1, 1, 1 };
	const struct trace_truth truths[] = {
		steal(1, 4 * TRACE_PAGEBLOCK, 9, 2, true),
		steal(PART - 1, 4 * TRACE_PAGEBLOCK, 9, 0, true),
		steal(PART, 4 * TRACE_PAGEBLOCK, 9, 1, true),
	};

	CU_ASSERT_FATAL(write_trace(truths, ARRAY_SIZE(truths)));
	part_begins_with(want, 4 * TRACE_PAGEBLOCK);
}

static void what_takes_no_pageblock_whole_leaves_the_types_as_they_were(void)
{
	struct trace_truth truths[] = {
		steal(1, 5 * TRACE_PAGEBLOCK, 4, 2, false), /* a block of it alone */
		steal(2, 5 * TRACE_PAGEBLOCK, 4, -1, true), /* of a type that is not known */
		steal(3, TRACE_NO_PFN, 4, 2, true),
		steal(4, 3 * TRACE_PAGEBLOCK, 4, 0, true),
		steal(PART, 0, 4, 2, true),
	};

	truths[3].kind = TRACE_TRUTH_KINDS - 1;
	CU_ASSERT_NOT_EQUAL(truths[3].kind, TRACE_TRUTH_EXTFRAG);
	CU_ASSERT_FATAL(write_trace(truths, ARRAY_SIZE(truths)));
	part_begins_with(types, 0);
}

static int name_files(void)
{
	sample_path(path, "types");
	sample_path(part, "types-part");
	return 0;
}

static int drop(void)
{
	unlink(part);
	return unlink(path);
}

static CU_TestInfo tests[] = {
	{ "pageblocks taken whole before a part have their new type in it",
	  pageblocks_taken_whole_before_a_part_have_their_new_type_in_it },
	{ "the last of several types holds", the_last_of_several_types_holds },
	{ "what takes no pageblock whole leaves the types as they were",
	  what_takes_no_pageblock_whole_leaves_the_types_as_they_were },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_cut_types", name_files, drop, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
