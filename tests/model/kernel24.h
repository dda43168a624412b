/*
 * A booted 2.4.0 kernel for tests: a machine in a few words, CPUs on the direct port, and
 * shorter names for what tests do all the time. Tests of single model files include mm24.h
 * and look inside; k.mm is a struct mm24.
 */
#ifndef TESTS_KERNEL24_H
#define TESTS_KERNEL24_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/v2_4/mm24.h"
#include "model/v2_4/mm24_policy.h"
#include "model/v2_4/mm24_probe.h"
#include "tests/model/watch.h"
#include "tests/unit.h"

#define K_MAX_CPUS 64
#define K_MAX_NODES 8
#define K_MAX_ZONES 16

struct kernel24 {
	struct mm24 *mm;
	struct sim_memory memory; /* all lines cost nothing unless a test says otherwise */
	struct sim_cpu cpus[K_MAX_CPUS];
	uint64_t worked[K_MAX_CPUS]; /* cycles that others gave the CPU to do */
	struct sim_port port; /* does nothing and counts yields, unless a test says otherwise */
	uint64_t yields;
	struct mm24_params params;
	struct mm24_costs costs;
	struct mm_machine machine;
	struct mm_zone_span zones[K_MAX_ZONES];
	uint16_t cpu_node[K_MAX_CPUS];
	bool online[K_MAX_NODES];
	char text[200];
};

#define K_STRUCT struct kernel24
#define K_POLICY mm24_policy
#include "tests/model/kernel.h"

static inline void k_settle(struct sim_cpu *cpu)
{
	(void)cpu;
}

static inline uint64_t k_sleep(struct sim_cpu *cpu, struct sim_queue *queue, uint64_t timeout)
{
	(void)cpu;
	(void)queue;
	(void)timeout;
	return 0;
}

static inline uint32_t k_wake(struct sim_cpu *cpu, struct sim_queue *queue, uint32_t n)
{
	(void)cpu;
	(void)queue;
	(void)n;
	return 0;
}

static inline void k_yield(struct sim_cpu *cpu)
{
	((struct kernel24 *)cpu->engine)->yields++;
}

static inline void k_io(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
			uint64_t bytes, bool write)
{
	(void)cpu;
	(void)disk;
	(void)offset;
	(void)bytes;
	(void)write;
}

static inline uint64_t k_submit(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
				uint64_t bytes, bool write)
{
	(void)disk;
	(void)offset;
	(void)bytes;
	(void)write;
	return sim_now(cpu);
}

static uint64_t k_run_on(struct sim_cpu *cpu, unsigned target, uint64_t cycles)
{
	((struct kernel24 *)cpu->engine)->worked[target] += cycles;
	return sim_now(cpu) + cycles;
}

/* Presets and a machine without zones: the test calls k_zone_add(), sets params, then boots. */
static inline void k_init(struct kernel24 *k, unsigned cpus, unsigned nodes)
{
	memset(k, 0, sizeof(*k));
	mm_params_preset(mm24_policy.params, &k->params);
	mm_params_preset(mm24_policy.costs, &k->costs);
	k->port = (struct sim_port){ k_settle, k_sleep,  k_wake, k_yield, k_io,
				     k_submit, k_run_on, watch,  watched };
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
	k->machine = (struct mm_machine){ .arch = MM_ARCH_I386,
					  .cpus = cpus,
					  .nodes = nodes,
					  .cpu_node = k->cpu_node,
					  .node_online = k->online,
					  .zones = k->zones,
					  .nr_cpus = 1,
					  .hz = 100 };
}

static inline void k_zone_add(struct kernel24 *k, uint16_t nid, const char *name,
			      uint64_t start, uint64_t end)
{
	struct mm_zone_span *z = &k->zones[k->machine.nzones++];

	*z = (struct mm_zone_span){ .nid = nid, .start = start, .end = end };
	snprintf(z->name, sizeof(z->name), "%s", name);
}

/* One node, one DMA zone of so many frames from frame 0 on. */
static inline void k_one_zone(struct kernel24 *k, unsigned cpus, uint64_t frames)
{
	k_init(k, cpus, 1);
	k_zone_add(k, 0, "DMA", 0, frames);
}

/* ... and a kernel that is stepped by hand, with that much swap. */
static inline void k_by_hand(struct kernel24 *k, uint32_t swap_pages, bool io_sync)
{
	const struct mm24_probe_setup setup = { .swap_pages = swap_pages, .io_sync = io_sync };

	CU_ASSERT_FATAL(mm24_probe_by_hand(k->mm, &setup));
}

/* A slot in place of a frame, for tests that go on below the policy. */
static inline uint32_t k_page(struct kernel24 *k, const char *gfp)
{
	uint64_t frame = k_alloc(k, 0, 0, gfp);

	CU_ASSERT_NOT_EQUAL_FATAL(frame, MM_NO_FRAME);
	return mm24_slot(k->mm, frame);
}

static inline struct mm24_zone *k_zone(struct kernel24 *k, unsigned nid, const char *name)
{
	for (unsigned i = 0; i < k->mm->nzones; i++)
		if (k->mm->zones[i].nid == nid &&
		    strcmp(mm24_zone_names[k->mm->zones[i].idx], name) == 0)
			return &k->mm->zones[i];
	CU_FAIL_FATAL("no such zone");
	return NULL;
}

/* Takes single pages of the first zone until so many are free in all. */
static inline void k_leave_free(struct kernel24 *k, uint64_t pages)
{
	while (k->mm->nr_free > pages)
		CU_ASSERT_NOT_EQUAL_FATAL(
			mm24_buddy_take(k->mm, &k->mm->zones[0], &k->cpus[0], 0), MM24_NONE);
}

/* Free blocks of an order. */
static inline uint64_t k_blocks(struct kernel24 *k, unsigned nid, const char *zone,
				unsigned order)
{
	return k->mm->s[k_zone(k, nid, zone)->area[order].head].stamp;
}

#endif
