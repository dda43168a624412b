#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "sim/device.h"
#include "sim/engine.h"
#include "sim/memory_flat.h"
#include "tests/sim/engine_child.h"
#include "tests/unit.h"

/*
 * What sleeps: exact dates of small scenes, each in a process of its own and in both modes.
 * A context switch is 10 cycles, a wake-up 3; a disk's request takes 100 and a cycle a byte.
 */
#define SWITCH 10
#define WAKE_UP 3
#define MOST 40
#define FOREVER UINT64_MAX

struct result {
	bool ran;
	unsigned count;
	struct {
		char who; /* a letter for what happened */
		unsigned cpu;
		uint64_t date, value;
	} notes[MOST];
	struct sim_engine_stats stats;
	uint64_t end;
	char text[1024];
};

struct daemon {
	const char *name;
	unsigned node;
	sim_daemon_fn *run;
};

struct scene {
	unsigned cpus, nodes; /* the last node has no CPU when nodes > cpus */
	void (*prepare)(void);
	enum sim_step (*step)(struct sim_cpu *cpu, uint32_t task);
	void (*wait)(struct sim_cpu *cpu, uint32_t task);
	struct daemon daemons[3];
	enum sim_engine_mode mode;
};

/* The child's. */
static const struct scene *scene;
static struct result *result;
static struct sim_engine *engine;
static struct sim_queue *queue, *other;
static struct sim_disk *disk;
static struct sim_lock lock, inner;

static void note(char who, const struct sim_cpu *cpu, uint64_t value)
{
	unsigned i = result->count++;

	if (i >= MOST)
		return;
	result->notes[i].who = who;
	result->notes[i].cpu = cpu->id;
	result->notes[i].date = sim_now(cpu);
	result->notes[i].value = value;
}

static enum sim_step step(void *ctx, struct sim_cpu *cpu, uint32_t task)
{
	(void)ctx;
	return scene->step(cpu, task);
}

static void wait(void *ctx, struct sim_cpu *cpu, uint32_t task)
{
	(void)ctx;
	scene->wait(cpu, task);
}

static uint64_t feed(void *ctx, uint64_t until)
{
	(void)ctx;
	(void)until;
	return UINT64_MAX;
}

static bool add_actors(struct sim_engine_error *err)
{
	if (!sim_engine_disk(engine, disk, 0, err))
		return false;
	for (const struct daemon *d = scene->daemons; d->name; d++)
		if (!sim_engine_daemon(engine, d->name, d->node, d->run, NULL, err))
			return false;
	return true;
}

static void play(const void *input, void *output)
{
	static const struct sim_device_figures figures = {
		.size_bytes = 1 << 30,
		.read_ns = 100,
		.write_ns = 100,
		.read_bytes_s = 1000000000,
		.write_bytes_s = 1000000000,
	};
	static const struct sim_client client = { .step = step, .wait = wait, .feed = feed };
	uint16_t nodes[8];
	struct sim_machine machine = {
		.cpu_node = nodes,
		.sched_cycles = { .context_switch = SWITCH, .wake_up = WAKE_UP },
	};
	struct sim_memory memory;
	struct sim_engine_error err = { "" };

	scene = input;
	result = output;
	machine.cpus = scene->cpus;
	machine.nodes = scene->nodes;
	for (unsigned i = 0; i < scene->cpus; i++)
		nodes[i] = (uint16_t)(i * scene->nodes / scene->cpus);
	sim_memory_flat_init(&memory);
	engine = sim_engine_new(&machine, scene->mode, &memory, &err);
	queue = sim_queue_new(engine, "the queue");
	other = sim_queue_new(engine, "another queue");
	disk = sim_device_new("disk", &figures, 1000);
	if (add_actors(&err)) {
		scene->prepare();
		result->ran = sim_engine_run(engine, &client, &err);
	}
	memcpy(result->text, err.text, sizeof(result->text));
	result->stats = sim_engine_stats(engine);
	result->end = sim_engine_now(engine);
	sim_queue_free(queue);
	sim_queue_free(other);
	sim_engine_free(engine);
	sim_device_free(disk);
}

/* Plays the scene in both modes; they must not differ in anything. */
static struct result play_both(const struct scene *s)
{
	struct result both[2];

	for (unsigned i = 0; i < 2; i++) {
		struct scene copy = *s;

		copy.mode = i ? SIM_ENGINE_STRICT : SIM_ENGINE_DISPATCH;
		CU_ASSERT(engine_child_run(play, &copy, &both[i], sizeof(both[i])));
	}
	CU_ASSERT(memcmp(&both[0], &both[1], sizeof(both[0])) == 0);
	return both[0];
}

static bool noted(const struct result *r, unsigned i, char who, unsigned cpu, uint64_t date)
{
	if (i < r->count && r->notes[i].who == who && r->notes[i].cpu == cpu &&
	    r->notes[i].date == date)
		return true;
	for (unsigned n = 0; n < r->count && n < MOST; n++)
		printf("\n  %u: %c on CPU %u at %llu, %llu", n, r->notes[n].who,
		       r->notes[n].cpu, (unsigned long long)r->notes[n].date,
		       (unsigned long long)r->notes[n].value);
	printf("\n  %s", r->text);
	return false;
}

/* Task 1 works 100 cycles on CPU 0 and then sleeps; others come and work. */

static enum sim_step first_sleeps(struct sim_cpu *cpu, uint32_t task)
{
	note((char)('a' + task), cpu, 0);
	sim_charge(cpu, task == 1 ? 100 : 500);
	return task == 1 ? SIM_STEP_SLEEP : SIM_STEP_DONE;
}

static void sleep_1000(struct sim_cpu *cpu, uint32_t task)
{
	uint64_t left;

	(void)task;
	note('(', cpu, 0);
	left = cpu->port->sleep(cpu, NULL, 1000);
	note(')', cpu, left);
	note('p', cpu, cpu->part[SIM_PART_SLEEP]);
	sim_charge(cpu, 50);
}

static void one_other_task(void)
{
	sim_engine_ready(engine, 0, 1, 0);
	sim_engine_ready(engine, 0, 2, 30);
}

static void a_task_that_sleeps_frees_its_cpu(void)
{
	static const struct scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_other_task,
		.step = first_sleeps,
		.wait = sleep_1000,
	};
	struct result r = play_both(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(noted(&r, 0, 'b', 0, 0));
	CU_ASSERT(noted(&r, 1, '(', 0, 100));
	CU_ASSERT(noted(&r, 2, 'c', 0, 100));
	CU_ASSERT(noted(&r, 3, ')', 0, 1100 + SWITCH));
	CU_ASSERT_EQUAL(r.notes[3].value, 0);
	CU_ASSERT_EQUAL(r.notes[4].value, 1000 + SWITCH);
	CU_ASSERT_EQUAL(r.end, 1100 + SWITCH + 50);
	CU_ASSERT_EQUAL(r.stats.operations, 2);
}

static void two_other_tasks(void)
{
	sim_engine_ready(engine, 0, 1, 0);
	sim_engine_ready(engine, 0, 2, 900);
	sim_engine_ready(engine, 0, 3, 1000);
}

static void a_task_whose_sleep_ends_runs_at_the_next_boundary_before_ready_ones(void)
{
	static const struct scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = two_other_tasks,
		.step = first_sleeps,
		.wait = sleep_1000,
	};
	struct result r = play_both(&s);

	CU_ASSERT(noted(&r, 2, 'c', 0, 900));
	CU_ASSERT(noted(&r, 3, ')', 0, 1400 + SWITCH));
	CU_ASSERT(noted(&r, 5, 'd', 0, 1400 + SWITCH + 50));
	CU_ASSERT_EQUAL(r.stats.preemptions, 1);
	/* The woken task from 1100 on, task 3 from 1000 on. */
	CU_ASSERT_EQUAL(r.stats.cpu_waits, 2);
	CU_ASSERT_EQUAL(r.stats.cpu_wait_cycles, 300 + 400 + SWITCH + 50);
}

static void sleep_on_queue(struct sim_cpu *cpu, uint32_t task)
{
	uint64_t left = cpu->port->sleep(cpu, queue, 1000);

	note((char)('A' + task), cpu, left);
}

static enum sim_step second_wakes(struct sim_cpu *cpu, uint32_t task)
{
	if (task == 1 || task >= 4)
		return first_sleeps(cpu, 1);
	sim_charge(cpu, 40);
	note('w', cpu, cpu->port->wake(cpu, queue, task == 3 ? 2 : UINT32_MAX));
	return SIM_STEP_DONE;
}

static void a_waker_at_300(void)
{
	sim_engine_ready(engine, 0, 1, 0);
	sim_engine_ready(engine, 1, 2, 300);
}

static void a_wake_up_ends_a_sleep_and_the_rest_is_left(void)
{
	static const struct scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = a_waker_at_300,
		.step = second_wakes,
		.wait = sleep_on_queue,
	};
	struct result r = play_both(&s);
	uint64_t woken = 300 + 40 + WAKE_UP;

	CU_ASSERT(noted(&r, 1, 'w', 1, woken));
	CU_ASSERT_EQUAL(r.notes[1].value, 1);
	CU_ASSERT(noted(&r, 2, 'B', 0, woken + SWITCH));
	CU_ASSERT_EQUAL(r.notes[2].value, 1100 - woken);
}

static void a_waker_at_1080(void)
{
	sim_engine_ready(engine, 0, 1, 0);
	sim_engine_ready(engine, 1, 2, 1080);
}

static void a_wake_up_that_comes_after_the_time_is_up_wakes_nobody(void)
{
	static const struct scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = a_waker_at_1080,
		.step = second_wakes,
		.wait = sleep_on_queue,
	};
	struct result r = play_both(&s);

	/* It began before, but wakes at 1120 and costs nothing then. */
	CU_ASSERT(noted(&r, 1, 'w', 1, 1120));
	CU_ASSERT_EQUAL(r.notes[1].value, 0);
	CU_ASSERT(noted(&r, 2, 'B', 0, 1100 + SWITCH));
	CU_ASSERT_EQUAL(r.notes[2].value, 0);
}

static void sleep_until_woken(struct sim_cpu *cpu, uint32_t task)
{
	uint64_t left = cpu->port->sleep(cpu, queue, FOREVER);

	note((char)('A' + task), cpu, left == FOREVER);
}

static void three_sleepers(void)
{
	sim_engine_ready(engine, 2, 6, 0);
	sim_engine_ready(engine, 1, 5, 10);
	sim_engine_ready(engine, 0, 4, 20);
	sim_engine_ready(engine, 3, 3, 500); /* wakes two, */
	sim_engine_ready(engine, 3, 2, 600); /* wakes all */
}

static void sleepers_are_woken_in_the_order_they_came(void)
{
	static const struct scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = three_sleepers,
		.step = second_wakes,
		.wait = sleep_until_woken,
	};
	struct result r = play_both(&s);

	CU_ASSERT(noted(&r, 3, 'w', 3, 540 + 2 * WAKE_UP));
	CU_ASSERT_EQUAL(r.notes[3].value, 2);
	CU_ASSERT(noted(&r, 4, 'G', 2, 540 + WAKE_UP + SWITCH));
	CU_ASSERT(noted(&r, 5, 'F', 1, 540 + 2 * WAKE_UP + SWITCH));
	CU_ASSERT_EQUAL(r.notes[5].value, 1);
	CU_ASSERT(noted(&r, 7, 'E', 0, 640 + WAKE_UP + SWITCH));
}

static void the_same_date_for_all(void)
{
	for (uint32_t task = 7; task >= 4; task--)
		sim_engine_ready(engine, task - 4, task, 0);
}

static void sleep_to_one_date(struct sim_cpu *cpu, uint32_t task)
{
	cpu->port->sleep(cpu, NULL, 1000 - sim_now(cpu));
	note((char)('A' + task), cpu, 0);
}

static enum sim_step all_sleep(struct sim_cpu *cpu, uint32_t task)
{
	sim_charge(cpu, 100 - task); /* the last is the first to sleep */
	return SIM_STEP_SLEEP;
}

static void tasks_of_one_date_go_on_by_their_numbers(void)
{
	static const struct scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = the_same_date_for_all,
		.step = all_sleep,
		.wait = sleep_to_one_date,
	};
	struct result r = play_both(&s);

	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT(noted(&r, i, (char)('E' + i), i, 1000 + SWITCH));
}

/* Daemons. */

static void compute_once_woken(void *ctx, struct sim_cpu *cpu)
{
	(void)ctx;
	note('<', cpu, 0);
	for (;;) {
		cpu->port->sleep(cpu, queue, FOREVER);
		note('d', cpu, 0);
		sim_charge(cpu, 1000);
		cpu->port->settle(cpu);
		note('D', cpu, 0);
	}
}

static enum sim_step wake_at_first(struct sim_cpu *cpu, uint32_t task)
{
	note((char)('a' + task), cpu, 0);
	sim_charge(cpu, 20);
	if (task == 1)
		cpu->port->wake(cpu, queue, 1);
	sim_charge(cpu, task == 9 ? 5000 : 80);
	return SIM_STEP_DONE;
}

static void one_wakes_one_comes_later(void)
{
	sim_engine_ready(engine, 0, 1, 100);
	sim_engine_ready(engine, 0, 2, 300);
}

static void a_daemon_that_computes_delays_later_operations(void)
{
	static const struct scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_wakes_one_comes_later,
		.step = wake_at_first,
		.daemons = { { "daemon", 0, compute_once_woken } },
	};
	struct result r = play_both(&s);
	uint64_t begins = 200 + WAKE_UP; /* the operation that woke it ends first */

	CU_ASSERT(r.ran);
	CU_ASSERT(noted(&r, 0, '<', 0, 0));
	CU_ASSERT(noted(&r, 1, 'b', 0, 100));
	CU_ASSERT(noted(&r, 2, 'd', 0, begins + SWITCH));
	CU_ASSERT(noted(&r, 3, 'D', 0, begins + SWITCH + 1000));
	CU_ASSERT(noted(&r, 4, 'c', 0, begins + SWITCH + 1000));
	CU_ASSERT_EQUAL(r.stats.preemptions, 0); /* nothing was ready at 203 */
}

static void work_to_the_end(void)
{
	sim_engine_ready(engine, 0, 1, 100);
}

static void a_daemon_finishes_its_work_before_the_run_ends(void)
{
	static const struct scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = work_to_the_end,
		.step = wake_at_first,
		.daemons = { { "daemon", 0, compute_once_woken } },
	};
	struct result r = play_both(&s);

	/* The other CPU is idle when it is woken, at 123. */
	CU_ASSERT(r.ran);
	CU_ASSERT(noted(&r, 2, 'd', 1, 123 + SWITCH));
	CU_ASSERT(noted(&r, 3, 'D', 1, 123 + SWITCH + 1000));
	CU_ASSERT_EQUAL(r.count, 4);
	CU_ASSERT_EQUAL(r.end, 123 + SWITCH + 1000);
}

static void cpu_2_is_busy(void)
{
	sim_engine_ready(engine, 2, 9, 50);
	sim_engine_ready(engine, 0, 1, 100);
}

static void a_daemon_runs_on_an_idle_cpu_of_its_node(void)
{
	static const struct scene s = {
		.cpus = 4,
		.nodes = 2,
		.prepare = cpu_2_is_busy,
		.step = wake_at_first,
		.daemons = { { "daemon", 1, compute_once_woken } },
	};
	struct result r = play_both(&s);

	CU_ASSERT(noted(&r, 0, '<', 2, 0));
	CU_ASSERT(noted(&r, 3, 'd', 3, 123 + SWITCH));
}

static void both_cpus_of_node_1_are_busy(void)
{
	sim_engine_ready(engine, 2, 9, 50);
	sim_engine_ready(engine, 3, 9 + 16, 60);
	sim_engine_ready(engine, 3, 9 + 17, 120);
	sim_engine_ready(engine, 0, 1, 100);
}

static enum sim_step busy_nodes(struct sim_cpu *cpu, uint32_t task)
{
	note((char)('a' + task % 16), cpu, 0);
	if (task == 1)
		cpu->port->wake(cpu, queue, 1);
	sim_charge(cpu, task == 9 ? 5000 : 400);
	return SIM_STEP_DONE;
}

static void a_daemon_takes_the_cpu_of_its_node_that_is_free_first(void)
{
	static const struct scene s = {
		.cpus = 4,
		.nodes = 2,
		.prepare = both_cpus_of_node_1_are_busy,
		.step = busy_nodes,
		.daemons = { { "daemon", 1, compute_once_woken } },
	};
	struct result r = play_both(&s);

	CU_ASSERT(noted(&r, 4, 'd', 3, 460 + SWITCH));
	CU_ASSERT(noted(&r, 6, 'k', 3, 460 + SWITCH + 1000));
	CU_ASSERT_EQUAL(r.stats.preemptions, 1);
}

static void a_daemon_of_a_node_without_cpus_runs_anywhere(void)
{
	static const struct scene s = {
		.cpus = 1,
		.nodes = 2,
		.prepare = work_to_the_end,
		.step = wake_at_first,
		.daemons = { { "daemon", 1, compute_once_woken } },
	};
	struct result r = play_both(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(noted(&r, 2, 'd', 0, 203 + SWITCH));
}

static void two_daemons_share_one_cpu(void)
{
	static const struct scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = work_to_the_end,
		.step = wake_at_first,
		.daemons = { { "first", 0, compute_once_woken },
			     { "second", 0, compute_once_woken } },
	};
	struct result r = play_both(&s);

	CU_ASSERT(noted(&r, 0, '<', 0, 0));
	CU_ASSERT(noted(&r, 1, '<', 0, 0));
	CU_ASSERT(noted(&r, 3, 'd', 0, 203 + SWITCH));
	CU_ASSERT_EQUAL(r.count, 5); /* one was woken */
}

static void return_at_once(void *ctx, struct sim_cpu *cpu)
{
	(void)ctx;
	sim_charge(cpu, 70);
	note('r', cpu, 0);
}

static void a_daemon_may_end_by_itself(void)
{
	static const struct scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = work_to_the_end,
		.step = wake_at_first,
		.daemons = { { "short", 0, return_at_once } },
	};
	struct result r = play_both(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(noted(&r, 0, 'r', 0, 70));
	CU_ASSERT(noted(&r, 1, 'b', 0, 100));
}

static void look_every_500(void *ctx, struct sim_cpu *cpu)
{
	(void)ctx;
	for (;;) {
		cpu->port->sleep(cpu, queue, 500);
		note('t', cpu, 0);
	}
}

static void far_apart(void)
{
	sim_engine_ready(engine, 0, 2, 100);
	sim_engine_ready(engine, 0, 3, 1200);
}

static void a_daemon_with_a_clock_does_not_keep_the_run_alive(void)
{
	static const struct scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = far_apart,
		.step = wake_at_first,
		.daemons = { { "clock", 0, look_every_500 } },
	};
	struct result r = play_both(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT(noted(&r, 1, 't', 0, 500 + SWITCH));
	CU_ASSERT(noted(&r, 2, 't', 0, 500 + SWITCH + 500 + SWITCH));
	CU_ASSERT(noted(&r, 3, 'd', 0, 1200));
	CU_ASSERT_EQUAL(r.count, 4);
	CU_ASSERT_EQUAL(r.end, 1300);
}

/* Yield, disks, locks. */

static void yield_twice(struct sim_cpu *cpu, uint32_t task)
{
	(void)task;
	note('y', cpu, 0);
	cpu->port->yield(cpu);
	note('Y', cpu, 0);
	cpu->port->yield(cpu);
	note('Z', cpu, 0);
}

static void yield_lets_a_ready_task_run_and_else_returns_at_once(void)
{
	static const struct scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_other_task,
		.step = first_sleeps,
		.wait = yield_twice,
	};
	struct result r = play_both(&s);

	CU_ASSERT(noted(&r, 1, 'y', 0, 100));
	CU_ASSERT(noted(&r, 2, 'c', 0, 100));
	CU_ASSERT(noted(&r, 3, 'Y', 0, 600 + SWITCH));
	CU_ASSERT(noted(&r, 4, 'Z', 0, 600 + SWITCH));
}

static void read_a_page(struct sim_cpu *cpu, uint32_t task)
{
	cpu->port->io(cpu, disk, 4096 * task, 900, false);
	note((char)('A' + task), cpu, cpu->part[SIM_PART_IO]);
}

static void io_is_done_when_the_disk_says_one_after_the_other(void)
{
	static const struct scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = the_same_date_for_all,
		.step = all_sleep,
		.wait = read_a_page,
	};
	struct result r = play_both(&s);

	/* Task 7 on CPU 3 comes first, at 93; each request takes 1000. */
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT(noted(&r, i, (char)('H' - i), 3 - i, 1093 + 1000 * i + SWITCH));
		CU_ASSERT_EQUAL(r.notes[i].value, 1000 + 999 * i + SWITCH);
	}
}

static void hold_the_lock(struct sim_cpu *cpu, uint32_t task)
{
	(void)task;
	sim_charge(cpu, 100);
	sim_lock(cpu, &lock, SIM_CAUSE_REFILL);
	note('L', cpu, 0);
	sim_charge(cpu, 200);
	sim_lock(cpu, &inner, SIM_CAUSE_LRU);
	sim_charge(cpu, 200);
	sim_unlock(cpu, &inner);
	sim_unlock(cpu, &lock);
	note('U', cpu, 0);
}

static enum sim_step want_the_lock(struct sim_cpu *cpu, uint32_t task)
{
	if (task == 1)
		return SIM_STEP_SLEEP;
	note('a', cpu, 0);
	sim_lock(cpu, &lock, SIM_CAUSE_REFILL);
	note('l', cpu, cpu->part[SIM_PART_LOCK]);
	sim_unlock(cpu, &lock);
	return SIM_STEP_DONE;
}

static void before_and_inside_the_lock(void)
{
	sim_engine_ready(engine, 0, 1, 0);
	sim_engine_ready(engine, 1, 2, 50);
	sim_engine_ready(engine, 1, 3, 350);
}

static void an_actor_takes_a_lock_at_its_date_and_keeps_it_through_a_nested_one(void)
{
	static const struct scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = before_and_inside_the_lock,
		.step = want_the_lock,
		.wait = hold_the_lock,
	};
	struct result r = play_both(&s);

	CU_ASSERT(noted(&r, 1, 'l', 1, 50));
	CU_ASSERT(noted(&r, 2, 'L', 0, 100));
	CU_ASSERT(noted(&r, 3, 'U', 0, 500));
	CU_ASSERT(noted(&r, 4, 'a', 1, 350));
	CU_ASSERT(noted(&r, 5, 'l', 1, 500));
	CU_ASSERT_EQUAL(r.notes[5].value, 150);
}

static void go_on_and_on(struct sim_cpu *cpu, uint32_t task)
{
	if (sim_now(cpu) < 100000)
		sim_engine_ready(engine, cpu->id, task, sim_now(cpu) + 7);
}

static enum sim_step sleep_each_time(struct sim_cpu *cpu, uint32_t task)
{
	sim_charge(cpu, 10 + task % 3);
	return SIM_STEP_SLEEP;
}

static void many_tasks(void)
{
	for (uint32_t task = 0; task < 300; task++)
		sim_engine_ready(engine, task % 4, task, task);
}

static void sleep_long_and_go_on(struct sim_cpu *cpu, uint32_t task)
{
	cpu->port->sleep(cpu, NULL, 20000);
	go_on_and_on(cpu, task);
}

static void hundreds_of_tasks_sleep_at_once_and_again(void)
{
	static const struct scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = many_tasks,
		.step = sleep_each_time,
		.wait = sleep_long_and_go_on,
	};
	struct result r = play_both(&s);

	CU_ASSERT(r.ran);
	CU_ASSERT_EQUAL(r.stats.operations % 300, 0);
	CU_ASSERT(r.stats.operations >= 1200);
}

/* Ends that are none. */

static void nobody_wakes(void)
{
	sim_engine_ready(engine, 0, 4, 0);
	sim_engine_ready(engine, 1, 11, 40);
}

static void a_deadlock_is_told_with_who_waits_for_what(void)
{
	static const struct scene s = {
		.cpus = 2,
		.nodes = 1,
		.prepare = nobody_wakes,
		.step = all_sleep,
		.wait = sleep_until_woken,
		.daemons = { { "daemon", 0, compute_once_woken } },
	};
	struct result r = play_both(&s);

	CU_ASSERT(!r.ran);
	CU_ASSERT_STRING_EQUAL(r.text, "deadlock at cycle 129"
				       "; task 4 waits for the queue since cycle 96"
				       "; task 11 waits for the queue since cycle 129"
				       "; daemon waits for the queue since cycle 0");
}

static void a_deadlock_of_hundreds_is_told_in_short(void)
{
	static const struct scene s = {
		.cpus = 4,
		.nodes = 1,
		.prepare = many_tasks,
		.step = all_sleep,
		.wait = sleep_until_woken,
	};
	struct result r = play_both(&s);

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
	sim_engine_stop(engine);
}

static void handle_interrupts(void)
{
	signal(SIGINT, on_interrupt);
	sim_engine_ready(engine, 0, 1, 0);
	sim_engine_ready(engine, 0, 2, 2000);
	sim_engine_ready(engine, 0, 3, 3000);
}

static enum sim_step interrupt_at_2000(struct sim_cpu *cpu, uint32_t task)
{
	if (task == 2)
		raise(SIGINT);
	return first_sleeps(cpu, task);
}

static void a_signal_handler_of_ours_stays_and_can_stop_the_run(void)
{
	static const struct scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = handle_interrupts,
		.step = interrupt_at_2000,
		.wait = sleep_1000,
	};
	struct result r = play_both(&s);

	CU_ASSERT(!r.ran);
	CU_ASSERT_STRING_EQUAL(r.text, "stopped");
	CU_ASSERT(noted(&r, r.count - 1, 'c', 0, 2000));
}

static void stop_in_a_wait(struct sim_cpu *cpu, uint32_t task)
{
	sim_engine_stop(engine);
	note('s', cpu, 0);
	sleep_1000(cpu, task);
}

static void a_run_can_be_stopped_where_a_task_sleeps(void)
{
	static const struct scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_other_task,
		.step = first_sleeps,
		.wait = stop_in_a_wait,
	};
	struct result r = play_both(&s);

	CU_ASSERT(!r.ran);
	CU_ASSERT_STRING_EQUAL(r.text, "stopped");
	CU_ASSERT(noted(&r, r.count - 1, '(', 0, 100));
}

static void play_twice(const void *input, void *output)
{
	const struct scene *s = input;
	struct result *r = output, first;

	play(s, r);
	first = *r;
	memset(r, 0, sizeof(*r));
	play(s, r);
	r->ran = first.ran && !r->ran;
}

static void a_second_simulation_with_actors_in_a_process_is_refused(void)
{
	static const struct scene s = {
		.cpus = 1,
		.nodes = 1,
		.prepare = one_other_task,
		.step = first_sleeps,
		.wait = sleep_1000,
	};
	struct result r;

	CU_ASSERT(engine_child_run(play_twice, &s, &r, sizeof(r)));
	CU_ASSERT(r.ran);
	CU_ASSERT_STRING_EQUAL(r.text, "one process runs one simulation with actors");
}

static CU_TestInfo sleeps[] = {
	{ "a task that sleeps frees its CPU", a_task_that_sleeps_frees_its_cpu },
	{ "a task whose sleep ends runs at the next boundary, before ready ones",
	  a_task_whose_sleep_ends_runs_at_the_next_boundary_before_ready_ones },
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
	{ "hundreds of tasks sleep at once, and again",
	  hundreds_of_tasks_sleep_at_once_and_again },
	CU_TEST_INFO_NULL,
};

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
	{ "sleeps", NULL, NULL, NULL, NULL, sleeps },
	{ "daemons", NULL, NULL, NULL, NULL, daemons },
	{ "ends", NULL, NULL, NULL, NULL, ends },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
