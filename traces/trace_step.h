/*
 * Blocks of steps: what the recorded allocator did below requests, in columns as event blocks
 * are (trace_block.h). docs/trace-format.md, "Step blocks", says what each column holds.
 */
#ifndef TRACE_STEP_H
#define TRACE_STEP_H

#include "traces/trace_block.h"

#define TRACE_STEP_RECORDS 65536
#define TRACE_STEP_PFN_SLOTS 4096
#define TRACE_STEP_ZONE_SLOTS 256

enum trace_step_column {
	TRACE_STEP_COLUMN_KIND,
	TRACE_STEP_COLUMN_CPU,
	TRACE_STEP_COLUMN_TIME,
	TRACE_STEP_COLUMN_PFN,
	TRACE_STEP_COLUMN_ORDER,
	TRACE_STEP_COLUMN_TYPE,
	TRACE_STEP_COLUMN_VALUE,
	TRACE_STEP_COLUMNS = TRACE_STEP_COLUMN_VALUE + 3
};

/* What is expected next; forgotten at the start of a block. */
struct trace_step_guess {
	uint64_t pfn[TRACE_STEP_PFN_SLOTS];
	int64_t free[TRACE_STEP_ZONE_SLOTS]; /* a zone's counter behind its last fold */
};

struct trace_step_block {
	struct trace_block_head head; /* base is 0 */
	unsigned cpus;
	struct trace_numbers_in column[TRACE_STEP_COLUMNS];
	struct trace_step_guess guess;
	uint64_t done, time;
};

/* Appends the sections of head->count steps to a frame begun by the caller. */
bool trace_step_encode(const struct trace_block_head *head, const struct trace_step *steps,
		       struct trace_frame_bytes *out, struct trace_error *err);
bool trace_step_open(struct trace_step_block *b, const struct trace_sections *s, unsigned cpus,
		     struct trace_error *err);
/* Up to n steps; 0 at the end of the block, -1 on damage. */
long trace_step_next(struct trace_step_block *b, struct trace_step *steps, size_t n,
		     struct trace_error *err);
/* NULL when the step is valid. */
const char *trace_step_wrong(const struct trace_step *t, unsigned cpus);

#endif
