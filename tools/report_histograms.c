/* How long operations of each class took, and in which parts the cycles went. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

#define PER_OCTAVE 2 /* bars of a histogram from one power of two to the next */
#define BARS (64 * PER_OCTAVE)
#define CLASSES 6u  /* curves of a plot: the largest ones; tables have all of them */
#define NOTHING 0.5 /* where a logarithmic axis shows no operation */

static const struct {
	const char *by, *title;
} classes[] = { { "order", "by order" },
		{ "gfp", "by gfp class" },
		{ "path", "by path" },
		{ "node", "by node" } };

/* ---- histograms ------------------------------------------------------------------------- */

struct bars {
	double count[BARS + 1];
	unsigned from, to; /* the first and the last with a count */
};

static unsigned bar_of(uint64_t cycles)
{
	double octaves = cycles ? log2((double)cycles) : 0;

	return (unsigned)(octaves * PER_OCTAVE + 1e-9);
}

static void count(void *ctx, uint64_t lowest, uint64_t highest, uint64_t n)
{
	struct bars *b = ctx;
	unsigned bar = bar_of(lowest + (highest - lowest) / 2);

	b->count[bar] += (double)n;
	b->from = bar < b->from ? bar : b->from;
	b->to = bar > b->to ? bar : b->to;
}

static struct plot_series make_bars(struct report_page *p, const struct report_run *run,
				    const char *tag, const char *label)
{
	const struct sim_hist_log_entry *e = run->log ? sim_hist_log_find(run->log, tag) : NULL;
	struct plot_series s = { .label = label, .style = PLOT_STEPS };
	struct bars b = { .from = BARS, .to = 0 };
	double *x, *y;
	size_t n = 0;

	if (!e || sim_hist_count(e->hist) == 0)
		return s;
	sim_hist_each(e->hist, count, &b);
	x = report_page_numbers(p, BARS + 3);
	y = report_page_numbers(p, BARS + 3);
	if (!x || !y)
		return s;
	for (unsigned bar = b.from ? b.from - 1 : 0; bar <= b.to + 1; bar++, n++) {
		x[n] = exp2((double)bar / PER_OCTAVE) / run->mhz;
		y[n] = bar <= BARS && b.count[bar] > 0 ? b.count[bar] : NOTHING;
	}
	s.x = x;
	s.y = y;
	s.n = n;
	return s;
}

static void draw(struct report_page *p, const char *name, const char *title,
		 const struct plot_series *series, unsigned n)
{
	struct plot plot = {
		.name = name,
		.title = title,
		.x = { .label = "latency", .unit = "us", .log = true },
		.y = { .label = "operations, 0.5: none", .log = true },
		.series = series,
		.nseries = n,
	};

	if (n)
		report_page_plot(p, &plot);
}

/* ---- one result: a plot for each way to class operations -------------------------------- */

static uint64_t row_count(const json_t *row)
{
	return report_page_number(row, "count");
}

/* The keys with most operations; how many there are. */
static unsigned largest_keys(const struct report_run *run, const char *op, const char *by,
			     const json_t *most[CLASSES])
{
	const json_t *rows = report_page_at(run->json, "latency"), *row;
	unsigned n = 0;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		unsigned k = n < CLASSES ? n : CLASSES;

		if (strcmp(report_page_text(row, "op"), op) != 0 ||
		    strcmp(report_page_text(row, "by"), by) != 0)
			continue;
		for (; k > 0 && row_count(most[k - 1]) < row_count(row); k--)
			if (k < CLASSES)
				most[k] = most[k - 1];
		if (k < CLASSES)
			most[k] = row;
		n += n < CLASSES;
	}
	return n;
}

static void draw_classes(struct report_page *p, const char *op, const char *by,
			 const char *title)
{
	const struct report_run *run = &p->runs[0];
	const json_t *keys[CLASSES];
	unsigned nkeys = largest_keys(run, op, by, keys), n = 0;
	struct plot_series series[CLASSES];

	for (unsigned k = 0; k < nkeys; k++) {
		const char *key = report_page_text(keys[k], "key");

		series[n] =
			make_bars(p, run, report_page_words(p, "%s.%s.%s", op, by, key), key);
		n += series[n].n > 0;
	}
	draw(p, report_page_words(p, "histogram-%s-%s", op, by), title, series, n);
}

static void of_one(struct report_page *p)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		draw_classes(p, "alloc", classes[i].by,
			     report_page_words(p, "Allocations %s", classes[i].title));
	draw_classes(p, "alloc", "part", "Allocations by part");
	draw_classes(p, "free", "order", "Frees by order");
	draw_classes(p, "stall", "order", "Allocations that slept, by order");
}

/* ---- several: their allocations, frees and stalls over each other ----------------------- */

static void of_several(struct report_page *p)
{
	static const struct {
		const char *tag, *title;
	} ops[] = { { "alloc", "Allocations" },
		    { "free", "Frees" },
		    { "stall", "Allocations that slept" } };
	struct plot_series series[REPORT_MOST];

	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		unsigned n = 0;

		for (unsigned k = 0; k < p->nruns; k++) {
			series[n] = make_bars(p, &p->runs[k], ops[i].tag, p->runs[k].name);
			n += series[n].n > 0;
		}
		draw(p, report_page_words(p, "histogram-%s", ops[i].tag), ops[i].title, series,
		     n);
	}
}

/* ---- parts ------------------------------------------------------------------------------ */

static const char *const parts[] = { "code", "memory", "pages", "lock", "sleep", "io" };
static const char *const part_names[] = { "code", "memory", "pages", "lock", "sleep", "I/O" };
#define PARTS (sizeof(parts) / sizeof(*parts))

static void draw_parts(struct report_page *p, const char *op, const char *title)
{
	struct plot_series series[REPORT_MOST];
	double *x = report_page_numbers(p, PARTS);
	struct plot plot = {
		.name = report_page_words(p, "parts-%s", op),
		.title = title,
		.x = { .label = "part", .names = part_names, .nnames = PARTS },
		.y = { .label = "share of all cycles", .unit = "%" },
		.series = series,
	};

	for (unsigned i = 0; x && i < p->nruns; i++) {
		const json_t *all = report_page_latency(&p->runs[i], op, "all", "");
		double *y = report_page_numbers(p, PARTS);
		double sum = (double)report_page_number(all, "sum_cycles");

		if (!y || sum <= 0)
			continue;
		for (size_t k = 0; k < PARTS; k++) {
			x[k] = (double)k;
			y[k] = 100 *
			       (double)report_page_number(
				       report_page_latency(&p->runs[i], op, "part", parts[k]),
				       "sum_cycles") /
			       sum;
		}
		series[plot.nseries++] =
			(struct plot_series){ .label = p->nruns > 1 ? p->runs[i].name : NULL,
					      .style = PLOT_BOXES,
					      .x = x,
					      .y = y,
					      .n = PARTS };
	}
	if (plot.nseries)
		report_page_plot(p, &plot);
}

/* ---- the kernel's functions in which stalls passed ----------------------------------------
 */

static int larger_sum_first(const void *a, const void *b)
{
	uint64_t left = report_page_number(*(const json_t *const *)a, "sum_cycles");
	uint64_t right = report_page_number(*(const json_t *const *)b, "sum_cycles");

	return (left < right) - (left > right);
}

static void put_function(struct report_page *p, const struct report_run *run, const json_t *row,
			 const json_t *all)
{
	report_html_row(p->out);
	report_html_cell(p->out, "%s", report_page_text(row, "key"));
	report_html_figure(p->out, "%s",
			   report_html_share(report_page_number(row, "sum_cycles"),
					     report_page_number(all, "sum_cycles"))
				   .text);
	report_page_time(p, run, row, "sum_cycles");
	report_page_time(p, run, row, "p50");
	report_page_time(p, run, row, "max_cycles");
}

static void put_functions(struct report_page *p, const struct report_run *run)
{
	static const char *const heads[] = { "stalls passed in", "share",   "in all",
					     "half up to",       "longest", NULL };
	const json_t *rows = report_page_at(run->json, "latency"), *row;
	const json_t *all = report_page_latency(run, "stall", "all", "");
	const json_t **sorted = report_page_room(p, json_array_size(rows), sizeof(*sorted));
	size_t i, n = 0;

	if (!all || !sorted)
		return;
	json_array_foreach(rows, i, row)
	{
		if (strcmp(report_page_text(row, "by"), "function") == 0)
			sorted[n++] = row;
	}
	if (!n)
		return;
	qsort(sorted, n, sizeof(*sorted), larger_sum_first);
	report_page_run(p, run);
	report_html_table(p->out, heads);
	for (i = 0; i < n; i++)
		put_function(p, run, sorted[i], all);
	report_html_table_end(p->out);
}

/* ---- all rows as a table ---------------------------------------------------------------- */

static void put_rows(struct report_page *p, const struct report_run *run)
{
	static const char *const heads[] = { "operation", "by",  "class", "count", "p50",
					     "p90",       "p99", "p99.9", "max",   NULL };
	static const char *const names[] = { "p50", "p90", "p99", "p99.9", "max_cycles" };
	const json_t *rows = report_page_at(run->json, "latency"), *row;
	size_t i;

	report_page_run(p, run);
	report_html_table(p->out, heads);
	json_array_foreach(rows, i, row)
	{
		report_html_row(p->out);
		report_html_cell(p->out, "%s", report_page_text(row, "op"));
		report_html_cell(p->out, "%s", report_page_text(row, "by"));
		report_html_cell(p->out, "%s", report_page_text(row, "key"));
		report_html_count(p->out, row_count(row));
		for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++)
			report_page_time(p, run, row, names[k]);
	}
	report_html_table_end(p->out);
}

void report_histograms(struct report_page *p)
{
	fputs("<p>Two steps for each doubling; a curve at the bottom is no operation at all. "
	      "Of a "
	      "part: what each operation spent there; most spend nothing in most parts, which "
	      "is "
	      "the left end. Simulated time.</p>\n<div class=\"grid\">\n",
	      p->out);
	if (p->nruns == 1)
		of_one(p);
	else
		of_several(p);
	draw_parts(p, "alloc", "Where the cycles of allocations went");
	draw_parts(p, "free", "Where the cycles of frees went");
	draw_parts(p, "stall", "Where the cycles of allocations that slept went");
	fputs("</div>\n<p>Parts: the instruction path, cache lines (memory), clearing and "
	      "copying pages, waits for locks, sleep, and waits for disks (I/O).</p>\n",
	      p->out);
	for (unsigned i = 0; i < p->nruns; i++)
		put_functions(p, &p->runs[i]);
	report_html_fold(p->out, "Numbers: every class");
	for (unsigned i = 0; i < p->nruns; i++)
		put_rows(p, &p->runs[i]);
	report_html_fold_end(p->out);
}
