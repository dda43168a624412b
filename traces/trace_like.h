/*
 * What trace_like_fit() and trace_like_compare() measure of a trace: how often, how large, for
 * how long, and by what tasks memory is asked for. The trace is read twice: first for its tasks
 * and sets of flags, then for everything that depends on them. Memory grows with the number of
 * tasks and of live objects, not with the length of the trace. Only whole numbers: what is
 * fitted goes into synthetic traces, which are the same on every machine.
 */
#ifndef TRACE_LIKE_H
#define TRACE_LIKE_H

#include "traces/profile.h"
#include "traces/trace_error.h"

/* ---- histograms ------------------------------------------------------------------------ */

#define TRACE_LIKE_HIST_BUCKETS 992 /* sixteen an octave: within 1/16 of the value */

/* Times or counts. `seen` ended at that value; `longer` were still there when watching ended.
 */
struct trace_like_hist {
	uint64_t seen[TRACE_LIKE_HIST_BUCKETS], longer[TRACE_LIKE_HIST_BUCKETS];
	uint64_t nseen, nlonger;
	uint64_t least, most, longest; /* that was seen; that was left out of sight */
};

/* Shares of what is at most a bucket's upper end, in 1/2^32. */
struct trace_like_curve {
	uint64_t below[TRACE_LIKE_HIST_BUCKETS];
};

void trace_like_hist_add(struct trace_like_hist *h, uint64_t value, bool ended);
/*
 * The share of those that would have ended by then, had one watched for ever: those that are
 * left out of sight count until then (Kaplan and Meier's product).
 */
void trace_like_hist_curve(const struct trace_like_hist *h, struct trace_like_curve *c);
/* The value that `share` (in 1/2^32) are at most, within 1/16; `never` when fewer were seen to
 * end. */
uint64_t trace_like_hist_value(const struct trace_like_hist *h,
			       const struct trace_like_curve *c, uint64_t share,
			       uint64_t never);
/* The least value of bucket i. */
uint64_t trace_like_hist_start(unsigned i);
/* The largest distance of two curves up to the value `until`, in 1/1000. */
unsigned trace_like_hist_distance(const struct trace_like_curve *a,
				  const struct trace_like_curve *b, uint64_t until);
/* A table that draws as h does; what has no end there lives for `never`. */
void trace_like_hist_draw(const struct trace_like_hist *h, uint64_t never,
			  struct trace_draw *d);

/* ---- live objects ---------------------------------------------------------------------- */

struct trace_like_object {
	uint64_t number; /* TRACE_NO_OBJECT: an empty place */
	uint64_t time;
	uint32_t task, left; /* frames not yet freed */
	uint16_t base;
};

/* By number; doubles when two thirds are in use. */
struct trace_like_objects {
	struct trace_like_object *slot;
	uint64_t nslots, count;
};

bool trace_like_objects_add(struct trace_like_objects *o, const struct trace_like_object *new);
/* NULL when there is no such object. */
struct trace_like_object *trace_like_objects_find(struct trace_like_objects *o,
						  uint64_t number);
void trace_like_objects_drop(struct trace_like_objects *o, struct trace_like_object *at);

/* ---- tasks ----------------------------------------------------------------------------- */

#define TRACE_LIKE_BASES 32
#define TRACE_LIKE_KINDS TRACE_PROFILE_TASKS
#define TRACE_LIKE_PHASES TRACE_PROFILE_PHASES

struct trace_like_task {
	uint64_t allocs, first, last; /* times of its first and last event */
	uint64_t last_alloc;          /* number of that event */
	uint32_t frees_behind;        /* of its own objects, since then */
	bool used, started, exited;   /* used: it has events */
	bool whole;                   /* seen from its start */
	bool ended;                   /* and its end is seen */
	uint8_t kind;
	uint32_t parent;         /* index + 1, 0 = not known */
	uint64_t done, previous; /* second reading: allocations, time of the last one */
	uint64_t at_once;        /* of these since its last rest */
	uint64_t at_once_any;    /* ... of rest_from */
};

/* A set of flags, inside or outside of interrupts. */
struct trace_like_base {
	char gfp[160];
	uint8_t flags;
	uint64_t requests, orders[TRACE_ORDERS], other_node;
	struct trace_like_hist timed; /* lives of what did not go with its task */
	struct trace_like_hist lives; /* of all */
};

/* Tasks that are taken for alike. */
struct trace_like_kind {
	char name[16];
	bool whole;
	uint32_t tasks;
	uint64_t allocs, lived; /* ns, of all of them together */
	struct trace_like_hist allocations, gaps,
		starts; /* starts: ns behind the first event */
	/* A gap longer than the mean is a rest: what lies between two of them came at once. */
	uint64_t mean_gap;
	struct trace_like_hist short_gaps, rests, bursts; /* bursts: requests */
	uint64_t on_node[256];                            /* requests by the node of the CPU */
	uint32_t parents[TRACE_LIKE_KINDS]; /* tasks by the kind of their parent */
	/* Requests by part of the task's life; what went with its task, and what did not. */
	uint64_t mix[TRACE_LIKE_PHASES][TRACE_LIKE_BASES];
	uint64_t with_task[TRACE_LIKE_BASES], without[TRACE_LIKE_BASES];
};

#define TRACE_LIKE_SLICES 256 /* of the span: how evenly requests come */

struct trace_like_measure {
	char name[40];
	unsigned cpus, nodes;
	uint16_t *cpu_node;
	uint64_t clock_hz, start, span; /* in ns, from the first event to the last */
	uint64_t events, requests, frees, live, most_live; /* what a copy repeats; pages */
	struct trace_like_task *tasks;
	uint32_t ntasks, tasks_cap;
	uint64_t *sets; /* by gfp set * 3 + context: requests, then the base */
	uint32_t nsets;
	struct trace_like_base *bases; /* [TRACE_LIKE_BASES], most used first */
	unsigned nbases;
	struct trace_like_kind *kinds; /* [TRACE_LIKE_KINDS] */
	unsigned nkinds;
	bool has_starts, has_exits;
	struct trace_like_objects objects;
	uint64_t rest_from; /* ns between requests of a task: so much is a rest, of any kind */
	struct trace_like_hist lives, gaps, allocations, bursts;
	uint64_t slices[TRACE_LIKE_SLICES]; /* requests in each */
	uint64_t orders[TRACE_ORDERS];
};

/* rest_from as measured of another trace, to compare with it; 0 = this trace's mean gap. */
bool trace_like_measure(const char *path, uint64_t rest_from, struct trace_like_measure *m,
			trace_watch *watch, void *ctx, struct trace_error *err);
void trace_like_measure_free(struct trace_like_measure *m);

/* First reading: tasks and sets. False on damage or without memory. */
bool trace_like_tasks_read(struct trace_like_measure *m, struct trace_reader *r,
			   trace_watch *watch, void *ctx, struct trace_error *err);
/* Kinds of tasks, and which task is of which. */
bool trace_like_tasks_group(struct trace_like_measure *m, const struct trace_reader *r,
			    struct trace_error *err);
/* The index in m->sets of a request's. */
uint32_t trace_like_tasks_set(const struct trace_event *e);
/* A time of the trace in ns since its first event. */
uint64_t trace_like_tasks_time(const struct trace_like_measure *m, uint64_t time);

#endif
