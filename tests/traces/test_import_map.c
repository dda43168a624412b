/*
 * Recordings that get shorter, or whose reading process is ended, while they are imported: the
 * watch, which is called in the middle, does that.
 */
#include <signal.h>
#include <zstd.h>

#include "tests/traces/import_fixture.h"

#define LINES 150000 /* the watch is called every 65536 */

static struct fixture f;
static long long keep; /* bytes that the file is cut off to */
static unsigned calls;

static void a_recording_of_many_lines(void)
{
	fixture_new(&f);
	f.o.state_dir = NULL;
	for (unsigned i = 0; i < LINES; i++)
		fixture_alloc(&f, 0, i % FRAMES, 0);
	fflush(f.trace);
	fixture_put(&f, "rec.txt", f.text, f.size);
	f.o.allow_missed = true;
	calls = 0;
}

static void drop(void)
{
	fixture_free_all(&f);
}

/* ---- what happens in the middle --------------------------------------------------------- */

static bool cut_off(void *ctx, uint64_t done, uint64_t all)
{
	(void)ctx;
	(void)done;
	(void)all;
	if (calls++ == 0)
		CU_ASSERT_EQUAL(truncate(f.o.input, keep), 0);
	return true;
}

static bool end_the_reader(void *ctx, uint64_t done, uint64_t all)
{
	char path[64];
	int pid = 0;
	FILE *in;

	(void)ctx;
	(void)done;
	(void)all;
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	in = fopen(path, "r");
	if (in && fscanf(in, "%d", &pid) == 1 && calls++ == 0)
		CU_ASSERT_EQUAL(kill(pid, SIGTERM), 0);
	if (in)
		fclose(in);
	return true;
}

/* ---- the tests -------------------------------------------------------------------------- */

static void refused(const char *why)
{
	struct sigaction before, after;
	struct trace_error err = { 0 };
	struct trace_import_report *r;

	sigaction(SIGBUS, NULL, &before);
	r = trace_import(&f.o, &err);
	CU_ASSERT_PTR_NULL(r);
	trace_import_report_free(r);
	CU_ASSERT_EQUAL(err.kind, TRACE_SYSTEM);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, why));
	CU_ASSERT_NOT_EQUAL(access(f.output, F_OK), 0);
	sigaction(SIGBUS, NULL, &after);
	CU_ASSERT_TRUE(before.sa_handler == after.sa_handler);
}

static void a_file_left_alone_is_imported(void)
{
	struct trace_error err = { 0 };
	struct trace_import_report *r = trace_import(&f.o, &err);

	CU_ASSERT_PTR_NOT_NULL(r);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	trace_import_report_free(r);
}

/* Pages are missing: SIGBUS, if nobody catches it. */
static void a_text_cut_off_in_the_middle_is_no_crash(void)
{
	keep = (long long)f.size * 3 / 4;
	f.o.watch = cut_off;
	refused("rec.txt: a file that is read was cut off meanwhile");
	CU_ASSERT_TRUE(calls > 0);
}

/* The bytes behind the end of its last page read as zeros, without a signal. */
static void a_text_that_loses_its_last_line_is_not_taken_for_a_whole_one(void)
{
	keep = (long long)f.size - 100;
	f.o.watch = cut_off;
	refused("rec.txt: a file that is read was cut off meanwhile");
}

/* 500,000 events of two cpus: the reader cannot be far ahead of what it has told. */
static void unpack_the_recording(void)
{
	static const char path[] = "tests/traces/data/vm-fragment.trace.dat.zst";
	size_t room = (size_t)16 << 20, size, n;
	char *packed = malloc(room), *data;
	FILE *in = fopen(path, "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	n = fread(packed, 1, room, in);
	fclose(in);
	size = (size_t)ZSTD_getFrameContentSize(packed, n);
	data = malloc(size);
	CU_ASSERT_EQUAL_FATAL(ZSTD_decompress(data, size, packed, n), size);
	fixture_put(&f, "rec.txt", data, size);
	keep = (long long)size / 2;
	free(packed);
	free(data);
}

static void a_trace_dat_cut_off_in_the_middle_is_not_called_damaged(void)
{
	unpack_the_recording();
	f.o.watch = cut_off;
	refused("was cut off");
}

static void a_reader_that_was_ended_is_no_damaged_file(void)
{
	unpack_the_recording();
	f.o.watch = end_the_reader;
	refused("rec.txt: the process that read it was ended by signal 15");
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(a_file_left_alone_is_imported),
	T(a_text_cut_off_in_the_middle_is_no_crash),
	T(a_text_that_loses_its_last_line_is_not_taken_for_a_whole_one),
	T(a_trace_dat_cut_off_in_the_middle_is_not_called_damaged),
	T(a_reader_that_was_ended_is_no_damaged_file),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import_map", NULL, NULL, a_recording_of_many_lines, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
