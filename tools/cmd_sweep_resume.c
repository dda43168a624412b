/* pagesim sweep resume and point: go on in a folder; do points by name, for batch systems. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd_sweep.h"
#include "tools/sweep_store.h"

static const struct options_row resume_rows[] = {
	{ "jobs", 'j', "N", "points at a time (default: one a CPU)" },
	{ "memory", 0, "SIZE", "all workers together (default: what the machine has)" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec resume_spec = {
	.command = "sweep resume",
	.operands = "DIR",
	.summary =
		"Does the points of a folder's manifest that have no result yet, failed ones "
		"again.",
	.rows = resume_rows,
	.examples = "  pagesim sweep resume -j 2 /tmp/small\n",
	.min_operands = 1,
	.max_operands = 1,
};

static const struct options_row point_rows[] = {
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec point_spec = {
	.command = "sweep point",
	.operands = "DIR ID...",
	.summary = "Does some points of a folder's manifest, one after the other, unless they "
		   "have a result:\n"
		   "what batch systems start, on any number of machines at a time.",
	.rows = point_rows,
	.examples = "  pagesim sweep point /tmp/small 00a8eea3dd1ae0e0ad4d36fc7f5c1c44\n",
	.min_operands = 2,
	.max_operands = -1,
};

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	return cmd_sweep_run_option(&resume_spec, row, value, ctx);
}

static int run(const struct options_spec *spec, const struct sweep_manifest *m,
	       const struct sweep_run_options *options, bool quiet)
{
	char text[SWEEP_STORE_TEXT];
	int status = sweep_run_check_files(m, options->only, options->nonly, text);

	if (status)
		return options_fail(spec, status, "%s", text);
	return cmd_sweep_run_points(spec, m, options, quiet);
}

int cmd_sweep_resume(int argc, char **argv)
{
	struct sweep_run_options options = { 0 };
	struct options_result o = options_parse(&resume_spec, argc, argv, set_option, &options);
	struct sweep_manifest *m;
	int status;

	if (o.ended)
		return o.status;
	options.dir = o.operands[0];
	options.progress = !o.quiet;
	m = cmd_sweep_open(&resume_spec, options.dir, &status);
	if (m)
		status = run(&resume_spec, m, &options, o.quiet);
	sweep_manifest_free(m);
	return status;
}

/* ---- points by name -------------------------------------------------------------------- */

static bool no_option(void *ctx, const struct options_row *row, const char *value)
{
	(void)ctx;
	(void)row;
	(void)value;
	return true;
}

static int run_named(const struct sweep_manifest *m, const char *dir, char **ids, int nids,
		     bool quiet)
{
	size_t *points = calloc((size_t)nids, sizeof(*points));
	struct sweep_run_options options = {
		.dir = dir, .jobs = 1, .only = points, .nonly = (size_t)nids, .shared = true
	};
	int status = points ? CMD_DONE : options_fail(&point_spec, CMD_SYSTEM, "out of memory");

	for (int i = 0; status == CMD_DONE && i < nids; i++) {
		points[i] = sweep_manifest_find(m, ids[i]);
		if (points[i] == SWEEP_MANIFEST_NONE)
			status = options_fail(&point_spec, CMD_USAGE,
					      "%s: its manifest has no point '%s'", dir,
					      options_short(ids[i]).text);
	}
	if (status == CMD_DONE)
		status = run(&point_spec, m, &options, quiet);
	free(points);
	return status;
}

int cmd_sweep_point(int argc, char **argv)
{
	struct options_result o = options_parse(&point_spec, argc, argv, no_option, NULL);
	struct sweep_manifest *m;
	int status;

	if (o.ended)
		return o.status;
	m = cmd_sweep_open(&point_spec, o.operands[0], &status);
	if (m)
		status = run_named(m, o.operands[0], o.operands + 1, o.noperands - 1, o.quiet);
	sweep_manifest_free(m);
	return status;
}
