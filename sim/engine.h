/*
 * The clock of a simulation: CPUs that run tasks' operations in time order, and actors for
 * whatever sleeps.
 *
 * The main program is the dispatcher: a tree over CPUs, in each a heap of ready tasks; it runs
 * operations that cannot sleep in the order of (start date, CPU), as long as that key is below
 * the horizon, the earliest key of any actor. Actors (daemons, disk drivers, a task whose
 * operation sleeps) are SimGrid actors. Ties: actors before CPUs, then id; tasks of one CPU by
 * (date, task number). docs/engine.md tells the protocol.
 *
 * SimGrid allows one simulation a process: sim_engine_new() is called once.
 */
#ifndef SIM_ENGINE_H
#define SIM_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/dispatch.h"
#include "sim/machine.h"
#include "sim/port.h"

struct sim_engine;

struct sim_engine_error {
	bool late; /* a date of 2^52 cycles: of what was to be simulated, not of the host */
	char text[1024];
};

enum sim_step {
	SIM_STEP_DONE,  /* the operation took cpu->due cycles */
	SIM_STEP_SLEEP, /* it has to go on in client.wait() on the task's actor */
};

struct sim_client {
	void *ctx;
	/*
	 * Runs the next operation of `task` on cpu at cpu->now; cpu->due and cpu->part are 0 on
	 * entry. Never sleeps. Before returning SIM_STEP_DONE it makes the task ready again
	 * (sim_engine_ready) if it has more to do.
	 */
	enum sim_step (*step)(void *ctx, struct sim_cpu *cpu, uint32_t task);
	/*
	 * Goes on with an operation that step() could not finish; runs on an actor with a
	 * struct sim_cpu of its own, which has the date, CPU and cycles that step() left. May
	 * use all of cpu->port. Others have run since step() returned: look again. Makes the
	 * task ready for its next operation as step() does. NULL if step() never sleeps.
	 */
	void (*wait)(void *ctx, struct sim_cpu *cpu, uint32_t task);
	/*
	 * Called before anything runs at a date >= the feed date: the client makes tasks ready
	 * and returns the next feed date, > `until` or UINT64_MAX when there is nothing more.
	 * `until` is the date that would run next, UINT64_MAX when nothing is ready. The first
	 * feed date is 0. Returning a date <= until means "nothing can be read now; ask again
	 * after the next operation" and is allowed only while something is ready.
	 */
	uint64_t (*feed)(void *ctx, uint64_t until);
	/* Called after many steps of actors, for telling progress: nothing of the simulation
	 * may change in it. NULL = never. */
	void (*pulse)(void *ctx);
};

enum sim_engine_mode { SIM_ENGINE_DISPATCH, SIM_ENGINE_STRICT };

/* NULL and a sentence on failure. The machine must outlive the engine. */
struct sim_engine *sim_engine_new(const struct sim_machine *machine, enum sim_engine_mode mode,
				  struct sim_memory *memory, struct sim_engine_error *err);
void sim_engine_free(struct sim_engine *e);

struct sim_cpu *sim_engine_cpu(struct sim_engine *e, unsigned id);

/* The task's next operation can start on that CPU at `date` or later. One a task at a time. */
void sim_engine_ready(struct sim_engine *e, unsigned cpu, uint32_t task, uint64_t date);
/* The same from step(), which runs on `cpu`, where the task goes on: mostly before others that
 * are ready there, so that no more than its place in the heap is to be filled again. */
static inline void sim_engine_go_on(struct sim_engine *e, struct sim_cpu *cpu, uint32_t task,
				    uint64_t date)
{
	/* Such a sim_cpu is its dispatcher's, and comes first there. */
	if (!sim_dispatch_fill((struct sim_dispatch_cpu *)cpu, task, date))
		sim_engine_ready(e, cpu->id, task, date);
}

/* The task and date that will run next on that CPU after the running one; false = none. */
bool sim_engine_peek(const struct sim_engine *e, unsigned cpu, uint32_t *task);

/*
 * A daemon: an actor that runs on the CPUs of a node. Started by sim_engine_run() at date 0 in
 * the order they were made, which is also their order at equal dates. cpu->id changes as it
 * moves; cpu->now stays the date of its start, so use sim_now(). It must own no heap memory:
 * at the end of the run it is ended where it sleeps.
 */
typedef void sim_daemon_fn(void *ctx, struct sim_cpu *cpu);
bool sim_engine_daemon(struct sim_engine *e, const char *name, unsigned node,
		       sim_daemon_fn *run, void *ctx, struct sim_engine_error *err);

/*
 * Who runs on an actor, whose struct sim_cpu this is: a daemon, whose name it returns, or a
 * task's operation in client.wait(): NULL, and the task.
 */
const char *sim_engine_who(const struct sim_cpu *cpu, uint32_t *task);

/*
 * A run that goes on where another one ended. Before sim_engine_run(): the n-th daemon begins
 * at `date` instead of 0, or its first sleep ends at `until` (UINT64_MAX = when it is woken),
 * whatever it asks for. Any time: nothing runs on that CPU before the date.
 */
void sim_engine_daemon_begins(struct sim_engine *e, unsigned n, uint64_t date);
void sim_engine_daemon_sleeps_on(struct sim_engine *e, unsigned n, uint64_t until);
void sim_engine_hold(struct sim_engine *e, unsigned cpu, uint64_t until);
/* After it: until when the CPU was held; whether the n-th daemon slept, and until when. False:
 * there are not so many. */
uint64_t sim_engine_held(const struct sim_engine *e, unsigned cpu);
bool sim_engine_daemon_state(const struct sim_engine *e, unsigned n, bool *asleep,
			     uint64_t *until);

/* Runs until no task is ready, the feed is exhausted and no task sleeps; daemons that only
 * wait are then ended. False on a deadlock (err: who waits for what), on a date of 2^52
 * cycles or more, and after sim_engine_stop(). */
bool sim_engine_run(struct sim_engine *e, const struct sim_client *client,
		    struct sim_engine_error *err);
/* Callable from step(), feed() and a signal handler: run() returns at the next operation. */
void sim_engine_stop(struct sim_engine *e);

uint64_t sim_engine_now(const struct sim_engine *e);

/* Lets port->io() use a disk (device.h), which must outlive the engine; `node` is where its
 * driver runs. Before sim_engine_run(). */
bool sim_engine_disk(struct sim_engine *e, struct sim_disk *disk, unsigned node,
		     struct sim_engine_error *err);

/* Queues that sim_cpu.port->sleep/wake use. `name` is what a deadlock report prints. */
struct sim_queue *sim_queue_new(struct sim_engine *e, const char *name);
void sim_queue_free(struct sim_queue *q);

struct sim_engine_stats {
	uint64_t operations;  /* steps */
	uint64_t actor_steps; /* of daemons, drivers and sleeping tasks: times they went on */
	uint64_t cpu_waits;   /* operations and actors that found their CPU held */
	uint64_t cpu_wait_cycles;
	uint64_t preemptions;      /* times an actor took a CPU that a ready task waited for */
	uint64_t context_switches; /* of actors that came back to a CPU, each paid for */
	uint64_t wake_ups;         /* sleepers woken, each paid for by who woke it */
	uint64_t interrupts;       /* port->run_on() for another CPU: interrupts, work items */
};
struct sim_engine_stats sim_engine_stats(const struct sim_engine *e);

#endif
