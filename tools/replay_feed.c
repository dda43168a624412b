/*
 * The reading side of a replay: events from the trace into the tasks' queues.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/replay_core.h"

#define FEED_BATCH 256u         /* events handed out at a time, at least */
#define ASAP_WINDOW (64u << 10) /* events kept ready without think times */
#define ASK_AGAIN 0             /* a date that has passed: ask after the next operation */
#define PROGRESS_EVERY (UINT64_C(1) << 18) /* events */
/* Objects are prefetched so many events ahead, their frames half as many. */
#define AHEAD 96u

static uint64_t cycles(const struct replay_clock *c, uint64_t time)
{
	if (time <= c->narrow)
		return time * c->mul / c->div - c->base;
	return (uint64_t)((replay_wide)time * c->mul / c->div) - c->base;
}

/* How many events may be queued: without think times there is no need for many. */
static uint64_t window(const struct replay *r)
{
	return r->o.pacing == REPLAY_ASAP && r->o.window > ASAP_WINDOW ? ASAP_WINDOW
								       : r->o.window;
}

/* Trace ticks are clock_hz a second, cycles clock_mhz * 10^6; both divided by what they share.
 * Ticks that are no time are only an order, which one cycle each keeps. */
void replay_feed_start(struct replay *r, uint64_t first_time)
{
	uint64_t hz = trace_reader_header(r->o.trace)->clock_hz;
	uint64_t mul = hz ? r->o.machine->clock_mhz * 1000000 : 1, div = hz ? hz : 1;
	uint64_t a = mul, b = div;

	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	r->clock = (struct replay_clock){ .mul = mul / a, .div = div / a };
	r->clock.narrow = UINT64_MAX / r->clock.mul;
	r->clock.base = cycles(&r->clock, first_time);
	r->most_queued = window(r);
}

/* Grows the translation of the trace's gfp sets up to `index`. */
static bool know_gfp(struct replay *r, uint32_t index)
{
	struct replay_gfp *gfps = realloc(r->gfps, (index + 1) * sizeof(*gfps));

	if (!gfps)
		return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	r->gfps = gfps;
	for (; r->ngfps <= index; r->ngfps++) {
		const char *names = trace_reader_gfp(r->o.trace, r->ngfps);
		struct replay_gfp *g = &gfps[r->ngfps];
		unsigned unknown = 0;

		g->flags = r->o.policy->gfp(names, &unknown);
		g->gfp_class = (uint8_t)r->o.policy->gfp_class(g->flags);
		g->movable = strstr(names, "MOVABLE") != NULL;
		g->kind = contents_of_gfp(names);
		/* What is reclaimable without being movable is a slab page. */
		g->type = g->movable ? 1 : g->kind.reclaimable ? 2 : 0;
		r->counts.unknown_gfp_flags += unknown;
	}
	return true;
}

/* The scenario's rules for a task of the trace, which the kernel is told when it is first
 * seen. */
static bool tell_rules(struct replay *r, uint32_t index)
{
	const struct trace_task *task = trace_reader_task(r->o.trace, index);
	char text[256];

	for (size_t i = 0; i < r->o.ntasks; i++) {
		const struct task_rules *t = &r->o.tasks[i];

		if ((t->comm[0] && strncmp(t->comm, task->comm, sizeof(t->comm)) != 0) ||
		    (t->pid != TASK_RULES_ANY_PID && t->pid != task->pid))
			continue;
		if (!r->o.policy->task_rules(r->o.mm, r->first_task + index, &t->rules, text,
					     sizeof(text)))
			return replay_core_fail(r, CMD_USAGE, "tasks.%zu, for %.16s-%d: %s", i,
						task->comm, task->pid, text);
	}
	return true;
}

static bool know_task(struct replay *r, uint32_t index)
{
	uint32_t room = (index | 255u) + 1;
	uint8_t *idle = realloc(r->task_is_idle, room);

	if (!idle)
		return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	r->task_is_idle = idle;
	for (; r->ntasks_known <= index; r->ntasks_known++) {
		idle[r->ntasks_known] =
			trace_reader_task(r->o.trace, r->ntasks_known)->pid == 0;
		if (!tell_rules(r, r->ntasks_known))
			return false;
	}
	return true;
}

/* Whose event it is: interrupts and idle loops belong to their CPU. */
static uint32_t task_number(const struct replay *r, const struct trace_event *e, unsigned cpu)
{
	unsigned cpus = r->o.machine->cpus;

	if ((e->flags & (TRACE_HARDIRQ | TRACE_SOFTIRQ)) || r->task_is_idle[e->task])
		return cpus + cpu;
	return r->first_task + e->task;
}

/* True for events that only count here. */
static bool without_effect(struct replay *r, const struct trace_event *e)
{
	switch (e->kind) {
	case TRACE_TASK_START:
	case TRACE_TASK_EXIT:
	case TRACE_MARK:
		r->counts.other_events++;
		return true;
	case TRACE_ISOLATE:
	case TRACE_UNISOLATE: /* what is handed out has no frame of its own */
		r->buffer[r->at].object = e->pfn;
		return false;
	case TRACE_FREE:
		if (!(e->flags & TRACE_RECLAIM) || r->o.keep_recorded_reclaim)
			return false;
		r->counts.reclaim_frees_dropped++;
		return true;
	default:
		return false;
	}
}

/* The date at which the task's first event could run, given how far the task is behind. */
static uint64_t ready_date(const struct replay *r, const struct replay_task *task,
			   uint64_t date)
{
	uint64_t ready = r->o.pacing == REPLAY_OPEN ? date : date + task->shift;

	if (r->o.pacing == REPLAY_ASAP)
		ready = 0;
	return ready > task->ready ? ready : task->ready;
}

/* What the dictionaries and tables must know before the event can be handed out. */
static bool know(struct replay *r, const struct trace_event *e)
{
	if (e->kind <= TRACE_ALLOC_FAILED && e->gfp >= r->ngfps && !know_gfp(r, e->gfp))
		return false;
	return e->task < r->ntasks_known || know_task(r, e->task);
}

/* The task's queue was empty: its first event tells the engine when the task can run. */
static void make_ready(struct replay *r, uint32_t number, const struct replay_event *e)
{
	struct replay_task *task = &r->tasks.tasks[number];

	task->ready = ready_date(r, task, e->date);
	if (r->counts.window_full && task->ready < sim_engine_now(r->engine))
		task->ready = sim_engine_now(r->engine); /* it was read too late */
	if (task->ready < r->earliest)
		r->earliest = task->ready;
	sim_engine_ready(r->engine, e->cpu, number, task->ready);
}

/* Inline for the way of every event. */
static inline __attribute__((always_inline)) bool
hand_out(struct replay *r, const struct trace_event *e, uint64_t date)
{
	unsigned cpu = e->cpu, machine_cpus = r->o.machine->cpus;
	struct replay_event *q;
	uint32_t number;
	bool first;

	if (!know(r, e))
		return false;
	if (cpu >= machine_cpus) /* header and --map-cpus were checked at the start */
		cpu %= machine_cpus;
	number = task_number(r, e, cpu);
	if (number >= r->tasks.ntasks && !replay_tasks_grow(&r->tasks, number))
		return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	q = replay_tasks_add(&r->tasks, number, &first);
	if (!q)
		return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	q->date = date;
	q->object = e->object;
	q->value = e->value;
	q->cpu = (uint16_t)cpu;
	q->gfp = e->gfp;
	q->kind = e->kind;
	q->order = e->order;
	q->node = e->node;
	q->flags = e->flags;
	if (first)
		make_ready(r, number, q);
	return true;
}

/* Reads on when the buffer is used up; false at the end of the trace or in trouble. */
static bool buffer_has_more(struct replay *r)
{
	struct trace_error err;
	long n;

	if (r->at < r->have)
		return true;
	if (r->ended)
		return false;
	n = trace_reader_next(r->o.trace, r->buffer, REPLAY_BUFFER, &err);
	r->at = 0;
	r->have = n > 0 ? (uint64_t)n : 0;
	r->read += r->have;
	if (n <= 0)
		r->ended = true;
	if (n < 0)
		return replay_core_fail(r, err.kind, "%s", err.text);
	if (r->read >= r->progress_at) {
		replay_core_progress(r);
		r->progress_at = r->read + PROGRESS_EVERY;
	}
	return n > 0;
}

static void prefetch(struct replay *r)
{
	/* Of an allocation, too: it costs less than to find out which of the two it is. */
	if (r->at + AHEAD < r->have)
		objects_prefetch(r->objects, r->buffer[r->at + AHEAD].object);
	if (r->at + AHEAD / 2 < r->have && r->buffer[r->at + AHEAD / 2].kind == TRACE_FREE) {
		struct objects_entry e =
			objects_get(r->objects, r->buffer[r->at + AHEAD / 2].object);

		if (e.state == OBJECTS_LIVE)
			r->o.policy->prefetch_free(r->o.mm, e.frame);
		else if (e.state == OBJECTS_HELD && r->o.policy->prefetch_drop)
			r->o.policy->prefetch_drop(r->o.mm, e.frame);
	}
}

/*
 * Enough was handed out: what runs next is due before `date`, the next event of the file.
 * Either that was `until`, or one of the tasks made ready in this call comes first.
 */
static bool enough(const struct replay *r, unsigned n, uint64_t date, uint64_t until)
{
	return n >= FEED_BATCH && r->o.pacing != REPLAY_ASAP &&
	       (until < date || r->earliest < date);
}

uint64_t replay_feed(void *ctx, uint64_t until)
{
	struct replay *r = ctx;
	unsigned n = 0;

	if (r->o.pacing == REPLAY_ASAP && r->tasks.queued > ASAP_WINDOW / 2)
		return ASK_AGAIN;
	r->earliest = UINT64_MAX;
	while (buffer_has_more(r)) {
		const struct trace_event *e = &r->buffer[r->at];
		uint64_t date = cycles(&r->clock, e->time);

		if (enough(r, n, date, until))
			return date;
		if (r->tasks.queued >= r->most_queued) {
			r->counts.window_full++;
			return ASK_AGAIN;
		}
		prefetch(r);
		if (!without_effect(r, e) && !hand_out(r, e, date))
			return UINT64_MAX;
		r->at++;
		n++;
	}
	return UINT64_MAX;
}
