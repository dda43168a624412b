/*
 * Facts of a real 4.12.0: what a machine's kernel made of its memory, its CPUs and a setting of
 * its sysctls. The same comes out of the model's boot code and sysctl functions, or is a
 * difference.
 */
#ifndef VERIFY_FACTS_H
#define VERIFY_FACTS_H

#include "model/mm_machine.h"
#include "tools/verify.h"

#define VERIFY_FACTS_CPUS 64
#define VERIFY_FACTS_NODES 16
#define VERIFY_FACTS_ZONES 64

struct verify_facts_cpu {
	uint64_t line, high, batch, stat_threshold;
};

struct verify_facts_zone {
	uint64_t line;
	struct mm_zone_span span;
	uint64_t present, managed, mark[3], reserve[4];
	struct verify_facts_cpu cpu[VERIFY_FACTS_CPUS];
	unsigned ncpus;
};

struct verify_facts_list {
	uint64_t line;
	unsigned nid;
	bool fallback;
	char zones[256]; /* "0:DMA32 0:DMA" */
};

/* One setting: what was set, and what the kernel made of it. */
struct verify_facts_section {
	uint64_t line;
	char name[64];
	uint64_t min_free_kbytes, watermark_scale_factor, lowmem_reserve_ratio[3],
		percpu_pagelist_fraction, totalreserve;
	bool thp; /* always */
	uint16_t cpu_node[VERIFY_FACTS_CPUS];
	uint8_t distance[VERIFY_FACTS_NODES][VERIFY_FACTS_NODES];
	unsigned ncpus, nnodes, nzones, nlists;
	struct verify_facts_zone zone[VERIFY_FACTS_ZONES];
	struct verify_facts_list list[2 * VERIFY_FACTS_NODES];
};

struct verify_facts {
	const char *path;
	uint64_t sections, values, differs;
	struct verify_difference shown[VERIFY_SHOWN]; /* time: the line */
	struct verify_error error;
};

/* Whether the file begins as one of facts does. */
bool verify_facts_is(const char *path);
/* False and f->error when it cannot be read. */
bool verify_facts(struct verify_facts *f, const char *path);

/* For verify_facts.c: calls each() for every section; false stops. */
bool verify_facts_read(struct verify_facts *f,
		       bool (*each)(void *ctx, const struct verify_facts_section *s),
		       void *ctx);

#endif
