/*
 * Between the files that cut a part out of a trace (trace_cut(), docs/traces.md). Nobody else
 * includes it.
 *
 *   trace_cut.c         reads, decides what belongs to the part
 *   trace_cut_before.c  follows what happens before the part: who is live, what is set
 *   trace_cut_begin.c   begins the part: state, or events that lead there
 *   trace_cut_state.c   the start state in the middle of a trace
 *   trace_cut_names.c   who the part's first objects are in the whole
 *   trace_cut_end.c     truth, steps, end state, report
 */
#ifndef TRACE_CUT_H
#define TRACE_CUT_H

#include "traces/trace_copy.h"
#include "traces/trace_live.h"

#define TRACE_CUT_CHUNK 1024

/* What is known of a live object, beside its entry in trace_live. */
struct trace_cut_object {
	uint64_t pfn;    /* of its first frame, or TRACE_NO_PFN */
	uint64_t number; /* in the part */
	uint32_t task, lru;
	uint16_t cpu, gfp;
	uint8_t node, flags;
	uint8_t use;   /* enum trace_use, of the start state's */
	bool of_start; /* of the trace's start state */
	bool listed;   /* lru is the value of its last TRACE_LRU_ADD */
	bool placed;   /* in the part's start state: found by its frame */
	bool dropped;  /* no object of the part */
};

/* An object of the part's start state; its number is its place. */
struct trace_cut_place {
	uint64_t pfn, object; /* object and offset: in the trace that is cut */
	uint32_t offset;
	uint8_t order;
};

struct trace_cut_range {
	uint64_t pfn;
	uint32_t value, task;
	uint16_t cpu;
};

struct trace_cut {
	const char *path;
	struct trace_reader *reader;
	struct trace_writer *writer;
	struct trace_copy copy;
	const struct trace_cut_options *o;
	struct trace_cut_report *report;

	struct trace_event events[TRACE_CUT_CHUNK];
	long nevents, at;
	uint64_t number, all; /* of the next event; of the trace */
	struct trace_truth truth;
	bool truth_waits; /* `truth` is the next one, and belongs to the part or behind it */

	struct trace_live live; /* of struct trace_cut_object */
	const struct trace_state *old_state;
	struct trace_state *state;     /* NULL = the trace's, or none */
	struct trace_cut_place *place; /* [nplaces], ascending */
	uint64_t nplaces, next_object;
	uint8_t *block_type; /* where the part begins; [old_state->nblocks] */
	bool any_listed;     /* the trace tells of LRU lists */

	uint32_t *settings; /* texts of TRACE_SYSCTL in force, in order */
	size_t nsettings, settings_cap;
	struct trace_cut_range *isolated;
	size_t nisolated, isolated_cap;

	struct trace_part of, part; /* what the trace that is cut is a part of; the part */
	bool is_part;               /* of the whole, so that it can go on from a saved state */
	const struct trace_names *old_names;
	struct trace_names names; /* of the part's first objects */
	uint64_t names_cap;
	uint64_t objects_before; /* how many the trace has had where the part begins */

	bool any;            /* something of what is selected was read in the part */
	bool from_start;     /* nothing stands before the part */
	bool to_end;         /* nothing stands behind it */
	uint64_t begin, end; /* time of its first event; the first time behind it */
};

static inline struct trace_cut_object *trace_cut_object(const struct trace_cut *c,
							const struct trace_live_entry *e)
{
	return trace_live_data(&c->live, e);
}

/* Nothing is left out but what stands before and behind the part. */
static inline bool trace_cut_selects_all(const struct trace_cut *c)
{
	return !c->o->npids && !c->o->ncpus;
}

/* trace_cut.c: whether a task on a CPU is selected. */
bool trace_cut_selected(const struct trace_cut *c, uint32_t task, uint16_t cpu);
bool trace_cut_put(struct trace_cut *c, struct trace_event e, struct trace_error *err);

/* ---- trace_cut_names.c ---- */
bool trace_cut_names_open(struct trace_cut *c, struct trace_error *err);
/* The part is about to begin; c->state is made if there is to be one. */
bool trace_cut_names_begin(struct trace_cut *c, struct trace_error *err);
/* The part's next object is this one of the trace that is cut, or a part of it. */
bool trace_cut_names_add(struct trace_cut *c, uint64_t object, uint32_t offset, unsigned order,
			 struct trace_error *err);
/* Behind the events. */
bool trace_cut_names_end(struct trace_cut *c, struct trace_error *err);

/* ---- trace_cut_before.c ---- */
bool trace_cut_before_objects(struct trace_cut *c, struct trace_error *err);
/* An event before the part. */
bool trace_cut_before(struct trace_cut *c, const struct trace_event *e,
		      struct trace_error *err);
/* The truth stream up to the beginning of the part. */
bool trace_cut_before_truth(struct trace_cut *c, struct trace_error *err);
/* A new object, known as the event tells. */
struct trace_cut_object *trace_cut_before_alloc(struct trace_cut *c,
						const struct trace_event *e,
						struct trace_error *err);

/* trace_cut_begin.c: opens the writer, writes what stands before the first event. */
bool trace_cut_begin(struct trace_cut *c, struct trace_error *err);

/* trace_cut_state.c: makes c->state and c->place of what is live and the trace's state. */
bool trace_cut_state(struct trace_cut *c, struct trace_error *err);

/* trace_cut_end.c */
bool trace_cut_end(struct trace_cut *c, struct trace_error *err);

#endif
