/* The end state: one JSON frame with each zone's free memory at the start and at the end. */
#ifndef TRACE_END_H
#define TRACE_END_H

#include "traces/trace_json.h"

bool trace_end_encode(const struct trace_end *e, struct trace_frame_bytes *out,
		      struct trace_error *err);
struct trace_end *trace_end_decode(const json_t *object, struct trace_error *err);

#endif
