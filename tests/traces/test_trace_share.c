#include "tests/traces/trace_sample.h"
#include "tests/unit.h"

/* Events decoded once are those that a reader of the file gets. */

#define EVENTS 20000

static char path[64];
static struct trace_reader *reader, *other;
static struct trace_share *share;
static struct trace_error err;

static void a_trace_and_its_share(void)
{
	sample_path(path, "share");
	CU_ASSERT_FATAL(sample_write(path, 7, EVENTS, 0, NULL, NULL, 0, &err));
	share = trace_share_new(path, UINT64_MAX);
	reader = trace_reader_open(path, &err);
	other = trace_reader_open(path, &err);
	CU_ASSERT_FATAL(share && reader && other);
}

static void drop(void)
{
	trace_reader_close(reader);
	trace_reader_close(other);
	trace_share_free(share);
	unlink(path);
}

/* Both from where they are to the end, in pieces of different sizes. */
static uint64_t same_to_the_end(void)
{
	struct trace_event a[130], b;
	uint64_t n = 0;
	long got;

	while ((got = trace_reader_next(reader, a, 130, &err)) > 0)
		for (long i = 0; i < got; i++, n++) {
			CU_ASSERT_EQUAL_FATAL(trace_reader_next(other, &b, 1, &err), 1);
			CU_ASSERT_EQUAL_FATAL(memcmp(&a[i], &b, sizeof(b)), 0);
			CU_ASSERT_STRING_EQUAL(trace_reader_gfp(reader, b.gfp),
					       trace_reader_gfp(other, b.gfp));
			CU_ASSERT_EQUAL(trace_reader_task(reader, b.task)->pid,
					trace_reader_task(other, b.task)->pid);
		}
	CU_ASSERT_EQUAL(got, 0);
	CU_ASSERT_EQUAL(trace_reader_next(other, &b, 1, &err), 0);
	return n;
}

static void a_reader_with_a_share_gives_the_events_of_its_file(void)
{
	CU_ASSERT_EQUAL(trace_share_events(share), EVENTS);
	CU_ASSERT(trace_share_attach(reader, share, &err));
	CU_ASSERT_EQUAL(same_to_the_end(), EVENTS);
	CU_ASSERT_PTR_EQUAL(trace_reader_end(reader, &err), NULL);
	CU_ASSERT_STRING_EQUAL(err.text, "");
}

static void several_readers_take_the_same_share(void)
{
	CU_ASSERT(trace_share_attach(reader, share, &err));
	CU_ASSERT(trace_share_attach(other, share, &err));
	CU_ASSERT_EQUAL(same_to_the_end(), EVENTS);
}

static void seeking_goes_back_to_the_file(void)
{
	CU_ASSERT(trace_share_attach(reader, share, &err));
	CU_ASSERT(trace_reader_seek_event(reader, 5000, &err));
	CU_ASSERT(trace_reader_seek_event(other, 5000, &err));
	CU_ASSERT_EQUAL(same_to_the_end(), EVENTS - 5000);
}

static void more_events_than_there_is_room_for_are_not_shared(void)
{
	struct trace_share *exact = trace_share_new(path, EVENTS * sizeof(struct trace_event));

	CU_ASSERT_PTR_NOT_NULL(exact);
	trace_share_free(exact);
	CU_ASSERT_PTR_NULL(trace_share_new(path, EVENTS * sizeof(struct trace_event) - 1));
}

static void a_damaged_trace_and_a_missing_one_are_not_shared(void)
{
	FILE *file = fopen(path, "r+");
	long size;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	fseek(file, size / 2, SEEK_SET);
	fputs("damage", file);
	fclose(file);
	CU_ASSERT_PTR_NULL(trace_share_new(path, UINT64_MAX));
	CU_ASSERT_PTR_NULL(trace_share_new("/no/such.pgt", UINT64_MAX));
}

/* Somebody has written another trace under that name since. */
static void a_file_that_changed_is_read_as_it_is_now(void)
{
	trace_reader_close(reader);
	trace_reader_close(other);
	CU_ASSERT_FATAL(sample_write(path, 8, EVENTS / 2, 0, NULL, NULL, 0, &err));
	reader = trace_reader_open(path, &err);
	other = trace_reader_open(path, &err);
	CU_ASSERT(trace_share_attach(reader, share, &err));
	CU_ASSERT_EQUAL(same_to_the_end(), EVENTS / 2);
}

static CU_TestInfo tests[] = {
	{ "a reader with a share gives the events of its file",
	  a_reader_with_a_share_gives_the_events_of_its_file },
	{ "several readers take the same share", several_readers_take_the_same_share },
	{ "seeking goes back to the file", seeking_goes_back_to_the_file },
	{ "more events than there is room for are not shared",
	  more_events_than_there_is_room_for_are_not_shared },
	{ "a damaged trace and a missing one are not shared",
	  a_damaged_trace_and_a_missing_one_are_not_shared },
	{ "a file that changed is read as it is now",
	  a_file_that_changed_is_read_as_it_is_now },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_share", NULL, NULL, a_trace_and_its_share, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
