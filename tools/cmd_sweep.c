/* pagesim sweep: finds the sub-command. */
#include "tools/cmd_sweep.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/conf.h"
#include "tools/interrupt.h"
#include "tools/progress.h"
#include "tools/subcommand.h"
#include "tools/sweep_store.h"
#include "traces/trace.h"

static const struct subcommand subcommands[] = {
	{ "plan", cmd_sweep_plan,
	  "the points of a sweep, how long they take, how much memory" },
	{ "run", cmd_sweep_run, "does the points that have no result yet" },
	{ "resume", cmd_sweep_resume, "the same for a folder that was begun" },
	{ "status", cmd_sweep_status, "how far a folder is, and why points failed" },

	{ "collect", cmd_sweep_collect, "all results as one table: CSV, SQLite" },
	{ "report", cmd_sweep_report, "all results as one HTML page: what buys what" },
	{ "export", cmd_sweep_export, "what has no result, for other machines" },
	{ "submit", cmd_sweep_submit, "what has no result, to a batch system" },
	{ "point", cmd_sweep_point, NULL },
	{ NULL, NULL, NULL },
};

/* ---- what the sub-commands share ------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static bool watch_plan(void *ctx, uint64_t done, uint64_t all)
{
	struct progress **shown = ctx;

	if (!done && *shown == NULL)
		*shown = progress_new("plan", "points", all);
	progress_update(*shown, done, NULL);
	return !interrupted;
}

static bool watch_quietly(void *ctx, uint64_t done, uint64_t all)
{
	(void)ctx;
	(void)done;
	(void)all;
	return !interrupted;
}

int cmd_sweep_make_plan(const struct options_spec *spec, const char *path, bool quiet,
			struct sweep_plan *plan)
{
	struct progress *shown = NULL;
	struct sweep_plan_error err;
	struct conf_error conf_err = { .text = "" };
	struct sweep *sweep = sweep_read(path, &conf_err);
	struct interrupt before;
	bool ok;

	*plan = (struct sweep_plan){ 0 };
	if (!sweep)
		return options_fail(spec, cmd_conf(&conf_err), "%s", conf_err.text);
	interrupted = 0;
	interrupt_catch(&before, on_signal);
	trace_stop_when(&interrupted);
	ok = sweep_plan_make(sweep, quiet ? watch_quietly : watch_plan, &shown, plan, &err);
	progress_free(shown);
	trace_stop_when(NULL);
	interrupt_release(&before);
	sweep_free(sweep);
	return ok ? CMD_DONE : options_fail(spec, err.status, "%s", err.text);
}

struct sweep_manifest *cmd_sweep_open(const struct options_spec *spec, const char *dir,
				      int *status)
{
	char *path = sweep_store_path(dir, "manifest.jsonl");
	struct sweep_manifest_error err = { CMD_SYSTEM, "out of memory" };
	struct sweep_manifest *m = path ? sweep_manifest_open(path, &err) : NULL;

	free(path);
	*status = m ? CMD_DONE : options_fail(spec, err.status, "%s", err.text);
	return m;
}

void cmd_sweep_time(double seconds, char text[CMD_SWEEP_TIME])
{
	static const struct {
		double seconds;
		const char *name;
	} units[] = { { 2 * 86400, "days" }, { 2 * 3600, "h" }, { 120, "min" }, { 0, "s" } };
	static const double of[] = { 86400, 3600, 60, 1 };
	size_t i = 0;

	while (seconds < units[i].seconds)
		i++;
	snprintf(text, CMD_SWEEP_TIME, "%.1f %s", seconds / of[i], units[i].name);
}

int cmd_sweep(int argc, char **argv)
{
	return subcommand_run(subcommands,
			      "Many configurations on the same traces (docs/sweeps.md).", argc,
			      argv);
}
