/*
 * A check as JUnit XML, as CI services read it: a case for each part of the result, each rule
 * and each histogram's rule, with what is wrong as its failure.
 */
#include <string.h>

#include "tools/check_core.h"

/* Paths can be any bytes, XML cannot. */
static bool is_utf8(const char *text)
{
	json_t *string = json_string(text);

	json_decref(string);
	return string != NULL;
}

/* XML 1.0 has no way to write most control characters: they become spaces. */
static void put_escaped(FILE *out, const char *text)
{
	bool utf8 = is_utf8(text);

	for (; *text; text++) {
		if ((unsigned char)*text >= 0x80 && !utf8) {
			fputc('?', out);
			continue;
		}
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\n':
			fputs("&#10;", out);
			break;
		default:
			fputc((unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text, out);
		}
	}
}

static void begin_suite(FILE *out, const char *name, size_t tests, size_t failures,
			size_t errors)
{
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		     "  <testsuite name=\"");
	put_escaped(out, name);
	fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n", tests, failures,
		errors);
}

static void end_suite(FILE *out)
{
	fprintf(out, "  </testsuite>\n</testsuites>\n");
}

static void begin_case(FILE *out, const char *name, const char *of)
{
	fprintf(out, "    <testcase classname=\"pagesim.check\" name=\"");
	put_escaped(out, of);
	put_escaped(out, name);
	fprintf(out, "\">");
}

static void end_case(FILE *out)
{
	fprintf(out, "</testcase>\n");
}

static void begin_failure(FILE *out, const char *message)
{
	fprintf(out, "\n      <failure message=\"");
	put_escaped(out, message);
	fprintf(out, "\">");
}

static void end_failure(FILE *out)
{
	fprintf(out, "</failure>\n    ");
}

static void put_figure(FILE *out, const struct diff_row *row)
{
	char was[METRIC_TEXT], now[METRIC_TEXT], change[DIFF_TEXT], line[512];

	diff_side(row->had, row->was, was);
	diff_side(row->has, row->now, now);
	diff_change(row, change);
	snprintf(line, sizeof(line), "%.200s: %s -> %s %s (%s, %s)\n", row->name, was, now,
		 row->kind->unit, change, diff_verdict_names[row->verdict]);
	put_escaped(out, line);
}

/* ---- parts of the result --------------------------------------------------------------- */

/* Figures that no rule is about; the others are with their rules. */
static bool is_of_part(const struct check_figure *f, const char *part)
{
	size_t n = strlen(part);

	return !f->rule && strncmp(f->row.name, part, n) == 0 &&
	       (f->row.name[n] == '.' || !f->row.name[n]);
}

static size_t part_findings(const struct check *c, const char *part)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += is_of_part(&c->figures[i], part);
	return n;
}

/* Beside the parts of the digest: what is made of several. */
static const char *const others[] = { "locks", "score", "workload" };

#define OTHERS (sizeof(others) / sizeof(*others))

static const char *part_name(size_t i)
{
	return i < CHECK_PARTS ? check_parts[i] : others[i - CHECK_PARTS];
}

static void put_part(FILE *out, const struct check *c, const char *part)
{
	size_t n = part_findings(c, part);
	char message[80];

	begin_case(out, part, "");
	if (n) {
		snprintf(message, sizeof(message), "%zu figures differ from the baseline", n);
		begin_failure(out, message);
		for (size_t i = 0; i < c->n; i++)
			if (is_of_part(&c->figures[i], part))
				put_figure(out, &c->figures[i].row);
		end_failure(out);
	}
	end_case(out);
}

/* ---- rules ----------------------------------------------------------------------------- */

static void put_rule(FILE *out, const struct check *c, const struct check_rule *rule)
{
	char message[256];

	begin_case(out, rule->pattern, "rule ");
	if (rule->broken) {
		snprintf(message, sizeof(message), "%lu figures beyond %.60s (%.120s)",
			 rule->broken, rule->text, rule->why);
		begin_failure(out, message);
		for (size_t i = 0; i < c->n; i++)
			if (c->figures[i].rule == rule && !c->figures[i].ok)
				put_figure(out, &c->figures[i].row);
		end_failure(out);
	}
	end_case(out);
}

static bool is_broken(const struct check_hist *h, const struct check_hist_rule *rule)
{
	return h->rule == rule && !h->ok;
}

/* rule NULL: histograms without a rule, of a check without rules. */
static void put_hists(FILE *out, const struct check *c, const struct check_hist_rule *rule,
		      size_t broken)
{
	begin_case(out, rule ? rule->pattern : "histograms", rule ? "histogram " : "");
	if (broken) {
		begin_failure(out, rule ? rule->why : "histograms differ from the baseline");
		for (size_t i = 0; i < c->nhists; i++) {
			const struct check_hist *h = &c->hists[i];

			if (!is_broken(h, rule))
				continue;
			put_escaped(out, h->tag);
			put_escaped(out, ": ");
			put_escaped(out, h->broken);
			put_escaped(out, "\n");
		}
		end_failure(out);
	}
	end_case(out);
}

static size_t broken_without_rule(const struct check *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->nhists; i++)
		n += is_broken(&c->hists[i], NULL);
	return n;
}

static size_t count_failures(const struct check *c)
{
	size_t n = broken_without_rule(c) > 0;

	for (size_t i = 0; i < CHECK_PARTS + OTHERS; i++)
		n += part_findings(c, part_name(i)) > 0;
	for (size_t i = 0; c->rules && i < c->rules->n; i++)
		n += c->rules->rules[i].broken > 0;
	for (size_t i = 0; c->rules && i < c->rules->nhists; i++)
		n += c->rules->hists[i].broken > 0;
	return n;
}

void check_junit(FILE *out, const struct check *c, const char *name)
{
	size_t nrules = c->rules ? c->rules->n : 0, nhists = c->rules ? c->rules->nhists : 0;

	begin_suite(out, name, CHECK_PARTS + OTHERS + 1 + nrules + nhists, count_failures(c),
		    0);
	for (size_t i = 0; i < CHECK_PARTS + OTHERS; i++)
		put_part(out, c, part_name(i));
	put_hists(out, c, NULL, broken_without_rule(c));
	for (size_t i = 0; i < nrules; i++)
		put_rule(out, c, &c->rules->rules[i]);
	for (size_t i = 0; i < nhists; i++)
		put_hists(out, c, &c->rules->hists[i], c->rules->hists[i].broken);
	end_suite(out);
}

void check_junit_error(FILE *out, const char *name, const char *why)
{
	begin_suite(out, name, 1, 0, 1);
	begin_case(out, "can be compared", "");
	fprintf(out, "\n      <error message=\"");
	put_escaped(out, why);
	fprintf(out, "\"/>\n    ");
	end_case(out);
	end_suite(out);
}
