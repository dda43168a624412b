/*
 * pagesim run: one trace through one kernel on one machine.
 */
#include <stdio.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/options.h"
#include "tools/run.h"

static const struct options_row rows[] = {
	{ "trace", 't', "FILE", "the trace to replay (.pgt), - for stdin" },
	{ "machine", 'm', "FILE",
	  "machine file; without it, the machine the trace was recorded on" },
	{ "kernel", 'k', "NAME", "2.4 or 4.12 (default)" },
	{ "start", 0, "WHAT",
	  "boot: a machine just booted; trace: the state recorded in the trace\n"
	  "(default if it has one); FILE: the start state of another .pgt file" },
	{ "set", 's', "KEY=VALUE",
	  "any value by its YAML path, e.g. vm.min_free_kbytes=8MiB,\n"
	  "replay.pacing=open; see 'pagesim params'" },
	{ "seed", 0, "N", "seed of whatever the run draws by chance" },
	{ "engine", 0, "MODE",
	  "dispatch (default), or strict: every operation on an actor, slow" },
	{ "map-cpus", 0, "fold", "a trace of a larger machine: several of its CPUs on one" },
	{ "out", 'o', "DIR",
	  "write result.json, latency.csv, latency.hlog, buddyinfo, ... there" },
	{ "json", 0, NULL, "print result.json instead of the summary" },
	{ NULL, 0, NULL, NULL },
};

static const struct options_spec spec = {
	.command = "run",
	.operands = "[SCENARIO.yaml]",
	.summary = "Replays a trace through a kernel's page allocator on a modelled machine: "
		   "prints a\n"
		   "summary, and leaves the full result in a folder.",
	.rows = rows,
	.examples = "  # a recorded trace, from its recorded start, on the machine it was "
		    "recorded on\n"
		    "  pagesim run --trace traces/samples/vm-fragment.pgt --out "
		    "results/vm-fragment\n"
		    "  # the same requests with more memory held back\n"
		    "  pagesim run --trace traces/samples/vm-fragment.pgt --set "
		    "vm.min_free_kbytes=16MiB\n"
		    "  # a scenario file\n"
		    "  pagesim run configs/scenarios/vm-fragment.yaml\n",
	.min_operands = 0,
	.max_operands = 1,
};

/* What the command line asks for. */
struct request {
	struct scenario *scenario;
	struct run_options run;
	bool json, quiet;
};

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	static const struct {
		const char *option, *key;
	} keys[] = {
		{ "trace", "trace" },   { "machine", "machine" },
		{ "kernel", "kernel" }, { "start", "start" },
		{ "seed", "seed" },     { "map-cpus", "replay.map_cpus" },
	};
	struct request *q = ctx;
	struct conf_error err;
	char name[32];

	if (strcmp(row->name, "out") == 0) {
		q->run.out = value;
	} else if (strcmp(row->name, "json") == 0) {
		q->json = true;
	} else if (strcmp(row->name, "engine") == 0) {
		q->run.strict = strcmp(value, "strict") == 0;
		if (!q->run.strict && strcmp(value, "dispatch") != 0)
			return options_fail(&spec, CMD_USAGE,
					    "--engine is dispatch or strict, not '%s'",
					    options_short(value).text),
			       false;
	} else if (strcmp(row->name, "set") == 0) {
		if (!scenario_set(q->scenario, value, &err))
			return options_fail(&spec, CMD_USAGE, "%s", err.text), false;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (strcmp(row->name, keys[i].option) != 0)
			continue;
		snprintf(name, sizeof(name), "--%s", row->name);
		if (!scenario_option(q->scenario, keys[i].key, value, name, &err))
			return options_fail(&spec, CMD_USAGE, "%s", err.text), false;
	}
	return true;
}

static int read_scenario(const struct request *q, const struct options_result *o)
{
	struct conf_error err;

	if (o->noperands && !scenario_read_file(q->scenario, o->operands[0], &err))
		return options_fail(&spec, CMD_USAGE, "%s", err.text);
	if (!scenario_finish(q->scenario, &err))
		return options_fail(&spec, CMD_USAGE, "%s", err.text);
	return CMD_DONE;
}

static void tell(const struct request *q, const struct run *run)
{
	if (q->json)
		run_write_json(stdout, run_json(run));
	else
		result_text(stdout, run_result(run));
	if (q->run.out && !q->json && !q->quiet)
		printf("Files: %s (result.json, latency.csv, buddyinfo, ...)\n", q->run.out);
}

/* Hands the scenario over. */
static int go(struct request *q)
{
	struct run *run = run_new(q->scenario, &q->run);
	int status;

	q->scenario = NULL;
	if (!run)
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	status = run_go(run);
	if (status)
		options_fail(&spec, status, "%s", run_error(run));
	else
		tell(q, run);
	run_free(run);
	return status;
}

int cmd_run(int argc, char **argv)
{
	struct request q = { .scenario = scenario_new() };
	struct options_result o;
	int status;

	if (!q.scenario)
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	o = options_parse(&spec, argc, argv, set_option, &q);
	q.quiet = o.quiet;
	q.run.progress = !o.quiet;
	status = o.ended ? o.status : read_scenario(&q, &o);
	if (!o.ended && status == CMD_DONE)
		status = go(&q);
	scenario_free(q.scenario);
	return status;
}
