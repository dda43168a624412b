/* Dates of requests: against a plain list that is searched, as they come and go at random. */
#include "model/v4_12/mm412_ends.h"
#include "tests/unit.h"

enum { MOST = 600 };

static struct mm412_ends ends;
static uint64_t plain[MOST];
static unsigned nplain;

static void begin(void)
{
	ends = (struct mm412_ends){ 0 };
	nplain = 0;
}

static void finish(void)
{
	mm412_ends_done(&ends);
	CU_ASSERT_PTR_NULL(ends.date);
}

static void add(uint64_t date)
{
	CU_ASSERT_FATAL(mm412_ends_add(&ends, date));
	plain[nplain++] = date;
}

/* How many of the plain list end before `date`, and how many not after it. */
static unsigned before(uint64_t date, bool or_at)
{
	unsigned n = 0;

	for (unsigned i = 0; i < nplain; i++)
		n += plain[i] < date || (or_at && plain[i] == date);
	return n;
}

/* The n-th of them has fewer than n before it and at least n up to it. */
static bool is_nth(uint64_t date, unsigned n)
{
	return before(date, false) < n && n <= before(date, true);
}

static void drop(void)
{
	uint64_t first = mm412_ends_nth(&ends, 1);
	unsigned i = 0;

	while (i < nplain && plain[i] != first)
		i++;
	CU_ASSERT_FATAL(i < nplain);
	plain[i] = plain[--nplain];
	mm412_ends_drop(&ends);
}

static void where_no_request_is_none_ends(void)
{
	CU_ASSERT_EQUAL(mm412_ends_nth(&ends, 1), UINT64_MAX);
	add(7);
	drop();
	CU_ASSERT_EQUAL(mm412_ends_nth(&ends, 1), UINT64_MAX);
}

static void the_last_stands_for_those_behind_it(void)
{
	add(9);
	add(4);
	CU_ASSERT_EQUAL(mm412_ends_nth(&ends, 1), 4);
	CU_ASSERT_EQUAL(mm412_ends_nth(&ends, 2), 9);
	CU_ASSERT_EQUAL(mm412_ends_nth(&ends, 3), 9);
	CU_ASSERT_EQUAL(mm412_ends_nth(&ends, UINT32_MAX), 9);
}

static void each_has_its_place_whatever_comes_and_goes(void)
{
	uint32_t seed = 1;
	bool right = true, more;

	for (unsigned step = 0; step < 20000; step++) {
		seed = seed * 1103515245 + 12345;
		/* It fills, stays, and empties, again and again. */
		more = (seed >> 16) % 100 < 30 + step / 1000 % 5 * 10;
		if (nplain == 0 || (more && nplain < MOST))
			add(step / 8 + (seed >> 20) % 50);
		else
			drop();
		right = right && ends.n == nplain;
		if (nplain) {
			unsigned n = 1 + (seed >> 8) % nplain;

			right = right && is_nth(mm412_ends_nth(&ends, n), n);
		}
	}
	CU_ASSERT(right);
	CU_ASSERT(ends.room > 256);
}

static CU_TestInfo tests[] = {
	{ "where no request is, none ends", where_no_request_is_none_ends },
	{ "the last stands for those behind it", the_last_stands_for_those_behind_it },
	{ "each has its place, whatever comes and goes",
	  each_has_its_place_whatever_comes_and_goes },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_ends", NULL, NULL, begin, finish, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
