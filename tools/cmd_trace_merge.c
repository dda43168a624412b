/* pagesim trace merge: what several machines did, on one. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/conf.h"
#include "tools/cmd_trace.h"

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	struct trace_merge_options *o = ctx;
	uint64_t level;

	if (strcmp(row->name, "output") == 0) {
		o->output = value;
	} else if (strcmp(row->name, "name") == 0) {
		o->name = value;
	} else {
		if (!conf_parse_u64(value, &level) || level < 1 || level > 19) {
			fprintf(stderr,
				"pagesim trace merge: --level=%s: expected a zstd level, 1 to "
				"19\n",
				options_short(value).text);
			return false;
		}
		o->level = (int)level;
	}
	return true;
}

static int merge(const struct options_spec *spec, struct trace_merge_options *o, bool quiet)
{
	struct trace_merge_place place[TRACE_MERGE_MOST];
	struct trace_error err;
	bool ok;

	cmd_trace_watch_begin("merge", "events", quiet);
	o->watch = cmd_trace_watch;
	ok = trace_merge(o, place, &err);
	cmd_trace_watch_end();
	if (!ok)
		return cmd_trace_fail(spec, &err);
	for (size_t i = 0; !quiet && i < o->n; i++)
		fprintf(stderr,
			"%s: %" PRIu64 " events, from CPU %u, node %u, frame %" PRIu64
			", pids + %" PRIu32 "\n",
			o->inputs[i], place[i].events, place[i].first_cpu, place[i].first_node,
			place[i].frame_add, place[i].pid_add);
	return CMD_DONE;
}

int cmd_trace_merge(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "output", 'o', "OUT.pgt", "the trace to write; - is standard output" },
		{ "name", 0, "NAME", "the trace's name; the inputs' if not given" },
		{ "level", 0, "N", "zstd level, 1 to 19 (3)" },
		{ 0 },
	};
	static const struct options_spec spec = {
		"trace merge",
		"FILE FILE...",
		"Puts what several machines did onto one that has all their CPUs, nodes and\n"
		"memory side by side, in the order of the files. They begin at the same time; "
		"their\n"
		"tasks stay apart: pids of the second begin at 100000, and so on. Start "
		"states are put\n"
		"side by side, too; all files have one, or none (docs/traces.md).",
		rows,
		"  # two machines' work on one of four CPUs and four nodes\n"
		"  pagesim trace merge a.pgt b.pgt -o both.pgt\n"
		"  # twice the same load\n"
		"  pagesim trace merge web.pgt web.pgt --name two-webs -o two.pgt\n",
		2,
		TRACE_MERGE_MOST,
	};
	struct trace_merge_options o = { 0 };
	struct options_result r = options_parse(&spec, argc, argv, set, &o);

	if (r.ended)
		return r.status;
	if (!o.output)
		return options_fail(&spec, CMD_USAGE, "-o OUT.pgt is missing");
	for (int i = 0; i < r.noperands; i++)
		if (cmd_trace_same_file(r.operands[i], o.output))
			return options_fail(&spec, CMD_USAGE, "%s is one of the traces",
					    o.output);
	o.inputs = (const char *const *)r.operands;
	o.n = (size_t)r.noperands;
	return merge(&spec, &o, r.quiet);
}
