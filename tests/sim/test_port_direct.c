#include "sim/port_direct.h"

#include <string.h>

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

static void nothing_waits_and_no_call_is_missing(void)
{
	const struct sim_port *port = cpu.port;

	cpu.now = 1000;
	sim_charge(&cpu, 30);
	port->settle(&cpu);
	port->yield(&cpu);
	port->io(&cpu, NULL, 4096, 4096, true);
	CU_ASSERT_EQUAL(port->sleep(&cpu, NULL, UINT64_MAX), 0);
	CU_ASSERT_EQUAL(port->wake(&cpu, NULL, UINT32_MAX), 0);
	CU_ASSERT_EQUAL(port->submit(&cpu, NULL, 4096, 4096, false), 1030);
	CU_ASSERT_EQUAL(sim_now(&cpu), 1030);
	/* A member that is added is added here, too. */
	for (size_t i = 0; i < sizeof(*port) / sizeof(void (*)(void)); i++) {
		void (*member)(void);

		memcpy(&member, (const char *)port + i * sizeof(member), sizeof(member));
		CU_ASSERT(member != NULL);
	}
}

/* ---- locks that spin ------------------------------------------------------------------- */

#define HAND_OVER 40
#define TAKERS 5000

struct taker {
	unsigned cpu;
	bool waited;
	uint64_t turn; /* the lock was left to it */
	uint64_t left; /* by it */
};

static uint32_t draw(uint32_t *random, uint32_t below)
{
	*random = *random * 1664525u + 1013904223u;
	return (*random >> 8) % below;
}

/* The slow way: all before it to whom the lock was not left yet when it came spin with it. */
static uint64_t reference(const struct taker *all, unsigned i, uint64_t came, unsigned on,
			  bool spins)
{
	uint64_t got = came, spinners = 1;

	if (i == 0)
		return came + HAND_OVER; /* it comes from CPU 0, which is nobody here */
	if (all[i - 1].left > came) {
		got = all[i - 1].left;
		/* Those who found it free did not spin. */
		for (unsigned k = 0; spins && k < i; k++)
			spinners += all[k].waited && all[k].turn > came;
	}
	return got + (all[i - 1].cpu == on ? 0 : spinners * HAND_OVER);
}

/* CPUs take and leave a lock; each comes again some time after it has left. Returns the end,
 * and in *agreed how often that was as in the reference. */
static uint64_t end_of(bool spins, unsigned cpus, uint32_t pause, uint32_t hold,
		       unsigned *agreed)
{
	struct sim_lock lock = { .hand_over = HAND_OVER, .spins = spins };
	struct taker all[TAKERS];
	uint64_t next[64] = { 0 };
	uint32_t random = pause + cpus;
	unsigned same = 0;

	for (unsigned i = 0; i < TAKERS; i++) {
		unsigned first = 0;
		uint64_t want;

		for (unsigned k = 1; k < cpus; k++)
			if (next[k] < next[first])
				first = k;
		sim_port_direct_cpu(&cpu, (uint16_t)(first + 1), 0);
		cpu.now = next[first];
		want = agreed ? reference(all, i, cpu.now, first, spins) : 0;
		sim_lock(&cpu, &lock, SIM_CAUSE_LRU);
		all[i].cpu = first;
		all[i].turn = i > 0 ? all[i - 1].left : 0;
		all[i].waited = all[i].turn > cpu.now;
		same += sim_now(&cpu) == want && cpu.part[SIM_PART_LOCK] == cpu.due;
		sim_charge(&cpu, 1 + draw(&random, hold));
		sim_unlock(&cpu, &lock);
		all[i].left = sim_now(&cpu);
		next[first] = sim_now(&cpu) + 1 + draw(&random, pause);
	}
	if (agreed)
		*agreed = same;
	return lock.free_at;
}

static bool agree(bool spins, unsigned cpus, uint32_t pause)
{
	unsigned agreed;

	end_of(spins, cpus, pause, 300, &agreed);
	return agreed == TAKERS;
}

static void a_lock_that_spins_agrees_with_a_slow_reference(void)
{
	for (unsigned cpus = 1; cpus <= SIM_LOCK_RING; cpus++)
		for (uint32_t pause = 10; pause <= 10000; pause *= 10) {
			CU_ASSERT(agree(true, cpus, pause));
			CU_ASSERT(agree(false, cpus, pause));
		}
}

/* The end of such a run when each hand-over is priced by those who wait at that moment, whom
 * this simulation can look up, since it knows when everybody comes next. */
static uint64_t end_of_truth(unsigned cpus, uint32_t pause, uint32_t hold)
{
	uint64_t next[64] = { 0 }, free_at = 0;
	uint32_t random = pause + cpus;
	unsigned holder = UINT32_MAX;

	for (unsigned i = 0; i < TAKERS; i++) {
		unsigned first = 0, waiting = 0;
		uint64_t got;

		for (unsigned k = 0; k < cpus; k++) {
			first = next[k] < next[first] ? k : first;
			waiting += next[k] < free_at;
		}
		got = next[first] > free_at ? next[first] : free_at;
		if (holder != first)
			got += HAND_OVER * (waiting ? waiting : 1);
		holder = first;
		free_at = got + 1 + draw(&random, hold);
		next[first] = free_at + 1 + draw(&random, pause);
	}
	return free_at;
}

static void charging_who_comes_later_gives_the_same_throughput(void)
{
	for (unsigned cpus = 2; cpus <= SIM_LOCK_RING; cpus++)
		for (uint32_t pause = 10; pause <= 10000; pause *= 10) {
			uint64_t got = end_of(true, cpus, pause, 300, NULL);
			uint64_t want = end_of_truth(cpus, pause, 300);

			CU_ASSERT(got < want + want / 50 && want < got + got / 50);
		}
}

static void hand_overs_grow_with_the_waiters(void)
{
	struct sim_lock lock = { .hand_over = 10, .spins = true, .free_at = 1000 };

	/* All at date 0; each holds it for 100. CPU 1 is alone, CPU 2 makes it two, and so on.
	 */
	for (unsigned i = 1, at = 1000; i <= 4; i++, at += 100) {
		sim_port_direct_cpu(&cpu, (uint16_t)i, 0);
		sim_lock(&cpu, &lock, SIM_CAUSE_LRU);
		at += 10 * i;
		CU_ASSERT_EQUAL(sim_now(&cpu), at);
		sim_charge(&cpu, 100);
		sim_unlock(&cpu, &lock);
	}
	/* Nobody is left at 1500. */
	sim_port_direct_cpu(&cpu, 5, 0);
	cpu.now = 1499;
	sim_lock(&cpu, &lock, SIM_CAUSE_LRU);
	CU_ASSERT_EQUAL(sim_now(&cpu), 1500 + 10);
	CU_ASSERT_EQUAL(lock.waits[SIM_CAUSE_LRU], 5);
}

/* Operations are served by their starts, so a CPU can meet a date of its own that lies ahead.
 */
static void the_last_holder_waits_and_moves_no_line(void)
{
	struct sim_lock lock = { .hand_over = 10, .spins = true, .free_at = 1000, .holder = 3 };

	lock.ring[1] = lock.ring[2] = 900; /* two stand before it */
	sim_port_direct_cpu(&cpu, 3, 0);
	sim_lock(&cpu, &lock, SIM_CAUSE_LRU);
	CU_ASSERT_EQUAL(sim_now(&cpu), 1000);
	sim_port_direct_cpu(&cpu, 4, 0);
	lock.free_at = 1100;
	sim_lock(&cpu, &lock, SIM_CAUSE_LRU);
	CU_ASSERT_EQUAL(sim_now(&cpu), 1100 + 4 * 10);
}

static void more_waiters_than_the_ring_holds_cost_no_more(void)
{
	struct sim_lock lock = { .hand_over = 1, .spins = true, .free_at = 100000 };
	uint64_t before = 0, cost = 0;

	for (unsigned i = 1; i <= 3 * SIM_LOCK_RING; i++) {
		sim_port_direct_cpu(&cpu, (uint16_t)i, 0);
		before = lock.free_at;
		sim_lock(&cpu, &lock, SIM_CAUSE_LRU);
		cost = sim_now(&cpu) - before;
		CU_ASSERT_EQUAL(cost, i <= SIM_LOCK_RING ? i : SIM_LOCK_RING + 1);
		sim_unlock(&cpu, &lock);
	}
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

static uint32_t count_cell(struct sim_memory *memory, struct sim_cpu *on, uint64_t frame,
			   uint32_t *cell, bool write)
{
	(void)memory;
	(void)on;
	++*cell;
	return (uint32_t)(frame + write);
}

static void a_model_with_a_touch_of_its_own_is_asked(void)
{
	struct sim_memory memory = { .flat_cycles = { 1000 }, .touch = count_calls };

	cpu.memory = &memory;
	sim_touch(&cpu, SIM_LINE_LIST, 40, true);
	CU_ASSERT_EQUAL(cpu.due, 42);
}

static void a_pages_word_goes_with_its_touch(void)
{
	struct sim_memory memory = { .touch_page = count_cell };
	uint32_t cell = 0;

	cpu.memory = &memory;
	sim_touch_page(&cpu, 7, &cell, false);
	CU_ASSERT_EQUAL(cpu.due, 7);
	CU_ASSERT_EQUAL(cell, 1);
}

static uint64_t sixteen_a_frame(struct sim_memory *memory, struct sim_cpu *on, uint64_t from,
				uint64_t to, uint64_t frames)
{
	(void)memory;
	(void)on;
	return 16 * frames + (from != SIM_NO_FRAME) + to;
}

static void pages_are_a_part_of_their_own(void)
{
	struct sim_memory memory = { .pages = sixteen_a_frame };

	cpu.memory = &memory;
	sim_pages(&cpu, SIM_NO_FRAME, 0, 4);
	CU_ASSERT_EQUAL(cpu.part[SIM_PART_PAGES], 64);
	sim_pages(&cpu, 3, 2, 1);
	CU_ASSERT_EQUAL(cpu.due, 64 + 19);
	memory.pages = NULL;
	sim_pages(&cpu, 3, 2, 1);
	CU_ASSERT_EQUAL(cpu.due, 64 + 19);
}

static uint32_t any_touch(struct sim_memory *memory, struct sim_cpu *c, enum sim_line line,
			  uint64_t key, bool write)
{
	(void)memory;
	(void)c;
	(void)line;
	(void)key;
	(void)write;
	return 25;
}

/* Who takes it touches its line: one of both charges the move. */
static void a_lock_whose_line_is_touched_is_handed_over_once(void)
{
	struct sim_memory knows = { .touch = any_touch };
	struct sim_lock lock = { .hand_over = 9, .holder = 1, .touched = true };

	sim_lock(&cpu, &lock, SIM_CAUSE_FREE);
	sim_unlock(&cpu, &lock);
	CU_ASSERT_EQUAL(cpu.part[SIM_PART_LOCK], 9);
	lock.holder = 1;
	cpu.memory = &knows;
	sim_lock(&cpu, &lock, SIM_CAUSE_FREE);
	sim_touch(&cpu, SIM_LINE_ZONE, 0, true);
	sim_unlock(&cpu, &lock);
	CU_ASSERT_EQUAL(cpu.part[SIM_PART_LOCK], 9);
	CU_ASSERT_EQUAL(cpu.part[SIM_PART_MEMORY], 25);
	/* A line that nobody touches is charged here, whatever the model knows. */
	lock.touched = false;
	lock.holder = 1;
	sim_lock(&cpu, &lock, SIM_CAUSE_FREE);
	sim_unlock(&cpu, &lock);
	CU_ASSERT_EQUAL(cpu.part[SIM_PART_LOCK], 18);
}

static void work_for_others_takes_no_time_without_an_engine(void)
{
	CU_ASSERT_EQUAL(cpu.port->run_on(&cpu, 3, 500), 0);
	CU_ASSERT_EQUAL(cpu.due, 0);
	CU_ASSERT_EQUAL(cpu.port->run_on(&cpu, cpu.id, 500), 500);
	CU_ASSERT_EQUAL(cpu.due, 500);
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
	{ "nothing waits, and no call is missing", nothing_waits_and_no_call_is_missing },
	{ "a lock that spins agrees with a slow reference",
	  a_lock_that_spins_agrees_with_a_slow_reference },
	{ "charging who comes later gives the same throughput",
	  charging_who_comes_later_gives_the_same_throughput },
	{ "hand-overs grow with the waiters", hand_overs_grow_with_the_waiters },
	{ "the last holder waits and moves no line", the_last_holder_waits_and_moves_no_line },
	{ "more waiters than the ring holds cost no more",
	  more_waiters_than_the_ring_holds_cost_no_more },
	{ "the flat model prices each kind of line", the_flat_model_prices_each_kind_of_line },
	{ "a model with a touch of its own is asked",
	  a_model_with_a_touch_of_its_own_is_asked },
	{ "a page's word goes with its touch", a_pages_word_goes_with_its_touch },
	{ "pages are a part of their own", pages_are_a_part_of_their_own },
	{ "a lock whose line is touched is handed over once",
	  a_lock_whose_line_is_touched_is_handed_over_once },
	{ "work for others takes no time without an engine",
	  work_for_others_takes_no_time_without_an_engine },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "port_direct", NULL, NULL, begin, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
