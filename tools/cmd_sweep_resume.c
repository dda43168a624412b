/* pagesim sweep resume: goes on in a folder that was begun. */
#include "tools/cmd_sweep.h"

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

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	return cmd_sweep_run_option(&resume_spec, row, value, ctx);
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
		status = cmd_sweep_run_again(&resume_spec, m, &options, o.quiet);
	sweep_manifest_free(m);
	return status;
}
