/* Names of objects are found by the trailer, so not in a pipe. */
#include <stdlib.h>

#include "traces/trace_names.h"
#include "traces/trace_reader.h"

static bool read_names(struct trace_reader *r, struct trace_error *err)
{
	bool whole = false;

	if (!trace_read_go(r, &r->side, r->trailer.names_frame, err))
		return false;
	r->names = calloc(1, sizeof(*r->names));
	if (!r->names)
		return trace_error_memory(err);
	while (!whole) {
		int got = trace_frame_next(&r->side, err);

		if (!got)
			trace_error_data(err, "the file is cut off");
		if (got <= 0 || !trace_names_decode(r->names, &r->side.data, &whole, err))
			return trace_read_error(r, "names", r->side.offset, err);
	}
	return true;
}

const struct trace_names *trace_reader_names(struct trace_reader *r, struct trace_error *err)
{
	err->text[0] = 0;
	if (!trace_read_seekable(r, err) || !trace_read_tail(r, err) || !r->trailer.names_frame)
		return NULL;
	if (!r->names && (!trace_read_dict(r, err) || !read_names(r, err))) {
		trace_names_free(r->names);
		r->names = NULL;
	}
	return r->names;
}
