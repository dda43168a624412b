/*
 * Blocks of the truth stream: what the recorded kernel did, in columns as event blocks are
 * (trace_block.h), but rare enough to be kept simple.
 */
#ifndef TRACE_TRUTH_H
#define TRACE_TRUTH_H

#include "traces/trace_block.h"

#define TRACE_TRUTH_RECORDS 16384

enum trace_truth_column {
	TRACE_TRUTH_KIND,
	TRACE_TRUTH_CPU,
	TRACE_TRUTH_ORDER,
	TRACE_TRUTH_TYPE,
	TRACE_TRUTH_TASK,
	TRACE_TRUTH_TIME,
	TRACE_TRUTH_PFN,
	TRACE_TRUTH_VALUE,
	TRACE_TRUTH_COLUMNS = TRACE_TRUTH_VALUE + 4
};

struct trace_truth_block {
	struct trace_block_head head; /* base is 0 */
	struct trace_block_limits limits;
	struct trace_numbers_in column[TRACE_TRUTH_COLUMNS];
	uint64_t done, time, pfn;
};

/* Appends the sections of head->count records to a frame begun by the caller. */
bool trace_truth_encode(const struct trace_block_head *head, const struct trace_truth *truths,
			struct trace_frame_bytes *out, struct trace_error *err);
bool trace_truth_open(struct trace_truth_block *b, const struct trace_sections *s,
		      const struct trace_block_limits *limits, struct trace_error *err);
/* Up to n records; 0 at the end of the block, -1 on damage. */
long trace_truth_next(struct trace_truth_block *b, struct trace_truth *truths, size_t n,
		      struct trace_error *err);
/* NULL when the record is valid. */
const char *trace_truth_wrong(const struct trace_truth *t,
			      const struct trace_block_limits *limits);

#endif
