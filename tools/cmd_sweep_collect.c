/* pagesim sweep collect: all results of a folder as one table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd_sweep.h"
#include "tools/sweep_sql.h"
#include "tools/sweep_table.h"
#include "tools/whole_file.h"

#define MOST_PATTERNS 64

static const struct options_row rows[] = {
	{ "csv", 0, "FILE", "write the table there as CSV (- for stdout)" },
	{ "sqlite", 0, "FILE", "write the table there as an SQLite database with views" },
	{ "figures", 0, "PATTERN",
	  "figures to take besides the objectives, in place of the usual ones: a name or a\n"
	  "pattern such as 'latency.alloc.order*.p99'; '*' is all; may be given again" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "sweep collect",
	.operands = "DIR",
	.summary = "Puts all results of a sweep's folder into one table: a row for each point, "
		   "columns for\n"
		   "its axes and figures (docs/metrics.md). The digest that is printed leaves "
		   "out what was\n"
		   "measured on the host: it is the same wherever the points were done.",
	.rows = rows,
	.examples = "  pagesim sweep collect /tmp/small --csv /tmp/small.csv\n"
		    "  pagesim sweep collect /tmp/small --sqlite /tmp/small.sqlite\n"
		    "  sqlite3 /tmp/small.sqlite 'SELECT * FROM best_points'\n",
	.min_operands = 1,
	.max_operands = 1,
};

struct request {
	const char *csv, *sqlite, *patterns[MOST_PATTERNS + 1];
	size_t npatterns;
	bool quiet;
};

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;

	if (strcmp(row->name, "csv") == 0) {
		q->csv = value;
	} else if (strcmp(row->name, "sqlite") == 0) {
		q->sqlite = value;
	} else if (q->npatterns == MOST_PATTERNS) {
		options_fail(&spec, CMD_USAGE, "more than %d patterns", MOST_PATTERNS);
		return false;
	} else {
		q->patterns[q->npatterns++] = value;
	}
	return true;
}

static int write_csv(const struct request *q, const struct sweep_table *t)
{
	char *csv = NULL, text[512] = "out of memory";
	size_t size;
	FILE *out = open_memstream(&csv, &size);
	bool ok = out != NULL;

	if (out) {
		sweep_table_csv(out, t, true);
		ok = !ferror(out);
		ok = fclose(out) == 0 && ok;
	}
	ok = ok && whole_file_write(q->csv, csv, text, sizeof(text));
	free(csv);
	return ok ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "%s", text);
}

/* An objective that nothing fits is a misspelt one, or of another kernel. */
static void tell_objectives(const struct sweep_table *t)
{
	const json_t *pattern;
	size_t i, k;

	json_array_foreach(json_object_get(t->m->head, "objectives"), i, pattern)
	{
		for (k = 0; k < t->ncolumns; k++)
			if (metric_fits(json_string_value(pattern), t->columns[k].name))
				break;
		if (t->ndone && k == t->ncolumns)
			fprintf(stderr,
				"pagesim sweep collect: no result has a figure for the "
				"objective '%s'\n",
				json_string_value(pattern));
	}
}

static int tell(const struct request *q, const struct sweep_table *t)
{
	FILE *out = q->csv && strcmp(q->csv, "-") == 0 ? stderr : stdout;
	char digest[33];

	if (!sweep_table_digest(t, digest))
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	tell_objectives(t);
	if (t->ndone < t->nrows)
		fprintf(stderr, "pagesim sweep collect: %zu of %zu points have no result\n",
			t->nrows - t->ndone, t->nrows);
	if (!q->quiet)
		fprintf(out, "Rows: %zu, figures: %zu\nDigest without the host's figures: %s\n",
			t->nrows, t->ncolumns, digest);
	return CMD_DONE;
}

static int go(const struct request *q, const char *dir)
{
	int status;
	struct sweep_manifest *m = cmd_sweep_open(&spec, dir, &status);
	struct sweep_table *t;
	char text[512];

	if (!m)
		return status;
	t = sweep_table_new(m, dir, q->npatterns ? q->patterns : sweep_table_patterns);
	if (!t)
		status = options_fail(&spec, CMD_SYSTEM, "out of memory");
	if (t && q->csv)
		status = write_csv(q, t);
	if (t && status == CMD_DONE && q->sqlite &&
	    !sweep_sql_write(q->sqlite, t, text, sizeof(text)))
		status = options_fail(&spec, CMD_SYSTEM, "%s", text);
	if (t && status == CMD_DONE)
		status = tell(q, t);
	sweep_table_free(t);
	sweep_manifest_free(m);
	return status;
}

int cmd_sweep_collect(int argc, char **argv)
{
	struct request q = { 0 };
	struct options_result o = options_parse(&spec, argc, argv, set_option, &q);

	q.quiet = o.quiet;
	return o.ended ? o.status : go(&q, o.operands[0]);
}
