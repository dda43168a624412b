/*
 * Actors: whatever has a stack of its own and can stop in the middle. Daemons, disk drivers,
 * the workers that finish tasks' sleeping operations, and in strict mode every CPU.
 *
 * The order among actors is ours: an agenda by (date, rank). SimGrid gives each actor its
 * stack and brings the clock to its date; it then goes on only when it is first in the
 * agenda and nobody else is in the middle of a step (docs/engine.md, "Protocol").
 *
 * actor.c is the only user of SimGrid. Internal to the engine.
 */
#ifndef SIM_ACTOR_H
#define SIM_ACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/engine.h"
#include "sim/queue.h"

#define SIM_ACTOR_NEVER UINT64_MAX

/* Ties of a date: daemons and drivers as they were made, then tasks, then CPUs (strict). */
#define SIM_ACTOR_RANK_TASK (UINT64_C(1) << 32)
#define SIM_ACTOR_RANK_CPU (UINT64_C(2) << 32)

enum sim_actor_kind { SIM_ACTOR_DAEMON, SIM_ACTOR_DRIVER, SIM_ACTOR_WORKER, SIM_ACTOR_CPU };

struct sim_actor {
	struct sim_cpu cpu; /* what its code sees; must be first: a sim_cpu leads back here */
	struct sim_engine *engine;
	enum sim_actor_kind kind;
	char name[32];
	uint64_t date;  /* its key: when it goes on, SIM_ACTOR_NEVER = when it is woken */
	uint64_t rank;  /* among those of the same date */
	size_t place;   /* in the agenda */
	uint64_t since; /* waits since this date */

	struct sim_queue *queue; /* the one it stands in, or NULL */
	struct sim_actor *next, *prev;
	bool asleep;    /* in port->sleep() and not woken yet */
	uint64_t until; /* end of its sleep or I/O */
	bool sleeps_on; /* its first sleep ends at `until`, whatever it asks for */

	struct sim_dispatch_cpu *held; /* the CPU it runs on or was promised; NULL = none */
	unsigned node;
	bool anywhere; /* its node has no CPU: any will do */
	void (*code)(struct sim_actor *a);
	sim_daemon_fn *run;        /* of a daemon */
	void *ctx;                 /* the daemon's, or a driver's disk */
	struct sim_queue requests; /* of a driver, in the order they will be done */
	uint32_t task;             /* of a worker */

	void *semaphore;         /* SimGrid's */
	struct sim_where *where; /* its time is counted there; NULL = nobody asked for it */
	bool can_be_woken;       /* its date may become an earlier one */
	bool in_turn;            /* waits at its date, until it is the agenda's first */
};

/* NULL when memory is short. The engine frees it. Does nothing before it is launched. */
struct sim_actor *sim_actor_new(struct sim_engine *e, enum sim_actor_kind kind,
				const char *name, unsigned node,
				void (*code)(struct sim_actor *a));
/* Gives the actor its stack; its code begins at its date. Needs sim_actor_start(). */
void sim_actor_launch(struct sim_actor *a);

/* Starts SimGrid with the machine's hosts; false, with the reason told to the engine. */
bool sim_actor_start(struct sim_engine *e);
/* Lets everything run that stands in the agenda at `date`, the agenda's first. */
void sim_actor_run_until(uint64_t date);
/* Ends all actors, waiting or not. */
void sim_actor_end(struct sim_engine *e);
/* Frees all actors of the engine. */
void sim_actor_free_all(struct sim_engine *e);

/*
 * For the running actor: goes on at `date`; SIM_ACTOR_NEVER = when it is woken. Until another
 * actor comes first it does meanwhile what the main program would: SimGrid, which takes more
 * than a microsecond to come back to it, is needed for the change of stacks only. Its clock
 * stays behind until then.
 */
void sim_actor_wait(struct sim_actor *a, uint64_t date);
/* The same for a date that sim_actor_wake() can bring forward. */
void sim_actor_wait_woken(struct sim_actor *a, uint64_t date);
/* Goes on at the date that has been set already. */
void sim_actor_gate(struct sim_actor *a);

/* From anywhere: `a` goes on at `date`. */
void sim_actor_wake(struct sim_actor *a, uint64_t date);

/* Date of the agenda's first, SIM_ACTOR_NEVER when nobody has one. */
uint64_t sim_actor_horizon(const struct sim_engine *e);

#endif
