#include "tools/profile_write.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit.h"
#include "tools/profile_yaml.h"
#include "traces/trace.h"

static char yaml[64], trace[64];

static int name_files(void)
{
	snprintf(yaml, sizeof(yaml), "/tmp/pagesim-written-%ld.yaml", (long)getpid());
	snprintf(trace, sizeof(trace), "/tmp/pagesim-written-%ld.pgt", (long)getpid());
	return 0;
}

static int remove_files(void)
{
	unlink(yaml);
	unlink(trace);
	return 0;
}

static void digest_of(const struct trace_profile *p, char *digest)
{
	struct trace_error err;

	CU_ASSERT_FATAL(trace_generate(p, 100000, 1, trace, 1, NULL, NULL, &err));
	CU_ASSERT_FATAL(trace_reader_digest(trace, digest, &err));
}

/* Written, read back, written again: the same text, and the same trace. */
static void check_round(const struct trace_profile *p)
{
	char *text[2] = { NULL, NULL }, before[33], after[33];
	size_t size;
	struct conf_error err;
	struct trace_profile *back;
	FILE *f;

	digest_of(p, before);
	f = fopen(yaml, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	profile_write(f, p);
	fclose(f);
	back = profile_yaml_load(yaml, &err);
	if (!back)
		fprintf(stderr, "%s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(back);
	digest_of(back, after);
	CU_ASSERT_STRING_EQUAL(before, after);
	for (unsigned i = 0; i < 2; i++) {
		f = open_memstream(&text[i], &size);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		profile_write(f, i ? back : p);
		fclose(f);
	}
	CU_ASSERT_STRING_EQUAL(text[0], text[1]);
	free(text[0]);
	free(text[1]);
	free(back);
}

static void the_ready_profiles_come_back_as_they_were(void)
{
	static const char *const names[] = { "web-server", "build-farm", "database",
					     "network",    "fork-storm", "page-cache",
					     "fragmenter", "hog" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct conf_error err;
		struct trace_profile *p;
		char path[64];

		snprintf(path, sizeof(path), "configs/profiles/%s.yaml", names[i]);
		p = profile_yaml_load(path, &err);
		CU_ASSERT_PTR_NOT_NULL_FATAL(p);
		check_round(p);
		free(p);
	}
}

static void what_was_fitted_to_a_trace_comes_back_as_it_was(void)
{
	static const char *const files[] = { "traces/samples/vm-fragment.pgt",
					     "traces/samples/host-build-small.pgt" };
	static struct trace_profile p;
	struct trace_error err;
	uint64_t events;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CU_ASSERT_FATAL(trace_like_fit(files[i], &p, &events, NULL, NULL, &err));
		check_round(&p);
	}
}

/* No ready profile has these. */
static void rare_values_come_back_too(void)
{
	struct conf_error err;
	struct trace_profile *p = profile_yaml_load("configs/profiles/network.yaml", &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	p->classes[0].asks_node = 2;
	p->classes[0].flags = TRACE_HARDIRQ;
	p->classes[1].remote_milli = 7;
	p->tasks[1].wave = 12345;
	p->tasks[1].parent = 1;
	p->tasks[1].home = 2;
	check_round(p);
	free(p);
}

static CU_TestInfo tests[] = {
	{ "the ready profiles come back as they were",
	  the_ready_profiles_come_back_as_they_were },
	{ "what was fitted to a trace comes back as it was",
	  what_was_fitted_to_a_trace_comes_back_as_it_was },
	{ "rare values come back, too", rare_values_come_back_too },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "profile_write", name_files, remove_files, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
