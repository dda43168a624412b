/*
 * A booted 4.12.0 kernel for tests: a machine in a few words, CPUs, and shorter names for
 * what tests do all the time.
 */
#ifndef TESTS_KERNEL412_H
#define TESTS_KERNEL412_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/v4_12/mm412_policy.h"
#include "model/v4_12/mm412_probe.h"
#include "tests/model/watch.h"
#include "tests/unit.h"

#define K_MAX_CPUS 64
#define K_MAX_NODES 8
#define K_NORMAL ((uint64_t)1 << 20) /* the first frame above 4 GiB */

struct kernel412 {
	void *mm;
	struct sim_memory memory; /* all lines cost nothing unless a test says otherwise */
	struct sim_port port;     /* work for other CPUs only: nobody sleeps */
	struct sim_cpu cpus[K_MAX_CPUS];
	struct mm412_params params;
	struct mm412_costs costs;
	struct mm_machine machine;
	uint16_t cpu_node[K_MAX_CPUS];
	bool online[K_MAX_NODES];
	uint8_t distance[K_MAX_NODES * K_MAX_NODES];
	char text[200];
	uint64_t worked[K_MAX_CPUS]; /* cycles that others gave the CPU to do */
};

#define K_STRUCT struct kernel412
#define K_POLICY mm412_policy
#include "tests/model/kernel.h"

static uint64_t k_run_on(struct sim_cpu *cpu, unsigned target, uint64_t cycles)
{
	struct kernel412 *k = cpu->engine;

	k->worked[target] += cycles;
	return sim_now(cpu) + cycles;
}

/* Presets and a machine without zones: the test sets k->machine.zones, params, then boots. */
static inline void k_init(struct kernel412 *k, unsigned cpus, unsigned nodes)
{
	memset(k, 0, sizeof(*k));
	mm_params_preset(mm412_policy.params, &k->params);
	mm_params_preset(mm412_policy.costs, &k->costs);
	for (unsigned i = 0; i < nodes; i++)
		for (unsigned j = 0; j < nodes; j++)
			k->distance[i * nodes + j] = i == j ? 10 : 20;
	k->port.run_on = k_run_on;
	k->port.watch = watch;
	k->port.watched = watched;
	for (unsigned i = 0; i < nodes; i++)
		k->online[i] = true;
	for (unsigned c = 0; c < cpus; c++) {
		k->cpu_node[c] = (uint16_t)(c % nodes);
		k->cpus[c].id = (uint16_t)c;
		k->cpus[c].node = k->cpu_node[c];
		k->cpus[c].memory = &k->memory;
		k->cpus[c].port = &k->port;
		k->cpus[c].engine = k;
	}
	k->machine = (struct mm_machine){ .arch = MM_ARCH_X86_64,
					  .cpus = cpus,
					  .nodes = nodes,
					  .cpu_node = k->cpu_node,
					  .node_online = k->online,
					  .distance = k->distance,
					  .hz = 250 };
}

/* One node, one Normal zone of so many frames. */
static inline void k_one_zone(struct kernel412 *k, unsigned cpus, uint64_t frames)
{
	static struct mm_zone_span zone;

	zone = (struct mm_zone_span){ 0, "Normal", K_NORMAL, K_NORMAL + frames };
	k_init(k, cpus, 1);
	k->machine.zones = &zone;
	k->machine.nzones = 1;
}

static inline struct mm412_probe_zone k_zone(struct kernel412 *k, unsigned nid,
					     const char *name)
{
	struct mm412_probe_zone z = { 0 };

	CU_ASSERT_FATAL(mm412_probe_zone(k->mm, nid, name, &z));
	return z;
}

/* Free blocks of an order, of all types. */
static inline uint64_t k_blocks(struct kernel412 *k, unsigned nid, const char *zone,
				unsigned order)
{
	uint64_t sum = 0;

	for (unsigned t = 0; t < 4; t++)
		sum += mm412_probe_free_blocks(k->mm, nid, zone, t, order);
	return sum;
}

#endif
