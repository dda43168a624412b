/*
 * Latencies of a run: one histogram for each combination of operation, order, gfp class,
 * node and path that occurs; what reports ask for (by order, by path, ...) are lossless
 * merges of these. Beside each, how many cycles went where; and for each operation, histograms
 * of the cycles that one such operation spent in each part.
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

/* Where an operation's cycles went: as enum sim_part, and what is none of these. */
#define LATENCY_CODE SIM_PARTS
#define LATENCY_PARTS (SIM_PARTS + 1)

/* What a histogram counts one by one is counted here without looking for its place. */
#define LATENCY_FEW (2 * SIM_HIST_HALF)

/*
 * Cycles by part. Every operation has some on its instruction path and most in memory, seldom
 * many of either. The other parts are mostly 0, which is not counted: it is what is missing to
 * the number of operations.
 */
struct latency_parts {
	uint64_t few_code[LATENCY_FEW], few_memory[LATENCY_FEW], few_pages[LATENCY_FEW];
	struct sim_hist *hist[LATENCY_PARTS]; /* all others; NULL = there were none */
};

struct latency {
	struct latency_parts parts[LATENCY_OPS];
	/* Cycles of stalls by the kernel's functions (mm_policy.functions): of each stall that
	 * spent any there. NULL = none did. */
	struct sim_hist *functions[SIM_WHERES];
	/* Index: (((op * orders + order) * gfp + class) * 2 + remote) * paths + path */
	struct latency_class
		classes[LATENCY_OPS * LATENCY_ORDERS * LATENCY_GFP * 2 * LATENCY_PATHS];
};

struct latency *latency_new(void);
void latency_free(struct latency *l);

/* Makes the histogram of a class that has happened; for latency_add(). */
bool latency_open(struct latency_class *c);

/* The parts of an operation that waited or took long, for latency_add(). */
bool latency_add_parts(struct latency_parts *p, struct latency_class *c,
		       const struct sim_cpu *cpu);

/* Adds the finished operation of cpu. False when memory is short. On the way of every
 * operation, so it is part of its callers. */
__attribute__((always_inline)) static inline bool
latency_add(struct latency *l, enum latency_op op, unsigned order, unsigned gfp_class,
	    bool remote, unsigned path, const struct sim_cpu *cpu)
{
	size_t at = (((size_t)op * LATENCY_ORDERS + order) * LATENCY_GFP + gfp_class) * 2;
	struct latency_class *c = &l->classes[(at + remote) * LATENCY_PATHS + path];
	struct latency_parts *p = &l->parts[op];
	uint64_t memory = cpu->part[SIM_PART_MEMORY], pages = cpu->part[SIM_PART_PAGES];
	uint64_t code = cpu->due - memory - pages; /* as long as nothing waited */

	if (!c->hist && !latency_open(c))
		return false;
	if (__builtin_expect((cpu->part[SIM_PART_LOCK] | cpu->part[SIM_PART_SLEEP] |
			      cpu->part[SIM_PART_IO]) != 0 ||
				     (memory | pages | code) >= LATENCY_FEW,
			     0)) {
		if (!latency_add_parts(p, c, cpu))
			return false;
	} else {
		p->few_code[code]++;
		p->few_memory[memory]++;
		p->few_pages[pages]++;
		c->part[SIM_PART_MEMORY] += memory;
		c->part[SIM_PART_PAGES] += pages;
	}
	return sim_hist_record(c->hist, cpu->due);
}

/* Where the time of a stall passed that latency_add() was told of. False when memory is short.
 */
bool latency_add_functions(struct latency *l, const struct sim_where *where);

/* Which classes to merge; LATENCY_ANY where it does not matter. */
struct latency_select {
	int op, order, gfp_class, remote, path;
};

/* Merged classes; *out's hist is NULL when nothing was selected. False when memory is short.
 * The caller frees out->hist. */
bool latency_merge(const struct latency *l, struct latency_select s, struct latency_class *out);

/*
 * The cycles that each operation `op` spent in a part (LATENCY_CODE or enum sim_part):
 * as many values as there were operations, most of them 0 for most parts. *out is NULL when
 * all are. False when memory is short. The caller frees *out.
 */
bool latency_part(const struct latency *l, enum latency_op op, unsigned part,
		  struct sim_hist **out);
/* The same for the cycles that stalls spent in a function of the kernel. */
bool latency_function(const struct latency *l, unsigned function, struct sim_hist **out);

#endif
