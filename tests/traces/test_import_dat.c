/*
 * trace.dat files: parts of real ones in tests/traces/data, whole, cut off and damaged.
 */
#include <zstd.h>

#include "tests/traces/import_fixture.h"

#define DATA "tests/traces/data/"

static struct fixture f;

static void a_folder(void)
{
	fixture_new(&f);
	f.o.state_dir = NULL;
}

static void drop(void)
{
	fixture_free_all(&f);
}

/* Unpacks a file of the data folder into memory. */
static char *unpacked(const char *name, size_t *size)
{
	char path[128];
	char *packed = malloc(1 << 22), *data;
	FILE *in;
	size_t n;

	snprintf(path, sizeof(path), DATA "%s", name);
	in = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	n = fread(packed, 1, 1 << 22, in);
	fclose(in);
	*size = (size_t)ZSTD_getFrameContentSize(packed, n);
	data = malloc(*size);
	CU_ASSERT_EQUAL_FATAL(ZSTD_decompress(data, *size, packed, n), *size);
	free(packed);
	return data;
}

static bool import(struct trace_error *err)
{
	struct trace_import_report *r = trace_import(&f.o, err);
	char *json;

	if (!r)
		return false;
	json = trace_import_report_json(r);
	json_decref(f.report);
	f.report = json_loads(json, 0, NULL);
	free(json);
	trace_import_report_free(r);
	return true;
}

static void both_versions_give_the_same_events(void)
{
	struct trace_error err;
	char first[sizeof(f.events)];

	f.o.input = DATA "small.v6.dat.zst";
	CU_ASSERT_TRUE_FATAL(import(&err));
	CU_ASSERT_TRUE(fixture_read(&f));
	CU_ASSERT_EQUAL(fixture_count(&f, "requests"), 1264);
	CU_ASSERT_EQUAL(fixture_count(&f, "batched"), 63);
	CU_ASSERT_EQUAL(fixture_count(&f, "gfp_unknown"), 0);
	memcpy(first, f.events, sizeof(first));
	trace_reader_close(f.reader);
	f.events[0] = '\0';
	f.o.input = DATA "small.v7.dat.zst";
	CU_ASSERT_TRUE_FATAL(import(&err));
	CU_ASSERT_TRUE(fixture_read(&f));
	CU_ASSERT_STRING_EQUAL(f.events, first);
	CU_ASSERT_STRING_EQUAL(trace_reader_gfp(f.reader, 0), "GFP_KERNEL_ACCOUNT|__GFP_ZERO");
}

/* A clone alone can make the shipped sample again, from the recording and its snapshots. */
static void vm_fragment_comes_out_as_the_shipped_sample(void)
{
	char command[256], state[128], ours[33], shipped[33];
	struct trace_error err;

	snprintf(command, sizeof(command),
		 "tar --zstd -xf " DATA "vm-fragment.snap.tar.zst -C %s", f.dir);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	snprintf(state, sizeof(state), "%s/vm-fragment", f.dir);
	f.o.state_dir = state;
	f.o.input = DATA "vm-fragment.trace.dat.zst";
	if (!import(&err))
		printf("\n  %s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report);
	CU_ASSERT_EQUAL(fixture_count(&f, "start_zones_equal"), 3);
	CU_ASSERT_EQUAL(fixture_count(&f, "end_zones_equal"), 3);
	CU_ASSERT_EQUAL(fixture_count(&f, "end_frames_wrong"), 0);
	CU_ASSERT_EQUAL(fixture_count(&f, "end_held"), fixture_count(&f, "end_pcp"));
	CU_ASSERT_EQUAL(fixture_count(&f, "trace_pgfree"), fixture_count(&f, "vmstat_pgfree"));
	CU_ASSERT_TRUE(trace_reader_digest(f.output, ours, &err));
	CU_ASSERT_TRUE(trace_reader_digest("traces/samples/vm-fragment.pgt", shipped, &err));
	CU_ASSERT_STRING_EQUAL(ours, shipped);
}

static void refused(const char *data, size_t size)
{
	struct trace_error err = { 0 };

	fixture_put(&f, "rec.txt", data, size);
	f.o.input = f.input;
	CU_ASSERT_FALSE(import(&err));
	CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "rec.txt: "));
	CU_ASSERT_NOT_EQUAL(access(f.output, F_OK), 0);
}

static void a_file_that_was_cut_off_is_refused_wherever_it_was_cut(void)
{
	static const char *const files[] = { "small.v6.dat.zst", "small.v7.dat.zst" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		size_t size;
		char *data = unpacked(files[i], &size);

		refused(data, 10);
		refused(data, 20);
		refused(data, 300);
		for (size_t part = 1; part < 8; part++)
			refused(data, size * part / 8);
		free(data);
	}
}

static void truncation_is_told_with_its_byte(void)
{
	struct trace_error err;
	size_t size;
	char *data = unpacked("small.v6.dat.zst", &size);

	fixture_put(&f, "rec.txt", data, size - 1);
	f.o.input = f.input;
	CU_ASSERT_FALSE(import(&err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "it is truncated"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, ": byte "));
	free(data);
}

/* Whatever damage does to the library that reads the file, it is one sentence for us. */
static void damage_is_a_sentence_or_harmless_but_never_a_crash(void)
{
	size_t size;
	char *data = unpacked("small.v6.dat.zst", &size), *copy = malloc(size);
	uint64_t random = 1;
	unsigned sentences = 0;

	for (unsigned round = 0; round < 12; round++) {
		struct trace_error err = { 0 };

		memcpy(copy, data, size);
		for (unsigned i = 0; i < 40; i++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			copy[(random >> 20) % size] = (char)(random >> 56);
		}
		fixture_put(&f, "rec.txt", copy, size);
		f.o.input = f.input;
		if (import(&err))
			continue;
		CU_ASSERT_EQUAL(err.kind, TRACE_BAD_DATA);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "rec.txt: "));
		sentences++;
	}
	CU_ASSERT_TRUE(sentences > 0);
	free(copy);
	free(data);
}

/* The ring buffers' statistics in the file say how many events there were. */
static void events_that_are_missing_are_noticed(void)
{
	static const char key[] = "read events:   1242";
	struct trace_error err;
	size_t size;
	char *data = unpacked("small.v6.dat.zst", &size);
	char *at = memmem(data, size, key, strlen(key));

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	memcpy(at, "read events:   1342", strlen(key));
	fixture_put(&f, "rec.txt", data, size);
	f.o.input = f.input;
	CU_ASSERT_FALSE(import(&err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "the file has 2484 of 2584 recorded events"));
	f.o.allow_lost = true;
	CU_ASSERT_TRUE(import(&err));
	CU_ASSERT_EQUAL(fixture_count(&f, "requests"), 1264);
	CU_ASSERT_EQUAL(fixture_count(&f, "missing"), 100);
	free(data);
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(both_versions_give_the_same_events),
	T(vm_fragment_comes_out_as_the_shipped_sample),
	T(a_file_that_was_cut_off_is_refused_wherever_it_was_cut),
	T(truncation_is_told_with_its_byte),
	T(damage_is_a_sentence_or_harmless_but_never_a_crash),
	T(events_that_are_missing_are_noticed),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import_dat", NULL, NULL, a_folder, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
