/*
 * Latencies as reports print them: a row for each order, gfp class, node distance and path
 * that occurred, one for all, one for each part that took any of their cycles, and of stalls
 * one for each of the kernel's functions in which they passed.
 */
#ifndef LATENCY_ROWS_H
#define LATENCY_ROWS_H

#include "tools/latency.h"

enum latency_percentile {
	LATENCY_P50,
	LATENCY_P75,
	LATENCY_P90,
	LATENCY_P95,
	LATENCY_P99,
	LATENCY_P99_9,
	LATENCY_P99_99,
	LATENCY_PERCENTILES
};

extern const char *const latency_rows_percentile_names[LATENCY_PERCENTILES];

struct latency_row {
	const char *op; /* "alloc", "free", "stall", "refault" */
	/* "all", "order", "gfp", "node", "path", "part", "function" */
	const char *by;
	char key[32]; /* "", "0", "movable", "local", "pcp", "memory", "shrink_slab", ... */
	uint64_t count, sum, min, max; /* cycles */
	uint64_t percentile[LATENCY_PERCENTILES];
	uint64_t part[SIM_PARTS]; /* cycles that were not instruction path, summed */
	struct sim_hist *hist;    /* what the figures above were read from; the row's own */
};

struct latency_rows {
	unsigned n;
	struct latency_row *rows;
};

/* Settles l and fills *out; false when memory is short. Freed with latency_rows_free(). Of
 * mm_policy; function_names may be NULL. */
bool latency_rows_make(struct latency *l, const char *const *gfp_class_names,
		       const char *const *function_names, struct latency_rows *out);
void latency_rows_free(struct latency_rows *r);

/* Whether the row says which parts its cycles went to; of a function that is not known. */
bool latency_rows_has_parts(const struct latency_row *row);

/* sum / count, rounded. */
uint64_t latency_rows_mean(const struct latency_row *row);

/* The row's name in one word: "alloc", "alloc.order.0", "free.part.lock". The size that it
 * needs at most, with its end. */
#define LATENCY_ROWS_TAG 56
void latency_rows_tag(const struct latency_row *row, char tag[LATENCY_ROWS_TAG]);

/* The row of that name, or NULL when it never happened. */
const struct latency_row *latency_rows_find(const struct latency_rows *r, const char *op,
					    const char *by, const char *key);

#endif
