/*
 * trace.dat through libtracecmd. The library trusts the file: a damaged one can crash it, so
 * it runs in a process of its own (import_child.h).
 */
#include "traces/import_child.h"

#include <string.h>

static bool read_here(void *ctx, struct import_source *s, int out, struct trace_error *err)
{
	const struct import_input *in = ctx;

	return import_dat_read(in->fd, s, out, err);
}

bool import_dat(const struct import_input *in, struct import_source *s,
		struct import_progress progress, struct trace_error *err)
{
	struct import_child_job job = { in->label, in->size, read_here, (void *)in };
	struct import_dat_head head;

	if (!import_dat_head(in->data, in->size, &head, err))
		return trace_error_at(err, "%s: ", in->label);
	s->format = head.version == 6 ? "trace.dat 6" : "trace.dat 7";
	memcpy(s->clock_name, head.clock, sizeof(s->clock_name));
	memcpy(s->kernel, head.kernel, sizeof(s->kernel));
	s->lost = head.lost;
	s->entries = head.entries;
	if (!import_child(&job, s, progress, err))
		return trace_error_at(err, "%s: ", in->label);
	if (s->n == 0)
		return trace_error_data(err, "%s: no page allocator events in it", in->label);
	return true;
}
