/*
 * The start state as frames: first the totals, then the four lists (free blocks, used blocks,
 * per-cpu pages, pageblock types) in pieces. A piece holds runs: neighbouring entries that
 * follow each other without a gap and are alike.
 */
#ifndef TRACE_STATE_H
#define TRACE_STATE_H

#include "traces/trace_section.h"

/* A frame gives at most so many entries, which bounds what a few bytes can ask for. */
#define TRACE_STATE_PIECE (1u << 20)

struct trace_state_in {
	const char *letters;       /* of its frames; NULL = the start state's */
	struct trace_state *state; /* handed to whoever sees `whole` */
	uint64_t cap[4], have[4], total[4];
	unsigned cpus;
	bool whole;
};

/* Gives each frame of the state to write(); they begin with `letters`. */
bool trace_state_encode(const struct trace_state *s, const char *letters,
			struct trace_frame_bytes *scratch,
			bool (*write)(void *ctx, const struct trace_frame_bytes *frame,
				      struct trace_error *err),
			void *ctx, struct trace_error *err);
/* The start state's frames in their order, until in->whole. *in starts as zeros but for cpus.
 */
bool trace_state_decode(struct trace_state_in *in, const struct trace_bytes *frame,
			struct trace_error *err);
/* How many of the used blocks are objects. */
uint64_t trace_state_objects(const struct trace_state *s);

#endif
