/*
 * Free memory over simulated time: buddyinfo of every zone at regular dates.
 */
#ifndef SERIES_H
#define SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_policy.h"
#include "tools/frag.h"

struct series_zone {
	uint64_t blocks[FRAG_ORDERS];
	uint64_t pcp_pages;
};

struct series {
	unsigned nzones;
	uint64_t nsamples, room;
	uint64_t interval;         /* cycles between samples; 0 = there are none */
	uint64_t *dates;           /* [nsamples], cycles */
	struct series_zone *zones; /* [nsamples * nzones] */
};

/* A series of that many zones. NULL when memory is short. */
struct series *series_new(unsigned nzones);
void series_free(struct series *s);

/* Adds the kernel's present state at `date`. False when memory is short. */
bool series_sample(struct series *s, uint64_t date, const struct mm_policy *policy,
		   const void *mm);

/* Keeps the first of every two samples, and doubles the interval: a series that grows longer
 * than was thought covers all of the run in fewer points. */
void series_thin(struct series *s);

/* Blocks of one zone by order, all migratetypes. */
void series_blocks(const struct mm_snapshot_zone *z, unsigned ntypes,
		   uint64_t blocks[FRAG_ORDERS]);

#endif
