/* Memory over time: free blocks by order, the unusable index, free pages and watermarks. */
#include <math.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

static double *times_of(struct report_page *p, const struct report_run *run, unsigned zone)
{
	double *x = report_page_numbers(p, run->npoints);

	for (size_t k = 0; x && k < run->npoints; k++)
		x[k] = run->seconds[run->points[zone * run->npoints + k]];
	return x;
}

static const uint64_t *blocks_of(const struct report_run *run, unsigned zone, size_t point)
{
	return report_page_blocks(run, run->points[zone * run->npoints + point], zone);
}

static bool put_none(struct report_page *p, const struct report_run *run)
{
	if (run->nsamples)
		return false;
	report_page_run(p, run);
	fputs("<p class=\"none\">This result has no series (output.interval).</p>\n", p->out);
	return true;
}

/* ---- free memory by order --------------------------------------------------------------- */

static void draw_orders(struct report_page *p, const struct report_run *run, unsigned zone)
{
	struct plot_series series[FRAG_ORDERS];
	double *x = times_of(p, run, zone);
	struct plot plot = {
		.name = report_page_name(p, "free-by-order", run, zone),
		.title = report_page_words(p, "Free memory of %s",
					   report_page_zone(p, run, zone)),
		.x = { .label = "simulated time", .unit = "s" },
		.y = { .label = "free, by block order", .unit = "MiB" },
		.series = series,
	};

	/* The largest at the bottom: what lies on it is what cannot be used in large blocks. */
	for (unsigned i = run->orders; x && i-- > 0;) {
		double *y = report_page_numbers(p, run->npoints);

		for (size_t k = 0; y && k < run->npoints; k++)
			y[k] = report_page_mib(blocks_of(run, zone, k)[i] << i);
		if (y)
			series[plot.nseries++] = (struct plot_series){
				.label = report_page_words(p, "%u", i),
				.style = PLOT_STACKED,
				.x = x,
				.y = y,
				.n = run->npoints,
			};
	}
	report_page_plot(p, &plot);
}

static void put_fallbacks(struct report_page *p, const struct report_run *run)
{
	static const char *const heads[] = {
		"request wanted", "pages came from", "order", "taken", "severity", "times", NULL
	};
	const json_t *list = report_page_at(run->json, "counters.fallbacks"), *f;
	size_t i;

	if (!json_array_size(list)) {
		fprintf(p->out, "<p class=\"none\">%s</p>\n",
			list ? "No request had to take pages of another type."
			     : "This result does not tell.");
		return;
	}
	report_html_table(p->out, heads);
	json_array_foreach(list, i, f)
	{
		bool bad = strcmp(report_page_text(f, "severity"), "polluting") == 0;

		fputs(bad ? "<tr class=\"bad\">" : "<tr>", p->out);
		report_html_cell(p->out, "%s", report_page_text(f, "wanted"));
		report_html_cell(p->out, "%s", report_page_text(f, "from"));
		report_html_count(p->out, report_page_number(f, "order"));
		report_html_cell(p->out, "%s", report_page_text(f, "kind"));
		report_html_cell(p->out, "%s", report_page_text(f, "severity"));
		report_html_count(p->out, report_page_number(f, "count"));
	}
	report_html_table_end(p->out);
}

void report_memory_orders(struct report_page *p)
{
	fputs("<p>Free memory, coloured by the order of the blocks it lies in, the largest at "
	      "the bottom: what is above an order's colour is of no use to a request of that "
	      "order.</p>\n",
	      p->out);
	for (unsigned i = 0; i < p->nruns; i++) {
		const struct report_run *run = &p->runs[i];

		if (put_none(p, run))
			continue;
		report_page_run(p, run);
		fputs("<div class=\"grid\">\n", p->out);
		for (unsigned zone = 0; zone < run->nzones; zone++)
			if (p->nruns == 1 || run->zones[zone].large)
				draw_orders(p, run, zone);
		fputs("</div>\n", p->out);
	}
	fputs("<h3>Requests served with pages of another type</h3>\n"
	      "<p>What makes fragmentation last: <i>claim</i> took over the pageblock, "
	      "<i>steal</i> its free pages, <i>page</i> only what was asked for. Polluting: "
	      "pages that stay where they are, put among movable ones.</p>\n",
	      p->out);
	for (unsigned i = 0; i < p->nruns; i++) {
		report_page_run(p, &p->runs[i]);
		put_fallbacks(p, &p->runs[i]);
	}
}

/* ---- unusable index --------------------------------------------------------------------- */

static struct plot_series unusable_series(struct report_page *p, const struct report_run *run,
					  unsigned zone, unsigned order, const double *x,
					  const char *label)
{
	double *y = report_page_numbers(p, run->npoints);

	for (size_t k = 0; y && k < run->npoints; k++)
		y[k] = frag_unusable(blocks_of(run, zone, k), order) / 1000.0;
	return (struct plot_series){ .label = label,
				     .style = PLOT_LINE,
				     .x = x,
				     .y = y,
				     .n = x && y ? run->npoints : 0 };
}

static void draw_unusable(struct report_page *p, const char *name, const char *title,
			  const struct plot_series *series, unsigned n)
{
	const struct plot plot = {
		.name = name,
		.title = title,
		.x = { .label = "simulated time", .unit = "s" },
		.y = { .label = "unusable index", .from = 0, .to = 1 },
		.series = series,
		.nseries = n,
	};

	report_page_plot(p, &plot);
}

static void unusable_of_one(struct report_page *p)
{
	static const unsigned orders[] = { 1, 3, 5, 7, 9, 10 };
	const struct report_run *run = &p->runs[0];
	struct plot_series series[sizeof(orders) / sizeof(*orders)];

	for (unsigned zone = 0; zone < run->nzones; zone++) {
		const double *x = times_of(p, run, zone);
		unsigned n = 0;

		for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
			if (orders[i] < run->orders)
				series[n++] = unusable_series(
					p, run, zone, orders[i], x,
					report_page_words(p, "order %u", orders[i]));
		draw_unusable(p, report_page_name(p, "unusable", run, zone),
			      report_page_words(p, "Unusable for an order: %s",
						report_page_zone(p, run, zone)),
			      series, n);
	}
}

/* Zones of the same name over each other: one order of all results. */
static void unusable_overlay(struct report_page *p, const struct report_run *first,
			     unsigned zone, unsigned order)
{
	struct plot_series series[REPORT_MOST];
	unsigned n = 0;

	for (unsigned i = 0; i < p->nruns; i++) {
		const struct report_run *run = &p->runs[i];
		int own = report_page_same_zone(run, &first->zones[zone]);

		if (own >= 0 && run->nsamples)
			series[n++] =
				unusable_series(p, run, (unsigned)own, order,
						times_of(p, run, (unsigned)own), run->name);
	}
	draw_unusable(p,
		      report_page_words(p, "%s-%u",
					report_page_name(p, "unusable", first, zone), order),
		      report_page_words(p, "Unusable for order %u: %s", order,
					report_page_zone(p, first, zone)),
		      series, n);
}

void report_memory_unusable(struct report_page *p)
{
	fputs("<p>The share of free memory that a request of that order cannot use (the "
	      "kernel's unusable_index): 0 all of it can be used, 1 nothing can.</p>\n",
	      p->out);
	if (p->nruns == 1 && put_none(p, &p->runs[0]))
		return;
	fputs("<div class=\"grid\">\n", p->out);
	if (p->nruns == 1)
		unusable_of_one(p);
	for (unsigned i = 0; p->nruns > 1 && i < p->nruns; i++)
		for (unsigned zone = 0; zone < p->runs[i].nzones; zone++)
			if (p->runs[i].zones[zone].large && report_page_new_zone(p, i, zone)) {
				unusable_overlay(p, &p->runs[i], zone, 3);
				unusable_overlay(p, &p->runs[i], zone, 9);
			}
	fputs("</div>\n", p->out);
}
