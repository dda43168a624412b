/*
 * What the files behind trace_reader_*() share. A reader has up to three cursors on its file:
 * one for events, one for the truth stream, one for what is looked up (start state, trailer).
 * A pipe has only the first, so there everything must be asked for in the order of the file.
 */
#ifndef TRACE_READER_H
#define TRACE_READER_H

#include "traces/trace_block.h"
#include "traces/trace_dict.h"
#include "traces/trace_state.h"
#include "traces/trace_step.h"
#include "traces/trace_trailer.h"
#include "traces/trace_truth.h"

struct trace_reader {
	char *name; /* of the file, for errors */
	int fd;
	bool seekable;
	uint64_t size;
	struct trace_header header;
	struct trace_dict dict;
	bool dict_whole; /* taken from the end of the file */

	struct trace_frame_in events, truths, side;
	uint64_t body; /* where frame 1 begins */

	struct trace_block block;
	uint64_t next_block, next_event, next_object, last_time;
	bool block_open, object_known, events_end;
	const struct trace_share *share; /* where events come from; NULL = the file */

	struct trace_truth_block truth;
	uint64_t next_truth_block, next_truth, last_truth_time;
	bool truth_open, truths_end, truth_started;

	struct trace_frame_in step_frames;
	struct trace_step_block *step; /* NULL until one is read */
	uint64_t next_step_block, next_step, last_step_time;
	bool step_open;

	struct trace_state_in final;
	struct trace_names *names; /* NULL until they are read */
	struct trace_state_in state;
	bool state_passed, events_started;
	struct trace_end *end;
	struct trace_index index;
	struct trace_trailer trailer;
	bool has_index, has_trailer, end_tried;
};

/* "FILE: WHAT (byte N): " in front of the error. Always false. */
bool trace_read_error(const struct trace_reader *r, const char *what, uint64_t offset,
		      struct trace_error *err);
/* The same with a number: "block 17". */
bool trace_read_error_in(const struct trace_reader *r, const char *what, uint64_t number,
			 uint64_t offset, struct trace_error *err);
/* Seek table and trailer. On a pipe only when it has come by. */
bool trace_read_tail(struct trace_reader *r, struct trace_error *err);
/* Puts a cursor in front of a frame; needs the tail. */
bool trace_read_go(struct trace_reader *r, struct trace_frame_in *f, uint32_t frame,
		   struct trace_error *err);
/* The dictionaries as they are at the end of the file. */
bool trace_read_dict(struct trace_reader *r, struct trace_error *err);
/* Takes in a JSON frame behind the header: end state or trailer. *last = it was the trailer. */
bool trace_read_json(struct trace_reader *r, const struct trace_frame_in *f, bool *last,
		     struct trace_error *err);
/* False: a pipe, which gives no steps and no final state. */
bool trace_read_seekable(const struct trace_reader *r, struct trace_error *err);
/* trace_reader_next() of a reader that has a share. */
long trace_share_next(struct trace_reader *r, struct trace_event *events, size_t n);
struct trace_block_limits trace_read_limits(const struct trace_reader *r);

#endif
