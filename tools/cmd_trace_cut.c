/* pagesim trace cut: a part of a trace as a trace of its own. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/conf.h"
#include "tools/cmd_trace.h"
#include "traces/trace_scan.h"

__extension__ typedef unsigned __int128 wide;

#define MOST 4096 /* tasks or CPUs in a list */

struct cut {
	struct trace_cut_options o;
	const char *from, *to; /* times as they were given; NULL = open */
	char *time;
	int32_t pids[MOST];
	struct trace_span cpus[MOST];
};

static bool bad(const char *option, const char *value, const char *want)
{
	fprintf(stderr, "pagesim trace cut: --%s=%s: expected %s\n", option,
		options_short(value).text, want);
	return false;
}

/* ---- options ----------------------------------------------------------------------------- */

/* Splits FROM:TO; NULL where a side is left out. False: there is no colon, or nothing else. */
static bool split(char *text, const char **from, const char **to)
{
	char *colon = strchr(text, ':');

	if (!colon || !text[1])
		return false;
	*colon = '\0';
	*from = *text ? text : NULL;
	*to = colon[1] ? colon + 1 : NULL;
	return true;
}

static bool set_time(struct cut *c, const char *value)
{
	free(c->time);
	c->time = strdup(value);
	return c->time && split(c->time, &c->from, &c->to);
}

static bool set_events(struct cut *c, const char *value)
{
	char *text = strdup(value);
	const char *from = NULL, *to = NULL;
	bool ok;

	c->o.first = 0;
	c->o.last = UINT64_MAX;
	ok = text && split(text, &from, &to) && (!from || conf_parse_u64(from, &c->o.first)) &&
	     (!to || conf_parse_u64(to, &c->o.last)) && c->o.first < c->o.last;
	free(text);
	return ok;
}

static bool set_pids(struct cut *c, const char *value)
{
	c->o.npids = 0;
	c->o.pids = c->pids;
	for (;; value++) {
		int64_t pid;

		if (!trace_scan_signed(&value, INT32_MIN, INT32_MAX, &pid) ||
		    c->o.npids == MOST)
			return false;
		c->pids[c->o.npids++] = (int32_t)pid;
		if (*value != ',')
			return !*value;
	}
}

/* "0-3,8" as the kernel writes lists of CPUs. */
static bool set_cpus(struct cut *c, const char *value)
{
	uint64_t first, last;

	c->o.ncpus = 0;
	c->o.cpus = c->cpus;
	for (;; value++) {
		if (!trace_scan_number(&value, 10, UINT16_MAX, &first))
			return false;
		last = first;
		if (*value == '-') {
			value++;
			if (!trace_scan_number(&value, 10, UINT16_MAX, &last))
				return false;
		}
		if (last < first || c->o.ncpus == MOST)
			return false;
		c->cpus[c->o.ncpus++] = (struct trace_span){ first, last + 1 };
		if (*value != ',')
			return !*value;
	}
}

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	struct cut *c = ctx;
	uint64_t level;

	if (strcmp(row->name, "output") == 0) {
		c->o.output = value;
	} else if (strcmp(row->name, "time") == 0) {
		if (!set_time(c, value))
			return bad(row->name, value, "FROM:TO, of which one may be left out");
	} else if (strcmp(row->name, "events") == 0) {
		if (!set_events(c, value))
			return bad(row->name, value,
				   "FIRST:LAST, numbers, of which one may be left out, FIRST "
				   "below LAST");
	} else if (strcmp(row->name, "tasks") == 0) {
		if (!set_pids(c, value))
			return bad(row->name, value, "process ids with commas between them");
	} else if (strcmp(row->name, "cpus") == 0) {
		if (!set_cpus(c, value))
			return bad(row->name, value, "CPUs, as in 0-3,8");
	} else {
		if (!conf_parse_u64(value, &level) || level < 1 || level > 19)
			return bad(row->name, value, "a zstd level, 1 to 19");
		c->o.level = (int)level;
	}
	return true;
}

/* ---- times ------------------------------------------------------------------------------- */

/* A bare number is the trace's clock; with a unit it is counted from the first event. */
static bool time_of(const struct trace_header *h, uint64_t start, const char *text,
		    uint64_t *time)
{
	const char *why;
	uint64_t ns;

	if (conf_parse_u64(text, time))
		return true;
	if (!conf_parse_ns(text, &ns, &why) || h->clock == TRACE_CLOCK_COUNTER)
		return false;
	*time = start + (uint64_t)((wide)ns * h->clock_hz / 1000000000);
	return true;
}

/* Exit status. */
static int find_times(const struct options_spec *spec, struct cut *c, const char *path)
{
	struct trace_error err;
	struct trace_totals t;
	struct trace_reader *r = trace_reader_open(path, &err);
	int status = CMD_DONE;

	if (!r || !trace_reader_totals(r, &t, &err))
		status = cmd_trace_fail(spec, &err);
	else if ((c->from &&
		  !time_of(trace_reader_header(r), t.first_time, c->from, &c->o.from_time)) ||
		 (c->to &&
		  !time_of(trace_reader_header(r), t.first_time, c->to, &c->o.to_time)))
		status = options_fail(spec, CMD_USAGE,
				      "--time: expected numbers of the trace's clock, or times "
				      "with a unit since its first event, as in 1.5s:2s");
	else if (c->o.from_time >= c->o.to_time)
		status = options_fail(spec, CMD_USAGE, "--time: FROM does not lie before TO");
	trace_reader_close(r);
	return status;
}

/* ---- the command --------------------------------------------------------------------------
 */

static int cut(const struct options_spec *spec, struct cut *c, const char *path, bool quiet)
{
	struct trace_cut_report r;
	struct trace_error err;
	bool ok;

	cmd_trace_watch_begin("cut", "events", quiet);
	c->o.watch = cmd_trace_watch;
	ok = trace_cut(path, &c->o, &r, &err);
	cmd_trace_watch_end();
	if (!ok)
		return cmd_trace_fail(spec, &err);
	if (!quiet)
		fprintf(stderr,
			"%s: %" PRIu64 " events from number %" PRIu64 " on, %" PRIu64
			" objects live there%s; put in %" PRIu64 ", left out %" PRIu64
			" of others and %" PRIu64 " of their objects\n",
			c->o.output, r.events, r.first, r.live, r.state ? " (start state)" : "",
			r.put_in, r.unselected, r.objectless);
	return CMD_DONE;
}

int cmd_trace_cut(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "output", 'o', "OUT.pgt", "the trace to write; - is standard output" },
		{ "time", 0, "FROM:TO",
		  "events from time FROM on and before TO, in the trace's clock as trace cat\n"
		  "prints it, or with a unit since its first event (1.5s:2s); one may be left\n"
		  "out" },
		{ "events", 0, "FIRST:LAST",
		  "events from number FIRST (0 = the first) on and before LAST" },
		{ "tasks", 0, "PID,...", "only what these tasks do" },
		{ "cpus", 0, "LIST", "only what is done on these CPUs, as in 0-3,8" },
		{ "level", 0, "N", "zstd level, 1 to 19 (3)" },
		{ 0 },
	};
	static const struct options_spec spec = {
		"trace cut",
		"FILE",
		"Writes a part of a trace as a trace of its own. What is live where it begins\n"
		"becomes its start state or, where the trace does not tell frames, "
		"allocations at\n"
		"its beginning; frees of what is not in the part are left out "
		"(docs/traces.md).",
		rows,
		"  # the second after the first three\n"
		"  pagesim trace cut traces/samples/vm-fragment.pgt --time 3s:4s -o part.pgt\n"
		"  # the first 30000 events\n"
		"  pagesim trace cut rec.pgt --events :30000 -o small.pgt\n"
		"  # two tasks alone\n"
		"  pagesim trace cut rec.pgt --tasks 1201,1202 -o two.pgt\n",
		1,
		1,
	};
	struct cut *c = calloc(1, sizeof(*c));
	struct options_result r;
	int status;

	if (!c)
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	c->o.to_time = c->o.last = UINT64_MAX;
	r = options_parse(&spec, argc, argv, set, c);
	if (r.ended)
		status = r.status;
	else if (!c->o.output)
		status = options_fail(&spec, CMD_USAGE, "-o OUT.pgt is missing");
	else if (cmd_trace_same_file(r.operands[0], c->o.output))
		status = options_fail(&spec, CMD_USAGE, "%s is the trace itself", c->o.output);
	else
		status = c->from || c->to ? find_times(&spec, c, r.operands[0]) : CMD_DONE;
	if (!r.ended && status == CMD_DONE)
		status = cut(&spec, c, r.operands[0], r.quiet);
	free(c->time);
	free(c);
	return status;
}
