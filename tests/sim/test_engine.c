#include "sim/engine.h"

#include <stdio.h>
#include <string.h>

#include "sim/memory_flat.h"
#include "tests/unit.h"

/* Operations that never sleep: everything the dispatcher does by itself. */

#define CPUS 4
#define MOST 64

static uint16_t nodes[CPUS] = { 0, 0, 1, 1 };
static const struct sim_machine machine = { .cpus = CPUS, .nodes = 2, .cpu_node = nodes };
static struct sim_memory memory;
static struct sim_engine *engine;
static struct sim_engine_error err;

/* What ran, in order. */
static struct {
	uint32_t task;
	unsigned cpu;
	uint64_t date;
} ran[MOST];
static unsigned nran;

/* What the next operation of a task does. */
static struct plan {
	unsigned cycles;   /* it takes */
	unsigned times;    /* it runs again, */
	unsigned think;    /* so many cycles after its end, */
	unsigned next_cpu; /* there */
	bool stop, peek;
} plans[MOST];
static uint32_t peeked;

static uint64_t feed_untils[MOST];
static unsigned nfeeds;
static uint64_t (*feeder)(uint64_t until);

static enum sim_step step(void *ctx, struct sim_cpu *cpu, uint32_t task)
{
	struct plan *p = &plans[task];

	(void)ctx;
	if (nran < MOST) {
		ran[nran].task = task;
		ran[nran].cpu = cpu->id;
		ran[nran++].date = cpu->now;
	}
	sim_charge(cpu, p->cycles);
	if (p->stop)
		sim_engine_stop(engine);
	if (p->times > 0) {
		p->times--;
		sim_engine_ready(engine, p->next_cpu, task, sim_now(cpu) + p->think);
	}
	if (p->peek && !sim_engine_peek(engine, cpu->id, &peeked))
		peeked = UINT32_MAX;
	return SIM_STEP_DONE;
}

static uint64_t feed(void *ctx, uint64_t until)
{
	(void)ctx;
	if (nfeeds < MOST)
		feed_untils[nfeeds] = until;
	nfeeds++;
	return feeder ? feeder(until) : UINT64_MAX;
}

static const struct sim_client client = { .step = step, .feed = feed };

static void begin(void)
{
	sim_memory_flat_init(&memory);
	memset(plans, 0, sizeof(plans));
	nran = nfeeds = 0;
	feeder = NULL;
	err.text[0] = '\0';
	engine = sim_engine_new(&machine, SIM_ENGINE_DISPATCH, &memory, &err);
	if (!engine)
		abort();
}

static void end(void)
{
	sim_engine_free(engine);
}

static bool went(unsigned i, uint32_t task, unsigned cpu, uint64_t date)
{
	bool same = i < nran && ran[i].task == task && ran[i].cpu == cpu && ran[i].date == date;

	if (!same)
		printf(" %u: task %u on CPU %u at %llu, ", i, (unsigned)ran[i].task, ran[i].cpu,
		       (unsigned long long)ran[i].date);
	return same;
}

static void operations_run_by_date_then_cpu_then_task(void)
{
	sim_engine_ready(engine, 3, 1, 10);
	sim_engine_ready(engine, 1, 2, 10);
	sim_engine_ready(engine, 2, 8, 5);
	sim_engine_ready(engine, 2, 7, 5);
	sim_engine_ready(engine, 0, 9, 11);
	CU_ASSERT(sim_engine_run(engine, &client, &err));
	CU_ASSERT_EQUAL(nran, 5);
	CU_ASSERT(went(0, 7, 2, 5));
	CU_ASSERT(went(1, 8, 2, 5));
	CU_ASSERT(went(2, 2, 1, 10));
	CU_ASSERT(went(3, 1, 3, 10));
	CU_ASSERT(went(4, 9, 0, 11));
}

static void an_operation_that_finds_its_cpu_held_waits_and_is_counted(void)
{
	plans[1].cycles = 100;
	plans[2].cycles = 50;
	sim_engine_ready(engine, 0, 1, 10);
	sim_engine_ready(engine, 0, 2, 20);
	sim_engine_ready(engine, 0, 3, 500);
	sim_engine_ready(engine, 1, 4, 20);
	CU_ASSERT(sim_engine_run(engine, &client, &err));
	CU_ASSERT(went(0, 1, 0, 10));
	CU_ASSERT(went(1, 4, 1, 20));
	CU_ASSERT(went(2, 2, 0, 110));
	CU_ASSERT(went(3, 3, 0, 500));
	CU_ASSERT_EQUAL(sim_engine_stats(engine).operations, 4);
	CU_ASSERT_EQUAL(sim_engine_stats(engine).cpu_waits, 1);
	CU_ASSERT_EQUAL(sim_engine_stats(engine).cpu_wait_cycles, 90);
}

static void think_time_holds_no_cpu(void)
{
	plans[1] = (struct plan){ .cycles = 10, .times = 2, .think = 1000 };
	sim_engine_ready(engine, 0, 1, 0);
	sim_engine_ready(engine, 0, 2, 500);
	CU_ASSERT(sim_engine_run(engine, &client, &err));
	CU_ASSERT(went(0, 1, 0, 0));
	CU_ASSERT(went(1, 2, 0, 500));
	CU_ASSERT(went(2, 1, 0, 1010));
	CU_ASSERT(went(3, 1, 0, 2020));
	CU_ASSERT_EQUAL(sim_engine_stats(engine).cpu_waits, 0);
}

static void a_task_can_go_on_on_another_cpu(void)
{
	plans[1] = (struct plan){ .cycles = 10, .times = 1, .next_cpu = 3 };
	plans[2] = (struct plan){ .cycles = 10 };
	sim_engine_ready(engine, 0, 1, 0);
	sim_engine_ready(engine, 0, 2, 1);
	CU_ASSERT(sim_engine_run(engine, &client, &err));
	CU_ASSERT(went(1, 2, 0, 10));
	CU_ASSERT(went(2, 1, 3, 10));
}

static void the_run_ends_where_its_last_operation_does(void)
{
	plans[1].cycles = 700;
	sim_engine_ready(engine, 0, 1, 100);
	sim_engine_ready(engine, 1, 2, 200);
	CU_ASSERT(sim_engine_run(engine, &client, &err));
	CU_ASSERT_EQUAL(sim_engine_now(engine), 800);
}

static void nothing_to_do_is_a_run_too(void)
{
	CU_ASSERT(sim_engine_run(engine, &client, &err));
	CU_ASSERT_EQUAL(nfeeds, 1);
	CU_ASSERT_EQUAL(feed_untils[0], UINT64_MAX);
	CU_ASSERT_EQUAL(sim_engine_now(engine), 0);
}

/* A task at 100, 200, 300; reads no further than it is asked. */
static uint64_t feed_by_hundreds(uint64_t until)
{
	static uint32_t next;

	if (nfeeds == 1)
		next = 1;
	do {
		sim_engine_ready(engine, 0, next, next * 100);
		next++;
	} while (next <= 3 && next * 100 <= until);
	return next <= 3 ? next * 100 : UINT64_MAX;
}

static void the_feed_is_asked_before_anything_runs_at_its_date(void)
{
	feeder = feed_by_hundreds;
	sim_engine_ready(engine, 1, 50, 150);
	sim_engine_ready(engine, 1, 51, 199);
	sim_engine_ready(engine, 1, 52, 200);
	CU_ASSERT(sim_engine_run(engine, &client, &err));
	CU_ASSERT_EQUAL(nfeeds, 3);
	CU_ASSERT_EQUAL(feed_untils[0], 150);
	CU_ASSERT_EQUAL(feed_untils[1], 200);
	CU_ASSERT_EQUAL(feed_untils[2], UINT64_MAX);
	CU_ASSERT(went(0, 1, 0, 100));
	CU_ASSERT(went(1, 50, 1, 150));
	CU_ASSERT(went(2, 51, 1, 199));
	CU_ASSERT(went(3, 2, 0, 200));
	CU_ASSERT(went(4, 52, 1, 200));
	CU_ASSERT(went(5, 3, 0, 300));
}

/* Has nothing until two operations have run. */
static uint64_t feed_late(uint64_t until)
{
	if (nran < 2)
		return until;
	sim_engine_ready(engine, 0, 9, 1);
	return UINT64_MAX;
}

static void a_feed_that_has_nothing_now_is_asked_after_the_next_operation(void)
{
	feeder = feed_late;
	sim_engine_ready(engine, 1, 1, 10);
	sim_engine_ready(engine, 2, 2, 20);
	sim_engine_ready(engine, 3, 3, 30);
	CU_ASSERT(sim_engine_run(engine, &client, &err));
	CU_ASSERT_EQUAL(nfeeds, 3);
	CU_ASSERT_EQUAL(feed_untils[1], 20);
	CU_ASSERT_EQUAL(feed_untils[2], 30);
	/* Made ready when date 20 had passed: it starts no earlier. */
	CU_ASSERT(went(2, 9, 0, 20));
	CU_ASSERT(went(3, 3, 3, 30));
	CU_ASSERT_EQUAL(sim_engine_stats(engine).cpu_wait_cycles, 19);
}

static uint64_t feed_promises(uint64_t until)
{
	(void)until;
	return 1234;
}

static void a_feed_that_never_delivers_is_an_error(void)
{
	feeder = feed_promises;
	CU_ASSERT(!sim_engine_run(engine, &client, &err));
	CU_ASSERT_STRING_EQUAL(
		err.text, "the feed promises tasks from date 1234 on and makes none ready");
}

static void a_date_of_2_52_is_an_error(void)
{
	plans[1] = (struct plan){ .cycles = 100, .times = 1 };
	sim_engine_ready(engine, 0, 1, (UINT64_C(1) << 52) - 100);
	CU_ASSERT(!sim_engine_run(engine, &client, &err));
	CU_ASSERT_EQUAL(nran, 1);
	CU_ASSERT_STRING_EQUAL(err.text, "date 4503599627370496 passes 2^52 cycles");
}

static void the_last_date_below_2_52_is_none(void)
{
	sim_engine_ready(engine, 3, 1, (UINT64_C(1) << 52) - 1);
	CU_ASSERT(sim_engine_run(engine, &client, &err));
	CU_ASSERT(went(0, 1, 3, (UINT64_C(1) << 52) - 1));
}

static void stop_ends_the_run_at_the_next_operation(void)
{
	plans[1] = (struct plan){ .cycles = 10, .times = 1000 };
	plans[2].stop = true;
	sim_engine_ready(engine, 0, 1, 0);
	sim_engine_ready(engine, 1, 2, 15);
	CU_ASSERT(!sim_engine_run(engine, &client, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "stopped");
	CU_ASSERT(went(nran - 1, 2, 1, 15));
}

static void peek_tells_the_next_task_of_the_cpu(void)
{
	uint32_t task = 0;

	CU_ASSERT(!sim_engine_peek(engine, 0, &task));
	plans[1] = (struct plan){ .peek = true };
	sim_engine_ready(engine, 0, 1, 10);
	sim_engine_ready(engine, 0, 2, 30);
	sim_engine_ready(engine, 0, 3, 20);
	sim_engine_ready(engine, 1, 4, 15);
	CU_ASSERT(sim_engine_peek(engine, 0, &task));
	CU_ASSERT_EQUAL(task, 1);
	CU_ASSERT(sim_engine_run(engine, &client, &err));
	CU_ASSERT_EQUAL(peeked, 3);
}

static void a_cpu_knows_its_number_node_and_memory(void)
{
	struct sim_cpu *cpu = sim_engine_cpu(engine, 2);

	CU_ASSERT(cpu->id == 2 && cpu->node == 1);
	CU_ASSERT_PTR_EQUAL(cpu->memory, &memory);
	CU_ASSERT(!cpu->on_actor);
}

static void a_step_begins_with_no_cycles_due(void)
{
	plans[1] = (struct plan){ .cycles = 10, .times = 1, .think = 5 };
	sim_charge_part(sim_engine_cpu(engine, 0), SIM_PART_LOCK, 99);
	sim_engine_ready(engine, 0, 1, 0);
	CU_ASSERT(sim_engine_run(engine, &client, &err));
	CU_ASSERT(went(1, 1, 0, 15));
	CU_ASSERT_EQUAL(sim_engine_cpu(engine, 0)->part[SIM_PART_LOCK], 0);
}

static CU_TestInfo tests[] = {
	{ "operations run by date, then CPU, then task",
	  operations_run_by_date_then_cpu_then_task },
	{ "an operation that finds its CPU held waits and is counted",
	  an_operation_that_finds_its_cpu_held_waits_and_is_counted },
	{ "think time holds no CPU", think_time_holds_no_cpu },
	{ "a task can go on on another CPU", a_task_can_go_on_on_another_cpu },
	{ "the run ends where its last operation does",
	  the_run_ends_where_its_last_operation_does },
	{ "nothing to do is a run too", nothing_to_do_is_a_run_too },
	{ "the feed is asked before anything runs at its date",
	  the_feed_is_asked_before_anything_runs_at_its_date },
	{ "a feed that has nothing now is asked after the next operation",
	  a_feed_that_has_nothing_now_is_asked_after_the_next_operation },
	{ "a feed that never delivers is an error", a_feed_that_never_delivers_is_an_error },
	{ "a date of 2^52 is an error", a_date_of_2_52_is_an_error },
	{ "the last date below 2^52 is none", the_last_date_below_2_52_is_none },
	{ "stop ends the run at the next operation", stop_ends_the_run_at_the_next_operation },
	{ "peek tells the next task of the CPU", peek_tells_the_next_task_of_the_cpu },
	{ "a CPU knows its number, node and memory", a_cpu_knows_its_number_node_and_memory },
	{ "a step begins with no cycles due", a_step_begins_with_no_cycles_due },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "engine", NULL, NULL, begin, end, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
