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

enum latency_op {
	LATENCY_ALLOC,
	LATENCY_FREE,
	LATENCY_STALL,   /* allocations that slept, once more */
	LATENCY_REFAULT, /* accesses that had to read a page back */
	LATENCY_OPS
};

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

/* Makes the histogram of a class that has happened; for latency_add(). */
bool latency_open(struct latency_class *c);

/* Adds the finished operation of cpu. False when memory is short. On the way of every
 * operation, so it is part of its callers. */
__attribute__((always_inline)) static inline bool
latency_add(struct latency *l, enum latency_op op, unsigned order, unsigned gfp_class,
	    bool remote, unsigned path, const struct sim_cpu *cpu)
{
	size_t at = (((size_t)op * LATENCY_ORDERS + order) * LATENCY_GFP + gfp_class) * 2;
	struct latency_class *c = &l->classes[(at + remote) * LATENCY_PATHS + path];

	if (!c->hist && !latency_open(c))
		return false;
	/* Mostly all but one are 0. The test also keeps the compiler from reading as a vector
	 * what was written one by one a moment ago, which the host would have to wait for. */
	for (unsigned i = 0; i < SIM_PARTS; i++)
		if (cpu->part[i])
			c->part[i] += cpu->part[i];
	return sim_hist_record(c->hist, cpu->due);
}

/* Which classes to merge; LATENCY_ANY where it does not matter. */
struct latency_select {
	int op, order, gfp_class, remote, path;
};

/* Merged classes; *out's hist is NULL when nothing was selected. False when memory is short.
 * The caller frees out->hist. */
bool latency_merge(const struct latency *l, struct latency_select s, struct latency_class *out);

#endif
