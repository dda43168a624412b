#include "tools/compare_report.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/compare_table.h"
#include "tools/interrupt.h"
#include "tools/report_html.h"

static bool fail(struct compare_report_error *err, int status, const char *text)
{
	err->status = status;
	snprintf(err->text, sizeof(err->text), "%s", text);
	return false;
}

/* ---- what stands above all else -------------------------------------------------------- */

struct lead {
	struct compare_words words;
	char quiet[COMPARE_SIDES][COMPARE_WORDS]; /* of sides that nothing is told of */
	const char *sentences[COMPARE_SENTENCES + COMPARE_SIDES + 1];
	unsigned n;
};

static void lead_with_side(struct lead *lead, const struct compare *c, unsigned side, bool all)
{
	size_t most = compare_words_most(c, all), told = 0;

	for (size_t i = 0; i < lead->words.n && told < most; i++)
		if (lead->words.list[i].side == side) {
			lead->sentences[lead->n++] = lead->words.list[i].text;
			told++;
		}
	if (told)
		return;
	snprintf(lead->quiet[side], sizeof(lead->quiet[side]),
		 "%s against %s: no figure that people ask for first differs by much.",
		 c->sides[side].label, c->sides[0].label);
	lead->sentences[lead->n++] = lead->quiet[side];
}

static void make_lead(struct lead *lead, const struct compare *c, bool all)
{
	compare_words(c, &lead->words);
	if (!compare_same_trace(c))
		lead->sentences[lead->n++] =
			"Not the same trace: figures differ for that, too.";
	if (compare_same(c)) {
		lead->sentences[lead->n++] = "The results are identical: no figure differs.";
		return;
	}
	for (unsigned i = 1; i < c->nsides; i++)
		lead_with_side(lead, c, i, all);
}

/* ---- the table ------------------------------------------------------------------------- */

struct table {
	const struct compare *c;
	const struct compare_row **rows;
	size_t n;
};

static void put_row(FILE *out, const struct compare *c, const struct compare_row *row)
{
	report_html_row(out);
	report_html_cell(out, "%s", row->name);
	for (unsigned i = 0; i < c->nsides; i++) {
		struct compare_table_cell cell = compare_table_cell(row, i);

		report_html_figure(out, "%s", cell.value);
		if (i)
			report_html_figure(out, "%s", cell.change);
	}
	report_html_cell(out, "%s", row->kind->unit);
}

/* Rows of one part, from the one at `first`; the first one of the next part. */
static size_t put_part(FILE *out, const struct table *t, size_t first)
{
	const char *part = compare_table_part(t->rows[first]);
	const char *heads[2 * REPORT_MOST + 3] = { "" };
	unsigned n = 1;
	size_t i = first;

	for (unsigned side = 0; side < t->c->nsides; side++) {
		heads[n++] = t->c->sides[side].label;
		if (side)
			heads[n++] = "change";
	}
	heads[n] = "unit";
	fprintf(out, "<h3>%s</h3>\n", part);
	report_html_table(out, heads);
	for (; i < t->n && strcmp(compare_table_part(t->rows[i]), part) == 0; i++)
		put_row(out, t->c, t->rows[i]);
	report_html_table_end(out);
	return i;
}

static void put_table(FILE *out, const void *ctx)
{
	const struct table *t = ctx;
	size_t left = t->c->nrows - t->n;

	if (!t->c->nrows)
		fputs("<p class=\"none\">No figure differs.</p>\n", out);
	for (size_t i = 0; i < t->n;)
		i = put_part(out, t, i);
	if (left)
		fprintf(out,
			"<p class=\"none\">%zu more figures differ by little or are asked for "
			"less often: pagesim compare --all has them.</p>\n",
			left);
}

/* ---- all of it ------------------------------------------------------------------------- */

/* Sides with the histograms that lie beside them. */
struct inputs {
	struct report_input in[REPORT_MOST];
	struct sim_hist_log logs[REPORT_MOST];
};

static bool read_inputs(struct inputs *inputs, const struct compare *c,
			struct compare_report_error *err)
{
	struct result_read_error failed;

	for (unsigned i = 0; i < c->nsides; i++) {
		const struct compare_side *side = &c->sides[i];
		bool there;

		if (!result_read_log(&side->result, &inputs->logs[i], &there, &failed))
			return fail(err, failed.status, failed.text);
		inputs->in[i] = (struct report_input){
			.name = side->label,
			.result = side->result.json,
			.log = there ? &inputs->logs[i] : NULL,
			.folder = side->result.folder,
			.passing = side->passing,
		};
	}
	return true;
}

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* report_write() raises a signal again, which would end us before the results of runs, which
 * nobody wants to keep, are away. */
static bool write_page(const char *path, const struct inputs *inputs, const struct compare *c,
		       const struct report_options *options, struct compare_report_error *err)
{
	struct interrupt before;
	bool ok;

	interrupted = 0;
	interrupt_catch(&before, on_signal);
	err->status = CMD_SYSTEM;
	ok = report_write(path, inputs->in, c->nsides, options, err->text, sizeof(err->text));
	interrupt_release(&before);
	return interrupted ? fail(err, CMD_INTERRUPTED, "interrupted") : ok;
}

bool compare_report(const char *path, const struct compare *c, bool all,
		    struct compare_report_error *err)
{
	struct table table = { .c = c };
	struct report_section section = { "differences", "Differences", put_table, &table };
	struct inputs inputs = { 0 };
	struct lead *lead = calloc(1, sizeof(*lead));
	bool ok;

	table.rows = compare_table(c, all, &table.n);
	ok = (lead && table.rows) || fail(err, CMD_SYSTEM, "out of memory");
	ok = ok && read_inputs(&inputs, c, err);
	if (ok) {
		make_lead(lead, c, all);
		ok = write_page(path, &inputs, c,
				&(struct report_options){ .sentences = lead->sentences,
							  .nsentences = lead->n,
							  .section = &section },
				err);
	}
	for (unsigned i = 0; i < REPORT_MOST; i++)
		sim_hist_log_free(&inputs.logs[i]);
	free(table.rows);
	free(lead);
	return ok;
}
