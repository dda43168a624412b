#include "sim/dispatch.h"

#include <string.h>

#include "tests/unit.h"

#define CPUS 37

static struct sim_dispatch d;
static uint64_t random_state;

static uint64_t draw(uint64_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (random_state >> 33) % below;
}

static void begin(void)
{
	random_state = 1;
	if (!sim_dispatch_init(&d, CPUS))
		abort();
}

static void end(void)
{
	sim_dispatch_fini(&d);
}

static void the_smallest_key_wins_after_any_change(void)
{
	uint64_t keys[CPUS];

	memset(keys, 0xff, sizeof(keys));
	CU_ASSERT_EQUAL(sim_dispatch_min(&d), SIM_DISPATCH_NEVER);
	for (int round = 0; round < 20000; round++) {
		unsigned cpu = (unsigned)draw(CPUS);
		uint64_t min = SIM_DISPATCH_NEVER;

		/* Few dates, so that many are equal. */
		keys[cpu] = draw(5) ? sim_dispatch_key(draw(20), cpu) : SIM_DISPATCH_NEVER;
		sim_dispatch_set(&d, cpu, keys[cpu]);
		for (unsigned i = 0; i < CPUS; i++)
			if (keys[i] < min)
				min = keys[i];
		if (sim_dispatch_min(&d) != min) {
			CU_FAIL("not the smallest key");
			return;
		}
	}
	CU_PASS("20000 changes");
}

static void equal_dates_go_to_the_lower_cpu(void)
{
	sim_dispatch_set(&d, 30, sim_dispatch_key(7, 30));
	sim_dispatch_set(&d, 5, sim_dispatch_key(7, 5));
	sim_dispatch_set(&d, 2, sim_dispatch_key(8, 2));
	CU_ASSERT_EQUAL(sim_dispatch_key_cpu(sim_dispatch_min(&d)), 5);
	CU_ASSERT_EQUAL(sim_dispatch_key_date(sim_dispatch_min(&d)), 7);
}

static void a_key_holds_every_date_below_2_52_and_every_cpu(void)
{
	uint64_t key = sim_dispatch_key(SIM_DISPATCH_DATES - 1, SIM_DISPATCH_CPUS - 2);

	CU_ASSERT_EQUAL(sim_dispatch_key_date(key), SIM_DISPATCH_DATES - 1);
	CU_ASSERT_EQUAL(sim_dispatch_key_cpu(key), SIM_DISPATCH_CPUS - 2);
	CU_ASSERT(key < SIM_DISPATCH_NEVER);
}

static void one_cpu_is_a_tree_too(void)
{
	struct sim_dispatch one;

	CU_ASSERT_FATAL(sim_dispatch_init(&one, 1));
	sim_dispatch_set(&one, 0, sim_dispatch_key(3, 0));
	CU_ASSERT_EQUAL(sim_dispatch_min(&one), sim_dispatch_key(3, 0));
	sim_dispatch_fini(&one);
}

/* The ready tasks as a plain array: what the heap is held against. */
struct plain {
	struct sim_dispatch_task tasks[64];
	unsigned count;
};

static unsigned earliest(const struct plain *p)
{
	unsigned best = 0;

	for (unsigned i = 1; i < p->count; i++)
		if (p->tasks[i].date < p->tasks[best].date ||
		    (p->tasks[i].date == p->tasks[best].date &&
		     p->tasks[i].task < p->tasks[best].task))
			best = i;
	return best;
}

static bool same_first(const struct plain *p, const struct sim_dispatch_cpu *c)
{
	const struct sim_dispatch_task *first = sim_dispatch_first(c);

	if (p->count == 0)
		return first == NULL;
	return first && first->task == p->tasks[earliest(p)].task &&
	       first->date == p->tasks[earliest(p)].date;
}

static void push(struct plain *p, struct sim_dispatch_cpu *c, uint32_t task)
{
	uint64_t date = draw(50);

	p->tasks[p->count++] = (struct sim_dispatch_task){ .date = date, .task = task };
	CU_ASSERT_FATAL(sim_dispatch_push(c, task, date));
}

/* Takes the first; while it runs 0, 1 or 2 tasks become ready, then its place is closed. */
static bool run_first(struct plain *p, struct sim_dispatch_cpu *c, uint32_t *next_task)
{
	unsigned best = earliest(p), pushes = (unsigned)draw(3);
	struct sim_dispatch_task task = sim_dispatch_pop(c);
	bool good = task.task == p->tasks[best].task && task.date == p->tasks[best].date;

	p->tasks[best] = p->tasks[--p->count];
	good = good && same_first(p, c);
	for (unsigned i = 0; i < pushes && p->count < 64; i++) {
		push(p, c, (*next_task)++);
		good = good && same_first(p, c);
	}
	if (c->vacant)
		sim_dispatch_close(c);
	return good && same_first(p, c) && c->count == p->count;
}

static void ready_tasks_come_by_date_then_by_number(void)
{
	struct sim_dispatch_cpu *c = &d.cpus[0];
	struct plain p = { .count = 0 };
	uint32_t next_task = 0;

	for (int round = 0; round < 20000; round++) {
		if (p.count < 63 && (p.count == 0 || draw(3) == 0))
			push(&p, c, (next_task++ * 2654435761u) >> 8);
		if (!same_first(&p, c) || !run_first(&p, c, &next_task)) {
			CU_FAIL("another order than the sorted array's");
			return;
		}
	}
	CU_PASS("20000 rounds");
}

static void a_cpu_whose_only_task_runs_has_no_next_one(void)
{
	struct sim_dispatch_cpu *c = &d.cpus[3];

	CU_ASSERT_PTR_NULL(sim_dispatch_first(c));
	CU_ASSERT(sim_dispatch_push(c, 9, 100));
	CU_ASSERT_EQUAL(sim_dispatch_pop(c).task, 9);
	CU_ASSERT_PTR_NULL(sim_dispatch_first(c));
	sim_dispatch_close(c);
	CU_ASSERT_EQUAL(c->count, 0);
}

static CU_TestInfo tests[] = {
	{ "the smallest key wins after any change", the_smallest_key_wins_after_any_change },
	{ "equal dates go to the lower CPU", equal_dates_go_to_the_lower_cpu },
	{ "a key holds every date below 2^52 and every CPU",
	  a_key_holds_every_date_below_2_52_and_every_cpu },
	{ "one CPU is a tree too", one_cpu_is_a_tree_too },
	{ "ready tasks come by date, then by number", ready_tasks_come_by_date_then_by_number },
	{ "a CPU whose only task runs has no next one",
	  a_cpu_whose_only_task_runs_has_no_next_one },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "dispatch", NULL, NULL, begin, end, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
