#include "tools/diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const diff_verdict_names[DIFF_VERDICTS] = { "worse", "changed", "better" };

static enum diff_verdict judge(const struct diff_row *row)
{
	if (!row->had || !row->has || row->kind->better == METRIC_NEITHER)
		return DIFF_CHANGED;
	return (row->now > row->was) == (row->kind->better == METRIC_MORE) ? DIFF_BETTER
									   : DIFF_WORSE;
}

static void put(struct diff *d, const struct metric *was, const struct metric *now)
{
	const struct metric *any = now ? now : was;
	struct diff_row row = {
		.name = any->name,
		.kind = any->kind,
		.of_host = any->of_host,
		.had = was,
		.has = now,
		.was = was ? was->value : 0,
		.now = now ? now->value : 0,
	};

	d->compared++;
	if (was && now && was->value == now->value)
		return;
	row.verdict = judge(&row);
	d->rows[d->n++] = row;
}

static bool wanted(const struct metric *m, bool host)
{
	return host || !m->of_host;
}

/* Figures of the first list, with those that only the second has where they belong. */
static void fill(struct diff *d, const struct metric_list *was, const struct metric_list *now,
		 bool host)
{
	size_t i = 0, j = 0;

	while (i < was->n || j < now->n) {
		const struct metric *w = i < was->n ? &was->metrics[i] : NULL;
		const struct metric *m = j < now->n ? &now->metrics[j] : NULL;
		int order = !w ? 1 : !m ? -1 : metric_order(w, m);

		if (wanted(order <= 0 ? w : m, host))
			put(d, order <= 0 ? w : NULL, order >= 0 ? m : NULL);
		i += order <= 0;
		j += order >= 0;
	}
}

struct diff *diff_new(const struct metric_list *was, const struct metric_list *now, bool host)
{
	struct diff *d = calloc(1, sizeof(*d));

	if (d)
		d->rows = calloc(was->n + now->n + 1, sizeof(*d->rows));
	if (!d || !d->rows) {
		diff_free(d);
		return NULL;
	}
	fill(d, was, now, host);
	return d;
}

void diff_free(struct diff *d)
{
	if (d)
		free(d->rows);
	free(d);
}

double diff_relative(double was, double now)
{
	if (was == now)
		return 0;
	if (was == 0 || isinf(was) || isinf(now))
		return now > was ? INFINITY : -INFINITY;
	return (now - was) / fabs(was);
}

void diff_change(const struct diff_row *row, char text[DIFF_TEXT])
{
	double relative = diff_relative(row->was, row->now);
	bool small =
		strcmp(row->kind->unit, "index") == 0 || strcmp(row->kind->unit, "share") == 0;

	if (!row->had || !row->has)
		snprintf(text, DIFF_TEXT, "%s", row->has ? "new" : "gone");
	else if (isinf(row->was) || isinf(row->now))
		snprintf(text, DIFF_TEXT, "%s", isinf(row->was) ? "from never" : "to never");
	else if (small)
		snprintf(text, DIFF_TEXT, "%+.3f", row->now - row->was);
	else if (isinf(relative))
		snprintf(text, DIFF_TEXT, "from 0");
	else if (fabs(relative) < 0.0005)
		snprintf(text, DIFF_TEXT, "%+.4g", row->now - row->was);
	else
		snprintf(text, DIFF_TEXT, fabs(relative) < 10 ? "%+.1f %%" : "%+.0f %%",
			 100 * relative);
}

void diff_side(bool there, double value, char text[METRIC_TEXT])
{
	if (there)
		metric_print(value, text);
	else
		snprintf(text, METRIC_TEXT, "-");
}
