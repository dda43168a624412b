#include "sim/port_direct.h"

#include "sim/memory_flat.h"
#include "tests/unit.h"

static struct sim_cpu cpu;

static void begin(void)
{
	sim_port_direct_cpu(&cpu, 5, 2);
}

static void a_cpu_begins_at_date_0_and_owes_nothing(void)
{
	CU_ASSERT(cpu.id == 5 && cpu.node == 2);
	CU_ASSERT_EQUAL(sim_now(&cpu), 0);
	CU_ASSERT(!cpu.on_actor && !cpu.locked && !cpu.engine);
}

static void memory_costs_nothing(void)
{
	for (int line = 0; line < SIM_LINES; line++)
		sim_touch(&cpu, (enum sim_line)line, 1234, true);
	CU_ASSERT_EQUAL(cpu.due, 0);
}

static void cycles_add_up_and_parts_are_part_of_them(void)
{
	cpu.now = 1000;
	sim_charge(&cpu, 30);
	sim_charge_part(&cpu, SIM_PART_IO, 12);
	CU_ASSERT_EQUAL(cpu.due, 42);
	CU_ASSERT_EQUAL(cpu.part[SIM_PART_IO], 12);
	CU_ASSERT_EQUAL(sim_now(&cpu), 1042);
}

static void a_free_lock_is_taken_at_once(void)
{
	struct sim_lock lock = { 0 };

	sim_lock(&cpu, &lock, SIM_CAUSE_FREE);
	CU_ASSERT_EQUAL(cpu.locked, 1);
	sim_charge(&cpu, 7);
	sim_unlock(&cpu, &lock);
	CU_ASSERT_EQUAL(cpu.locked, 0);
	CU_ASSERT_EQUAL(lock.free_at, 7);
	CU_ASSERT_EQUAL(lock.taken, 1);
	CU_ASSERT_EQUAL(lock.waits[SIM_CAUSE_FREE], 0);
	CU_ASSERT_EQUAL(cpu.part[SIM_PART_LOCK], 0);
}

static void a_held_lock_is_waited_for_and_the_wait_has_its_cause(void)
{
	struct sim_lock lock = { .free_at = 100, .holder = 5, .hand_over = 9 };

	sim_charge(&cpu, 40);
	sim_lock(&cpu, &lock, SIM_CAUSE_DRAIN);
	CU_ASSERT_EQUAL(sim_now(&cpu), 100);
	CU_ASSERT_EQUAL(lock.waits[SIM_CAUSE_DRAIN], 1);
	CU_ASSERT_EQUAL(lock.wait_cycles[SIM_CAUSE_DRAIN], 60);
	CU_ASSERT_EQUAL(lock.waits[SIM_CAUSE_REFILL], 0);
	CU_ASSERT_EQUAL(cpu.part[SIM_PART_LOCK], 60);
}

static void a_lock_from_another_cpu_costs_its_line(void)
{
	struct sim_lock lock = { .holder = 4, .hand_over = 9 };

	sim_lock(&cpu, &lock, SIM_CAUSE_DRAIN);
	CU_ASSERT_EQUAL(cpu.part[SIM_PART_LOCK], 9);
	sim_unlock(&cpu, &lock);
	sim_lock(&cpu, &lock, SIM_CAUSE_DRAIN);
	CU_ASSERT_EQUAL(cpu.part[SIM_PART_LOCK], 9);
	CU_ASSERT_EQUAL(lock.holder, 5);
}

static void the_flat_model_prices_each_kind_of_line(void)
{
	struct sim_memory memory;
	uint64_t sum = 0;

	sim_memory_flat_init(&memory);
	cpu.memory = &memory;
	for (const struct sim_memory_flat_param *p = sim_memory_flat_params; p->name; p++) {
		CU_ASSERT(sim_memory_flat_set(&memory, p->name, p->min));
		CU_ASSERT(sim_memory_flat_set(&memory, p->name, p->max));
		CU_ASSERT(!sim_memory_flat_set(&memory, p->name, (uint64_t)p->max + 1));
		CU_ASSERT(sim_memory_flat_set(&memory, p->name, 10u + p->line));
		sim_touch(&cpu, p->line, 77, false);
		sum += 10u + p->line;
		CU_ASSERT_EQUAL(cpu.due, sum);
	}
	CU_ASSERT_EQUAL(cpu.part[SIM_PART_MEMORY], sum);
	CU_ASSERT_EQUAL(sum, 10u * SIM_LINES + SIM_LINES * (SIM_LINES - 1) / 2);
	CU_ASSERT(!sim_memory_flat_set(&memory, "pages", 1));
}

static uint32_t count_calls(struct sim_memory *memory, struct sim_cpu *on, enum sim_line line,
			    uint64_t key, bool write)
{
	(void)memory;
	(void)on;
	return (uint32_t)(key + line + write);
}

static void a_model_with_a_touch_of_its_own_is_asked(void)
{
	struct sim_memory memory = { .flat_cycles = { 1000 }, .touch = count_calls };

	cpu.memory = &memory;
	sim_touch(&cpu, SIM_LINE_LIST, 40, true);
	CU_ASSERT_EQUAL(cpu.due, 42);
}

static CU_TestInfo tests[] = {
	{ "a CPU begins at date 0 and owes nothing", a_cpu_begins_at_date_0_and_owes_nothing },
	{ "memory costs nothing", memory_costs_nothing },
	{ "cycles add up and parts are part of them",
	  cycles_add_up_and_parts_are_part_of_them },
	{ "a free lock is taken at once", a_free_lock_is_taken_at_once },
	{ "a held lock is waited for, and the wait has its cause",
	  a_held_lock_is_waited_for_and_the_wait_has_its_cause },
	{ "a lock from another CPU costs its line", a_lock_from_another_cpu_costs_its_line },
	{ "the flat model prices each kind of line", the_flat_model_prices_each_kind_of_line },
	{ "a model with a touch of its own is asked",
	  a_model_with_a_touch_of_its_own_is_asked },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "port_direct", NULL, NULL, begin, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
