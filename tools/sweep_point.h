/*
 * One point of a sweep: what identifies it, and doing it.
 *
 * A point's id is the XXH3-128 of the result version, the fully resolved scenario (with its
 * seed; without names of files), and the digests of the trace and of a start state's file:
 * whatever the result depends on. The same point of another sweep, directory or machine has the
 * same id, and its result can be taken for this one's.
 */
#ifndef SWEEP_POINT_H
#define SWEEP_POINT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/sweep_manifest.h"

#define SWEEP_POINT_ERROR 1400

/* Of a resolved scenario without `trace` and without a `start` that is a file; the digests are
 * NULL where there is no such file. False when memory is short. */
bool sweep_point_id(const json_t *scenario, const char *trace, const char *start, char id[33]);

struct sweep_point_result {
	int status;                   /* as the program's exit status */
	bool not_stored;              /* it was the result that could not be written */
	char text[SWEEP_POINT_ERROR]; /* why, when the status is not 0 */
	uint64_t peak_rss_kib;
};

/*
 * Runs a point and writes its result into the sweep's folder. Once in a process: the simulation
 * is the process's. `events` as in struct run_options, or NULL.
 */
void sweep_point_run(const struct sweep_manifest *m, size_t point, const char *dir,
		     volatile uint64_t *events, struct sweep_point_result *out);

#endif
