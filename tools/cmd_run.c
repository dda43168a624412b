/*
 * pagesim run: one trace through one kernel on one machine.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/bands.h"
#include "tools/cmd.h"
#include "tools/interrupt.h"
#include "tools/options.h"
#include "tools/outdir.h"
#include "tools/run.h"
#include "tools/scenario_age.h"
#include "tools/watch.h"
#include "traces/trace_scan.h"

static const struct options_row rows[] = {
	{ "trace", 't', "FILE", "the trace to replay (.pgt), - for stdin" },
	{ "machine", 'm', "FILE",
	  "machine file; without it, the machine the trace was recorded on" },
	{ "kernel", 'k', "NAME", "2.4 or 4.12 (default)" },
	{ "start", 0, "WHAT",
	  "boot: a machine just booted; trace: the state recorded in the trace\n"
	  "(default if it has one); FILE: the start state of another .pgt file" },
	{ "age", 0, "order=N,unusable=X",
	  "age the machine first, until that share of free memory is of no use for\n"
	  "requests of that order; needs no trace" },
	{ "set", 's', "KEY=VALUE",
	  "any value by its YAML path, e.g. vm.min_free_kbytes=8MiB,\n"
	  "replay.pacing=open; see 'pagesim params'" },
	{ "seed", 0, "N", "seed of whatever the run draws by chance" },
	{ "repeat", 0, "N",
	  "run with seeds 1 to N, and print least, middle and most of each figure;\n"
	  "think times are then drawn: up to 1 % longer (replay.jitter)" },
	{ "seeds", 0, "LIST", "the same with these seeds: 3,5,8 or 1..20" },
	{ "engine", 0, "MODE",
	  "dispatch (default), or strict: every operation on an actor, slow" },
	{ "map-cpus", 0, "fold", "a trace of a larger machine: several of its CPUs on one" },
	{ "out", 'o', "DIR",
	  "write result.json, latency.csv, latency.hlog, buddyinfo, ... there" },
	{ "check", 0, "N",
	  "audit the whole state every N events, and at the end: slow; what cannot be\n"
	  "ends the run with status 1" },
	{ "watch", 0, NULL, "a live view on stderr, which has to be a terminal" },
	{ "save-state", 0, "FILE",
	  "write the state at the end to a .pgt file, for another run's --start" },
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
		    "  # a long one, looked at while it runs\n"
		    "  pagesim run --watch --trace big.pgt --kernel 2.4\n"
		    "  # in two parts, the second where the first ended\n"
		    "  pagesim trace cut x.pgt --events :100000 -o a.pgt\n"
		    "  pagesim trace cut x.pgt --events 100000: -o b.pgt\n"
		    "  pagesim run --trace a.pgt --save-state a.state.pgt\n"
		    "  pagesim run --trace b.pgt --start a.state.pgt\n"
		    "  # a machine with fragmented memory, for other runs' --start\n"
		    "  pagesim run --machine configs/machines/two-node.yaml --age "
		    "order=9,unusable=0.8 --save-state aged.pgt\n"
		    "  # a scenario file\n"
		    "  pagesim run configs/scenarios/vm-fragment.yaml\n"
		    "  # how much of it is chance\n"
		    "  pagesim run configs/scenarios/vm-fragment.yaml --repeat 10 --out "
		    "results/band\n",
	.min_operands = 0,
	.max_operands = 1,
};

/* What the command line asks for. */
struct request {
	struct scenario *scenario;
	struct run_options run;
	bool json, quiet;
	uint64_t *seeds; /* [nseeds] of --repeat or --seeds; 0 = one run */
	const struct options_row *seeds_from;
	unsigned nseeds;
};

/* ---- seeds ------------------------------------------------------------------------------- */

/* The same seed twice is the same run twice: a band of them would look narrow. */
static bool add_seed(struct request *q, uint64_t seed)
{
	uint64_t *seeds;

	for (unsigned i = 0; i < q->nseeds; i++)
		if (q->seeds[i] == seed)
			return false;
	seeds = realloc(q->seeds, (q->nseeds + 1) * sizeof(*seeds));
	if (!seeds)
		return options_fail(&spec, CMD_SYSTEM, "out of memory"), false;
	q->seeds = seeds;
	seeds[q->nseeds++] = seed;
	return true;
}

/* "3", "3,5,8", "1..20", and these together. */
static bool read_seeds(struct request *q, const char *value)
{
	const char *at = value;
	uint64_t first, last;

	q->nseeds = 0;
	do {
		if (!trace_scan_number(&at, 10, UINT64_MAX, &first))
			return false;
		last = first;
		if (strncmp(at, "..", 2) == 0 &&
		    (at += 2, !trace_scan_number(&at, 10, UINT64_MAX, &last)))
			return false;
		for (uint64_t seed = first; seed <= last && q->nseeds <= BANDS_MOST; seed++)
			if (!add_seed(q, seed))
				return false;
		if (last < first || q->nseeds > BANDS_MOST)
			return false;
	} while (*at == ',' && *++at);
	return !*at;
}

static bool set_seeds(struct request *q, const struct options_row *row, const char *value)
{
	char range[16];

	if (q->seeds_from && q->seeds_from != row) {
		options_fail(&spec, CMD_USAGE,
			     "--repeat and --seeds both say which seeds: give one of them");
		return false;
	}
	q->seeds_from = row;
	if (strcmp(row->name, "repeat") == 0) {
		snprintf(range, sizeof(range), "1..%.4s", value);
		if (strlen(value) <= 4 && read_seeds(q, range))
			return true;
		options_fail(&spec, CMD_USAGE, "--repeat is a number from 1 to %u, not '%s'",
			     BANDS_MOST, options_short(value).text);
		return false;
	}
	if (read_seeds(q, value))
		return true;
	options_fail(&spec, CMD_USAGE,
		     "--seeds are numbers such as 3,5,8 or 1..20, each once, %u at most, not "
		     "'%s'",
		     BANDS_MOST, options_short(value).text);
	return false;
}

static bool set_check(struct request *q, const char *value)
{
	if (trace_scan_whole(value, UINT64_MAX, &q->run.check) && q->run.check)
		return true;
	options_fail(&spec, CMD_USAGE, "--check is a number of events, not '%s'",
		     options_short(value).text);
	return false;
}

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	static const struct {
		const char *option, *key;
	} keys[] = {
		{ "trace", "trace" },
		{ "machine", "machine" },
		{ "kernel", "kernel" },
		{ "start", "start" },
		{ "seed", "seed" },
		{ "map-cpus", "replay.map_cpus" },
		{ "save-state", "output.save_state" },
	};
	struct request *q = ctx;
	struct conf_error err = { .text = "" };
	char name[32];

	if (strcmp(row->name, "out") == 0) {
		q->run.out = value;
	} else if (strcmp(row->name, "watch") == 0) {
		q->run.watch = true;
	} else if (strcmp(row->name, "json") == 0) {
		q->json = true;
	} else if (strcmp(row->name, "check") == 0) {
		return set_check(q, value);
	} else if (strcmp(row->name, "repeat") == 0 || strcmp(row->name, "seeds") == 0) {
		return set_seeds(q, row, value);
	} else if (strcmp(row->name, "engine") == 0) {
		q->run.strict = strcmp(value, "strict") == 0;
		if (!q->run.strict && strcmp(value, "dispatch") != 0)
			return options_fail(&spec, CMD_USAGE,
					    "--engine is dispatch or strict, not '%s'",
					    options_short(value).text),
			       false;
	} else if (strcmp(row->name, "age") == 0) {
		if (!scenario_age_option(q->scenario, value, &err))
			return options_fail(&spec, cmd_conf(&err), "%s", err.text), false;
	} else if (strcmp(row->name, "set") == 0) {
		if (!scenario_set(q->scenario, value, &err))
			return options_fail(&spec, cmd_conf(&err), "%s", err.text), false;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (strcmp(row->name, keys[i].option) != 0)
			continue;
		snprintf(name, sizeof(name), "--%s", row->name);
		if (!scenario_option(q->scenario, keys[i].key, value, name, &err))
			return options_fail(&spec, cmd_conf(&err), "%s", err.text), false;
	}
	return true;
}

static int read_scenario(const struct request *q, const struct options_result *o)
{
	struct conf_error err = { .text = "" };
	char text[128];

	if (q->run.watch && !watch_possible(text, sizeof(text)))
		return options_fail(&spec, CMD_USAGE, "%s", text);
	if (o->noperands && !scenario_read_file(q->scenario, o->operands[0], &err))
		return options_fail(&spec, cmd_conf(&err), "%s", err.text);
	if (!scenario_finish(q->scenario, &err))
		return options_fail(&spec, cmd_conf(&err), "%s", err.text);
	return CMD_DONE;
}

static void tell(const struct request *q, const struct run *run)
{
	if (q->json)
		run_write_json(stdout, run_json(run));
	else
		result_text(stdout, run_result(run));
	if (q->run.check && !q->json && !q->quiet)
		printf("Checks: %" PRIu64 " of the whole state, one every %" PRIu64
		       " events: every invariant holds\n",
		       run_checks(run), q->run.check);
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

/* ---- several runs ------------------------------------------------------------------------ */

#define JITTER_MILLI 10 /* what makes runs differ that draw nothing else */

static bool draws_think_times(const struct scenario *s)
{
	return s->pacing == SCENARIO_CLOSED || s->pacing == SCENARIO_THINK;
}

/* The command line once more, but for the seed and the folder. */
static int prepare(struct request *q, int argc, char **argv, uint64_t seed, char *folder,
		   size_t size)
{
	struct options_result o;
	struct conf_error err = { .text = "" };
	char number[24];
	int status;

	q->scenario = scenario_new();
	if (!q->scenario)
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	o = options_parse(&spec, argc, argv, set_option, q);
	snprintf(number, sizeof(number), "%" PRIu64, seed);
	if (!scenario_option(q->scenario, "seed", number, "--seeds", &err))
		return options_fail(&spec, cmd_conf(&err), "%s", err.text);
	status = read_scenario(q, &o);
	if (status)
		return status;
	if (q->scenario->trace_path && strcmp(q->scenario->trace_path, "-") == 0)
		return options_fail(&spec, CMD_USAGE,
				    "standard input cannot be read once for each seed");
	if (!q->scenario->jitter_given && draws_think_times(q->scenario))
		q->scenario->jitter_milli = JITTER_MILLI;
	if (q->run.out) {
		snprintf(folder, size, "%s/seed-%" PRIu64, q->run.out, seed);
		q->run.out = folder;
	}
	q->run.progress = !o.quiet;
	return CMD_DONE;
}

static struct {
	volatile sig_atomic_t caught;
	volatile pid_t child; /* the run under way, 0 = none */
	struct interrupt before;
} repeated;

/* Who stops this process alone means the run under way, too. */
static void on_signal(int number)
{
	repeated.caught = 1;
	if (repeated.child)
		kill(repeated.child, number);
}

/* In a process of its own: one process runs one simulation with actors. */
static int run_seed(struct request *q, struct bands *bands, unsigned number, FILE *out)
{
	struct run *run = run_new(q->scenario, &q->run);
	int status;

	q->scenario = NULL;
	if (!run)
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	status = run_go(run);
	if (status)
		options_fail(&spec, status, "%s", run_error(run));
	else if (!bands_add(bands, number, run_result(run),
			    json_string_value(json_object_get(run_json(run), "result_digest"))))
		status = options_fail(&spec, CMD_SYSTEM, "out of memory");
	else
		bands_send(out, bands, number);
	run_free(run);
	return status;
}

/* Takes the child's figures, and how it ended. */
static int await_seed(struct bands *bands, unsigned number, pid_t child, int in)
{
	FILE *from = fdopen(in, "r");
	bool ok = from && bands_receive(from, bands, number);
	int status;

	if (from)
		fclose(from);
	else
		close(in);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return options_fail(&spec, CMD_SYSTEM, "waitpid: %s", strerror(errno));
	repeated.child = 0;
	if (repeated.caught) /* it may have ended before that or for that, or not have begun */
		return WIFEXITED(status) && WEXITSTATUS(status) == CMD_INTERRUPTED
			       ? CMD_INTERRUPTED
			       : options_fail(&spec, CMD_INTERRUPTED, "interrupted");
	if (!WIFEXITED(status))
		return options_fail(&spec, CMD_SYSTEM, "a run was ended by signal %d",
				    WTERMSIG(status));
	if (WEXITSTATUS(status) == CMD_DONE && !ok)
		return options_fail(&spec, CMD_SYSTEM, "a run did not tell its figures");
	return WEXITSTATUS(status);
}

static int fork_seed(struct request *q, struct bands *bands, unsigned number)
{
	int ends[2], status;
	pid_t child;
	FILE *out;

	if (pipe(ends) != 0)
		return options_fail(&spec, CMD_SYSTEM, "pipe: %s", strerror(errno));
	fflush(NULL);
	child = fork();
	if (child < 0) {
		close(ends[0]);
		close(ends[1]);
		return options_fail(&spec, CMD_SYSTEM, "fork: %s", strerror(errno));
	}
	if (child > 0) {
		close(ends[1]);
		repeated.child = child;
		if (repeated.caught) /* before there was a child to tell it to */
			kill(child, SIGTERM);
		return await_seed(bands, number, child, ends[0]);
	}
	interrupt_release(&repeated.before);
	close(ends[0]);
	out = fdopen(ends[1], "w");
	status = out ? run_seed(q, bands, number, out) : CMD_DONE;
	if ((!out || fclose(out) != 0) && !status)
		status = options_fail(&spec, CMD_SYSTEM, "a run could not tell its figures: %s",
				      strerror(errno));
	fflush(NULL);
	_exit(status);
}

static int write_bands(const struct bands *bands, const json_t *json, const char *path)
{
	char text[512];
	struct outdir *dir;
	sigset_t before;
	FILE *out;
	bool ok;

	interrupt_hold(&before);
	dir = outdir_new(path, text, sizeof(text));
	out = dir ? outdir_file(dir, "bands.json") : NULL;
	if (out)
		run_write_json(out, json);
	out = dir ? outdir_file(dir, "bands.csv") : NULL;
	if (out)
		bands_csv(out, bands);
	if (dir)
		run_files_replace(dir);
	ok = dir && outdir_commit(dir, text, sizeof(text));
	outdir_free(dir);
	interrupt_let_in(&before);
	return ok ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "%s", text);
}

static int tell_bands(const struct request *q, const struct bands *bands, const char *out)
{
	json_t *json = bands_json(bands);
	int status = CMD_DONE;

	if (out)
		status = write_bands(bands, json, out);
	if (status == CMD_DONE && q->json)
		run_write_json(stdout, json);
	else if (status == CMD_DONE)
		bands_text(stdout, bands);
	if (status == CMD_DONE && out && !q->json && !q->quiet)
		printf("\nFiles: %s (bands.json, bands.csv, seed-*/result.json, ...)\n", out);
	json_decref(json);
	return status;
}

/* Each run has the whole command line to itself: its scenario is used up by it. */
static int repeat(const struct request *first, int argc, char **argv)
{
	struct bands *bands = bands_new(first->seeds, first->nseeds);
	int status = bands ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "out of memory");

	interrupt_catch(&repeated.before, on_signal);
	for (unsigned i = 0; status == CMD_DONE && i < first->nseeds; i++) {
		struct request q = { 0 };
		char folder[4096];

		status = prepare(&q, argc, argv, first->seeds[i], folder, sizeof(folder));
		if (status == CMD_DONE)
			status = fork_seed(&q, bands, i);
		scenario_free(q.scenario);
		free(q.seeds);
	}
	interrupt_release(&repeated.before);
	if (status == CMD_DONE)
		status = tell_bands(first, bands, first->run.out);
	bands_free(bands);
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
		status = q.nseeds ? repeat(&q, argc, argv) : go(&q);
	scenario_free(q.scenario);
	free(q.seeds);
	return status;
}
