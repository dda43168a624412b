#include "tests/sim/engine_scene.h"
#include "tests/unit.h"

/* Work that one CPU gives another: exact dates. */

#define SWITCH ENGINE_SCENE_SWITCH
#define WAKE_UP ENGINE_SCENE_WAKE_UP
#define IPI ENGINE_SCENE_IPI
#define WORK 70

static struct engine_scene_stage *const stage = &engine_scene_stage;

/* Task 1 computes 40 cycles and interrupts CPU 1, task 2 its own CPU; others take 500. */
static enum sim_step interrupt_cpu_1(struct sim_cpu *cpu, uint32_t task)
{
	engine_scene_note((char)('a' + task), cpu, 0);
	if (task > 2) {
		sim_charge(cpu, 500);
		return SIM_STEP_DONE;
	}
	sim_charge(cpu, 40);
	engine_scene_note('i', cpu, cpu->port->run_on(cpu, task == 1 ? 1 : cpu->id, WORK));
	return SIM_STEP_DONE;
}

static void cpu_1_runs_two(void)
{
	sim_engine_ready(stage->engine, 1, 3, 0);
	sim_engine_ready(stage->engine, 0, 1, 100);
	sim_engine_ready(stage->engine, 1, 4, 450);
}

static void an_interrupt_comes_behind_the_running_operation_and_delays_the_next(void)
{
	static const struct engine_scene s = {
		.cpus = 2, .nodes = 1, .prepare = cpu_1_runs_two, .step = interrupt_cpu_1
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(engine_scene_noted(&r, 2, 'i', 0, 140));
	CU_ASSERT_EQUAL(r.notes[2].value, 500 + WORK);
	CU_ASSERT(engine_scene_noted(&r, 3, 'e', 1, 500 + WORK));
	CU_ASSERT_EQUAL(r.stats.interrupts, 1);
	CU_ASSERT_EQUAL(r.stats.cpu_wait_cycles, 50 + WORK);
}

static void two_interrupts(void)
{
	sim_engine_ready(stage->engine, 0, 1, 100);
	sim_engine_ready(stage->engine, 2, 1, 110);
	sim_engine_ready(stage->engine, 1, 4, 150);
}

static void interrupts_of_an_idle_cpu_have_a_way_to_go_and_queue_there(void)
{
	static const struct engine_scene s = {
		.cpus = 3, .nodes = 1, .prepare = two_interrupts, .step = interrupt_cpu_1
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(engine_scene_noted(&r, 1, 'i', 0, 140));
	CU_ASSERT_EQUAL(r.notes[1].value, 140 + IPI + WORK);
	CU_ASSERT(engine_scene_noted(&r, 3, 'i', 2, 150));
	CU_ASSERT_EQUAL(r.notes[3].value, 100 + WORK + WORK);
	CU_ASSERT(engine_scene_noted(&r, 4, 'e', 1, 100 + WORK + WORK));
	CU_ASSERT_EQUAL(r.stats.interrupts, 2);
}

static void one_on_itself(void)
{
	sim_engine_ready(stage->engine, 1, 2, 100);
	sim_engine_ready(stage->engine, 1, 4, 120);
}

static void work_for_the_cpu_itself_is_part_of_the_operation(void)
{
	static const struct engine_scene s = {
		.cpus = 2, .nodes = 1, .prepare = one_on_itself, .step = interrupt_cpu_1
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(engine_scene_noted(&r, 1, 'i', 1, 140 + WORK));
	CU_ASSERT_EQUAL(r.notes[1].value, 140 + WORK);
	CU_ASSERT(engine_scene_noted(&r, 2, 'e', 1, 140 + WORK));
	CU_ASSERT_EQUAL(r.stats.interrupts, 0);
}

static void compute_in_two_steps(void *ctx, struct sim_cpu *cpu)
{
	(void)ctx;
	cpu->port->sleep(cpu, NULL, 50);
	engine_scene_note('<', cpu, 0);
	for (int i = 0; i < 2; i++) {
		sim_charge(cpu, 1000);
		cpu->port->settle(cpu);
		engine_scene_note('s', cpu, cpu->part[SIM_PART_SLEEP]);
	}
	cpu->port->sleep(cpu, NULL, 10);
	engine_scene_note('>', cpu, 0);
}

static void two_tasks_interrupt(void)
{
	sim_engine_ready(stage->engine, 0, 1, 100);
	sim_engine_ready(stage->engine, 2, 1, 110);
}

static void who_computes_on_an_actor_goes_on_that_much_later(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 2,
		.prepare = two_tasks_interrupt,
		.step = interrupt_cpu_1,
		/* One holds CPU 0, so that the other is on CPU 1. */
		.daemons = { { "first", 0, compute_in_two_steps },
			     { "second", 0, compute_in_two_steps } },
	};
	struct engine_scene_result r = engine_scene_play(&s);
	uint64_t slept = 50 + SWITCH;

	/* On CPU 0 task 1 waits for the daemon; CPU 2 interrupts the other one at once. */
	CU_ASSERT(r.ran);
	CU_ASSERT(engine_scene_noted(&r, 0, '<', 0, slept));
	CU_ASSERT(engine_scene_noted(&r, 1, '<', 1, slept));
	CU_ASSERT(engine_scene_noted(&r, 3, 'i', 2, 150));
	CU_ASSERT_EQUAL(r.notes[3].value, 150 + IPI + WORK);
	CU_ASSERT(engine_scene_noted(&r, 4, 's', 0, slept + 1000));
	CU_ASSERT(engine_scene_noted(&r, 5, 's', 1, slept + 1000 + WORK));
	CU_ASSERT_EQUAL(r.notes[4].value, slept);
	CU_ASSERT_EQUAL(r.notes[5].value, slept + WORK);
	/* When the first daemon sleeps task 1 comes and interrupts the second one again. */
	CU_ASSERT(engine_scene_noted(&r, 8, 'i', 0, slept + 2000 + 40));
	CU_ASSERT(engine_scene_noted(&r, 10, 's', 1, slept + 2000 + 2 * WORK));
	CU_ASSERT_EQUAL(r.notes[10].value, slept + 2 * WORK);
}

static void compute_at_200(void *ctx, struct sim_cpu *cpu)
{
	(void)ctx;
	cpu->port->sleep(cpu, NULL, 200);
	engine_scene_note('<', cpu, 0);
}

static void busy_until_550(void)
{
	sim_engine_ready(stage->engine, 0, 3, 50);
	sim_engine_ready(stage->engine, 1, 3, 50);
	sim_engine_ready(stage->engine, 2, 1, 300);
}

static void who_waits_for_its_cpu_waits_for_its_interrupts_too(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 2,
		.prepare = busy_until_550,
		.step = interrupt_cpu_1,
		.daemons = { { "first", 0, compute_at_200 }, { "second", 0, compute_at_200 } },
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(engine_scene_noted(&r, 3, 'i', 2, 340));
	CU_ASSERT_EQUAL(r.notes[3].value, 550 + WORK);
	CU_ASSERT(engine_scene_noted(&r, 4, '<', 0, 550 + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 5, '<', 1, 550 + WORK + SWITCH));
}

static enum sim_step sleeps_at_once(struct sim_cpu *cpu, uint32_t task)
{
	sim_charge(cpu, 20);
	if (task == 1)
		return SIM_STEP_SLEEP;
	engine_scene_note((char)('a' + task), cpu, 0);
	sim_charge(cpu, 500);
	return SIM_STEP_DONE;
}

/* As a drain: work for two CPUs, a sleep until the last is through. */
static void work_for_two(struct sim_cpu *cpu, uint32_t task)
{
	uint64_t busy = cpu->port->run_on(cpu, 1, WORK);
	uint64_t idle = cpu->port->run_on(cpu, 2, WORK);

	(void)task;
	engine_scene_note('1', cpu, busy);
	engine_scene_note('2', cpu, idle);
	cpu->port->sleep(cpu, NULL, busy - sim_now(cpu));
	engine_scene_note('w', cpu, cpu->part[SIM_PART_SLEEP]);
}

static void a_drain_at_100(void)
{
	sim_engine_ready(stage->engine, 1, 3, 30);
	sim_engine_ready(stage->engine, 0, 1, 100);
	sim_engine_ready(stage->engine, 0, 4, 110);
}

static void who_waits_for_work_elsewhere_leaves_its_cpu_to_others(void)
{
	static const struct engine_scene s = {
		.cpus = 3,
		.nodes = 1,
		.prepare = a_drain_at_100,
		.step = sleeps_at_once,
		.wait = work_for_two,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(engine_scene_noted(&r, 1, '1', 0, 120));
	CU_ASSERT_EQUAL(r.notes[1].value, 550 + WORK);
	CU_ASSERT_EQUAL(r.notes[2].value, 120 + IPI + WORK);
	CU_ASSERT(engine_scene_noted(&r, 3, 'e', 0, 140));
	/* Task 4 began at 120 and has the CPU for 520 cycles. */
	CU_ASSERT(engine_scene_noted(&r, 4, 'w', 0, 640 + SWITCH));
	CU_ASSERT_EQUAL(r.stats.interrupts, 2);
	CU_ASSERT_EQUAL(r.stats.context_switches, 1);
}

static CU_TestInfo tests[] = {
	{ "an interrupt comes behind the running operation and delays the next",
	  an_interrupt_comes_behind_the_running_operation_and_delays_the_next },
	{ "interrupts of an idle CPU have a way to go and queue there",
	  interrupts_of_an_idle_cpu_have_a_way_to_go_and_queue_there },
	{ "work for the CPU itself is part of the operation",
	  work_for_the_cpu_itself_is_part_of_the_operation },
	{ "who computes on an actor goes on that much later",
	  who_computes_on_an_actor_goes_on_that_much_later },
	{ "who waits for its CPU waits for its interrupts too",
	  who_waits_for_its_cpu_waits_for_its_interrupts_too },
	{ "who waits for work elsewhere leaves its CPU to others",
	  who_waits_for_work_elsewhere_leaves_its_cpu_to_others },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "engine_interrupt", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
