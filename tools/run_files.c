/*
 * The folder that a run leaves.
 */
#include "tools/cmd.h"
#include "tools/events.h"
#include "tools/kernel_files.h"
#include "tools/run_core.h"

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
				       .mhz = s->machine->clock_mhz,
				       .policy = s->policy,
				       .zones = events_zones(run->machine.arch) };
	return CMD_DONE;
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
		result_csv_series(out, &run->result);
	out = outdir_file(dir, "summary.txt");
	if (out)
		result_text(out, &run->result);
	out = outdir_file(dir, "result.json");
	if (out)
		run_write_json(out, run->json);
	return outdir_commit(dir, text, sizeof(text)) ? CMD_DONE
						      : run_fail(run, CMD_SYSTEM, "%s", text);
}
