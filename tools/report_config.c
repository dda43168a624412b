/* What was run, value by value, and how to run it again. */
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

/* ---- configuration ---------------------------------------------------------------------- */

static void put_value(FILE *out, const json_t *value)
{
	char *text = json_is_string(value) ? NULL
					   : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

	fputs("<td class=\"value\">", out);
	report_html_text(out, text                    ? text
			      : json_is_string(value) ? json_string_value(value)
						      : "");
	free(text);
}

/* A row a value: parts of the scenario by their path. */
static void put_values(struct report_page *p, const char *path, const json_t *value)
{
	const char *name;
	json_t *part;

	if (json_is_object(value) && json_object_size(value)) {
		json_object_foreach((json_t *)value, name, part) put_values(
			p, *path ? report_page_words(p, "%s.%s", path, name) : name, part);
		return;
	}
	report_html_row(p->out);
	report_html_cell(p->out, "%s", path);
	put_value(p->out, value);
}

/* With several results: only what is not the same in all of them, a column each. */
static bool is_equal(const struct report_page *p, const char *path)
{
	for (unsigned i = 1; i < p->nruns; i++) {
		const json_t *a = report_page_at(p->runs[0].json, path);
		const json_t *b = report_page_at(p->runs[i].json, path);

		if (a != b && (!a || !b || !json_equal(a, b)))
			return false;
	}
	return true;
}

static unsigned put_differences(struct report_page *p, const char *path)
{
	unsigned found = 0;
	const json_t *first = NULL;
	const char *name;
	json_t *part;

	if (is_equal(p, path))
		return 0;
	for (unsigned i = 0; i < p->nruns && !json_is_object(first); i++)
		first = report_page_at(p->runs[i].json, path);
	if (json_is_object(first)) {
		json_object_foreach((json_t *)first, name, part) found +=
			put_differences(p, report_page_words(p, "%s.%s", path, name));
		if (found)
			return found;
	}
	report_html_row(p->out);
	report_html_cell(p->out, "%s", path + strlen("scenario."));
	for (unsigned i = 0; i < p->nruns; i++) {
		const json_t *value = report_page_at(p->runs[i].json, path);

		if (value)
			put_value(p->out, value);
		else
			report_html_cell(p->out, "-");
	}
	return 1;
}

static void put_all_differences(struct report_page *p)
{
	const char *heads[REPORT_MOST + 2] = { "parameter" };
	const json_t *scenario = report_page_at(p->runs[0].json, "scenario");
	unsigned found = 0;
	const char *name;
	json_t *part;

	for (unsigned i = 0; i < p->nruns; i++)
		heads[i + 1] = p->runs[i].name;
	fputs("<h3>What differs</h3>\n", p->out);
	report_html_table(p->out, heads);
	json_object_foreach((json_t *)scenario, name, part) found +=
		put_differences(p, report_page_words(p, "scenario.%s", name));
	report_html_table_end(p->out);
	if (!found)
		fputs("<p class=\"none\">Nothing: the scenarios are the same.</p>\n", p->out);
}

void report_config(struct report_page *p)
{
	static const char *const heads[] = { "parameter", "value", NULL };

	if (p->nruns > 1)
		put_all_differences(p);
	for (unsigned i = 0; i < p->nruns; i++) {
		const json_t *scenario = report_page_at(p->runs[i].json, "scenario");

		report_html_fold(p->out, "All values%s%s", p->nruns > 1 ? ": " : "",
				 p->nruns > 1 ? p->runs[i].name : "");
		report_html_table(p->out, heads);
		put_values(p, "", scenario);
		report_html_table_end(p->out);
		report_html_fold_end(p->out);
	}
}
