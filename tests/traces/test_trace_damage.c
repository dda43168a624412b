#include "tests/traces/trace_sample.h"
#include "tests/unit.h"
#include "traces/trace_header.h"
#include "traces/trace_json.h"

static char path[64], bad[64];
static uint8_t *bytes;
static size_t size;
static struct trace_error err;
static struct trace_totals totals;

static bool load(const char *from)
{
	FILE *f = fopen(from, "rb");

	bytes = malloc(1 << 20);
	if (!f || !bytes)
		return false;
	size = fread(bytes, 1, 1 << 20, f);
	fclose(f);
	return size > 0;
}

static int make(void)
{
	static struct trace_used used[50];
	static struct trace_free free_block[1] = { { 0, 10, 1 } };
	struct trace_state state = {
		.used = used, .nused = 50, .free = free_block, .nfree = 1
	};
	struct trace_zone_free zone[1] = { { .name = "DMA" } };
	struct trace_end end = { 1, zone, zone };

	for (unsigned i = 0; i < 50; i++)
		used[i] = (struct trace_used){ 2000 + i, 0, TRACE_USE_LRU };
	sample_path(path, "damage");
	sample_path(bad, "bad");
	return !sample_write(path, 5, 700, 60, &state, &end, 3, &err) || !load(path);
}

static int drop(void)
{
	free(bytes);
	unlink(bad);
	return unlink(path);
}

static void write_bad(const void *data, size_t n)
{
	FILE *f = fopen(bad, "wb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fwrite(data, 1, n, f), n);
	fclose(f);
}

/* One sentence with the file and a place, and the right kind. */
static bool well_said(void)
{
	return err.kind == TRACE_BAD_DATA && strstr(err.text, bad) == err.text &&
	       strlen(err.text) > strlen(bad) + 10 && !strchr(err.text, '\n');
}

static void a_file_cut_off_anywhere_is_refused(void)
{
	for (size_t n = 0; n < size; n += n < 64 || n + 64 > size ? 1 : 29) {
		write_bad(bytes, n);
		CU_ASSERT_FALSE(trace_check(bad, NULL, &totals, &err));
		CU_ASSERT(well_said());
	}
	write_bad(bytes, size);
	CU_ASSERT(trace_check(bad, NULL, &totals, &err));
}

static void a_file_with_a_wrong_byte_is_refused(void)
{
	for (size_t at = 0; at < size; at += at < 64 || at + 64 > size ? 1 : 23) {
		bytes[at] ^= 0xff;
		write_bad(bytes, size);
		bytes[at] ^= 0xff;
		CU_ASSERT_FALSE(trace_check(bad, NULL, &totals, &err));
		CU_ASSERT(well_said());
	}
}

/* Also those who only read, and do not check, are never given wrong events. */
static void a_reader_gives_no_event_of_a_block_with_a_wrong_byte(void)
{
	struct trace_event good[700], got[700];
	struct trace_reader *r = trace_reader_open(path, &err);

	CU_ASSERT_FATAL(r && trace_reader_next(r, good, 700, &err) == 700);
	trace_reader_close(r);
	for (size_t at = 0; at < size; at += 17) {
		long n = -1;

		bytes[at] ^= 0x10;
		write_bad(bytes, size);
		bytes[at] ^= 0x10;
		r = trace_reader_open(bad, &err);
		if (r)
			n = trace_reader_next(r, got, 700, &err);
		CU_ASSERT(n == -1 || (n == 700 && !memcmp(good, got, sizeof(got))));
		trace_reader_close(r);
	}
}

/* zstd itself passes over a bit or two that mean nothing; then nothing is lost either. */
static void a_file_with_a_wrong_bit_is_refused_or_unharmed(void)
{
	char want[33], got[33];

	CU_ASSERT(trace_reader_digest(path, want, &err));
	for (size_t at = 0; at < size; at += at < 64 || at + 64 > size ? 1 : 31) {
		uint8_t bit = (uint8_t)(1u << at % 8);

		bytes[at] ^= bit;
		write_bad(bytes, size);
		bytes[at] ^= bit;
		if (trace_check(bad, NULL, &totals, &err)) {
			CU_ASSERT(trace_reader_digest(bad, got, &err));
			CU_ASSERT_STRING_EQUAL(got, want);
		}
	}
}

static void what_is_no_trace_is_refused_when_it_is_opened(void)
{
	static const struct {
		const char *text, *says;
	} table[] = {
		{ "", "empty" },
		{ "abc", "cut off" },
		{ "hello, world\n", "68 65 6c 6c" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		write_bad(table[i].text, strlen(table[i].text));
		CU_ASSERT_PTR_NULL(trace_reader_open(bad, &err));
		CU_ASSERT(well_said());
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, table[i].says));
	}
	unlink(bad);
	CU_ASSERT_PTR_NULL(trace_reader_open(bad, &err));
	CU_ASSERT(well_said());
	CU_ASSERT_PTR_NULL(trace_reader_open("/tmp", &err));
	CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
}

/* A header alone, with one key changed or added. */
static bool header_is_read(const char *key, json_t *value)
{
	struct trace_header h = sample_header(), back;
	struct trace_frame_bytes frame = { 0 };
	json_t *o;
	bool ok;

	CU_ASSERT(trace_header_encode(&h, false, &frame, &err));
	o = json_loadb((char *)frame.bytes.data, frame.bytes.len, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(o);
	json_object_set_new(o, key, value);
	trace_bytes_free(&frame.bytes);
	CU_ASSERT(trace_json_frame(o, &frame, &err));
	ok = trace_header_decode(&back, &frame.bytes, &err);
	if (ok)
		trace_header_free(&back);
	trace_bytes_free(&frame.bytes);
	return ok;
}

static void unknown_header_keys_are_passed_over_and_unknown_versions_refused(void)
{
	CU_ASSERT(header_is_read("later", json_pack("{s:[i,i]}", "new", 1, 2)));
	CU_ASSERT(header_is_read("minor", json_integer(7)));
	CU_ASSERT_FALSE(header_is_read("major", json_integer(99)));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "99.1"));
	CU_ASSERT_FALSE(header_is_read("cpus", json_integer(0)));
	CU_ASSERT_FALSE(header_is_read("cpus", json_integer(-1)));
	CU_ASSERT_FALSE(header_is_read("cpus", json_integer(3)));
	CU_ASSERT_FALSE(header_is_read("zones", json_integer(3)));
	CU_ASSERT_FALSE(header_is_read("distance", json_pack("[i]", 10)));
	CU_ASSERT_FALSE(header_is_read("pgt", json_string("other")));
	CU_ASSERT_FALSE(header_is_read("clock", json_pack("{s:s,s:i}", "unit", "s", "hz", 1)));
}

/* ---- the writing side ------------------------------------------------------------------ */

static struct trace_writer *writer(void)
{
	struct trace_header h = sample_header();
	struct trace_writer *w = trace_writer_open(bad, &h, 0, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(w);
	CU_ASSERT(sample_dictionaries(w, &err));
	return w;
}

static bool leftovers(void)
{
	char command[200];

	snprintf(command, sizeof(command), "ls %s* >/dev/null 2>&1", bad);
	return system(command) == 0;
}

static void wrong_events_are_refused_and_nothing_is_left(void)
{
	static const struct trace_event good = { .pfn = 1, .node = TRACE_NODE_LOCAL };
	struct trace_event wrong[11];

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		wrong[i] = good;
	wrong[0].object = 1;
	wrong[1].order = 11;
	wrong[2].cpu = SAMPLE_CPUS;
	wrong[3].gfp = SAMPLE_GFPS;
	wrong[4].task = SAMPLE_TASKS;
	wrong[5].kind = TRACE_KINDS;
	wrong[6].node = 2;
	wrong[7].kind = TRACE_FREE; /* object 0 is not yet allocated */
	wrong[8].time = UINT64_MAX;
	wrong[9].kind = TRACE_MARK;
	wrong[9].object = TRACE_NO_OBJECT;
	wrong[9].value = 2;
	wrong[10].kind = TRACE_ALLOC_FAILED;
	wrong[10].flags = TRACE_FALLBACK;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct trace_writer *w = writer();

		CU_ASSERT_FALSE(trace_writer_events(w, &wrong[i], 1, &err));
		CU_ASSERT(strstr(err.text, "event 0: ") != NULL);
		CU_ASSERT_FALSE(trace_writer_close(w, false, &err));
		CU_ASSERT_FALSE(leftovers());
	}
}

static void ranges_of_pageblocks_begin_and_end_where_there_are_frames(void)
{
	static const struct trace_event range = { .kind = TRACE_ISOLATE,
						  .object = TRACE_NO_OBJECT,
						  .pfn = 4096,
						  .value = 1,
						  .node = TRACE_NODE_LOCAL };
	static const char *const why[] = {
		"isolation has no object",
		"its page frame begins no pageblock",
		"its page frame begins no pageblock",
		"its number of pageblocks is out of range",
		"its number of pageblocks is out of range",
		"its number of pageblocks is out of range",
	};
	struct trace_event e[7] = { { .pfn = 1, .node = TRACE_NODE_LOCAL } };
	struct trace_writer *w;

	for (size_t i = 1; i < ARRAY_SIZE(e); i++)
		e[i] = range;
	e[1].object = 0;
	e[2].pfn = TRACE_NO_PFN;
	e[3].pfn = 4096 + 256;
	e[4].value = 0;
	e[5].value = TRACE_MOST_PAGEBLOCKS + 1;
	e[6].pfn = (UINT64_C(1) << 52) - 512;
	e[6].value = 2;
	for (size_t i = 0; i < ARRAY_SIZE(why); i++)
		for (unsigned kind = TRACE_ISOLATE; kind <= TRACE_UNISOLATE; kind++) {
			w = writer();
			CU_ASSERT(trace_writer_events(w, &e[0], 1, &err));
			e[i + 1].kind = (uint8_t)kind;
			CU_ASSERT_FALSE(trace_writer_events(w, &e[i + 1], 1, &err));
			CU_ASSERT_PTR_NOT_NULL(strstr(err.text, why[i]));
			CU_ASSERT(trace_writer_close(w, true, &err));
		}
	e[6].value = 1;
	w = writer();
	CU_ASSERT(trace_writer_events(w, &e[6], 1, &err));
	CU_ASSERT(trace_writer_close(w, true, &err));
}

static void isolation_stands_in_files_of_version_1_1_alone(void)
{
	static const struct trace_event range = { .kind = TRACE_UNISOLATE,
						  .object = TRACE_NO_OBJECT,
						  .pfn = 4096,
						  .value = 1,
						  .node = TRACE_NODE_LOCAL };
	struct trace_header h = sample_header();
	struct trace_reader *r;
	struct trace_writer *w;

	h.minor = 0;
	w = trace_writer_open(bad, &h, 0, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w);
	CU_ASSERT(sample_dictionaries(w, &err));
	CU_ASSERT_FALSE(trace_writer_events(w, &range, 1, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "needs a file of version 1.1"));
	CU_ASSERT(trace_writer_close(w, true, &err));
	/* A version that is not known yet is not claimed. */
	h.minor = 7;
	w = trace_writer_open(bad, &h, 0, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w);
	CU_ASSERT(sample_dictionaries(w, &err));
	CU_ASSERT(trace_writer_events(w, &range, 1, &err));
	CU_ASSERT(trace_writer_close(w, false, &err));
	r = trace_reader_open(bad, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL(trace_reader_header(r)->minor, 1);
	trace_reader_close(r);
	unlink(bad);
}

static void time_never_goes_back_and_freed_parts_stay_inside_the_largest_object(void)
{
	struct trace_event e[2] = { { .time = 5, .pfn = 1 }, { .time = 4, .object = 1 } };
	struct trace_writer *w = writer();

	CU_ASSERT_FALSE(trace_writer_events(w, e, 2, &err));
	CU_ASSERT(strstr(err.text, "event 1: ") != NULL);
	CU_ASSERT(trace_writer_close(w, true, &err));
	e[1] = (struct trace_event){ .time = 5, .kind = TRACE_FREE, .value = 1024 };
	w = writer();
	CU_ASSERT_FALSE(trace_writer_events(w, e, 2, &err));
	CU_ASSERT(trace_writer_close(w, true, &err));
	CU_ASSERT_FALSE(leftovers());
}

static void an_abandoned_file_leaves_nothing(void)
{
	struct trace_writer *w = writer();
	struct trace_event e = { .pfn = 1 };

	CU_ASSERT(trace_writer_events(w, &e, 1, &err));
	CU_ASSERT(leftovers());
	CU_ASSERT(trace_writer_close(w, true, &err));
	CU_ASSERT_FALSE(leftovers());
}

static void a_full_disk_is_trouble_of_the_machine(void)
{
	struct trace_header h = sample_header();
	struct trace_writer *w = trace_writer_open("/dev/full", &h, 0, &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(w);
	CU_ASSERT_FALSE(trace_writer_close(w, false, &err));
	CU_ASSERT_EQUAL(err.kind, TRACE_SYSTEM);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/dev/full"));
	CU_ASSERT_PTR_NULL(trace_writer_open("/nowhere/at/all.pgt", &h, 0, &err));
	CU_ASSERT_EQUAL(err.kind, TRACE_SYSTEM);
}

static void an_older_file_stays_when_a_new_one_fails(void)
{
	struct trace_event e = { .order = 11 };
	struct trace_writer *w;

	write_bad("old", 3);
	w = writer();
	CU_ASSERT_FALSE(trace_writer_events(w, &e, 1, &err));
	CU_ASSERT_FALSE(trace_writer_close(w, false, &err));
	CU_ASSERT_EQUAL(system("test \"$(cat /tmp/pagesim-bad-*.pgt)\" = old"), 0);
}

static CU_TestInfo tests[] = {
	{ "a file cut off anywhere is refused", a_file_cut_off_anywhere_is_refused },
	{ "a file with a wrong byte is refused", a_file_with_a_wrong_byte_is_refused },
	{ "a reader gives no event of a block with a wrong byte",
	  a_reader_gives_no_event_of_a_block_with_a_wrong_byte },
	{ "a file with a wrong bit is refused or unharmed",
	  a_file_with_a_wrong_bit_is_refused_or_unharmed },
	{ "what is no trace is refused when it is opened",
	  what_is_no_trace_is_refused_when_it_is_opened },
	{ "unknown header keys are passed over and unknown versions refused",
	  unknown_header_keys_are_passed_over_and_unknown_versions_refused },
	{ "wrong events are refused and nothing is left",
	  wrong_events_are_refused_and_nothing_is_left },
	{ "ranges of pageblocks begin and end where there are frames",
	  ranges_of_pageblocks_begin_and_end_where_there_are_frames },
	{ "isolation stands in files of version 1.1 alone",
	  isolation_stands_in_files_of_version_1_1_alone },
	{ "time never goes back and freed parts stay inside the largest object",
	  time_never_goes_back_and_freed_parts_stay_inside_the_largest_object },
	{ "an abandoned file leaves nothing", an_abandoned_file_leaves_nothing },
	{ "a full disk is trouble of the machine", a_full_disk_is_trouble_of_the_machine },
	{ "an older file stays when a new one fails",
	  an_older_file_stays_when_a_new_one_fails },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_damage", make, drop, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
