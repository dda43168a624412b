/* pagesim trace gen: synthetic traces. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cmd_trace.h"
#include "tools/profile_yaml.h"

struct gen {
	const char *profile, *output;
	uint64_t events, seed, level;
	struct profile_yaml_size size;
	bool events_given;
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

static int generate(const struct options_spec *spec, const struct gen *g, bool quiet)
{
	struct conf_error why;
	struct trace_error err;
	struct trace_profile *p = profile_yaml_load(g->profile, &why);
	bool ok;

	if (!p || !profile_yaml_resize(p, &g->size, &why)) {
		free(p);
		return options_fail(spec, CMD_USAGE, "%s", why.text);
	}
	cmd_trace_watch_begin("generate", "events", quiet);
	ok = trace_generate(p, g->events, g->seed, g->output, (int)g->level, cmd_trace_watch,
			    NULL, &err);
	cmd_trace_watch_end();
	free(p);
	return ok ? CMD_DONE : cmd_trace_fail(spec, &err);
}

int cmd_trace_gen(int argc, char **argv)
{
	static const struct options_row rows[] = {
		{ "profile", 0, "FILE", "what kind of load (configs/profiles/)" },
		{ "events", 0, "N", "how many events" },
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
		"      --events 1000000 --seed 1 -o build-farm.pgt\n",
		0,
		0,
	};
	struct gen g = { 0 };
	struct options_result o = options_parse(&spec, argc, argv, set, &g);

	if (o.ended)
		return o.status;
	if (!g.profile || !g.output || !g.events_given)
		return options_fail(&spec, CMD_USAGE,
				    "--profile, --events and -o are needed (see --help)");
	return generate(&spec, &g, o.quiet);
}
