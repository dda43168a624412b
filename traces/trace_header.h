/* The header, a trace's first frame: JSON, see docs/trace-format.md. */
#ifndef TRACE_HEADER_H
#define TRACE_HEADER_H

#include "traces/trace_frame.h"

#define TRACE_HEADER_MAJOR 1
#define TRACE_HEADER_MINOR 1
#define TRACE_HEADER_MAX_CPUS 65535
#define TRACE_HEADER_MAX_NODES 255

/* The frame of a header; has_state is the given one, minor at most the one above. */
bool trace_header_encode(const struct trace_header *h, bool has_state,
			 struct trace_frame_bytes *out, struct trace_error *err);
/* Fills *h, to be freed with trace_header_free(); nothing is left to free after false. */
bool trace_header_decode(struct trace_header *h, const struct trace_bytes *frame,
			 struct trace_error *err);
#endif
