/*
 * Heat maps of two axes, as tables whose cells are coloured; and the table of all points.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/sweep_effect.h"
#include "tools/sweep_report.h"

#define MOST_CELLS 2500
#define MOST_PAIRS 3

/* ---- heat maps ------------------------------------------------------------------------- */

struct map {
	size_t column;
	struct sweep_effect down, across; /* for their levels alone */
	double *sum;
	size_t *points; /* [down.n * across.n] */
	double least, most;
};

static size_t level_at(const struct sweep_effect *e, const char *text)
{
	size_t i = 0;

	while (i + 1 < e->n && strcmp(e->levels[i].text, text) != 0)
		i++;
	return i;
}

static void add_points(const struct sweep_table *t, size_t down, size_t across, struct map *m)
{
	for (size_t i = 0; i < t->nrows; i++) {
		const struct sweep_table_row *row = &t->rows[i];
		size_t at = level_at(&m->down, row->texts[down]) * m->across.n +
			    level_at(&m->across, row->texts[across]);

		if (!isfinite(row->values[m->column]))
			continue;
		m->sum[at] += row->values[m->column];
		m->points[at]++;
	}
}

static double cell_mean(const struct map *m, size_t at)
{
	return m->points[at] ? m->sum[at] / (double)m->points[at] : (double)NAN;
}

static void find_ends(struct map *m)
{
	m->least = INFINITY;
	m->most = -INFINITY;
	for (size_t i = 0; i < m->down.n * m->across.n; i++) {
		double v = cell_mean(m, i);

		if (isnan(v))
			continue;
		m->least = v < m->least ? v : m->least;
		m->most = v > m->most ? v : m->most;
	}
}

/* From clear, the better end, to full: readable on light and dark. */
static void put_cell(struct sweep_report *r, const struct map *m, size_t at)
{
	const struct metric_kind *kind = r->t->columns[m->column].kind;
	double v = cell_mean(m, at), span = m->most - m->least;
	double place = span > 0 ? (v - m->least) / span : 0;
	char text[SWEEP_REPORT_TEXT];

	if (isnan(v)) {
		fputs("<td class=\"n\">-</td>", r->out);
		return;
	}
	if (kind && kind->better == METRIC_MORE)
		place = 1 - place;
	fprintf(r->out, "<td class=\"n\" style=\"background:rgba(224,138,0,%.2f)\">",
		place * 0.85);
	report_html_text(r->out, sweep_report_value(r, m->column, v, text));
	fputs("</td>", r->out);
}

static void put_map(struct sweep_report *r, const struct map *m, size_t down, size_t across)
{
	fputs("<figure><figcaption>", r->out);
	report_html_say(r->out, "%s: %s downwards, %s to the right; strong colour is bad",
			r->t->columns[m->column].name, r->t->axes[down].key,
			r->t->axes[across].key);
	fputs("</figcaption><div class=\"scroll\"><table><thead><tr><th></th>", r->out);
	for (size_t x = 0; x < m->across.n; x++) {
		fputs("<th>", r->out);
		report_html_text(r->out, m->across.levels[x].text);
		fputs("</th>", r->out);
	}
	fputs("</tr></thead><tbody>\n", r->out);
	for (size_t y = 0; y < m->down.n; y++) {
		fputs("<tr><th>", r->out);
		report_html_text(r->out, m->down.levels[y].text);
		fputs("</th>", r->out);
		for (size_t x = 0; x < m->across.n; x++)
			put_cell(r, m, y * m->across.n + x);
		fputs("</tr>\n", r->out);
	}
	fputs("</tbody></table></div></figure>\n", r->out);
}

static void one_map(struct sweep_report *r, size_t down, size_t across, size_t column)
{
	struct map m = { .column = column };
	size_t cells;

	if (!sweep_effect_make(r->t, down, column, &m.down) ||
	    !sweep_effect_make(r->t, across, column, &m.across))
		r->failed = true;
	cells = m.down.n * m.across.n;
	m.sum = calloc(cells + 1, sizeof(*m.sum));
	m.points = calloc(cells + 1, sizeof(*m.points));
	if (!m.sum || !m.points)
		r->failed = true;
	else if (m.down.n > 1 && m.across.n > 1 && cells <= MOST_CELLS) {
		add_points(r->t, down, across, &m);
		find_ends(&m);
		put_map(r, &m, down, across);
	}
	free(m.sum);
	free(m.points);
	sweep_effect_free(&m.down);
	sweep_effect_free(&m.across);
}

static void maps_of(struct sweep_report *r, size_t down, size_t *pairs)
{
	for (size_t across = down + 1; across < r->t->naxes && *pairs < MOST_PAIRS; across++) {
		if (!sweep_report_asks(r, down) || !sweep_report_asks(r, across))
			continue;
		for (size_t k = 0; k < r->ncolumns; k++)
			one_map(r, down, across, r->columns[k]);
		++*pairs;
	}
}

void sweep_report_maps(struct sweep_report *r)
{
	size_t pairs = 0;

	for (size_t a = 0; r->t->ndone && a < r->t->naxes; a++)
		maps_of(r, a, &pairs);
	if (!pairs)
		fputs("<p class=\"none\">The sweep has one axis.</p>\n", r->out);
}

/* ---- all points ------------------------------------------------------------------------ */

static void put_point(struct sweep_report *r, size_t i)
{
	static const char *const states[] = { "missing", "done", "failed" };
	const struct sweep_table_row *row = &r->t->rows[i];
	char text[SWEEP_REPORT_TEXT];

	report_html_row(r->out);
	report_html_count(r->out, i);
	fputs("<td>", r->out);
	sweep_report_settings(r, i);
	fputs("</td>", r->out);
	for (size_t k = 0; k < r->ncolumns; k++)
		report_html_figure(
			r->out, "%s",
			sweep_report_value(r, r->columns[k], row->values[r->columns[k]], text));
	report_html_cell(r->out, "%s%s%s", states[row->state], row->error ? ": " : "",
			 row->error ? row->error : "");
}

void sweep_report_maps_points(struct sweep_report *r)
{
	const char *heads[SWEEP_REPORT_OBJECTIVES + 4] = { "point", "with" };
	size_t n = 2;

	for (size_t k = 0; k < r->ncolumns; k++)
		heads[n++] = r->t->columns[r->columns[k]].name;
	heads[n++] = "state";
	heads[n] = NULL;
	report_html_fold(r->out, "%zu points", r->t->nrows);
	report_html_table(r->out, heads);
	for (size_t i = 0; i < r->t->nrows && i < SWEEP_REPORT_POINTS; i++)
		put_point(r, i);
	report_html_table_end(r->out);
	if (r->t->nrows > SWEEP_REPORT_POINTS)
		report_html_say(r->out, "and %zu more: 'pagesim sweep collect' has all of them",
				r->t->nrows - SWEEP_REPORT_POINTS);
	report_html_fold_end(r->out);
}
