/*
 * The trailer, the last data frame: totals, the importer's report, and in which frames the
 * blocks are.
 */
#ifndef TRACE_TRAILER_H
#define TRACE_TRAILER_H

#include "traces/trace_json.h"

struct trace_trailer_block {
	uint32_t frame;
	uint64_t event, time; /* of its first event */
};

struct trace_trailer {
	struct trace_totals totals;
	char *report; /* JSON text or NULL */
	struct trace_trailer_block *blocks;
	uint32_t *truth, *dict, *steps; /* frames */
	uint32_t nblocks, ntruth, ndict, nsteps, block_cap, truth_cap, dict_cap, steps_cap;
	uint32_t end_frame;   /* 0 = none: frame 0 is the header */
	uint32_t final_frame; /* the final state's first; 0 = none */
	uint32_t names_frame; /* likewise */
};

/* Of an importer's report: which part of which trace the file is. */
json_t *trace_part_json(const struct trace_part *p);

void trace_trailer_free(struct trace_trailer *t);
bool trace_trailer_add_block(struct trace_trailer *t, uint32_t frame, uint64_t event,
			     uint64_t time, struct trace_error *err);
bool trace_trailer_add_truth(struct trace_trailer *t, uint32_t frame, struct trace_error *err);
bool trace_trailer_add_dict(struct trace_trailer *t, uint32_t frame, struct trace_error *err);
bool trace_trailer_add_steps(struct trace_trailer *t, uint32_t frame, struct trace_error *err);
bool trace_trailer_encode(const struct trace_trailer *t, struct trace_frame_bytes *out,
			  struct trace_error *err);
/* Nothing is left to free after false. */
bool trace_trailer_decode(struct trace_trailer *t, const json_t *object,
			  struct trace_error *err);

#endif
