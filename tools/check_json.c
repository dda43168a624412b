/*
 * A check as JSON: docs/gate.md has its keys.
 */
#include "tools/check_core.h"

#define CHECK_JSON_VERSION 1

static json_t *text(const char *value)
{
	json_t *json = json_string(value);

	return json ? json : json_string("");
}

static json_t *side_json(const struct check_side *side)
{
	return json_pack("{so so so}", "file", text(side->result.name), "kernel",
			 text(side->result.kernel), "result_digest", text(side->result.digest));
}

static json_t *inputs_json(const struct check *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->inputs.n; i++) {
		const struct check_input *input = &c->inputs.list[i];

		json_array_append_new(list, json_pack("{so so so}", "input", text(input->name),
						      "baseline", text(input->was), "now",
						      text(input->now)));
	}
	return list;
}

static json_t *side_value(bool there, double value)
{
	return there ? metric_json(value) : json_string("-");
}

static json_t *figure_json(const struct check_figure *f)
{
	static const char *const directions[] = { "neither", "less", "more" };
	const struct diff_row *row = &f->row;
	char change[DIFF_TEXT];
	json_t *map;

	diff_change(row, change);
	map = json_pack("{so so so so so so so sb}", "figure", text(row->name), "baseline",
			side_value(row->had, row->was), "now", side_value(row->has, row->now),
			"change", text(change), "unit", text(row->kind->unit), "better",
			text(directions[row->kind->better]), "verdict",
			text(diff_verdict_names[row->verdict]), "allowed", f->ok);
	if (f->rule)
		json_object_set_new(map, "rule",
				    json_pack("{so so so}", "pattern", text(f->rule->pattern),
					      "allow", text(f->rule->text), "why",
					      text(f->rule->why)));
	return map;
}

static json_t *figures_json(const struct check *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n; i++)
		json_array_append_new(list, figure_json(&c->figures[i]));
	return list;
}

static json_t *percentiles_json(const uint64_t values[HIST_DIFF_PERCENTILES])
{
	json_t *map = json_object();

	for (unsigned i = 0; i < HIST_DIFF_PERCENTILES; i++)
		json_object_set_new(map, hist_diff_percentile_names[i],
				    json_integer((json_int_t)values[i]));
	return map;
}

static json_t *hists_json(const struct check *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->nhists; i++) {
		const struct check_hist *h = &c->hists[i];
		const struct hist_diff *d = &h->diff;
		json_t *map = json_pack(
			"{so s[I,I] sf sf s{sI sI s[I,I]} s[o,o] sb}", "tag", text(h->tag),
			"samples", (json_int_t)d->count_was, (json_int_t)d->count_now, "moved",
			d->moved, "shift_cycles", d->shift, "largest", "lowest",
			(json_int_t)d->lowest, "highest", (json_int_t)d->highest, "samples",
			(json_int_t)d->most_was, (json_int_t)d->most_now, "percentiles",
			percentiles_json(d->was), percentiles_json(d->now), "allowed", h->ok);

		if (h->rule)
			json_object_set_new(map, "why", text(h->rule->why));
		if (*h->broken)
			json_object_set_new(map, "broken", text(h->broken));
		json_array_append_new(list, map);
	}
	return list;
}

json_t *check_json(const struct check *c)
{
	char verdict[320];

	check_verdict(c, verdict, sizeof(verdict));
	return json_pack("{ss si sb sb so so so so so so}", "format", "pagesim check",
			 "version", CHECK_JSON_VERSION, "same", c->same, "passed",
			 !check_differs(c), "verdict", text(verdict), "baseline",
			 side_json(c->was), "result", side_json(c->now), "inputs",
			 inputs_json(c), "figures", figures_json(c), "histograms",
			 hists_json(c));
}
