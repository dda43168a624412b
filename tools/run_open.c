/*
 * What a run needs before it can begin: its trace and start state, the machine, the kernel, the
 * memory model and the replay.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/memory.h"
#include "tools/cmd.h"
#include "tools/machine_map.h"
#include "tools/replay.h"
#include "tools/run_core.h"
#include "tools/scenario_memory.h"

/* A trace without time tells an order alone, which is enough for --set replay.pacing=asap. */
static bool has_time(const struct trace_header *h)
{
	return h->clock != TRACE_CLOCK_COUNTER && h->clock_hz != 0;
}

static int check_time(struct run *run)
{
	if (run->scenario->pacing == SCENARIO_ASAP || has_time(trace_reader_header(run->trace)))
		return CMD_DONE;
	return run_fail(run, CMD_BAD_DATA,
			"%s has no clock, only an order of its events: 'pagesim verify' "
			"replays it, or --set replay.pacing=asap here",
			run->scenario->trace_path);
}

/* Frames of a recorded state mean something on the machine it was recorded on alone. */
static int check_same_machine(struct run *run, const struct trace_header *h)
{
	const struct sim_machine *m = run->scenario->machine;

	for (unsigned i = 0; i < h->nzones; i++) {
		const struct trace_zone *z = &h->zones[i];
		const struct sim_zone *here = i < m->nzones ? &m->zones[i] : NULL;

		if (!here || here->nid != z->nid || strcmp(here->name, z->name) != 0 ||
		    here->start != z->start || here->end != z->end)
			return run_fail(
				run, CMD_USAGE,
				"the start state is of another machine: its node %u has zone "
				"%s at frames %llu to %llu, '%s' has not (use --start boot)",
				z->nid, z->name, (unsigned long long)z->start,
				(unsigned long long)z->end - 1, m->name);
	}
	if (m->nzones != h->nzones)
		return run_fail(
			run, CMD_USAGE,
			"the start state is of another machine: it has %u zones, '%s' has %u "
			"(use --start boot)",
			h->nzones, m->name, m->nzones);
	return CMD_DONE;
}

bool run_open_rereadable(const char *path)
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

	if (s->age.given || s->start == SCENARIO_START_BOOT ||
	    (s->start == SCENARIO_START_DEFAULT && !has))
		return run_save_open(run);
	if (s->start == SCENARIO_START_FILE) {
		if (strcmp(s->start_path, "-") == 0 && strcmp(s->trace_path, "-") == 0)
			return run_fail(run, CMD_USAGE,
					"the trace and the start state cannot both be "
					"standard input");
		run->start = trace_reader_open(s->start_path, &err);
		if (!run->start)
			return run_fail(run, err.kind, "%s", err.text);
		has = trace_reader_header(run->start)->has_state;
	}
	if (!has)
		return run_fail(run, CMD_BAD_DATA, "%s holds no start state (use --start boot)",
				run->start ? s->start_path : s->trace_path);
	status = check_same_machine(run,
				    trace_reader_header(run->start ? run->start : run->trace));
	if (status)
		return status;
	run->state_is_own = !run->start;
	run->state = trace_reader_state(run->start ? run->start : run->trace, &err);
	return run->state ? run_save_open(run) : run_fail(run, err.kind, "%s", err.text);
}

/*
 * On the machine of the recording its memory reserve is the recorded one, unless the user gives
 * another: min_free_kbytes is a setting of that machine (THP start-up raises it, too) and
 * decides when zones count as full.
 */
static bool take_recorded_reserve(struct scenario *s, const struct trace_header *h,
				  uint64_t *recorded_kbytes)
{
	const struct mm_param *row = mm_params_find(s->policy->params, "min_free_kbytes");
	uint64_t pages = 0, kbytes;
	char text[256];

	if (!row || scenario_gives(s, "vm", "min_free_kbytes"))
		return true;
	for (unsigned i = 0; i < h->nzones; i++)
		pages += h->zones[i].min;
	if (!pages)
		return true;
	kbytes = pages * h->page_size / 1024;
	*recorded_kbytes = kbytes;
	return mm_params_set(row, s->params, &kbytes, 1, text, sizeof(text));
}

int run_open_resolve(struct scenario *s, const struct trace_header *h,
		     uint64_t *recorded_kbytes, struct conf_error *err)
{
	bool recorded_machine = !s->machine;

	*recorded_kbytes = 0;
	if (recorded_machine && !h->nzones) {
		snprintf(err->text, sizeof(err->text),
			 "%s does not tell the machine it was recorded on: give --machine FILE",
			 s->trace_path);
		return CMD_USAGE;
	}
	if (!scenario_machine(s, h, err))
		return CMD_USAGE;
	if (!recorded_machine || take_recorded_reserve(s, h, recorded_kbytes))
		return CMD_DONE;
	snprintf(err->text, sizeof(err->text), "%s: its zones' watermarks make no sense",
		 s->trace_path);
	return CMD_BAD_DATA;
}

/* A workload's trace takes the place of one that was given. */
int run_open_workload(struct run *run)
{
	struct scenario *s = run->scenario;
	struct trace_error err;
	char path[WORKLOAD_PATH];

	if (!s->workload.kind && !s->trace_path && s->age.given)
		return run_age_without_trace(run);
	if (!s->workload.kind && !s->trace_path)
		return run_fail(run, CMD_USAGE,
				"no trace: give --trace FILE or a scenario (see 'pagesim run "
				"--help')");
	if (!s->workload.kind)
		return CMD_DONE;
	run->workload = workload_open(&s->workload, s->machine, &err);
	if (run->workload < 0)
		return run_fail(run, err.kind, "%s", err.text);
	workload_path(run->workload, path);
	s->trace_path = strdup(path);
	return s->trace_path ? CMD_DONE : run_fail(run, CMD_SYSTEM, "out of memory");
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

	if (!interval || !has_time(h) || !run_open_rereadable(run->scenario->trace_path) ||
	    !trace_reader_totals(run->trace, &t, &err)) /* the replay will tell the place */
		return CMD_DONE;
	span = t.last_time - t.first_time;
	span = span * run->scenario->machine->clock_mhz * 1000000 / h->clock_hz / interval;
	samples = span > UINT64_MAX ? UINT64_MAX : (uint64_t)span;
	if (samples < REPLAY_MOST_SAMPLES)
		return CMD_DONE;
	return run_fail(run, CMD_USAGE,
			"output.interval is too short: it asks for %llu samples of this trace, "
			"%u are possible",
			(unsigned long long)samples, REPLAY_MOST_SAMPLES);
}

int run_open_trace(struct run *run)
{
	struct trace_error err;
	struct conf_error conf_err = { .text = "" };
	int status;

	run->trace = trace_reader_open(run->scenario->trace_path, &err);
	if (!run->trace)
		return run_fail(run, err.kind, "%s", err.text);
	if (run->options.share && !trace_share_attach(run->trace, run->options.share, &err))
		return run_fail(run, err.kind, "%s", err.text);
	status = run_open_resolve(run->scenario, trace_reader_header(run->trace),
				  &run->result.recorded_min_free_kbytes, &conf_err);
	if (status)
		return run_fail(run, status, "%s", conf_err.text);
	status = check_time(run);
	if (status)
		return status;
	status = open_start(run);
	return status ? status : check_interval(run);
}

/* HZ of the kernels' i386 and x86_64 configurations. */
static uint64_t default_hz(const struct mm_policy *kernel)
{
	return strcmp(kernel->short_name, "2.4") == 0 ? 100 : 250;
}

int run_open_kernel(struct run *run)
{
	const struct scenario *s = run->scenario;
	struct conf_error err = { .text = "" };
	char text[512];
	int status;

	run->machine_made =
		machine_map(s->machine, s->policy, default_hz(s->policy), &run->machine, &err);
	if (!run->machine_made)
		return run_fail(run, cmd_conf(&err), "%s", err.text);
	status = run_age(run);
	if (status)
		return status;
	errno = 0;
	run->mm = s->policy->create(&run->machine, s->params, s->costs, run->state != NULL,
				    text, sizeof(text));
	return run->mm ? CMD_DONE
		       : run_fail(run, errno == ENOMEM ? CMD_SYSTEM : CMD_USAGE, "%s", text);
}

/* The nodes of zones' lines by the kernel's numbers of its zones. */
int run_open_memory(struct run *run)
{
	const struct scenario *s = run->scenario;
	struct sim_memory_params params = s->memory;
	uint16_t *node;
	char text[256];

	if (!scenario_memory_check(s, text, sizeof(text)))
		return run_fail(run, CMD_USAGE, "%s", text);
	node = calloc(run->machine.nzones + 1, sizeof(*node));
	for (unsigned z = 0; node && z < run->machine.nzones; z++)
		node[z] = run->machine.zones[z].nid;
	params.zone_node = node;
	params.nzones = run->machine.nzones;
	run->memory = node ? sim_memory_new(s->memory_kind, s->machine, &params) : NULL;
	free(node);
	return run->memory ? CMD_DONE : run_fail(run, CMD_SYSTEM, "out of memory");
}

static void tell_progress(void *ctx, uint64_t events, uint64_t date)
{
	struct run *run = ctx;
	char time[32];

	if (run->options.events)
		*run->options.events = events;
	if (run->watch)
		watch_update(run->watch, events, date);
	if (!run->progress)
		return;
	result_text_time(time, sizeof(time), date, run->scenario->machine->clock_mhz);
	progress_update(run->progress, events, time);
}

int run_open_replay(struct run *run)
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
		.engine = run->options.strict ? SIM_ENGINE_STRICT : SIM_ENGINE_DISPATCH,
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
		.jitter_milli = s->jitter_milli,
		.events = run->events.out ? &run->events : NULL,
		.own_lists = run->aged != NULL,
		.saved = run->saved,
		.part = run->goes_on ? &run->part : NULL,
		.save = s->save_path != NULL,
		.check_events = run->options.check,
		.progress = run->progress || run->options.watch || run->options.events
				    ? tell_progress
				    : NULL,
		.progress_ctx = run,
	};
	struct replay_error err;

	run->replay = replay_new(&o, &err);
	if (!run->replay)
		return run_fail(run, err.status, "%s", err.text);
	if (run->state && !replay_state_put(run->replay, run->state, run->state_is_own, &err))
		return run_fail(run, err.status, "%s", err.text);
	return CMD_DONE;
}
