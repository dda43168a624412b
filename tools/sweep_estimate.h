/*
 * What points of a sweep are going to take. Memory: from the machine's frames and the trace's
 * requests, with room to spare, and once a point with the same trace, machine and kernel is
 * done, what that one took. Time: how fast a few points go for a moment.
 */
#ifndef SWEEP_ESTIMATE_H
#define SWEEP_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/sweep_manifest.h"

struct sweep_estimate;

/* NULL when memory is short. The manifest has to outlive it. */
struct sweep_estimate *sweep_estimate_new(const struct sweep_manifest *m);
void sweep_estimate_free(struct sweep_estimate *e);

/* Of one process that does the point. */
uint64_t sweep_estimate_memory_kib(const struct sweep_estimate *e, size_t point);
void sweep_estimate_learn(struct sweep_estimate *e, size_t point, uint64_t peak_rss_kib);

/* Events of the point's trace or workload. */
uint64_t sweep_estimate_events(const struct sweep_manifest *m, size_t point);
/* Memory that can be had here at present, by /proc/meminfo and the control group. */
uint64_t sweep_estimate_machine_kib(void);

struct sweep_estimate_speed {
	double events_per_second; /* of one worker, start-up included; 0 = not measured */
	unsigned probes;          /* points that were tried for it */
	uint64_t memory_kib;      /* the most that one of them had by then */
	uint64_t events;          /* of all points */
};

/* Tries a few points, each in a process of its own for at most a second, and drops what they
 * did. */
void sweep_estimate_probe(const struct sweep_manifest *m, struct sweep_estimate_speed *out);

#endif
