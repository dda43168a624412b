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

/*
 * Cycles by part. The other parts than memory and code are mostly 0, which is not counted: it
 * is what is missing to the number of operations.
 */
struct latency_parts {
	struct sim_hist *hist[LATENCY_PARTS]; /* NULL = there was none but 0 */
};

/*
 * Most operations are like one before them: of the same class, with as many cycles in each
 * part, and none of them waited. These are only counted here until their place is wanted for
 * others; where a histogram would count them is looked up once for all of them.
 */
#define LATENCY_SAME_BITS 11
struct latency_same {
	uint64_t cycles; /* of one of them; memory's share << 32 */
	uint64_t what;   /* index of the class; cycles for pages << 32 */
	uint64_t count;
};

struct latency {
	struct latency_same same[1u << LATENCY_SAME_BITS];
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

static inline struct latency_same *latency_same_place(struct latency *l, uint64_t cycles,
						      uint64_t what)
{
	uint64_t mixed = (cycles ^ what << 20) * UINT64_C(0x9e3779b97f4a7c15);

	return &l->same[mixed >> (64 - LATENCY_SAME_BITS)];
}

/* latency_add() of an operation that is not like others before it; `at` is its class. */
bool latency_add_new(struct latency *l, uint64_t at, const struct sim_cpu *cpu);

/* Adds the finished operation of cpu. False when memory is short. On the way of every
 * operation, so it is part of its callers. */
__attribute__((always_inline)) static inline bool
latency_add(struct latency *l, enum latency_op op, unsigned order, unsigned gfp_class,
	    bool remote, unsigned path, const struct sim_cpu *cpu)
{
	uint64_t row = (((uint64_t)op * LATENCY_ORDERS + order) * LATENCY_GFP + gfp_class) * 2;
	uint64_t at = (row + remote) * LATENCY_PATHS + path;
	uint64_t cycles = cpu->due | cpu->part[SIM_PART_MEMORY] << 32;
	uint64_t what = at | cpu->part[SIM_PART_PAGES] << 32;
	uint64_t waited = cpu->part[SIM_PART_LOCK] | cpu->part[SIM_PART_SLEEP] |
			  cpu->part[SIM_PART_IO] | cpu->due >> 32;
	struct latency_same *same = latency_same_place(l, cycles, what);

	if (__builtin_expect(same->cycles != cycles || same->what != what || waited, 0))
		return latency_add_new(l, at, cpu);
	same->count++;
	return true;
}

/* Before anything of what follows: what was only counted gets into the histograms. False when
 * memory is short. */
bool latency_settle(struct latency *l);

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
