/*
 * The figures that people ask for first: of a result's 1,500 those that a table shows unless it
 * is asked for all.
 */
#ifndef HEADLINE_H
#define HEADLINE_H

#include <stddef.h>

struct headline {
	const char *section; /* heading of the table's part */
	const char *pattern; /* as metric_fits() takes it */
};

extern const struct headline headlines[]; /* ends with a pattern that is NULL */

/* The place of the first pattern that fits, SIZE_MAX: none does. */
size_t headline_rank(const char *name);

#endif
