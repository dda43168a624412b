/* pagesim trace: finds the sub-command. */
#include "tools/cmd_trace.h"

#include <signal.h>
#include <sys/stat.h>

#include "tools/interrupt.h"
#include "tools/subcommand.h"

static const struct subcommand subcommands[] = {
	{ "info", cmd_trace_info, "what a trace holds: span, kinds of events, start state" },
	{ "cat", cmd_trace_cat, "its events as text" },
	{ "check", cmd_trace_check, "checks every rule of the format, saves what is whole" },
	{ "record", cmd_trace_record, "records the page allocator of this machine" },
	{ "import", cmd_trace_import, "makes a trace from what a kernel recorded" },
	{ "gen", cmd_trace_gen, "makes a synthetic trace from a profile" },
	{ "cut", cmd_trace_cut, "a part of a trace as a trace of its own" },
	{ "merge", cmd_trace_merge, "what several machines did, on one" },
	{ NULL, NULL, NULL },
};

/* ---- what the sub-commands share ------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static struct {
	const char *what, *unit;
	struct progress *shown;
	bool started;
	uint64_t done; /* the most that was told: what comes behind the reading tells little */
	struct interrupt before;
} watch;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

int cmd_trace_fail(const struct options_spec *spec, const struct trace_error *err)
{
	if (interrupted)
		return options_fail(spec, CMD_INTERRUPTED, "interrupted");
	return options_fail(spec, (int)err->kind, "%s", err->text);
}

void cmd_trace_watch_begin(const char *what, const char *unit, bool quiet)
{
	interrupt_catch(&watch.before, on_signal);
	trace_stop_when(&interrupted);
	watch.what = what;
	watch.unit = unit;
	watch.started = quiet;
	watch.done = 0;
	watch.shown = NULL;
}

bool cmd_trace_watch(void *ctx, uint64_t done, uint64_t all)
{
	(void)ctx;
	if (!watch.started)
		watch.shown = progress_new(watch.what, watch.unit, all);
	watch.started = true;
	watch.done = done > watch.done ? done : watch.done;
	progress_update(watch.shown, watch.done, NULL);
	return !interrupted;
}

void cmd_trace_watch_end(void)
{
	progress_free(watch.shown);
	watch.shown = NULL;
	trace_stop_when(NULL);
	interrupt_release(&watch.before);
}

bool cmd_trace_same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && S_ISREG(sa.st_mode) &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

int cmd_trace(int argc, char **argv)
{
	return subcommand_run(subcommands,
			      "Everything about trace files (docs/trace-format.md).", argc,
			      argv);
}
