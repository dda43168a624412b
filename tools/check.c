#include "tools/check.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/check_core.h"

const char *const check_parts[CHECK_PARTS] = { "counters", "latency", "fragmentation", "series",
					       "final_state" };

bool check_fail(struct check_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return false;
}

/* ---- may they be compared -------------------------------------------------------------- */

static bool judge_inputs(const struct check *c, bool other_inputs, struct check_error *err)
{
	for (size_t i = 0; i < c->inputs.n; i++) {
		const struct check_input *input = &c->inputs.list[i];

		if (!input->must || other_inputs || check_rules_input(c->rules, input->name))
			continue;
		return check_fail(err,
				  "another %s: %s in the baseline (%s), %s in %s; "
				  "--different-inputs compares them nevertheless",
				  input->name, input->was, c->was->result.name, input->now,
				  c->now->result.name);
	}
	return true;
}

static bool is_part(const char *pattern)
{
	for (size_t i = 0; i < CHECK_PARTS; i++)
		if (metric_fits(pattern, check_parts[i]))
			return true;
	return false;
}

/* A rule about no figure is a misspelt one. */
static bool judge_rules(const struct check *c, struct check_error *err)
{
	const struct metric_list *was = c->was->metrics, *now = c->now->metrics;
	struct conf_error at = { .text = "" };

	for (size_t i = 0; c->rules && i < c->rules->n; i++) {
		const struct check_rule *rule = &c->rules->rules[i];
		const char *near;

		if (is_part(rule->pattern) || metric_count(was, rule->pattern) ||
		    metric_count(now, rule->pattern))
			continue;
		near = metric_nearest(was, rule->pattern);
		conf_fail(rule->at, &at, "no figure is called '%.100s'%s%s%s", rule->pattern,
			  near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
		return check_fail(err, "%s", at.text);
	}
	return true;
}

/* ---- figures --------------------------------------------------------------------------- */

static void judge(struct check *c, const struct diff_row *row)
{
	struct check_figure *f = &c->figures[c->n++];

	*f = (struct check_figure){ .row = *row, .rule = check_rules_for(c->rules, row->name) };
	f->ok = f->rule && allow_holds(&f->rule->allow, row);
	if (f->rule) {
		f->rule->used++;
		f->rule->broken += !f->ok;
	}
	c->by_verdict[row->verdict]++;
	c->findings[row->verdict] += !f->ok;
}

/* What is measured on the host is looked at where a rule says so, and says "host". */
static bool looked_at(const struct check *c, const struct diff_row *row)
{
	const struct check_rule *rule;

	if (!row->of_host)
		return true;
	rule = check_rules_for(c->rules, row->name);
	return rule && strncmp(rule->pattern, "host.", 5) == 0;
}

/* A part that differs where no figure shows it is a figure of its own. */
static void judge_part(struct check *c, size_t part)
{
	static const struct metric_kind kinds[2] = {
		{ "", "", METRIC_NEITHER, "" }, { "series", "samples", METRIC_NEITHER, "" }
	};
	const char *name = check_parts[part];
	const json_t *was = json_object_get(c->was->result.json, name);
	const json_t *now = json_object_get(c->now->result.json, name);
	struct diff_row row = { .name = name, .had = true, .has = true };
	bool is_series = strcmp(name, "series") == 0;

	c->part_same[part] = json_equal((json_t *)was, (json_t *)now);
	if (c->part_same[part])
		return;
	for (size_t i = 0; !is_series && i < c->n; i++)
		if (strncmp(c->figures[i].row.name, name, strlen(name)) == 0)
			return;
	row.kind = &kinds[is_series];
	row.now = is_series ? (double)check_series_count(was, now) : 1;
	row.verdict = DIFF_CHANGED;
	judge(c, &row);
}

static bool compare(struct check *c, struct check_error *err)
{
	c->diff = diff_new(c->was->metrics, c->now->metrics, true);
	c->figures = c->diff ? calloc(c->diff->n + CHECK_PARTS, sizeof(*c->figures)) : NULL;
	if (!c->figures)
		return check_fail(err, "out of memory");
	/* Figures outside the digest, such as score, follow from those in it: of equal results
	 * only what is measured is left. */
	for (size_t i = 0; i < c->diff->n; i++)
		if (looked_at(c, &c->diff->rows[i]))
			judge(c, &c->diff->rows[i]);
	for (size_t i = 0; i < CHECK_PARTS; i++)
		judge_part(c, i);
	return check_hists_make(c, err);
}

bool check_make(struct check *c, const struct check_side *was, const struct check_side *now,
		struct check_rules *rules, bool other_inputs, struct check_error *err)
{
	*c = (struct check){ .was = was, .now = now, .rules = rules };
	c->same = strcmp(was->result.digest, now->result.digest) == 0;
	check_inputs_compare(was->result.json, now->result.json, &c->inputs);
	return judge_inputs(c, other_inputs, err) && judge_rules(c, err) && compare(c, err);
}

void check_free(struct check *c)
{
	diff_free(c->diff);
	free(c->figures);
	free(c->hists);
	*c = (struct check){ 0 };
}

/* ---- verdict --------------------------------------------------------------------------- */

static size_t findings(const struct check *c)
{
	return c->findings[DIFF_WORSE] + c->findings[DIFF_CHANGED] + c->findings[DIFF_BETTER];
}

bool check_differs(const struct check *c)
{
	return findings(c) || c->broken_hists;
}

/* "3 worse, 1 better": what there is none of is not named. */
static void count_words(const size_t n[DIFF_VERDICTS], char *text, size_t size)
{
	static const char *const names[DIFF_VERDICTS] = {
		[DIFF_WORSE] = "worse",
		[DIFF_BETTER] = "better",
		[DIFF_CHANGED] = "neither",
	};
	static const enum diff_verdict order[] = { DIFF_WORSE, DIFF_BETTER, DIFF_CHANGED };
	size_t at = 0;

	*text = '\0';
	for (size_t i = 0; i < DIFF_VERDICTS; i++)
		if (n[order[i]])
			at += (size_t)snprintf(text + at, size - at, "%s%zu %s", at ? ", " : "",
					       n[order[i]], names[order[i]]);
}

/* "1 figure", "3 figures". */
static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void check_verdict(const struct check *c, char *text, size_t size)
{
	size_t n = findings(c), broken = c->broken_hists;
	char words[120];

	count_words(check_differs(c) ? c->findings : c->by_verdict, words, sizeof(words));
	if (!check_differs(c) && c->same)
		snprintf(text, size, "the same: every figure is that of the baseline");
	else if (!check_differs(c))
		snprintf(text, size, "within rules: %zu figure%s differ (%s), all allowed",
			 c->n, plural(c->n), words);
	else if (!c->rules)
		snprintf(text, size, "different: %zu figure%s (%s)", n, plural(n), words);
	else if (!n)
		snprintf(text, size, "different: %zu histogram%s beyond the rules", broken,
			 plural(broken));
	else
		snprintf(text, size,
			 "different: %zu figure%s that no rule allows (%s), %zu histogram%s "
			 "beyond the rules",
			 n, plural(n), words, broken, plural(broken));
}
