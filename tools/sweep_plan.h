/*
 * Makes the manifest of a sweep: every combination resolved as a run would resolve it, those
 * that a constraint rules out or that are the same as another one left out.
 */
#ifndef SWEEP_PLAN_H
#define SWEEP_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/sweep.h"

struct sweep_plan {
	char *text; /* the manifest */
	size_t size;
	uint64_t combinations, ruled_out, same, points;
};

struct sweep_plan_error {
	int status; /* 2, 3, 4, 130 */
	char text[1024];
};

/* The caller frees out->text, also after a failure. `watch` is called now and then and stops
 * the work when it returns false; NULL = nobody watches. */
bool sweep_plan_make(const struct sweep *s,
		     bool (*watch)(void *ctx, uint64_t done, uint64_t all), void *ctx,
		     struct sweep_plan *out, struct sweep_plan_error *err);

#endif
