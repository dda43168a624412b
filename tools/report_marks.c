/* Free pages of each zone over time, between its watermarks, and when daemons were at work. */
#include <math.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

#define LINES (2 * REPORT_MOST + 4)

struct lines {
	struct plot_series series[LINES];
	unsigned n;
};

static void add_line(struct lines *l, const char *label, const double *x, const double *y,
		     size_t n)
{
	if (x && y && l->n < LINES)
		l->series[l->n++] = (struct plot_series){
			.label = label, .style = PLOT_LINE, .x = x, .y = y, .n = n
		};
}

static void add_free(struct report_page *p, struct lines *l, const struct report_run *run,
		     unsigned zone, const char *label)
{
	double *x = report_page_numbers(p, run->npoints);
	double *y = report_page_numbers(p, run->npoints);

	for (size_t k = 0; x && y && k < run->npoints; k++) {
		size_t sample = run->points[zone * run->npoints + k];

		x[k] = run->seconds[sample];
		y[k] = report_page_mib(frag_free_pages(report_page_blocks(run, sample, zone)));
	}
	add_line(l, label, x, y, run->npoints);
}

/* A mark is a line from one end to the other: that of the end of the run. */
static void add_mark(struct report_page *p, struct lines *l, const struct report_run *run,
		     const char *label, uint64_t pages)
{
	double *x = report_page_numbers(p, 2), *y = report_page_numbers(p, 2);

	if (!x || !y || !pages)
		return;
	x[1] = run->seconds[run->nsamples - 1];
	y[0] = y[1] = report_page_mib(pages);
	add_line(l, label, x, y, 2);
}

/* Stretches in which reclaim was at work, as bands from the bottom to the top. */
static void add_reclaim(struct report_page *p, struct lines *l, const struct report_run *run,
			unsigned zone, double top)
{
	double *x = report_page_numbers(p, 4 * run->nsamples);
	double *low = report_page_numbers(p, 4 * run->nsamples);
	double *y = report_page_numbers(p, 4 * run->nsamples);
	size_t n = 0;

	for (size_t i = 1, from = 0; run->reclaim && x && low && y && i <= run->nsamples; i++) {
		bool now = i < run->nsamples && run->reclaim[i * run->nzones + zone];

		if (now && !from)
			from = i;
		if (now || !from)
			continue;
		x[n] = x[n + 1] = run->seconds[from - 1];
		x[n + 2] = x[n + 3] = run->seconds[i - 1];
		y[n + 1] = y[n + 2] = top; /* flat between two bands */
		n += 4;
		from = 0;
	}
	if (n)
		l->series[l->n++] = (struct plot_series){ .label = "reclaim at work",
							  .style = PLOT_BAND,
							  .x = x,
							  .y = y,
							  .low = low,
							  .n = n };
}

static double top_of(const struct lines *l)
{
	double top = 0;

	for (unsigned i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->series[i].n; k++)
			top = fmax(top, l->series[i].y[k]);
	return top;
}

static void draw(struct report_page *p, const struct report_run *run, unsigned zone,
		 struct lines *l)
{
	const char *title =
		report_page_words(p, "Free pages of %s", report_page_zone(p, run, zone));
	const struct plot plot = {
		.name = report_page_name(p, "free-and-marks", run, zone),
		.title = title,
		.x = { .label = "simulated time", .unit = "s" },
		.y = { .label = "free", .unit = "MiB" },
		.series = l->series,
		.nseries = l->n,
	};

	report_page_picture(p, &plot);
}

static void of_one(struct report_page *p, const struct report_run *run, unsigned zone)
{
	const struct report_zone *z = &run->zones[zone];
	struct lines l = { .n = 0 };

	add_free(p, &l, run, zone, "free");
	add_mark(p, &l, run, "high", z->high);
	add_mark(p, &l, run, "low", z->low);
	add_mark(p, &l, run, "min", z->min);
	add_reclaim(p, &l, run, zone, top_of(&l));
	draw(p, run, zone, &l);
}

/* The same zone of all results; marks are drawn at low, where kswapd begins. */
static void of_several(struct report_page *p, const struct report_run *first, unsigned zone)
{
	struct lines l = { .n = 0 };

	for (unsigned i = 0; i < p->nruns; i++) {
		const struct report_run *run = &p->runs[i];
		int own = report_page_same_zone(run, &first->zones[zone]);

		if (own < 0 || !run->nsamples)
			continue;
		add_free(p, &l, run, (unsigned)own, run->name);
		add_mark(p, &l, run, report_page_words(p, "low of %s", run->name),
			 run->zones[own].low);
	}
	draw(p, first, zone, &l);
}

static void put_marks(struct report_page *p, const struct report_run *run)
{
	static const char *const heads[] = { "zone",
					     "managed",
					     "min",
					     "low",
					     "high",
					     "free at the end",
					     "least free in a sample",
					     NULL };

	report_page_run(p, run);
	report_html_table(p->out, heads);
	for (unsigned zone = 0; zone < run->nzones; zone++) {
		const struct report_zone *z = &run->zones[zone];
		uint64_t least = z->free;

		for (size_t i = 0; i < run->nsamples; i++) {
			uint64_t pages = frag_free_pages(report_page_blocks(run, i, zone));

			least = pages < least ? pages : least;
		}
		fputs(z->min && least < z->min ? "<tr class=\"bad\">" : "<tr>", p->out);
		report_html_cell(p->out, "%s", report_page_zone(p, run, zone));
		report_html_count(p->out, z->managed);
		report_html_count(p->out, z->min);
		report_html_count(p->out, z->low);
		report_html_count(p->out, z->high);
		report_html_count(p->out, z->free);
		report_html_count(p->out, least);
	}
	report_html_table_end(p->out);
}

void report_marks(struct report_page *p)
{
	fputs("<p>kswapd of a node begins when free pages fall below <i>low</i> and ends above "
	      "<i>high</i>; below <i>min</i> a request has to reclaim by itself. The marks are "
	      "those of the end of the run.</p>\n<div class=\"grid\">\n",
	      p->out);
	for (unsigned i = 0; i < p->nruns; i++)
		for (unsigned zone = 0; zone < p->runs[i].nzones; zone++) {
			if (!p->runs[i].nsamples)
				continue;
			if (p->nruns == 1)
				of_one(p, &p->runs[i], zone);
			else if (report_page_new_zone(p, i, zone))
				of_several(p, &p->runs[i], zone);
		}
	fputs("</div>\n", p->out);
	report_html_fold(p->out, "Numbers: pages of each zone");
	for (unsigned i = 0; i < p->nruns; i++)
		put_marks(p, &p->runs[i]);
	report_html_fold_end(p->out);
	report_activity(p);
}
