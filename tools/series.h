/*
 * What happened over simulated time, at regular dates: free memory of every zone as it was,
 * and how much was done so far, as sums since the begin: whoever reads takes differences.
 */
#ifndef SERIES_H
#define SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_policy.h"
#include "tools/frag.h"

/* The sums of a sample: requests and failures by order, stalls, then the kernel's activities
 * (mm_policy.activity) of the machine and of each node. */
#define SERIES_REQUESTS 0
#define SERIES_FAILED FRAG_ORDERS
#define SERIES_STALLS (2 * FRAG_ORDERS)
#define SERIES_ACTIVITY (SERIES_STALLS + 1)

struct series {
	unsigned nzones, nnodes;
	const struct mm_policy *policy;
	unsigned nactivities, nnode_activities, nsums;
	uint64_t nsamples, room;
	uint64_t interval;       /* cycles between samples; 0 = there are none */
	uint64_t *dates;         /* [nsamples], cycles */
	struct mm_sample *zones; /* [nsamples * nzones] */
	uint64_t *sums;          /* [nsamples * nsums] */
};

/* What the replay has counted so far. */
struct series_counts {
	const uint64_t *requests, *failed; /* [FRAG_ORDERS] */
	uint64_t stalls;
};

/* A series of so many zones and nodes. NULL when memory is short. */
struct series *series_new(unsigned nzones, unsigned nnodes, const struct mm_policy *policy);
void series_free(struct series *s);

/* Adds the kernel's present state at `date`. False when memory is short. */
bool series_sample(struct series *s, uint64_t date, const void *mm,
		   const struct series_counts *counts);

/* Keeps the first of every two samples, and doubles the interval: a series that grows longer
 * than was thought covers all of the run in fewer points. */
void series_thin(struct series *s);

/* How much a sum grew from the sample before, or from the begin, to that one. */
uint64_t series_since(const struct series *s, uint64_t sample, unsigned sum);
/* The first of a node's activities among the sums. */
unsigned series_node(const struct series *s, unsigned node);

/* Blocks of one zone by order, all migratetypes. */
void series_blocks(const struct mm_snapshot_zone *z, unsigned ntypes,
		   uint64_t blocks[FRAG_ORDERS]);

#endif
