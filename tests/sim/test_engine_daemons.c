#include <signal.h>
#include <string.h>

#include "tests/sim/engine_child.h"
#include "tests/sim/engine_scene.h"
#include "tests/unit.h"

/* Daemons, and the ways a run ends: exact dates. */

#define SWITCH ENGINE_SCENE_SWITCH
#define WAKE_UP ENGINE_SCENE_WAKE_UP

static struct engine_scene_stage *const stage = &engine_scene_stage;

static void compute_once_woken(void *ctx, struct sim_cpu *cpu)
{
	(void)ctx;
	engine_scene_note('<', cpu, 0);
	for (;;) {
		cpu->port->sleep(cpu, stage->queue, UINT64_MAX);
		engine_scene_note('d', cpu, 0);
		sim_charge(cpu, 1000);
		cpu->port->settle(cpu);
		engine_scene_note('D', cpu, 0);
	}
}

static enum sim_step wake_at_first(struct sim_cpu *cpu, uint32_t task)
{
	engine_scene_note((char)('a' + task), cpu, 0);
	sim_charge(cpu, 20);
	if (task == 1)
		cpu->port->wake(cpu, stage->queue, 1);
	sim_charge(cpu, task == 9 ? 5000 : 80);
	return SIM_STEP_DONE;
}

static void one_wakes_one_comes_later(void)
{
	sim_engine_ready(stage->engine, 0, 1, 100);
	sim_engine_ready(stage->engine, 0, 2, 300);
}

static void a_daemon_that_computes_delays_later_operations(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_wakes_one_comes_later,
		.step = wake_at_first,
		.daemons = { { "daemon", 0, compute_once_woken } },
	};
	struct engine_scene_result r = engine_scene_play(&s);
	uint64_t begins = 200 + WAKE_UP; /* the operation that woke it ends first */

	CU_ASSERT(r.ran);
	CU_ASSERT(engine_scene_noted(&r, 0, '<', 0, 0));
	CU_ASSERT(engine_scene_noted(&r, 1, 'b', 0, 100));
	CU_ASSERT(engine_scene_noted(&r, 2, 'd', 0, begins + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 3, 'D', 0, begins + SWITCH + 1000));
	CU_ASSERT(engine_scene_noted(&r, 4, 'c', 0, begins + SWITCH + 1000));
	CU_ASSERT_EQUAL(r.stats.preemptions, 0); /* nothing was ready at 203 */
}

static void work_to_the_end(void)
{
	sim_engine_ready(stage->engine, 0, 1, 100);
}

static void a_daemon_finishes_its_work_before_the_run_ends(void)
{
	static const struct engine_scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = work_to_the_end,
		.step = wake_at_first,
		.daemons = { { "daemon", 0, compute_once_woken } },
	};
	struct engine_scene_result r = engine_scene_play(&s);

	/* The other CPU is idle when it is woken, at 123. */
	CU_ASSERT(r.ran);
	CU_ASSERT(engine_scene_noted(&r, 2, 'd', 1, 123 + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 3, 'D', 1, 123 + SWITCH + 1000));
	CU_ASSERT_EQUAL(r.count, 4);
	CU_ASSERT_EQUAL(r.end, 123 + SWITCH + 1000);
}

static void cpu_2_is_busy(void)
{
	sim_engine_ready(stage->engine, 2, 9, 50);
	sim_engine_ready(stage->engine, 0, 1, 100);
}

static void a_daemon_runs_on_an_idle_cpu_of_its_node(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 2,
		.prepare = cpu_2_is_busy,
		.step = wake_at_first,
		.daemons = { { "daemon", 1, compute_once_woken } },
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(engine_scene_noted(&r, 0, '<', 2, 0));
	CU_ASSERT(engine_scene_noted(&r, 3, 'd', 3, 123 + SWITCH));
}

static void both_cpus_of_node_1_are_busy(void)
{
	sim_engine_ready(stage->engine, 2, 9, 50);
	sim_engine_ready(stage->engine, 3, 9 + 16, 60);
	sim_engine_ready(stage->engine, 3, 9 + 17, 120);
	sim_engine_ready(stage->engine, 0, 1, 100);
}

static enum sim_step busy_nodes(struct sim_cpu *cpu, uint32_t task)
{
	engine_scene_note((char)('a' + task % 16), cpu, 0);
	if (task == 1)
		cpu->port->wake(cpu, stage->queue, 1);
	sim_charge(cpu, task == 9 ? 5000 : 400);
	return SIM_STEP_DONE;
}

static void a_daemon_takes_the_cpu_of_its_node_that_is_free_first(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 2,
		.prepare = both_cpus_of_node_1_are_busy,
		.step = busy_nodes,
		.daemons = { { "daemon", 1, compute_once_woken } },
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(engine_scene_noted(&r, 4, 'd', 3, 460 + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 6, 'k', 3, 460 + SWITCH + 1000));
	CU_ASSERT_EQUAL(r.stats.preemptions, 1);
}

static void a_daemon_of_a_node_without_cpus_runs_anywhere(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 2,
		.prepare = work_to_the_end,
		.step = wake_at_first,
		.daemons = { { "daemon", 1, compute_once_woken } },
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(engine_scene_noted(&r, 2, 'd', 0, 203 + SWITCH));
}

static void two_daemons_share_one_cpu(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = work_to_the_end,
		.step = wake_at_first,
		.daemons = { { "first", 0, compute_once_woken },
			     { "second", 0, compute_once_woken } },
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(engine_scene_noted(&r, 0, '<', 0, 0));
	CU_ASSERT(engine_scene_noted(&r, 1, '<', 0, 0));
	CU_ASSERT(engine_scene_noted(&r, 3, 'd', 0, 203 + SWITCH));
	CU_ASSERT_EQUAL(r.count, 5); /* one was woken */
}

static void return_at_once(void *ctx, struct sim_cpu *cpu)
{
	(void)ctx;
	sim_charge(cpu, 70);
	engine_scene_note('r', cpu, 0);
}

static void a_daemon_may_end_by_itself(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = work_to_the_end,
		.step = wake_at_first,
		.daemons = { { "short", 0, return_at_once } },
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(engine_scene_noted(&r, 0, 'r', 0, 70));
	CU_ASSERT(engine_scene_noted(&r, 1, 'b', 0, 100));
}

static void look_every_500(void *ctx, struct sim_cpu *cpu)
{
	(void)ctx;
	for (;;) {
		cpu->port->sleep(cpu, stage->queue, 500);
		engine_scene_note('t', cpu, 0);
	}
}

static void far_apart(void)
{
	sim_engine_ready(stage->engine, 0, 2, 100);
	sim_engine_ready(stage->engine, 0, 3, 1200);
}

static void a_daemon_with_a_clock_does_not_keep_the_run_alive(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = far_apart,
		.step = wake_at_first,
		.daemons = { { "clock", 0, look_every_500 } },
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(engine_scene_noted(&r, 1, 't', 0, 500 + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 2, 't', 0, 500 + SWITCH + 500 + SWITCH));
	CU_ASSERT(engine_scene_noted(&r, 3, 'd', 0, 1200));
	CU_ASSERT_EQUAL(r.count, 4);
	CU_ASSERT_EQUAL(r.end, 1300);
}

/* Ends that are none. */

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

static void sleep_until_woken(struct sim_cpu *cpu, uint32_t task)
{
	uint64_t left = cpu->port->sleep(cpu, stage->queue, UINT64_MAX);

	engine_scene_note((char)('A' + task), cpu, left == UINT64_MAX);
}

static enum sim_step all_sleep(struct sim_cpu *cpu, uint32_t task)
{
	sim_charge(cpu, 100 - task); /* the last is the first to sleep */
	return SIM_STEP_SLEEP;
}

static void many_tasks(void)
{
	for (uint32_t task = 0; task < 300; task++)
		sim_engine_ready(stage->engine, task % 4, task, task);
}

static void nobody_wakes(void)
{
	sim_engine_ready(stage->engine, 0, 4, 0);
	sim_engine_ready(stage->engine, 1, 11, 40);
}

static void a_deadlock_is_told_with_who_waits_for_what(void)
{
	static const struct engine_scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = nobody_wakes,
		.step = all_sleep,
		.wait = sleep_until_woken,
		.daemons = { { "daemon", 0, compute_once_woken } },
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(!r.ran);
	CU_ASSERT_STRING_EQUAL(r.text, "deadlock at cycle 129"
				       "; task 4 waits for the queue since cycle 96"
				       "; task 11 waits for the queue since cycle 129"
				       "; daemon waits for the queue since cycle 0");
}

static void a_deadlock_of_hundreds_is_told_in_short(void)
{
	static const struct engine_scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = many_tasks,
		.step = all_sleep,
		.wait = sleep_until_woken,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(!r.ran);
	CU_ASSERT(strlen(r.text) < sizeof(r.text));
	CU_ASSERT_PTR_NOT_NULL(strstr(r.text, "; task 0 waits for the queue since"));
	CU_ASSERT_PTR_NOT_NULL(strstr(r.text, " more"));
}

static volatile sig_atomic_t interrupts;

static void on_interrupt(int number)
{
	(void)number;
	interrupts++;
	sim_engine_stop(stage->engine);
}

static void handle_interrupts(void)
{
	signal(SIGINT, on_interrupt);
	sim_engine_ready(stage->engine, 0, 1, 0);
	sim_engine_ready(stage->engine, 0, 2, 2000);
	sim_engine_ready(stage->engine, 0, 3, 3000);
}

static enum sim_step interrupt_at_2000(struct sim_cpu *cpu, uint32_t task)
{
	if (task == 2)
		raise(SIGINT);
	return first_sleeps(cpu, task);
}

static void a_signal_handler_of_ours_stays_and_can_stop_the_run(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = handle_interrupts,
		.step = interrupt_at_2000,
		.wait = sleep_1000,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(!r.ran);
	CU_ASSERT_STRING_EQUAL(r.text, "stopped");
	CU_ASSERT(engine_scene_noted(&r, r.count - 1, 'c', 0, 2000));
}

static void stop_in_a_wait(struct sim_cpu *cpu, uint32_t task)
{
	sim_engine_stop(stage->engine);
	engine_scene_note('s', cpu, 0);
	sleep_1000(cpu, task);
}

static void a_run_can_be_stopped_where_a_task_sleeps(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_other_task,
		.step = first_sleeps,
		.wait = stop_in_a_wait,
	};
	struct engine_scene_result r = engine_scene_play(&s);

	CU_ASSERT(!r.ran);
	CU_ASSERT_STRING_EQUAL(r.text, "stopped");
	CU_ASSERT(engine_scene_noted(&r, r.count - 1, '(', 0, 100));
}

static void play_twice(const void *input, void *output)
{
	const struct engine_scene *s = input;
	struct engine_scene_result *r = output, first;

	engine_scene_play_here(s, r);
	first = *r;
	memset(r, 0, sizeof(*r));
	engine_scene_play_here(s, r);
	r->ran = first.ran && !r->ran;
}

static void a_second_simulation_with_actors_in_a_process_is_refused(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_other_task,
		.step = first_sleeps,
		.wait = sleep_1000,
	};
	struct engine_scene_result r;

	CU_ASSERT(engine_child_run(play_twice, &s, &r, sizeof(r)));
	CU_ASSERT(r.ran);
	CU_ASSERT_STRING_EQUAL(r.text, "one process runs one simulation with actors");
}

static void sleep_often(void *ctx, struct sim_cpu *cpu)
{
	(void)ctx;
	for (unsigned i = 0; i < 5000; i++)
		cpu->port->sleep(cpu, NULL, 100);
}

/* The last operation comes after the daemon's sleeps. */
static void one_late(void)
{
	sim_engine_ready(stage->engine, 0, 1, 10000000);
}

static void a_run_that_only_sleeps_pulses(void)
{
	static const struct engine_scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_late,
		.step = wake_at_first,
		.daemons = { { "daemon", 0, sleep_often } },
	};
	static const struct engine_scene short_one = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_late,
		.step = wake_at_first,
		.daemons = { { "daemon", 0, compute_once_woken } },
	};

	CU_ASSERT(engine_scene_play(&s).pulsed);
	CU_ASSERT_FALSE(engine_scene_play(&short_one).pulsed);
}

static CU_TestInfo daemons[] = {
	{ "a daemon that computes delays later operations",
	  a_daemon_that_computes_delays_later_operations },
	{ "a daemon finishes its work before the run ends",
	  a_daemon_finishes_its_work_before_the_run_ends },
	{ "a daemon runs on an idle CPU of its node",
	  a_daemon_runs_on_an_idle_cpu_of_its_node },
	{ "a daemon takes the CPU of its node that is free first",
	  a_daemon_takes_the_cpu_of_its_node_that_is_free_first },
	{ "a daemon of a node without CPUs runs anywhere",
	  a_daemon_of_a_node_without_cpus_runs_anywhere },
	{ "two daemons share one CPU", two_daemons_share_one_cpu },
	{ "a daemon may end by itself", a_daemon_may_end_by_itself },
	{ "a daemon with a clock does not keep the run alive",
	  a_daemon_with_a_clock_does_not_keep_the_run_alive },
	{ "a run that only sleeps pulses", a_run_that_only_sleeps_pulses },
	CU_TEST_INFO_NULL,
};

static CU_TestInfo ends[] = {
	{ "a deadlock is told with who waits for what",
	  a_deadlock_is_told_with_who_waits_for_what },
	{ "a deadlock of hundreds is told in short", a_deadlock_of_hundreds_is_told_in_short },
	{ "a signal handler of ours stays and can stop the run",
	  a_signal_handler_of_ours_stays_and_can_stop_the_run },
	{ "a run can be stopped where a task sleeps",
	  a_run_can_be_stopped_where_a_task_sleeps },
	{ "a second simulation with actors in a process is refused",
	  a_second_simulation_with_actors_in_a_process_is_refused },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "daemons", NULL, NULL, NULL, NULL, daemons },
	{ "ends", NULL, NULL, NULL, NULL, ends },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
