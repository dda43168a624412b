/*
 * For ports of tests: where the time of a CPU's code passes is counted where the test wants it.
 */
#ifndef TESTS_MODEL_WATCH_H
#define TESTS_MODEL_WATCH_H

#include "sim/port.h"

#define WATCH_MOST 8

static struct {
	const struct sim_cpu *cpu;
	struct sim_where *where;
} watch_list[WATCH_MOST];

static inline void watch(struct sim_cpu *cpu, struct sim_where *where)
{
	unsigned i = 0;

	while (i < WATCH_MOST && watch_list[i].cpu != cpu)
		i++;
	for (unsigned k = 0; i == WATCH_MOST; k++)
		if (k == WATCH_MOST - 1 || !watch_list[k].where)
			i = k;
	watch_list[i].cpu = cpu;
	watch_list[i].where = where;
}

static inline struct sim_where *watched(struct sim_cpu *cpu)
{
	for (unsigned i = 0; i < WATCH_MOST; i++)
		if (watch_list[i].cpu == cpu)
			return watch_list[i].where;
	return NULL;
}

/* Before a kernel goes, whose counts daemons of an earlier test would still point at. */
static inline void watch_forget(void)
{
	for (unsigned i = 0; i < WATCH_MOST; i++) {
		watch_list[i].cpu = NULL;
		watch_list[i].where = NULL;
	}
}

#endif
