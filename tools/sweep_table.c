#include "tools/sweep_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "tools/result.h"
#include "tools/sweep_figure.h"
#include "tools/sweep_number.h"
#include "tools/sweep_store.h"

const char *const sweep_table_patterns[] = {
	"counters.requests.allocs",
	"counters.requests.failed",
	"counters.requests.slept",
	"counters.requests.success",
	"counters.orders.order9.asked",
	"counters.orders.order9.success",
	"counters.orders.*.first_failure",
	"latency.alloc.mean",
	"latency.alloc.p50",
	"latency.alloc.p99",
	"latency.alloc.p99.9",
	"latency.alloc.max",
	"latency.alloc.lock_wait",
	"latency.free.mean",
	"latency.free.p99",
	"latency.stall.count",
	"latency.stall.mean",
	"latency.stall.p50",
	"latency.stall.p99",
	"latency.stall.p99.9",
	"latency.stall.max",
	"latency.refault.count",
	"latency.refault.mean",
	"fragmentation.*.order9.unusable",
	"counters.vmstat.allocstall_*",
	"counters.vmstat.compact_stall",
	"counters.vmstat.compact_success",
	"counters.vmstat.direct_reclaims",
	"counters.vmstat.kswapd_*_wmark_hit_quickly",
	"counters.vmstat.oom_kills",
	"counters.vmstat.pageoutrun",
	"counters.vmstat.pgscan_*",
	"counters.vmstat.pgsteal_*",
	"counters.vmstat.pswp*",
	"counters.vmstat.would_hang",
	"counters.reclaim.killed_tasks",
	"counters.reclaim.refaults",
	"counters.replay.end_cycles",
	"sweep.*",
	"final_state.*.zone_lock.wait_cycles",
	"final_state.*.zone_lock.waits",
	"locks.all.*",
	"workload.*",
	"host.*",
	NULL,
};

/* ---- collecting ------------------------------------------------------------------------ */

/* A figure that some point has. */
struct found {
	struct sweep_table_column column;
	size_t number, place; /* as found, and in the table */
	UT_hash_handle hh;
};

struct cell {
	size_t column; /* as found */
	double value;
};

struct cells {
	struct cell *cell;
	size_t n;
};

struct collector {
	struct sweep_table *t;
	const char *const *patterns;
	struct found *found;
	struct cells *cells; /* [nrows] */
};

/* From 1 on; 0: it is none. */
static unsigned objective_of(const struct sweep_manifest *m, const char *name)
{
	const json_t *list = json_object_get(m->head, "objectives"), *pattern;
	size_t i;

	json_array_foreach(list, i, pattern) if (metric_fits(json_string_value(pattern),
							     name)) return (unsigned)i +
		1;
	return 0;
}

static bool is_wanted(const struct collector *c, const char *name, unsigned *objective)
{
	*objective = objective_of(c->t->m, name);
	for (const char *const *p = c->patterns; *p && !*objective; p++)
		if (metric_fits(*p, name))
			return true;
	return *objective > 0;
}

static struct found *column_of(struct collector *c, const struct metric *metric)
{
	struct found *f;
	unsigned objective;

	HASH_FIND_STR(c->found, metric->name, f);
	if (f || !is_wanted(c, metric->name, &objective))
		return f;
	f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->column = (struct sweep_table_column){ strdup(metric->name), metric->kind,
						 metric->of_host, objective };
	f->number = HASH_COUNT(c->found);
	HASH_ADD_KEYPTR(hh, c->found, f->column.name, strlen(f->column.name), f);
	return f;
}

static void put_figure(struct collector *c, struct cells *cells, const struct metric *metric)
{
	const struct found *f = column_of(c, metric);

	if (f)
		cells->cell[cells->n++] = (struct cell){ f->number, metric->value };
}

static void put_own_figure(struct collector *c, struct cells *cells, const json_t *result,
			   const struct sweep_figure *own)
{
	char name[64];
	struct metric metric = { .name = name, .kind = &own->kind };

	snprintf(name, sizeof(name), "%s", own->name);
	if (own->value(result, &metric.value))
		put_figure(c, cells, &metric);
}

static bool take_figures(struct collector *c, const json_t *result, struct cells *cells)
{
	struct metric_list *list = metric_list_new(result);

	if (!list)
		return false;
	cells->cell = calloc(list->n + SWEEP_FIGURES, sizeof(*cells->cell));
	for (size_t i = 0; cells->cell && i < list->n; i++)
		put_figure(c, cells, &list->metrics[i]);
	for (size_t i = 0; cells->cell && i < SWEEP_FIGURES; i++)
		put_own_figure(c, cells, result, &sweep_figures[i]);
	metric_list_free(list);
	return cells->cell != NULL;
}

/* Not there, and why. */
static void take_failure(struct sweep_table_row *row, const char *dir, const char *damage)
{
	json_t *failure = sweep_store_failure(dir, row->id);
	const char *why = json_string_value(json_object_get(failure, "error"));

	if (*damage) {
		row->error = strdup(damage);
	} else if (failure) {
		row->state = SWEEP_TABLE_FAILED;
		row->error = strdup(why ? why : "");
	}
	json_decref(failure);
}

static bool read_row(struct collector *c, size_t i, const char *dir)
{
	struct sweep_table_row *row = &c->t->rows[i];
	char text[SWEEP_STORE_TEXT] = "";
	json_t *result = NULL;
	bool ok;

	if (sweep_store_look(dir, row->id, &result, text) != SWEEP_STORE_DONE) {
		take_failure(row, dir, text);
		return true;
	}
	row->state = SWEEP_TABLE_DONE;
	c->t->ndone++;
	snprintf(row->digest, sizeof(row->digest), "%s",
		 json_string_value(json_object_get(result, "result_digest")));
	ok = take_figures(c, result, &c->cells[i]);
	json_decref(result);
	return ok;
}

/* ---- axes ------------------------------------------------------------------------------ */

static bool make_axes(struct sweep_table *t)
{
	const json_t *axis;
	size_t i;

	t->naxes = json_array_size(t->m->axes);
	t->axes = calloc(t->naxes + 1, sizeof(*t->axes));
	json_array_foreach(t->m->axes, i, axis)
	{
		const char *key = json_string_value(json_object_get(axis, "key"));
		const char *unit = json_string_value(json_object_get(axis, "unit"));

		if (t->axes)
			t->axes[i] = (struct sweep_table_axis){ key ? key : "",
								unit ? unit : "", true };
	}
	return t->axes != NULL;
}

static bool make_row(struct sweep_table *t, size_t i)
{
	const struct sweep_manifest_point *p = &t->m->points[i];
	struct sweep_table_row *row = &t->rows[i];

	row->id = p->id;
	row->texts = calloc(t->naxes + 1, sizeof(*row->texts));
	row->numbers = calloc(t->naxes + 1, sizeof(*row->numbers));
	for (size_t a = 0; row->texts && row->numbers && a < t->naxes; a++) {
		const char *key = t->axes[a].key,
			   *text = json_string_value(json_object_get(p->values, key));
		struct sweep_number n = sweep_number_of(key, text ? text : "");

		row->texts[a] = text ? text : "";
		row->numbers[a] = n.kind == SWEEP_NUMBER_NONE ? (double)NAN
							      : sweep_number_in_unit(key, n);
		if (n.kind == SWEEP_NUMBER_NONE)
			t->axes[a].numeric = false;
	}
	return row->texts && row->numbers;
}

/* ---- the whole ------------------------------------------------------------------------- */

/* Objectives first, the others as lists of figures have them. */
static int by_order(struct found *a, struct found *b)
{
	struct metric left = { .name = a->column.name }, right = { .name = b->column.name };

	/* 0, which is none, comes last. */
	if (a->column.objective != b->column.objective)
		return a->column.objective - 1 < b->column.objective - 1 ? -1 : 1;
	return metric_order(&left, &right);
}

/* A point of which no request stalled has no row of stalls: they took no time. */
static double without_value(const struct sweep_table *t, size_t row, size_t column)
{
	bool done = t->rows[row].state == SWEEP_TABLE_DONE;

	return done && metric_fits("latency.stall.*", t->columns[column].name) ? 0
									       : (double)NAN;
}

static bool place_cells(struct sweep_table *t, size_t i, const struct cells *cells,
			const size_t *place)
{
	double *values = calloc(t->ncolumns + 1, sizeof(*values));

	t->rows[i].values = values;
	for (size_t k = 0; values && k < t->ncolumns; k++)
		values[k] = without_value(t, i, k);
	for (size_t k = 0; values && k < cells->n; k++)
		values[place[cells->cell[k].column]] = cells->cell[k].value;
	return values != NULL;
}

/* Columns in their final order, and every cell at its place. */
static bool arrange(struct collector *c)
{
	struct sweep_table *t = c->t;
	size_t *place = calloc(HASH_COUNT(c->found) + 1, sizeof(*place));
	struct found *f, *next;

	t->columns = calloc(HASH_COUNT(c->found) + 1, sizeof(*t->columns));
	HASH_SORT(c->found, by_order);
	HASH_ITER(hh, c->found, f, next)
	{
		if (place && t->columns) {
			place[f->number] = t->ncolumns;
			t->columns[t->ncolumns++] = f->column;
		} else {
			free(f->column.name);
		}
		HASH_DEL(c->found, f);
		free(f);
	}
	for (size_t i = 0; place && t->columns && i < t->nrows; i++)
		if (!place_cells(t, i, &c->cells[i], place))
			break;
	free(place);
	return t->columns && (!t->nrows || t->rows[t->nrows - 1].values);
}

static bool collect(struct collector *c, const char *dir)
{
	struct sweep_table *t = c->t;
	bool ok = true;

	t->nrows = t->m->npoints;
	t->rows = calloc(t->nrows + 1, sizeof(*t->rows));
	c->cells = calloc(t->nrows + 1, sizeof(*c->cells));
	ok = t->rows && c->cells && make_axes(t);
	for (size_t i = 0; ok && i < t->nrows; i++)
		ok = make_row(t, i) && read_row(c, i, dir);
	ok = arrange(c) && ok;
	for (size_t i = 0; c->cells && i < t->nrows; i++)
		free(c->cells[i].cell);
	free(c->cells);
	return ok;
}

struct sweep_table *sweep_table_new(const struct sweep_manifest *m, const char *dir,
				    const char *const *patterns)
{
	struct collector c = { .t = calloc(1, sizeof(*c.t)), .patterns = patterns };

	if (!c.t)
		return NULL;
	c.t->m = m;
	if (collect(&c, dir))
		return c.t;
	sweep_table_free(c.t);
	return NULL;
}

void sweep_table_free(struct sweep_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; t->rows && i < t->nrows; i++) {
		free(t->rows[i].error);
		free(t->rows[i].texts);
		free(t->rows[i].numbers);
		free(t->rows[i].values);
	}
	for (size_t i = 0; i < t->ncolumns; i++)
		free(t->columns[i].name);
	free(t->columns);
	free(t->rows);
	free(t->axes);
	free(t);
}

/* ---- CSV ------------------------------------------------------------------------------- */

void sweep_table_print(double value, char text[SWEEP_TABLE_TEXT])
{
	if (isnan(value))
		*text = '\0';
	else if (isinf(value))
		snprintf(text, SWEEP_TABLE_TEXT, "%sinf", value < 0 ? "-" : "");
	else if (fabs(value) < 9e15 && fabs(value - nearbyint(value)) <= 0)
		snprintf(text, SWEEP_TABLE_TEXT, "%.0f", value);
	else
		snprintf(text, SWEEP_TABLE_TEXT, "%.9g", value);
}

static void csv_text(FILE *out, const char *text)
{
	if (!text[strcspn(text, ",\"\r\n")]) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void csv_name(FILE *out, const char *name, const char *unit)
{
	char whole[512];

	snprintf(whole, sizeof(whole), *unit ? "%s [%s]" : "%s", name, unit);
	fputc(',', out);
	csv_text(out, whole);
}

static void csv_head(FILE *out, const struct sweep_table *t, bool with_host)
{
	fputs("point,id,status", out);
	for (size_t a = 0; a < t->naxes; a++)
		csv_name(out, t->axes[a].key, t->axes[a].numeric ? t->axes[a].unit : "");
	for (size_t k = 0; k < t->ncolumns; k++)
		if (with_host || !t->columns[k].of_host)
			csv_name(out, t->columns[k].name,
				 t->columns[k].kind ? t->columns[k].kind->unit : "");
	fputs(",result_digest\n", out);
}

void sweep_table_csv(FILE *out, const struct sweep_table *t, bool with_host)
{
	static const char *const states[] = { "missing", "done", "failed" };
	char text[SWEEP_TABLE_TEXT];

	csv_head(out, t, with_host);
	for (size_t i = 0; i < t->nrows; i++) {
		const struct sweep_table_row *row = &t->rows[i];

		fprintf(out, "%zu,%s,%s", i, row->id, states[row->state]);
		for (size_t a = 0; a < t->naxes; a++) {
			sweep_table_print(row->numbers[a], text);
			fputc(',', out);
			csv_text(out, t->axes[a].numeric ? text : row->texts[a]);
		}
		for (size_t k = 0; k < t->ncolumns; k++) {
			if (!with_host && t->columns[k].of_host)
				continue;
			sweep_table_print(row->values[k], text);
			fprintf(out, ",%s", text);
		}
		fprintf(out, ",%s\n", row->digest);
	}
}

bool sweep_table_digest(const struct sweep_table *t, char digest[33])
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool ok = false;

	if (!out)
		return false;
	sweep_table_csv(out, t, false);
	ok = !ferror(out);
	ok = fclose(out) == 0 && ok;
	if (ok)
		result_digest_text(text, size, digest);
	free(text);
	return ok;
}
