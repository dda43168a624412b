/*
 * Names of objects: who each of a file's first objects is in the trace that it was cut out of,
 * or that its state was saved in. Frames of their own behind all blocks, in pieces.
 */
#ifndef TRACE_NAMES_H
#define TRACE_NAMES_H

#include "traces/trace_section.h"

/* Gives each frame to write(); their order is that of the names. */
bool trace_names_encode(const struct trace_names *names, struct trace_frame_bytes *scratch,
			bool (*write)(void *ctx, const struct trace_frame_bytes *frame,
				      struct trace_error *err),
			void *ctx, struct trace_error *err);
/* The frames in their order; *whole when all have been there. *names starts as zeros. */
bool trace_names_decode(struct trace_names *names, const struct trace_bytes *frame, bool *whole,
			struct trace_error *err);

#endif
