#include "sim/memory_flat.h"

#include <string.h>

#define MAX_CYCLES 100000

/*
 * The presets are those of lines that are mostly warm in the CPU's own caches (per-cpu
 * lists: L1), shared within a socket (a zone's lists, lock, pageblock bits: last level) or
 * come from memory every second time (struct pages), on a 2 to 3 GHz machine of 2017.
 */
const struct sim_memory_flat_param sim_memory_flat_params[] = {
	{ "page", "a struct page", SIM_LINE_PAGE, 0, MAX_CYCLES, 60 },
	{ "list", "the head of a free list", SIM_LINE_LIST, 0, MAX_CYCLES, 14 },
	{ "zone", "a zone's lock and counters", SIM_LINE_ZONE, 0, MAX_CYCLES, 40 },
	{ "pcp", "the head and count of a per-cpu list", SIM_LINE_PCP, 0, MAX_CYCLES, 5 },
	{ "block", "a pageblock's bits", SIM_LINE_BLOCK, 0, MAX_CYCLES, 14 },
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
