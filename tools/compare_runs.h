/*
 * Runs of a comparison: scenarios, each run in a process of its own (the engine is the
 * process's), several at a time, their results in a folder each.
 */
#ifndef COMPARE_RUNS_H
#define COMPARE_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/scenario.h"

struct compare_run {
	struct scenario *scenario;       /* finished; freed by compare_runs_go() */
	const char *label;               /* for messages */
	char *folder;                    /* where its result goes */
	const struct trace_share *share; /* compare_runs_go()'s own */
};

struct compare_runs_error {
	int status; /* of the program */
	char text[1280];
};

/*
 * Runs of one trace replay its events from memory, decoded once; more than so many bytes of
 * them (some 11 million events) each decodes for itself.
 */
#define COMPARE_RUNS_SHARE (UINT64_C(512) << 20)

/*
 * Does all runs, at most `jobs` at a time. False, and the first failure, when one did not come
 * to its end: the others are then stopped. Signals stop all (status 130).
 */
bool compare_runs_go(struct compare_run *runs, size_t n, unsigned jobs,
		     struct compare_runs_error *err);

#endif
