/*
 * A random workload for the engine: tasks that compute, take locks, sleep, wake one another
 * and daemons, yield and use a disk, waiting for it or not; fed in batches. Everything that
 * happens goes, with its date and in the order it happens, into a digest.
 */
#ifndef TESTS_SIM_ENGINE_LOAD_H
#define TESTS_SIM_ENGINE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine.h"

struct engine_load {
	uint32_t seed;
	unsigned cpus, nodes, tasks;
	unsigned operations; /* of each task */
	unsigned daemons;    /* 0: no actor at all, nothing sleeps */
	bool even_dates;     /* costs and dates are multiples of 64, so that many are equal */
	bool short_feed;     /* the feed now and then has nothing to read */
	bool interrupts;     /* CPUs interrupt others, and wait for them where they can */
	uint64_t first_date;
	unsigned channels; /* of the disk; 0 = it has an arm */
	enum sim_engine_mode mode;
};

struct engine_load_result {
	bool ran;
	uint64_t digest, events, end;
	uint64_t operations, slept, woken, yielded, transferred, feeds, went_back;
	uint64_t submitted, spun, interrupted;
	uint64_t done_before_now; /* requests that were done before they were made */
	struct sim_engine_stats stats;
	char text[256]; /* why it did not run */
};

/* In a child process. */
struct engine_load_result engine_load_run(const struct engine_load *load);

#endif
