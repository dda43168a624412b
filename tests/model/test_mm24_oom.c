/*
 * When memory is out, how bad tasks are, and who dies. The badness figures are worked out by
 * hand from the kernel's formula: total_vm over a rough square root of CPU time (units of
 * 1024 jiffies) and over the root's root of run time (units of 131072 jiffies).
 */
#include "tests/model/kernel24.h"

#define FRAMES 2048

static struct kernel24 k;
static struct sim_cpu *cpu;
static unsigned kills;
static uint32_t last_killed;

static void boot(void)
{
	k_one_zone(&k, 3, FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
	cpu = &k.cpus[0];
	kills = 0;
	last_killed = UINT32_MAX;
}

static void drop(void)
{
	k_drop(&k);
}

static int badness(struct mm24_task task, uint64_t jiffies)
{
	return mm24_oom_badness(&task, jiffies);
}

static void memory_is_out_at_the_marks_and_without_a_swap_slot(void)
{
	k_by_hand(&k, 2, true);
	k.mm->nr_free = k.mm->free_min;
	k.mm->nr_clean = k.mm->free_low - k.mm->free_min;
	CU_ASSERT_FALSE(mm24_oom_test(k.mm)); /* one slot is free */
	CU_ASSERT_EQUAL(mm24_swap_get(k.mm), 1);
	CU_ASSERT_TRUE(mm24_oom_test(k.mm));
	k.mm->nr_clean++;
	CU_ASSERT_FALSE(mm24_oom_test(k.mm));
	k.mm->nr_clean = 0;
	k.mm->nr_free++;
	CU_ASSERT_FALSE(mm24_oom_test(k.mm));
}

static void badness_falls_with_time_and_privileges(void)
{
	const struct mm24_task plain = { .total_vm = 1000, .uid = 500, .euid = 500 };
	struct mm24_task task = plain;

	CU_ASSERT_EQUAL(badness(plain, 0), 1000);
	task.utime = 1000;
	task.stime = 23; /* 1023 jiffies are no unit yet; root(0) and root(1) are 1 */
	CU_ASSERT_EQUAL(badness(task, 0), 1000);
	task.stime = 1024 * 4 - 1000; /* root(4): 4 -> 1, out 2, 2 - 0 = 2 */
	CU_ASSERT_EQUAL(badness(task, 0), 500);
	task.stime = 1024 * 100 - 1000; /* 100 -> 25 -> 6 -> 1; out 50, 25, 12; less 3 */
	CU_ASSERT_EQUAL(badness(task, 0), 111);
	task = plain;
	/* 16 -> 4 -> 1: out 8, 4; less 1 = 3; root(3): 3 -> 0, out 1. */
	CU_ASSERT_EQUAL(badness(task, 16u << 17), 1000);
	/* 64 -> 16 -> 4 -> 1: out 32, 16, 8; less 2 = 6; root(6): 6 -> 1, out 3. */
	CU_ASSERT_EQUAL(badness(task, 64u << 17), 333);
	task.start = 64u << 17;
	CU_ASSERT_EQUAL(badness(task, 64u << 17), 1000);
}

static void badness_knows_nice_tasks_root_and_capabilities(void)
{
	static const struct {
		struct mm24_task task;
		int points;
	} rows[] = {
		{ { .total_vm = 1001, .uid = 500, .euid = 500, .nice = 1 }, 2002 },
		{ { .total_vm = 1001, .uid = 500, .euid = 500, .nice = -1 }, 1001 },
		{ { .total_vm = 1001, .uid = 0, .euid = 500 }, 250 },
		{ { .total_vm = 1001, .uid = 500, .euid = 0 }, 250 },
		{ { .total_vm = 1001, .caps = 1u << 21 }, 250 }, /* all three: once */
		{ { .total_vm = 1001, .uid = 5, .euid = 5, .caps = 1u << 21 }, 250 },
		{ { .total_vm = 1001, .uid = 5, .euid = 5, .caps = 1u << 17 }, 250 },
		{ { .total_vm = 1001, .uid = 5, .euid = 5, .caps = ~(5u << 17 | 1u << 21) },
		  1001 },
		{ { .total_vm = 1001, .caps = 1u << 17 }, 62 },
		{ { .total_vm = 1001, .uid = 5, .euid = 5, .no_mm = true }, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		CU_ASSERT_EQUAL(badness(rows[i].task, 0), rows[i].points);
}

/* Figures that the kernel itself has given (golden file "oom"). */
static void badness_is_what_the_kernel_says(void)
{
	static const struct {
		struct mm24_task task;
		int points;
	} rows[] = {
		{ { .total_vm = 369788,
		    .utime = 14,
		    .stime = 23564262,
		    .uid = 500,
		    .caps = 0x20000 },
		  171 },
		{ { .total_vm = 649171,
		    .utime = 406480,
		    .stime = 1,
		    .nice = 18,
		    .uid = 500,
		    .euid = 500 },
		  72130 },
		{ { .total_vm = 563,
		    .utime = 1,
		    .stime = 4775192,
		    .uid = 500,
		    .euid = 500,
		    .caps = 0x20000 },
		  2 },
		{ { .total_vm = 4131893,
		    .utime = 1455851,
		    .stime = 505137,
		    .start = 9,
		    .nice = 4,
		    .uid = 500,
		    .euid = 500,
		    .caps = 0x200000 },
		  45909 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		CU_ASSERT_EQUAL(badness(rows[i].task, 12), rows[i].points);
}

static void tasks_keep_their_place_while_others_come(void)
{
	struct mm24_task *first = mm24_oom_task(k.mm, 0), *last;

	first->total_vm = 7;
	last = mm24_oom_task(k.mm, 5000);
	CU_ASSERT_PTR_NOT_NULL_FATAL(last);
	CU_ASSERT_PTR_EQUAL(mm24_oom_task(k.mm, 0), first);
	CU_ASSERT_PTR_EQUAL(mm24_oom_task(k.mm, 5000), last);
	CU_ASSERT_EQUAL(last->number, 5000);
	CU_ASSERT_EQUAL(first->total_vm, 7);
	CU_ASSERT_PTR_NULL(mm24_oom_task(k.mm, UINT32_MAX));
}

static void there_is_room_for_the_number_behind_the_last(void)
{
	for (uint32_t i = 0; i < 70; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(mm24_oom_task(k.mm, i));
		CU_ASSERT_FATAL(k.mm->ntasks > i);
	}
}

static void by_hand_every_cpu_has_a_task(void)
{
	k_by_hand(&k, 0, true);
	mm24_oom_task(k.mm, 1)->total_vm = 1001;
	CU_ASSERT_PTR_EQUAL(mm24_oom_kill(k.mm, cpu), k.mm->tasks[1]);
	CU_ASSERT_TRUE(k.mm->tasks[1]->memalloc);
	CU_ASSERT_FALSE(k.mm->tasks[1]->killed);
	CU_ASSERT_FALSE(k.mm->tasks[0]->memalloc);
}

static void the_first_of_the_worst_dies(void)
{
	k_by_hand(&k, 0, true);
	CU_ASSERT_PTR_EQUAL(mm24_oom_kill(k.mm, cpu), k.mm->tasks[0]);
	mm24_oom_task(k.mm, 0)->total_vm = 1;
	CU_ASSERT_PTR_EQUAL(mm24_oom_kill(k.mm, cpu), k.mm->tasks[1]);
}

static void nobody_dies_whose_points_are_not_positive(void)
{
	k_by_hand(&k, 0, true);
	for (uint32_t i = 0; i < 3; i++)
		mm24_oom_task(k.mm, i)->total_vm = i == 2 ? 0x80000000u : 0;
	CU_ASSERT_PTR_NULL(mm24_oom_kill(k.mm, cpu));
}

static void count_kill(void *ctx, uint32_t task)
{
	CU_ASSERT_PTR_EQUAL(ctx, &k);
	kills++;
	last_killed = task;
}

static void in_a_world_the_host_hears_of_each_victim_once(void)
{
	const struct mm_host host = { .ctx = &k, .killed = count_kill };

	k.mm->host = &host;
	mm24_oom_task(k.mm, 3)->total_vm = 10;
	mm24_oom_task(k.mm, 8)->total_vm = 20;
	CU_ASSERT_PTR_EQUAL(mm24_oom_kill(k.mm, cpu), k.mm->tasks[8]);
	CU_ASSERT_PTR_EQUAL(mm24_oom_kill(k.mm, cpu), k.mm->tasks[8]);
	CU_ASSERT_EQUAL(kills, 1);
	CU_ASSERT_EQUAL(last_killed, 8);
	CU_ASSERT_TRUE(k.mm->tasks[8]->killed && k.mm->tasks[8]->memalloc);
	mm24_content_task_exit(k.mm, cpu, 8);
	CU_ASSERT_FALSE(k.mm->tasks[8]->killed || k.mm->tasks[8]->memalloc);
	CU_ASSERT_PTR_EQUAL(mm24_oom_kill(k.mm, cpu), k.mm->tasks[3]);
	CU_ASSERT_EQUAL(k.mm->stats.oom_kills, 2);
	mm24_content_task_exit(k.mm, cpu, 3);
	CU_ASSERT_PTR_NULL(mm24_oom_kill(k.mm, cpu));
	CU_ASSERT_EQUAL(kills, 2);
	k.mm->host = NULL;
}

static CU_TestInfo tests[] = {
	{ "memory is out at the marks and without a swap slot",
	  memory_is_out_at_the_marks_and_without_a_swap_slot },
	{ "badness falls with time and privileges", badness_falls_with_time_and_privileges },
	{ "badness knows nice tasks, root and capabilities",
	  badness_knows_nice_tasks_root_and_capabilities },
	{ "badness is what the kernel says", badness_is_what_the_kernel_says },
	{ "tasks keep their place while others come",
	  tasks_keep_their_place_while_others_come },
	{ "there is room for the number behind the last",
	  there_is_room_for_the_number_behind_the_last },
	{ "by hand every CPU has a task", by_hand_every_cpu_has_a_task },
	{ "the first of the worst dies", the_first_of_the_worst_dies },
	{ "nobody dies whose points are not positive",
	  nobody_dies_whose_points_are_not_positive },
	{ "in a world the host hears of each victim once",
	  in_a_world_the_host_hears_of_each_victim_once },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_oom", NULL, NULL, boot, drop, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
