/*
 * pagesim run: one trace through one kernel on one machine.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/memory.h"
#include "tools/cmd.h"
#include "tools/interrupt.h"
#include "tools/kernel_files.h"
#include "tools/machine_map.h"
#include "tools/options.h"
#include "tools/outdir.h"
#include "tools/progress.h"
#include "tools/replay.h"
#include "tools/result.h"
#include "tools/scenario.h"

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

/* Everything one run holds, so that one function can give it all back. */
struct run {
	struct scenario *scenario;
	struct trace_reader *trace, *start; /* start: of --start FILE */
	const struct trace_state *state;    /* where the run starts from, NULL = boot */
	bool state_is_own;
	struct mm_machine machine;
	bool machine_made;
	int workload; /* descriptor of its trace; -1 = none */
	void *mm;
	struct sim_memory *memory;
	struct events events; /* of output.events */
	struct replay *replay;
	struct mm_snapshot *snap;
	struct score *score;
	struct result result;
	struct progress *progress;
	const char *out;
	struct outdir *dir; /* of --out */
	bool strict, json, quiet;
	uint64_t started_ns;
};

static struct replay *volatile running;

static void on_signal(int number)
{
	(void)number;
	if (running)
		replay_stop(running);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static bool set_option(void *ctx, const struct options_row *row, const char *value)
{
	static const struct {
		const char *option, *key;
	} keys[] = {
		{ "trace", "trace" },   { "machine", "machine" },
		{ "kernel", "kernel" }, { "start", "start" },
		{ "seed", "seed" },     { "map-cpus", "replay.map_cpus" },
	};
	struct run *run = ctx;
	struct conf_error err;
	char name[32];

	if (strcmp(row->name, "out") == 0) {
		run->out = value;
	} else if (strcmp(row->name, "json") == 0) {
		run->json = true;
	} else if (strcmp(row->name, "engine") == 0) {
		run->strict = strcmp(value, "strict") == 0;
		if (!run->strict && strcmp(value, "dispatch") != 0)
			return options_fail(&spec, CMD_USAGE,
					    "--engine is dispatch or strict, not '%s'",
					    options_short(value).text),
			       false;
	} else if (strcmp(row->name, "set") == 0) {
		if (!scenario_set(run->scenario, value, &err))
			return options_fail(&spec, CMD_USAGE, "%s", err.text), false;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (strcmp(row->name, keys[i].option) != 0)
			continue;
		snprintf(name, sizeof(name), "--%s", row->name);
		if (!scenario_option(run->scenario, keys[i].key, value, name, &err))
			return options_fail(&spec, CMD_USAGE, "%s", err.text), false;
	}
	return true;
}

static int read_scenario(struct run *run, const struct options_result *o)
{
	struct conf_error err;

	if (o->noperands && !scenario_read_file(run->scenario, o->operands[0], &err))
		return options_fail(&spec, CMD_USAGE, "%s", err.text);
	if (!scenario_finish(run->scenario, &err))
		return options_fail(&spec, CMD_USAGE, "%s", err.text);
	if (!run->scenario->trace_path && !run->scenario->workload.kind)
		return options_fail(
			&spec, CMD_USAGE,
			"no trace: give --trace FILE or a scenario (see 'pagesim run --help')");
	return CMD_DONE;
}

/* A trace without time tells an order alone, which is enough for --set replay.pacing=asap. */
static bool has_time(const struct trace_header *h)
{
	return h->clock != TRACE_CLOCK_COUNTER && h->clock_hz != 0;
}

static int check_time(const struct run *run)
{
	if (run->scenario->pacing == SCENARIO_ASAP || has_time(trace_reader_header(run->trace)))
		return CMD_DONE;
	return options_fail(&spec, CMD_BAD_DATA,
			    "%s has no clock, only an order of its events: 'pagesim verify' "
			    "replays it, or --set replay.pacing=asap here",
			    run->scenario->trace_path);
}

/* Frames of a recorded state mean something on the machine it was recorded on alone. */
static int check_same_machine(const struct run *run, const struct trace_header *h)
{
	const struct sim_machine *m = run->scenario->machine;

	for (unsigned i = 0; i < h->nzones; i++) {
		const struct trace_zone *z = &h->zones[i];
		const struct sim_zone *here = i < m->nzones ? &m->zones[i] : NULL;

		if (!here || here->nid != z->nid || strcmp(here->name, z->name) != 0 ||
		    here->start != z->start || here->end != z->end)
			return options_fail(
				&spec, CMD_USAGE,
				"the start state is of another machine: its node %u has zone "
				"%s at frames %llu to %llu, '%s' has not (use --start boot)",
				z->nid, z->name, (unsigned long long)z->start,
				(unsigned long long)z->end - 1, m->name);
	}
	if (m->nzones != h->nzones)
		return options_fail(
			&spec, CMD_USAGE,
			"the start state is of another machine: it has %u zones, '%s' has %u "
			"(use --start boot)",
			h->nzones, m->name, m->nzones);
	return CMD_DONE;
}

/* Pipes, named or not, can be read only once. */
static bool can_be_read_again(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* The state that the run starts from, by the scenario and what the trace holds. */
static int open_start(struct run *run)
{
	struct scenario *s = run->scenario;
	struct trace_error err = { 0 };
	bool has = trace_reader_header(run->trace)->has_state;
	int status;

	if (s->start == SCENARIO_START_BOOT || (s->start == SCENARIO_START_DEFAULT && !has))
		return CMD_DONE;
	if (s->start == SCENARIO_START_FILE) {
		if (strcmp(s->start_path, "-") == 0 && strcmp(s->trace_path, "-") == 0)
			return options_fail(&spec, CMD_USAGE,
					    "the trace and the start state cannot both be "
					    "standard input");
		run->start = trace_reader_open(s->start_path, &err);
		if (!run->start)
			return options_fail(&spec, err.kind, "%s", err.text);
		has = trace_reader_header(run->start)->has_state;
	}
	if (!has)
		return options_fail(&spec, CMD_BAD_DATA,
				    "%s holds no start state (use --start boot)",
				    run->start ? s->start_path : s->trace_path);
	status = check_same_machine(run,
				    trace_reader_header(run->start ? run->start : run->trace));
	if (status)
		return status;
	run->state_is_own = !run->start;
	run->state = trace_reader_state(run->start ? run->start : run->trace, &err);
	return run->state ? CMD_DONE : options_fail(&spec, err.kind, "%s", err.text);
}

/*
 * On the machine of the recording its memory reserve is the recorded one, unless the user gives
 * another: min_free_kbytes is a setting of that machine (THP start-up raises it, too) and
 * decides when zones count as full.
 */
static bool take_recorded_reserve(struct run *run)
{
	const struct trace_header *h = trace_reader_header(run->trace);
	const struct mm_param *row =
		mm_params_find(run->scenario->policy->params, "min_free_kbytes");
	uint64_t pages = 0, kbytes;
	char text[256];

	if (!row || scenario_gives(run->scenario, "vm", "min_free_kbytes"))
		return true;
	for (unsigned i = 0; i < h->nzones; i++)
		pages += h->zones[i].min;
	if (!pages)
		return true;
	kbytes = pages * h->page_size / 1024;
	run->result.recorded_min_free_kbytes = kbytes;
	return mm_params_set(row, run->scenario->params, &kbytes, 1, text, sizeof(text));
}

/* A workload's trace takes the place of one that was given. */
static int make_workload(struct run *run)
{
	struct scenario *s = run->scenario;
	struct trace_error err;
	char path[WORKLOAD_PATH];

	if (!s->workload.kind)
		return CMD_DONE;
	run->workload = workload_open(&s->workload, s->machine, &err);
	if (run->workload < 0)
		return options_fail(&spec, err.kind, "%s", err.text);
	workload_path(run->workload, path);
	s->trace_path = strdup(path);
	return s->trace_path ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "out of memory");
}

static int open_trace(struct run *run)
{
	bool recorded_machine = !run->scenario->machine;
	struct trace_error err;
	struct conf_error conf_err;

	run->trace = trace_reader_open(run->scenario->trace_path, &err);
	if (!run->trace)
		return options_fail(&spec, err.kind, "%s", err.text);
	if (recorded_machine && !trace_reader_header(run->trace)->nzones)
		return options_fail(&spec, CMD_USAGE,
				    "%s does not tell the machine it was recorded on: give "
				    "--machine FILE",
				    run->scenario->trace_path);
	if (!scenario_machine(run->scenario, trace_reader_header(run->trace), &conf_err))
		return options_fail(&spec, CMD_USAGE, "%s", conf_err.text);
	if (check_time(run))
		return CMD_BAD_DATA;
	if (recorded_machine && !take_recorded_reserve(run))
		return options_fail(&spec, CMD_BAD_DATA,
				    "%s: its zones' watermarks make no sense",
				    run->scenario->trace_path);
	return open_start(run);
}

/* HZ of the kernels' i386 and x86_64 configurations. */
static uint64_t default_hz(const struct mm_policy *kernel)
{
	return strcmp(kernel->short_name, "2.4") == 0 ? 100 : 250;
}

static int make_kernel(struct run *run)
{
	const struct scenario *s = run->scenario;
	struct conf_error err;
	char text[512];

	run->machine_made =
		machine_map(s->machine, s->policy, default_hz(s->policy), &run->machine, &err);
	if (!run->machine_made)
		return options_fail(&spec, CMD_USAGE, "%s", err.text);
	run->mm = s->policy->create(&run->machine, s->params, s->costs, run->state != NULL,
				    text, sizeof(text));
	return run->mm ? CMD_DONE : options_fail(&spec, CMD_USAGE, "%s", text);
}

static void tell_progress(void *ctx, uint64_t events, uint64_t date)
{
	struct run *run = ctx;
	char time[32];

	result_text_time(time, sizeof(time), date, run->scenario->machine->clock_mhz);
	progress_update(run->progress, events, time);
}

static uint64_t series_cycles(const struct scenario *s)
{
	if (!s->series)
		return 0;
	return s->interval_cycles ? s->interval_cycles
				  : s->interval_ns * s->machine->clock_mhz / 1000;
}

/* A series that would not end is refused before the work, where the trace's span is known. */
static int check_interval(struct run *run)
{
	const struct trace_header *h = trace_reader_header(run->trace);
	struct trace_totals t;
	struct trace_error err;
	uint64_t interval = series_cycles(run->scenario), samples;
	__extension__ unsigned __int128 span;

	if (!interval || !has_time(h) || !can_be_read_again(run->scenario->trace_path) ||
	    !trace_reader_totals(run->trace, &t, &err)) /* the replay will tell the place */
		return CMD_DONE;
	span = t.last_time - t.first_time;
	span = span * run->scenario->machine->clock_mhz * 1000000 / h->clock_hz / interval;
	samples = span > UINT64_MAX ? UINT64_MAX : (uint64_t)span;
	if (samples < REPLAY_MOST_SAMPLES)
		return CMD_DONE;
	return options_fail(
		&spec, CMD_USAGE,
		"output.interval is too short: it asks for %llu samples of this trace, "
		"%u are possible",
		(unsigned long long)samples, REPLAY_MOST_SAMPLES);
}

/* The file is written as things happen, and gets its place with the others. */
static int open_events(struct run *run)
{
	const struct scenario *s = run->scenario;

	if (!s->events)
		return CMD_DONE;
	if (!run->dir)
		return options_fail(&spec, CMD_USAGE,
				    "output.events wants a folder to write events.txt to: "
				    "give --out DIR");
	run->events = (struct events){ .out = outdir_file(run->dir, "events.txt"),
				       .groups = s->events,
				       .mhz = s->machine->clock_mhz,
				       .policy = s->policy,
				       .zones = events_zones(run->machine.arch) };
	return CMD_DONE;
}

/* The nodes of zones' lines by the kernel's numbers of its zones. */
static int make_memory(struct run *run)
{
	const struct scenario *s = run->scenario;
	struct sim_memory_params params = s->memory;
	uint16_t *node = calloc(run->machine.nzones + 1, sizeof(*node));

	for (unsigned z = 0; node && z < run->machine.nzones; z++)
		node[z] = run->machine.zones[z].nid;
	params.zone_node = node;
	params.nzones = run->machine.nzones;
	run->memory = node ? sim_memory_new(s->memory_kind, s->machine, &params) : NULL;
	free(node);
	return run->memory ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "out of memory");
}

static int make_replay(struct run *run)
{
	static const enum replay_pacing pacings[] = { [SCENARIO_CLOSED] = REPLAY_CLOSED,
						      [SCENARIO_OPEN] = REPLAY_OPEN,
						      [SCENARIO_ASAP] = REPLAY_ASAP,
						      [SCENARIO_THINK] = REPLAY_THINK };
	static const enum replay_access accesses[] = {
		[SCENARIO_ACCESS_NONE] = REPLAY_ACCESS_NONE,
		[SCENARIO_RECORDED] = REPLAY_ACCESS_RECORDED,
		[SCENARIO_WORKING_SET] = REPLAY_ACCESS_WORKING_SET,
	};
	const struct scenario *s = run->scenario;
	struct replay_options o = {
		.policy = s->policy,
		.mm = run->mm,
		.params = s->params,
		.machine = s->machine,
		.memory = run->memory,
		.trace = run->trace,
		.engine = run->strict ? SIM_ENGINE_STRICT : SIM_ENGINE_DISPATCH,
		.pacing = pacings[s->pacing],
		.keep_recorded_reclaim = s->keep_recorded_reclaim,
		.fold = s->fold_cpus,
		.window = s->window,
		.series_cycles = series_cycles(s),
		.changes = s->changes,
		.nchanges = s->nchanges,
		.tasks = s->tasks,
		.ntasks = s->ntasks,
		.hz = run->machine.hz,
		.access = accesses[s->access],
		.hot_milli = s->hot_milli,
		.access_cycles = s->access_period_ns * s->machine->clock_mhz / 1000,
		.seed = s->seed,
		.events = run->events.out ? &run->events : NULL,
		.progress = run->progress ? tell_progress : NULL,
		.progress_ctx = run,
	};
	struct replay_error err;

	run->replay = replay_new(&o, &err);
	if (!run->replay)
		return options_fail(&spec, err.status, "%s", err.text);
	if (run->state && !replay_state_put(run->replay, run->state, run->state_is_own, &err))
		return options_fail(&spec, err.status, "%s", err.text);
	return CMD_DONE;
}

static int replay_it(struct run *run)
{
	struct interrupt before;
	uint64_t began = now_ns(), cpu_began = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	struct replay_error err;
	bool ok;

	running = run->replay;
	interrupt_catch(&before, on_signal);
	ok = replay_run(run->replay, &err);
	interrupt_release(&before);
	running = NULL;
	run->result.host.replay_ns = now_ns() - began;
	run->result.host.replay_cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_began;
	progress_free(run->progress);
	run->progress = NULL;
	if (ok && sim_memory_failed(run->memory))
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	return ok ? CMD_DONE : options_fail(&spec, err.status, "%s", err.text);
}

/* The recorded end, where there is one, against the simulated one. */
static int judge(struct run *run)
{
	struct trace_error err = { 0 };
	struct replay_error failed;
	const struct trace_end *end = trace_reader_end(run->trace, &err);

	if (!end && err.kind)
		return options_fail(&spec, err.kind, "%s", err.text);
	if (!replay_settle(run->replay, &failed))
		return options_fail(&spec, failed.status, "%s", failed.text);
	run->snap = run->scenario->policy->snapshot(run->mm);
	if (!run->snap)
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	if (!end || !run->state_is_own)
		return CMD_DONE;
	run->result.other_zones = run->snap->norders != TRACE_ORDERS;
	if (run->result.other_zones)
		return CMD_DONE;
	run->score = score_new(run->scenario->policy, run->mm, run->snap, end);
	return run->score ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "out of memory");
}

static int collect(struct run *run)
{
	const struct scenario *s = run->scenario;
	struct result *r = &run->result;
	struct rusage usage;
	struct trace_error err;

	r->host.wall_ns = now_ns() - run->started_ns;
	getrusage(RUSAGE_SELF, &usage);
	r->host.peak_rss_kib = (uint64_t)usage.ru_maxrss;
	r->scenario = s;
	r->trace = trace_reader_header(run->trace);
	r->snap = run->snap;
	r->counts = replay_counts(run->replay);
	r->series = replay_series(run->replay);
	r->nsysctl_notes = replay_sysctl_notes(run->replay, &r->sysctl_notes);
	r->score = run->score;
	r->engine = replay_engine_stats(run->replay);
	r->world = replay_world_stats(run->replay);
	r->strict = run->strict;
	r->start_used = !run->state ? "boot" : run->start ? s->start_path : "trace";
	if (can_be_read_again(s->trace_path) &&
	    !trace_reader_digest(s->trace_path, r->trace_digest, &err))
		return options_fail(&spec, err.kind, "%s", err.text);
	if (!latency_rows_make(replay_latency(run->replay), s->policy->gfp_class_names,
			       &r->rows))
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	return CMD_DONE;
}

static bool write_json(FILE *out, json_t *json)
{
	return out && json && json_dumpf(json, out, JSON_SORT_KEYS | JSON_INDENT(1)) == 0 &&
	       fputc('\n', out) != EOF;
}

static int write_folder(struct run *run, json_t *json)
{
	struct outdir *dir = run->dir;
	char text[512];
	FILE *out;

	for (const struct kernel_file *f = kernel_files_of(run->scenario->policy); f->name;
	     f++) {
		out = outdir_file(dir, f->name);
		if (out)
			f->write(out, run->snap);
	}
	out = outdir_file(dir, "latency.csv");
	if (out)
		result_csv_latency(out, &run->result);
	out = outdir_file(dir, "latency.hlog");
	if (out && !result_hlog(out, &run->result))
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	out = run->result.series->nsamples ? outdir_file(dir, "series.csv") : NULL;
	if (out)
		result_csv_series(out, &run->result);
	out = outdir_file(dir, "summary.txt");
	if (out)
		result_text(out, &run->result);
	write_json(outdir_file(dir, "result.json"), json);
	return outdir_commit(dir, text, sizeof(text))
		       ? CMD_DONE
		       : options_fail(&spec, CMD_SYSTEM, "%s", text);
}

/* Before the work, so that none of it is lost to a folder that cannot be. */
static int open_folder(struct run *run)
{
	char text[512];

	if (!run->out)
		return CMD_DONE;
	run->dir = outdir_new(run->out, text, sizeof(text));
	return run->dir ? CMD_DONE : options_fail(&spec, CMD_SYSTEM, "%s", text);
}

static int tell(struct run *run)
{
	json_t *json = result_json(&run->result);
	int status = CMD_DONE;

	if (!json)
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	if (run->dir)
		status = write_folder(run, json);
	if (status == CMD_DONE && run->json)
		write_json(stdout, json);
	else if (status == CMD_DONE)
		result_text(stdout, &run->result);
	if (status == CMD_DONE && run->out && !run->json && !run->quiet)
		printf("Files: %s (result.json, latency.csv, buddyinfo, ...)\n", run->out);
	json_decref(json);
	return status;
}

static void start_progress(struct run *run)
{
	struct trace_totals totals = { 0 };
	struct trace_error err;

	if (run->quiet)
		return;
	if (can_be_read_again(run->scenario->trace_path))
		trace_reader_totals(run->trace, &totals, &err);
	run->progress = progress_new("replay", "events", totals.events);
}

static int go(struct run *run, const struct options_result *o)
{
	static int (*const steps[])(
		struct run *) = { make_workload, open_trace,  check_interval, make_kernel,
				  open_folder,   open_events, make_memory,    make_replay,
				  replay_it,     judge,       collect,        tell };
	int status = read_scenario(run, o);

	run->started_ns = now_ns();
	for (size_t i = 0; status == CMD_DONE && i < sizeof(steps) / sizeof(*steps); i++) {
		if (steps[i] == make_replay)
			start_progress(run);
		status = steps[i](run);
	}
	return status;
}

static void give_back(struct run *run)
{
	outdir_free(run->dir);
	progress_free(run->progress);
	latency_rows_free(&run->result.rows);
	score_free(run->score);
	mm_snapshot_free(run->snap);
	replay_free(run->replay);
	sim_memory_free(run->memory);
	if (run->mm)
		run->scenario->policy->destroy(run->mm);
	if (run->machine_made)
		machine_map_free(&run->machine);
	trace_reader_close(run->start);
	trace_reader_close(run->trace);
	if (run->workload >= 0)
		close(run->workload);
	scenario_free(run->scenario);
}

int cmd_run(int argc, char **argv)
{
	struct run run = { .scenario = scenario_new(), .workload = -1 };
	struct options_result o;
	int status;

	if (!run.scenario)
		return options_fail(&spec, CMD_SYSTEM, "out of memory");
	o = options_parse(&spec, argc, argv, set_option, &run);
	run.quiet = o.quiet;
	status = o.ended ? o.status : go(&run, &o);
	give_back(&run);
	return status;
}
