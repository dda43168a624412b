/*
 * A check in words.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/check_core.h"
#include "tools/headline.h"

#define FIRST 20 /* figures, histograms, inputs that are shown unless all are asked for */

static void text_side(FILE *out, const char *what, const struct result_read *r)
{
	const json_t *trace = json_object_get(json_object_get(r->json, "inputs"), "trace");
	const char *name = json_string_value(json_object_get(trace, "name"));

	fprintf(out, "%-9s %s: Linux %s, %s, digest %s\n", what, r->name, r->kernel,
		name && *name ? name : "a trace", r->digest);
}

static void text_inputs(FILE *out, const struct check *c, bool all)
{
	size_t n = c->inputs.n;

	if (!n)
		return;
	fprintf(out, "\nInputs that differ                     baseline -> now\n");
	for (size_t i = 0; i < n && (all || i < FIRST); i++) {
		const struct check_input *input = &c->inputs.list[i];
		const char *why = check_rules_input(c->rules, input->name);

		fprintf(out, "  %-36s %s -> %s%s%s%s\n", input->name, input->was, input->now,
			why ? " (allowed: " : "", why ? why : "", why ? ")" : "");
	}
	if (!all && n > FIRST)
		fprintf(out, "  and %zu more (--all)\n", n - FIRST);
}

/* ---- parts ----------------------------------------------------------------------------- */

static bool is_of(const char *name, const char *part)
{
	size_t n = strlen(part);

	return strncmp(name, part, n) == 0 && (name[n] == '.' || !name[n]);
}

static void text_parts(FILE *out, const struct check *c)
{
	char series[160];

	fprintf(out, "\n%-18s %8s %8s %8s %8s\n", "Figures that differ", "worse", "better",
		"neither", "allowed");
	for (size_t part = 0; part < CHECK_PARTS; part++) {
		size_t n[DIFF_VERDICTS] = { 0 }, allowed = 0;

		if (c->part_same[part])
			continue;
		for (size_t i = 0; i < c->n; i++)
			if (is_of(c->figures[i].row.name, check_parts[part])) {
				n[c->figures[i].row.verdict]++;
				allowed += c->figures[i].ok;
			}
		fprintf(out, "  %-17s %8zu %8zu %8zu %8zu\n", check_parts[part], n[DIFF_WORSE],
			n[DIFF_BETTER], n[DIFF_CHANGED], allowed);
	}
	check_series(c, series, sizeof(series));
	if (*series)
		fprintf(out, "  series: %s\n", series);
}

/* ---- figures --------------------------------------------------------------------------- */

static void text_figure(FILE *out, const struct check_figure *f)
{
	char was[METRIC_TEXT], now[METRIC_TEXT], change[DIFF_TEXT];
	const struct diff_row *row = &f->row;

	diff_side(row->had, row->was, was);
	diff_side(row->has, row->now, now);
	diff_change(row, change);
	fprintf(out, "  %-46s %14s %14s %12s  %s%s%s", row->name, was, now, change,
		row->kind->unit, *row->kind->unit ? ", " : "",
		diff_verdict_names[row->verdict]);
	if (f->rule)
		fprintf(out, "; %s %s: %s", f->ok ? "allowed" : "only allowed", f->rule->text,
			f->rule->why);
	fputc('\n', out);
}

struct ranked {
	size_t rank;
	const struct check_figure *figure;
};

static int in_order(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	return (left->figure > right->figure) - (left->figure < right->figure);
}

/* What people ask for first stands first; ok: those that rules allow. */
static void text_figures(FILE *out, const struct check *c, bool ok, bool all)
{
	struct ranked *list = calloc(c->n + 1, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; list && i < c->n; i++)
		if (c->figures[i].ok == ok)
			list[n++] = (struct ranked){ headline_rank(c->figures[i].row.name),
						     &c->figures[i] };
	if (n) {
		qsort(list, n, sizeof(*list), in_order);
		fprintf(out, "\n  %-46s %14s %14s %12s\n", ok ? "Allowed" : "Not allowed",
			"baseline", "now", "change");
	}
	for (size_t i = 0; i < n && (all || i < FIRST); i++)
		text_figure(out, list[i].figure);
	if (!all && n > FIRST)
		fprintf(out, "  and %zu more (--all)\n", n - FIRST);
	free(list);
}

/* ---- histograms ------------------------------------------------------------------------ */

static void text_percentiles(FILE *out, const struct hist_diff *d)
{
	const char *between = "    ";

	for (unsigned i = 0; i < HIST_DIFF_PERCENTILES; i++) {
		if (d->was[i] == d->now[i])
			continue;
		fprintf(out, "%s%s %" PRIu64 " -> %" PRIu64, between,
			hist_diff_percentile_names[i], d->was[i], d->now[i]);
		between = ", ";
	}
	if (*between == ',')
		fprintf(out, " cycles\n");
}

/* Samples over a round time, where their number differs. */
static void text_overs(FILE *out, const struct check *c, const struct check_hist *h)
{
	static const struct {
		const char *name;
		uint64_t us;
	} marks[] = { { "1 us", 1 },    { "10 us", 10 },    { "100 us", 100 },
		      { "1 ms", 1000 }, { "10 ms", 10000 }, { "100 ms", 100000 } };
	const char *between = "    samples over ";

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		uint64_t cycles = marks[i].us * c->was->result.clock_mhz;
		uint64_t was = hist_diff_over(h->was, cycles);
		uint64_t now = hist_diff_over(h->now, cycles);

		if (was == now || !cycles)
			continue;
		fprintf(out, "%s%s: %" PRIu64 " -> %" PRIu64, between, marks[i].name, was, now);
		between = ", ";
	}
	if (*between == ',')
		fputc('\n', out);
}

static void text_hist(FILE *out, const struct check *c, const struct check_hist *h)
{
	const struct hist_diff *d = &h->diff;

	fprintf(out,
		"  %-24s %8" PRIu64 " -> %" PRIu64
		" samples, %.2f %% in other buckets, by %.1f "
		"cycles on average\n",
		h->tag, d->count_was, d->count_now, 100 * d->moved, d->shift);
	fprintf(out,
		"    most in %" PRIu64 "..%" PRIu64 " cycles: %" PRIu64 " -> %" PRIu64
		" samples\n",
		d->lowest, d->highest, d->most_was, d->most_now);
	text_percentiles(out, d);
	text_overs(out, c, h);
	if (h->rule)
		fprintf(out, "    %s: %s\n", h->ok ? "allowed" : h->broken, h->rule->why);
}

static void text_hists(FILE *out, const struct check *c, bool all)
{
	size_t shown = 0;

	if (!c->was->has_log || !c->now->has_log) {
		fprintf(out,
			"\nHistograms were not compared: there is no latency.hlog beside %s\n",
			c->was->has_log ? c->now->result.name : c->was->result.name);
		return;
	}
	if (c->nhists)
		fprintf(out, "\nHistograms that differ\n");
	for (size_t i = 0; i < c->nhists; i++)
		if (all || shown < 5 || (c->hists[i].rule && !c->hists[i].ok)) {
			text_hist(out, c, &c->hists[i]);
			shown++;
		}
	if (shown < c->nhists)
		fprintf(out, "  and %zu more (--all)\n", c->nhists - shown);
}

/* Without rules, histograms that differ are those of the figures. */
static bool all_is_better(const struct check *c)
{
	return c->findings[DIFF_BETTER] && !c->findings[DIFF_WORSE] &&
	       !c->findings[DIFF_CHANGED] && !(c->rules && c->broken_hists);
}

void check_text(FILE *out, const struct check *c, bool all)
{
	char verdict[320];

	text_side(out, "Baseline", &c->was->result);
	text_side(out, "Result", &c->now->result);
	check_verdict(c, verdict, sizeof(verdict));
	fprintf(out, "Verdict   %s\n", verdict);
	text_inputs(out, c, all);
	if (c->n)
		text_parts(out, c);
	text_figures(out, c, false, all);
	text_figures(out, c, true, all);
	if (c->n || c->nhists)
		text_hists(out, c, all);
	if (all_is_better(c))
		fprintf(out,
			"\nAll that differs is better. --update takes it as the baseline.\n");
}
