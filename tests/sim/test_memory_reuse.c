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

/*
 * Eight CPUs leave 27 bits for a stamp, and its unit is a line here: after 2^27 lines of CPU 0
 * its stamps come round again. Each step lets many lines pass, and then touches one line that
 * nobody has touched since the beginning: one of them looks young now and then.
 */
static void lines_forgotten_for_long_rarely_look_young_when_stamps_come_round(void)
{
	const unsigned forgotten = 120000, pages = 20;
	unsigned young = 0;
	struct memory_scene s;

	memory_scene_open(&s);
	memory_scene_stream(&s, 0, 0, forgotten);
	for (unsigned i = 0; i < forgotten; i++) {
		sim_pages(&s.cpu[0], SIM_NO_FRAME, 0, pages);
		young += memory_scene_write(&s, 0, i) < IN_MEMORY;
	}
	/* They went round once, and those of a last-level cache long ago are a few. */
	CU_ASSERT_TRUE((uint64_t)forgotten * pages * 64 > UINT64_C(1) << 27);
	CU_ASSERT_TRUE(young > 0);
	CU_ASSERT_TRUE(young < 20);
	memory_scene_close(&s);
}

/* A thousand CPUs leave 20 bits, whose unit is then several lines. */
static void the_largest_machine_keeps_its_levels_apart(void)
{
	static const struct {
		unsigned others;
		uint32_t want;
	} rows[] = { { 256, 4 }, { 700, 12 }, { 3000, 12 }, { 6000, 50 }, { 300000, 50 } };
	struct sim_memory_params params;
	struct sim_machine *m = sim_machine_new(SIM_MAX_CPUS, 1);
	uint32_t *cell = calloc(400000, sizeof(*cell));

	sim_memory_preset(&params);
	m->clock_mhz = 1000;
	m->zones = calloc(1, sizeof(*m->zones));
	m->zones[0].end = 400000;
	m->nzones = 1;
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sim_memory *memory = sim_memory_new(SIM_MEMORY_REUSE, m, &params);
		struct sim_cpu cpu = { .memory = memory, .id = SIM_MAX_CPUS - 1 };

		memset(cell, 0, 400000 * sizeof(*cell));
		for (unsigned k = 0; k <= rows[i].others; k++)
			sim_touch_page(&cpu, k, &cell[k], true);
		cpu.due = 0;
		sim_touch_page(&cpu, 0, &cell[0], true);
		CU_ASSERT_EQUAL(cpu.due, rows[i].want);
		sim_memory_free(memory);
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
