/*
 * A run, step by step.
 */
#include "tools/run.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "sim/memory.h"
#include "tools/cmd.h"
#include "tools/interrupt.h"
#include "tools/machine_map.h"
#include "tools/run_core.h"

static struct replay *volatile running;
static volatile sig_atomic_t asked; /* to stop */

int run_fail(struct run *run, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(run->error, sizeof(run->error), fmt, ap);
	va_end(ap);
	return status;
}

static void on_signal(int number)
{
	(void)number;
	asked = 1;
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

static int replay_it(struct run *run)
{
	uint64_t began = now_ns(), cpu_began = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	struct replay_error err;
	bool ok;

	running = run->replay;
	if (asked) /* just before */
		replay_stop(run->replay);
	ok = replay_run(run->replay, &err);
	running = NULL;
	run->result.host.replay_ns = now_ns() - began;
	run->result.host.replay_cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_began;
	progress_free(run->progress);
	run->progress = NULL;
	watch_free(run->watch);
	run->watch = NULL;
	if (ok && sim_memory_failed(run->memory))
		return run_fail(run, CMD_SYSTEM, "out of memory");
	return ok ? CMD_DONE : run_fail(run, err.status, "%s", err.text);
}

/* The recorded end, where there is one, against the simulated one. */
static int judge(struct run *run)
{
	struct trace_error err = { 0 };
	struct replay_error failed;
	const struct trace_end *end = trace_reader_end(run->trace, &err);

	if (!end && err.kind)
		return run_fail(run, err.kind, "%s", err.text);
	if (!replay_settle(run->replay, &failed))
		return run_fail(run, failed.status, "%s", failed.text);
	run->snap = run->scenario->policy->snapshot(run->mm);
	if (!run->snap)
		return run_fail(run, CMD_SYSTEM, "out of memory");
	if (!end || !run->state_is_own)
		return CMD_DONE;
	run->result.other_zones = run->snap->norders != TRACE_ORDERS;
	if (run->result.other_zones)
		return CMD_DONE;
	run->score = score_new(run->scenario->policy, run->mm, run->snap, end);
	return run->score ? CMD_DONE : run_fail(run, CMD_SYSTEM, "out of memory");
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
	r->nodes = replay_node_counts(run->replay);
	r->spells = s->policy->spells ? s->policy->spells(run->mm) : NULL;
	r->blockers = run->blockers;
	r->series = replay_series(run->replay);
	r->nsysctl_notes = replay_sysctl_notes(run->replay, &r->sysctl_notes);
	r->score = run->score;
	r->engine = replay_engine_stats(run->replay);
	r->world = replay_world_stats(run->replay);
	r->strict = run->options.strict;
	r->start_used = !run->state  ? "boot"
			: run->aged  ? "age"
			: run->start ? s->start_path
				     : "trace";
	r->goes_on = run->goes_on;
	if (run->options.trace_digest)
		memcpy(r->trace_digest, run->options.trace_digest, sizeof(r->trace_digest));
	else if (run_open_rereadable(s->trace_path) &&
		 !trace_reader_digest(s->trace_path, r->trace_digest, &err))
		return run_fail(run, err.kind, "%s", err.text);
	if (!latency_rows_make(replay_latency(run->replay), s->policy->gfp_class_names,
			       s->policy->functions, &r->rows))
		return run_fail(run, CMD_SYSTEM, "out of memory");
	return CMD_DONE;
}

static int make_json(struct run *run)
{
	run->json = result_json(&run->result);
	return run->json ? CMD_DONE : run_fail(run, CMD_SYSTEM, "out of memory");
}

static int write_files(struct run *run)
{
	return run->dir ? run_files_write(run) : CMD_DONE;
}

static int start_progress(struct run *run)
{
	struct trace_totals totals = { 0 };
	struct trace_error err;

	if (!run->options.progress && !run->options.watch)
		return CMD_DONE;
	if (run_open_rereadable(run->scenario->trace_path))
		trace_reader_totals(run->trace, &totals, &err);
	run->total_events = totals.events;
	if (!run->options.watch)
		run->progress = progress_new("replay", "events", totals.events);
	return CMD_DONE;
}

static int start_watch(struct run *run)
{
	const struct sim_machine *machine = run->scenario->machine;
	const struct watch_source source = {
		.trace = trace_reader_header(run->trace)->name,
		.machine = machine->name,
		.policy = run->scenario->policy,
		.mm = run->mm,
		.replay = run->replay,
		.total = run->total_events,
		.mhz = machine->clock_mhz,
		.nodes = machine->nodes,
	};

	if (!run->options.watch)
		return CMD_DONE;
	run->watch = watch_new(&source);
	return run->watch ? CMD_DONE : run_fail(run, CMD_SYSTEM, "out of memory");
}

typedef int step(struct run *run);

/* From the first file on a signal is heeded between two steps and by the replay: files under
 * names of their own, and a folder with nothing in it, would be left behind otherwise. What is
 * being written at the end is there as a whole then. */
static int go_with_files(struct run *run)
{
	static step *const steps[] = { run_files_open, run_files_events, run_open_memory,
				       start_progress, run_open_replay,  run_files_begin,
				       start_watch,    replay_it,        run_save_write,
				       judge,          run_files_end,    collect,
				       make_json,      write_files };
	struct interrupt before;
	int status = CMD_DONE;

	asked = 0;
	interrupt_catch(&before, on_signal);
	trace_stop_when(&asked);
	for (size_t i = 0; status == CMD_DONE && i < sizeof(steps) / sizeof(*steps); i++) {
		status = steps[i](run);
		if (status == CMD_DONE && asked)
			status = run_fail(run, CMD_INTERRUPTED, "interrupted");
	}
	outdir_free(run->dir);
	run->dir = NULL;
	trace_stop_when(NULL);
	interrupt_release(&before);
	return status;
}

int run_go(struct run *run)
{
	static step *const steps[] = { run_open_workload, run_open_trace, run_open_kernel,
				       go_with_files };
	int status = CMD_DONE;

	run->started_ns = now_ns();
	for (size_t i = 0; status == CMD_DONE && i < sizeof(steps) / sizeof(*steps); i++)
		status = steps[i](run);
	return status;
}

struct run *run_new(struct scenario *scenario, const struct run_options *options)
{
	struct run *run = calloc(1, sizeof(*run));

	if (!run) {
		scenario_free(scenario);
		return NULL;
	}
	run->scenario = scenario;
	run->options = *options;
	run->workload = -1;
	return run;
}

void run_free(struct run *run)
{
	if (!run)
		return;
	json_decref(run->json);
	outdir_free(run->dir);
	progress_free(run->progress);
	watch_free(run->watch);
	latency_rows_free(&run->result.rows);
	score_free(run->score);
	blockers_free(run->blockers);
	pageblocks_free(run->before);
	pageblocks_free(run->after);
	mm_snapshot_free(run->snap);
	replay_free(run->replay);
	sim_memory_free(run->memory);
	if (run->mm)
		run->scenario->policy->destroy(run->mm);
	if (run->machine_made)
		machine_map_free(&run->machine);
	saved_free(run->saved);
	trace_state_free(run->aged);
	trace_reader_close(run->start);
	trace_reader_close(run->trace);
	if (run->workload >= 0)
		close(run->workload);
	scenario_free(run->scenario);
	free(run);
}

const char *run_error(const struct run *run)
{
	return run->error;
}

uint64_t run_checks(const struct run *run)
{
	return replay_checks(run->replay);
}

const struct result *run_result(const struct run *run)
{
	return &run->result;
}

json_t *run_json(const struct run *run)
{
	return run->json;
}

bool run_write_json(FILE *out, const json_t *json)
{
	return json_dumpf(json, out, JSON_SORT_KEYS | JSON_INDENT(1)) == 0 &&
	       fputc('\n', out) != EOF;
}
