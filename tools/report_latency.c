/*
 * Percentile curves as HdrHistogram's plotter draws them: each further nine of the percentile
 * has the same room. Two results stand in one plot, of one the orders do.
 */
#include <math.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

#define CURVE_POINTS 160u
#define CURVES 8u

static const char *const nines[] = { "0",      "90",      "99",       "99.9",     "99.99",
				     "99.999", "99.9999", "99.99999", "99.999999" };

/* ---- a curve ---------------------------------------------------------------------------- */

/* The ranks of `total` values that a curve shows, ascending, while buckets go by. */
struct curve {
	double *x, *y;
	size_t n;
	uint64_t total, seen;
	double us; /* microseconds of a cycle */
};

/* Of point i: the share of values above it is 10^-x. */
static double x_of(const struct curve *c, size_t i)
{
	return log10((double)c->total) * (double)i / (CURVE_POINTS - 1);
}

static void visit(void *ctx, uint64_t lowest, uint64_t highest, uint64_t count)
{
	struct curve *c = ctx;

	(void)lowest;
	c->seen += count;
	while (c->n < CURVE_POINTS &&
	       (double)c->seen >= (double)c->total * (1 - pow(10, -x_of(c, c->n)))) {
		c->x[c->n] = x_of(c, c->n);
		c->y[c->n++] = (double)highest * c->us;
	}
}

static struct plot_series make_curve(struct report_page *p, const struct report_run *run,
				     const char *tag, const char *label)
{
	const struct sim_hist_log_entry *e = run->log ? sim_hist_log_find(run->log, tag) : NULL;
	struct plot_series s = { .label = label, .style = PLOT_LINE };
	struct curve c = { .us = 1 / run->mhz };

	if (!e || sim_hist_count(e->hist) == 0)
		return s;
	c.total = sim_hist_count(e->hist);
	c.x = report_page_numbers(p, CURVE_POINTS);
	c.y = report_page_numbers(p, CURVE_POINTS);
	if (!c.x || !c.y)
		return s;
	sim_hist_each(e->hist, visit, &c);
	s.x = c.x;
	s.y = c.y;
	s.n = c.n;
	return s;
}

/* ---- tables: the rows of latency[] that have their own percentiles ---------------------- */

static void put_percentiles(struct report_page *p, const char *label,
			    const struct report_run *run, const json_t *row)
{
	static const char *const names[] = { "p50",   "p90",    "p99",
					     "p99.9", "p99.99", "max_cycles" };
	uint64_t count = report_page_number(row, "count");
	double mean = count ? (double)report_page_number(row, "sum_cycles") / (double)count : 0;

	report_html_row(p->out);
	report_html_cell(p->out, "%s", label);
	report_html_count(p->out, count);
	report_html_figure(p->out, "%s", report_html_time(mean / (run->mhz * 1e6)).text);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		report_page_time(p, run, row, names[i]);
}

static void begin_percentiles(FILE *out)
{
	static const char *const heads[] = { "",    "count", "mean",   "p50", "p90",
					     "p99", "p99.9", "p99.99", "max", NULL };

	report_html_table(out, heads);
}

/* ---- plots ------------------------------------------------------------------------------ */

static void draw(struct report_page *p, const char *name, const char *title,
		 const struct plot_series *series, unsigned n)
{
	struct plot plot = {
		.name = name,
		.title = title,
		.x = { .label = "percentile", .unit = "%", .names = nines },
		.y = { .label = "latency", .unit = "us", .log = true },
		.series = series,
		.nseries = n,
	};
	double most = 1;

	for (unsigned i = 0; i < n; i++)
		if (series[i].n)
			most = fmax(most, series[i].x[series[i].n - 1]);
	plot.x.to = ceil(most);
	plot.x.nnames = (unsigned)fmin(ceil(most) + 1, 9);
	report_page_picture(p, &plot);
}

/* One result: all allocations, and those of each order. */
static void of_one(struct report_page *p, const char *op, const char *title)
{
	const struct report_run *run = &p->runs[0];
	struct plot_series series[CURVES];
	unsigned n = 0;

	series[n++] = make_curve(p, run, op, "all");
	for (unsigned order = 0; order < FRAG_ORDERS && n < CURVES; order++) {
		series[n] = make_curve(p, run, report_page_words(p, "%s.order.%u", op, order),
				       report_page_words(p, "order %u", order));
		n += series[n].n > 0;
	}
	draw(p, report_page_words(p, "percentiles-%s", op), title, series, n);
}

/* Several: one curve for each. */
static void of_several(struct report_page *p, const char *tag, const char *name,
		       const char *title)
{
	struct plot_series series[REPORT_MOST];
	unsigned n = 0;

	for (unsigned i = 0; i < p->nruns; i++) {
		series[n] = make_curve(p, &p->runs[i], tag, p->runs[i].name);
		n += series[n].n > 0;
	}
	if (n)
		draw(p, name, title, series, n);
}

static bool has_log(const struct report_page *p)
{
	for (unsigned i = 0; i < p->nruns; i++)
		if (p->runs[i].log && p->runs[i].log->n)
			return true;
	return false;
}

static bool is_in_any(const struct report_page *p, const char *op, const char *by,
		      const char *key)
{
	for (unsigned i = 0; i < p->nruns; i++)
		if (report_page_latency(&p->runs[i], op, by, key))
			return true;
	return false;
}

static void put_row(struct report_page *p, const char *op, const char *by, const char *key,
		    const char *label)
{
	for (unsigned i = 0; i < p->nruns; i++) {
		const json_t *row = report_page_latency(&p->runs[i], op, by, key);

		if (row)
			put_percentiles(p,
					p->nruns > 1 ? report_page_words(p, "%s, %s", label,
									 p->runs[i].name)
						     : label,
					&p->runs[i], row);
	}
}

static void put_table(struct report_page *p, const char *op)
{
	char key[16];

	begin_percentiles(p->out);
	put_row(p, op, "all", "", "all");
	for (unsigned order = 0; order < FRAG_ORDERS; order++) {
		snprintf(key, sizeof(key), "%u", order);
		put_row(p, op, "order", key, report_page_words(p, "order %u", order));
	}
	report_html_table_end(p->out);
}

void report_latency(struct report_page *p)
{
	static const struct {
		const char *op, *title;
	} ops[] = { { "alloc", "Allocations" },
		    { "free", "Frees" },
		    { "stall", "Allocations that slept" },
		    { "refault", "Accesses that read a page back" } };

	if (!has_log(p))
		fputs("<p class=\"none\">No latency.hlog here, so there are no curves.</p>\n",
		      p->out);
	else
		fputs("<p>Each step to the right is ten times rarer: at 99.9 % one operation "
		      "in 1,000 took longer. Simulated time.</p>\n",
		      p->out);
	fputs("<div class=\"grid\">\n", p->out);
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		if (!is_in_any(p, ops[i].op, "all", ""))
			continue;
		fputs("<div>", p->out);
		if (has_log(p) && p->nruns == 1)
			of_one(p, ops[i].op, ops[i].title);
		else if (has_log(p))
			of_several(p, ops[i].op,
				   report_page_words(p, "percentiles-%s", ops[i].op),
				   ops[i].title);
		report_html_fold(p->out, "Numbers: %s", ops[i].title);
		put_table(p, ops[i].op);
		report_html_fold_end(p->out);
		fputs("</div>\n", p->out);
	}
	fputs("</div>\n", p->out);
}
