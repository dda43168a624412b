/*
 * The scheduling model of the 2.4.0 golden files: who runs when, which is no part of the
 * kernel's memory management. One request at a time; the daemons run in rounds.
 */
#ifndef GOLD24_SCHED_H
#define GOLD24_SCHED_H

#include "model/v2_4/mm24_probe.h"

struct gold24_sched {
	void *mm;
	bool yield_runs; /* the woken daemons run where a request yields */
	bool in_daemon;
	bool woken;           /* who slept on kswapd_done is runnable */
	struct sim_port port; /* of the CPUs */
	uint64_t runs[MM24_PROBE_DAEMONS], yields, blocks;
};

/* From now on, requests on these CPUs yield to and sleep in this scheduler. Both live on. */
void gold24_sched_start(struct gold24_sched *s, void *mm, struct sim_cpu *cpus, unsigned n);
/* That daemon gets the processor now, whether it sleeps or not; false = it does not sleep
 * afterwards. Not counted among the runs. */
bool gold24_sched_run(struct gold24_sched *s, struct sim_cpu *cpu,
		      enum mm24_probe_daemon which);
/* One round; false when nobody was runnable. */
bool gold24_sched_round(struct gold24_sched *s, struct sim_cpu *cpu);

#endif
