/*
 * What the files of the replay share; nobody else includes it.
 */
#ifndef REPLAY_CORE_H
#define REPLAY_CORE_H

#include "tools/contents.h"
#include "tools/objects.h"
#include "tools/replay.h"
#include "tools/replay_tasks.h"

/* Events decoded at a time: nothing is prefetched past the end, but the cache has to hold them.
 */
#define REPLAY_BUFFER 4096u
/* Objects are prefetched so many events ahead, their frames half as many. */
#define REPLAY_AHEAD 96u
/*
 * With so many events queued, what is read now runs so late that the cache has lost it again by
 * then: each task looks ahead at its own queue, too, and from the second number on only that.
 * Between the two both do: queues grow and shrink, and what was read while they were too deep
 * runs while they are not.
 */
#define REPLAY_DEEP 512u
#define REPLAY_TOO_DEEP 2048u

/* One gfp set of the trace's dictionary, in this kernel's flags. */
struct replay_gfp {
	uint32_t flags;
	uint8_t gfp_class;
	uint8_t type; /* migratetype of 4.12 */
	bool movable;
	bool noted;                /* the note says all that is to be told of a single page */
	struct contents_kind kind; /* of the pages asked for with it */
	uint64_t note;             /* of a page asked for with it, but for task and date */
};

struct replay_waiter {
	uint64_t object;
	uint32_t task;
	uint16_t cpu;
};

__extension__ typedef unsigned __int128 replay_wide;

/*
 * Trace time to cycles since the first event: dates convert as absolute values, rounded down.
 * Times up to `narrow` are divided by a multiplication: with shift = 63 + floor(log2(div)) and
 * inverse = ceil(2^shift / div), x * inverse >> shift is exactly x / div for all x < 2^62.
 */
struct replay_clock {
	replay_wide wide_base; /* `base` of traces that begin behind `narrow` */
	uint64_t mul, div, base;
	uint64_t narrow, inverse;
	unsigned shift;
};

/* How far a task's recorded dates have been put off, and the last one as recorded. */
struct replay_jitter {
	uint64_t last, later;
};

struct replay_world;
struct replay_early;
struct replay_saved;
struct replay_lines;

/* Requests that asked for a node, by order; a row's length is a power of two. */
struct replay_asked {
	uint64_t requests[16];
};

struct replay {
	struct replay_options o;
	struct sim_engine *engine;
	struct events events; /* out NULL = none are written */
	/* While some are: whose operation runs on no actor, and the name of who does on one. */
	uint32_t event_task;
	enum sim_step (*event_step)(void *ctx, struct sim_cpu *cpu, uint32_t task);
	struct trace_task event_runner;
	struct replay_lines *lines; /* NULL = the trace's own events are not written */
	struct replay_counts counts;
	struct replay_error trouble; /* of feed() or step(); status 0 = none */

	struct replay_tasks
		tasks;       /* first the CPUs' ticks, then their interrupts, then tasks */
	uint32_t first_task; /* number of the trace's task 0 */
	/* From plain_from on, so many numbers are tasks whose events replay_step() runs alone.
	 */
	uint32_t plain_from, plain;
	struct replay_world *world; /* NULL = the kernel has no daemons */
	struct replay_saved *saved; /* NULL = begins from nothing that another run left */
	uint64_t *tick_date;        /* [cpus] of the next tick */
	uint64_t *held;             /* [cpus] until when, where a tick was left out */
	uint64_t first_time;        /* the trace's, of its first event */
	uint64_t *dropped; /* [ndropped] objects whose frees were the recorded kernel's, for
			      replay_save(), ascending from the end of the run on */
	uint64_t ndropped, dropped_room;
	struct replay_early *early; /* contents not told to the kernel yet; NULL = all are */
	struct objects *objects;
	struct replay_waiter *waiters;
	uint64_t nwaiters, waiters_room;

	struct replay_gfp *gfps;
	uint8_t *task_is_idle; /* [nknown]: pid 0, identity is the CPU */
	uint32_t ngfps, ntasks_known;

	/* [REPLAY_BUFFER + REPLAY_AHEAD], of which the last ones, behind `have`, are nothing.
	 */
	struct trace_event *buffer;
	uint64_t at, have, read; /* in the buffer; events read from the trace */
	struct replay_clock clock;
	struct replay_jitter *jitters; /* [njitters], by task number; NULL = think times stay */
	uint32_t njitters;
	bool ended;            /* the trace has no more events */
	volatile bool stopped; /* by replay_stop() */
	bool has_state;
	uint64_t start_objects;

	size_t changes_done;
	void *params; /* o.params with what was written since; NULL = nothing was */
	struct replay_sysctl_note notes[REPLAY_SYSCTL_NOTES];
	unsigned nnotes;

	struct latency *latency;
	struct series *series;
	struct replay_asked *asked;       /* [nodes] */
	struct replay_node_counts *nodes; /* [nodes], requests summed up at the end */
	const struct trace_state *state;  /* the recorded start; NULL = boot */
	uint64_t most_queued;             /* events that may be queued */
	uint64_t earliest; /* date of the first task made ready by the present feed */
	uint64_t next_sample, tick_cycles;
	uint64_t progress_at; /* events at which progress is told next */
	uint64_t next_check;  /* events at which the state is audited next */
	uint64_t checks;
};

/* Remembers the first trouble and stops the engine; returns false. */
bool replay_core_fail(struct replay *r, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The requests of all nodes are summed up. */
void replay_core_sum(struct replay *r);
/* Tells the progress to whoever wants it. */
void replay_core_progress(const struct replay *r);

/* replay_events.c: the options' events become the replay's; an allocation (MM_NO_FRAME: it got
 * nothing) and a free. */
void replay_events_open(struct replay *r);
void replay_events_alloc(const struct replay *r, const struct sim_cpu *cpu,
			 const struct replay_event *e, uint32_t number, uint64_t frame);
void replay_events_free(const struct replay *r, const struct sim_cpu *cpu, uint32_t number,
			uint64_t frame, unsigned order);
/* The step of a run with events: notes whose it is. */
enum sim_step replay_events_step(void *ctx, struct sim_cpu *cpu, uint32_t task);
/* See mm_host.event; ctx is the replay. */
void replay_events_tell(void *ctx, const struct sim_cpu *cpu, uint32_t task,
			const struct mm_event *event);

/* replay_feed.c: fills the buffer; false at the end of the trace or in trouble. */
bool replay_feed_read(struct replay *r);
/* Whose event it is, on which of the machine's CPUs: interrupts and idle loops belong to that.
 */
static inline uint32_t replay_core_number(const struct replay *r, const struct trace_event *e,
					  unsigned cpu, bool idle)
{
	return e->flags & (TRACE_HARDIRQ | TRACE_SOFTIRQ) || idle ? r->o.machine->cpus + cpu
								  : r->first_task + e->task;
}
/* Prepares handing out; the first event's time is date 0. */
void replay_feed_start(struct replay *r, uint64_t first_time);

/* See sim_client.feed. */
uint64_t replay_feed(void *ctx, uint64_t until);

/* For the host's cache: the frame that a free of the object needs. */
OBJECTS_PREFETCHES void replay_core_prefetch_frame(const struct replay *r, uint64_t object)
{
	struct objects_entry entry = objects_get(r->objects, object);

	if (entry.state == OBJECTS_LIVE && r->o.policy->prefetch_free)
		r->o.policy->prefetch_free(r->o.mm, entry.frame);
	else if (entry.state == OBJECTS_HELD && r->o.policy->prefetch_drop)
		r->o.policy->prefetch_drop(r->o.mm, entry.frame);
}

/* replay_step.c: see sim_client.step. Tasks of a kernel that does not look at contents (yet)
 * are run there, all others by replay_wait_step(). */
enum sim_step replay_step(void *ctx, struct sim_cpu *cpu, uint32_t task);
/* Which these are; from now on, all tasks are of the others. */
void replay_step_begin(struct replay *r);
void replay_step_no_more_plain(struct replay *r);

/* replay_parts.c. The freed parts of the object at `o` are marked; its last part ends it. False
 * when they were free already, which is counted. */
bool replay_parts_take(struct replay *r, const struct replay_event *e, struct objects_entry *o);
/* Whether the page at offset e->value of a split object of that order is still there. */
bool replay_parts_has(const struct replay *r, const struct replay_event *e, unsigned order);

/* replay_waiters.c: the task, of that CPU, cannot go on before `object`, which is at `place`,
 * is allocated; false, with the trouble told, when memory is short. */
bool replay_waiters_add(struct replay *r, uint64_t object, struct objects_entry *place,
			uint32_t task, uint16_t cpu);
/* The object's allocation has run: whoever waited for it goes on at `date`. */
void replay_waiters_release(struct replay *r, uint64_t object, uint64_t date);

/* replay_check.c: an audit of everything, outside of any step; false is told as trouble. The
 * step that either kernel takes, with audits behind it. */
bool replay_check(struct replay *r, uint64_t date);
enum sim_step replay_check_step(void *ctx, struct sim_cpu *cpu, uint32_t task);

/* replay_sysctl.c: the number of the task that makes the scenario's changes, on CPU 0. */
#define REPLAY_SYSCTL_TASK UINT32_MAX
/* Before ticks get their dates: changes of date 0 are made, the next one gets its date. */
void replay_sysctl_start(struct replay *r);
/* The changes that are due, unless nothing of the trace is left. */
enum sim_step replay_sysctl_step(struct replay *r, struct sim_cpu *cpu);
/* A TRACE_SYSCTL event. */
void replay_sysctl_event(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e);
/* How often the kernel's periodic work is due, in cycles; 0 = never. */
uint64_t replay_sysctl_tick_cycles(const struct replay *r);

/* replay_isolate.c: a TRACE_ISOLATE or TRACE_UNISOLATE event, whose frame is in `object`. */
void replay_isolate_event(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e);
/* One of the scenario's changes, at `date`; it takes no simulated time. */
void replay_isolate_change(struct replay *r, uint64_t date, const struct change *c);

/* Its parts, for replay_wait.c. Where they return bool, false is trouble, which is told. */

/* Samples of the series that are due by `date`. */
void replay_step_sample(struct replay *r, uint64_t date);
enum sim_step replay_step_tick(struct replay *r, struct sim_cpu *cpu, uint32_t task);
/* A free whose object (at `o`) is not allocated yet, or not quite: its task waits for it. */
bool replay_step_waits(struct replay *r, const struct sim_cpu *cpu,
		       const struct replay_event *e, uint32_t task, struct objects_entry *o,
		       bool not_quite);
/* Who waits for the object at `place` goes on at `date`. */
void replay_step_release(struct replay *r, uint64_t object, struct objects_entry *place,
			 uint64_t date);
/* A request is made; it has its answer. */
void replay_step_asked(struct replay *r, const struct sim_cpu *cpu,
		       const struct replay_event *e);
bool replay_step_granted(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			 uint32_t number, struct mm_grant g);
/* The object table learns what became of an allocation; who waited for it goes on. */
bool replay_step_object(struct replay *r, const struct sim_cpu *cpu,
			const struct replay_event *e, uint32_t number, struct mm_grant g);
/* `o` is the object's place, NULL when it is gone. */
bool replay_step_free(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		      uint32_t number, struct objects_entry *o);
void replay_step_note(struct replay *r, const struct replay_event *e);
/*
 * An operation of a kernel with daemons has to sleep: the request with what it has got so far.
 * replay_wait.c
 */
enum sim_step replay_wait_asleep(struct replay *r, uint32_t number, struct mm_grant so_far,
				 uint64_t late);

/*
 * objects_note()'s word about an object: what is to be told of it when the kernel asks (6 bits,
 * replay_early.c; 0 = nothing), who asked for it (or got it onto an LRU list), with which gfp
 * set, and when.
 */
#define REPLAY_NOTE_EARLY UINT64_C(63)
#define REPLAY_NOTE_TASK_SHIFT 6
#define REPLAY_NOTE_TASKS (1u << 24) /* the last one stands for all from it on */
#define REPLAY_NOTE_GFP_SHIFT 30
#define REPLAY_NOTE_GFPS 256u /* likewise */
#define REPLAY_NOTE_DATE_SHIFT 38
#define REPLAY_NOTE_DATE_UNIT 22 /* in units of so many bits of cycles, modulo 2^26 */

/* replay_early.c: the first bits of a single page's word, by what it holds; 0 = there is more
 * to it. */
uint32_t replay_early_page_note(const struct replay *r, struct contents_kind kind);
/* The kind in such bits, which are not 0. */
enum mm_kind replay_early_kind(uint64_t note);
/* What is to be told of an object of that task. */
void replay_early_object(struct replay *r, struct sim_cpu *cpu, uint64_t object,
			 uint32_t number, struct contents_kind kind);

/* An object that was counted as dirty is freed. */
void replay_early_freed(struct replay *r);

/* A latency, unless the event is not scored. */
bool replay_step_record(struct replay *r, const struct replay_event *e, enum latency_op op,
			unsigned gfp_class, unsigned node, unsigned path,
			const struct sim_cpu *cpu);
/* The operation, which lost `late` cycles to others, is over: on to the task's next event. */
void replay_step_end(struct replay *r, struct sim_cpu *cpu, uint32_t task, uint64_t late);

#endif
