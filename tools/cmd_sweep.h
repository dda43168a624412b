/*
 * The sub-commands of pagesim sweep, and what they share. To add one: a row in cmd_sweep.c, its
 * cmd_sweep_NAME.c.
 */
#ifndef CMD_SWEEP_H
#define CMD_SWEEP_H

#include "tools/cmd.h"
#include "tools/options.h"
#include "tools/sweep_manifest.h"
#include "tools/sweep_plan.h"
#include "tools/sweep_run.h"

cmd_fn cmd_sweep_plan, cmd_sweep_run, cmd_sweep_resume, cmd_sweep_status, cmd_sweep_point,
	cmd_sweep_collect, cmd_sweep_report, cmd_sweep_export, cmd_sweep_submit;

/* Reads a sweep file and plans it; the caller frees plan->text. An exit status, and why it is
 * not 0 is told. */
int cmd_sweep_make_plan(const struct options_spec *spec, const char *path, bool quiet,
			struct sweep_plan *plan);
/* The manifest of a sweep's folder. NULL with *status, and it is told why. */
struct sweep_manifest *cmd_sweep_open(const struct options_spec *spec, const char *dir,
				      int *status);
/* "12 s", "3 min", "2.5 h", "4 days". */
#define CMD_SWEEP_TIME 32
void cmd_sweep_time(double seconds, char text[CMD_SWEEP_TIME]);

/* Runs what is missing and says what came of it (cmd_sweep_run.c). */
int cmd_sweep_run_points(const struct options_spec *spec, const struct sweep_manifest *m,
			 const struct sweep_run_options *options, bool quiet);
/* The same for a manifest that was planned before: its files have to be what they were. */
int cmd_sweep_run_again(const struct options_spec *spec, const struct sweep_manifest *m,
			const struct sweep_run_options *options, bool quiet);
/* The values of -j and --memory; false after telling what is wrong. */
bool cmd_sweep_run_option(const struct options_spec *spec, const struct options_row *row,
			  const char *value, struct sweep_run_options *options);

#endif
