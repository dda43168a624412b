#include "tests/sim/engine_scene.h"
#include "tests/unit.h"

/* Tasks that sleep, wait for disks, yield and take locks: exact dates. */

#define SWITCH ENGINE_SCENE_SWITCH
#define WAKE_UP ENGINE_SCENE_WAKE_UP

static struct engine_scene_stage *const stage = &engine_scene_stage;
static struct sim_lock lock, inner;

/* Task 1 works 100 cycles on CPU 0 and then sleeps; others come and work. */

static enum sim_step first_sleeps(struct sim_cpu *cpu, uint32_t task)
{
	engine_scene_note((char)('a' + task), cpu, 0);
	sim_charge(cpu, task == 1 ? 100 : 500);
	return task == 1 ? SIM_STEP_SLEEP : SIM_STEP_DONE;
}

static void sleep_1000(struct sim_cpu *cpu, uint32_t task)
{
	uint64_t left;

	(void)task;
	engine_scene_note('(', cpu, 0);
	left = cpu->port->sleep(cpu, NULL, 1000);
	engine_scene_note(')', cpu, left);
	engine_scene_note('p', cpu, cpu->part[SIM_PART_SLEEP]);
	sim_charge(cpu, 50);
}

static void one_other_task(void)
{
	sim_engine_ready(stage->engine, 0, 1, 0);
	sim_engine_ready(stage->engine, 0, 2, 30);
}

static void a_task_that_sleeps_frees_its_cpu(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_other_task,
		.step = first_sleeps,
		.wait = sleep_1000,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(engine_scene_noted(&r, 0, 'b', 0, 0));
	CU_ASSERT(engine_scene_noted(&r, 1, '(', 0, 100));
	CU_ASSERT(engine_scene_noted(&r, 2, 'c', 0, 100));
	CU_ASSERT(engine_scene_noted(&r, 3, ')', 0, 1100 + SWITCH));
	CU_ASSERT_EQUAL(r.notes[3].value, 0);
	CU_ASSERT_EQUAL(r.notes[4].value, 1000 + SWITCH);
	CU_ASSERT_EQUAL(r.end, 1100 + SWITCH + 50);
	CU_ASSERT_EQUAL(r.stats.operations, 2);
}

/* The same sleep, told apart: 100 cycles before it is watched, then two parts of its code. */
static void sleep_watched(struct sim_cpu *cpu, uint32_t task)
{
	struct sim_where where = { .since = cpu->now };
	unsigned before;

	(void)task;
	cpu->port->watch(cpu, &where);
	sim_charge(cpu, 5);
	before = sim_enter(cpu, 2);
	engine_scene_note('<', cpu, before);
	cpu->port->sleep(cpu, NULL, 1000);
	before = sim_enter(cpu, 3);
	engine_scene_note('>', cpu, before);
	sim_charge(cpu, 20);
	sim_leave(cpu, before);
	sim_charge(cpu, 3);
	cpu->port->watch(cpu, NULL);
	sim_enter(cpu, 4);
	sim_charge(cpu, 9);
	for (unsigned i = 0; i < 5; i++)
		engine_scene_note((char)('0' + i), cpu, where.cycles[i]);
}

static void the_time_of_an_actor_is_that_of_the_part_of_its_code_entered_last(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_other_task,
		.step = first_sleeps,
		.wait = sleep_watched,
	};
	static const uint64_t want[] = { 105, 0, 1000 + SWITCH + 3, 20, 0 };
	struct engine_scene_result r = engine_scene_play(&s);
	unsigned at = 0;

	CU_ASSERT(r.ran);
	CU_ASSERT(engine_scene_noted(&r, 1, '<', 0, 105));
	CU_ASSERT_EQUAL(r.notes[1].value, 0);
	CU_ASSERT_EQUAL(r.notes[3].what, '>');
	CU_ASSERT_EQUAL(r.notes[3].value, 2);
	for (unsigned i = 0; i < r.count; i++)
		if (r.notes[i].what >= '0' && r.notes[i].what <= '4')
			CU_ASSERT_EQUAL(r.notes[i].value, want[at++]);
	CU_ASSERT_EQUAL(at, 5);
}

static void two_other_tasks(void)
{
	sim_engine_ready(stage->engine, 0, 1, 0);
	sim_engine_ready(stage->engine, 0, 2, 900);
	sim_engine_ready(stage->engine, 0, 3, 1000);
}

static void a_task_whose_sleep_ends_runs_at_the_next_boundary_before_ready_ones(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = two_other_tasks,
		.step = first_sleeps,
		.wait = sleep_1000,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(engine_scene_noted(&r, 2, 'c', 0, 900));
	CU_ASSERT(engine_scene_noted(&r, 3, ')', 0, 1400 + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 5, 'd', 0, 1400 + SWITCH + 50));
	CU_ASSERT_EQUAL(r.stats.preemptions, 1);
	/* The woken task from 1100 on, task 3 from 1000 on. */
	CU_ASSERT_EQUAL(r.stats.cpu_waits, 2);
	CU_ASSERT_EQUAL(r.stats.cpu_wait_cycles, 300 + 400 + SWITCH + 50);
}

static void sleep_on_queue(struct sim_cpu *cpu, uint32_t task)
{
	uint64_t left = cpu->port->sleep(cpu, stage->queue, 1000);

	engine_scene_note((char)('A' + task), cpu, left);
}

static enum sim_step second_wakes(struct sim_cpu *cpu, uint32_t task)
{
	if (task == 1 || task >= 4)
		return first_sleeps(cpu, 1);
	sim_charge(cpu, 40);
	engine_scene_note('w', cpu,
			  cpu->port->wake(cpu, stage->queue, task == 3 ? 2 : UINT32_MAX));
	return SIM_STEP_DONE;
}

static void a_waker_at_300(void)
{
	sim_engine_ready(stage->engine, 0, 1, 0);
	sim_engine_ready(stage->engine, 1, 2, 300);
}

static void a_wake_up_ends_a_sleep_and_the_rest_is_left(void)
{
	static const struct engine_scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = a_waker_at_300,
		.step = second_wakes,
		.wait = sleep_on_queue,
	};
	struct engine_scene_result r = engine_scene_play(&s);
	uint64_t woken = 300 + 40 + WAKE_UP;

	CU_ASSERT(engine_scene_noted(&r, 1, 'w', 1, woken));
	CU_ASSERT_EQUAL(r.notes[1].value, 1);
	CU_ASSERT(engine_scene_noted(&r, 2, 'B', 0, woken + SWITCH));
	CU_ASSERT_EQUAL(r.notes[2].value, 1100 - woken);
}

static void a_waker_at_1080(void)
{
	sim_engine_ready(stage->engine, 0, 1, 0);
	sim_engine_ready(stage->engine, 1, 2, 1080);
}

static void a_wake_up_that_comes_after_the_time_is_up_wakes_nobody(void)
{
	static const struct engine_scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = a_waker_at_1080,
		.step = second_wakes,
		.wait = sleep_on_queue,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	/* It began before, but wakes at 1120 and costs nothing then. */
	CU_ASSERT(engine_scene_noted(&r, 1, 'w', 1, 1120));
	CU_ASSERT_EQUAL(r.notes[1].value, 0);
	CU_ASSERT(engine_scene_noted(&r, 2, 'B', 0, 1100 + SWITCH));
	CU_ASSERT_EQUAL(r.notes[2].value, 0);
}

static void sleep_until_woken(struct sim_cpu *cpu, uint32_t task)
{
	uint64_t left = cpu->port->sleep(cpu, stage->queue, UINT64_MAX);

	engine_scene_note((char)('A' + task), cpu, left == UINT64_MAX);
}

static void three_sleepers(void)
{
	sim_engine_ready(stage->engine, 2, 6, 0);
	sim_engine_ready(stage->engine, 1, 5, 10);
	sim_engine_ready(stage->engine, 0, 4, 20);
	sim_engine_ready(stage->engine, 3, 3, 500); /* wakes two, */
	sim_engine_ready(stage->engine, 3, 2, 600); /* wakes all */
}

static void sleepers_are_woken_in_the_order_they_came(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = three_sleepers,
		.step = second_wakes,
		.wait = sleep_until_woken,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(engine_scene_noted(&r, 3, 'w', 3, 540 + 2 * WAKE_UP));
	CU_ASSERT_EQUAL(r.notes[3].value, 2);
	CU_ASSERT(engine_scene_noted(&r, 4, 'G', 2, 540 + WAKE_UP + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 5, 'F', 1, 540 + 2 * WAKE_UP + SWITCH));
	CU_ASSERT_EQUAL(r.notes[5].value, 1);
	CU_ASSERT(engine_scene_noted(&r, 7, 'E', 0, 640 + WAKE_UP + SWITCH));
}

static void the_same_date_for_all(void)
{
	for (uint32_t task = 7; task >= 4; task--)
		sim_engine_ready(stage->engine, task - 4, task, 0);
}

static void sleep_to_one_date(struct sim_cpu *cpu, uint32_t task)
{
	cpu->port->sleep(cpu, NULL, 1000 - sim_now(cpu));
	engine_scene_note((char)('A' + task), cpu, 0);
}

static enum sim_step all_sleep(struct sim_cpu *cpu, uint32_t task)
{
	sim_charge(cpu, 100 - task); /* the last is the first to sleep */
	return SIM_STEP_SLEEP;
}

static void tasks_of_one_date_go_on_by_their_numbers(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = the_same_date_for_all,
		.step = all_sleep,
		.wait = sleep_to_one_date,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT(engine_scene_noted(&r, i, (char)('E' + i), i, 1000 + SWITCH));
}

static void yield_twice(struct sim_cpu *cpu, uint32_t task)
{
	(void)task;
	engine_scene_note('y', cpu, 0);
	cpu->port->yield(cpu);
	engine_scene_note('Y', cpu, 0);
	cpu->port->yield(cpu);
	engine_scene_note('Z', cpu, 0);
}

static void yield_lets_a_ready_task_run_and_else_returns_at_once(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_other_task,
		.step = first_sleeps,
		.wait = yield_twice,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(engine_scene_noted(&r, 1, 'y', 0, 100));
	CU_ASSERT(engine_scene_noted(&r, 2, 'c', 0, 100));
	CU_ASSERT(engine_scene_noted(&r, 3, 'Y', 0, 600 + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 4, 'Z', 0, 600 + SWITCH));
}

static void read_a_page(struct sim_cpu *cpu, uint32_t task)
{
	cpu->port->io(cpu, stage->disk, 4096 * task, 900, false);
	engine_scene_note((char)('A' + task), cpu, cpu->part[SIM_PART_IO]);
}

static void io_is_done_when_the_disk_says_one_after_the_other(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = the_same_date_for_all,
		.step = all_sleep,
		.wait = read_a_page,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	/* Task 7 on CPU 3 comes first, at 93; each request takes 1000. */
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT(engine_scene_noted(&r, i, (char)('H' - i), 3 - i,
					     1093 + 1000 * i + SWITCH));
		CU_ASSERT_EQUAL(r.notes[i].value, 1000 + 999 * i + SWITCH);
	}
}

static void hold_the_lock(struct sim_cpu *cpu, uint32_t task)
{
	(void)task;
	sim_charge(cpu, 100);
	sim_lock(cpu, &lock, SIM_CAUSE_REFILL);
	engine_scene_note('L', cpu, 0);
	sim_charge(cpu, 200);
	sim_lock(cpu, &inner, SIM_CAUSE_LRU);
	sim_charge(cpu, 200);
	sim_unlock(cpu, &inner);
	sim_unlock(cpu, &lock);
	engine_scene_note('U', cpu, 0);
}

static enum sim_step want_the_lock(struct sim_cpu *cpu, uint32_t task)
{
	if (task == 1)
		return SIM_STEP_SLEEP;
	engine_scene_note('a', cpu, 0);
	sim_lock(cpu, &lock, SIM_CAUSE_REFILL);
	engine_scene_note('l', cpu, cpu->part[SIM_PART_LOCK]);
	sim_unlock(cpu, &lock);
	return SIM_STEP_DONE;
}

static void before_and_inside_the_lock(void)
{
	sim_engine_ready(stage->engine, 0, 1, 0);
	sim_engine_ready(stage->engine, 1, 2, 50);
	sim_engine_ready(stage->engine, 1, 3, 350);
}

static void an_actor_takes_a_lock_at_its_date_and_keeps_it_through_a_nested_one(void)
{
	static const struct engine_scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = before_and_inside_the_lock,
		.step = want_the_lock,
		.wait = hold_the_lock,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(engine_scene_noted(&r, 1, 'l', 1, 50));
	CU_ASSERT(engine_scene_noted(&r, 2, 'L', 0, 100));
	CU_ASSERT(engine_scene_noted(&r, 3, 'U', 0, 500));
	CU_ASSERT(engine_scene_noted(&r, 4, 'a', 1, 350));
	CU_ASSERT(engine_scene_noted(&r, 5, 'l', 1, 500));
	CU_ASSERT_EQUAL(r.notes[5].value, 150);
}

/* A sleeper on CPU 0 is there while CPU 1 does much, of which some has to do with actors. */

static enum sim_step busy_cpu(struct sim_cpu *cpu, uint32_t task)
{
	if (task == 1)
		return SIM_STEP_SLEEP;
	if (task == 9) { /* in the middle of the others' */
		engine_scene_note('s', cpu, 0);
		return SIM_STEP_SLEEP;
	}
	sim_charge(cpu, 2);
	if (sim_now(cpu) < 900)
		sim_engine_ready(stage->engine, cpu->id, task, sim_now(cpu));
	else
		engine_scene_note('w', cpu, cpu->port->wake(cpu, stage->queue, 1));
	return SIM_STEP_DONE;
}

static void sleep_and_settle(struct sim_cpu *cpu, uint32_t task)
{
	if (task == 1) {
		engine_scene_note('(', cpu,
				  cpu->port->sleep(cpu, stage->queue, UINT64_MAX) ==
					  UINT64_MAX);
		return;
	}
	for (unsigned i = 0; i < 3; i++) {
		sim_charge(cpu, 50);
		cpu->port->settle(cpu);
		engine_scene_note((char)('0' + i), cpu, 0);
	}
}

static void a_busy_cpu_and_one_of_sleepers(void)
{
	sim_engine_ready(stage->engine, 0, 1, 0);
	sim_engine_ready(stage->engine, 1, 2, 0);
	sim_engine_ready(stage->engine, 0, 9, 401);
}

static void operations_go_on_while_actors_sleep_and_settle(void)
{
	static const struct engine_scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = a_busy_cpu_and_one_of_sleepers,
		.step = busy_cpu,
		.wait = sleep_and_settle,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(engine_scene_noted(&r, 0, 's', 0, 401));
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT(engine_scene_noted(&r, 1 + i, (char)('0' + i), 0, 451 + 50 * i));
	CU_ASSERT(engine_scene_noted(&r, 4, 'w', 1, 900 + WAKE_UP));
	CU_ASSERT_EQUAL(r.notes[4].value, 1);
	CU_ASSERT(engine_scene_noted(&r, 5, '(', 0, 900 + WAKE_UP + SWITCH));
	CU_ASSERT_EQUAL(r.stats.operations, 2 + 450);
	/* Task 1 begins, is woken and ends, task 9 begins and settles. */
	CU_ASSERT_EQUAL(r.stats.actor_steps, 3 + 4);
}

static enum sim_step busy_cpu_that_stops(struct sim_cpu *cpu, uint32_t task)
{
	if (task == 2 && cpu->now == 500)
		sim_engine_stop(stage->engine);
	return busy_cpu(cpu, task);
}

static void a_run_is_stopped_by_an_operation_while_actors_sleep(void)
{
	static const struct engine_scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = a_busy_cpu_and_one_of_sleepers,
		.step = busy_cpu_that_stops,
		.wait = sleep_and_settle,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT_FALSE(r.ran);
	CU_ASSERT_STRING_EQUAL(r.text, "stopped");
	CU_ASSERT_EQUAL(r.count, 2);
	CU_ASSERT_EQUAL(r.end, 502);
}

static void go_on_and_on(struct sim_cpu *cpu, uint32_t task)
{
	if (sim_now(cpu) < 100000)
		sim_engine_ready(stage->engine, cpu->id, task, sim_now(cpu) + 7);
}

static enum sim_step sleep_each_time(struct sim_cpu *cpu, uint32_t task)
{
	sim_charge(cpu, 10 + task % 3);
	return SIM_STEP_SLEEP;
}

static void many_tasks(void)
{
	for (uint32_t task = 0; task < 300; task++)
		sim_engine_ready(stage->engine, task % 4, task, task);
}

static void sleep_long_and_go_on(struct sim_cpu *cpu, uint32_t task)
{
	cpu->port->sleep(cpu, NULL, 20000);
	go_on_and_on(cpu, task);
}

static void hundreds_of_tasks_sleep_at_once_and_again(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = many_tasks,
		.step = sleep_each_time,
		.wait = sleep_long_and_go_on,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT_EQUAL(r.stats.operations % 300, 0);
	CU_ASSERT(r.stats.operations >= 1200);
}

static CU_TestInfo sleeps[] = {
	{ "a task that sleeps frees its CPU", a_task_that_sleeps_frees_its_cpu },
	{ "a task whose sleep ends runs at the next boundary, before ready ones",
	  a_task_whose_sleep_ends_runs_at_the_next_boundary_before_ready_ones },
	{ "the time of an actor is that of the part of its code entered last",
	  the_time_of_an_actor_is_that_of_the_part_of_its_code_entered_last },
	{ "a wake-up ends a sleep, and the rest is left",
	  a_wake_up_ends_a_sleep_and_the_rest_is_left },
	{ "a wake-up that comes after the time is up wakes nobody",
	  a_wake_up_that_comes_after_the_time_is_up_wakes_nobody },
	{ "sleepers are woken in the order they came",
	  sleepers_are_woken_in_the_order_they_came },
	{ "tasks of one date go on by their numbers",
	  tasks_of_one_date_go_on_by_their_numbers },
	{ "yield lets a ready task run and else returns at once",
	  yield_lets_a_ready_task_run_and_else_returns_at_once },
	{ "I/O is done when the disk says, one after the other",
	  io_is_done_when_the_disk_says_one_after_the_other },
	{ "an actor takes a lock at its date and keeps it through a nested one",
	  an_actor_takes_a_lock_at_its_date_and_keeps_it_through_a_nested_one },
	{ "operations go on while actors sleep and settle",
	  operations_go_on_while_actors_sleep_and_settle },
	{ "a run is stopped by an operation while actors sleep",
	  a_run_is_stopped_by_an_operation_while_actors_sleep },
	{ "hundreds of tasks sleep at once, and again",
	  hundreds_of_tasks_sleep_at_once_and_again },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "engine_actors", NULL, NULL, NULL, NULL, sleeps },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
