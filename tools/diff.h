/*
 * What differs between two lists of figures, and whether it got better.
 */
#ifndef DIFF_H
#define DIFF_H

#include <stdio.h>

#include "tools/metric.h"

enum diff_verdict {
	DIFF_WORSE,
	DIFF_CHANGED, /* neither direction is better, or the figure is on one side only */
	DIFF_BETTER,
	DIFF_VERDICTS
};

extern const char *const diff_verdict_names[DIFF_VERDICTS];

struct diff_row {
	const char *name; /* of the lists */
	const struct metric_kind *kind;
	bool of_host;
	bool had, has; /* on this side at all */
	double was, now;
	enum diff_verdict verdict;
};

/* Rows in the order of the lists, which have to outlive them. */
struct diff {
	size_t n, compared; /* figures that differ, and all that were looked at */
	struct diff_row *rows;
};

/* What is measured on the host is looked at when host is set. NULL when memory is short. */
struct diff *diff_new(const struct metric_list *was, const struct metric_list *now, bool host);
void diff_free(struct diff *d);

/* (now - was) / |was|; INFINITY (with its sign) where that is no number. */
double diff_relative(double was, double now);
/* "+2.6 %", "+0.021" for indices and shares, "from 0", "new", "gone". */
#define DIFF_TEXT 40
void diff_change(const struct diff_row *row, char text[DIFF_TEXT]);
/* The value, or "-" on the side that has none. */
void diff_side(bool there, double value, char text[METRIC_TEXT]);

#endif
