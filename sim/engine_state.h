/*
 * What the files of the engine share: the state of one simulation. Nobody outside
 * engine*.c, actor.c, sched.c, queue.c and port_engine.c includes it.
 */
#ifndef SIM_ENGINE_STATE_H
#define SIM_ENGINE_STATE_H

#include <signal.h>

#include "sim/dispatch.h"
#include "sim/engine.h"

struct sim_engine {
	/* What every operation touches. */
	struct sim_dispatch dispatch;
	uint64_t limit; /* keys from here on need a look at actors, feed or end first */
	uint64_t date;  /* of what runs now or ran last; never goes back */
	struct sim_dispatch_cpu *running; /* the CPU whose step() is on the stack */
	struct sim_client client;
	volatile sig_atomic_t stop;
	bool asked;  /* the feed had nothing for now and waits for the next operation */
	bool failed; /* text says why */
	uint64_t feed_date;
	struct sim_engine_stats stats;

	const struct sim_machine *machine;
	enum sim_engine_mode mode;
	struct sim_engine_error error;
};

#endif
