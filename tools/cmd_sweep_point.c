/* pagesim sweep point: does points by their ids, as batch systems start them. */
#include <stdlib.h>

#include "tools/cmd_sweep.h"

static const struct options_row rows[] = {
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "sweep point",
	.operands = "DIR ID...",
	.summary = "Does some points of a folder's manifest, one after the other, unless they "
		   "have a result:\n"
		   "what batch systems start, on any number of machines at a time.",
	.rows = rows,
	.examples = "  pagesim sweep point /tmp/small 00a8eea3dd1ae0e0ad4d36fc7f5c1c44\n",
	.min_operands = 2,
	.max_operands = -1,
};

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
	int status = points ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "out of memory");

	for (int i = 0; status == CMD_DONE && i < nids; i++) {
		points[i] = sweep_manifest_find(m, ids[i]);
		if (points[i] == SWEEP_MANIFEST_NONE)
			status = options_fail(&spec, CMD_USAGE,
					      "%s: its manifest has no point '%s'", dir,
					      options_short(ids[i]).text);
	}
	if (status == CMD_DONE)
		status = cmd_sweep_run_again(&spec, m, &options, quiet);
	free(points);
	return status;
}

int cmd_sweep_point(int argc, char **argv)
{
	struct options_result o = options_parse(&spec, argc, argv, no_option, NULL);
	struct sweep_manifest *m;
	int status;

	if (o.ended)
		return o.status;
	m = cmd_sweep_open(&spec, o.operands[0], &status);
	if (m)
		status = run_named(m, o.operands[0], o.operands + 1, o.noperands - 1, o.quiet);
	sweep_manifest_free(m);
	return status;
}
