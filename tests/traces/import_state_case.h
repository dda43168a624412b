/* Imports of a small machine's snapshots, for tests: what comes out, or what is refused. */
#ifndef TESTS_TRACES_IMPORT_STATE_CASE_H
#define TESTS_TRACES_IMPORT_STATE_CASE_H

#include "tests/traces/import_fixture.h"

static struct fixture f;
static const struct trace_state *state;

static inline void a_machine_whose_frames_are_in_use(void)
{
	fixture_new(&f);
	state = NULL;
}

static inline void drop(void)
{
	fixture_free_all(&f);
}

static inline void import(void)
{
	struct trace_error err;

	fixture_snapshots(&f);
	CU_ASSERT_TRUE_FATAL(fixture_import(&f));
	state = trace_reader_state(f.reader, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(state);
}

static inline void fails_with(const char *words)
{
	CU_ASSERT_FALSE_FATAL(fixture_import(&f));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.error, words));
	if (!strstr(f.error, words))
		printf("\n  want %s\n  got  %s\n", words, f.error);
}

static inline void make_free(unsigned from, unsigned to)
{
	for (; from < to; from++)
		f.before[from] = f.after[from] = BUDDY;
}

#endif
