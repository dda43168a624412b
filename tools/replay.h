/*
 * Replays one trace through one kernel on one machine: task queues, pacing, objects, start
 * states, counts and latencies. docs/replay.md says what each rule means.
 *
 * In a life: replay_new(), replay_state_put() where there is one, replay_run(), then read
 * the results; replay_free().
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_policy.h"
#include "sim/engine.h"
#include "sim/machine.h"
#include "tools/change.h"
#include "tools/events.h"
#include "tools/latency.h"
#include "tools/saved.h"
#include "tools/series.h"
#include "tools/task_rules.h"
#include "traces/trace.h"

#define REPLAY_MOST_SAMPLES 100000u /* of a series; beyond that it is thinned */

enum replay_pacing {
	REPLAY_CLOSED, /* a task's delay shifts its own later events */
	REPLAY_OPEN,   /* trace times hold */
	REPLAY_ASAP,   /* no think time */
	REPLAY_THINK,  /* the time between two events of a task is all think time */
};

/* Who touches pages between allocation and free, on a kernel that takes pages back. */
enum replay_access {
	REPLAY_ACCESS_NONE,        /* nobody */
	REPLAY_ACCESS_RECORDED,    /* the trace's access and dirty events */
	REPLAY_ACCESS_WORKING_SET, /* regular reads of the hot part of all contents */
};

struct replay_options {
	const struct mm_policy *policy;
	void *mm;           /* what policy->create() returned; stays the caller's */
	const void *params; /* the kernel's, for its tick interval */
	const struct sim_machine *machine;
	struct sim_memory *memory;  /* the memory model; stays the caller's */
	struct trace_reader *trace; /* at its first event; with a clock, or for asap */
	enum sim_engine_mode engine;
	enum replay_pacing pacing;
	bool keep_recorded_reclaim;   /* replay frees of the recorded kernel's reclaim */
	bool buffers_stay;            /* struct mm_host */
	bool fold;                    /* more CPUs or nodes in the trace than in the machine */
	uint64_t window;              /* events read ahead at most */
	uint64_t series_cycles;       /* simulated time between samples at first, 0 = none */
	const struct change *changes; /* [nchanges], by date */
	size_t nchanges;
	const struct task_rules *tasks; /* [ntasks]; all that fit are applied, in this order */
	size_t ntasks;
	/* For kernels with daemons. */
	uint64_t hz; /* jiffies a second */
	enum replay_access access;
	uint32_t hot_milli;     /* of the working set: share of contents, in 1/1000 */
	uint64_t access_cycles; /* ... each read once in so many cycles */
	uint64_t seed;          /* ... chosen by it, and by it think times are drawn: */
	uint32_t jitter_milli;  /* up to so much longer than recorded, in 1/1000; 0 = not at all
				 */
	/* Written to as things happen; its task() and ctx are the replay's business. NULL = no
	 * events. */
	const struct events *events;
	/* The state that replay_state_put() will put was left by another run. NULL: it was not.
	 */
	const struct saved *saved;
	/* The trace goes on where that run ended; NULL: it is another trace. */
	const struct trace_part *part;
	bool own_lists; /* that state, if not `saved`, is of this kernel's own lists */
	bool save;      /* replay_save() will be called */
	/* The whole state is audited whenever so many events are done, and at the end; 0 =
	 * never. What does not hold ends the run with status 1. */
	uint64_t check_events;
	/* Called now and then, also while all sleep, with events done and the simulated date;
	 * NULL = never. */
	void (*progress)(void *ctx, uint64_t events, uint64_t date);
	void *progress_ctx;
};

/* What happened, in events of the trace. Everything here is simulated and deterministic. */
struct replay_counts {
	uint64_t events;                 /* executed */
	uint64_t allocs, served, failed; /* requests; failed includes would_sleep */
	uint64_t would_sleep;            /* had to reclaim, compact or wait: not modelled yet */
	uint64_t frees, partial_frees;
	uint64_t order_requests[TRACE_ORDERS], order_failed[TRACE_ORDERS],
		order_would_sleep[TRACE_ORDERS];
	uint64_t order_first_failure[TRACE_ORDERS]; /* date, UINT64_MAX = never */
	uint64_t recorded_failures; /* requests that failed when recorded, replayed */
	uint64_t recorded_failures_served;
	uint64_t frees_of_failed;        /* their allocation failed here: nothing to free */
	uint64_t frees_of_start_objects; /* allocated before the trace, absent with start: boot
					  */
	uint64_t frees_unknown;          /* of nothing, twice, or beyond the object */
	uint64_t reclaim_frees_dropped;
	uint64_t free_waits, free_wait_cycles; /* a free had to wait for its allocation */
	uint64_t delay_cycles;                 /* sum over tasks of how far they fell behind */
	uint64_t hidden, missed, unscored;
	uint64_t lru_notes, other_events; /* marks and task events: no effect here */
	uint64_t unknown_gfp_flags;
	uint64_t ticks;
	/* On a kernel with daemons. */
	uint64_t slept; /* requests that slept before they had an answer */
	uint64_t order_slept[TRACE_ORDERS];
	uint64_t contents; /* pages that the kernel may take back */
	uint64_t accesses, accesses_failed, refaults;
	uint64_t killed_tasks, events_of_killed; /* events dropped: all but frees */
	uint32_t last_killed; /* the trace's index of the last one + 1; 0 = none of the trace's
			       */

	/* Writes of kernel parameters in mid-run, of the trace and of the scenario. */
	uint64_t sysctl_applied, sysctl_unknown, sysctl_refused;
	uint64_t changes_not_reached; /* of the scenario: the trace ended before */

	/*
	 * Ranges of page frames, of the trace and of the scenario: isolated; refused, because
	 * something in one of the pageblocks cannot be moved away, or it is isolated already;
	 * given back; without memory, or nothing in them to give back; and those that this
	 * kernel has no way to isolate.
	 */
	uint64_t isolated, isolation_refused, unisolated, isolation_empty, isolation_unknown;
	uint64_t isolated_pageblocks;

	/* How long before the end of the part before this one begins: its last operations came
	 * late, and all of them before the first of this part. */
	uint64_t overlap_cycles;

	uint64_t most_queued, window_full; /* read-ahead: high-water mark, times it was full */
	uint64_t end_date;                 /* of the last operation, cycles */
};

/* Of a node: of requests that asked for it. */
struct replay_node_counts {
	uint64_t requests[TRACE_ORDERS], failed[TRACE_ORDERS];
	uint64_t first_failure[TRACE_ORDERS]; /* date, UINT64_MAX = never */
};

struct replay_error {
	int status; /* the program's exit code */
	char text[1200];
};

struct replay;

/* NULL and err on failure. What the options point to must outlive the replay. */
struct replay *replay_new(const struct replay_options *o, struct replay_error *err);
void replay_free(struct replay *r);

/*
 * Puts a recorded state in place of a kernel created empty (kernel: nothing; each frame goes
 * where it was). Frames in per-cpu lists beyond what this kernel's lists hold count as free.
 * `own` tells that it is the start state of the replayed trace, whose frees name its objects;
 * with another one such frees do nothing and are counted.
 */
bool replay_state_put(struct replay *r, const struct trace_state *state, bool own,
		      struct replay_error *err);

/* Runs the trace to its end. err->status 130 after replay_stop(). */
bool replay_run(struct replay *r, struct replay_error *err);
/* May be called from a signal handler. */
void replay_stop(struct replay *r);

/* At the end: what pages hold is told to the kernel, if it never asked: its LRU lists and their
 * counters are then those of a snapshot. */
bool replay_settle(struct replay *r, struct replay_error *err);

/* How many audits there were (check_events). */
uint64_t replay_checks(const struct replay *r);
const struct replay_counts *replay_counts(const struct replay *r);
/* At the end: [nodes of the machine]. */
const struct replay_node_counts *replay_node_counts(const struct replay *r);
struct latency *replay_latency(const struct replay *r);
const struct series *replay_series(const struct replay *r);
struct sim_engine_stats replay_engine_stats(const struct replay *r);
uint64_t replay_live_objects(const struct replay *r);

/* A write that had no effect, by its text: the first REPLAY_SYSCTL_NOTES different ones. */
#define REPLAY_SYSCTL_NOTES 16u
struct replay_sysctl_note {
	bool refused; /* else this kernel has no such parameter */
	char text[64];
	char why[192];
	uint64_t times;
};
/* How many there are at *notes. */
unsigned replay_sysctl_notes(const struct replay *r, const struct replay_sysctl_note **notes);

/* Who has a block of frames, and what for. */
enum replay_owner_kind {
	REPLAY_OWNER_ANON, /* what the kernel may take away: as enum mm_kind */
	REPLAY_OWNER_FILE,
	REPLAY_OWNER_SHMEM,
	REPLAY_OWNER_SLAB,
	REPLAY_OWNER_MOVABLE, /* other pages of requests, by the type of their flags */
	REPLAY_OWNER_RECLAIMABLE,
	REPLAY_OWNER_UNMOVABLE,
	REPLAY_OWNER_BEFORE, /* from before the trace, freed by it or taken away */
	REPLAY_OWNER_PINNED, /* from before the trace, for good */
	REPLAY_OWNER_KERNEL, /* nobody that is known; these two are for who looks at free memory
			      */
	REPLAY_OWNER_PCP,    /* a per-cpu list */
	REPLAY_OWNER_KINDS
};
enum replay_mobility { REPLAY_UNMOVABLE, REPLAY_MOVABLE, REPLAY_RECLAIMABLE };

#define REPLAY_NO_TASK UINT32_MAX
#define REPLAY_NO_GFP UINT32_MAX
#define REPLAY_NO_AGE UINT64_MAX

struct replay_owned {
	uint64_t frame, frames; /* of what is left of one allocation, in one piece */
	uint8_t order;          /* that was asked for */
	enum replay_owner_kind kind;
	enum replay_mobility mobility;
	uint32_t task; /* for replay_owners_task() */
	uint32_t gfp;  /* index in the trace's dictionary */
	uint64_t age;  /* cycles since the request, rounded down to 2^22 */
};
/* Calls visit for everything in use that belongs to somebody; no frame twice. At any time but
 * inside an operation. False when memory is short. */
bool replay_owners_each(const struct replay *r,
			void (*visit)(void *ctx, const struct replay_owned *o), void *ctx);
/* Of an owner's task: pid 0 for what CPUs do in interrupts and when idle. NULL: none is known.
 */
const struct trace_task *replay_owners_task(const struct replay *r, uint32_t task);
/* The gfp set as the trace names it; NULL: none is known. */
const char *replay_owners_gfp(const struct replay *r, uint32_t gfp);

/* What a kernel with daemons ran in. */
struct replay_world_stats {
	bool there;                         /* false: it has none */
	bool has_swap, has_data;            /* disks */
	bool one_drive;                     /* both are one, whose figures are at swap */
	struct sim_device_stats swap, data; /* until the end date */
};
struct replay_world_stats replay_world_stats(const struct replay *r);

#endif
