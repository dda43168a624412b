/* Readers and writers that are asked to stop. */
#include <signal.h>

#include "tests/traces/trace_sample.h"
#include "tests/unit.h"

#define EVENTS 100000

static volatile sig_atomic_t asked;
static char path[64], other[64], digest[33];
static struct trace_error err;
static struct trace_event events[4096];

static int write_sample(void)
{
	sample_path(path, "stop");
	sample_path(other, "stop-other");
	return !sample_write(path, 11, EVENTS, 100, NULL, NULL, 0, &err);
}

static int drop(void)
{
	return unlink(path);
}

static void begin(void)
{
	asked = 0;
	trace_stop_when(&asked);
}

static void end(void)
{
	trace_stop_when(NULL);
}

static void is_stopped(void)
{
	CU_ASSERT_EQUAL(err.kind, TRACE_STOPPED);
	CU_ASSERT_STRING_EQUAL(err.text, "interrupted"); /* without a place: it is no damage */
}

/* Reads to the end; -1 when that failed. */
static int64_t count(struct trace_reader *r)
{
	int64_t n = 0;
	long got;

	while ((got = trace_reader_next(r, events, ARRAY_SIZE(events), &err)) > 0)
		n += got;
	return got < 0 ? -1 : n;
}

static void reading_goes_on_until_it_is_asked_to_stop(void)
{
	struct trace_reader *r = trace_reader_open(path, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL(trace_reader_next(r, events, 1, &err), 1);
	asked = 1;
	CU_ASSERT_EQUAL(count(r), -1);
	is_stopped();
	trace_reader_close(r);
}

static void what_is_asked_before_stops_the_opening_and_the_digest(void)
{
	asked = 1;
	CU_ASSERT_PTR_NULL(trace_reader_open(path, &err));
	is_stopped();
	CU_ASSERT_FALSE(trace_reader_digest(path, digest, &err));
	is_stopped();
}

static void a_part_that_is_stopped_leaves_no_file(void)
{
	struct trace_cut_options o = { .output = other,
				       .to_time = UINT64_MAX,
				       .last = UINT64_MAX };
	struct trace_cut_report report;

	asked = 1;
	CU_ASSERT_FALSE(trace_cut(path, &o, &report, &err));
	is_stopped();
	CU_ASSERT_NOT_EQUAL(access(other, F_OK), 0);
}

static void a_check_that_is_stopped_salvages_nothing(void)
{
	struct trace_totals totals;

	asked = 1;
	CU_ASSERT_FALSE(trace_check(path, other, &totals, &err));
	is_stopped();
	CU_ASSERT_NOT_EQUAL(access(other, F_OK), 0);
}

static void without_a_flag_nothing_stops(void)
{
	struct trace_reader *r;

	asked = 1;
	trace_stop_when(NULL);
	r = trace_reader_open(path, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL(count(r), EVENTS);
	trace_reader_close(r);
}

static CU_TestInfo tests[] = {
	{ "reading goes on until it is asked to stop",
	  reading_goes_on_until_it_is_asked_to_stop },
	{ "what is asked before stops the opening and the digest",
	  what_is_asked_before_stops_the_opening_and_the_digest },
	{ "a part that is stopped leaves no file", a_part_that_is_stopped_leaves_no_file },
	{ "a check that is stopped salvages nothing",
	  a_check_that_is_stopped_salvages_nothing },
	{ "without a flag nothing stops", without_a_flag_nothing_stops },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_stop", write_sample, drop, begin, end, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
