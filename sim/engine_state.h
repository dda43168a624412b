/*
 * What the files of the engine share: the state of one simulation. Internal to the engine
 * (engine.c, actor.c, sched.c, port_engine.c, engine_report.c).
 */
#ifndef SIM_ENGINE_STATE_H
#define SIM_ENGINE_STATE_H

#include <signal.h>

#include "sim/actor.h"
#include "sim/agenda.h"
#include "sim/dispatch.h"
#include "sim/engine.h"
#include "sim/queue.h"

struct sim_engine {
	/* What every operation touches. */
	struct sim_dispatch dispatch;
	uint64_t limit; /* CPU keys from here on wait for a look at actors, feed and end */
	uint64_t date;  /* of what runs now or ran last; never goes back */
	struct sim_dispatch_cpu *running; /* the CPU whose step() is on the stack */
	struct sim_client client;
	volatile sig_atomic_t stop;
	bool asked; /* the feed had nothing for now: asked again after the next operation */
	struct sim_engine_stats stats;

	uint64_t feed_date;
	const struct sim_machine *machine;
	enum sim_engine_mode mode;
	bool failed, simgrid;
	struct sim_engine_error error;

	struct sim_agenda agenda;
	struct sim_actor *active; /* whose step is not over yet */
	uint64_t steps;           /* of all actors, CPUs in strict mode among them */
	struct sim_actor **actors;
	unsigned nactors, room;
	struct sim_actor **cpu_actors; /* [cpus] in strict mode */
	struct sim_queue idle_workers, cpu_waiters;
	uint64_t *
		stolen; /* [cpus] of interrupts: what the actor that holds it has yet to lose */
	unsigned workers;    /* tasks in client.wait() */
	unsigned busy;       /* daemons that are not asleep */
	unsigned ready_cpus; /* strict mode: CPUs with a key */
	struct sim_memory *memory;
};

extern const struct sim_port sim_port_engine;

/* Always false; the first failure is the one that is told. */
bool sim_engine_fail(struct sim_engine *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The failure of a date of 2^52 cycles or more. */
bool sim_engine_fail_late(struct sim_engine *e, uint64_t date);
/* The failure of nothing being able to go on, with who waits for what. */
void sim_engine_report_deadlock(struct sim_engine *e);

/* The limit after the feed's date or the agenda's first has changed. */
void sim_engine_update_limit(struct sim_engine *e);
/* Asks the feed if it is due at `until`; true when that was so, and things may be different. */
bool sim_engine_ask(struct sim_engine *e, uint64_t until);
/*
 * For the running actor, which waits: runs what comes before the first actor's date, operations
 * and the feed, on its own stack, in the order of the main program's loop. True when its date
 * has come; false: another actor comes first, or nothing is left to wait for.
 */
bool sim_engine_run_before(struct sim_engine *e, const struct sim_actor *a);
/* The CPU's key after its tasks, its free date or its holder has changed. */
void sim_engine_rekey(struct sim_engine *e, struct sim_dispatch_cpu *c);

#endif
