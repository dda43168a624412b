/*
 * The flat memory model: every access to a kind of line costs the same, wherever the line
 * is. Parameters memory.flat.*; cycles.
 */
#ifndef SIM_MEMORY_FLAT_H
#define SIM_MEMORY_FLAT_H

#include <stdbool.h>

#include "sim/port.h"

/* One parameter: its name after "memory.flat.", the line it prices. */
struct sim_memory_flat_param {
	const char *name, *doc;
	enum sim_line line;
	uint32_t min, max, preset;
};

/* Ends with a row whose name is NULL. */
extern const struct sim_memory_flat_param sim_memory_flat_params[];

/* Makes *memory the flat model with the presets. */
void sim_memory_flat_init(struct sim_memory *memory);
/* False when there is no such parameter or the value is out of its bounds. */
bool sim_memory_flat_set(struct sim_memory *memory, const char *name, uint64_t cycles);

#endif
