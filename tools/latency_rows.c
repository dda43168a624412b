#include "tools/latency_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const latency_rows_percentile_names[LATENCY_PERCENTILES] = {
	"p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99"
};

static const uint32_t milli_percents[LATENCY_PERCENTILES] = { 50000, 75000, 90000, 95000,
							      99000, 99900, 99990 };

static const char *const op_names[LATENCY_OPS] = { "alloc", "free", "stall", "refault" };
static const char *const node_names[] = { "local", "remote", NULL };
static const char *const path_names[] = { "pcp",     "buddy", "fallback", "slow", "reclaim",
					  "compact", "oom",   "failed",   NULL };
static const char *const part_names[LATENCY_PARTS] = { "memory", "pages", "lock",
						       "sleep",  "io",    "code" };

/* A row of these values, which it takes over; NULL (and they are freed) when memory is short.
 */
static struct latency_row *put_row(struct latency_rows *out, const char *op, const char *by,
				   const char *key, struct sim_hist *values)
{
	struct latency_row *rows = realloc(out->rows, (out->n + 1) * sizeof(*rows)), *row;

	if (!rows) {
		sim_hist_free(values);
		return NULL;
	}
	out->rows = rows;
	row = &rows[out->n++];
	*row = (struct latency_row){
		.op = op,
		.by = by,
		.count = sim_hist_count(values),
		.sum = sim_hist_sum(values),
		.min = sim_hist_min(values),
		.max = sim_hist_max(values),
		.hist = values,
	};
	snprintf(row->key, sizeof(row->key), "%s", key);
	for (unsigned i = 0; i < LATENCY_PERCENTILES; i++)
		row->percentile[i] = sim_hist_percentile(values, milli_percents[i]);
	return row;
}

static bool add_row(struct latency_rows *out, const struct latency *l, struct latency_select s,
		    const char *by, const char *key)
{
	struct latency_class merged;
	struct latency_row *row;

	if (!latency_merge(l, s, &merged))
		return false;
	if (!merged.hist)
		return true;
	row = put_row(out, op_names[s.op], by, key, merged.hist);
	if (row)
		memcpy(row->part, merged.part, sizeof(row->part));
	return row;
}

/* A row for each part that took any cycles. */
static bool add_parts(struct latency_rows *out, const struct latency *l, enum latency_op op)
{
	for (unsigned part = 0; part < LATENCY_PARTS; part++) {
		struct latency_row *row;
		struct sim_hist *values;

		if (!latency_part(l, op, part, &values))
			return false;
		if (!values)
			continue;
		row = put_row(out, op_names[op], "part", part_names[part], values);
		if (!row)
			return false;
		if (part < SIM_PARTS)
			row->part[part] = row->sum;
	}
	return true;
}

/* A row for each function in which stalls passed. */
static bool add_functions(struct latency_rows *out, const struct latency *l,
			  const char *const *names)
{
	for (unsigned i = 0; names && names[i]; i++) {
		struct sim_hist *values;

		if (!latency_function(l, i, &values) ||
		    (values &&
		     !put_row(out, op_names[LATENCY_STALL], "function", names[i], values)))
			return false;
	}
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
	for (*field = 0; names && names[*field]; ++*field)
		if (!add_row(out, l, *s, by, names[*field]))
			return false;
	*field = LATENCY_ANY;
	return true;
}

/* A refault has no request that it could be classed by, and a stall's node and path would say
 * nothing that those of the requests do not. */
static bool add_classes(struct latency_rows *out, const struct latency *l, int op,
			const char *const *gfp_class_names)
{
	struct latency_select s = { op, LATENCY_ANY, LATENCY_ANY, LATENCY_ANY, LATENCY_ANY };

	if (op == LATENCY_REFAULT)
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

static bool add_op(struct latency_rows *out, const struct latency *l, int op,
		   const char *const *gfp_class_names)
{
	struct latency_select s = { op, LATENCY_ANY, LATENCY_ANY, LATENCY_ANY, LATENCY_ANY };
	unsigned before = out->n;

	if (!add_row(out, l, s, "all", ""))
		return false;
	if (out->n == before)
		return true;
	return add_classes(out, l, op, gfp_class_names) &&
	       add_parts(out, l, (enum latency_op)op);
}

bool latency_rows_make(struct latency *l, const char *const *gfp_class_names,
		       const char *const *function_names, struct latency_rows *out)
{
	*out = (struct latency_rows){ 0 };
	if (!latency_settle(l))
		return false;
	for (int op = 0; op < LATENCY_OPS; op++)
		if (!add_op(out, l, op, gfp_class_names) ||
		    (op == LATENCY_STALL && !add_functions(out, l, function_names))) {
			latency_rows_free(out);
			return false;
		}
	return true;
}

void latency_rows_free(struct latency_rows *r)
{
	for (unsigned i = 0; i < r->n; i++)
		sim_hist_free(r->rows[i].hist);
	free(r->rows);
	*r = (struct latency_rows){ 0 };
}

bool latency_rows_has_parts(const struct latency_row *row)
{
	return strcmp(row->by, "function") != 0;
}

uint64_t latency_rows_mean(const struct latency_row *row)
{
	return row->sum / row->count + (row->sum % row->count >= row->count - row->count / 2);
}

void latency_rows_tag(const struct latency_row *row, char tag[LATENCY_ROWS_TAG])
{
	if (*row->key)
		snprintf(tag, LATENCY_ROWS_TAG, "%s.%s.%s", row->op, row->by, row->key);
	else
		snprintf(tag, LATENCY_ROWS_TAG, "%s", row->op);
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
