/*
 * Who shares what on a machine, as the memory models take it: nodes nearer to each other than
 * 20 are on one socket, and the CPUs of a socket share its last-level caches in the order of
 * their nodes and numbers.
 */
#ifndef MACHINE_GROUPS_H
#define MACHINE_GROUPS_H

#include "sim/machine.h"

struct machine_groups {
	unsigned nsockets, nllc;
	uint16_t socket[SIM_MAX_NODES]; /* from 0 on; of a node that is there */
	uint16_t llc[SIM_MAX_CPUS];
};

void machine_groups_find(const struct sim_machine *m, struct machine_groups *g);

/* The CPUs for which is() says so, "0-3,8". */
void machine_groups_cpus(const struct sim_machine *m, bool (*is)(const void *ctx, unsigned cpu),
			 const void *ctx, char *text, size_t size);
/* Those of a last-level cache. */
void machine_groups_llc(const struct sim_machine *m, const struct machine_groups *g,
			unsigned llc, char *text, size_t size);
/* The last-level caches that CPUs of a node have a part in: how many, and the first. */
unsigned machine_groups_of_node(const struct sim_machine *m, const struct machine_groups *g,
				unsigned node, unsigned *first);

#endif
