/*
 * All results of a sweep as one table: a row for every point of the manifest, in its order;
 * columns are the axes and the figures (tools/metric.h) that were asked for. What it holds is
 * the same whenever and wherever the points were done, but for the figures of the host.
 */
#ifndef SWEEP_TABLE_H
#define SWEEP_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "tools/metric.h"
#include "tools/sweep_manifest.h"

struct sweep_table_column {
	char *name;
	const struct metric_kind *kind;
	bool of_host;
	unsigned objective; /* its place among the sweep's objectives, from 1; 0 = none */
};

struct sweep_table_axis {
	const char *key, *unit; /* unit "" = none */
	bool numeric;           /* every value is a number */
};

enum sweep_table_state { SWEEP_TABLE_MISSING, SWEEP_TABLE_DONE, SWEEP_TABLE_FAILED };

struct sweep_table_row {
	const char *id;
	enum sweep_table_state state;
	char *error;        /* why a failed or damaged point has no result, NULL = not known */
	char digest[33];    /* of the result; empty without one */
	const char **texts; /* [naxes] as the sweep file has them */
	double *numbers;    /* [naxes] in the axis's unit; NaN for texts */
	double *values;     /* [ncolumns]; NaN = the point has no such figure */
};

struct sweep_table {
	const struct sweep_manifest *m;
	struct sweep_table_axis *axes;
	size_t naxes;
	struct sweep_table_column *columns;
	size_t ncolumns;
	struct sweep_table_row *rows;
	size_t nrows, ndone;
};

/* The figures that stand in a table unless others are asked for; ends with NULL. */
extern const char *const sweep_table_patterns[];

/*
 * Reads all results of a folder. Columns: the sweep's objectives, then what fits one of the
 * patterns (metric_fits()), in the order of metric_order(). The
 * manifest has to outlive it. NULL when memory is short.
 */
struct sweep_table *sweep_table_new(const struct sweep_manifest *m, const char *dir,
				    const char *const *patterns);
void sweep_table_free(struct sweep_table *t);

/* A number as tables have it: whole ones with all digits, "inf" for never, "" for none. */
#define SWEEP_TABLE_TEXT 32
void sweep_table_print(double value, char text[SWEEP_TABLE_TEXT]);

/* CSV (RFC 4180); without the host's columns when told so. */
void sweep_table_csv(FILE *out, const struct sweep_table *t, bool with_host);
/* XXH3-128 of the CSV without the host's columns. False when memory is short. */
bool sweep_table_digest(const struct sweep_table *t, char digest[33]);

#endif
