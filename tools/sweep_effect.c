#include "tools/sweep_effect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- levels ---------------------------------------------------------------------------- */

static struct sweep_effect_level *level_of(struct sweep_effect *e, const char *text,
					   double number)
{
	struct sweep_effect_level *more;

	for (size_t i = 0; i < e->n; i++)
		if (strcmp(e->levels[i].text, text) == 0)
			return &e->levels[i];
	more = realloc(e->levels, (e->n + 1) * sizeof(*more));
	if (!more)
		return NULL;
	e->levels = more;
	more[e->n] = (struct sweep_effect_level){ .text = text, .number = number };
	return &more[e->n++];
}

static void take(struct sweep_effect_level *l, double value)
{
	if (!isfinite(value))
		return;
	l->min = l->points && l->min < value ? l->min : value;
	l->max = l->points && l->max > value ? l->max : value;
	l->mean += value; /* the sum, until all are there */
	l->points++;
}

static int ascending(const void *a, const void *b)
{
	double x = ((const struct sweep_effect_level *)a)->number;
	double y = ((const struct sweep_effect_level *)b)->number;

	return (x > y) - (x < y);
}

bool sweep_effect_make(const struct sweep_table *t, size_t axis, size_t column,
		       struct sweep_effect *out)
{
	*out = (struct sweep_effect){ 0 };
	for (size_t i = 0; i < t->nrows; i++) {
		const struct sweep_table_row *row = &t->rows[i];
		struct sweep_effect_level *l =
			level_of(out, row->texts[axis], row->numbers[axis]);

		if (!l) {
			sweep_effect_free(out);
			return false;
		}
		take(l, row->values[column]);
	}
	for (size_t i = 0; i < out->n; i++)
		out->levels[i].mean =
			out->levels[i].points
				? out->levels[i].mean / (double)out->levels[i].points
				: (double)NAN;
	if (t->axes[axis].numeric && out->n)
		qsort(out->levels, out->n, sizeof(*out->levels), ascending);
	return true;
}

void sweep_effect_free(struct sweep_effect *e)
{
	free(e->levels);
	*e = (struct sweep_effect){ 0 };
}

/* ---- better and best ------------------------------------------------------------------- */

int sweep_effect_compare(const struct sweep_table_column *column, double a, double b)
{
	int order = (a > b) - (a < b);

	return column->kind && column->kind->better == METRIC_MORE ? -order : order;
}

size_t sweep_effect_best(const struct sweep_table *t, size_t column)
{
	size_t best = t->nrows;

	for (size_t i = 0; i < t->nrows; i++) {
		double value = t->rows[i].values[column];

		if (!isnan(value) && (best == t->nrows ||
				      sweep_effect_compare(&t->columns[column], value,
							   t->rows[best].values[column]) < 0))
			best = i;
	}
	return best;
}

/* ---- the front ------------------------------------------------------------------------- */

struct candidate {
	const struct sweep_table *t;
	size_t row, first, second;
};

static int by_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	const struct sweep_table *t = x->t;
	const double *v = t->rows[x->row].values, *w = t->rows[y->row].values;
	int order = sweep_effect_compare(&t->columns[x->first], v[x->first], w[x->first]);

	if (!order)
		order = sweep_effect_compare(&t->columns[x->second], v[x->second],
					     w[x->second]);
	return order ? order : (x->row > y->row) - (x->row < y->row);
}

bool sweep_effect_front(const struct sweep_table *t, size_t first, size_t second, size_t **rows,
			size_t *n)
{
	struct candidate *all = calloc(t->nrows + 1, sizeof(*all));
	size_t found = 0;

	*rows = calloc(t->nrows + 1, sizeof(**rows));
	*n = 0;
	for (size_t i = 0; all && i < t->nrows; i++)
		if (!isnan(t->rows[i].values[first]) && !isnan(t->rows[i].values[second]))
			all[found++] = (struct candidate){ t, i, first, second };
	if (found)
		qsort(all, found, sizeof(*all), by_first);
	/* Sorted by the first figure, each has to be better in the second than all before. */
	for (size_t i = 0; *rows && i < found; i++)
		if (!*n || sweep_effect_compare(&t->columns[second],
						t->rows[all[i].row].values[second],
						t->rows[(*rows)[*n - 1]].values[second]) < 0)
			(*rows)[(*n)++] = all[i].row;
	free(all);
	return all && *rows;
}
