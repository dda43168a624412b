/*
 * Runs that begin from what another one left, and runs that leave something: which part of
 * which trace this is, and whether the state is the one that stands in front of it.
 */
#include <inttypes.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/replay_save.h"
#include "tools/run_core.h"

/* Only a file tells what it is a part of, at its end. */
static int find_part(struct run *run)
{
	struct trace_error err;
	bool known;

	if (!run_open_rereadable(run->scenario->trace_path) || run->workload >= 0)
		return CMD_DONE;
	if (!trace_part_read(run->trace, &run->part, &known, &err))
		return run_fail(run, err.kind, "%s", err.text);
	run->is_part = known;
	return CMD_DONE;
}

static int read_saved(struct run *run)
{
	struct trace_error err;

	if (!run_open_rereadable(run->scenario->start_path))
		return CMD_DONE;
	run->saved = saved_open(run->scenario->start_path, run->start, &err);
	if (!run->saved && err.text[0])
		return run_fail(run, err.kind, "%s", err.text);
	return CMD_DONE;
}

/* A later part can begin where the one before it ended, and nowhere else. */
static int check_place(struct run *run)
{
	const struct saved *s = run->saved;
	const struct scenario *c = run->scenario;

	if (!s->of_trace)
		return CMD_DONE;
	if (run->workload < 0 && !run_open_rereadable(c->trace_path))
		return run_fail(run, CMD_USAGE,
				"%s was saved in a trace: whether this one goes on from there "
				"only a file can tell, not a pipe",
				c->start_path);
	if (!run->is_part || !run->part.first || !trace_part_same_whole(&run->part, &s->at))
		return CMD_DONE;
	run->goes_on = run->part.first == s->at.last;
	if (run->goes_on)
		return CMD_DONE;
	return run_fail(run, CMD_USAGE,
			"%s ends in front of event %" PRIu64 " of '%s', %s begins with its "
			"event %" PRIu64,
			c->start_path, s->at.last, s->at.whole.name, c->trace_path,
			run->part.first);
}

int run_save_open(struct run *run)
{
	int status = run->start ? read_saved(run) : CMD_DONE;

	if (!status && (run->saved || run->scenario->save_path))
		status = find_part(run);
	return status || !run->saved ? status : check_place(run);
}

int run_save_write(struct run *run)
{
	const struct scenario *s = run->scenario;
	struct replay_error err;

	if (!s->save_path)
		return CMD_DONE;
	run->result.saved = &run->saved_report;
	return replay_save(run->replay, s->save_path, run->is_part ? &run->part : NULL,
			   &run->saved_report, &err)
		       ? CMD_DONE
		       : run_fail(run, err.status, "%s", err.text);
}
