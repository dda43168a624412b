#include "tools/bands.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/series.h"
#include "traces/trace_scan.h"

#define NONE UINT64_MAX /* a run without a value */

enum unit { CYCLES, REQUESTS, MILLI };

static const char *const unit_names[] = { "cycles", "requests", "milli" };

struct row {
	char metric[72];
	enum unit unit;
	bool shown;       /* in the table */
	uint64_t *values; /* [nseeds] */
};

struct bands {
	unsigned nseeds;
	uint64_t *seeds;
	char (*digests)[33];
	uint64_t mhz;
	uint32_t jitter_milli;
	char what[160]; /* the trace and the kernel */
	struct row *rows;
	unsigned nrows, room;
};

struct bands *bands_new(const uint64_t *seeds, unsigned nseeds)
{
	struct bands *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->nseeds = nseeds;
	b->seeds = calloc(nseeds, sizeof(*b->seeds));
	b->digests = calloc(nseeds, sizeof(*b->digests));
	if (!b->seeds || !b->digests) {
		bands_free(b);
		return NULL;
	}
	memcpy(b->seeds, seeds, nseeds * sizeof(*seeds));
	return b;
}

void bands_free(struct bands *b)
{
	if (!b)
		return;
	for (unsigned i = 0; i < b->nrows; i++)
		free(b->rows[i].values);
	free(b->rows);
	free(b->seeds);
	free(b->digests);
	free(b);
}

/* ---- figures of a run -------------------------------------------------------------------- */

static struct row *add_row(struct bands *b, const char *metric, enum unit unit)
{
	struct row *row;

	if (b->nrows == b->room) {
		unsigned room = b->room ? 2 * b->room : 64;
		struct row *rows = realloc(b->rows, room * sizeof(*rows));

		if (!rows)
			return NULL;
		b->rows = rows;
		b->room = room;
	}
	row = &b->rows[b->nrows];
	*row = (struct row){ .unit = unit, .values = calloc(b->nseeds, sizeof(*row->values)) };
	if (!row->values)
		return NULL;
	snprintf(row->metric, sizeof(row->metric), "%s", metric);
	for (unsigned i = 0; i < b->nseeds; i++)
		row->values[i] = NONE;
	b->nrows++;
	return row;
}

struct adding {
	struct bands *b;
	unsigned run;
	bool short_of_memory;
};

__attribute__((format(printf, 5, 6))) static void
add(struct adding *a, enum unit unit, bool shown, uint64_t value, const char *fmt, ...)
{
	struct row *row = NULL;
	char metric[72];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(metric, sizeof(metric), fmt, ap);
	va_end(ap);
	for (unsigned i = 0; i < a->b->nrows && !row; i++)
		if (strcmp(a->b->rows[i].metric, metric) == 0)
			row = &a->b->rows[i];
	if (!row)
		row = add_row(a->b, metric, unit);
	if (!row) {
		a->short_of_memory = true;
		return;
	}
	row->shown = row->shown || shown;
	row->values[a->run] = value;
}

static void add_orders(struct adding *a, const struct result *r)
{
	for (unsigned order = 0; order < r->snap->norders; order++) {
		struct mm_orders_figures f = mm_orders_until(r->spells, MM_ORDERS_MACHINE,
							     order, r->counts->end_date);
		bool failed = r->counts->order_failed[order] != 0;

		add(a, CYCLES, failed, r->counts->order_first_failure[order],
		    "orders.order%u.first_failure", order);
		add(a, REQUESTS, failed, r->counts->order_failed[order],
		    "orders.order%u.failed", order);
		if (r->spells)
			add(a, CYCLES, f.spells != 0, f.cycles, "orders.order%u.unsatisfiable",
			    order);
	}
}

static void add_fragmentation(struct adding *a, const struct result *r)
{
	for (unsigned z = 0; z < r->snap->nzones; z++) {
		const struct mm_snapshot_zone *zone = &r->snap->zones[z];
		uint64_t blocks[FRAG_ORDERS];

		series_blocks(zone, r->snap->ntypes, blocks);
		for (unsigned order = 1; order < r->snap->norders; order++)
			add(a, MILLI, order == TRACE_HUGE_ORDER,
			    (uint64_t)frag_unusable(blocks, order),
			    "fragmentation.node%u.%s.order%u.unusable", zone->nid, zone->name,
			    order);
	}
}

static void add_latency(struct adding *a, const struct result *r)
{
	const struct latency_row *stalls = latency_rows_find(&r->rows, "stall", "all", "");

	add(a, REQUESTS, r->world.there, r->counts->slept, "stalls.count");
	add(a, CYCLES, stalls != NULL, stalls ? stalls->percentile[LATENCY_P99] : NONE,
	    "stalls.all.p99");
	for (unsigned i = 0; i < r->rows.n; i++) {
		const struct latency_row *row = &r->rows.rows[i];

		if (strcmp(row->op, "alloc") == 0 && strcmp(row->by, "order") == 0)
			add(a, CYCLES, true, row->percentile[LATENCY_P99],
			    "latency.alloc.order%s.p99", row->key);
		else if (strcmp(row->op, "free") == 0 && strcmp(row->by, "all") == 0)
			add(a, CYCLES, true, row->percentile[LATENCY_P99],
			    "latency.free.all.p99");
	}
}

bool bands_add(struct bands *b, unsigned run, const struct result *r, const char *digest)
{
	struct adding a = { .b = b, .run = run };

	snprintf(b->digests[run], sizeof(b->digests[run]), "%s", digest);
	b->mhz = r->scenario->machine->clock_mhz;
	b->jitter_milli = r->scenario->jitter_milli;
	snprintf(b->what, sizeof(b->what), "%s: Linux %s",
		 r->trace->name ? r->trace->name : r->scenario->trace_path,
		 r->scenario->policy->name);
	add_orders(&a, r);
	add_fragmentation(&a, r);
	add_latency(&a, r);
	return !a.short_of_memory;
}

/* ---- from process to process ------------------------------------------------------------- */

void bands_send(FILE *out, const struct bands *b, unsigned run)
{
	fprintf(out, "%s %" PRIu64 " %" PRIu32 " %s\n", b->digests[run], b->mhz,
		b->jitter_milli, b->what);
	for (unsigned i = 0; i < b->nrows; i++)
		fprintf(out, "%s %d %d %" PRIu64 "\n", b->rows[i].metric, b->rows[i].unit,
			b->rows[i].shown, b->rows[i].values[run]);
}

bool bands_receive(FILE *in, struct bands *b, unsigned run)
{
	struct adding a = { .b = b, .run = run };
	char line[400], metric[72];
	const char *at;
	int length = 0;
	unsigned unit, shown;
	uint64_t value;

	if (!fgets(line, sizeof(line), in) ||
	    sscanf(line, "%32s%n", b->digests[run], &length) != 1)
		return false;
	at = trace_scan(line + length, " %l %u ", &b->mhz, &b->jitter_milli);
	if (!at || sscanf(at, "%159[^\n]", b->what) != 1)
		return false;
	while (fgets(line, sizeof(line), in)) {
		if (sscanf(line, "%71s%n", metric, &length) != 1 ||
		    !trace_scan(line + length, " %u %u %l", &unit, &shown, &value))
			return false;
		add(&a, (enum unit)unit, shown, value, "%s", metric);
	}
	return !a.short_of_memory;
}

/* ---- bands ------------------------------------------------------------------------------- */

struct band {
	unsigned runs; /* with a value */
	uint64_t min, median, max;
};

static int ascending(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Of two in the middle the lower one. False when no run has a value. */
static struct band band_of(const struct bands *b, const struct row *row)
{
	uint64_t sorted[BANDS_MOST];
	struct band band = { 0 };

	memcpy(sorted, row->values, b->nseeds * sizeof(*sorted));
	qsort(sorted, b->nseeds, sizeof(*sorted), ascending);
	while (band.runs < b->nseeds && sorted[band.runs] != NONE)
		band.runs++;
	if (band.runs) {
		band.min = sorted[0];
		band.median = sorted[(band.runs - 1) / 2];
		band.max = sorted[band.runs - 1];
	}
	return band;
}

static json_t *number(bool there, uint64_t value)
{
	return there ? json_integer((json_int_t)value) : json_null();
}

static json_t *row_json(const struct bands *b, const struct row *row)
{
	struct band band = band_of(b, row);
	json_t *values = json_array();

	for (unsigned i = 0; i < b->nseeds; i++)
		json_array_append_new(values, number(row->values[i] != NONE, row->values[i]));
	return json_pack("{ss ss sI so so so so}", "metric", row->metric, "unit",
			 unit_names[row->unit], "runs", (json_int_t)band.runs, "min",
			 number(band.runs, band.min), "median", number(band.runs, band.median),
			 "max", number(band.runs, band.max), "values", values);
}

json_t *bands_json(const struct bands *b)
{
	json_t *map = json_object(), *seeds = json_array(), *runs = json_array(),
	       *rows = json_array();

	for (unsigned i = 0; i < b->nseeds; i++) {
		char folder[32];

		snprintf(folder, sizeof(folder), "seed-%" PRIu64, b->seeds[i]);
		json_array_append_new(seeds, json_integer((json_int_t)b->seeds[i]));
		json_array_append_new(runs, json_pack("{sI ss ss}", "seed",
						      (json_int_t)b->seeds[i], "folder", folder,
						      "result_digest", b->digests[i]));
	}
	for (unsigned i = 0; i < b->nrows; i++)
		json_array_append_new(rows, row_json(b, &b->rows[i]));
	json_object_set_new(map, "format", json_string("pagesim bands"));
	json_object_set_new(map, "version", json_integer(1));
	json_object_set_new(map, "seeds", seeds);
	json_object_set_new(map, "jitter_milli", json_integer(b->jitter_milli));
	json_object_set_new(map, "runs", runs);
	json_object_set_new(map, "rows", rows);
	return map;
}

static void csv_value(FILE *out, bool there, uint64_t value)
{
	if (there)
		fprintf(out, ",%" PRIu64, value);
	else
		fputc(',', out);
}

void bands_csv(FILE *out, const struct bands *b)
{
	fputs("metric,unit,runs,min,median,max", out);
	for (unsigned i = 0; i < b->nseeds; i++)
		fprintf(out, ",seed_%" PRIu64, b->seeds[i]);
	fputc('\n', out);
	for (unsigned i = 0; i < b->nrows; i++) {
		const struct row *row = &b->rows[i];
		struct band band = band_of(b, row);

		fprintf(out, "%s,%s,%u", row->metric, unit_names[row->unit], band.runs);
		csv_value(out, band.runs, band.min);
		csv_value(out, band.runs, band.median);
		csv_value(out, band.runs, band.max);
		for (unsigned k = 0; k < b->nseeds; k++)
			csv_value(out, row->values[k] != NONE, row->values[k]);
		fputc('\n', out);
	}
}

/* ---- text -------------------------------------------------------------------------------- */

static void text_value(FILE *out, const struct bands *b, const struct row *row, uint64_t value)
{
	char text[40];

	if (row->unit == MILLI)
		snprintf(text, sizeof(text), "%" PRIu64 ".%03" PRIu64, value / 1000,
			 value % 1000);
	else if (row->unit == REQUESTS)
		snprintf(text, sizeof(text), "%" PRIu64, value);
	else
		result_text_time(text, sizeof(text), value, b->mhz);
	fprintf(out, " %14s", text);
}

static bool all_equal(const struct bands *b)
{
	for (unsigned i = 1; i < b->nseeds; i++)
		if (strcmp(b->digests[i], b->digests[0]) != 0)
			return false;
	return b->nseeds > 1;
}

void bands_text(FILE *out, const struct bands *b)
{
	fprintf(out, "%s, %u run%s", b->what, b->nseeds, b->nseeds == 1 ? "" : "s");
	if (b->jitter_milli)
		fprintf(out, ", think times up to %u.%u %% longer than recorded",
			b->jitter_milli / 10, b->jitter_milli % 10);
	if (all_equal(b))
		fputs("\nAll results are equal: nothing of this run depends on the seed", out);
	fprintf(out, "\n\n%-44s %5s %14s %14s %14s\n", "Figure", "runs", "min", "median",
		"max");
	for (unsigned i = 0; i < b->nrows; i++) {
		const struct row *row = &b->rows[i];
		struct band band = band_of(b, row);

		if (!row->shown || !band.runs)
			continue;
		fprintf(out, "%-44s %5u", row->metric, band.runs);
		text_value(out, b, row, band.min);
		text_value(out, b, row, band.median);
		text_value(out, b, row, band.max);
		fputc('\n', out);
	}
}
