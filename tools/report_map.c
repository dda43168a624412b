/*
 * The page map: memory from its first pageblock to its last, line by line. A cell's colour is
 * the migratetype of most of its pageblocks, its strength how full they are.
 */
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_pageblocks.h"

#define CELL 9
#define LEVELS 4u /* of fullness above empty */

static unsigned type_of(const struct report_cell *c)
{
	unsigned most = 0;

	for (unsigned type = 1; type < REPORT_PAGEBLOCKS_TYPES; type++)
		if (c->blocks[type] > c->blocks[most])
			most = type;
	return most;
}

/* 0 = nothing is used, LEVELS = nearly all of it is. */
static unsigned level_of(const struct report_cell *c)
{
	uint64_t used = c->pages - c->free;

	if (!used || !c->pages)
		return 0;
	return (unsigned)((used * LEVELS + c->pages - 1) / c->pages);
}

/* Cells in a row: a small zone has large cells. */
static unsigned across(const struct report_cells *z)
{
	return z->n > 512 ? 64 : 32;
}

static void put_cell(FILE *out, const struct report_cells *z, size_t i)
{
	const struct report_cell *c = &z->cells[i];
	int x = (int)(i % across(z)) * CELL, y = (int)(i / across(z)) * CELL;

	fprintf(out, "<rect x=\"%d\" y=\"%d\" class=\"m%u f%u\"/>", x, y, type_of(c),
		level_of(c));
	if (c->polluted)
		fprintf(out, "<circle cx=\"%d.5\" cy=\"%d.5\" r=\"1.6\"/>", x + CELL / 2 - 1,
			y + CELL / 2 - 1);
}

static void put_map(struct report_page *p, const struct report_cells *z)
{
	int rows = (int)((z->n + across(z) - 1) / across(z));

	fputs("<figure class=\"plot\"><figcaption>", p->out);
	report_html_say(p->out, "Node %u, zone %s, at the %s: %s pageblocks", z->node, z->zone,
			z->at_end ? "end" : "start", report_html_digits(z->blocks).text);
	fprintf(p->out,
		"</figcaption><svg class=\"map\" viewBox=\"0 0 %u %d\" role=\"img\" "
		"aria-label=\"page map\">",
		across(z) * CELL, rows * CELL);
	for (size_t i = 0; i < z->n; i++)
		put_cell(p->out, z, i);
	fputs("</svg></figure>\n", p->out);
}

static void put_legend(FILE *out, uint64_t per_cell)
{
	report_html_say(out,
			"A cell is %s pageblock%s; its colour is the type that most of them "
			"have, the stronger the fuller it is. A dot: movable pageblocks in "
			"which pages lie that cannot be moved.",
			report_html_digits(per_cell).text, per_cell == 1 ? "" : "s");
	fputs("</p>\n<p class=\"legend\">", out);
	for (unsigned type = 0; type < REPORT_PAGEBLOCKS_TYPES; type++)
		fprintf(out, "<span><i class=\"m%u\"></i>%s</span> ", type,
			report_pageblocks_types[type]);
	fputs("</p>\n", out);
}

/* ---- the same as a table ---------------------------------------------------------------- */

static void put_table(struct report_page *p, const struct report_pageblocks *b)
{
	static const char *const heads[] = { "zone", "when",
					     "type", "pageblocks",
					     "used", "with pages that cannot move",
					     NULL };

	report_html_table(p->out, heads);
	for (size_t i = 0; i < b->n; i++)
		for (unsigned type = 0; type < REPORT_PAGEBLOCKS_TYPES; type++) {
			const struct report_cells *z = &b->zones[i];
			const struct report_sum *s = &z->sums[type];

			if (!s->blocks)
				continue;
			report_html_row(p->out);
			report_html_cell(p->out, "node %u, zone %s", z->node, z->zone);
			report_html_cell(p->out, "%s", z->at_end ? "end" : "start");
			report_html_cell(p->out, "%s", report_pageblocks_types[type]);
			report_html_count(p->out, s->blocks);
			report_html_figure(
				p->out, "%s",
				report_html_share(s->pages - s->free, s->pages).text);
			report_html_count(p->out, s->polluted);
		}
	report_html_table_end(p->out);
}

/* The start of a zone beside its end. */
static void put_maps(struct report_page *p, const struct report_pageblocks *b)
{
	fputs("<div class=\"grid\">\n", p->out);
	for (size_t i = 0; i < b->n; i++) {
		if (b->zones[i].at_end)
			continue;
		put_map(p, &b->zones[i]);
		for (size_t k = 0; k < b->n; k++)
			if (b->zones[k].at_end && b->zones[k].node == b->zones[i].node &&
			    strcmp(b->zones[k].zone, b->zones[i].zone) == 0)
				put_map(p, &b->zones[k]);
	}
	fputs("</div>\n", p->out);
}

/* ---- types over time -------------------------------------------------------------------- */

static double *mix_of(struct report_page *p, const struct report_run *run, unsigned zone,
		      const char *type)
{
	const json_t *samples = report_page_at(run->json, "series");
	double *y = report_page_numbers(p, run->npoints);

	for (size_t k = 0; y && k < run->npoints; k++) {
		size_t sample = run->points[zone * run->npoints + k];
		const json_t *zones = json_object_get(json_array_get(samples, sample), "zones");

		y[k] = (double)report_page_number(
			json_object_get(json_array_get(zones, zone), "pageblocks"), type);
	}
	return y;
}

static void draw_mix(struct report_page *p, const struct report_run *run, unsigned zone)
{
	struct plot_series series[REPORT_PAGEBLOCKS_TYPES];
	double *x = report_page_numbers(p, run->npoints);
	struct plot plot = {
		.name = report_page_name(p, "pageblocks", run, zone),
		.title = report_page_words(p, "Pageblocks of %s",
					   report_page_zone(p, run, zone)),
		.x = { .label = "simulated time", .unit = "s" },
		.y = { .label = "pageblocks by type" },
		.series = series,
	};

	for (size_t k = 0; x && k < run->npoints; k++)
		x[k] = run->seconds[run->points[zone * run->npoints + k]];
	for (unsigned type = 0; type < REPORT_PAGEBLOCKS_TYPES; type++) {
		const char *name = report_pageblocks_types[type];
		double *y = mix_of(p, run, zone, name), all = 0;

		for (size_t k = 0; x && y && k < run->npoints; k++)
			all += y[k];
		if (all > 0)
			series[plot.nseries++] = (struct plot_series){ .label = name,
								       .style = PLOT_STACKED,
								       .x = x,
								       .y = y,
								       .n = run->npoints };
	}
	if (plot.nseries)
		report_page_plot(p, &plot);
}

static void draw_mixes(struct report_page *p, const struct report_run *run)
{
	fputs("<div class=\"grid\">\n", p->out);
	for (unsigned zone = 0; zone < run->nzones; zone++)
		if (run->zones[zone].large)
			draw_mix(p, run, zone);
	fputs("</div>\n", p->out);
}

void report_map(struct report_page *p)
{
	for (unsigned i = 0; i < p->nruns; i++) {
		struct report_pageblocks b = report_pageblocks_read(
			p, p->runs[i].folder, REPORT_PAGEBLOCKS_CELLS / p->nruns);

		report_page_run(p, &p->runs[i]);
		if (b.n) {
			fputs("<p>", p->out);
			put_legend(p->out, b.per_cell);
			put_maps(p, &b);
			report_html_fold(p->out, "Numbers: pageblocks of each zone");
			put_table(p, &b);
			report_html_fold_end(p->out);
		}
		if (!b.n || *b.trouble) {
			fputs("<p class=\"none\">", p->out);
			report_html_say(p->out, "%s.",
					*b.trouble ? b.trouble
						   : "This result has no pageblocks.csv");
			fputs("</p>\n", p->out);
		}
		draw_mixes(p, &p->runs[i]);
	}
}
