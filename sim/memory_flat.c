#include "sim/memory_flat.h"

#include <string.h>

#define MAX_CYCLES 100000

/*
 * The presets are a hit in the CPU's first-level cache: with them the path costs of a kernel
 * (configs/costs) add up to what microbenchmarks measured, which run warm and alone. A busy
 * machine's lines are colder; memory.flat.* makes them so, evenly.
 */
const struct sim_memory_flat_param sim_memory_flat_params[] = {
	{ "page", "a struct page", SIM_LINE_PAGE, 0, MAX_CYCLES, 4 },
	{ "list", "the head of a free list", SIM_LINE_LIST, 0, MAX_CYCLES, 4 },
	{ "zone", "a zone's lock", SIM_LINE_ZONE, 0, MAX_CYCLES, 4 },
	{ "marks", "a zone's watermarks", SIM_LINE_MARKS, 0, MAX_CYCLES, 4 },
	{ "stat", "a zone's counters", SIM_LINE_STAT, 0, MAX_CYCLES, 4 },
	{ "pcp", "the head and count of a per-cpu list", SIM_LINE_PCP, 0, MAX_CYCLES, 4 },
	{ "block", "a pageblock's bits", SIM_LINE_BLOCK, 0, MAX_CYCLES, 4 },
	{ "lru", "an LRU lock and its lists", SIM_LINE_LRU, 0, MAX_CYCLES, 4 },
	{ 0 },
};

void sim_memory_flat_init(struct sim_memory *memory)
{
	*memory = (struct sim_memory){ 0 };
	for (const struct sim_memory_flat_param *p = sim_memory_flat_params; p->name; p++)
		memory->flat_cycles[p->line] = p->preset;
}

bool sim_memory_flat_set(struct sim_memory *memory, const char *name, uint64_t cycles)
{
	for (const struct sim_memory_flat_param *p = sim_memory_flat_params; p->name; p++) {
		if (strcmp(p->name, name) != 0)
			continue;
		if (cycles < p->min || cycles > p->max)
			return false;
		memory->flat_cycles[p->line] = (uint32_t)cycles;
		return true;
	}
	return false;
}
