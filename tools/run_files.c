/*
 * The folder that a run leaves.
 */
#include "model/mm_kernels.h"
#include "tools/cmd.h"
#include "tools/events.h"
#include "tools/kernel_files.h"
#include "tools/run_core.h"

void run_files_replace(struct outdir *dir)
{
	static const char *const others[] = { "latency.csv", "latency.hlog",   "series.csv",
					      "events.txt",  "pageblocks.csv", "summary.txt",
					      "result.json", "bands.json",     "bands.csv" };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		outdir_replaces(dir, others[i]);
	for (size_t k = 0; mm_kernels[k]; k++)
		for (const struct kernel_file *f = kernel_files_of(mm_kernels[k]); f->name; f++)
			outdir_replaces(dir, f->name);
}

int run_files_open(struct run *run)
{
	char text[512];

	if (!run->options.out)
		return CMD_DONE;
	run->dir = outdir_new(run->options.out, text, sizeof(text));
	return run->dir ? CMD_DONE : run_fail(run, CMD_SYSTEM, "%s", text);
}

/* The file is written as things happen, and gets its place with the others. */
int run_files_events(struct run *run)
{
	const struct scenario *s = run->scenario;

	if (!s->events)
		return CMD_DONE;
	if (!run->dir)
		return run_fail(run, CMD_USAGE,
				"output.events wants a folder to write events.txt to: "
				"give --out DIR");
	run->events = (struct events){ .out = outdir_file(run->dir, "events.txt"),
				       .groups = s->events,
				       .format = s->events_format,
				       .mhz = s->machine->clock_mhz,
				       .policy = s->policy,
				       .zones = events_zones(run->machine.arch) };
	return CMD_DONE;
}

int run_files_begin(struct run *run)
{
	const struct mm_policy *policy = run->scenario->policy;
	struct mm_snapshot *snap = run->dir ? policy->snapshot(run->mm) : NULL;
	struct framemap *map = snap ? framemap_new(policy, run->mm, snap, &run->machine) : NULL;

	if (map)
		run->before = pageblocks_new(map, policy, run->mm, snap, run->replay);
	framemap_free(map);
	mm_snapshot_free(snap);
	return run->before || !run->dir ? CMD_DONE : run_fail(run, CMD_SYSTEM, "out of memory");
}

int run_files_end(struct run *run)
{
	const struct mm_policy *policy = run->scenario->policy;
	struct framemap *map = framemap_new(policy, run->mm, run->snap, &run->machine);

	if (map)
		run->blockers = blockers_new(map, run->snap, run->replay);
	if (map && run->dir)
		run->after = pageblocks_new(map, policy, run->mm, run->snap, run->replay);
	framemap_free(map);
	return run->blockers && (run->after || !run->dir)
		       ? CMD_DONE
		       : run_fail(run, CMD_SYSTEM, "out of memory");
}

static void write_pageblocks(FILE *out, const struct run *run)
{
	pageblocks_header(out);
	pageblocks_csv(out, "start", run->before, run->snap);
	pageblocks_csv(out, "end", run->after, run->snap);
}

int run_files_write(struct run *run)
{
	struct outdir *dir = run->dir;
	char text[512];
	FILE *out;

	for (const struct kernel_file *f = kernel_files_of(run->scenario->policy); f->name;
	     f++) {
		out = outdir_file(dir, f->name);
		if (out)
			f->write(out, run->snap);
	}
	out = outdir_file(dir, "latency.csv");
	if (out)
		result_csv_latency(out, &run->result);
	out = outdir_file(dir, "latency.hlog");
	if (out && !result_hlog(out, &run->result))
		return run_fail(run, CMD_SYSTEM, "out of memory");
	out = run->result.series->nsamples ? outdir_file(dir, "series.csv") : NULL;
	if (out)
		result_series_csv(out, &run->result);
	out = outdir_file(dir, "pageblocks.csv");
	if (out)
		write_pageblocks(out, run);
	out = outdir_file(dir, "summary.txt");
	if (out)
		result_text(out, &run->result);
	out = outdir_file(dir, "result.json");
	if (out)
		run_write_json(out, run->json);
	run_files_replace(dir);
	return outdir_commit(dir, text, sizeof(text)) ? CMD_DONE
						      : run_fail(run, CMD_SYSTEM, "%s", text);
}
