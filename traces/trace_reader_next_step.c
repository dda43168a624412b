/* Steps are found by the trailer, so not in a pipe. */
#include <stdlib.h>

#include "traces/trace_reader.h"

static bool in_sequence(const struct trace_reader *r, const struct trace_block_head *head,
			struct trace_error *err)
{
	if (head->number != r->next_step_block || head->first_event != r->next_step)
		return trace_error_data(err,
					"expected block %llu from step %llu, found block %llu "
					"from step %llu",
					(unsigned long long)r->next_step_block,
					(unsigned long long)r->next_step,
					(unsigned long long)head->number,
					(unsigned long long)head->first_event);
	return head->first_time >= r->last_step_time ||
	       trace_error_data(err, "it begins before the block before it ends");
}

static bool read_block(struct trace_reader *r, struct trace_error *err)
{
	struct trace_frame_in *f = &r->step_frames;
	struct trace_sections s;
	int got = trace_frame_next(f, err);

	if (!got)
		trace_error_data(err, "the file is cut off");
	if (got <= 0)
		return false;
	if (!trace_section_is(&f->data, TRACE_SECTION_STEPS))
		return trace_error_data(err, "expected a block of steps");
	return trace_section_open(&s, &f->data, err) &&
	       trace_step_open(r->step, &s, r->header.cpus, err) &&
	       in_sequence(r, &r->step->head, err);
}

/* False with *end set when there are no more steps. */
static bool open_block(struct trace_reader *r, bool *end, struct trace_error *err)
{
	if (!trace_read_tail(r, err))
		return false;
	*end = r->next_step_block >= r->trailer.nsteps;
	if (*end)
		return false;
	if (!r->step)
		r->step = malloc(sizeof(*r->step));
	if (!r->step)
		return trace_error_memory(err);
	if (!trace_read_go(r, &r->step_frames, r->trailer.steps[r->next_step_block], err))
		return false;
	r->step_open = read_block(r, err);
	return r->step_open || trace_read_error_in(r, "step block", r->next_step_block,
						   r->step_frames.offset, err);
}

static void close_block(struct trace_reader *r)
{
	r->step_open = false;
	r->next_step_block++;
	r->next_step += r->step->head.count;
	r->last_step_time = r->step->head.last_time;
}

long trace_reader_next_step(struct trace_reader *r, struct trace_step *steps, size_t n,
			    struct trace_error *err)
{
	size_t given = 0;

	if (!trace_read_seekable(r, err))
		return -1;
	while (given < n) {
		bool end = false;
		long got;

		if (!r->step_open && !open_block(r, &end, err)) {
			if (end)
				break;
			return -1;
		}
		got = trace_step_next(r->step, steps + given, n - given, err);
		if (got < 0) {
			trace_read_error_in(r, "step block", r->next_step_block,
					    r->step_frames.offset, err);
			return -1;
		}
		given += (size_t)got;
		if (r->step->done == r->step->head.count)
			close_block(r);
	}
	return (long)given;
}
