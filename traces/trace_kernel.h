/*
 * What a recording tells of the kernel below its requests: truth, which scores a replay, and
 * steps, by which `pagesim verify` replays a whole recording. trace.h includes it.
 */
#ifndef TRACE_KERNEL_H
#define TRACE_KERNEL_H

#include <stdint.h>

/* ---- truth: what the recorded kernel did; scores a replay, never drives it -------------- */

enum trace_truth_kind {
	TRACE_TRUTH_ZONE_LOCKED,
	TRACE_TRUTH_PCPU_DRAIN,
	TRACE_TRUTH_EXTFRAG,
	TRACE_TRUTH_KSWAPD_WAKE,
	TRACE_TRUTH_KSWAPD_SLEEP,
	TRACE_TRUTH_WAKEUP_KSWAPD,
	TRACE_TRUTH_RECLAIM_BEGIN,
	TRACE_TRUTH_RECLAIM_END,
	TRACE_TRUTH_COMPACT_BEGIN,
	TRACE_TRUTH_COMPACT_END,
	TRACE_TRUTH_OOM,
	TRACE_TRUTH_OTHER,
	TRACE_TRUTH_KINDS
};

struct trace_truth {
	uint64_t time, pfn, value[4]; /* value: by kind, docs/trace-format.md */
	uint32_t task;
	uint16_t cpu;
	uint8_t kind, order;
	int8_t type; /* migratetype */
};

/* ---- steps: what the recorded allocator did below requests --------------------------------
 */

/*
 * Only recordings that tell all of it have steps. Requests and frees are then events at the
 * moment at which they took effect, and together with the steps, by time, they lead exactly
 * from the start state to the final one. What a field is not named for is 0.
 */
enum trace_step_kind {
	TRACE_STEP_REFILL, /* pfn (or none): the next page of a refill of this CPU's list; type
			    */
	TRACE_STEP_DRAIN,  /* pfn: the next page that a per-cpu list gives back; its type */
	TRACE_STEP_BULK, /* so many pages will be drained; order = zone, value = node, count */
	TRACE_STEP_EXTFRAG, /* pfn; order, type asked for; value = order, type found, claimed */
	TRACE_STEP_STEAL,   /* pfn, order, wanted type; value = old type + 8 * result, free,
			       movable */
	TRACE_STEP_MOVE,    /* pfn: free blocks go to lists of `type`; value = frames moved */
	TRACE_STEP_PAGEBLOCK,  /* pfn: its pageblock becomes one of `type`; value = the old type
				*/
	TRACE_STEP_ISOLATE,    /* pfn, order, type: compaction took a free block */
	TRACE_STEP_HIGHATOMIC, /* pfn, order, type asked for: the next request takes from there
				*/
	TRACE_STEP_FOLD, /* order = zone, type = 1 by the vmstat worker; value = node, delta,
			    sum */
	TRACE_STEP_THRESHOLD, /* order = zone; value = node, stat_threshold of all CPUs */
	TRACE_STEP_FREE_TYPE, /* pfn, order: the next free read this type before it changed */
	TRACE_STEP_NO_BLOCK,  /* order, type: a zone had no block for a request */
	TRACE_STEP_TICK,      /* value = jiffies */
	TRACE_STEP_KINDS
};

struct trace_step {
	uint64_t time, pfn;
	int64_t value[3];
	uint16_t cpu;
	uint8_t kind, order;
	int8_t type;
};

#endif
