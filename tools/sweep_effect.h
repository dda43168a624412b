/*
 * What the values of an axis do to a figure: over all points that have the value, whatever the
 * other axes have.
 */
#ifndef SWEEP_EFFECT_H
#define SWEEP_EFFECT_H

#include "tools/sweep_table.h"

struct sweep_effect_level {
	const char *text; /* the axis's value */
	double number;    /* in the axis's unit; NaN = it is no number */
	size_t points;    /* with a finite figure */
	double mean, min, max;
};

struct sweep_effect {
	struct sweep_effect_level *levels; /* in the order of the points, numbers ascending */
	size_t n;
};

/* False when memory is short. */
bool sweep_effect_make(const struct sweep_table *t, size_t axis, size_t column,
		       struct sweep_effect *out);
void sweep_effect_free(struct sweep_effect *e);

/* Points that no other one beats in one figure without losing in the other: their rows, by the
 * first figure. The caller frees *rows. False when memory is short. */
bool sweep_effect_front(const struct sweep_table *t, size_t first, size_t second, size_t **rows,
			size_t *n);
/* The row with the best figure, the earliest of several; nrows = there is none. */
size_t sweep_effect_best(const struct sweep_table *t, size_t column);
/* Less than 0: a is the better value of that column. */
int sweep_effect_compare(const struct sweep_table_column *column, double a, double b);

#endif
