/*
 * Latencies of a run: one histogram for each combination of operation, order, gfp class,
 * node and path that occurs; what reports ask for (by order, by path, ...) are lossless
 * merges of these. Beside each, where the cycles went.
 */
#ifndef LATENCY_H
#define LATENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_policy.h"
#include "sim/hist.h"
#include "sim/port.h"

enum latency_op { LATENCY_ALLOC, LATENCY_FREE, LATENCY_OPS };

#define LATENCY_ORDERS 16 /* powers of two: a class is found by shifts */
#define LATENCY_GFP 16
#define LATENCY_PATHS 8 /* the last: the request failed */
#define LATENCY_FAILED MM_PATHS
#define LATENCY_ANY (-1)

_Static_assert(LATENCY_FAILED < LATENCY_PATHS, "every path has its place");

struct latency_class {
	struct sim_hist *hist;    /* NULL = never happened */
	uint64_t part[SIM_PARTS]; /* cycles that were not instruction path */
};

struct latency {
	/* Index: (((op * orders + order) * gfp + class) * 2 + remote) * paths + path */
	struct latency_class
		classes[LATENCY_OPS * LATENCY_ORDERS * LATENCY_GFP * 2 * LATENCY_PATHS];
};

struct latency *latency_new(void);
void latency_free(struct latency *l);

/* Adds the finished operation of cpu. False when memory is short. */
bool latency_add(struct latency *l, enum latency_op op, unsigned order, unsigned gfp_class,
		 bool remote, unsigned path, const struct sim_cpu *cpu);

/* Which classes to merge; LATENCY_ANY where it does not matter. */
struct latency_select {
	int op, order, gfp_class, remote, path;
};

/* Merged classes; *out's hist is NULL when nothing was selected. False when memory is short.
 * The caller frees out->hist. */
bool latency_merge(const struct latency *l, struct latency_select s, struct latency_class *out);

#endif
