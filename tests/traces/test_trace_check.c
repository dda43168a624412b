#include "tests/traces/trace_sample.h"
#include "tests/unit.h"
#include "traces/trace_live.h"

static char path[64], saved[64];
static struct trace_error err;
static struct trace_totals totals;

static int name_files(void)
{
	sample_path(path, "check");
	sample_path(saved, "saved");
	return 0;
}

static int remove_files(void)
{
	unlink(path);
	unlink(saved);
	return 0;
}

/* A file of these events: an object of each order 0 to 3 is allocated first. */
static bool file_of(const struct trace_event *events, size_t n)
{
	struct trace_header h = sample_header();
	struct trace_writer *w = trace_writer_open(path, &h, 0, &err);
	bool ok = w && sample_dictionaries(w, &err);

	for (uint8_t order = 0; ok && order < 4; order++) {
		struct trace_event e = { .kind = TRACE_ALLOC,
					 .object = order,
					 .order = order,
					 .pfn = TRACE_NO_PFN };

		ok = trace_writer_events(w, &e, 1, &err);
	}
	ok = ok && trace_writer_events(w, events, n, &err);
	return trace_writer_close(w, !ok, &err) && ok;
}

static struct trace_event part(uint64_t object, uint32_t offset, uint8_t order)
{
	return (struct trace_event){ .kind = TRACE_FREE,
				     .object = object,
				     .value = offset,
				     .order = order,
				     .node = TRACE_NODE_LOCAL };
}

static void objects_freed_in_parts_once_are_right(void)
{
	const struct trace_event e[] = { part(0, 0, 0), part(3, 4, 2), part(3, 0, 1),
					 part(3, 3, 0), part(3, 2, 0), part(2, 0, 2) };

	CU_ASSERT(file_of(e, ARRAY_SIZE(e)));
	CU_ASSERT(trace_check(path, NULL, &totals, &err));
	CU_ASSERT_EQUAL(totals.frees, 6);
	CU_ASSERT_EQUAL(totals.allocs, 4);
}

static void what_is_freed_twice_or_outside_is_found(void)
{
	static const char *const says[] = {
		"object 0, which is free", "frame 4 of object 3 a second",
		"object 2, which has 4",   "object 2, which has 4",
		"parts of which are free",
	};
	const struct trace_event e[][3] = {
		{ part(1, 0, 1), part(0, 0, 0), part(0, 0, 0) },
		{ part(1, 0, 1), part(3, 4, 0), part(3, 4, 2) },
		{ part(1, 0, 1), part(0, 0, 0), part(2, 0, 3) },
		{ part(1, 0, 1), part(0, 0, 0), part(2, 1, 1) },
		{ part(1, 0, 1), part(2, 2, 0), part(2, 0, 2) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(says); i++) {
		CU_ASSERT(file_of(e[i], 3));
		CU_ASSERT_FALSE(trace_check(path, NULL, &totals, &err));
		CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "block 0 (byte "));
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "event 6: "));
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, says[i]));
	}
}

/* Against a plain array of counters. */
static void live_objects_are_told_from_dead_ones_however_many_there_are(void)
{
	enum { N = 20000 };
	static uint8_t alive[N];
	struct trace_live l = { 0 };
	struct sample s = { .seed = 9 };
	uint64_t count = 0;

	for (uint32_t i = 0; i < 400000; i++) {
		uint64_t object = sample_random(&s) % N;

		if (alive[object]) {
			CU_ASSERT_EQUAL_FATAL(
				trace_live_remove(&l, object, alive[object] == 2, 0, &err),
				true);
			alive[object]--;
			count -= !alive[object];
		} else if (sample_random(&s) % 3) {
			CU_ASSERT_FATAL(trace_live_add(&l, object, 1, &err));
			alive[object] = 2;
			count++;
		} else {
			CU_ASSERT_EQUAL_FATAL(trace_live_remove(&l, object, 0, 1, &err), false);
		}
		CU_ASSERT_EQUAL_FATAL(l.count, count);
	}
	trace_live_free(&l);
}

static uint64_t offset_of_block(unsigned number)
{
	const char *at;
	char place[32];

	snprintf(place, sizeof(place), "block %u (byte ", number);
	at = strstr(err.text, place);
	return at ? strtoull(at + strlen(place), NULL, 10) : 0;
}

static void salvaging_keeps_the_whole_blocks_before_the_damage(void)
{
	struct trace_reader *a, *b;
	struct trace_event x[500], y[500];
	struct trace_totals t;
	long n, same = 0;

	CU_ASSERT_FATAL(sample_write(path, 8, 200000, 40000, NULL, NULL, 3, &err));
	CU_ASSERT_EQUAL(truncate(path, 1500000), 0);
	CU_ASSERT_FALSE(trace_check(path, saved, &totals, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "; 2 whole blocks with 131072 events"));
	CU_ASSERT(offset_of_block(2) > 100000);
	CU_ASSERT_FATAL(trace_check(saved, NULL, &t, &err));
	CU_ASSERT_EQUAL(t.events, 131072);
	CU_ASSERT(t.truths > 0);
	a = trace_reader_open(path, &err);
	b = trace_reader_open(saved, &err);
	CU_ASSERT_FATAL(a && b);
	while ((n = trace_reader_next(b, y, 500, &err)) > 0) {
		CU_ASSERT_EQUAL_FATAL(trace_reader_next(a, x, (size_t)n, &err), n);
		CU_ASSERT_EQUAL_FATAL(memcmp(x, y, (size_t)n * sizeof(*x)), 0);
		same += n;
	}
	CU_ASSERT_EQUAL(same, 131072);
	trace_reader_close(a);
	trace_reader_close(b);
}

static void nothing_is_saved_of_a_file_that_is_whole(void)
{
	unlink(saved);
	CU_ASSERT(sample_write(path, 8, 100, 0, NULL, NULL, 3, &err));
	CU_ASSERT(trace_check(path, saved, &totals, &err));
	CU_ASSERT_EQUAL(access(saved, F_OK), -1);
}

static CU_TestInfo tests[] = {
	{ "objects freed in parts, once, are right", objects_freed_in_parts_once_are_right },
	{ "what is freed twice or outside is found", what_is_freed_twice_or_outside_is_found },
	{ "live objects are told from dead ones however many there are",
	  live_objects_are_told_from_dead_ones_however_many_there_are },
	{ "salvaging keeps the whole blocks before the damage",
	  salvaging_keeps_the_whole_blocks_before_the_damage },
	{ "nothing is saved of a file that is whole",
	  nothing_is_saved_of_a_file_that_is_whole },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_check", name_files, remove_files, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
