/*
 * A comparison as text and as JSON.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/check_inputs.h"
#include "tools/compare.h"
#include "tools/compare_table.h"

#define COMPARE_VERSION 1
#define FIRST_INPUTS 6 /* inputs that differ and are printed unless all are asked for */

/* ---- what is compared ------------------------------------------------------------------ */

static const char *trace_name(const struct compare_side *side)
{
	const json_t *inputs = json_object_get(side->result.json, "inputs");
	const char *name =
		json_string_value(json_object_get(json_object_get(inputs, "trace"), "name"));

	return name && *name ? name : "a trace";
}

/* What the side was told otherwise than the first one. Of another kernel that says all. */
static void text_inputs(FILE *out, const struct compare *c, unsigned i, bool all)
{
	struct check_inputs *inputs = malloc(sizeof(*inputs));
	size_t shown = 0;

	if (!inputs)
		return;
	check_inputs_compare(c->sides[0].result.json, c->sides[i].result.json, inputs);
	for (size_t k = 0; k < inputs->n && (all || shown < FIRST_INPUTS); k++) {
		const struct check_input *input = &inputs->list[k];

		if (strcmp(input->name, "kernel") == 0 || strcmp(input->name, "trace") == 0)
			continue;
		fprintf(out, "%s%s %s -> %s", shown++ ? ", " : "; ", input->name, input->was,
			input->now);
	}
	if (!all && inputs->n > shown + FIRST_INPUTS)
		fprintf(out, ", and %zu more (--all)", inputs->n - shown);
	free(inputs);
}

static void text_sides(FILE *out, const struct compare *c, bool all)
{
	for (unsigned i = 0; i < c->nsides; i++) {
		const struct compare_side *side = &c->sides[i];

		fprintf(out, "%-24s Linux %s, %s, %u MHz", side->label, side->result.kernel,
			trace_name(side), side->result.clock_mhz);
		if (i)
			text_inputs(out, c, i, all);
		fputc('\n', out);
	}
	if (!compare_same_trace(c))
		fprintf(out, "Not the same trace: figures differ for that, too.\n");
}

/* ---- words ----------------------------------------------------------------------------- */

/* The sentences on one side. */
static void text_side_words(FILE *out, const struct compare *c,
			    const struct compare_words *words, unsigned side, bool all)
{
	size_t most = compare_words_most(c, all), shown = 0, n = 0;

	fprintf(out, "\n%s against %s\n", c->sides[side].label, c->sides[0].label);
	for (size_t i = 0; i < words->n; i++) {
		if (words->list[i].side != side)
			continue;
		n++;
		if (shown == most)
			continue;
		fprintf(out, "* %s\n", words->list[i].text);
		shown++;
	}
	if (shown < n)
		fprintf(out, "* and %zu more (--all)\n", n - shown);
	if (!n)
		fprintf(out, "* No figure that people ask for first differs by much.\n");
}

static void text_words(FILE *out, const struct compare *c, const struct compare_words *words,
		       bool all)
{
	if (compare_same(c)) {
		fprintf(out, "\nThe results are identical: no figure differs.\n");
		return;
	}
	for (unsigned i = 1; i < c->nsides; i++)
		text_side_words(out, c, words, i, all);
}

/* ---- table ----------------------------------------------------------------------------- */

static void text_cell(FILE *out, const struct compare_row *row, unsigned i)
{
	struct compare_table_cell cell = compare_table_cell(row, i);

	fprintf(out, " %16s", cell.value);
	if (i)
		fprintf(out, " %10s", cell.change);
}

static void text_row(FILE *out, const struct compare *c, const struct compare_row *row)
{
	fprintf(out, "  %-44s", row->name);
	for (unsigned i = 0; i < c->nsides; i++)
		text_cell(out, row, i);
	fprintf(out, "%s%s\n", *row->kind->unit ? "  " : "", row->kind->unit);
}

static void text_heading(FILE *out, const struct compare *c, const char *heading)
{
	fprintf(out, "\n%-46s", heading);
	for (unsigned i = 0; i < c->nsides; i++)
		fprintf(out, i ? " %27.27s" : " %16.16s", c->sides[i].label);
	fputc('\n', out);
}

static bool text_table(FILE *out, const struct compare *c, bool all)
{
	size_t n;
	const struct compare_row **rows = compare_table(c, all, &n);
	const char *heading = "";

	if (!rows)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *part = compare_table_part(rows[i]);

		if (strcmp(part, heading) != 0)
			text_heading(out, c, part);
		heading = part;
		text_row(out, c, rows[i]);
	}
	if (n < c->nrows)
		fprintf(out, "\n%zu more figures differ (--all).\n", c->nrows - n);
	free(rows);
	return true;
}

bool compare_print_text(FILE *out, const struct compare *c, bool all)
{
	struct compare_words *words = malloc(sizeof(*words));

	if (!words)
		return false;
	compare_words(c, words);
	text_sides(out, c, all);
	text_words(out, c, words, all);
	free(words);
	return text_table(out, c, all);
}

/* ---- JSON ------------------------------------------------------------------------------ */

static json_t *sides_json(const struct compare *c)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < c->nsides; i++) {
		const struct compare_side *side = &c->sides[i];

		json_array_append_new(list, json_pack("{ss* ss ss ss sI}", "label", side->label,
						      "kernel", side->result.kernel, "trace",
						      trace_name(side), "result_digest",
						      side->result.digest, "clock_mhz",
						      (json_int_t)side->result.clock_mhz));
	}
	return list;
}

static json_t *rows_json(const struct compare *c)
{
	static const char *const directions[] = { "neither", "less", "more" };
	json_t *list = json_array();

	for (size_t i = 0; i < c->nrows; i++) {
		const struct compare_row *row = &c->rows[i];
		json_t *values = json_array();

		for (unsigned k = 0; k < c->nsides; k++)
			json_array_append_new(
				values, row->values[k] ? metric_json(row->values[k]->value)
						       : json_string("-"));
		json_array_append_new(list, json_pack("{ss so ss ss sb}", "figure", row->name,
						      "values", values, "unit", row->kind->unit,
						      "better", directions[row->kind->better],
						      "matters", row->matters));
	}
	return list;
}

static json_t *words_json(const struct compare_words *words)
{
	json_t *list = json_array();

	for (size_t i = 0; i < words->n; i++) {
		const struct compare_sentence *s = &words->list[i];
		json_t *figures = json_array();

		for (size_t k = 0; k < sizeof(s->figures) / sizeof(*s->figures); k++)
			if (*s->figures[k])
				json_array_append_new(figures, json_string(s->figures[k]));
		json_array_append_new(
			list, json_pack("{ss* so}", "text", s->text, "figures", figures));
	}
	return list;
}

json_t *compare_print_json(const struct compare *c)
{
	struct compare_words *words = malloc(sizeof(*words));
	json_t *json;

	if (!words)
		return NULL;
	compare_words(c, words);
	json = json_pack("{ss si sb so so so}", "format", "pagesim compare", "version",
			 COMPARE_VERSION, "identical", compare_same(c), "results",
			 sides_json(c), "words", words_json(words), "figures", rows_json(c));
	free(words);
	return json;
}
