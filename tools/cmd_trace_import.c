/* pagesim trace import: a recording of a real kernel becomes a trace. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/cmd_trace.h"

#include "traces/trace_scan.h"

#define CLOCKS "mono, mono_raw, boot, tai, local, global, perf, x86-tsc, counter"

struct request {
	struct trace_import_options o;
	const char *report;
	bool json;
};

static bool bad(const char *option, const char *value, const char *want)
{
	fprintf(stderr, "pagesim trace import: --%s=%s: expected %s\n", option,
		options_short(value).text, want);
	return false;
}

/* "FIRST:COUNT", or "COUNT" from the start. */
static bool set_events(struct trace_import_options *o, const char *value)
{
	uint64_t a, b;

	if (!trace_scan_number(&value, 10, UINT64_MAX, &a))
		return false;
	if (!*value) {
		o->count = a;
		return a > 0;
	}
	if (*value != ':' || !trace_scan_whole(value + 1, UINT64_MAX, &b) || b == 0)
		return false;
	o->first = a;
	o->count = b;
	return true;
}

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;
	uint64_t v;

	if (strcmp(row->name, "state") == 0)
		q->o.state_dir = value;
	else if (strcmp(row->name, "output") == 0)
		q->o.output = value;
	else if (strcmp(row->name, "name") == 0)
		q->o.name = value;
	else if (strcmp(row->name, "report") == 0)
		q->report = value;
	else if (strcmp(row->name, "json") == 0)
		q->json = true;
	else if (strcmp(row->name, "comm") == 0)
		q->o.keep_comm = true;
	else if (strcmp(row->name, "allow-lost") == 0)
		q->o.allow_lost = true;
	else if (strcmp(row->name, "allow-missed") == 0)
		q->o.allow_missed = true;
	else if (strcmp(row->name, "clock") == 0) {
		if (!trace_import_clock(value))
			return bad(row->name, value, "one of " CLOCKS);
		q->o.clock = value;
	} else if (strcmp(row->name, "tsc-hz") == 0) {
		if (!trace_scan_whole(value, 100000000000, &v) || v < 1000000)
			return bad(row->name, value,
				   "cycles a second, 1000000 to 100000000000");
		q->o.tsc_hz = v;
	} else if (strcmp(row->name, "level") == 0) {
		if (!trace_scan_whole(value, 19, &v) || v < 1)
			return bad(row->name, value, "a zstd level, 1 to 19");
		q->o.level = (int)v;
	} else if (!set_events(&q->o, value)) {
		return bad(row->name, value, "COUNT or FIRST:COUNT");
	}
	return true;
}

/* Devices and pipes stay. */
static void leave_nothing(const char *path)
{
	struct stat st;

	if (path && stat(path, &st) == 0 && S_ISREG(st.st_mode))
		unlink(path);
}

static int print(const struct options_spec *spec, const struct request *q, const char *text)
{
	FILE *out = q->report && strcmp(q->report, "-") != 0 ? fopen(q->report, "w") : stdout;
	bool ok;

	if (!out)
		return options_fail(spec, CMD_SYSTEM, "%s: %s", q->report, strerror(errno));
	ok = fprintf(out, "%s%s", text, q->json ? "\n" : "") >= 0 && fflush(out) == 0;
	if (out != stdout)
		ok &= fclose(out) == 0;
	if (ok)
		return CMD_DONE;
	options_fail(spec, CMD_SYSTEM, "the report cannot be written: %s", strerror(errno));
	leave_nothing(q->report);
	return CMD_SYSTEM;
}

static int import(const struct options_spec *spec, struct request *q, bool quiet)
{
	struct trace_import_report *report;
	struct trace_error err;
	char *text;
	int status;

	q->o.watch = cmd_trace_watch;
	cmd_trace_watch_begin("import", "bytes", quiet);
	report = trace_import(&q->o, &err);
	cmd_trace_watch_end();
	if (!report)
		return cmd_trace_fail(spec, &err);
	text = q->json ? trace_import_report_json(report) : trace_import_report_text(report);
	if (!text)
		status = options_fail(spec, CMD_SYSTEM, "out of memory");
	else
		status = quiet && !q->report && !q->json ? CMD_DONE : print(spec, q, text);
	/* A trace without its report would pass for a finished import. */
	if (status != CMD_DONE)
		leave_nothing(q->o.output);
	free(text);
	trace_import_report_free(report);
	return status;
}

int cmd_trace_import(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "state", 's', "DIR",
		  "the folder with the snapshots before.* and after.*; without it the trace\n"
		  "has no start state" },
		{ "output", 'o', "OUT.pgt", "the trace to write; - is standard output" },
		{ "tsc-hz", 0, "N", "cycles a second of a recording with the clock x86-tsc" },
		{ "clock", 0, "NAME",
		  "the clock of the recording, as the kernel names it, where the file does "
		  "not\n"
		  "tell: " CLOCKS },
		{ "events", 0, "[FIRST:]COUNT",
		  "only so many requests and frees, from number FIRST on (0 = the first); the\n"
		  "start state is then what is there at FIRST" },
		{ "name", 0, "NAME", "the trace's name; from the file's if not given" },
		{ "comm", 0, NULL, "keep the names of commands, not only process ids" },
		{ "allow-lost", 0, NULL, "keep what stands in front of the first lost event" },
		{ "allow-missed", 0, NULL,
		  "import even if more than 1 % of the requests do not fit together" },
		{ "level", 0, "N", "zstd level, 1 to 19 (3)" },
		{ "json", 0, NULL, "print the report as JSON" },
		{ "report", 0, "FILE", "write the report to FILE instead of standard output" },
		{ 0 },
	};
	static const struct options_spec spec = {
		"trace import",
		"FILE",
		"Makes a trace from a recording of a real kernel: a trace.dat of trace-cmd, or "
		"text of\n"
		"tracefs, trace-cmd report or perf script, or CSV (packed with zstd or not; - "
		"is "
		"standard\n"
		"input). The folder of a whole recording has its snapshots in it. Prints what "
		"was "
		"counted by\n"
		"each rule of docs/trace-import.md.",
		rows,
		"  pagesim trace import rec.trace.dat.zst --state rec/ -o rec.pgt\n"
		"  # a recording in processor cycles\n"
		"  pagesim trace import tsc.dat --state tsc/ --tsc-hz 2596000000 -o tsc.pgt\n"
		"  # the first 30000 requests\n"
		"  pagesim trace import rec.txt --state rec/ --events 30000 -o small.pgt\n"
		"  # what a run with output.events: [all, trace] has replayed\n"
		"  pagesim trace import out/events.txt -o again.pgt\n",
		1,
		1,
	};
	struct request q = { 0 };
	struct options_result r = options_parse(&spec, argc, argv, set, &q);

	if (r.ended)
		return r.status;
	if (!q.o.output)
		return options_fail(&spec, CMD_USAGE, "-o OUT.pgt is missing");
	if (strcmp(q.o.output, "-") == 0 && !q.report)
		return options_fail(
			&spec, CMD_USAGE,
			"the trace goes to standard output: say with --report where "
			"the report goes");
	q.o.input = r.operands[0];
	if (cmd_trace_same_file(q.o.input, q.o.output))
		return options_fail(&spec, CMD_USAGE, "%s is the recording itself", q.o.output);
	return import(&spec, &q, r.quiet);
}
