/*
 * How busy each node's memory controller is: bytes in a sliding window of simulated time
 * against the node's bandwidth, and by how much that makes an access longer (the machine's
 * loaded_latency curve). Integer arithmetic; dates may come a little out of order, as CPUs
 * run: a date before the current window counts as now.
 */
#ifndef SIM_MEMORY_LOAD_H
#define SIM_MEMORY_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine.h"

struct sim_memory_load_node {
	uint64_t slot;          /* number of the current window */
	uint64_t bytes, before; /* in it so far, and in the whole one before */
};

struct sim_memory_load {
	struct sim_memory_load_node *node; /* [nodes]; NULL = there are no figures */
	uint32_t *factor_milli;            /* [SIM_MEMORY_LOAD_FULL + 1], by load in 1/1000 */
	unsigned shift;                    /* a window is 2^shift cycles */
	uint64_t full;                     /* bytes in it at full bandwidth, at least 1 */
	uint64_t scale;                    /* load in 1/1000 = bytes * scale >> 32 */
};

#define SIM_MEMORY_LOAD_FULL 1000u

/* Without bandwidth or curve every factor is 1. False when memory is short. */
bool sim_memory_load_init(struct sim_memory_load *l, const struct sim_machine *m);
void sim_memory_load_fini(struct sim_memory_load *l);

/* Opens the window of that date; what lies further back is forgotten. */
static inline void sim_memory_load_slide(struct sim_memory_load_node *n, uint64_t slot)
{
	n->before = slot == n->slot + 1 ? n->bytes : 0;
	n->bytes = 0;
	n->slot = slot;
}

/* Bytes go from or to a node's memory at `date`: returns the factor of latencies there, in
 * 1/1000, 1000 and more. */
static inline uint32_t sim_memory_load_add(struct sim_memory_load *l, unsigned node,
					   uint64_t date, uint64_t bytes)
{
	struct sim_memory_load_node *n;
	uint64_t slot = date >> l->shift, passed, seen;

	if (!l->node)
		return 1000;
	n = &l->node[node];
	if (slot > n->slot)
		sim_memory_load_slide(n, slot);
	passed = slot < n->slot ? 0 : date & ((UINT64_C(1) << l->shift) - 1);
	n->bytes += bytes;
	/* The last window's length of time: all of this one, the end of the one before. */
	seen = n->bytes + n->before - (n->before * passed >> l->shift);
	if (seen >= l->full)
		return l->factor_milli[SIM_MEMORY_LOAD_FULL];
	return l->factor_milli[seen * l->scale >> 32];
}

#endif
