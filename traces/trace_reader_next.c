#include "traces/trace_reader.h"

enum step { FAILED = -1, END, GOT_BLOCK, GOT_TRUTH, OTHER };

static bool is_json(const struct trace_bytes *b)
{
	return b->len && b->data[0] == '{';
}

/* Looks at the frame under a cursor; *s are the sections of a block. */
static enum step classify(struct trace_reader *r, struct trace_frame_in *f,
			  struct trace_sections *s, struct trace_error *err)
{
	bool block = trace_section_is(&f->data, TRACE_SECTION_BLOCK), last;

	if (block || trace_section_is(&f->data, TRACE_SECTION_TRUTH)) {
		if (!trace_section_open(s, &f->data, err) ||
		    (!r->dict_whole && !trace_dict_decode(&r->dict, s, err)))
			return FAILED;
		return block ? GOT_BLOCK : GOT_TRUTH;
	}
	if (is_json(&f->data)) {
		if (!trace_read_json(r, f, &last, err))
			return FAILED;
		return last ? END : OTHER;
	}
	/* Pieces of the start state, dictionaries, and whatever a later version adds. */
	return OTHER;
}

static enum step step(struct trace_reader *r, struct trace_frame_in *f,
		      struct trace_sections *s, struct trace_error *err)
{
	int got = trace_frame_next(f, err);

	if (!got)
		trace_error_data(err, "the file is cut off: it ends here, expected a block or "
				      "the trailer");
	return got > 0 ? classify(r, f, s, err) : FAILED;
}

/* ---- events ---------------------------------------------------------------------------- */

static bool in_sequence(const struct trace_reader *r, const struct trace_block_head *head,
			struct trace_error *err)
{
	if (head->number != r->next_block)
		return trace_error_data(err, "expected block %llu, found block %llu",
					(unsigned long long)r->next_block,
					(unsigned long long)head->number);
	if (head->first_event != r->next_event)
		return trace_error_data(err, "expected event %llu, found event %llu",
					(unsigned long long)r->next_event,
					(unsigned long long)head->first_event);
	if (r->object_known && head->base != r->next_object)
		return trace_error_data(err, "expected object %llu, found object %llu",
					(unsigned long long)r->next_object,
					(unsigned long long)head->base);
	if (head->first_time < r->last_time)
		return trace_error_data(err, "it begins before the block before it ends");
	return true;
}

static bool at_the_end(const struct trace_reader *r, struct trace_error *err)
{
	const struct trace_totals *t = &r->trailer.totals;

	if (t->events != r->next_event || t->blocks != r->next_block)
		return trace_error_data(
			err,
			"the trailer counts %llu events in %llu blocks, found "
			"%llu in %llu",
			(unsigned long long)t->events, (unsigned long long)t->blocks,
			(unsigned long long)r->next_event, (unsigned long long)r->next_block);
	return true;
}

/* A pipe is read to its end, past the seek table, so that its writer can finish. */
static bool read_out(struct trace_reader *r, struct trace_error *err)
{
	int got = trace_frame_next(&r->events, err);

	if (got > 0)
		trace_error_data(err, "expected the end of the trace");
	return got == 0 ||
	       trace_read_error(r, "what follows the trailer", r->events.offset, err);
}

/* Opens the next block. False with events_end set at the end of the trace. */
static bool open_block(struct trace_reader *r, struct trace_error *err)
{
	struct trace_block_limits limits;
	struct trace_sections s;
	enum step got;

	r->events_started = true;
	do
		got = step(r, &r->events, &s, err);
	while (got == OTHER || got == GOT_TRUTH);
	if (got == END) {
		if (!at_the_end(r, err))
			return trace_read_error(r, "trailer", r->events.offset, err);
		/* A file is cut off also when only its last bytes are missing. */
		r->events_end = r->seekable ? trace_read_tail(r, err) : read_out(r, err);
		return r->events_end;
	}
	limits = trace_read_limits(r);
	if (got == FAILED || !trace_block_open(&r->block, &s, &limits, err) ||
	    !in_sequence(r, &r->block.head, err))
		return trace_read_error_in(r, "block", r->next_block, r->events.offset, err);
	r->block_open = true;
	return true;
}

static void close_block(struct trace_reader *r)
{
	r->block_open = false;
	r->next_block++;
	r->next_event += r->block.head.count;
	r->next_object = r->block.next_object;
	r->object_known = true;
	r->last_time = r->block.head.last_time;
}

/* On a pipe the two streams cannot be read apart from one another. */
static bool one_stream(const struct trace_reader *r, bool other_started,
		       struct trace_error *err)
{
	return r->seekable || !other_started ||
	       trace_error_data(err, "%s: a pipe gives either its events or its truth stream",
				r->name);
}

long trace_reader_next(struct trace_reader *r, struct trace_event *events, size_t n,
		       struct trace_error *err)
{
	size_t given = 0;

	if (r->share)
		return trace_share_next(r, events, n);
	if (!one_stream(r, r->truth_started, err))
		return -1;
	while (given < n && !r->events_end) {
		long got;

		if (!r->block_open && !open_block(r, err))
			return -1;
		if (!r->block_open)
			break;
		got = trace_block_next(&r->block, events + given, n - given, err);
		if (got < 0) {
			trace_read_error_in(r, "block", r->next_block, r->events.offset, err);
			return -1;
		}
		given += (size_t)got;
		if (r->block.done == r->block.head.count)
			close_block(r);
	}
	return (long)given;
}

/* ---- the truth stream ------------------------------------------------------------------ */

static struct trace_frame_in *truth_cursor(struct trace_reader *r)
{
	return r->seekable ? &r->truths : &r->events;
}

static bool truth_in_sequence(const struct trace_reader *r, const struct trace_block_head *head,
			      struct trace_error *err)
{
	if (head->number != r->next_truth_block || head->first_event != r->next_truth)
		return trace_error_data(err,
					"expected truth block %llu from record %llu, found "
					"block %llu from record %llu",
					(unsigned long long)r->next_truth_block,
					(unsigned long long)r->next_truth,
					(unsigned long long)head->number,
					(unsigned long long)head->first_event);
	return head->first_time >= r->last_truth_time ||
	       trace_error_data(err, "it begins before the block before it ends");
}

/* With the trailer at hand, only the frames of the truth stream are read. A damaged file is
 * read from its start. */
static bool jump(struct trace_reader *r, struct trace_frame_in *f, struct trace_error *err)
{
	struct trace_error ignored;

	if (!r->seekable || !trace_read_tail(r, &ignored) || !trace_read_dict(r, &ignored))
		return true;
	if (r->next_truth_block >= r->trailer.ntruth) {
		r->truths_end = true;
		return true;
	}
	return trace_read_go(r, f, r->trailer.truth[r->next_truth_block], err);
}

static bool open_truth(struct trace_reader *r, struct trace_error *err)
{
	struct trace_frame_in *f = truth_cursor(r);
	struct trace_block_limits limits;
	struct trace_sections s;
	enum step got;

	r->truth_started = true;
	if (!jump(r, f, err) || r->truths_end)
		return r->truths_end;
	do
		got = step(r, f, &s, err);
	while (got == OTHER || got == GOT_BLOCK);
	if (got == END) {
		r->truths_end = true;
		return true;
	}
	limits = trace_read_limits(r);
	if (got == FAILED || !trace_truth_open(&r->truth, &s, &limits, err) ||
	    !truth_in_sequence(r, &r->truth.head, err))
		return trace_read_error_in(r, "truth block", r->next_truth_block, f->offset,
					   err);
	r->truth_open = true;
	return true;
}

long trace_reader_next_truth(struct trace_reader *r, struct trace_truth *truths, size_t n,
			     struct trace_error *err)
{
	size_t given = 0;

	if (!one_stream(r, r->events_started, err))
		return -1;
	while (given < n && !r->truths_end) {
		long got;

		if (!r->truth_open && !open_truth(r, err))
			return -1;
		if (!r->truth_open)
			break;
		got = trace_truth_next(&r->truth, truths + given, n - given, err);
		if (got < 0) {
			trace_read_error_in(r, "truth block", r->next_truth_block,
					    truth_cursor(r)->offset, err);
			return -1;
		}
		given += (size_t)got;
		if (r->truth.done == r->truth.head.count) {
			r->truth_open = false;
			r->next_truth_block++;
			r->next_truth += r->truth.head.count;
			r->last_truth_time = r->truth.head.last_time;
		}
	}
	return (long)given;
}
