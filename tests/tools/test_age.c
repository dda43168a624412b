/* Machines that are aged: the goal is reached by what the kernel itself counts, for many goals
 * and seeds, and the state fits a kernel. */
#include <string.h>

#include "tests/unit.h"
#include "tools/age.h"
#include "tools/frag.h"
#include "tools/machine_map.h"

#define SEEDS 3

static struct sim_machine *machine;
static struct mm_machine mapped;
static struct conf_error conf_err;
static char text[512];
static int status;

static void *boot(const struct mm_policy *policy, bool empty)
{
	void *params = calloc(1, policy->params_size), *costs = calloc(1, policy->costs_size);
	void *mm;

	CU_ASSERT_FATAL(machine_map(machine, policy, 250, &mapped, &conf_err));
	mm_params_preset(policy->params, params);
	mm_params_preset(policy->costs, costs);
	mm = policy->create(&mapped, params, costs, empty, text, sizeof(text));
	free(params);
	free(costs);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mm);
	return mm;
}

static void drop(const struct mm_policy *policy, void *mm)
{
	policy->destroy(mm);
	machine_map_free(&mapped);
}

static struct trace_state *age(const struct mm_policy *policy, unsigned order, uint32_t milli,
			       uint64_t seed, void **mm)
{
	static struct age_report report;
	struct age a = { .given = true,
			 .order = order,
			 .unusable_milli = milli,
			 .fill_milli = 900,
			 .unmovable_milli = 50 };

	*mm = boot(policy, false);
	return age_run(&a, policy, *mm, machine, seed, &report, &status, text, sizeof(text));
}

/* What lies on the lists of a state, by zone, against the goal: a count of its own. */
static void check_lists(const struct trace_state *s, unsigned order, uint32_t milli)
{
	for (unsigned z = 0; z < mapped.nzones; z++) {
		uint64_t blocks[FRAG_ORDERS] = { 0 };
		int got;

		if (mapped.zones[z].end - mapped.zones[z].start < 2 * AGE_LEAST_FRAMES / 2)
			continue;
		for (uint64_t i = 0; i < s->nfree; i++)
			if (s->free[i].pfn >= mapped.zones[z].start &&
			    s->free[i].pfn < mapped.zones[z].end)
				blocks[s->free[i].order]++;
		got = frag_unusable(blocks, order);
		CU_ASSERT(got >= (int)milli - (int)AGE_TOLERANCE &&
			  got <= (int)milli + (int)AGE_TOLERANCE);
	}
}

/* Each frame that is free or in use stands in the state once. */
static void check_frames(const struct trace_state *s)
{
	uint8_t *seen = calloc(1, 32768);

	for (uint64_t i = 0; i < s->nfree; i++)
		for (uint64_t f = 0; f < UINT64_C(1) << s->free[i].order; f++)
			CU_ASSERT_EQUAL(seen[s->free[i].pfn + f]++, 0);
	for (uint64_t i = 0; i < s->npcp; i++)
		CU_ASSERT_EQUAL(seen[s->pcp[i].pfn]++, 0);
	for (uint64_t i = 0; i < s->nused; i++)
		for (uint64_t f = 0; f < UINT64_C(1) << s->used[i].order; f++)
			CU_ASSERT_EQUAL(seen[s->used[i].pfn + f]++, 0);
	free(seen);
}

static void check_goal(const struct mm_policy *policy, unsigned order, uint32_t milli)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct trace_state *s;
		void *mm;

		s = age(policy, order, milli, seed, &mm);
		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		CU_ASSERT(policy->check(mm, text, sizeof(text)));
		check_lists(s, order, milli);
		check_frames(s);
		trace_state_free(s);
		drop(policy, mm);
	}
}

static void check_goals(const struct mm_policy *policy)
{
	static const struct {
		unsigned order;
		uint32_t milli;
	} goals[] = { { 9, 800 }, { 9, 1000 }, { 9, 500 }, { 5, 500 },
		      { 4, 0 },   { 3, 900 },  { 1, 200 }, { 1, 1000 } };

	for (unsigned i = 0; i < ARRAY_SIZE(goals); i++)
		check_goal(policy, goals[i].order, goals[i].milli);
}

static void test_goals_412(void)
{
	check_goals(mm_policy_find("4.12"));
}

static void test_goals_24(void)
{
	check_goals(mm_policy_find("2.4"));
}

static bool same(const struct trace_state *a, const struct trace_state *b)
{
	bool all = a->nfree == b->nfree && a->nused == b->nused && a->npcp == b->npcp;

	for (uint64_t i = 0; all && i < a->nfree; i++)
		all = a->free[i].pfn == b->free[i].pfn && a->free[i].type == b->free[i].type;
	for (uint64_t i = 0; all && i < a->npcp; i++)
		all = a->pcp[i].pfn == b->pcp[i].pfn && a->pcp[i].cpu == b->pcp[i].cpu;
	return all;
}

static void test_seeds(void)
{
	const struct mm_policy *policy = mm_policy_find("4.12");
	struct trace_state *s[3];
	void *mm;

	for (unsigned i = 0; i < 3; i++) {
		s[i] = age(policy, 9, 800, i / 2 + 1, &mm);
		CU_ASSERT_PTR_NOT_NULL_FATAL(s[i]);
		drop(policy, mm);
	}
	CU_ASSERT(same(s[0], s[1]));
	CU_ASSERT(!same(s[0], s[2]));
	for (unsigned i = 0; i < 3; i++)
		trace_state_free(s[i]);
}

static void test_unreachable(void)
{
	const struct mm_policy *policy = mm_policy_find("4.12");
	void *mm;

	CU_ASSERT_PTR_NULL(age(policy, 9, 990, 1, &mm));
	CU_ASSERT_EQUAL(status, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "too few"));
	drop(policy, mm);
}

/* Unmovable blocks are there, and in the share that was asked for, roughly. */
static void test_kinds(void)
{
	const struct mm_policy *policy = mm_policy_find("4.12");
	uint64_t pages = 0, pinned = 0;
	struct trace_state *s;
	void *mm;

	s = age(policy, 9, 800, 1, &mm);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	for (uint64_t i = 0; i < s->nused; i++) {
		pages += UINT64_C(1) << s->used[i].order;
		if (!(s->used[i].use & TRACE_USE_LRU))
			pinned += UINT64_C(1) << s->used[i].order;
	}
	CU_ASSERT(pinned * 100 > 3 * pages && pinned * 100 < 10 * pages);
	trace_state_free(s);
	drop(policy, mm);
}

static CU_TestInfo tests[] = {
	{ "4.12 reaches goals with any seed, and its invariants hold", test_goals_412 },
	{ "2.4 reaches goals with any seed, and its invariants hold", test_goals_24 },
	{ "the same seed gives the same state, another one another", test_seeds },
	{ "a goal that memory is too small for is refused", test_unreachable },
	{ "some of the memory in use cannot be moved", test_kinds },
	CU_TEST_INFO_NULL
};

static int begin(void)
{
	machine = sim_machine_load("configs/machines/tiny.yaml", &conf_err);
	return machine == NULL;
}

static int end(void)
{
	sim_machine_free(machine);
	return 0;
}

static CU_SuiteInfo suites[] = { { "age", begin, end, NULL, NULL, tests }, CU_SUITE_INFO_NULL };

UNIT_MAIN(suites)
