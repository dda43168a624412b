#include "tools/replay.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/dispatch.h"
#include "sim/port_direct.h"
#include "tools/cmd.h"
#include "tools/replay_lines.h"
#include "tools/replay_saved.h"

#define TICK_STAGGER_JIFFIES 3 /* round_jiffies() spreads the CPUs' periodic work */
#define DEFAULT_HZ 250

bool replay_core_fail(struct replay *r, int status, const char *fmt, ...)
{
	va_list ap;

	if (r->trouble.status)
		return false;
	r->trouble.status = status;
	va_start(ap, fmt);
	vsnprintf(r->trouble.text, sizeof(r->trouble.text), fmt, ap);
	va_end(ap);
	if (r->engine)
		sim_engine_stop(r->engine);
	return false;
}

void replay_core_sum(struct replay *r)
{
	for (unsigned order = 0; order < TRACE_ORDERS; order++) {
		r->counts.order_requests[order] = 0;
		for (unsigned n = 0; n < r->o.machine->nodes; n++) {
			r->nodes[n].requests[order] = r->asked[n].requests[order];
			r->counts.order_requests[order] += r->asked[n].requests[order];
		}
	}
}

void replay_core_progress(const struct replay *r)
{
	if (r->o.progress)
		r->o.progress(r->o.progress_ctx, r->counts.events, sim_engine_now(r->engine));
}

/* The machine must have room for the trace's CPUs and nodes. */
static bool check_fit(struct replay *r)
{
	const struct trace_header *h = trace_reader_header(r->o.trace);
	const struct sim_machine *m = r->o.machine;

	for (unsigned i = 0; i < m->nzones; i++)
		if (m->zones[i].end > OBJECTS_FRAMES)
			return replay_core_fail(
				r, CMD_USAGE,
				"machine '%s' has memory above 16 TiB: frames are "
				"kept in 32 bits",
				m->name);
	if (r->o.fold)
		return true;
	if (h->cpus > m->cpus)
		return replay_core_fail(
			r, CMD_USAGE,
			"the trace has %u CPUs, machine '%s' has %u (--map-cpus fold "
			"puts several on one)",
			h->cpus, m->name, m->cpus);
	if (h->nodes > m->nodes)
		return replay_core_fail(
			r, CMD_USAGE,
			"the trace has %u nodes, machine '%s' has %u (--map-cpus fold "
			"puts several on one)",
			h->nodes, m->name, m->nodes);
	return true;
}

/* How many objects the trace's own start state has: their numbers come first. */
static bool count_start_objects(struct replay *r)
{
	struct trace_error err = { 0 };
	const struct trace_state *state;

	if (!trace_reader_header(r->o.trace)->has_state)
		return true;
	state = trace_reader_state(r->o.trace, &err);
	if (!state)
		return replay_core_fail(r, err.kind, "%s", err.text);
	for (uint64_t i = 0; i < state->nused; i++)
		r->start_objects += !(state->used[i].use & TRACE_USE_PINNED);
	return true;
}

/* The first events: their time is date 0. */
static bool read_first(struct replay *r)
{
	if (!replay_feed_read(r) && r->trouble.status)
		return false;
	r->first_time = r->have ? r->buffer[0].time : 0;
	replay_feed_start(r, r->saved && r->saved->dates ? r->saved->from->base_time
							 : r->first_time);
	return true;
}

/* Those of the kernel, which can be fewer than the machine's. NULL when memory is short. */
static struct series *new_series(const struct replay *r)
{
	struct mm_snapshot *snap = r->o.policy->snapshot(r->o.mm);
	struct series *series =
		snap ? series_new(snap->nzones, r->o.machine->nodes, r->o.policy) : NULL;

	if (snap)
		mm_snapshot_free(snap);
	return series;
}

static bool make_tables(struct replay *r)
{
	r->objects = objects_new();
	r->latency = latency_new();
	r->series = new_series(r);
	r->asked = calloc(r->o.machine->nodes, sizeof(*r->asked));
	r->nodes = calloc(r->o.machine->nodes, sizeof(*r->nodes));
	r->tick_date = calloc(r->o.machine->cpus, sizeof(*r->tick_date));
	r->held = calloc(r->o.machine->cpus, sizeof(*r->held));
	r->buffer = calloc(REPLAY_BUFFER + REPLAY_AHEAD, sizeof(*r->buffer));
	if (!r->objects || !r->latency || !r->series || !r->asked || !r->nodes || !r->buffer ||
	    !r->tick_date || !r->held || !replay_tasks_init(&r->tasks) ||
	    !replay_tasks_grow(&r->tasks, r->first_task - 1))
		return replay_core_fail(r, CMD_SYSTEM, "out of memory");
	return true;
}

static void forget_failures(struct replay *r)
{
	for (unsigned order = 0; order < TRACE_ORDERS; order++) {
		r->counts.order_first_failure[order] = UINT64_MAX;
		for (unsigned n = 0; n < r->o.machine->nodes; n++)
			r->nodes[n].first_failure[order] = UINT64_MAX;
	}
}

static bool make_engine(struct replay *r)
{
	struct sim_engine_error err;

	r->engine = sim_engine_new(r->o.machine, r->o.engine, r->o.memory, &err);
	return r->engine || replay_core_fail(r, CMD_SYSTEM, "%s", err.text);
}

struct replay *replay_new(const struct replay_options *o, struct replay_error *err)
{
	struct replay *r = calloc(1, sizeof(*r));

	if (!r) {
		*err = (struct replay_error){ CMD_SYSTEM, "out of memory" };
		return NULL;
	}
	r->o = *o;
	replay_events_open(r);
	r->first_task = replay_world_first_task(r);
	r->next_check = o->check_events;
	r->next_sample = o->series_cycles ? 0 : UINT64_MAX;
	if (check_fit(r) && make_tables(r) && count_start_objects(r) && replay_go_on_open(r) &&
	    replay_lines_open(r) && read_first(r) && make_engine(r) && replay_world_open(r)) {
		forget_failures(r);
		return r;
	}
	*err = r->trouble;
	replay_free(r);
	return NULL;
}

void replay_free(struct replay *r)
{
	if (!r)
		return;
	sim_engine_free(r->engine);
	replay_world_close(r);
	replay_go_on_close(r);
	replay_lines_close(r);
	free(r->tick_date);
	free(r->held);
	free(r->dropped);
	objects_free(r->objects);
	latency_free(r->latency);
	series_free(r->series);
	free(r->asked);
	free(r->nodes);
	replay_tasks_done(&r->tasks);
	free(r->waiters);
	free(r->gfps);
	free(r->params);
	free(r->task_is_idle);
	free(r->buffer);
	free(r->jitters);
	free(r);
}

/* vmstat_update() of every CPU, a little apart from one another. */
static void start_ticks(struct replay *r)
{
	uint64_t hz = r->o.machine->hz ? r->o.machine->hz : DEFAULT_HZ;
	uint64_t khz = r->o.machine->clock_mhz * 1000;

	r->tick_cycles = replay_sysctl_tick_cycles(r);
	if (!r->tick_cycles)
		return;
	for (unsigned cpu = 0; cpu < r->o.machine->cpus; cpu++) {
		if (!r->tick_date[cpu])
			r->tick_date[cpu] =
				r->tick_cycles + cpu * TICK_STAGGER_JIFFIES * (khz * 1000 / hz);
		sim_engine_ready(r->engine, cpu, cpu, r->tick_date[cpu]);
	}
}

static void sum_up(struct replay *r)
{
	replay_core_sum(r);
	for (uint32_t i = 0; i < r->tasks.ntasks; i++)
		r->counts.delay_cycles += r->tasks.tasks[i].shift;
	r->counts.most_queued = r->tasks.most_queued;
	r->counts.changes_not_reached = r->o.nchanges - r->changes_done;
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Dates end where they do not fit into the engine's keys: the trace, or the pauses of a
 * workload, ask for more. */
static void engine_failed(const struct replay *r, const struct sim_engine_error *why,
			  struct replay_error *err)
{
	const uint64_t day = r->o.machine->clock_mhz * UINT64_C(86400000000);
	const uint64_t tenths = SIM_DISPATCH_DATES * 10 / day;

	if (r->stopped) {
		err->status = CMD_INTERRUPTED;
		snprintf(err->text, sizeof(err->text), "interrupted");
	} else if (why->late) {
		err->status = CMD_BAD_DATA;
		snprintf(err->text, sizeof(err->text),
			 "%s: at %" PRIu64 " MHz at most %" PRIu64 ".%" PRIu64
			 " days can be simulated",
			 why->text, r->o.machine->clock_mhz, tenths / 10, tenths % 10);
	} else {
		err->status = CMD_SYSTEM;
		snprintf(err->text, sizeof(err->text), "%s", why->text);
	}
}

bool replay_run(struct replay *r, struct replay_error *err)
{
	const bool checked = r->o.check_events != 0;
	const struct sim_client alone = { .ctx = r,
					  .step = checked ? replay_check_step : replay_step,
					  .feed = replay_feed };
	const struct sim_client with_daemons = { .ctx = r,
						 .step = alone.step,
						 .wait = replay_wait,
						 .feed = replay_wait_feed,
						 .pulse = replay_wait_pulse };
	struct sim_client client = r->world ? with_daemons : alone;
	struct sim_engine_error engine_err = { .text = "" };
	bool ok;

	if (r->events.out) {
		r->event_step = client.step;
		client.step = replay_events_step;
	}
	r->series->interval = r->o.series_cycles;
	replay_sysctl_start(r);
	start_ticks(r);
	replay_world_start(r);
	replay_step_begin(r);
	ok = sim_engine_run(r->engine, &client, &engine_err) ||
	     (r->world && r->world->finished);
	if (ok && checked && !r->trouble.status)
		replay_check(r, sim_engine_now(r->engine));
	if (ok && !r->trouble.status)
		replay_lines_end(r);
	if (r->trouble.status) {
		*err = r->trouble;
		return false;
	}
	if (!ok) {
		engine_failed(r, &engine_err, err);
		return false;
	}
	replay_core_progress(r);
	sum_up(r);
	if (r->ndropped)
		qsort(r->dropped, r->ndropped, sizeof(*r->dropped), ascending);
	return true;
}

bool replay_settle(struct replay *r, struct replay_error *err)
{
	struct sim_cpu cpu;

	sim_port_direct_cpu(&cpu, 0, r->o.machine->cpu_node[0]);
	replay_early_tell(r, &cpu);
	*err = r->trouble;
	return !r->trouble.status;
}

void replay_stop(struct replay *r)
{
	r->stopped = true;
	sim_engine_stop(r->engine);
}

const struct replay_counts *replay_counts(const struct replay *r)
{
	return &r->counts;
}

const struct replay_node_counts *replay_node_counts(const struct replay *r)
{
	return r->nodes;
}

struct latency *replay_latency(const struct replay *r)
{
	return r->latency;
}

const struct series *replay_series(const struct replay *r)
{
	return r->series;
}

struct sim_engine_stats replay_engine_stats(const struct replay *r)
{
	return sim_engine_stats(r->engine);
}

uint64_t replay_live_objects(const struct replay *r)
{
	return objects_live(r->objects);
}
