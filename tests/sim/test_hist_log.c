#include "sim/hist_log.h"

#include <stdio.h>
#include <string.h>

#include "sim/hist_pack.h"
#include "tests/unit.h"

static uint64_t random_state;

static uint64_t draw(void)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return random_state >> 1;
}

static void from_the_seed_of_the_fixture(void)
{
	random_state = 5;
}

static bool same(const struct sim_hist *a, const struct sim_hist *b)
{
	const struct sim_hist *longer = a->room > b->room ? a : b;
	const struct sim_hist *shorter = a->room > b->room ? b : a;

	for (uint32_t i = 0; i < longer->room; i++)
		if (longer->counts[i] != (i < shorter->room ? shorter->counts[i] : 0))
			return false;
	return true;
}

/* Values of every magnitude below 2^50. */
static struct sim_hist *wide(unsigned n)
{
	struct sim_hist *h = sim_hist_new();

	while (n-- > 0) {
		uint64_t value = draw();

		sim_hist_record(h, value >> (13 + draw() % 50));
	}
	return h;
}

static struct sim_hist *of(const uint64_t *values, size_t n)
{
	struct sim_hist *h = sim_hist_new();

	for (size_t i = 0; i < n; i++)
		sim_hist_record(h, values[i]);
	return h;
}

static bool read_text(const char *text, size_t size, struct sim_hist_log *log,
		      struct sim_hist_log_error *err)
{
	FILE *in = fmemopen((void *)text, size, "r");
	bool ok = sim_hist_log_read(in, "x.hlog", log, err);

	fclose(in);
	return ok;
}

/* ---- against the reference library ----------------------------------------------------- */

/* data/HistLog.java wrote the file from the same random numbers. */
static void a_log_of_the_java_library_is_read_count_for_count(void)
{
	static const char name[] = "tests/sim/data/java-2.1.11.hlog";
	struct sim_hist *want = wide(1500), *narrow = sim_hist_new(), *ends = sim_hist_new();
	const struct sim_hist_log_entry *e;
	struct sim_hist_log_error err;
	struct sim_hist_log log;
	FILE *in = fopen(name, "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE_FATAL(sim_hist_log_read(in, name, &log, &err));
	fclose(in);
	for (unsigned i = 0; i < 1500; i++)
		sim_hist_record(narrow, 140 + draw() % 9);
	sim_hist_record_n(ends, 0, UINT64_C(1) << 40);
	sim_hist_record(ends, INT64_MAX);
	CU_ASSERT_EQUAL_FATAL(log.n, 4);
	CU_ASSERT_EQUAL(log.clock_mhz, 0);
	e = log.entries;
	CU_ASSERT_STRING_EQUAL(e[0].tag, "wide");
	CU_ASSERT_EQUAL(e[0].length_ms, 4706);
	CU_ASSERT(same(e[0].hist, want));
	CU_ASSERT_STRING_EQUAL(e[1].tag, "");
	CU_ASSERT_EQUAL(e[1].start_ms, 1500);
	CU_ASSERT_EQUAL(e[1].length_ms, 1000);
	CU_ASSERT(same(e[1].hist, narrow));
	CU_ASSERT_EQUAL(sim_hist_sum(e[1].hist), sim_hist_sum(narrow));
	CU_ASSERT_PTR_EQUAL(sim_hist_log_find(&log, "empty"), &e[2]);
	CU_ASSERT_EQUAL(sim_hist_count(e[2].hist), 0);
	CU_ASSERT(same(e[3].hist, ends));
	CU_ASSERT_PTR_NULL(sim_hist_log_find(&log, "wid"));
	sim_hist_log_free(&log);
	sim_hist_free(want);
	sim_hist_free(narrow);
	sim_hist_free(ends);
}

/* What the Java library's encodeIntoByteBuffer() gave for these values. */
static void encodings_are_those_of_the_java_library(void)
{
	static const struct {
		uint64_t values[4];
		size_t n;
		const char *hex;
	} table[] = {
		{ { 0 }, 0, "00" },
		{ { 0 }, 1, "02" },
		{ { 1 }, 1, "0002" },
		{ { 5, 7, 7, 2047 }, 4, "09020004ed1f02" },
		{ { 2048, 2049, 4096 }, 3, "ff1f04fd0f02" },
		{ { 1000000 }, 1, "c1ae0102" },
		{ { INT64_MAX }, 1, "fddf0602" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct sim_hist *h = of(table[i].values, table[i].n);
		char hex[64] = "", head[97];
		size_t size;
		uint8_t *bytes = sim_hist_code_encode(h, &size);

		for (size_t b = 40; b < size; b++)
			sprintf(hex + 2 * (b - 40), "%02x", bytes[b]);
		CU_ASSERT_STRING_EQUAL(hex, table[i].hex);
		for (size_t b = 0; b < 40; b++)
			sprintf(head + 2 * b, "%02x", bytes[b]);
		CU_ASSERT_NSTRING_EQUAL(head, "1c849313000000", 14);
		CU_ASSERT_EQUAL(bytes[7], size - 40);
		CU_ASSERT_NSTRING_EQUAL(head + 16, "00000000000000030000000000000001", 32);
		CU_ASSERT_NSTRING_EQUAL(head + 64, "3ff0000000000000", 16);
		free(bytes);
		sim_hist_free(h);
	}
}

static void the_highest_trackable_value_is_the_last_of_the_bucket(void)
{
	static const struct {
		uint64_t value, highest;
	} table[] = {
		{ 0, 2047 },          { 2047, 2047 },           { 2048, 4095 },
		{ 1000000, 0xfffff }, { INT64_MAX, INT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct sim_hist *h = of(&table[i].value, 1);
		size_t size;
		uint8_t *bytes = sim_hist_code_encode(h, &size);

		CU_ASSERT_EQUAL((uint64_t)sim_hist_code_get32(bytes + 24) << 32 |
					sim_hist_code_get32(bytes + 28),
				table[i].highest);
		free(bytes);
		sim_hist_free(h);
	}
}

/* ---- back and forth -------------------------------------------------------------------- */

static void a_histogram_comes_back_as_it_was(void)
{
	static const unsigned sizes[] = { 0, 1, 2, 100, 20000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct sim_hist *h = wide(sizes[i]), *back;
		char *word = sim_hist_pack(h);
		const char *problem;

		back = sim_hist_pack_read(word, strlen(word), &problem);
		CU_ASSERT_PTR_NOT_NULL_FATAL(back);
		CU_ASSERT(same(h, back));
		CU_ASSERT_EQUAL(sim_hist_max(h), sim_hist_max(back));
		free(word);
		sim_hist_free(h);
		sim_hist_free(back);
	}
}

static void counts_of_every_size_come_back(void)
{
	struct sim_hist *h = sim_hist_new(), *back;
	const char *problem;
	char *word;

	for (unsigned bit = 0; bit < 63; bit++)
		sim_hist_record_n(h, 3 * (63 - bit), (UINT64_C(1) << bit) - (bit & 1));
	word = sim_hist_pack(h);
	back = sim_hist_pack_read(word, strlen(word), &problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(back);
	CU_ASSERT(same(h, back));
	free(word);
	sim_hist_free(h);
	sim_hist_free(back);
}

/* Every count not 0: some 100 KB, more than one stored block has. */
static void a_histogram_of_several_stored_blocks_comes_back(void)
{
	struct sim_hist *h = sim_hist_new(), *back;
	const char *problem;
	char *word;

	sim_hist_reach(h, SIM_HIST_CODE_COUNTS - 1);
	for (uint32_t i = 0; i < SIM_HIST_CODE_COUNTS; i++)
		h->counts[i] = 1 + draw() % 1000;
	word = sim_hist_pack(h);
	CU_ASSERT(strlen(word) > 65535 * 4 / 3 + 100);
	back = sim_hist_pack_read(word, strlen(word), &problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(back);
	CU_ASSERT(same(h, back));
	free(word);
	sim_hist_free(h);
	sim_hist_free(back);
}

static void values_beyond_the_format_are_written_as_its_last(void)
{
	static const uint64_t values[] = { UINT64_MAX, INT64_MAX, UINT64_C(1) << 63 };
	struct sim_hist *h = of(values, 3), *back;
	char *word = sim_hist_pack(h);
	const char *problem;

	back = sim_hist_pack_read(word, strlen(word), &problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(back);
	CU_ASSERT_EQUAL(sim_hist_count(back), 3);
	CU_ASSERT_EQUAL(sim_hist_min(back), UINT64_C(0x7ff) << 52);
	CU_ASSERT_EQUAL(sim_hist_max(back), INT64_MAX);
	free(word);
	sim_hist_free(h);
	sim_hist_free(back);
}

static void equal_histograms_have_equal_words_however_they_were_made(void)
{
	struct sim_hist *all = wide(3000), *first, *second;
	char *word = sim_hist_pack(all), *merged;

	from_the_seed_of_the_fixture();
	sim_hist_free(all);
	all = wide(3000);
	free(word);
	word = sim_hist_pack(all);
	from_the_seed_of_the_fixture();
	first = wide(1000);
	second = wide(2000);
	sim_hist_merge(second, first);
	merged = sim_hist_pack(second);
	CU_ASSERT_STRING_EQUAL(merged, word);
	free(merged);
	free(word);
	sim_hist_free(all);
	sim_hist_free(first);
	sim_hist_free(second);
}

static void a_log_is_the_same_bytes_every_time(void)
{
	static const char want[] =
		"#[Histogram log format version 1.3]\n"
		"#[StartTime: 0.000 (seconds since epoch), in simulated time]\n"
		"#[BaseTime: 0.000 (seconds since epoch)]\n"
		"#[unit: cycles at 2600 MHz]\n"
		"\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
		"\"Interval_Compressed_Histogram\"\n"
		"Tag=alloc.order.0,0.000,4.706,2047.000,HISTFAAAADp4AQEvAND/HISTEwAAAAcAAAAA"
		"AAAAAwAAAAAAAAABAAAAAAAAB/8/8AAAAAAAAAkCAATtHwJgUASk\n";
	static const uint64_t values[] = { 5, 7, 7, 2047 };
	struct sim_hist *h = of(values, ARRAY_SIZE(values));
	struct sim_hist_log_error err;
	struct sim_hist_log log;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	sim_hist_log_begin(out, 2600);
	CU_ASSERT_TRUE(sim_hist_log_put(out, "alloc.order.0", 4706, h));
	fclose(out);
	CU_ASSERT_STRING_EQUAL(text, want);
	CU_ASSERT_TRUE_FATAL(read_text(text, size, &log, &err));
	CU_ASSERT_EQUAL(log.clock_mhz, 2600);
	CU_ASSERT_EQUAL_FATAL(log.n, 1);
	CU_ASSERT_STRING_EQUAL(log.entries->tag, "alloc.order.0");
	CU_ASSERT_EQUAL(log.entries->start_ms, 0);
	CU_ASSERT_EQUAL(log.entries->length_ms, 4706);
	CU_ASSERT(same(log.entries->hist, h));
	sim_hist_log_free(&log);
	free(text);
	sim_hist_free(h);
}

/* ---- bad logs -------------------------------------------------------------------------- */

#define GOOD                                                                                   \
	"HISTFAAAADp4AQEvAND/HISTEwAAAAcAAAAAAAAAAwAAAAAAAAABAAAAAAAAB/8/"                     \
	"8AAAAAAAAAkCAATtHwJgUASk"

static void bad_logs_are_refused_with_their_line(void)
{
	static const struct {
		const char *text, *want;
	} table[] = {
		{ "0,1,2," GOOD, "x.hlog:1: the log ends within a line" },
		{ "#[Histogram log format version 1.4]\n",
		  "x.hlog:1: a log format other than 1.0 to 1.3" },
		{ "#[Histogram log format version 2.0]\n",
		  "x.hlog:1: a log format other than 1.0 to 1.3" },
		{ "#[unit: cycles at 0 MHz]\n",
		  "x.hlog:1: the unit should read \"cycles at N MHz\"" },
		{ "#[unit: cycles at 2.6 GHz]\n",
		  "x.hlog:1: the unit should read \"cycles at N MHz\"" },
		{ "# fine\n\nTag=,0,1,2," GOOD "\n",
		  "x.hlog:3: a tag without a name or a comma behind it" },
		{ "Tag=a\n", "x.hlog:1: a tag without a name or a comma behind it" },
		{ "0,1," GOOD "\n",
		  "x.hlog:1: a histogram's line should begin with its start, its length and "
		  "its largest value" },
		{ "0.,1,2," GOOD "\n",
		  "x.hlog:1: a histogram's line should begin with its start, its length and "
		  "its largest value" },
		{ "0,-1,2," GOOD "\n",
		  "x.hlog:1: a histogram's line should begin with its start, its length and "
		  "its largest value" },
		{ "0,99999999999999999999,2," GOOD "\n",
		  "x.hlog:1: a histogram's line should begin with its start, its length and "
		  "its largest value" },
		{ "0,1,2,\n", "x.hlog:1: the histogram is no base64" },
		{ "0,1,2," GOOD "=\n", "x.hlog:1: the histogram is no base64" },
		{ "0,1,2," GOOD "A===\n", "x.hlog:1: the histogram is no base64" },
		{ "0,1,2,HIST*AAA\n", "x.hlog:1: the histogram is no base64" },
		{ "0,1,2,HISTFB==\n", "x.hlog:1: the histogram is no base64" },
		{ "0,1,2,HISTFA==AAAA\n", "x.hlog:1: the histogram is no base64" },
		{ "0,1,2,HISTFAAA\n",
		  "x.hlog:1: the histogram is not a compressed histogram of encoding V2" },
		{ "0,1,2,HISTEwAAAAAAAAAA\n",
		  "x.hlog:1: the histogram is not a compressed histogram of encoding V2" },
		{ "0,1,2," GOOD "AAAA\n",
		  "x.hlog:1: the histogram has another length than its head says" },
		{ "0,1,2,HISTFAAAAAR4AQEv\n", "x.hlog:1: the histogram is no zlib stream" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct sim_hist_log_error err = { .text = "nothing is wrong" };
		struct sim_hist_log log;

		CU_ASSERT_FALSE(read_text(table[i].text, strlen(table[i].text), &log, &err));
		CU_ASSERT_FALSE(err.system);
		CU_ASSERT_STRING_EQUAL(err.text, table[i].want);
		CU_ASSERT_EQUAL(log.n, 0);
		if (strcmp(err.text, table[i].want) != 0)
			printf(" %zu: \"%s\"", i, err.text);
	}
}

static void a_nul_byte_is_refused(void)
{
	static const char text[] = "0,1,2,\0\n";
	struct sim_hist_log_error err;
	struct sim_hist_log log;

	CU_ASSERT_FALSE(read_text(text, sizeof(text) - 1, &log, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "x.hlog:1: a NUL byte");
}

static void a_folder_cannot_be_read_as_a_log(void)
{
	struct sim_hist_log_error err;
	struct sim_hist_log log;
	FILE *in = fopen(".", "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_FALSE(sim_hist_log_read(in, ".", &log, &err));
	CU_ASSERT_TRUE(err.system);
	CU_ASSERT_STRING_EQUAL(err.text, ".: Is a directory");
	fclose(in);
}

/* An encoding with one thing changed is another histogram or none. */
static void bad_encodings_are_refused(void)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *want;
	} table[] = {
		{ 3, 0x12, "is not a histogram of encoding V2" },
		{ 7, 9, "has another length than its head says" },
		{ 11, 1, "has a normalizing offset, which should be 0" },
		{ 15, 2, "should have 3 significant digits" },
		{ 23, 2, "should have 1 as its lowest discernible value" },
		{ 24, 0x80, "has no highest trackable value between 2 and 2^63 - 1" },
		{ 33, 0xf1, "has a conversion ratio, which should be 1.0" },
		{ 46, 0x80, "ends within a number" },
		{ 45, 0x21, "ends within a number" },
	};
	static const uint64_t values[] = { 5, 7, 7, 2047 };
	struct sim_hist *h = of(values, ARRAY_SIZE(values));
	const char *problem;
	size_t size;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		uint8_t *bytes = sim_hist_code_encode(h, &size);

		bytes[table[i].at] = table[i].value;
		/* 45: the run of zeros is a number that goes on to the end. */
		if (table[i].at == 45)
			bytes[45] = bytes[46] = 0xff;
		CU_ASSERT_PTR_NULL(sim_hist_code_decode(bytes, size, &problem));
		CU_ASSERT_STRING_EQUAL(problem, table[i].want);
		free(bytes);
	}
	sim_hist_free(h);
}

/* Of 0 up to 2047 there are 2048 counts: not one more, and no run of zeros beyond them. */
static void more_counts_than_the_highest_value_allows_are_refused(void)
{
	static const char too_many[] =
		"has more counts than its highest trackable value allows";
	const struct {
		uint8_t counts[4];
		const char *want; /* NULL = fine */
	} table[] = {
		{ { 0xfd, 0x1f, 2, 2 }, NULL }, /* 2047 zeros, then only one more fits */
		{ { 2, 0xfd, 0x1f, 0 }, NULL }, /* one value, then 2047 zeros */
		{ { 2, 0xff, 0x1f, 0 }, too_many }, { { 0xff, 0x1f, 0, 0 }, too_many },
		{ { 0x81, 0x20, 0, 0 }, too_many },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		static const uint64_t one = 2047;
		struct sim_hist *h = of(&one, 1);
		const char *problem;
		size_t size;
		uint8_t *bytes = sim_hist_code_encode(h, &size);

		CU_ASSERT_EQUAL_FATAL(size, 43);
		memcpy(bytes + 40, table[i].counts, 3);
		sim_hist_free(h);
		h = sim_hist_code_decode(bytes, size, &problem);
		CU_ASSERT_EQUAL(h != NULL, table[i].want == NULL);
		if (table[i].want)
			CU_ASSERT_STRING_EQUAL(problem, table[i].want);
		sim_hist_free(h);
		free(bytes);
	}
}

static void more_values_than_can_be_counted_are_refused(void)
{
	struct sim_hist *h = sim_hist_new();
	const char *problem;
	size_t size;
	uint8_t *bytes;

	sim_hist_record_n(h, 1, UINT64_C(1) << 62);
	sim_hist_record_n(h, 2, UINT64_C(1) << 62);
	bytes = sim_hist_code_encode(h, &size);
	CU_ASSERT_PTR_NULL(sim_hist_code_decode(bytes, size, &problem));
	CU_ASSERT_STRING_EQUAL(problem, "counts more than 2^63 - 1 values");
	free(bytes);
	sim_hist_free(h);
}

static void a_log_of_too_many_histograms_is_refused(void)
{
	struct sim_hist_log_error err;
	struct sim_hist_log log;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (unsigned i = 0; i <= SIM_HIST_LOG_MOST; i++)
		fputs("0,1,2," GOOD "\n", out);
	fclose(out);
	CU_ASSERT_FALSE(read_text(text, size, &log, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "x.hlog:4097: more than 4096 histograms");
	free(text);
}

static CU_TestInfo tests[] = {
	{ "a log of the Java library is read, count for count",
	  a_log_of_the_java_library_is_read_count_for_count },
	{ "encodings are those of the Java library", encodings_are_those_of_the_java_library },
	{ "the highest trackable value is the last of the bucket",
	  the_highest_trackable_value_is_the_last_of_the_bucket },
	{ "a histogram comes back as it was", a_histogram_comes_back_as_it_was },
	{ "counts of every size come back", counts_of_every_size_come_back },
	{ "a histogram of several stored blocks comes back",
	  a_histogram_of_several_stored_blocks_comes_back },
	{ "values beyond the format are written as its last",
	  values_beyond_the_format_are_written_as_its_last },
	{ "equal histograms have equal words, however they were made",
	  equal_histograms_have_equal_words_however_they_were_made },
	{ "a log is the same bytes every time", a_log_is_the_same_bytes_every_time },
	{ "bad logs are refused with their line", bad_logs_are_refused_with_their_line },
	{ "a NUL byte is refused", a_nul_byte_is_refused },
	{ "a folder cannot be read as a log", a_folder_cannot_be_read_as_a_log },
	{ "bad encodings are refused", bad_encodings_are_refused },
	{ "more counts than the highest value allows are refused",
	  more_counts_than_the_highest_value_allows_are_refused },
	{ "more values than can be counted are refused",
	  more_values_than_can_be_counted_are_refused },
	{ "a log of too many histograms is refused", a_log_of_too_many_histograms_is_refused },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "hist_log", NULL, NULL, from_the_seed_of_the_fixture, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
