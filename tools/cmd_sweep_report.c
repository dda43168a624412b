/* pagesim sweep report: a sweep as one HTML page. */
#include <stdio.h>
#include <string.h>

#include "tools/cmd_sweep.h"
#include "tools/outdir.h"
#include "tools/sweep_report.h"

static const struct options_row rows[] = {
	{ "output", 'o', "FILE", "the page (default: DIR/report.html); - is stdout" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "sweep report",
	.operands = "DIR",
	.summary = "Writes one self-contained HTML page about a sweep: what each axis buys, in "
		   "words, heat\n"
		   "maps, main effects, fronts between objectives, the best points.",
	.rows = rows,
	.examples = "  pagesim sweep report /tmp/small -o /tmp/small.html\n",
	.min_operands = 1,
	.max_operands = 1,
};

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	(void)row;
	*(const char **)ctx = value;
	return true;
}

static int go(const char *dir, const char *output, bool quiet)
{
	int status;
	struct sweep_manifest *m = cmd_sweep_open(&spec, dir, &status);
	struct sweep_table *t = m ? sweep_table_new(m, dir, sweep_table_patterns) : NULL;
	char text[1024], usual[4096];
	const char *page = output ? output : usual;
	/* What is no file of its own has nothing beside it. */
	bool away = output && (strcmp(page, "-") == 0 || outdir_is_device(page));

	if (m && !t)
		status = options_fail(&spec, CMD_SYSTEM, "out of memory");
	snprintf(usual, sizeof(usual), "%s/report.html", dir);
	if (t && !sweep_report_write(page, away ? usual : page, t, text, sizeof(text)))
		status = options_fail(&spec, CMD_SYSTEM, "%s", text);
	if (t && status == CMD_DONE && !quiet && strcmp(page, "-") != 0)
		printf("Report: %s (%zu of %zu points)\n", page, t->ndone, t->nrows);
	sweep_table_free(t);
	sweep_manifest_free(m);
	return status;
}

int cmd_sweep_report(int argc, char **argv)
{
	const char *output = NULL;
	struct options_result o = options_parse(&spec, argc, argv, set_option, &output);

	return o.ended ? o.status : go(o.operands[0], output, o.quiet);
}
