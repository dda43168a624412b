/*
 * The replay of a kernel that has daemons and takes pages back: what it runs in (queues,
 * daemons, disks), requests and accesses that sleep, what pages hold, and tasks that its OOM
 * killer ends. Without such a kernel none of this exists, and replay_step() runs alone.
 *
 * Beside the trace's tasks some numbers belong to nobody (replay_world_number()): one a CPU
 * that accesses the working set, one a CPU that buries victims, one that ends the run, and
 * one that owns the memory from before the trace.
 *
 * Internal to the replay.
 */
#ifndef REPLAY_WORLD_H
#define REPLAY_WORLD_H

#include "sim/device.h"
#include "tools/contents.h"
#include "tools/replay_core.h"

enum replay_world_who {
	REPLAY_TICK,      /* one a CPU: periodic work */
	REPLAY_INTERRUPT, /* one a CPU: events without a task */
	REPLAY_ACCESSOR,  /* one a CPU */
	REPLAY_REAPER,    /* one a CPU */
	REPLAY_END,
	REPLAY_BEFORE, /* whose memory was there before the trace */
	REPLAY_TASK,
};

/* What becomes of a task beside its events. */
struct replay_fate {
	struct mm_grant so_far; /* of the request it sleeps in */
	uint32_t content;       /* whose access it sleeps in */
	uint64_t late;          /* cycles that the sleeping operation started late */
	bool asleep;            /* in replay_wait() */
	bool killed, exited;
	bool huge_failed; /* its last request for a huge page */
	bool pausing;     /* it has its page, and has written too much */
	uint64_t holds;   /* object + 1 that the kernel is just being told of; 0 = none */
};

/* A content whose access sleeps: its number must not pass to another meanwhile. */
struct replay_flight {
	uint32_t content;
	bool freed; /* the trace has freed it: drop() follows the access */
};

/* A CPU's way through the contents whose number modulo CPUs is the CPU's. */
struct replay_accessor {
	uint64_t round;   /* date at which the present round began */
	uint32_t at, end; /* contents of this round: the next one, one behind the last */
	uint32_t owner;   /* task of the one that is accessed */
};

struct replay_world {
	struct mm_host host;
	struct sim_disk *swap, *data; /* one and the same where the machine has one drive */
	struct sim_queue **queues;
	unsigned nqueues;

	struct replay_fate *fates; /* [nfates], by task number; grown as needed */
	uint32_t nfates;
	uint32_t sleeping; /* tasks in replay_wait(), accessors not among them */
	uint32_t holding;  /* fates with `holds` */
	uint32_t *victims; /* killed and not buried yet */
	unsigned nvictims, victims_room;
	bool *reaping; /* [cpus]: the CPU's reaper is ready */
	struct replay_flight *flights;
	unsigned nflights, flights_room;
	struct replay_accessor *accessors; /* [cpus] */

	bool lru_events; /* the trace says when pages get onto an LRU list: requests do not */
	bool ending;     /* REPLAY_END is ready */
	bool finished;
	uint32_t steps; /* of nobody's tasks, for telling progress now and then */
};

/* Who a task number stands for, and which number somebody has; `n` is a CPU where there is one
 * a CPU, an index of the trace's tasks for REPLAY_TASK. */
enum replay_world_who replay_world_who(const struct replay *r, uint32_t number);
uint32_t replay_world_number(const struct replay *r, enum replay_world_who who, uint32_t n);

/* The number of the trace's task 0, with and without a world. */
uint32_t replay_world_first_task(const struct replay *r);
/* Makes r->world and attaches the kernel to it; does nothing for a kernel without daemons. */
bool replay_world_open(struct replay *r);
void replay_world_close(struct replay *r);
/* Before the engine runs: the accessors' first rounds. */
void replay_world_start(struct replay *r);

/* Contents that the kernel has not asked for yet (replay_early.c). Does nothing, or makes
 * r->early, when the kernel can do without them for now. */
bool replay_early_open(struct replay *r);
void replay_early_close(struct replay *r);
/* Of a frame that no event of the trace will name. */
void replay_early_frame(struct replay *r, uint64_t frame, unsigned order,
			struct contents_kind kind);
/* What is to be told of that object, and whose it is; false: nothing. */
bool replay_early_noted(const struct replay *r, uint64_t object, struct contents_kind *kind,
			uint32_t *task);
/* See mm_host.wanted; ctx is the replay. */
void replay_early_tell(void *ctx, struct sim_cpu *cpu);

/* The fate of a task, made at the first call. NULL, with the trouble told, when memory is
 * short; its place changes with the next call. */
struct replay_fate *replay_world_fate(struct replay *r, uint32_t number);
/* The same for looking at; a task without one has an empty fate. */
struct replay_fate replay_world_look(const struct replay *r, uint32_t number);
/* An operation of a killed task is over, or it is in none: its memory goes. */
void replay_world_bury(struct replay *r, struct sim_cpu *cpu, uint32_t number);
/* Ends the run when nothing of the trace is left: daemons may go on for ever. */
void replay_world_end(struct replay *r);

/* sim_client's functions for a kernel with daemons (replay_wait.c). */
enum sim_step replay_wait_step(void *ctx, struct sim_cpu *cpu, uint32_t number);
void replay_wait(void *ctx, struct sim_cpu *cpu, uint32_t number);
uint64_t replay_wait_feed(void *ctx, uint64_t until);
void replay_wait_pulse(void *ctx);
/* The task's operation goes on in replay_wait(), with what `fate` says of it. */
enum sim_step replay_wait_fall_asleep(struct replay *r, uint32_t number,
				      struct replay_fate fate);

/* Whether the kernel can be told of such a content of a block of that order; what the kernel
 * does not know becomes the next best that it does. */
bool replay_access_can_hold(const struct replay *r, unsigned order, struct contents_kind *kind);
/* What a served object of order 0, or a huge page, holds is told to the kernel. `fresh`: it was
 * just filled; else it is of a start state. False in trouble. */
bool replay_access_hold(struct replay *r, struct sim_cpu *cpu, struct objects_entry *o,
			uint32_t owner, struct contents_kind kind, bool fresh);
/* So many contents of an object are given up, now or as soon as nobody accesses them. */
void replay_access_drop(struct replay *r, struct sim_cpu *cpu, uint32_t first, uint32_t n);
/* An access recorded in the trace. SIM_STEP_SLEEP: replay_access_wait() has to follow. */
enum sim_step replay_access_try(struct replay *r, struct sim_cpu *cpu,
				const struct replay_event *e, uint32_t number, uint64_t late);
void replay_access_wait(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			uint32_t number);
/* The task has just filled a page by writing to it: true when it has to pause for that, in
 * replay_access_pause() on its actor. */
bool replay_access_wrote(struct replay *r, struct sim_cpu *cpu, struct objects_entry o,
			 struct contents_kind kind);
void replay_access_pause(struct replay *r, struct sim_cpu *cpu, uint32_t content);
/* The accessors' operations. */
enum sim_step replay_access_round(struct replay *r, struct sim_cpu *cpu, uint32_t number);
void replay_access_round_wait(struct replay *r, struct sim_cpu *cpu, uint32_t number);

#endif
