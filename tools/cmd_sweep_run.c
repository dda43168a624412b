/* pagesim sweep run: does the points of a sweep that have no result yet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/conf.h"
#include "tools/cmd_sweep.h"
#include "tools/sweep_store.h"

#define MOST_JOBS 1024

static const struct options_row rows[] = {
	{ "jobs", 'j', "N", "points at a time (default: one a CPU)" },
	{ "out", 'o', "DIR", "where manifest and results go; what is there already is kept" },
	{ "memory", 0, "SIZE", "all workers together (default: what the machine has)" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "sweep run",
	.operands = "SWEEP.yaml|MANIFEST.jsonl",
	.summary =
		"Does the points of a sweep that have no result in the folder yet, each in a "
		"process of\n"
		"its own. Stopped or killed, it goes on where it was when it is started "
		"again. A point\n"
		"that fails is remembered and does not stop the others: the exit status is "
		"then 1.",
	.rows = rows,
	.examples = "  pagesim sweep run -j 2 configs/sweeps/small.yaml --out /tmp/small\n"
		    "  # go on after an interruption, try failed points again\n"
		    "  pagesim sweep run -j 2 configs/sweeps/small.yaml --out /tmp/small\n",
	.min_operands = 1,
	.max_operands = 1,
};

bool cmd_sweep_run_option(const struct options_spec *s, const struct options_row *row,
			  const char *value, struct sweep_run_options *options)
{
	const char *why;
	uint64_t n;

	if (strcmp(row->name, "jobs") == 0) {
		if (!conf_parse_u64(value, &n) || n < 1 || n > MOST_JOBS)
			return options_fail(s, CMD_USAGE, "-j should be 1 to %d, not '%s'",
					    MOST_JOBS, options_short(value).text),
			       false;
		options->jobs = (unsigned)n;
	} else if (strcmp(row->name, "memory") == 0) {
		if (!conf_parse_size(value, 1, &n, &why) || n < 1 << 20)
			return options_fail(s, CMD_USAGE,
					    "--memory should be a size such as 4GiB, not '%s'",
					    options_short(value).text),
			       false;
		options->memory_kib = n / 1024;
	}
	return true;
}

/* ---- what came of it ------------------------------------------------------------------- */

static void tell(const struct sweep_manifest *m, const struct sweep_run_options *options,
		 const struct sweep_run_counts *c)
{
	size_t all = options->only ? options->nonly : m->npoints;
	char time[CMD_SWEEP_TIME];

	cmd_sweep_time((double)c->wall_ns / 1e9, time);
	printf("Points: %zu of %zu have a result", c->before + c->done, all);
	if (c->before)
		printf(", %zu had one before", c->before);
	printf("\n");
	if (c->done || c->failed)
		printf("Time: %s with %u worker%s\n", time, c->workers,
		       c->workers == 1 ? "" : "s");
	if (c->short_of_memory)
		printf("      (more would have needed more memory than there is)\n");
	if (c->damaged)
		printf("Damaged results, done again: %zu\n", c->damaged);
	if (c->retried)
		printf("Workers killed, their points tried again: %zu\n", c->retried);
	if (c->failed)
		printf("Failed: %zu ('pagesim sweep status %s' tells why)\n", c->failed,
		       options->dir);
}

int cmd_sweep_run_points(const struct options_spec *s, const struct sweep_manifest *m,
			 const struct sweep_run_options *options, bool quiet)
{
	char text[SWEEP_STORE_TEXT];
	struct sweep_run_counts counts;
	int status = sweep_run(m, options, &counts, text);

	if (status == CMD_INTERRUPTED)
		return options_fail(s, status,
				    "interrupted: %zu of %zu points have a result; 'pagesim "
				    "sweep resume %s' goes on",
				    counts.before + counts.done, m->npoints, options->dir);
	if (status != CMD_DONE && status != CMD_FINDING)
		return options_fail(s, status, "%s", text);
	if (!quiet)
		tell(m, options, &counts);
	return status;
}

int cmd_sweep_run_again(const struct options_spec *s, const struct sweep_manifest *m,
			const struct sweep_run_options *options, bool quiet)
{
	char text[SWEEP_STORE_TEXT];
	int status = sweep_run_check_files(m, options->only, options->nonly, text);

	if (status)
		return options_fail(s, status, "%s", text);
	return cmd_sweep_run_points(s, m, options, quiet);
}

/* ---- the manifest ---------------------------------------------------------------------- */

/* The other plan's results stay: a point that is in both is not done again. */
static int store_plan(const struct sweep_run_options *options, const struct sweep_plan *plan)
{
	char text[SWEEP_STORE_TEXT];
	bool busy, was = false, ok;
	int lock = sweep_store_lock(options->dir, &busy, text);

	if (lock < 0)
		return options_fail(&spec, busy ? CMD_USAGE : CMD_SYSTEM, "%s", text);
	ok = sweep_store_put_manifest(options->dir, plan->text, plan->size, &was, text);
	sweep_store_unlock(lock);
	if (!ok)
		return options_fail(&spec, CMD_SYSTEM, "%s", text);
	if (was)
		fprintf(stderr,
			"pagesim sweep run: %s held another plan; results of points that are "
			"in both are kept\n",
			options->dir);
	return CMD_DONE;
}

static bool is_manifest(const char *path)
{
	size_t length = strlen(path);

	return length > 6 && strcmp(path + length - 6, ".jsonl") == 0;
}

/* A manifest that was planned before, with the files as they were then. */
static int read_manifest(const char *path, struct sweep_plan *plan)
{
	char *data = NULL;
	FILE *in = fopen(path, "rb"), *out = open_memstream(&data, &plan->size);
	int c;

	while (in && out && (c = fgetc(in)) != EOF)
		fputc(c, out);
	if (in)
		fclose(in);
	if (out && fclose(out) == 0)
		plan->text = data;
	return in && plan->text ? CMD_DONE
				: options_fail(&spec, CMD_USAGE, "%s: cannot be read", path);
}

static int go(const struct sweep_run_options *options, const char *path, bool quiet)
{
	struct sweep_manifest_error err;
	struct sweep_manifest *m = NULL;
	struct sweep_plan plan = { 0 };
	char text[SWEEP_STORE_TEXT];
	int status = is_manifest(path) ? read_manifest(path, &plan)
				       : cmd_sweep_make_plan(&spec, path, quiet, &plan);

	if (status == CMD_DONE) {
		m = sweep_manifest_parse(plan.text, plan.size, path, &err);
		if (!m)
			status = options_fail(&spec, err.status, "%s", err.text);
	}
	if (m && is_manifest(path)) {
		status = sweep_run_check_files(m, NULL, 0, text);
		if (status)
			options_fail(&spec, status, "%s", text);
	}
	if (status == CMD_DONE)
		status = store_plan(options, &plan);
	free(plan.text);
	if (status == CMD_DONE)
		status = cmd_sweep_run_points(&spec, m, options, quiet);
	sweep_manifest_free(m);
	return status;
}

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	struct sweep_run_options *options = ctx;

	if (strcmp(row->name, "out") == 0)
		options->dir = value;
	return cmd_sweep_run_option(&spec, row, value, options);
}

int cmd_sweep_run(int argc, char **argv)
{
	struct sweep_run_options options = { 0 };
	struct options_result o = options_parse(&spec, argc, argv, set_option, &options);

	if (o.ended)
		return o.status;
	if (!options.dir)
		return options_fail(&spec, CMD_USAGE, "give a folder: --out DIR");
	options.progress = !o.quiet;
	return go(&options, o.operands[0], o.quiet);
}
