/* The final state is found by the trailer, so not in a pipe. */
#include "traces/trace_reader.h"

static bool read_final(struct trace_reader *r, struct trace_error *err)
{
	if (!trace_read_go(r, &r->side, r->trailer.final_frame, err))
		return false;
	trace_state_free(r->final.state);
	r->final = (struct trace_state_in){ .letters = TRACE_SECTION_FINAL,
					    .cpus = r->header.cpus };
	while (!r->final.whole) {
		int got = trace_frame_next(&r->side, err);

		if (!got)
			trace_error_data(err, "the file is cut off");
		if (got <= 0 || !trace_state_decode(&r->final, &r->side.data, err))
			return trace_read_error(r, "final state", r->side.offset, err);
	}
	return true;
}

const struct trace_state *trace_reader_final(struct trace_reader *r, struct trace_error *err)
{
	err->text[0] = 0;
	if (!trace_read_seekable(r, err) || !trace_read_tail(r, err) || !r->trailer.final_frame)
		return NULL;
	return r->final.whole || read_final(r, err) ? r->final.state : NULL;
}
