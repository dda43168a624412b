/*
 * Figures about a whole trace, as `trace info` prints them: read once from end to end. Memory
 * grows with the number of tasks and of live objects, not with its length.
 */
#ifndef TRACE_STATS_H
#define TRACE_STATS_H

#include "tools/trace_rates.h"
#include "traces/trace_like.h"

struct trace_stats_zone {
	const struct trace_zone *zone;
	uint64_t free, pcp, objects, pinned; /* frames */
};

struct trace_stats_task {
	uint64_t requests, frees, allocated; /* allocated: frames */
};

struct trace_stats {
	struct trace_totals totals;
	uint64_t kinds[TRACE_KINDS], flags[7];
	uint64_t alloc_orders[TRACE_ORDERS], free_orders[TRACE_ORDERS];
	uint64_t *gfp; /* requests by gfp set */
	uint32_t ngfp;
	uint64_t *cpu;            /* events, [header.cpus] */
	uint64_t start_pages;     /* of objects alive at the start */
	uint64_t live, most_live; /* frames of objects, now and at most */
	uint64_t most_live_time;  /* ns since the first event, as in rates */
	struct trace_rates *rates;
	/* From allocation to the free of the last frame, in ns, of what the trace allocates. */
	struct trace_like_hist *lives;  /* [TRACE_ORDERS + 1], the last of all orders */
	struct trace_stats_task *tasks; /* by index of the dictionary */
	uint32_t ntasks;
	uint64_t truths[TRACE_TRUTH_KINDS];
	uint64_t steps[TRACE_STEP_KINDS];
	struct trace_stats_zone *zones; /* [header.nzones]; NULL without a start state */
	uint64_t start_objects;
};

/* The start state, all events, the truth stream and steps where they can be read beside the
 * events. False
 * also when watch() stops it. */
bool trace_stats_read(struct trace_stats *s, struct trace_reader *r, trace_watch *watch,
		      struct trace_error *err);
void trace_stats_free(struct trace_stats *s);

const char *trace_stats_kind(unsigned kind);  /* "alloc", "free", ... */
const char *trace_stats_truth(unsigned kind); /* "zone-locked", ... */
const char *trace_stats_step(unsigned kind);  /* "refill", ... */
const char *trace_stats_flag(unsigned bit);   /* "cold", ... */

#endif
