/* pagesim trace info: what a person wants to know of a trace before using it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/cmd_trace.h"
#include "tools/trace_info.h"

struct request {
	bool json;
	const char *plot;
};

/* Puts item `index` where it belongs, if it does. */
static void rank(struct trace_info_top *top, const uint64_t *value, uint32_t index,
		 uint64_t *ranked)
{
	unsigned at = top->n;

	if (!*value || (at == TRACE_INFO_TOP && *value <= ranked[at - 1]))
		return;
	if (at < TRACE_INFO_TOP)
		top->n++;
	else
		at--;
	for (; at > 0 && ranked[at - 1] < *value; at--) {
		ranked[at] = ranked[at - 1];
		top->index[at] = top->index[at - 1];
	}
	ranked[at] = *value;
	top->index[at] = index;
}

static void find_top(struct trace_info_top *top, const uint64_t *values, uint32_t n)
{
	uint64_t ranked[TRACE_INFO_TOP];

	for (uint32_t i = 0; i < n; i++)
		rank(top, &values[i], i, ranked);
}

static void find_top_tasks(struct trace_info_top *top, const struct trace_stats *s)
{
	uint64_t ranked[TRACE_INFO_TOP];

	for (uint32_t i = 0; i < s->ntasks; i++)
		rank(top, &s->tasks[i].requests, i, ranked);
}

static bool collect(struct trace_info *i, bool quiet, struct trace_error *err)
{
	struct stat st;
	bool ok;

	i->r = trace_reader_open(i->path, err);
	if (!i->r)
		return false;
	i->h = trace_reader_header(i->r);
	if (strcmp(i->path, "-") != 0 && stat(i->path, &st) == 0)
		i->size = (uint64_t)st.st_size;
	cmd_trace_watch_begin("info", "events", quiet);
	ok = trace_stats_read(&i->s, i->r, cmd_trace_watch, err);
	cmd_trace_watch_end();
	if (!ok)
		return false;
	find_top(&i->gfps, i->s.gfp, i->s.ngfp);
	find_top(&i->cpus, i->s.cpu, i->h->cpus);
	find_top_tasks(&i->tasks, &i->s);
	i->end = trace_reader_end(i->r, err);
	if (!i->end && err->text[0])
		return false;
	i->report = trace_reader_report(i->r, err);
	return i->report || !err->text[0];
}

static int print_json(const struct options_spec *spec, const struct trace_info *i)
{
	json_t *o = trace_info_json(i);
	char *text = o ? json_dumps(o, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;

	json_decref(o);
	if (!text)
		return options_fail(spec, CMD_SYSTEM, "out of memory");
	puts(text);
	free(text);
	return CMD_DONE;
}

static int show(const struct options_spec *spec, const struct trace_info *i,
		const struct request *q)
{
	char text[1024];

	/* First: without its plots the command has failed. */
	if (q->plot && !trace_info_plot(i, q->plot, text, sizeof(text)))
		return options_fail(spec, CMD_SYSTEM, "%s", text);
	if (q->json)
		return print_json(spec, i);
	trace_info_text(i);
	return CMD_DONE;
}

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	struct request *q = ctx;

	if (strcmp(row->name, "json") == 0)
		q->json = true;
	else
		q->plot = value;
	return true;
}

int cmd_trace_info(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "json", 0, NULL, "the same as JSON" },
		{ "plot", 0, "DIR",
		  "also leave rate.svg, live.svg, lifetimes.svg and orders.svg in DIR, each "
		  "with the\n"
		  "numbers (.dat) and the script (.gp) that it was drawn from; needs gnuplot" },
		{ 0 },
	};
	static const struct options_spec spec = {
		"trace info",
		"FILE",
		"Reads a trace from end to end and prints what it holds: where it was "
		"recorded,\n"
		"its span, events by kind and order, rates over time, live memory, lifetimes, "
		"gfp sets,\n"
		"tasks, CPUs, start and end state, and the report of the import, cut or merge "
		"it is from.",
		rows,
		"  pagesim trace info traces/samples/vm-fragment.pgt\n"
		"  pagesim trace info --json traces/samples/vm-fragment.pgt | jq .kinds\n"
		"  pagesim trace info --plot plots traces/samples/vm-fragment.pgt\n",
		1,
		1,
	};
	struct request q = { 0 };
	struct options_result o = options_parse(&spec, argc, argv, set, &q);
	struct trace_info i = { 0 };
	struct trace_error err;
	int status;

	if (o.ended)
		return o.status;
	i.path = o.operands[0];
	if (collect(&i, o.quiet, &err))
		status = show(&spec, &i, &q);
	else
		status = cmd_trace_fail(&spec, &err);
	trace_stats_free(&i.s);
	trace_reader_close(i.r);
	return status;
}
