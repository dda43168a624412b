#include "sim/device.h"
#include "tests/sim/engine_scene.h"
#include "tests/unit.h"

/* Requests that nobody waits for, beside those that somebody does: exact dates. A request
 * takes 100 cycles and one more a byte; all here are of 900 bytes. */

#define SWITCH ENGINE_SCENE_SWITCH
#define SERVICE 1000

static struct engine_scene_stage *const stage = &engine_scene_stage;
static struct sim_lock lock;

/* Notes when it will be done. */
static uint64_t submit(char what, struct sim_cpu *cpu)
{
	uint64_t done = cpu->port->submit(cpu, stage->disk, 0, 900, true);

	engine_scene_note(what, cpu, done);
	return done;
}

static bool was(const struct engine_scene_result *r, unsigned i, char what, unsigned cpu,
		uint64_t date, uint64_t done)
{
	return engine_scene_noted(r, i, what, cpu, date) && r->notes[i].value == done;
}

static enum sim_step submit_twice(struct sim_cpu *cpu, uint32_t task)
{
	(void)task;
	sim_charge(cpu, 50);
	submit('a', cpu);
	sim_charge(cpu, 10);
	submit('b', cpu);
	return SIM_STEP_DONE;
}

static void one_task(void)
{
	sim_engine_ready(stage->engine, 0, 1, 0);
}

static void an_operation_submits_and_goes_on_and_the_run_does_not_wait(void)
{
	static const struct engine_scene s = {
		.cpus = 1, .nodes = 1, .prepare = one_task, .step = submit_twice
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(was(&r, 0, 'a', 0, 50, 50 + SERVICE));
	CU_ASSERT(was(&r, 1, 'b', 0, 60, 50 + 2 * SERVICE));
	CU_ASSERT_EQUAL(r.end, 60);
	CU_ASSERT_EQUAL(r.stats.actor_steps, 0);
}

/* Even tasks submit at the end of 40 cycles, odd ones read and wait. */

static enum sim_step even_ones_submit(struct sim_cpu *cpu, uint32_t task)
{
	sim_charge(cpu, 40);
	if (task % 2)
		return SIM_STEP_SLEEP;
	submit((char)('a' + task), cpu);
	return SIM_STEP_DONE;
}

static void read_and_wait(struct sim_cpu *cpu, uint32_t task)
{
	cpu->port->io(cpu, stage->disk, 0, 900, false);
	engine_scene_note((char)('a' + task), cpu, cpu->part[SIM_PART_IO]);
}

static void four_tasks_in_turn(void)
{
	for (uint32_t task = 0; task < 4; task++)
		sim_engine_ready(stage->engine, task, task, 100 * task);
}

static void those_who_wait_and_those_who_do_not_stand_in_one_line(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = four_tasks_in_turn,
		.step = even_ones_submit,
		.wait = read_and_wait,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(was(&r, 0, 'a', 0, 40, 40 + SERVICE));
	CU_ASSERT(was(&r, 1, 'c', 2, 240, 40 + 3 * SERVICE));
	CU_ASSERT(engine_scene_noted(&r, 2, 'b', 1, 40 + 2 * SERVICE + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 3, 'd', 3, 40 + 4 * SERVICE + SWITCH));
	CU_ASSERT_EQUAL(r.notes[2].value, 2 * SERVICE - 100 + SWITCH);
}

/* Two channels; all read and wait, the first ones more than the others. */

static enum sim_step all_sleep(struct sim_cpu *cpu, uint32_t task)
{
	(void)cpu;
	(void)task;
	return SIM_STEP_SLEEP;
}

static void read_less_than_the_last(struct sim_cpu *cpu, uint32_t task)
{
	static const uint64_t bytes[] = { 3000, 900, 900, 100 };

	cpu->port->io(cpu, stage->disk, 0, bytes[task], false);
	engine_scene_note((char)('a' + task), cpu, cpu->part[SIM_PART_IO]);
}

static void with_channels_whoever_is_done_first_goes_on_first(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 1,
		.channels = 2,
		.prepare = four_tasks_in_turn,
		.step = all_sleep,
		.wait = read_less_than_the_last,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(engine_scene_noted(&r, 0, 'b', 1, 100 + 1000 + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 1, 'c', 2, 1100 + 1000 + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 2, 'd', 3, 2100 + 200 + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 3, 'a', 0, 3100 + SWITCH));
	CU_ASSERT_EQUAL(r.notes[3].value, 3100 + SWITCH);
}

/* Task 0 submits late in a long operation; others come to the disk before that moment. */

static enum sim_step late_in_a_long_operation(struct sim_cpu *cpu, uint32_t task)
{
	if (task == 0)
		sim_charge(cpu, 5000);
	return even_ones_submit(cpu, task);
}

static void who_begins_later_is_served_later(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = four_tasks_in_turn,
		.step = late_in_a_long_operation,
		.wait = read_and_wait,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	/* All requests count as made at 5040, in the order in which they came. */
	CU_ASSERT(r.ran);
	CU_ASSERT(was(&r, 0, 'a', 0, 5040, 5040 + SERVICE));
	CU_ASSERT(was(&r, 1, 'c', 2, 240, 5040 + 3 * SERVICE));
	CU_ASSERT(engine_scene_noted(&r, 2, 'b', 1, 5040 + 2 * SERVICE + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 3, 'd', 3, 5040 + 4 * SERVICE + SWITCH));
}

/* Task 1 goes on on an actor, which is 500 cycles behind when it submits; task 0 submits from
 * an operation in between. */

static enum sim_step second_sleeps(struct sim_cpu *cpu, uint32_t task)
{
	if (task == 1)
		return SIM_STEP_SLEEP;
	submit('o', cpu);
	return SIM_STEP_DONE;
}

static void compute_and_submit(struct sim_cpu *cpu, uint32_t task)
{
	(void)task;
	sim_charge(cpu, 500);
	submit('A', cpu);
}

static void compute_and_submit_inside_a_lock(struct sim_cpu *cpu, uint32_t task)
{
	sim_lock(cpu, &lock, SIM_CAUSE_RECLAIM);
	compute_and_submit(cpu, task);
	sim_unlock(cpu, &lock);
}

static void an_actor_and_an_operation(void)
{
	sim_engine_ready(stage->engine, 0, 1, 0);
	sim_engine_ready(stage->engine, 1, 0, 300);
}

static void an_actor_submits_at_its_very_date(void)
{
	static const struct engine_scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = an_actor_and_an_operation,
		.step = second_sleeps,
		.wait = compute_and_submit,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(was(&r, 0, 'o', 1, 300, 300 + SERVICE));
	CU_ASSERT(was(&r, 1, 'A', 0, 500, 300 + 2 * SERVICE));
}

static void inside_a_critical_section_nobody_comes_between(void)
{
	static const struct engine_scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = an_actor_and_an_operation,
		.step = second_sleeps,
		.wait = compute_and_submit_inside_a_lock,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(was(&r, 0, 'A', 0, 500, 500 + SERVICE));
	CU_ASSERT(was(&r, 1, 'o', 1, 300, 500 + 2 * SERVICE));
}

static void submit_and_sleep(struct sim_cpu *cpu, uint32_t task)
{
	uint64_t done = submit('s', cpu);

	(void)task;
	done = cpu->port->sleep(cpu, NULL, done - sim_now(cpu));
	engine_scene_note('d', cpu, done + cpu->part[SIM_PART_IO]);
}

static void who_wants_to_wait_sleeps_until_the_date(void)
{
	static const struct engine_scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = an_actor_and_an_operation,
		.step = second_sleeps,
		.wait = submit_and_sleep,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(was(&r, 0, 's', 0, 0, SERVICE));
	CU_ASSERT(was(&r, 1, 'o', 1, 300, 2 * SERVICE));
	CU_ASSERT(was(&r, 2, 'd', 0, SERVICE + SWITCH, 0));
}

static CU_TestInfo tests[] = {
	{ "an operation submits and goes on, and the run does not wait",
	  an_operation_submits_and_goes_on_and_the_run_does_not_wait },
	{ "those who wait and those who do not stand in one line",
	  those_who_wait_and_those_who_do_not_stand_in_one_line },
	{ "with channels whoever is done first goes on first",
	  with_channels_whoever_is_done_first_goes_on_first },
	{ "who begins later is served later", who_begins_later_is_served_later },
	{ "an actor submits at its very date", an_actor_submits_at_its_very_date },
	{ "inside a critical section nobody comes between",
	  inside_a_critical_section_nobody_comes_between },
	{ "who wants to wait sleeps until the date", who_wants_to_wait_sleeps_until_the_date },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "engine_submit", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
