/*
 * Between the files that merge traces (trace_merge(), docs/traces.md). Nobody else includes
 * it.
 *
 *   trace_merge.c         which event is next, and what it becomes
 *   trace_merge_header.c  one machine made of several
 *   trace_merge_state.c   one start state made of several
 */
#ifndef TRACE_MERGE_H
#define TRACE_MERGE_H

#include "traces/trace_copy.h"
#include "traces/trace_live.h"

#define TRACE_MERGE_CHUNK 1024

struct trace_merge_input {
	const char *path;
	struct trace_reader *reader;
	const struct trace_header *header;
	const struct trace_state *state;
	struct trace_merge_place *place;
	struct trace_copy copy;
	struct trace_live live; /* of uint64_t: an object's number in the merged trace */
	struct trace_event events[TRACE_MERGE_CHUNK];
	long nevents, at;
	uint64_t time;  /* in the merged trace, of the next event */
	uint64_t first; /* its own time of its first event */
	uint64_t pids;  /* how many numbers its process ids need */
};

struct trace_merge {
	const struct trace_merge_options *o;
	struct trace_merge_input *in[TRACE_MERGE_MOST];
	struct trace_header header;
	bool to_ns; /* the inputs' clocks differ */
	struct trace_writer *writer;
	uint64_t next_object, written, all, begin;
};

/* Finds the inputs' places, fills m->header; or says why they do not go together. */
bool trace_merge_header(struct trace_merge *m, struct trace_error *err);

/* NULL and no text: there is none. trace_state_free() frees it. */
struct trace_state *trace_merge_state(const struct trace_merge *m, struct trace_error *err);

#endif
