/*
 * What trace_generate() is told: kinds of memory, kinds of tasks, and how often each does what.
 * tools/ reads it from YAML (docs/trace-format.md, "Profiles"). Shares are in 1/1000, times in
 * ns, all plain numbers.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include "traces/trace.h"

#define TRACE_PROFILE_CLASSES 64
#define TRACE_PROFILE_TASKS 16
#define TRACE_PROFILE_PHASES 8
#define TRACE_DRAW_POINTS 65
#define TRACE_DRAW_ALL 1000000

enum trace_draw_kind {
	TRACE_DRAW_CONSTANT,    /* a */
	TRACE_DRAW_UNIFORM,     /* a to b */
	TRACE_DRAW_EXPONENTIAL, /* mean a */
	TRACE_DRAW_PARETO,      /* least a, shape, most b */
	TRACE_DRAW_BIMODAL,     /* exponential of mean a with share, else of mean b */
	TRACE_DRAW_TABLE,       /* straight lines between points of the distribution */
};

/* A distribution of times (ns) or of counts. */
struct trace_draw {
	enum trace_draw_kind kind;
	uint64_t a, b;
	uint32_t shape_milli, share_milli;
	uint32_t npoints; /* at least 2 */
	/* So many of a million are at most that; both ascending, from 0 to all of them. */
	struct trace_draw_point {
		uint64_t value;
		uint32_t below;
	} point[TRACE_DRAW_POINTS];
};

/* A kind of memory. */
struct trace_class {
	char name[32];
	char gfp[160];
	uint32_t order_weight[TRACE_ORDERS];
	bool with_task; /* freed when its task exits; else after a time drawn from `lifetime` */
	bool reclaim;   /* freed early, oldest first, when live_max is reached */
	struct trace_draw lifetime;
	uint32_t remote_milli; /* share of requests that ask for another node */
	uint32_t asks_node;    /* 1 + the node that the others ask for, 0 = the CPU's own */
	uint8_t flags;         /* of its requests: TRACE_SOFTIRQ, TRACE_HARDIRQ or 0 */
};

/* A part of a task's life: which kinds of memory it asks for. */
struct trace_phase {
	uint32_t share_milli;                   /* of the task's allocations */
	uint32_t weight[TRACE_PROFILE_CLASSES]; /* by class */
};

/* A kind of task. Each of `alive` slots runs one task after another. */
struct trace_task_kind {
	char name[16]; /* the command name in the trace */
	uint32_t alive;
	struct trace_draw allocations; /* in a task's life */
	struct trace_draw gap;         /* time between them */
	struct trace_draw pause;       /* between a task and its successor in the slot */
	/* A burst is so many allocations a gap apart, behind it a rest in place of the gap;
	 * burst.a and burst.npoints both 0: there are none. */
	struct trace_draw burst, rest;
	uint64_t wave;   /* tasks start this long apart (and a pause): many at once; 0 = no */
	uint32_t home;   /* 1 + the node on whose CPUs it runs, 0 = on all */
	uint32_t parent; /* 1 + the kind of task that starts it, 0 = not known */
	uint32_t at_start[TRACE_PROFILE_CLASSES]; /* allocations before its first phase */
	struct trace_phase phases[TRACE_PROFILE_PHASES];
	unsigned nphases;
};

struct trace_profile {
	char name[64];
	unsigned cpus, nodes; /* nodes have equal shares of the CPUs. A node of a class or task
				 that is not there counts on from node 0. */
	uint64_t live_max;    /* pages */
	struct trace_class classes[TRACE_PROFILE_CLASSES];
	struct trace_task_kind tasks[TRACE_PROFILE_TASKS];
	unsigned nclasses, ntasks;
};

#endif
