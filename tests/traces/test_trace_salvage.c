#include "tests/traces/trace_sample.h"
#include "tests/unit.h"

#define SMALL 60
#define FLIPS 1000

static char path[64], bad[64], saved[64], part[64];
static uint8_t *bytes;
static size_t size;
static struct trace_error err;
static struct trace_totals totals;
static FILE *nowhere;

/* Thousands of files are written here, and each is made to last: in memory, if there is a
 * place for it. */
static void quick_path(char *file, const char *what)
{
	sample_path(file, what);
	if (access("/dev/shm", W_OK) == 0)
		snprintf(file, 64, "/dev/shm/pagesim-%s-%ld.pgt", what, (long)getpid());
}

static int name_files(void)
{
	sample_path(path, "salvage");
	quick_path(bad, "salvage-bad");
	quick_path(saved, "salvage-out");
	quick_path(part, "salvage-cut");
	nowhere = fopen("/dev/null", "w");
	return !nowhere;
}

static int remove_files(void)
{
	free(bytes);
	unlink(bad);
	unlink(saved);
	unlink(part);
	return fclose(nowhere) || unlink(path);
}

static void load(void)
{
	FILE *f = fopen(path, "rb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	free(bytes);
	bytes = malloc(1 << 23);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
	size = fread(bytes, 1, 1 << 23, f);
	fclose(f);
}

/* State, truth and an end, and whatever else a file can have. */
static void make(uint64_t events, uint64_t truths)
{
	static struct trace_used used[20];
	struct trace_free free_block[1] = { { 0, 10, 1 } };
	struct trace_state state = {
		.used = used, .nused = 20, .free = free_block, .nfree = 1
	};
	struct trace_zone_free zone[1] = { { .name = "DMA" } };
	struct trace_end end = { 1, zone, zone };

	for (unsigned i = 0; i < 20; i++)
		used[i] = (struct trace_used){ 2000 + i, 0, TRACE_USE_LRU };
	CU_ASSERT_FATAL(sample_write(path, 5, events, truths, &state, &end, 3, &err));
	load();
}

static void write_bad(size_t n)
{
	FILE *f = fopen(bad, "wb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fwrite(bytes, 1, n, f), n);
	fclose(f);
	unlink(saved);
}

static bool is_there(const char *file)
{
	return access(file, F_OK) == 0;
}

/* One sentence with the file in it, and what was saved is right from end to end. */
static uint64_t saved_after_damage(void)
{
	struct trace_error late;
	struct trace_totals t = { 0 };

	CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
	CU_ASSERT(strstr(err.text, bad) != NULL && !strchr(err.text, '\n'));
	if (is_there(saved)) {
		CU_ASSERT(strstr(err.text, saved) != NULL);
		CU_ASSERT(trace_check(saved, NULL, &t, &late));
	}
	return t.events;
}

static void cut_off_after_any_byte_whole_blocks_are_saved_or_nothing(void)
{
	uint64_t most = 0;
	size_t with_file = 0;

	make(SMALL, 10);
	for (size_t n = 0; n < size; n++) {
		uint64_t got;

		write_bad(n);
		CU_ASSERT_FALSE(trace_check(bad, saved, &totals, &err));
		got = saved_after_damage();
		CU_ASSERT(got == 0 || got == SMALL);
		/* What was whole stays whole however much more there is. */
		CU_ASSERT(got >= most);
		most = got;
		with_file += is_there(saved);
	}
	CU_ASSERT_EQUAL(most, SMALL);
	CU_ASSERT(with_file > size / 4);
}

/* What reads, but does not check, comes to an end, too. */
static void use(void)
{
	const struct trace_cut_options o = {
		.output = part, .to_time = UINT64_MAX, .first = SMALL / 2, .last = UINT64_MAX
	};
	struct trace_cut_report report;
	struct trace_error why = { .kind = TRACE_BAD_DATA };
	struct trace_reader *r = trace_reader_open(bad, &why);

	unlink(part);
	CU_ASSERT((r && trace_text_export(r, nowhere, &why)) || why.kind == TRACE_BAD_DATA);
	trace_reader_close(r);
	CU_ASSERT(trace_cut(bad, &o, &report, &why) == is_there(part));
}

static void after_a_thousand_wrong_bits_there_is_an_error_or_the_same_trace(void)
{
	struct sample s = { .seed = 99 };
	char want[33], got[33];
	unsigned harmless = 0;

	make(SMALL, 10);
	CU_ASSERT_FATAL(trace_reader_digest(path, want, &err));
	for (unsigned i = 0; i < FLIPS; i++) {
		size_t at = sample_random(&s) % size;
		uint8_t bit = (uint8_t)(1u << sample_random(&s) % 8);
		uint64_t events;

		bytes[at] ^= bit;
		write_bad(size);
		bytes[at] ^= bit;
		use();
		if (trace_check(bad, saved, &totals, &err)) {
			CU_ASSERT(trace_reader_digest(bad, got, &err));
			CU_ASSERT_STRING_EQUAL(got, want);
			harmless++;
			continue;
		}
		events = saved_after_damage();
		CU_ASSERT(events == 0 || events == SMALL);
	}
	CU_ASSERT(harmless < FLIPS / 50);
}

static void same_beginning(uint64_t n)
{
	struct trace_reader *a = trace_reader_open(path, &err);
	struct trace_reader *b = trace_reader_open(saved, &err);
	struct trace_event x[1024], y[1024];

	CU_ASSERT_FATAL(a && b);
	for (uint64_t i = 0; i < n; i += 1024) {
		size_t some = n - i < 1024 ? (size_t)(n - i) : 1024;

		CU_ASSERT_EQUAL_FATAL(trace_reader_next(a, x, some, &err), (long)some);
		CU_ASSERT_EQUAL_FATAL(trace_reader_next(b, y, some, &err), (long)some);
		CU_ASSERT_EQUAL_FATAL(memcmp(x, y, some * sizeof(*x)), 0);
	}
	CU_ASSERT_EQUAL(trace_reader_next(b, y, 1, &err), 0);
	trace_reader_close(a);
	trace_reader_close(b);
}

static void of_a_file_with_many_blocks_all_before_the_damage_are_saved(void)
{
	static const uint64_t events = 4 * 65536 + 100;
	uint64_t most = 0;

	make(events, 20000);
	for (unsigned i = 1; i <= 16; i++) {
		size_t at = size * i / 17;
		uint64_t got;

		bytes[at] ^= 0x55;
		write_bad(i % 2 ? size : at);
		bytes[at] ^= 0x55;
		CU_ASSERT_FALSE(trace_check(bad, saved, &totals, &err));
		got = saved_after_damage();
		CU_ASSERT(got % 65536 == 0 || got == events);
		CU_ASSERT(got * 17 + 2 * 17 * 65536 > events * i);
		if (got)
			same_beginning(got);
		most = got > most ? got : most;
	}
	CU_ASSERT(most >= 3 * 65536);
}

static CU_TestInfo tests[] = {
	{ "cut off after any byte, whole blocks are saved or nothing",
	  cut_off_after_any_byte_whole_blocks_are_saved_or_nothing },
	{ "after a thousand wrong bits there is an error, or the same trace",
	  after_a_thousand_wrong_bits_there_is_an_error_or_the_same_trace },
	{ "of a file with many blocks all before the damage are saved",
	  of_a_file_with_many_blocks_all_before_the_damage_are_saved },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "trace_salvage", name_files, remove_files, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
