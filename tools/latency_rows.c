#include "tools/latency_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const latency_rows_percentile_names[LATENCY_PERCENTILES] = { "p50", "p90", "p99",
									 "p99.9", "p99.99" };

static const uint32_t milli_percents[LATENCY_PERCENTILES] = { 50000, 90000, 99000, 99900,
							      99990 };

static const char *const op_names[LATENCY_OPS] = { "alloc", "free", "stall", "refault" };
static const char *const node_names[] = { "local", "remote", NULL };
static const char *const path_names[] = { "pcp",     "buddy", "fallback", "slow", "reclaim",
					  "compact", "oom",   "failed",   NULL };

static bool add_row(struct latency_rows *out, const struct latency *l, struct latency_select s,
		    const char *by, const char *key)
{
	struct latency_class merged;
	struct latency_row *rows, *row;

	if (!latency_merge(l, s, &merged))
		return false;
	if (!merged.hist)
		return true;
	rows = realloc(out->rows, (out->n + 1) * sizeof(*rows));
	if (!rows) {
		sim_hist_free(merged.hist);
		return false;
	}
	out->rows = rows;
	row = &rows[out->n++];
	*row = (struct latency_row){
		.op = op_names[s.op],
		.by = by,
		.count = sim_hist_count(merged.hist),
		.sum = sim_hist_sum(merged.hist),
		.min = sim_hist_min(merged.hist),
		.max = sim_hist_max(merged.hist),
	};
	snprintf(row->key, sizeof(row->key), "%s", key);
	memcpy(row->part, merged.part, sizeof(row->part));
	for (unsigned i = 0; i < LATENCY_PERCENTILES; i++)
		row->percentile[i] = sim_hist_percentile(merged.hist, milli_percents[i]);
	sim_hist_free(merged.hist);
	return true;
}

static bool add_orders(struct latency_rows *out, const struct latency *l,
		       struct latency_select s)
{
	char key[16];

	for (s.order = 0; s.order < LATENCY_ORDERS; s.order++) {
		snprintf(key, sizeof(key), "%d", s.order);
		if (!add_row(out, l, s, "order", key))
			return false;
	}
	return true;
}

/* A row for each name; *field runs through their positions. */
static bool add_names(struct latency_rows *out, const struct latency *l,
		      struct latency_select *s, int *field, const char *by,
		      const char *const *names)
{
	for (*field = 0; names[*field]; ++*field)
		if (!add_row(out, l, *s, by, names[*field]))
			return false;
	*field = LATENCY_ANY;
	return true;
}

static bool add_op(struct latency_rows *out, const struct latency *l, int op,
		   const char *const *gfp_class_names)
{
	struct latency_select s = { op, LATENCY_ANY, LATENCY_ANY, LATENCY_ANY, LATENCY_ANY };

	unsigned before = out->n;

	if (!add_row(out, l, s, "all", ""))
		return false;
	/* A refault has no request that it could be classed by. */
	if (out->n == before || op == LATENCY_REFAULT)
		return true;
	if (!add_orders(out, l, s) ||
	    !add_names(out, l, &s, &s.gfp_class, "gfp", gfp_class_names))
		return false;
	if (op == LATENCY_STALL)
		return true;
	if (!add_names(out, l, &s, &s.remote, "node", node_names))
		return false;
	return op == LATENCY_FREE || add_names(out, l, &s, &s.path, "path", path_names);
}

bool latency_rows_make(const struct latency *l, const char *const *gfp_class_names,
		       struct latency_rows *out)
{
	*out = (struct latency_rows){ 0 };
	for (int op = 0; op < LATENCY_OPS; op++)
		if (!add_op(out, l, op, gfp_class_names)) {
			latency_rows_free(out);
			return false;
		}
	return true;
}

void latency_rows_free(struct latency_rows *r)
{
	free(r->rows);
	*r = (struct latency_rows){ 0 };
}

const struct latency_row *latency_rows_find(const struct latency_rows *r, const char *op,
					    const char *by, const char *key)
{
	for (unsigned i = 0; i < r->n; i++)
		if (strcmp(r->rows[i].op, op) == 0 && strcmp(r->rows[i].by, by) == 0 &&
		    strcmp(r->rows[i].key, key) == 0)
			return &r->rows[i];
	return NULL;
}
