/* pagesim sweep resume: goes on in a folder that was begun, here or by a batch system. */
#include <string.h>

#include "tools/cmd_sweep.h"
#include "tools/cmd_sweep_export.h"

static const struct options_row resume_rows[] = {
	{ "jobs", 'j', "N", "points at a time (default: one a CPU)" },
	{ "memory", 0, "SIZE", "all workers together (default: what the machine has)" },
	{ "slurm", 0, NULL, "not here: submit them to Slurm, as `sweep submit` does" },
	{ "limit", 0, "N", "--slurm: at most so many tasks at a time" },
	{ "chunk", 0, "TIME", "--slurm: about so much work in each task (default 300s)" },
	{ "points", 0, "N", "--slurm: so many points in each task" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec resume_spec = {
	.command = "sweep resume",
	.operands = "DIR",
	.summary =
		"Does the points of a folder's manifest that have no result yet, failed ones "
		"again.",
	.rows = resume_rows,
	.examples = "  pagesim sweep resume -j 2 /tmp/small\n"
		    "  pagesim sweep resume --slurm --limit 64 /shared/wm\n",
	.min_operands = 1,
	.max_operands = 1,
};

struct request {
	struct sweep_run_options here;
	struct cmd_sweep_export_request there;
	bool slurm;
	const char *only_here, *only_there; /* an option that was given */
};

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	struct request *r = ctx;

	if (strcmp(row->name, "slurm") == 0)
		return r->slurm = true;
	if (strcmp(row->name, "jobs") == 0 || strcmp(row->name, "memory") == 0) {
		r->only_here = row->name;
		return cmd_sweep_run_option(&resume_spec, row, value, &r->here);
	}
	r->only_there = row->name;
	return cmd_sweep_export_option(&r->there, row, value);
}

static int resume_here(struct request *r, bool quiet)
{
	struct sweep_manifest *m;
	int status;

	r->here.progress = !quiet;
	m = cmd_sweep_open(&resume_spec, r->here.dir, &status);
	if (m)
		status = cmd_sweep_run_again(&resume_spec, m, &r->here, quiet);
	sweep_manifest_free(m);
	return status;
}

int cmd_sweep_resume(int argc, char **argv)
{
	struct request r = { .there = { .spec = &resume_spec,
					.seconds = CMD_SWEEP_EXPORT_SECONDS } };
	struct options_result o = options_parse(&resume_spec, argc, argv, set_option, &r);
	const char *wrong = r.slurm ? r.only_here : r.only_there;

	if (o.ended)
		return o.status;
	if (wrong)
		return options_fail(&resume_spec, CMD_USAGE, "--%s goes %s --slurm", wrong,
				    r.slurm ? "without" : "with");
	r.here.dir = o.operands[0];
	r.there.quiet = o.quiet;
	return r.slurm ? cmd_sweep_submit_missing(&r.there, o.operands[0])
		       : resume_here(&r, o.quiet);
}
