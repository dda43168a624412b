/*
 * What a sweep says, in sentences.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report_html.h"
#include "tools/sweep_effect.h"
#include "tools/sweep_report.h"

#define MOST_OF_IT 0.9 /* of what the best value of an axis brings */

static void say_best(struct sweep_report *r, size_t column)
{
	size_t row = sweep_effect_best(r->t, column), same = 0;
	char text[SWEEP_REPORT_TEXT];

	if (row == r->t->nrows)
		return;
	for (size_t i = 0; i < r->t->nrows; i++)
		if (!isnan(r->t->rows[i].values[column]) &&
		    !sweep_effect_compare(&r->t->columns[column], r->t->rows[i].values[column],
					  r->t->rows[row].values[column]))
			same++;
	fputs("<li><b>Best ", r->out);
	report_html_say(r->out, "%s", r->t->columns[column].name);
	fputs("</b>: ", r->out);
	report_html_say(r->out, "%s with ",
			sweep_report_value(r, column, r->t->rows[row].values[column], text));
	sweep_report_settings(r, row);
	if (same > 1)
		report_html_say(r->out, " (and %zu points more)", same - 1);
	fputs(".</li>\n", r->out);
}

/* "-36 %", "+4 %"; nothing where a share says nothing. */
static const char *change(double from, double to, char text[32])
{
	*text = '\0';
	if (from > 0 && isfinite(to))
		snprintf(text, 32, " (%+.0f %%)", (to - from) / from * 100);
	return text;
}

/* The level that has the best mean, and the first one from the beginning that has most of what
 * it brings. */
static void find_levels(const struct sweep_table_column *c, const struct sweep_effect *e,
			size_t *best, size_t *enough)
{
	*best = 0;
	for (size_t i = 1; i < e->n; i++)
		if (sweep_effect_compare(c, e->levels[i].mean, e->levels[*best].mean) < 0)
			*best = i;
	*enough = *best;
	for (size_t i = *best; i-- > 0;)
		if (fabs(e->levels[i].mean - e->levels[0].mean) >=
			    MOST_OF_IT * fabs(e->levels[*best].mean - e->levels[0].mean) &&
		    sweep_effect_compare(c, e->levels[i].mean, e->levels[0].mean) < 0)
			*enough = i;
}

static void say_effect(struct sweep_report *r, size_t axis, size_t column)
{
	char a[SWEEP_REPORT_TEXT], b[SWEEP_REPORT_TEXT], share[32];
	const struct sweep_table_column *c = &r->t->columns[column];
	const struct sweep_effect_level *l;
	struct sweep_effect e;
	size_t best, enough, last;

	if (!sweep_effect_make(r->t, axis, column, &e)) {
		r->failed = true;
		return;
	}
	l = e.levels;
	last = e.n - 1;
	find_levels(c, &e, &best, &enough);
	if (e.n > 1 && isfinite(l[0].mean) && isfinite(l[last].mean)) {
		fputs("<li>", r->out);
		report_html_say(r->out, "%s: from %s to %s it goes from %s to %s%s.", c->name,
				l[0].text, l[last].text,
				sweep_report_value(r, column, l[0].mean, a),
				sweep_report_value(r, column, l[last].mean, b),
				change(l[0].mean, l[last].mean, share));
		if (best && best != last)
			report_html_say(r->out, " Best is %s, with %s.", l[best].text,
					sweep_report_value(r, column, l[best].mean, a));
		if (enough != best)
			report_html_say(r->out, " %s already brings most of it.",
					l[enough].text);
		if (!best)
			report_html_say(r->out, " No value is better than %s.", l[0].text);
		fputs("</li>\n", r->out);
	}
	sweep_effect_free(&e);
}

void sweep_report_words(struct sweep_report *r)
{
	if (!r->ncolumns || !r->t->ndone) {
		fputs("<p class=\"none\">There are no figures yet.</p>\n", r->out);
		return;
	}
	if (r->t->ndone < r->t->nrows)
		report_html_say(r->out, "%zu points have no result, and are left out.",
				r->t->nrows - r->t->ndone);
	fputs("<ul class=\"words\">\n", r->out);
	for (size_t k = 0; k < r->ncolumns; k++)
		say_best(r, r->columns[k]);
	fputs("</ul>\n", r->out);
	for (size_t a = 0; a < r->t->naxes; a++) {
		if (!sweep_report_asks(r, a))
			continue;
		fputs("<h3>", r->out);
		report_html_say(r->out, "What does %s buy here?", r->t->axes[a].key);
		fputs("</h3>\n<ul class=\"words\">\n", r->out);
		for (size_t k = 0; k < r->ncolumns; k++)
			say_effect(r, a, r->columns[k]);
		fputs("</ul>\n", r->out);
	}
	fputs("<p class=\"sub\">Means over all points with that value, whatever the other axes "
	      "have.</p>\n",
	      r->out);
}
