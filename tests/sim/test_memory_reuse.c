/* The reuse model: the rules that hold for the cache model, too, and its stamps. */
#include <string.h>

#include "tests/sim/memory_rules.h"
#include "tests/sim/memory_scene.h"
#include "tests/unit.h"

static int of_reuse(void)
{
	memory_scene_kind = SIM_MEMORY_REUSE;
	return 0;
}

#define FRAMES 400000

/* As many CPUs as there may be leave 20 bits for a stamp. */
static struct sim_machine *largest_machine(void)
{
	struct sim_machine *m = sim_machine_new(SIM_MAX_CPUS, 1);

	m->clock_mhz = 1000;
	m->zones = calloc(1, sizeof(*m->zones));
	m->zones[0].end = FRAMES;
	m->nzones = 1;
	return m;
}

static uint32_t touch(struct sim_cpu *cpu, uint32_t *cell, uint64_t frame)
{
	uint64_t before = cpu->due;

	sim_touch_page(cpu, frame, &cell[frame], true);
	return (uint32_t)(cpu->due - before);
}

/*
 * With small caches a stamp's unit is a line: after 2^20 lines stamps come round again. Each
 * step takes in 64 lines, and then touches one that nobody has touched since the beginning: it
 * looks young where 2^20 lines have passed and no more than the last-level cache has besides.
 */
static void lines_forgotten_for_long_rarely_look_young_when_stamps_come_round(void)
{
	const unsigned forgotten = 30000, stream = 64, lines = 4096;
	struct sim_machine *m = largest_machine();
	uint32_t *cell = calloc(FRAMES, sizeof(*cell));
	struct sim_memory_params params;
	struct sim_cpu cpu = { 0 };
	unsigned young = 0;

	sim_memory_preset(&params);
	params.prefetch = 0;
	m->l1.size_bytes = 64 * 64;
	m->l2.size_bytes = 512 * 64;
	m->llc.size_bytes = lines * 64;
	cpu.memory = sim_memory_new(SIM_MEMORY_REUSE, m, &params);
	for (unsigned i = 0; i < forgotten; i++)
		touch(&cpu, cell, i);
	for (unsigned i = 0; i < forgotten; i++) {
		for (unsigned k = 0; k < stream; k++)
			touch(&cpu, cell, forgotten + (i * stream + k) % (4 * lines));
		young += touch(&cpu, cell, i) < sim_machine_cycles(m, m->dram_ps[0]);
	}
	CU_ASSERT_TRUE((uint64_t)forgotten * stream > UINT64_C(1) << 20);
	CU_ASSERT_TRUE(young > 0);
	CU_ASSERT_TRUE(young <= 2 * lines / stream);
	sim_memory_free(cpu.memory);
	free(cell);
	sim_machine_free(m);
}

/* With large ones it is several lines. */
static void the_largest_machine_keeps_its_levels_apart(void)
{
	static const struct {
		unsigned others;
		uint32_t want;
	} rows[] = { { 256, 4 }, { 700, 12 }, { 3000, 12 }, { 6000, 50 }, { 300000, 50 } };
	struct sim_machine *m = largest_machine();
	uint32_t *cell = calloc(FRAMES, sizeof(*cell));
	struct sim_memory_params params;

	sim_memory_preset(&params);
	params.prefetch = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sim_cpu cpu = { .memory = sim_memory_new(SIM_MEMORY_REUSE, m, &params),
				       .id = SIM_MAX_CPUS - 1 };

		memset(cell, 0, FRAMES * sizeof(*cell));
		for (unsigned k = 0; k <= rows[i].others; k++)
			touch(&cpu, cell, k);
		CU_ASSERT_EQUAL(touch(&cpu, cell, 0), rows[i].want);
		sim_memory_free(cpu.memory);
	}
	free(cell);
	sim_machine_free(m);
}

static CU_TestInfo tests[] = {
	{ "lines forgotten for long rarely look young when stamps come round",
	  lines_forgotten_for_long_rarely_look_young_when_stamps_come_round },
	{ "the largest machine keeps its levels apart",
	  the_largest_machine_keeps_its_levels_apart },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "memory_reuse rules", of_reuse, NULL, NULL, NULL, memory_rules },
	{ "memory_reuse", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
