/*
 * The reading side of a replay: events from the trace into the tasks' queues.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/draw.h"
#include "tools/replay_core.h"
#include "tools/replay_lines.h"
#include "tools/replay_saved.h"

#define FEED_BATCH 256u         /* events handed out at a time, at least */
#define ASAP_WINDOW (64u << 10) /* events kept ready without think times */
#define ASK_AGAIN 0             /* a date that has passed: ask after the next operation */
#define NO_DATE UINT64_MAX
#define PROGRESS_EVERY (UINT64_C(1) << 18) /* events */

/* Beyond every date of a simulation; task->shift may be added to it. */
#define FAR_DATE (UINT64_C(1) << 62)

static replay_wide wide_cycles(const struct replay_clock *c, uint64_t time)
{
	return (replay_wide)time * c->mul / c->div;
}

/* What does not fit into 64 bits must not come out small: it would happen first. */
__attribute__((noinline)) static uint64_t far_cycles(const struct replay_clock *c,
						     uint64_t time)
{
	replay_wide x = wide_cycles(c, time) - c->wide_base;

	return x < FAR_DATE ? (uint64_t)x : FAR_DATE;
}

static inline uint64_t cycles(const struct replay_clock *c, uint64_t time)
{
	uint64_t x = time * c->mul;

	if (__builtin_expect(time <= c->narrow, 1))
		return ((uint64_t)((replay_wide)x * c->inverse >> 64) >> c->shift) - c->base;
	return far_cycles(c, time);
}

/* How many events may be queued: without think times there is no need for many. */
static uint64_t window(const struct replay *r)
{
	return r->o.pacing == REPLAY_ASAP && r->o.window > ASAP_WINDOW ? ASAP_WINDOW
								       : r->o.window;
}

static struct replay_clock clock_of(uint64_t mul, uint64_t div)
{
	unsigned shift;
	replay_wide power;

	if (div == 1) { /* of so small a divisor a shift of 64 bits is too much */
		mul *= 2;
		div = 2;
	}
	shift = 126u - (unsigned)__builtin_clzll(div);
	power = (replay_wide)1 << shift;

	return (struct replay_clock){ .mul = mul,
				      .div = div,
				      .narrow = ((UINT64_C(1) << 62) - 1) / mul,
				      .inverse = (uint64_t)((power + div - 1) / div),
				      .shift = shift - 64 };
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
	r->clock = clock_of(mul / a, div / a);
	r->clock.wide_base = wide_cycles(&r->clock, first_time);
	r->clock.base = (uint64_t)r->clock.wide_base;
	r->most_queued = window(r);
}

static uint64_t gfp_note(uint32_t index)
{
	return (uint64_t)(index < REPLAY_NOTE_GFPS ? index : REPLAY_NOTE_GFPS - 1)
	       << REPLAY_NOTE_GFP_SHIFT;
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

		g->flags = mm_policy_gfp(r->o.policy, names, &unknown);
		g->gfp_class = (uint8_t)mm_policy_gfp_class(r->o.policy, g->flags);
		g->movable = strstr(names, "MOVABLE") != NULL;
		g->kind = contents_of_gfp(names);
		g->note = replay_early_page_note(r, g->kind) | gfp_note(r->ngfps);
		g->noted = !g->kind.reclaimable || g->note & REPLAY_NOTE_EARLY;
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
	return replay_tasks_grow(&r->tasks, r->first_task + index) ||
	       replay_core_fail(r, TRACE_SYSTEM, "out of memory");
}

static void note_dropped(struct replay *r, uint64_t object)
{
	uint64_t room = r->dropped_room ? 2 * r->dropped_room : 256;
	uint64_t *dropped;

	if (r->ndropped == r->dropped_room) {
		dropped = realloc(r->dropped, room * sizeof(*dropped));
		if (!dropped) {
			replay_core_fail(r, TRACE_SYSTEM, "out of memory");
			return;
		}
		r->dropped = dropped;
		r->dropped_room = room;
	}
	r->dropped[r->ndropped++] = object;
}

static bool counts_only(struct replay *r, struct trace_event *e)
{
	switch (e->kind) {
	case TRACE_TASK_START:
	case TRACE_TASK_EXIT:
	case TRACE_MARK:
		r->counts.other_events++;
		return true;
	case TRACE_ISOLATE:
	case TRACE_UNISOLATE: /* what is handed out has no frame of its own */
		e->object = e->pfn;
		return false;
	case TRACE_FREE:
		if (!(e->flags & TRACE_RECLAIM) || r->o.keep_recorded_reclaim)
			return false;
		r->counts.reclaim_frees_dropped++;
		if (r->o.save)
			note_dropped(r, e->object);
		return true;
	default:
		return false;
	}
}

/* True for events that only count here. */
static inline bool without_effect(struct replay *r, struct trace_event *e)
{
	bool plain = e->kind <= TRACE_FREE && !(e->flags & TRACE_RECLAIM);

	return __builtin_expect(!plain, 0) && counts_only(r, e);
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

/* From `cpu` on both are the same, and are copied as the one word that they fill. */
#define END_BYTES 8
_Static_assert(sizeof(struct trace_event) - offsetof(struct trace_event, cpu) == END_BYTES &&
		       sizeof(struct replay_event) - offsetof(struct replay_event, cpu) ==
			       END_BYTES,
	       "from cpu on there is one word");
_Static_assert(offsetof(struct trace_event, gfp) - offsetof(struct trace_event, cpu) ==
			       offsetof(struct replay_event, gfp) -
				       offsetof(struct replay_event, cpu) &&
		       offsetof(struct trace_event, flags) -
				       offsetof(struct trace_event, kind) ==
			       offsetof(struct replay_event, flags) -
				       offsetof(struct replay_event, kind),
	       "... with the same fields");

static inline void copy_end(struct replay_event *to, const struct trace_event *from)
{
	memcpy((char *)to + offsetof(struct replay_event, cpu),
	       (const char *)from + offsetof(struct trace_event, cpu), END_BYTES);
}

/*
 * A longer think time puts off all that the task does later. Never a shorter one: events are
 * read in the order of their recorded dates, and none may be due before it was read. NO_DATE
 * when memory is short.
 */
__attribute__((noinline)) static uint64_t put_off(struct replay *r, uint32_t number,
						  uint64_t date)
{
	struct replay_jitter *j;
	uint64_t gap;

	if (number >= r->njitters) {
		uint32_t n = (number | 255u) + 1;
		struct replay_jitter *jitters = realloc(r->jitters, n * sizeof(*jitters));

		if (!jitters)
			return NO_DATE;
		memset(jitters + r->njitters, 0, (n - r->njitters) * sizeof(*jitters));
		r->jitters = jitters;
		r->njitters = n;
	}
	j = &r->jitters[number];
	gap = j->last ? date - j->last : 0;
	j->later += (uint64_t)((replay_wide)gap * r->o.jitter_milli *
				       draw_of(r->o.seed + number, date) / 1000 >>
			       32);
	j->last = date;
	return date + j->later;
}

/* Inline for the way of every event. */
static inline __attribute__((always_inline)) bool
hand_out(struct replay *r, struct trace_event *e, uint64_t date, unsigned cpus)
{
	struct replay_event *q;
	uint32_t number;
	bool first;

	if (!know(r, e))
		return false;
	if (__builtin_expect(e->cpu >= cpus, 0)) /* header and --map-cpus were checked */
		e->cpu = (uint16_t)(e->cpu % cpus);
	number = replay_core_number(r, e, e->cpu, r->task_is_idle[e->task]);
	if (__builtin_expect(r->o.jitter_milli != 0, 0)) {
		date = put_off(r, number, date);
		if (date == NO_DATE)
			return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	}
	q = replay_tasks_add(&r->tasks, number, &first);
	if (!q)
		return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	q->date = date;
	q->object = e->object;
	q->value = e->value;
	copy_end(q, e);
	if (first)
		make_ready(r, number, q);
	return true;
}

bool replay_feed_read(struct replay *r)
{
	struct trace_error err;
	long n;

	if (r->ended)
		return false;
	n = trace_reader_next(r->o.trace, r->buffer, REPLAY_BUFFER, &err);
	r->at = 0;
	r->have = n > 0 ? (uint64_t)n : 0;
	r->read += r->have;
	if (r->lines && !replay_lines_read(r, r->saved ? r->saved->skip : 0))
		return false;
	if (r->saved && r->saved->skip)
		replay_go_on_skip(r);
	r->ended = n <= 0;
	if (r->have < REPLAY_BUFFER) /* what stands there is over */
		memset(&r->buffer[r->have], 0, REPLAY_AHEAD * sizeof(*r->buffer));
	return n >= 0 ? n > 0 : replay_core_fail(r, err.kind, "%s", err.text);
}

/* The buffer is used up: false at the end of the trace or in trouble. */
static bool read_on(struct replay *r)
{
	if (!replay_feed_read(r))
		return false;
	if (r->read >= r->progress_at) {
		replay_core_progress(r);
		r->progress_at = r->read + PROGRESS_EVERY;
	}
	return true;
}

/* Something stands behind the buffer's last event, too: events of nothing. */
OBJECTS_PREFETCHES void prefetch(const struct replay *r, const struct trace_event *e)
{
	const struct trace_event *soon = e + REPLAY_AHEAD / 2,
				 *later = e + REPLAY_AHEAD * 3 / 4;

	if (r->tasks.queued >= REPLAY_TOO_DEEP)
		return;
	/* Of an allocation, too: it costs less than to find out which of the two it is. */
	objects_prefetch(r->objects, e[REPLAY_AHEAD].object);
	if (later->kind == TRACE_FREE)
		objects_prefetch_packed(r->objects, later->object);
	if (soon->kind == TRACE_FREE)
		replay_core_prefetch_frame(r, soon->object);
}

/*
 * What runs next is due before `date`, the next event of the file: either that was `until`, or
 * one of the tasks made ready in this call comes first.
 */
static inline bool runs_before(const struct replay *r, uint64_t date, uint64_t until)
{
	return r->o.pacing != REPLAY_ASAP && (until < date || r->earliest < date);
}

/* Hands out what the buffer has, at least n events of it, and more until something runs before
 * the next one. False when that was enough, or in trouble: the next feed date is in *next. */
static bool hand_out_buffer(struct replay *r, uint64_t n, uint64_t until, uint64_t *next)
{
	const uint64_t most = r->most_queued;
	const unsigned cpus = r->o.machine->cpus;
	struct trace_event *e = &r->buffer[r->at];
	const struct trace_event *end = &r->buffer[r->have], *enough = e + n;
	bool go_on = true;

	for (; e < end; e++) {
		uint64_t date = cycles(&r->clock, e->time);

		if (e >= enough && runs_before(r, date, until)) {
			*next = date;
			go_on = false;
			break;
		}
		if (__builtin_expect(r->tasks.queued >= most, 0)) {
			r->counts.window_full++;
			*next = ASK_AGAIN;
			go_on = false;
			break;
		}
		prefetch(r, e);
		if (!without_effect(r, e) && !hand_out(r, e, date, cpus)) {
			*next = UINT64_MAX;
			go_on = false;
			break;
		}
	}
	r->at = (uint64_t)(e - r->buffer);
	return go_on;
}

static uint64_t feed(struct replay *r, uint64_t until)
{
	uint64_t left = FEED_BATCH, next = UINT64_MAX;

	while (r->at < r->have || read_on(r)) {
		uint64_t here = r->have - r->at;

		if (!hand_out_buffer(r, left, until, &next))
			break;
		left -= here < left ? here : left;
	}
	return next;
}

uint64_t replay_feed(void *ctx, uint64_t until)
{
	struct replay *r = ctx;
	uint64_t next;

	if (r->o.pacing == REPLAY_ASAP && r->tasks.queued > ASAP_WINDOW / 2)
		return ASK_AGAIN;
	if (r->saved && r->saved->held_back) {
		uint64_t first = cycles(&r->clock, r->first_time);

		if (r->saved->from->end > first)
			r->counts.overlap_cycles = r->saved->from->end - first;
		next = replay_go_on_hold_back(r, first, until);
		if (next)
			return next;
	}
	r->earliest = UINT64_MAX;
	next = feed(r, until);
	replay_tasks_mark(&r->tasks);
	return next;
}
