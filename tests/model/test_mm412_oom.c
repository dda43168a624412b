/*
 * Who is killed: badness by numbers worked out by hand, the choice among tasks, what a short
 * mempolicy or cpuset changes, and the reaper. Tasks' counters are set by the tests.
 */
#include "tests/model/world412.h"

#define FRAMES 16384
#define ASKER 3

static const struct mm_zone_span zones[] = {
	{ 0, "Normal", K_NORMAL, K_NORMAL + FRAMES },
	{ 1, "Normal", K_NORMAL + FRAMES, K_NORMAL + 3 * FRAMES },
};

static struct world412 w;
static struct mm412_request rq;

/* Two nodes of 64 and 128 MiB, 1000 pages of swap. */
static void open_world(void)
{
	w_init(&w, 2, 2);
	w.k.machine.zones = zones;
	w.k.machine.nzones = 2;
	w_boot(&w, 1000);
	mm412_alloc_request(w.mm, &rq, 0, k_gfp("GFP_KERNEL"), 0);
}

static void close_world(void)
{
	for (uint32_t i = 0; i < w.mm->sleep->ntasks; i++) {
		struct mm412_task *t = w.mm->sleep->tasks[i];

		if (t)
			memset(t->rss, 0, sizeof(t->rss));
		if (t)
			t->swapents = t->ptes = 0;
	}
	w_close(&w);
}

static struct mm412_task *task_of(uint32_t number)
{
	return mm412_task_of(w.mm, number);
}

static struct mm412_task *task_with(uint32_t number, int64_t anon)
{
	struct mm412_task *task = task_of(number);

	task->rss[MM_KIND_ANON] = anon;
	return task;
}

static bool kill_for(uint32_t asker)
{
	return mm412_oom_kill(w.mm, w_cpu(&w), task_of(asker), &rq);
}

static bool rule(uint32_t task, struct mm_task_rules rules)
{
	return mm412_mempolicy_rules(w.mm, task, &rules, w.k.text, sizeof(w.k.text));
}

/* ---- badness ----------------------------------------------------------------------------- */

static void badness_is_memory_swap_and_page_tables_with_a_bonus_and_an_adjustment(void)
{
	static const struct {
		int64_t anon, file, shmem, slab, swapents, ptes;
		bool admin;
		int adj;
		uint64_t total;
		int64_t want;
	} rows[] = {
		{ 1000, 0, 0, 0, 0, 0, false, 0, 50000, 1000 },
		{ 1000, 200, 30, 0, 4, 5, false, 0, 50000, 1239 },
		/* Slab pages are nobody's. */
		{ 1000, 0, 0, 999, 0, 0, false, 0, 50000, 1000 },
		/* 3 % of 1239, rounded down, are 37. */
		{ 1000, 200, 30, 0, 4, 5, true, 0, 50000, 1202 },
		/* 50 for each point of 1000. */
		{ 1000, 0, 0, 0, 0, 0, false, 10, 50999, 1500 },
		{ 1000, 0, 0, 0, 0, 0, false, -10, 50999, 500 },
		{ 1000, 0, 0, 0, 0, 0, true, -10, 50000, 470 },
		{ 1000, 0, 0, 0, 0, 0, false, 1000, 50000, 51000 },
		/* Never 0 for who may be killed. */
		{ 1000, 0, 0, 0, 0, 0, false, -20, 50000, 1 },
		{ 1000, 0, 0, 0, 0, 0, false, -999, 50000, 1 },
		{ 1000, 0, 0, 0, 0, 0, false, -1000, 50000, 0 },
		/* Without memory: a kernel thread. */
		{ 0, 0, 0, 5, 0, 0, false, 500, 50000, 0 },
		{ 0, 0, 0, 0, 1, 0, false, 0, 50000, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mm412_task t = {
			.rss = { rows[i].anon, rows[i].file, rows[i].shmem, rows[i].slab },
			.swapents = rows[i].swapents,
			.ptes = rows[i].ptes,
			.cap_admin = rows[i].admin,
			.oom_score_adj = rows[i].adj,
		};

		CU_ASSERT_EQUAL(mm412_oom_badness(&t, rows[i].total), rows[i].want);
	}
}

static void who_has_ended_or_was_reaped_is_nobody(void)
{
	struct mm412_task t = { .rss = { 10 }, .exited = true };

	CU_ASSERT_EQUAL(mm412_oom_badness(&t, 1000), 0);
	t.exited = false;
	t.reaped = true;
	CU_ASSERT_EQUAL(mm412_oom_badness(&t, 1000), 0);
	t.reaped = false;
	CU_ASSERT_EQUAL(mm412_oom_badness(&t, 1000), 10);
}

/* ---- the choice -------------------------------------------------------------------------- */

static void the_worst_is_killed_and_of_equals_the_first(void)
{
	task_with(ASKER, 10);
	task_with(5, 499);
	task_with(6, 500);
	task_with(7, 500);
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, 6);
	CU_ASSERT_EQUAL(w.killed, 1);
	CU_ASSERT(task_of(6)->killed);
	CU_ASSERT(task_of(6)->memdie);
	CU_ASSERT_FALSE(task_of(7)->killed);
	CU_ASSERT_EQUAL(w.mm->sleep->oom_victims, 1);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_MARK_VICTIM], 1);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_MARK_VICTIM].value[0], 6);
	CU_ASSERT_EQUAL(w.slept, W_JIFFY);
	CU_ASSERT_EQUAL(w.mm->sleep->event[MM412_OOM_KILL], 1);
}

static void nobody_else_dies_before_the_victim_has_ended_or_was_reaped(void)
{
	task_with(5, 500);
	task_with(6, 400);
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.killed, 1);
	CU_ASSERT_EQUAL(w.sleeps, 1); /* only who has killed waits */
	task_of(5)->reaped = true;
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.killed, 2);
	CU_ASSERT_EQUAL(w.victim, 6);
	task_of(5)->exited = true;
	mm412_oom_exited(w.mm, w_cpu(&w), task_of(5));
	CU_ASSERT_FALSE(task_of(5)->memdie);
	CU_ASSERT_EQUAL(w.mm->sleep->oom_victims, 1);
	mm412_oom_exited(w.mm, w_cpu(&w), task_of(5));
	CU_ASSERT_EQUAL(w.mm->sleep->oom_victims, 1);
}

static void an_adjustment_of_minus_1000_protects(void)
{
	task_with(5, 5000);
	task_with(6, 400);
	CU_ASSERT(rule(5, (struct mm_task_rules){ .oom_score_adj = -1000 }));
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, 6);
}

/* Total: 3 * 16384 frames, those of the memory map not counted, and 1000 of swap. */
static void the_adjustment_is_measured_by_all_memory_and_swap(void)
{
	uint64_t total = 1000 + w.mm->zones[0].managed + w.mm->zones[1].managed;
	int64_t step = (int64_t)(total / 1000);

	task_with(5, 500 + step - 1);
	task_with(6, 500);
	CU_ASSERT(rule(6, (struct mm_task_rules){ .oom_score_adj = 1 }));
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, 6);
	task_of(6)->reaped = true;
	task_with(7, 500);
	task_of(5)->rss[MM_KIND_ANON]++;
	CU_ASSERT(rule(7, (struct mm_task_rules){ .oom_score_adj = 1 }));
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, 5);
}

static void with_the_parameter_the_asker_itself_is_killed(void)
{
	w.mm->params.oom_kill_allocating_task[0] = 1;
	task_with(5, 500);
	task_with(ASKER, 1);
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, ASKER);
	CU_ASSERT_EQUAL(w.sleeps, 0);
	/* Unless it is protected. */
	task_of(ASKER)->reaped = true;
	task_with(4, 1);
	task_of(4)->oom_score_adj = -1000;
	CU_ASSERT(kill_for(4));
	CU_ASSERT_EQUAL(w.victim, 5);
}

static void an_asker_that_was_killed_is_hurried_and_nobody_else_killed(void)
{
	task_with(5, 500);
	task_with(ASKER, 10)->killed = true;
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.killed, 0);
	CU_ASSERT(task_of(ASKER)->memdie);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_WAKE_REAPER], 1);
	/* Once its memory was taken away there is nothing to hurry for. */
	task_of(ASKER)->reaped = true;
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, 5);
}

static void without_file_systems_nobody_is_killed(void)
{
	task_with(5, 500);
	rq.gfp &= ~(uint32_t)MM412_GFP_FS;
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.killed, 0);
}

/* ---- memory that is short only for some -------------------------------------------------- */

static void a_short_mempolicy_kills_who_uses_its_nodes(void)
{
	const struct mm_task_rules bind0 = { .policy = MM_MPOL_BIND, .policy_nodes = 1 };
	const struct mm_task_rules bind1 = { .policy = MM_MPOL_BIND, .policy_nodes = 2 };
	const struct mm_task_rules prefer1 = { .policy = MM_MPOL_PREFERRED, .policy_nodes = 2 };

	task_with(5, 900);
	task_with(6, 800);
	task_with(7, 700);
	CU_ASSERT(rule(ASKER, bind0) && rule(5, bind1) && rule(6, prefer1) && rule(7, bind0));
	rq.nodes = 1;
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, 6); /* it only prefers */
	task_of(6)->reaped = true;
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, 7);
	/* Without a mempolicy that is short the largest dies. */
	task_of(7)->reaped = true;
	rq.nodes = UINT64_MAX;
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, 5);
}

/* 16384 frames of node 0 and 1000 of swap: 17 for a point of adjustment, not 50. */
static void where_nodes_are_short_the_adjustment_is_measured_by_them(void)
{
	const struct mm_task_rules bind0 = { .policy = MM_MPOL_BIND,
					     .policy_nodes = 1,
					     .oom_score_adj = 10 };

	task_with(5, 500 + 171);
	task_with(6, 500);
	CU_ASSERT(rule(6, bind0));
	rq.nodes = 1;
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, 5);
	task_of(5)->reaped = true;
	task_with(7, 500 + 169);
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, 6);
}

static void a_cpuset_kills_only_where_nodes_are_shared(void)
{
	task_with(5, 900);
	task_with(6, 100);
	CU_ASSERT(rule(ASKER, (struct mm_task_rules){ .cpuset_nodes = 1 }));
	CU_ASSERT(rule(5, (struct mm_task_rules){ .cpuset_nodes = 2 }));
	CU_ASSERT(rule(6, (struct mm_task_rules){ .cpuset_nodes = 1 }));
	CU_ASSERT(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.victim, 6);
}

static void panic_on_oom_1_spares_mempolicies_and_cpusets_and_2_nobody(void)
{
	enum { PLAIN, BOUND, WALLED };
	static const struct {
		uint64_t param;
		int how;
		bool panics;
	} rows[] = {
		{ 0, PLAIN, false },  { 1, PLAIN, true },  { 2, PLAIN, true },
		{ 1, BOUND, false },  { 2, BOUND, true },  { 0, BOUND, false },
		{ 1, WALLED, false }, { 2, WALLED, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t before = w.mm->sleep->panics;
		uint32_t asker = 100 + (uint32_t)i, victim = 200 + (uint32_t)i;

		mm412_alloc_request(w.mm, &rq, 0, k_gfp("GFP_USER"), 0);
		if (rows[i].how == WALLED)
			CU_ASSERT(rule(asker, (struct mm_task_rules){ .cpuset_nodes = 1 }));
		if (rows[i].how == BOUND)
			rq.nodes = 1;
		task_with(victim, 10);
		w.mm->params.panic_on_oom[0] = rows[i].param;
		CU_ASSERT_EQUAL(kill_for(asker), !rows[i].panics);
		CU_ASSERT_EQUAL(w.mm->sleep->panics - before, rows[i].panics);
		CU_ASSERT_EQUAL(task_of(victim)->killed, !rows[i].panics);
		task_of(victim)->reaped = true;
	}
}

/* A kernel request may leave its cpuset: it is not what has run short. */
static void a_request_that_may_leave_its_cpuset_is_not_limited_by_it(void)
{
	task_with(5, 10);
	CU_ASSERT(rule(ASKER, (struct mm_task_rules){ .cpuset_nodes = 1 }));
	w.mm->params.panic_on_oom[0] = 1;
	CU_ASSERT_FALSE(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.mm->sleep->panics, 1);
}

static void when_nobody_can_be_killed_the_kernel_panics(void)
{
	task_with(5, 0);
	CU_ASSERT_FALSE(kill_for(ASKER));
	CU_ASSERT_EQUAL(w.mm->sleep->panics, 1);
	CU_ASSERT_EQUAL(w.killed, 0);
}

/* ---- the reaper -------------------------------------------------------------------------- */

static void hold(uint32_t task, unsigned pages)
{
	for (unsigned i = 0; i < pages; i++)
		w_hold(&w, task, MM_KIND_ANON, false);
}

static void run_reaper(void)
{
	w_run(&w, mm412_reaper_run, 1);
}

static void the_reaper_frees_the_victims_memory_the_last_one_first(void)
{
	int64_t before;

	hold(5, 300);
	hold(6, 200);
	mm412_pagevec_drain_all(w.mm, w_cpu(&w));
	before = mm412_vmstat_exact(w.mm, &w.mm->zones[0]);
	mm412_reaper_wake(w.mm, w_cpu(&w), task_of(5));
	mm412_reaper_wake(w.mm, w_cpu(&w), task_of(6));
	mm412_reaper_wake(w.mm, w_cpu(&w), task_of(5));
	CU_ASSERT_EQUAL(w_wakes(&w, "oom_reaper"), 2);
	run_reaper();
	mm412_pcp_drain_all(w.mm, w_cpu(&w), NULL);
	CU_ASSERT(mm412_vmstat_exact(w.mm, &w.mm->zones[0]) >= before + 500);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_FINISH_REAPING], 2);
	CU_ASSERT_EQUAL(w.last[MM_EVENT_FINISH_REAPING].value[0], 5);
	CU_ASSERT(task_of(5)->reaped && task_of(6)->reaped);
	CU_ASSERT_EQUAL(task_of(5)->rss[MM_KIND_ANON], 0);
}

static void who_has_ended_meanwhile_is_passed_over(void)
{
	hold(5, 3);
	mm412_reaper_wake(w.mm, w_cpu(&w), task_of(5));
	mm412_content_task_exit(w.mm, w_cpu(&w), 5);
	run_reaper();
	CU_ASSERT_EQUAL(w.events[MM_EVENT_SKIP_REAPING], 1);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_START_REAPING], 0);
}

static void end_the_search(struct world412 *world)
{
	CU_ASSERT_EQUAL(world->events[MM_EVENT_START_REAPING], 0);
	world->mm->sleep->oom_lock = false;
	world->asleep = NULL;
}

static void the_reaper_waits_for_who_looks_for_a_victim(void)
{
	hold(5, 3);
	mm412_reaper_wake(w.mm, w_cpu(&w), task_of(5));
	w.mm->sleep->oom_lock = true;
	w.asleep = end_the_search;
	w_run(&w, mm412_reaper_run, 2);
	CU_ASSERT_EQUAL(w.events[MM_EVENT_FINISH_REAPING], 1);
	CU_ASSERT_FALSE(w.mm->sleep->oom_lock);
}

static CU_TestInfo tests[] = {
	{ "badness is memory swap and page tables with a bonus and an adjustment",
	  badness_is_memory_swap_and_page_tables_with_a_bonus_and_an_adjustment },
	{ "who has ended or was reaped is nobody", who_has_ended_or_was_reaped_is_nobody },
	{ "the worst is killed and of equals the first",
	  the_worst_is_killed_and_of_equals_the_first },
	{ "nobody else dies before the victim has ended or was reaped",
	  nobody_else_dies_before_the_victim_has_ended_or_was_reaped },
	{ "an adjustment of minus 1000 protects", an_adjustment_of_minus_1000_protects },
	{ "the adjustment is measured by all memory and swap",
	  the_adjustment_is_measured_by_all_memory_and_swap },
	{ "with the parameter the asker itself is killed",
	  with_the_parameter_the_asker_itself_is_killed },
	{ "an asker that was killed is hurried and nobody else killed",
	  an_asker_that_was_killed_is_hurried_and_nobody_else_killed },
	{ "without file systems nobody is killed", without_file_systems_nobody_is_killed },
	{ "a short mempolicy kills who uses its nodes",
	  a_short_mempolicy_kills_who_uses_its_nodes },
	{ "where nodes are short the adjustment is measured by them",
	  where_nodes_are_short_the_adjustment_is_measured_by_them },
	{ "a cpuset kills only where nodes are shared",
	  a_cpuset_kills_only_where_nodes_are_shared },
	{ "panic on oom 1 spares mempolicies and cpusets and 2 nobody",
	  panic_on_oom_1_spares_mempolicies_and_cpusets_and_2_nobody },
	{ "a request that may leave its cpuset is not limited by it",
	  a_request_that_may_leave_its_cpuset_is_not_limited_by_it },
	{ "when nobody can be killed the kernel panics",
	  when_nobody_can_be_killed_the_kernel_panics },
	{ "the reaper frees the victims memory the last one first",
	  the_reaper_frees_the_victims_memory_the_last_one_first },
	{ "who has ended meanwhile is passed over", who_has_ended_meanwhile_is_passed_over },
	{ "the reaper waits for who looks for a victim",
	  the_reaper_waits_for_who_looks_for_a_victim },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm412_oom", NULL, NULL, open_world, close_world, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
