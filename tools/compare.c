#include "tools/compare.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/headline.h"

/* ---- rows ------------------------------------------------------------------------------ */

static int in_order(const void *a, const void *b)
{
	const struct metric *const *left = a, *const *right = b;

	return metric_order(*left, *right);
}

/* Every figure of every side, in the order of lists. NULL when memory is short. */
static const struct metric **gather(const struct compare *c, size_t *n)
{
	const struct metric **all;
	size_t most = 0;

	for (unsigned i = 0; i < c->nsides; i++)
		most += c->sides[i].metrics->n;
	all = malloc((most + 1) * sizeof(const struct metric *));
	*n = 0;
	for (unsigned i = 0; all && i < c->nsides; i++)
		for (size_t j = 0; j < c->sides[i].metrics->n; j++)
			all[(*n)++] = &c->sides[i].metrics->metrics[j];
	if (all)
		qsort(all, *n, sizeof(const struct metric *), in_order);
	return all;
}

/* Less than this is noise to a reader, however exact it is. */
static bool is_much(double a, double b)
{
	if (isinf(a) || isinf(b))
		return a != b;
	return fabs(a - b) > 0.005 * fmax(fabs(a), fabs(b));
}

/* Whether a figure that one side does not have says something of the other: not when there is
 * nothing of it, and not in zones, which other kernels cut otherwise. */
static bool counts_alone(const struct metric *m)
{
	return m->value != 0 && !metric_fits("fragmentation.node*", m->name);
}

/* Fills the row of that name; whether its sides differ at all. */
static bool fill(const struct compare *c, const struct metric *m, struct compare_row *row)
{
	bool differs = false;

	*row = (struct compare_row){ .name = m->name, .kind = m->kind };
	for (unsigned i = 0; i < c->nsides; i++) {
		const struct metric *base, *value;

		row->values[i] = value = metric_find(c->sides[i].metrics, m->name);
		base = row->values[0];
		if (!base != !value) {
			differs = true;
			row->matters |= counts_alone(base ? base : value);
		} else if (value && value->value != base->value) {
			differs = true;
			row->matters |= is_much(base->value, value->value);
		}
	}
	row->headline = headline_rank(m->name);
	row->matters &= row->headline != SIZE_MAX;
	return differs;
}

bool compare_rows(struct compare *c)
{
	size_t n;
	const struct metric **all = gather(c, &n);

	c->rows = all ? calloc(n + 1, sizeof(*c->rows)) : NULL;
	for (size_t i = 0; c->rows && i < n; i++) {
		if (all[i]->of_host || (i && strcmp(all[i]->name, all[i - 1]->name) == 0))
			continue;
		if (fill(c, all[i], &c->rows[c->nrows]))
			c->nrows++;
	}
	free(all);
	return c->rows != NULL;
}

void compare_free(struct compare *c)
{
	for (unsigned i = 0; i < c->nsides; i++) {
		metric_list_free(c->sides[i].metrics);
		result_read_close(&c->sides[i].result);
	}
	free(c->rows);
	*c = (struct compare){ 0 };
}

/* ---- what they are of ------------------------------------------------------------------ */

bool compare_same(const struct compare *c)
{
	for (unsigned i = 1; i < c->nsides; i++)
		if (strcmp(c->sides[i].result.digest, c->sides[0].result.digest) != 0)
			return false;
	return true;
}

static const char *trace_digest(const struct compare_side *side)
{
	const json_t *inputs = json_object_get(side->result.json, "inputs");
	const char *digest =
		json_string_value(json_object_get(json_object_get(inputs, "trace"), "digest"));

	return digest ? digest : "";
}

bool compare_same_trace(const struct compare *c)
{
	for (unsigned i = 1; i < c->nsides; i++)
		if (strcmp(trace_digest(&c->sides[i]), trace_digest(&c->sides[0])) != 0)
			return false;
	return true;
}

double compare_value(const struct compare_side *side, const char *name, double otherwise)
{
	const struct metric *m = metric_find(side->metrics, name);

	return m ? m->value : otherwise;
}
