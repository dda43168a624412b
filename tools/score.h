/*
 * How far the end of a replay is from the recorded end: per zone and order the blocks of
 * logically free memory (free lists and per-cpu lists merged, see freemap.h) and the unusable
 * free space index. Between two kernels the difference is policy as well as error.
 */
#ifndef SCORE_H
#define SCORE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_policy.h"
#include "tools/frag.h"
#include "traces/trace.h"

struct score_side {
	uint64_t buddyinfo[FRAG_ORDERS]; /* the free lists alone */
	uint64_t logical[FRAG_ORDERS];
	uint64_t pcp_pages;
};

struct score_zone {
	uint16_t nid;
	char name[12];
	struct score_side start, recorded, simulated; /* start: recorded, before the trace */
	int unusable_diff[FRAG_ORDERS]; /* simulated - recorded, 1/1000; [0] is always 0 */
};

struct score {
	unsigned nzones;
	struct score_zone *zones;
	uint64_t free_pages_error;    /* sum over zones of |simulated - recorded| frames */
	uint32_t unusable_error_mean; /* mean of |unusable_diff| over zones and orders 1-10,
					 1/1000 */
	/* The same, where each zone counts by its recorded free pages. */
	uint32_t unusable_error_weighted;
	uint32_t unusable_error_most;
};

/* NULL when memory is short. Zones that only one side has are left out. */
struct score *score_new(const struct mm_policy *policy, const void *mm,
			const struct mm_snapshot *snap, const struct trace_end *end);
void score_free(struct score *s);

#endif
