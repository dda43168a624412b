/*
 * Figures for tuning that stand nowhere in a result: sums that can be compared between kernels
 * and machines with other zones.
 */
#ifndef SWEEP_FIGURE_H
#define SWEEP_FIGURE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "tools/metric.h"

struct sweep_figure {
	const char *name;
	struct metric_kind kind;
	/* False: the result does not tell. */
	bool (*value)(const json_t *result, double *out);
};

#define SWEEP_FIGURES 2
extern const struct sweep_figure sweep_figures[SWEEP_FIGURES];

#endif
