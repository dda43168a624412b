#include "tools/metric_print.h"

#include <string.h>

static const char *const directions[] = {
	[METRIC_NEITHER] = "neither",
	[METRIC_LESS] = "less",
	[METRIC_MORE] = "more",
};

void metric_print_text(FILE *out, const struct metric_list *list)
{
	fprintf(out, "%-62s %16s  %s\n", "figure", "value", "unit, better");
	for (size_t i = 0; i < list->n; i++) {
		const struct metric *m = &list->metrics[i];
		char value[METRIC_TEXT];

		metric_print(m->value, value);
		fprintf(out, "%-62s %16s  %s%s%s\n", m->name, value, m->kind->unit,
			*m->kind->unit ? ", " : "", directions[m->kind->better]);
	}
}

bool metric_print_json(FILE *out, const struct metric_list *list)
{
	json_t *figures = json_array();
	bool ok;

	for (size_t i = 0; i < list->n; i++) {
		const struct metric *m = &list->metrics[i];

		json_array_append_new(figures,
				      json_pack("{ss so ss ss}", "figure", m->name, "value",
						metric_json(m->value), "unit", m->kind->unit,
						"better", directions[m->kind->better]));
	}
	ok = json_dumpf(figures, out, JSON_INDENT(1)) == 0 && fputc('\n', out) != EOF;
	json_decref(figures);
	return ok;
}

/* Lines of a doc are one line of a table. */
static void print_doc(FILE *out, const char *doc)
{
	for (; *doc; doc++)
		fputc(*doc == '\n' ? ' ' : *doc, out);
}

void metric_print_kinds(FILE *out)
{
	fprintf(out, "| figures | unit | better | what they are |\n|---|---|---|---|\n");
	for (const struct metric_kind *k = metric_kinds; k->pattern; k++) {
		fprintf(out, "| `%s` | %s | %s | ", k->pattern, k->unit, directions[k->better]);
		print_doc(out, k->doc);
		fprintf(out, " |\n");
	}
}
