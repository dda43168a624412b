/* What daemons and reclaim did over time, and what became of requests meanwhile. */
#include <math.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

#define BINS 80u

/* ---- sums over stretches of time -------------------------------------------------------- */

static size_t bins_of(const struct report_run *run)
{
	return run->nsamples < BINS ? run->nsamples : BINS;
}

static double *dates_of(struct report_page *p, const struct report_run *run)
{
	size_t n = bins_of(run);
	double *x = report_page_numbers(p, n);

	for (size_t i = 0; x && i < n; i++)
		x[i] = run->seconds[(i + 1) * run->nsamples / n - 1];
	return x;
}

/* Of all nodes, or the machine's own. */
static double activity(const json_t *sample, const char *name)
{
	const json_t *nodes = json_object_get(sample, "nodes"), *entry;
	double sum = (double)report_page_number(json_object_get(sample, "activity"), name);
	size_t i;

	json_array_foreach(nodes, i, entry) sum +=
		(double)report_page_number(json_object_get(entry, "activity"), name);
	return sum;
}

static double *sums_of(struct report_page *p, const struct report_run *run, const char *name,
		       double scale)
{
	const json_t *samples = report_page_at(run->json, "series");
	size_t n = bins_of(run);
	double *y = report_page_numbers(p, n);

	for (size_t i = 0; y && i < run->nsamples; i++)
		y[i * n / run->nsamples] += scale * activity(json_array_get(samples, i), name);
	return y;
}

static bool has_any(const double *y, size_t n)
{
	for (size_t i = 0; y && i < n; i++)
		if (y[i] > 0)
			return true;
	return false;
}

/* ---- plots ------------------------------------------------------------------------------ */

static void draw(struct report_page *p, const char *name, const char *title, const char *label,
		 const char *unit, const struct plot_series *series, unsigned n)
{
	const struct plot plot = {
		.name = name,
		.title = title,
		.x = { .label = "simulated time", .unit = "s" },
		.y = { .label = label, .unit = unit },
		.series = series,
		.nseries = n,
	};

	if (n)
		report_page_plot(p, &plot);
}

static void add(struct report_page *p, const struct report_run *run, const char *name,
		const char *label, double scale, struct plot_series *series, unsigned *n)
{
	double *x = dates_of(p, run), *y = sums_of(p, run, name, scale);

	if (x && has_any(y, bins_of(run)))
		series[(*n)++] = (struct plot_series){
			.label = label, .style = PLOT_STEPS, .x = x, .y = y, .n = bins_of(run)
		};
}

static void draw_pages(struct report_page *p, const struct report_run *run)
{
	struct plot_series series[4];
	unsigned n = 0;

	add(p, run, "scanned_pages", "looked at", 1, series, &n);
	add(p, run, "stolen_pages", "reclaimed", 1, series, &n);
	add(p, run, "swap_out_pages", "written to swap", 1, series, &n);
	add(p, run, "swap_in_pages", "read from swap", 1, series, &n);
	draw(p, report_page_name(p, "reclaim", run, 0), "Pages reclaimed over time",
	     "since the point before", "pages", series, n);
}

static void draw_daemons(struct report_page *p, const struct report_run *run)
{
	struct plot_series series[3];
	unsigned n = 0;
	double ms = 1e3 / (run->mhz * 1e6);

	add(p, run, "kswapd_awake_cycles", "kswapd awake", ms, series, &n);
	add(p, run, "kcompactd_awake_cycles", "kcompactd awake", ms, series, &n);
	draw(p, report_page_name(p, "daemons", run, 0), "Daemons over time",
	     "since the point before", "ms", series, n);
}

static void put_run(struct report_page *p, const struct report_run *run)
{
	unsigned before = p->nplots;

	report_page_run(p, run);
	fputs("<div class=\"grid\">\n", p->out);
	draw_pages(p, run);
	draw_daemons(p, run);
	fputs("</div>\n", p->out);
	if (p->nplots == before)
		fputs("<p class=\"none\">Nothing was reclaimed, and no daemon ran.</p>\n",
		      p->out);
}

void report_activity(struct report_page *p)
{
	fputs("<h3>Daemons and reclaim</h3>\n", p->out);
	for (unsigned i = 0; i < p->nruns; i++)
		if (p->runs[i].reclaim) {
			put_run(p, &p->runs[i]);
		} else {
			report_page_run(p, &p->runs[i]);
			fputs("<p class=\"none\">This result does not tell what daemons did "
			      "over time.</p>\n",
			      p->out);
		}
}
