/*
 * What each rule counts on four recordings of real kernels,
 * tests/traces/data/sample-counts.csv. vm-fragment lies beside it. The others are too large for
 * that: where PAGESIM_RECORDINGS names a folder with NAME.trace.dat.zst and NAME.snap.tar.zst,
 * they are imported as well.
 */
#include "tests/traces/import_fixture.h"

#define DATA "tests/traces/data"
#define RECORDINGS 4

static struct fixture f;

static void a_folder(void)
{
	fixture_new(&f);
}

static void drop(void)
{
	fixture_free_all(&f);
}

/* The count in a row of the table, and its name; false at the end. */
static bool next_count(FILE *table, unsigned recording, char *rule, char *key, long *want)
{
	char line[256];
	long v[RECORDINGS];

	if (!fgets(line, sizeof(line), table))
		return false;
	*rule = '\0';
	CU_ASSERT_EQUAL_FATAL(sscanf(line + strcspn(line, ","), ",%63[^,],%ld,%ld,%ld,%ld", key,
				     &v[0], &v[1], &v[2], &v[3]),
			      1 + RECORDINGS);
	snprintf(rule, 8, "%.*s", (int)strcspn(line, ","), line);
	*want = v[recording];
	return true;
}

static void compare(const char *name, unsigned recording)
{
	json_t *counts = json_object_get(f.report, "counts");
	FILE *table = fopen(DATA "/sample-counts.csv", "r");
	char head[256], rule[8], key[64];
	size_t rows = 0;
	long want;

	CU_ASSERT_PTR_NOT_NULL_FATAL(table);
	CU_ASSERT_PTR_NOT_NULL_FATAL(fgets(head, sizeof(head), table));
	while (next_count(table, recording, rule, key, &want)) {
		json_t *count = json_object_get(counts, key);
		long got = (long)json_integer_value(json_object_get(count, "count"));

		rows++;
		CU_ASSERT_PTR_NOT_NULL_FATAL(count);
		CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(count, "rule")), rule);
		CU_ASSERT_EQUAL(got, want);
		if (got != want)
			printf("\n  %s, %s %s: %ld, not %ld", name, rule, key, got, want);
	}
	CU_ASSERT_EQUAL(json_object_size(counts), rows);
	fclose(table);
}

static void import_and_compare(const char *folder, const char *name, unsigned recording,
			       uint64_t tsc_hz)
{
	char command[1024], state[128], input[768];

	a_folder();
	snprintf(command, sizeof(command), "tar --zstd -xf '%s/%s.snap.tar.zst' -C %s", folder,
		 name, f.dir);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	snprintf(state, sizeof(state), "%s/%s", f.dir, name);
	snprintf(input, sizeof(input), "%s/%s.trace.dat.zst", folder, name);
	f.o.input = input;
	f.o.state_dir = state;
	f.o.clock = tsc_hz ? NULL : "mono";
	f.o.tsc_hz = tsc_hz;
	if (!fixture_import_file(&f))
		printf("\n  %s\n", f.error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report);
	compare(name, recording);
	drop();
}

static void every_rule_counts_what_it_counted_before(void)
{
	static const struct {
		const char *name;
		uint64_t tsc_hz;
	} recordings[RECORDINGS] = {
		{ "vm-fragment", 0 },
		{ "vm-pressure", 0 },
		{ "host-build", 2596000000 },
		{ "host-redis", 2596000000 },
	};
	const char *folder = getenv("PAGESIM_RECORDINGS");

	import_and_compare(DATA, recordings[0].name, 0, 0);
	for (unsigned i = 1; folder && i < RECORDINGS; i++)
		import_and_compare(folder, recordings[i].name, i, recordings[i].tsc_hz);
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(every_rule_counts_what_it_counted_before),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "import_samples", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
