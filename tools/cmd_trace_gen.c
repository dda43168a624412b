/* pagesim trace gen: synthetic traces. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd_trace.h"
#include "tools/like_judge.h"
#include "tools/profile_write.h"
#include "tools/profile_yaml.h"

struct gen {
	const char *profile, *like, *output, *machine;
	uint64_t events, seed, level;
	struct profile_yaml_size size;
	bool events_given, print, judge;
	struct like_judge *judging; /* has replayed the original */
};

static bool set_number(const struct options_row *row, const char *value, uint64_t min,
		       uint64_t max, uint64_t *out)
{
	if (conf_parse_u64(value, out) && *out >= min && *out <= max)
		return true;
	fprintf(stderr,
		"pagesim trace gen: --%s: '%s' is no whole number of %" PRIu64 " to %" PRIu64
		"\n",
		row->name, options_short(value).text, min, max);
	return false;
}

static bool wrong(const struct options_row *row, const char *value, const char *expected)
{
	fprintf(stderr, "pagesim trace gen: --%s: '%s' is no %s\n", row->name,
		options_short(value).text, expected);
	return false;
}

/* The options that put the load onto another machine. */
static bool set_size(const struct options_row *row, const char *value,
		     struct profile_yaml_size *size)
{
	const char *why = NULL;

	if (strcmp(row->name, "cpus") == 0)
		return set_number(row, value, 1, 4096, &size->cpus);
	if (strcmp(row->name, "nodes") == 0)
		return set_number(row, value, 1, 254, &size->nodes);
	if (strcmp(row->name, "tasks") == 0)
		return (conf_parse_milli(value, &size->tasks_milli) && size->tasks_milli &&
			size->tasks_milli <= UINT64_C(1000000000)) ||
		       wrong(row, value, "factor of 0.001 to 1000000");
	return (conf_parse_size(value, 1, &size->live_max, &why) &&
		size->live_max >= UINT64_C(16) << 20 && size->live_max <= UINT64_C(1) << 50) ||
	       wrong(row, value, "size of 16MiB to 1024TiB");
}

static bool set(void *ctx, const struct options_row *row, const char *value)
{
	struct gen *g = ctx;

	if (strcmp(row->name, "profile") == 0)
		g->profile = value;
	else if (strcmp(row->name, "like") == 0)
		g->like = value;
	else if (strcmp(row->name, "print-profile") == 0)
		g->print = true;
	else if (strcmp(row->name, "judge") == 0)
		g->judge = true;
	else if (strcmp(row->name, "machine") == 0)
		g->machine = value;
	else if (strcmp(row->name, "output") == 0)
		g->output = value;
	else if (strcmp(row->name, "seed") == 0)
		return set_number(row, value, 0, UINT64_MAX, &g->seed);
	else if (strcmp(row->name, "level") == 0)
		return set_number(row, value, 1, 19, &g->level);
	else if (strcmp(row->name, "events") == 0) {
		g->events_given = true;
		return set_number(row, value, 0, UINT64_C(1) << 50, &g->events);
	} else {
		return set_size(row, value, &g->size);
	}
	return true;
}

/* ---- like a trace ---------------------------------------------------------------------- */

static struct trace_profile *fit(const struct options_spec *spec, struct gen *g, bool quiet,
				 int *status)
{
	struct trace_profile *p = calloc(1, sizeof(*p));
	struct trace_error err;
	uint64_t events;
	bool ok;

	if (!p) {
		*status = options_fail(spec, CMD_SYSTEM, "out of memory");
		return NULL;
	}
	cmd_trace_watch_begin("measure", "events", quiet);
	ok = trace_like_fit(g->like, p, &events, cmd_trace_watch, NULL, &err);
	cmd_trace_watch_end();
	if (ok) {
		g->events = g->events_given ? g->events : events;
		return p;
	}
	*status = cmd_trace_fail(spec, &err);
	free(p);
	return NULL;
}

static void print_sums(const char *what, const struct trace_like_sums *s)
{
	uint64_t us = s->span_ns / 1000;

	printf("%-10s %12" PRIu64 " %12" PRIu64 " %7" PRIu64 " %12" PRIu64 " %8" PRIu64
	       ".%06" PRIu64 "\n",
	       what, s->requests, s->frees, s->tasks, s->most_live, us / 1000000, us % 1000000);
}

static int report(const struct options_spec *spec, const struct gen *g, bool quiet)
{
	struct trace_like_report r;
	struct trace_error err;
	bool ok;

	cmd_trace_watch_begin("compare", "events", quiet);
	ok = trace_like_compare(g->like, g->output, &r, cmd_trace_watch, NULL, &err);
	cmd_trace_watch_end();
	if (!ok)
		return cmd_trace_fail(spec, &err);
	printf("               requests        frees   tasks   most pages     seconds\n");
	print_sums("original", &r.original);
	print_sums("copy", &r.copy);
	printf("\ndistance     original         copy  distribution\n");
	for (unsigned i = 0; i < r.n; i++)
		printf("   %u.%03u %12" PRIu64 " %12" PRIu64 "  %s\n",
		       r.row[i].distance_milli / 1000, r.row[i].distance_milli % 1000,
		       r.row[i].original, r.row[i].copy, r.row[i].what);
	return CMD_DONE;
}

/* A machine that does not fit is found before a file is made. */
static int judge_original(const struct options_spec *spec, struct gen *g,
			  const struct trace_profile *p, bool quiet)
{
	const struct like_judge_options o = { .original = g->like,
					      .machine = g->machine,
					      .cpus = p->cpus,
					      .nodes = p->nodes,
					      .progress = !quiet };
	char why[1024];
	int status;

	g->judging = like_judge_new(&o, &status, why, sizeof(why));
	return g->judging ? CMD_DONE : options_fail(spec, status, "%s", why);
}

static int judge_copy(const struct options_spec *spec, const struct gen *g)
{
	char why[1024];
	int status = like_judge_print(g->judging, g->output, stdout, why, sizeof(why));

	return status ? options_fail(spec, status, "%s", why) : CMD_DONE;
}

/* ---- both ways ------------------------------------------------------------------------- */

static int write_trace(const struct options_spec *spec, const struct gen *g,
		       const struct trace_profile *p, bool quiet)
{
	struct trace_error err;
	bool ok;

	cmd_trace_watch_begin("generate", "events", quiet);
	ok = trace_generate(p, g->events, g->seed, g->output, (int)g->level, cmd_trace_watch,
			    NULL, &err);
	cmd_trace_watch_end();
	return ok ? CMD_DONE : cmd_trace_fail(spec, &err);
}

static int generate(const struct options_spec *spec, struct gen *g, bool quiet)
{
	struct conf_error why = { .text = "" };
	struct trace_profile *p;
	int status = CMD_DONE;

	if (g->like) {
		p = fit(spec, g, quiet, &status);
	} else {
		p = profile_yaml_load(g->profile, &why);
		if (!p)
			status = options_fail(spec, cmd_conf(&why), "%s", why.text);
	}
	if (p && !profile_yaml_resize(p, &g->size, &why))
		status = options_fail(spec, cmd_conf(&why), "%s", why.text);
	if (status == CMD_DONE && g->judge)
		status = judge_original(spec, g, p, quiet);
	if (status == CMD_DONE && g->print)
		profile_write(stdout, p);
	if (status == CMD_DONE && g->output)
		status = write_trace(spec, g, p, quiet);
	free(p);
	if (status == CMD_DONE && g->like && g->output && !g->print &&
	    strcmp(g->output, "-") != 0)
		status = report(spec, g, quiet);
	if (status == CMD_DONE && g->judge)
		status = judge_copy(spec, g);
	like_judge_free(g->judging);
	return status;
}

/* NULL when the options go together. */
static const char *misfit(const struct gen *g)
{
	if (!g->profile == !g->like)
		return "one of --profile and --like is needed (see --help)";
	if (g->like && strcmp(g->like, "-") == 0)
		return "--like reads its trace twice: a file, no pipe";
	if (!g->output && !g->print)
		return "-o or --print-profile is needed (see --help)";
	if (g->output && g->print && strcmp(g->output, "-") == 0)
		return "--print-profile and -o - both want standard output";
	if (g->output && !g->like && !g->events_given)
		return "--profile needs --events (see --help)";
	if (g->machine && !g->judge)
		return "--machine is for --judge";
	if (g->judge && (!g->like || !g->output || strcmp(g->output, "-") == 0))
		return "--judge compares the trace of --like with the file of -o";
	if (g->output && g->like && cmd_trace_same_file(g->like, g->output))
		return "the output is the input";
	return NULL;
}

int cmd_trace_gen(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "profile", 0, "FILE", "what kind of load (configs/profiles/)" },
		{ "like", 0, "IN.pgt", "a load as in that trace, in place of a profile" },
		{ "judge", 0, NULL,
		  "with --like: replay both from boot, and print their free memory at the "
		  "end" },
		{ "machine", 0, "FILE",
		  "for --judge: on that machine (default: the one that IN.pgt tells)" },
		{ "print-profile", 0, NULL, "print the profile (with --like: what was found)" },
		{ "events", 0, "N", "how many events (with --like: as many as there)" },
		{ "seed", 0, "N", "another seed gives another trace (default 0)" },
		{ "cpus", 0, "N", "on so many CPUs (default: as the profile says)" },
		{ "nodes", 0, "N", "on so many NUMA nodes" },
		{ "tasks", 0, "FACTOR", "so many times as many tasks of each kind, as 2.5" },
		{ "live-max", 0, "SIZE", "what may be live at most, as 2GiB" },
		{ "output", 'o', "OUT.pgt", "the file to write, - for standard output" },
		{ "level", 0, "N", "zstd level, 1 to 19 (default 3)" },
		{ 0 },
	};
	static const struct options_spec spec = {
		"trace gen",
		"",
		"Makes a synthetic trace: tasks of the profile's kinds start, allocate, exit. "
		"The\n"
		"same profile, seed and number of events give the same trace on every machine.",
		rows,
		"  pagesim trace gen --profile configs/profiles/build-farm.yaml \\\n"
		"      --events 1000000 --seed 1 -o build-farm.pgt\n"
		"  pagesim trace gen --like recorded.pgt --judge -o copy.pgt\n"
		"  pagesim trace gen --like recorded.pgt --print-profile >recorded.yaml\n",
		0,
		0,
	};
	struct gen g = { 0 };
	struct options_result o = options_parse(&spec, argc, argv, set, &g);
	const char *why;

	if (o.ended)
		return o.status;
	why = misfit(&g);
	if (why)
		return options_fail(&spec, CMD_USAGE, "%s", why);
	return generate(&spec, &g, o.quiet);
}
