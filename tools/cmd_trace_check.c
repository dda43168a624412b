/* pagesim trace check: is a file right from its first to its last byte? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/cmd_trace.h"

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	const char **salvage_to = ctx;

	(void)row;
	*salvage_to = value;
	return true;
}

static int check(const struct options_spec *spec, const char *path, const char *salvage_to,
		 bool quiet)
{
	struct trace_error err;
	struct trace_totals t;
	bool ok;

	cmd_trace_watch_begin("check", "bytes", quiet);
	ok = trace_check_watched(path, salvage_to, &t, cmd_trace_watch, NULL, &err);
	cmd_trace_watch_end();
	if (!ok)
		return cmd_trace_fail(spec, &err);
	if (!quiet)
		printf("%s: ok, %" PRIu64 " events in %" PRIu64 " block%s\n", path, t.events,
		       t.blocks, t.blocks == 1 ? "" : "s");
	return CMD_DONE;
}

int cmd_trace_check(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "salvage", 0, "OUT", "write the whole blocks before the damage to OUT" },
		{ 0 },
	};
	static const struct options_spec spec = {
		"trace check",
		"FILE...",
		"Reads every byte of trace files and checks every rule of the format: "
		"checksums,\n"
		"columns, order of times, objects (nothing is freed twice or outside of "
		"itself),\n"
		"totals, indices. Exit status 0 when nothing is wrong, 3 otherwise.",
		rows,
		"  pagesim trace check traces/samples/*.pgt\n"
		"  # keep what is whole of a file that was cut off\n"
		"  pagesim trace check broken.pgt --salvage saved.pgt\n",
		1,
		-1,
	};
	const char *salvage_to = NULL;
	struct options_result r = options_parse(&spec, argc, argv, set, &salvage_to);
	int status = CMD_DONE;

	if (r.ended)
		return r.status;
	if (salvage_to && r.noperands > 1)
		return options_fail(&spec, CMD_USAGE, "--salvage goes with one file");
	if (salvage_to && cmd_trace_same_file(r.operands[0], salvage_to))
		return options_fail(&spec, CMD_USAGE,
				    "--salvage: %s is the damaged file itself", salvage_to);
	for (int i = 0; i < r.noperands && status != CMD_INTERRUPTED; i++) {
		int one = check(&spec, r.operands[i], salvage_to, r.quiet);

		if (one > status)
			status = one;
	}
	return status;
}
