#include "tools/verify_free_run.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/memory_flat.h"
#include "tools/cmd.h"
#include "tools/machine_map.h"
#include "tools/replay.h"
#include "tools/scenario.h"
#include "tools/verify.h"
#include "tools/verify_free_rows.h"

#define HZ 250 /* of all recordings */

/*
 * The CPUs of the recordings were emulated, and each event was traced. What that cost, the
 * recordings tell by what kswapd did in its best ticks (docs/validation.md, "The clock").
 */
static const char *const recorded_cpu[] = { "machine.clock_mhz=300",
					    "machine.sched.ipi=200cycles",
					    "cost.writepage=1500", "cost.remove=800",
					    /* kswapd's own requests are left out */
					    "vm.swap_takes_memory=1" };

/* configs/devices/nvme-2016.yaml, for who has no such file at hand; a test compares them. */
const struct sim_device_figures verify_free_run_drive = {
	.size_bytes = UINT64_C(512110190592),
	.read_ns = 70300,
	.write_ns = 18000,
	.read_bytes_s = UINT64_C(3500000000),
	.write_bytes_s = UINT64_C(2100000000),
	.channels = 128,
	.link_read_ns = 1860,
	.link_write_ns = 1080,
	.link_read_bytes_s = UINT64_C(3500000000),
	.link_write_bytes_s = UINT64_C(2100000000),
};

/* Everything one replay holds. */
struct run {
	struct verify_free *v;
	const struct verify_free_request *q;
	int jitter; /* of the machine's clock, in thousandths */
	struct trace_reader *recording, *workload;
	json_t *report;
	uint64_t wakeups; /* of kswapd, recorded */
	char dir[32], path[64];
	struct scenario *scenario;
	struct mm_machine machine;
	bool machine_made;
	void *mm;
	struct sim_memory memory;
	struct replay *replay;
	struct mm_snapshot *before, *after;
};

static bool fail(struct run *r, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail(struct run *r, int status, const char *fmt, ...)
{
	va_list ap;

	r->v->error.status = status;
	va_start(ap, fmt);
	vsnprintf(r->v->error.text, sizeof(r->v->error.text), fmt, ap);
	va_end(ap);
	return false;
}

static bool trouble(struct run *r, const struct trace_error *err)
{
	return fail(r, (int)err->kind, "%s", err->text);
}

/* ---- the recording and its workload -------------------------------------------------------
 */

static bool read_truths(struct run *r)
{
	struct trace_truth truths[256];
	struct trace_error err;
	long n;

	while ((n = trace_reader_next_truth(r->recording, truths, 256, &err)) > 0)
		for (long i = 0; i < n; i++) {
			r->wakeups += truths[i].kind == TRACE_TRUTH_WAKEUP_KSWAPD;
			if (truths[i].kind == TRACE_TRUTH_OOM)
				r->v->recorded_victim = (int32_t)truths[i].value[0];
		}
	return n == 0 || trouble(r, &err);
}

static bool open_recording(struct run *r)
{
	struct trace_error err = { 0 };
	const char *report;

	r->recording = trace_reader_open(r->q->path, &err);
	if (!r->recording)
		return trouble(r, &err);
	if (!trace_reader_header(r->recording)->nzones ||
	    !trace_reader_header(r->recording)->has_state)
		return fail(r, CMD_BAD_DATA, "%s: no whole recording: its start is not known",
			    r->q->name);
	report = trace_reader_report(r->recording, &err);
	if (!report && *err.text)
		return trouble(r, &err);
	r->report = report ? json_loads(report, 0, NULL) : NULL;
	if (!json_is_object(json_object_get(r->report, "vmstat")))
		return fail(r, CMD_BAD_DATA,
			    "%s: no counters of /proc/vmstat in it, before and after, to "
			    "compare with",
			    r->q->name);
	return read_truths(r);
}

/* The workload is a trace in a file of its own, which nobody sees unless asked for. */
static bool derive(struct run *r)
{
	const struct trace_derive_options o = { .hz = HZ,
						.level = 1,
						.late_pid = r->q->late_pid,
						.late_ms = r->q->late_ms,
						.untraced_ns = r->q->untraced_ns };
	struct trace_reader *again;
	struct trace_error err;
	bool ok;

	strcpy(r->dir, "/tmp/pagesim-free-XXXXXX");
	if (!mkdtemp(r->dir)) {
		*r->dir = '\0';
		return fail(r, CMD_SYSTEM, "no temporary folder can be made");
	}
	snprintf(r->path, sizeof(r->path), "%s/workload.pgt", r->dir);
	again = trace_reader_open(r->q->path, &err);
	ok = again && trace_derive(again, r->path, &o, &r->v->workload, &err);
	trace_reader_close(again);
	if (ok && r->q->workload) {
		again = trace_reader_open(r->q->path, &err);
		ok = again && trace_derive(again, r->q->workload, &o, &r->v->workload, &err);
		trace_reader_close(again);
	}
	return ok || trouble(r, &err);
}

/* ---- the kernel ---------------------------------------------------------------------------
 */

static bool read_settings(struct run *r)
{
	struct conf_error err = { .text = "" };
	struct sim_machine *m;

	r->scenario = scenario_new();
	if (!r->scenario)
		return fail(r, CMD_SYSTEM, "out of memory");
	if (!scenario_option(r->scenario, "trace", r->path, "--free", &err) ||
	    !scenario_set(r->scenario, "replay.access.model=recorded", &err))
		return fail(r, cmd_conf(&err), "%s", err.text);
	for (unsigned i = 0; i < sizeof(recorded_cpu) / sizeof(recorded_cpu[0]); i++)
		if (!scenario_set(r->scenario, recorded_cpu[i], &err))
			return fail(r, cmd_conf(&err), "%s", err.text);
	for (unsigned i = 0; i < r->q->nsets; i++)
		if (!scenario_set(r->scenario, r->q->sets[i], &err))
			return fail(r, cmd_conf(&err), "%s", err.text);
	if (!scenario_finish(r->scenario, &err) ||
	    !scenario_machine(r->scenario, trace_reader_header(r->recording), &err))
		return fail(r, cmd_conf(&err), "%s", err.text);
	m = r->scenario->machine;
	m->clock_mhz = m->clock_mhz * (uint64_t)(1000 + r->jitter) / 1000;
	return true;
}

/* No two runs have their pauses at the same moments (verify_free.c: 0, 5, -5, 10, ...). */
static void add_pauses(const struct run *r, struct sim_device_figures *f)
{
	unsigned k = (unsigned)(r->jitter > 0 ? r->jitter / 5 * 2 - 1 : -r->jitter / 5 * 2);

	f->pause_every_ns = (uint64_t)r->q->pause_every_ms * 1000000;
	f->pause_ns = (uint64_t)r->q->pause_ms * 1000000;
	f->pause_at_ns = f->pause_every_ns * k / r->q->runs;
}

/* Swap was as large as the recording says, on a drive that nobody told. */
static void add_swap(struct run *r)
{
	struct sim_machine *m = r->scenario->machine;
	const json_t *counts = json_object_get(r->report, "counts");
	const json_t *swap = json_object_get(counts, "swap_pages");
	int64_t pages = json_integer_value(json_object_get(swap, "count"));

	if (!m->swap.present && pages > 0)
		m->swap = (struct sim_machine_disk){ .present = true,
						     .name = "nvme-2016",
						     .figures = verify_free_run_drive,
						     .size_bytes = (uint64_t)pages *
								   SIM_FRAME_BYTES };
	add_pauses(r, &m->swap.figures);
}

/* Whether so many pages of reserve, shared by zones in proportion to their size, are the
 * recorded min marks. */
static bool gives_marks(const struct trace_header *h, uint64_t pages)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < h->nzones; i++)
		all += h->zones[i].managed;
	for (unsigned i = 0; i < h->nzones; i++)
		if (pages * h->zones[i].managed / all != h->zones[i].min)
			return false;
	return true;
}

/* The reserve is the recorded one, unless it is set: min marks are rounded down. */
static bool take_reserve(struct run *r)
{
	const struct trace_header *h = trace_reader_header(r->recording);
	const struct mm_param *row =
		mm_params_find(r->scenario->policy->params, "min_free_kbytes");
	uint64_t pages = 0, more = 0, kbytes;
	char text[256];

	if (scenario_gives(r->scenario, "vm", "min_free_kbytes"))
		return true;
	for (unsigned i = 0; i < h->nzones; i++)
		pages += h->zones[i].min;
	if (!row || !pages)
		return true;
	while (more < h->nzones && !gives_marks(h, pages + more))
		more++;
	kbytes = (pages + more % h->nzones) * SIM_FRAME_BYTES / 1024;
	return mm_params_set(row, r->scenario->params, &kbytes, 1, text, sizeof(text)) ||
	       fail(r, CMD_BAD_DATA, "%s: its watermarks make no sense", r->q->name);
}

static bool sets_the_kernel(const struct verify_free_request *q)
{
	for (unsigned i = 0; i < q->nsets; i++)
		if (strncmp(q->sets[i], "vm.", 3) == 0)
			return true;
	return false;
}

/* Marks and counters as they stood; marks that were set follow from what was set. */
static void put_counters(struct run *r)
{
	struct trace_error err;
	const struct trace_header *h = trace_reader_header(r->recording);
	const struct trace_end *end = trace_reader_end(r->recording, &err);

	for (unsigned i = 0; end && !sets_the_kernel(r->q) && i < h->nzones; i++)
		if (verify_put_counters(r->mm, h, end, i) == MM412_PROBE_GUIDED_NO_ZONE)
			return;
}

static bool make_kernel(struct run *r)
{
	const struct scenario *s = r->scenario;
	struct conf_error err = { .text = "" };
	char text[512];

	r->machine_made = machine_map(s->machine, s->policy, HZ, &r->machine, &err);
	if (!r->machine_made)
		return fail(r, cmd_conf(&err), "%s", err.text);
	errno = 0;
	r->mm = s->policy->create(&r->machine, s->params, s->costs, true, text, sizeof(text));
	return r->mm || fail(r, errno == ENOMEM ? CMD_SYSTEM : CMD_USAGE, "%s", text);
}

/* ---- the replay ---------------------------------------------------------------------------
 */

static bool make_replay(struct run *r)
{
	const struct scenario *s = r->scenario;
	struct replay_options o = {
		.buffers_stay = r->q->buffers_stay,
		.policy = s->policy,
		.mm = r->mm,
		.params = s->params,
		.machine = s->machine,
		.memory = &r->memory,
		.engine = SIM_ENGINE_DISPATCH,
		.pacing = REPLAY_CLOSED,
		.window = s->window,
		.hz = r->machine.hz,
		.access = REPLAY_ACCESS_RECORDED,
		.seed = s->seed,
	};
	struct replay_error why;
	struct trace_error err;
	const struct trace_state *state;

	sim_memory_flat_init(&r->memory);
	memcpy(r->memory.flat_cycles, s->memory.flat_cycles, sizeof(r->memory.flat_cycles));
	r->workload = trace_reader_open(r->path, &err);
	if (!r->workload)
		return trouble(r, &err);
	state = trace_reader_state(r->workload, &err);
	if (!state)
		return trouble(r, &err);
	o.trace = r->workload;
	r->replay = replay_new(&o, &why);
	if (!r->replay || !replay_state_put(r->replay, state, true, &why))
		return fail(r, why.status, "%s", why.text);
	put_counters(r);
	return true;
}

static bool run_replay(struct run *r)
{
	const struct mm_policy *policy = r->scenario->policy;
	struct replay_error why;

	r->before = policy->snapshot(r->mm);
	if (!r->before)
		return fail(r, CMD_SYSTEM, "out of memory");
	if (!replay_run(r->replay, &why) || !replay_settle(r->replay, &why))
		return fail(r, why.status, "%s", why.text);
	r->after = policy->snapshot(r->mm);
	return r->after || fail(r, CMD_SYSTEM, "out of memory");
}

/* ---- the comparison -----------------------------------------------------------------------
 */

static void compare_blocks(struct run *r)
{
	struct trace_error err;
	const struct trace_end *end = trace_reader_end(r->recording, &err);
	struct verify_free *v = r->v;

	for (unsigned i = 0; end && i < end->nzones && i < r->after->nzones; i++)
		for (unsigned o = 0; o < TRACE_ORDERS; o++) {
			uint64_t have = 0, want = end->end[i].buddyinfo[o];

			for (unsigned t = 0; t < r->after->ntypes; t++)
				have += r->after->zones[i].free[t][o];
			v->blocks += want;
			v->blocks_off += have > want ? have - want : want - have;
		}
}

static void compare(struct run *r)
{
	const struct replay_counts *c = replay_counts(r->replay);
	struct verify_free *v = r->v;
	struct trace_totals t;
	struct trace_error err;

	verify_free_rows(v, r->report, r->before, r->after, r->wakeups);
	/* The kernel counts it where it falls back, which is in the workload here. */
	verify_free_rows_set(v, "thp_fault_fallback",
			     (int64_t)c->order_failed[TRACE_HUGE_ORDER]);
	compare_blocks(r);
	v->end_us = c->end_date / r->scenario->machine->clock_mhz;
	if (trace_reader_totals(r->workload, &t, &err))
		v->recorded_us = (t.last_time - t.first_time) / 1000;
	v->refaults = c->refaults;
	v->slept = c->slept;
	v->killed = c->killed_tasks;
	if (c->last_killed)
		v->victim = trace_reader_task(r->workload, c->last_killed - 1)->pid;
}

static void release(struct run *r)
{
	mm_snapshot_free(r->before);
	mm_snapshot_free(r->after);
	replay_free(r->replay);
	if (r->mm)
		r->scenario->policy->destroy(r->mm);
	if (r->machine_made)
		machine_map_free(&r->machine);
	scenario_free(r->scenario);
	trace_reader_close(r->workload);
	trace_reader_close(r->recording);
	json_decref(r->report);
	if (*r->dir) {
		unlink(r->path);
		rmdir(r->dir);
	}
}

bool verify_free_run(struct verify_free *v, const struct verify_free_request *q, int jitter)
{
	struct run r = { .v = v, .q = q, .jitter = jitter };
	bool ok = open_recording(&r) && derive(&r) && read_settings(&r) && take_reserve(&r);

	if (ok)
		add_swap(&r);
	ok = ok && make_kernel(&r) && make_replay(&r) && run_replay(&r);
	if (ok)
		compare(&r);
	release(&r);
	return ok;
}
