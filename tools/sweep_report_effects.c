/*
 * Pictures and tables: what each axis does, two axes together, fronts, all points.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/sweep_effect.h"
#include "tools/sweep_report.h"

#define LOG_SPAN 20 /* ends that are so many times apart are drawn on a log axis */

static bool has_room(const struct sweep_report *r)
{
	return r->nplots < SWEEP_REPORT_PLOTS;
}

static double *numbers(size_t n)
{
	return calloc(n + 1, sizeof(double));
}

/* The plot's own name, title and axis labels; NULL when memory is short. */
static char *words(const char *fmt, const char *a, const char *b)
{
	char *text;

	return asprintf(&text, fmt, a, b) < 0 ? NULL : text;
}

static char *plot_name(const struct sweep_report *r)
{
	char *text;

	return asprintf(&text, "plot-%u", r->nplots + 1) < 0 ? NULL : text;
}

static const char *unit_of(const struct sweep_report *r, size_t column)
{
	const struct metric_kind *kind = r->t->columns[column].kind;

	return kind && *kind->unit ? kind->unit : NULL;
}

/* ---- one axis -------------------------------------------------------------------------- */

/* Mean, and the band from the least to the most. */
static bool effect_series(const struct sweep_effect *e, bool numeric, struct plot *p)
{
	struct plot_series *s = calloc(2, sizeof(*s));
	double *x[2] = { numbers(e->n), numbers(e->n) }, *mean = numbers(e->n),
	       *high = numbers(e->n), *low = numbers(e->n);

	p->series = s;
	if (!s || !x[0] || !x[1] || !mean || !high || !low)
		return false;
	for (size_t i = 0; i < e->n; i++) {
		const struct sweep_effect_level *l = &e->levels[i];

		x[0][i] = x[1][i] = numeric ? l->number : (double)i;
		mean[i] = l->mean;
		high[i] = l->points ? l->max : (double)NAN;
		low[i] = l->points ? l->min : (double)NAN;
	}
	s[0] = (struct plot_series){ "least to most", PLOT_BAND, x[0], high, low, e->n };
	s[1] = (struct plot_series){ "mean", PLOT_LINE, x[1], mean, NULL, e->n };
	p->nseries = 2;
	return true;
}

static bool effect_names(const struct sweep_effect *e, struct plot *p)
{
	const char **names = calloc(e->n + 1, sizeof(*names));

	p->x.names = names;
	p->x.nnames = (unsigned)e->n;
	for (size_t i = 0; names && i < e->n; i++)
		names[i] = e->levels[i].text;
	return names != NULL;
}

static void plot_effect(struct sweep_report *r, size_t axis, size_t column,
			const struct sweep_effect *e)
{
	const struct sweep_table_axis *a = &r->t->axes[axis];
	struct plot p = { .x = { .label = a->key, .unit = *a->unit ? a->unit : NULL },
			  .y = { .label = r->t->columns[column].name,
				 .unit = unit_of(r, column) },
			  .width = 560,
			  .height = 340 };
	double first = e->levels[0].number, last = e->levels[e->n - 1].number;

	p.name = plot_name(r);
	p.title = words("%s over %s", r->t->columns[column].name, a->key);
	p.x.log = a->numeric && first > 0 && last / first >= LOG_SPAN;
	if (!p.name || !p.title || !effect_series(e, a->numeric, &p) ||
	    (!a->numeric && !effect_names(e, &p)))
		r->failed = true;
	if (!p.nseries) {
		free((char *)(uintptr_t)p.name);
		free((char *)(uintptr_t)p.title);
		free((struct plot_series *)(uintptr_t)p.series);
		return;
	}
	sweep_report_plot(r, &p);
}

static void effect_table(struct sweep_report *r, size_t axis, size_t column,
			 const struct sweep_effect *e)
{
	static const char *const heads[] = { "value", "points", "mean", "least", "most", NULL };
	char text[SWEEP_REPORT_TEXT];

	report_html_fold(r->out, "%s over %s as a table", r->t->columns[column].name,
			 r->t->axes[axis].key);
	report_html_table(r->out, heads);
	for (size_t i = 0; i < e->n; i++) {
		const struct sweep_effect_level *l = &e->levels[i];

		report_html_row(r->out);
		report_html_cell(r->out, "%s", l->text);
		report_html_count(r->out, l->points);
		report_html_figure(r->out, "%s", sweep_report_value(r, column, l->mean, text));
		report_html_figure(r->out, "%s",
				   l->points ? sweep_report_value(r, column, l->min, text)
					     : "-");
		report_html_figure(r->out, "%s",
				   l->points ? sweep_report_value(r, column, l->max, text)
					     : "-");
	}
	report_html_table_end(r->out);
	report_html_fold_end(r->out);
}

static void one_effect(struct sweep_report *r, size_t axis, size_t column)
{
	struct sweep_effect e;

	if (!sweep_effect_make(r->t, axis, column, &e)) {
		r->failed = true;
		return;
	}
	if (e.n > 1) {
		fputs("<div>", r->out);
		if (has_room(r))
			plot_effect(r, axis, column, &e);
		effect_table(r, axis, column, &e);
		fputs("</div>\n", r->out);
	}
	sweep_effect_free(&e);
}

void sweep_report_effects(struct sweep_report *r)
{
	fputs("<div class=\"grid\">\n", r->out);
	for (size_t a = 0; r->t->ndone && a < r->t->naxes; a++)
		for (size_t k = 0; sweep_report_asks(r, a) && k < r->ncolumns; k++)
			one_effect(r, a, r->columns[k]);
	fputs("</div>\n", r->out);
}

/* ---- fronts ---------------------------------------------------------------------------- */

static void front_table(struct sweep_report *r, size_t first, size_t second, const size_t *rows,
			size_t n)
{
	const char *heads[] = { r->t->columns[first].name, r->t->columns[second].name, "with",
				NULL };
	char text[SWEEP_REPORT_TEXT];

	report_html_table(r->out, heads);
	for (size_t i = 0; i < n; i++) {
		const double *v = r->t->rows[rows[i]].values;

		report_html_row(r->out);
		report_html_figure(r->out, "%s", sweep_report_value(r, first, v[first], text));
		report_html_figure(r->out, "%s",
				   sweep_report_value(r, second, v[second], text));
		fputs("<td>", r->out);
		sweep_report_settings(r, rows[i]);
		fputs("</td>", r->out);
	}
	report_html_table_end(r->out);
}

static bool front_series(const struct sweep_report *r, size_t first, size_t second,
			 const size_t *rows, size_t n, struct plot *p)
{
	struct plot_series *s = calloc(2, sizeof(*s));
	size_t all = r->t->nrows;
	double *x = numbers(all), *y = numbers(all), *fx = numbers(n), *fy = numbers(n);

	p->series = s;
	if (!s || !x || !y || !fx || !fy)
		return false;
	for (size_t i = 0; i < all; i++) {
		x[i] = r->t->rows[i].values[second];
		y[i] = r->t->rows[i].values[first];
	}
	for (size_t i = 0; i < n; i++) {
		fx[i] = r->t->rows[rows[i]].values[second];
		fy[i] = r->t->rows[rows[i]].values[first];
	}
	s[0] = (struct plot_series){ "points", PLOT_POINTS, x, y, NULL, all };
	s[1] = (struct plot_series){ "nothing is better in both", PLOT_LINE, fx, fy, NULL, n };
	p->nseries = 2;
	return true;
}

static void plot_front(struct sweep_report *r, size_t first, size_t second, const size_t *rows,
		       size_t n)
{
	const struct sweep_table_column *c = r->t->columns;
	struct plot p = { .x = { .label = c[second].name, .unit = unit_of(r, second) },
			  .y = { .label = c[first].name, .unit = unit_of(r, first) },
			  .width = 560,
			  .height = 340 };

	p.name = plot_name(r);
	p.title = words("%s against %s", c[first].name, c[second].name);
	if (!p.name || !p.title || !front_series(r, first, second, rows, n, &p))
		r->failed = true;
	if (p.nseries) {
		sweep_report_plot(r, &p);
		return;
	}
	free((char *)(uintptr_t)p.name);
	free((char *)(uintptr_t)p.title);
	free((struct plot_series *)(uintptr_t)p.series);
}

static void one_front(struct sweep_report *r, size_t first, size_t second)
{
	size_t *rows, n;

	if (!sweep_effect_front(r->t, first, second, &rows, &n))
		r->failed = true;
	fputs("<div>", r->out);
	if (n && has_room(r))
		plot_front(r, first, second, rows, n);
	if (n)
		front_table(r, first, second, rows, n);
	fputs("</div>\n", r->out);
	free(rows);
}

void sweep_report_effects_fronts(struct sweep_report *r)
{
	if (r->ncolumns < 2)
		fputs("<p class=\"none\">The sweep has one objective.</p>\n", r->out);
	fputs("<div class=\"grid\">\n", r->out);
	for (size_t k = 1; k < r->ncolumns; k++)
		one_front(r, r->columns[0], r->columns[k]);
	fputs("</div>\n", r->out);
}
