/*
 * The running side of a replay: one operation of one task at its date.
 */
#include <assert.h>
#include <stdlib.h>

#include "tools/replay_world.h"

/* On the way of every operation; called from two places, they would be no part of it. */
#define HOT static inline __attribute__((always_inline))

/* Remembers that the task cannot go on before `object` is allocated. */
static bool wait_for(struct replay *r, uint64_t object, struct objects_entry *place,
		     uint32_t task, uint16_t cpu)
{
	if (r->nwaiters == r->waiters_room) {
		uint64_t room = r->waiters_room ? 2 * r->waiters_room : 16;
		struct replay_waiter *waiters = realloc(r->waiters, room * sizeof(*waiters));

		if (!waiters)
			return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
		r->waiters = waiters;
		r->waiters_room = room;
	}
	place->awaited = true;
	r->waiters[r->nwaiters++] = (struct replay_waiter){ object, task, cpu };
	r->tasks.tasks[task].waiting = true;
	r->counts.free_waits++;
	return true;
}

/* The object's allocation has run: whoever waited for it goes on at `date`. */
static void release_waiters(struct replay *r, uint64_t object, uint64_t date)
{
	uint64_t kept = 0;

	for (uint64_t i = 0; i < r->nwaiters; i++) {
		struct replay_waiter w = r->waiters[i];
		struct replay_task *task = &r->tasks.tasks[w.task];

		if (w.object != object) {
			r->waiters[kept++] = w;
			continue;
		}
		task->waiting = false;
		if (date > task->ready) {
			r->counts.free_wait_cycles += date - task->ready;
			task->shift += date - task->ready;
			task->ready = date;
		}
		sim_engine_ready(r->engine, w.cpu, w.task, task->ready);
	}
	r->nwaiters = kept;
}

HOT bool record(struct replay *r, const struct replay_event *e, enum latency_op op,
		unsigned gfp_class, unsigned node, unsigned path, const struct sim_cpu *cpu)
{
	if (e->flags & TRACE_UNSCORED) {
		r->counts.unscored++;
		return true;
	}
	if (!latency_add(r->latency, op, e->order, gfp_class, node != cpu->node, path, cpu))
		return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	return true;
}

static void count_failure(struct replay *r, const struct replay_event *e,
			  enum mm_verdict verdict, unsigned node, uint64_t date)
{
	struct replay_counts *c = &r->counts;
	struct replay_node_counts *n = &r->nodes[node];

	c->failed++;
	c->order_failed[e->order]++;
	if (verdict == MM_WOULD_SLEEP) {
		c->would_sleep++;
		c->order_would_sleep[e->order]++;
	}
	if (c->order_first_failure[e->order] > date)
		c->order_first_failure[e->order] = date;
	n->failed[e->order]++;
	if (n->first_failure[e->order] > date)
		n->first_failure[e->order] = date;
}

/* Who has the object, for whoever asks later (replay_owners.c), and what it holds. */
HOT uint64_t note_of(const struct replay_gfp *gfp, const struct replay_event *e,
		     uint32_t number, uint64_t date)
{
	uint64_t note = gfp->note | date >> REPLAY_NOTE_DATE_UNIT << REPLAY_NOTE_DATE_SHIFT;

	if (__builtin_expect(number >= REPLAY_NOTE_TASKS - 1, 0)) {
		number = REPLAY_NOTE_TASKS - 1;
		note &= ~REPLAY_NOTE_EARLY;
	}
	if (e->order)
		note &= ~REPLAY_NOTE_EARLY;
	return note | (uint64_t)number << REPLAY_NOTE_TASK_SHIFT;
}

/* The object table learns what became of the allocation. */
HOT bool note_object(struct replay *r, const struct replay_event *e, uint32_t number,
		     struct mm_grant g, const struct sim_cpu *cpu)
{
	const struct replay_gfp *gfp = &r->gfps[e->gfp];
	struct objects_entry *place = objects_at(r->objects, e->object);
	bool awaited, done = g.verdict == MM_DONE;

	if (!place)
		return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	awaited = place->awaited;
	objects_set(place, (struct objects_entry){
				   .frame = done ? (uint32_t)g.frame : 0,
				   .order = e->order & 15u,
				   .state = done ? OBJECTS_LIVE : OBJECTS_FAILED,
				   .node = (uint8_t)g.node,
				   .gfp_class = gfp->gfp_class & 15u,
			   });
	if (done && !objects_note(r->objects, e->object, note_of(gfp, e, number, cpu->now)))
		return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	if (awaited)
		release_waiters(r, e->object, sim_now(cpu));
	return true;
}

HOT unsigned node_asked(const struct replay *r, const struct sim_cpu *cpu,
			const struct replay_event *e)
{
	return e->node == TRACE_NODE_LOCAL ? cpu->node : e->node % r->o.machine->nodes;
}

HOT void count_request(struct replay *r, const struct replay_event *e, unsigned node)
{
	r->counts.allocs++;
	r->asked[node].requests[e->order]++;
	r->counts.hidden += (e->flags & TRACE_HIDDEN) != 0;
}

HOT bool take_answer(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		     uint32_t number, struct mm_grant g)
{
	const struct replay_gfp *gfp = &r->gfps[e->gfp];
	unsigned node = node_asked(r, cpu, e);

	if (g.verdict == MM_DONE)
		r->counts.served++;
	else
		count_failure(r, e, g.verdict, node, cpu->now);
	if (r->events.out)
		replay_events_alloc(r, cpu, e, number, g);
	if (!record(r, e, LATENCY_ALLOC, gfp->gfp_class, g.verdict == MM_DONE ? g.node : node,
		    g.verdict == MM_DONE ? g.path : LATENCY_FAILED, cpu))
		return false;
	if (e->kind == TRACE_ALLOC_FAILED) {
		/* The recorded kernel gave nothing: the caller went on without the page. */
		r->counts.recorded_failures++;
		r->counts.recorded_failures_served += g.verdict == MM_DONE;
		if (g.verdict == MM_DONE)
			r->o.policy->free(r->o.mm, cpu, g.frame, e->order, false);
		return true;
	}
	if (g.verdict == MM_DONE && gfp->movable && r->o.policy->note_use)
		r->o.policy->note_use(r->o.mm, g.frame, e->order, MM_USE_LRU);
	return note_object(r, e, number, g, cpu);
}

/* What the object holds is for later: mostly its note says it. */
HOT void note_contents(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		       uint32_t number)
{
	const struct replay_gfp *gfp = &r->gfps[e->gfp];

	if (!gfp->kind.reclaimable)
		return;
	if (e->order > 0 || !(gfp->note & REPLAY_NOTE_EARLY) || number >= REPLAY_NOTE_TASKS - 1)
		replay_early_object(r, cpu, e->object, number, gfp->kind);
}

HOT enum sim_step run_alloc(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			    uint32_t number, uint64_t late)
{
	struct mm_request req = { .gfp = r->gfps[e->gfp].flags,
				  .order = e->order,
				  .node = node_asked(r, cpu, e),
				  .task = number };
	struct mm_grant g;

	count_request(r, e, req.node);
	g = r->o.policy->alloc_try(r->o.mm, cpu, req);
	if (g.verdict == MM_WOULD_SLEEP && r->o.policy->alloc_wait)
		return replay_wait_asleep(r, number, g, late);
	if (take_answer(r, cpu, e, number, g) && r->early && g.verdict == MM_DONE &&
	    e->kind == TRACE_ALLOC)
		note_contents(r, cpu, e, number);
	return SIM_STEP_DONE;
}

/* Marks the frames of a partial free; false when any of them is freed already. */
static bool take_parts(struct objects_parts *p, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		if (p->freed[i / 64] >> (i % 64) & 1)
			return false;
	for (unsigned i = first; i < first + n; i++)
		p->freed[i / 64] |= UINT64_C(1) << (i % 64);
	p->left -= n;
	return true;
}

bool replay_step_take_parts(struct replay *r, const struct replay_event *e,
			    struct objects_entry *o)
{
	struct objects_parts *parts = objects_parts(r->objects, e->object, o->order);
	uint64_t n = UINT64_C(1) << e->order;

	if (!parts)
		return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	if (e->value % n || e->value + n > UINT64_C(1) << o->order ||
	    !take_parts(parts, e->value, (unsigned)n)) {
		r->counts.frees_unknown++;
		return false;
	}
	r->counts.partial_frees++;
	o->split = true;
	if (parts->left == 0)
		objects_end(r->objects, e->object, o);
	return true;
}

/* A part of an object is freed: the first such free splits it. */
static bool run_partial(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			uint32_t number, struct objects_entry *o)
{
	struct objects_entry was = *o;

	if (!replay_step_take_parts(r, e, o))
		return !r->trouble.status;
	if (was.state != OBJECTS_LIVE) {
		r->counts.frees_of_failed++;
		return true;
	}
	if (!was.split && r->o.policy->split)
		r->o.policy->split(r->o.mm, was.frame, was.order);
	if (r->events.out)
		replay_events_free(r, cpu, number, was.frame + e->value, e->order);
	r->o.policy->free(r->o.mm, cpu, was.frame + e->value, e->order,
			  (e->flags & TRACE_COLD) != 0);
	return true;
}

HOT void run_whole(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		   uint32_t number, struct objects_entry *o)
{
	if (r->events.out && o->state == OBJECTS_LIVE)
		replay_events_free(r, cpu, number, o->frame, o->order);
	if (o->dirty)
		replay_early_freed(r);
	if (o->state == OBJECTS_LIVE)
		r->o.policy->free(r->o.mm, cpu, o->frame, o->order,
				  (e->flags & TRACE_COLD) != 0);
	else
		r->counts.frees_of_failed++;
	objects_end(r->objects, e->object, o);
}

/* `o` is the object's place, NULL when it is gone. */
HOT bool run_free(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		  uint32_t number, struct objects_entry *o)
{
	struct objects_entry was;

	r->counts.frees++;
	r->counts.missed += (e->flags & TRACE_MISSED) != 0;
	if (o && o->state == OBJECTS_NONE) { /* replay_step() lets others wait */
		r->counts.frees_of_start_objects++;
		return true;
	}
	if (!o || o->state == OBJECTS_GONE) {
		r->counts.frees_unknown++;
		return true;
	}
	was = *o;
	if (e->order == was.order && e->value == 0 && !was.split)
		run_whole(r, cpu, e, number, o);
	else if (!run_partial(r, cpu, e, number, o))
		return false;
	return was.state != OBJECTS_LIVE ||
	       record(r, e, LATENCY_FREE, was.gfp_class, was.node, MM_PATH_PCP, cpu);
}

/* A page gets onto an LRU list, by which the trace says what it holds. */
static void run_note(struct replay *r, const struct replay_event *e)
{
	struct objects_entry o = objects_get(r->objects, e->object);

	r->counts.lru_notes++;
	if (o.state == OBJECTS_LIVE && !o.split && e->kind == TRACE_LRU_ADD &&
	    r->o.policy->note_use)
		r->o.policy->note_use(r->o.mm, o.frame, o.order, MM_USE_LRU);
}

static void run_other(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		      uint32_t number)
{
	if (e->kind == TRACE_SYSCTL) {
		replay_sysctl_event(r, cpu, e);
		return;
	}
	if (e->kind >= TRACE_ISOLATE) {
		replay_isolate_event(r, cpu, e);
		return;
	}
	run_note(r, e);
	if (r->early && e->kind == TRACE_LRU_ADD)
		replay_early_object(r, cpu, e->object, number, contents_of_lru(e->value));
}

/*
 * For the host's cache, one step a call: the fourth event of the queue, the third one's object,
 * the second one's frame. By the next call, a turn of all tasks later, each is there for its
 * own next step.
 */
static void look_ahead(const struct replay *r, const struct replay_event *first)
{
	const struct replay_event *second = &r->tasks.pool[first->next], *third;

	if (!first->next || !second->next)
		return;
	third = &r->tasks.pool[second->next];
	__builtin_prefetch(&r->tasks.pool[third->next]);
	objects_prefetch(r->objects, third->object);
	if (second->kind == TRACE_FREE)
		replay_core_prefetch_frame(r, second->object);
}

/*
 * Closed pacing: whatever a task lost, waiting for its CPU, for locks or because an operation
 * took longer than the gap to the next one, shifts all its later events. When gaps are all
 * think time (end_operation()), so does whatever an operation takes.
 */
HOT void make_ready(struct replay *r, uint32_t number, struct replay_task *task, uint64_t end)
{
	const struct replay_event *next;
	uint64_t ready = end;

	replay_tasks_pop(&r->tasks, number);
	next = replay_tasks_head(&r->tasks, number);
	if (next && r->o.pacing != REPLAY_ASAP) {
		uint64_t due = next->date + (r->o.pacing == REPLAY_OPEN ? 0 : task->shift);

		if (due > ready)
			ready = due;
		else if (r->o.pacing == REPLAY_CLOSED)
			task->shift = ready - next->date;
	}
	task->ready = ready;
	if (next) {
		if (r->tasks.queued >= REPLAY_DEEP)
			look_ahead(r, next);
		else
			__builtin_prefetch(&r->tasks.pool[next->next]);
		sim_engine_ready(r->engine, next->cpu, number, ready);
	} else if (r->o.save && r->world) {
		/* What daemons do later belongs to the next part. */
		replay_world_end(r);
	}
}

static enum sim_step run_tick(struct replay *r, struct sim_cpu *cpu, uint32_t task)
{
	if (r->ended && r->tasks.queued == 0) {
		/* It does not run: the CPU was free since what ran there last. */
		r->held[cpu->id] = sim_engine_held(r->engine, cpu->id);
		return SIM_STEP_DONE;
	}
	r->o.policy->tick(r->o.mm, cpu);
	r->counts.ticks++;
	r->tick_date[cpu->id] = cpu->now + r->tick_cycles;
	sim_engine_ready(r->engine, cpu->id, task, r->tick_date[cpu->id]);
	return SIM_STEP_DONE;
}

/* A run can take far longer than its recording did, which nobody knows before. */
static void sample_until(struct replay *r, uint64_t date)
{
	struct series *s = r->series;
	struct series_counts counts = { r->counts.order_requests, r->counts.order_failed, 0 };

	while (r->next_sample <= date) {
		if (s->nsamples == REPLAY_MOST_SAMPLES) /* even: the next date stays one */
			series_thin(s);
		replay_core_sum(r);
		counts.stalls = r->counts.slept;
		if (!series_sample(s, r->next_sample, r->o.mm, &counts)) {
			replay_core_fail(r, TRACE_SYSTEM, "out of memory");
			return;
		}
		r->next_sample += s->interval;
	}
}

/* A free whose object has not been allocated yet, but will be. */
static bool must_wait(const struct replay *r, const struct replay_event *e,
		      const struct objects_entry *o)
{
	return o && o->state == OBJECTS_NONE && (r->has_state || e->object >= r->start_objects);
}

HOT void end_operation(struct replay *r, const struct sim_cpu *cpu, uint32_t number,
		       uint64_t late)
{
	struct replay_task *task = &r->tasks.tasks[number];
	uint64_t end = sim_now(cpu);

	if (r->o.pacing == REPLAY_THINK)
		task->shift = end - replay_tasks_head(&r->tasks, number)->date;
	else
		task->shift += late + cpu->part[SIM_PART_LOCK];
	r->counts.events++;
	if (end > r->counts.end_date)
		r->counts.end_date = end;
	make_ready(r, number, task, end);
}

enum sim_step replay_step(void *ctx, struct sim_cpu *cpu, uint32_t number)
{
	struct replay *r = ctx;
	struct replay_task *task = &r->tasks.tasks[number];
	struct objects_entry *o = NULL;
	const struct replay_event *e;
	uint64_t late;

	if (r->next_sample <= cpu->now)
		sample_until(r, cpu->now);
	/* A tick's number is its CPU's, the changes' task has the largest there is. */
	if (number + 1 <= r->o.machine->cpus)
		return number == REPLAY_SYSCTL_TASK ? replay_sysctl_step(r, cpu)
						    : run_tick(r, cpu, number);
	assert(task->head && !task->waiting);
	e = replay_tasks_head(&r->tasks, number);
	if (e->kind == TRACE_FREE) {
		o = objects_at(r->objects, e->object);
		if (must_wait(r, e, o)) {
			wait_for(r, e->object, o, number, cpu->id);
			return SIM_STEP_DONE;
		}
	}
	late = cpu->now - task->ready;
	if (e->kind <= TRACE_ALLOC_FAILED) {
		if (run_alloc(r, cpu, e, number, late) == SIM_STEP_SLEEP)
			return SIM_STEP_SLEEP;
	} else if (e->kind == TRACE_FREE) {
		run_free(r, cpu, e, number, o);
	} else {
		run_other(r, cpu, e, number);
	}
	if (!r->trouble.status)
		end_operation(r, cpu, number, late);
	return SIM_STEP_DONE;
}

/* ---- the parts, for a kernel with daemons ---------------------------------------------- */

void replay_step_sample(struct replay *r, uint64_t date)
{
	sample_until(r, date);
}

enum sim_step replay_step_tick(struct replay *r, struct sim_cpu *cpu, uint32_t task)
{
	return run_tick(r, cpu, task);
}

bool replay_step_waits(struct replay *r, const struct sim_cpu *cpu,
		       const struct replay_event *e, uint32_t task, struct objects_entry *o,
		       bool not_quite)
{
	if (!not_quite && !must_wait(r, e, o))
		return false;
	wait_for(r, e->object, o, task, cpu->id);
	return true;
}

void replay_step_release(struct replay *r, uint64_t object, struct objects_entry *place,
			 uint64_t date)
{
	place->awaited = false;
	release_waiters(r, object, date);
}

void replay_step_asked(struct replay *r, const struct sim_cpu *cpu,
		       const struct replay_event *e)
{
	count_request(r, e, node_asked(r, cpu, e));
}

bool replay_step_granted(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			 uint32_t number, struct mm_grant g)
{
	return take_answer(r, cpu, e, number, g);
}

bool replay_step_object(struct replay *r, const struct sim_cpu *cpu,
			const struct replay_event *e, uint32_t number, struct mm_grant g)
{
	return note_object(r, e, number, g, cpu);
}

bool replay_step_free(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		      uint32_t number, struct objects_entry *o)
{
	return run_free(r, cpu, e, number, o);
}

void replay_step_note(struct replay *r, const struct replay_event *e)
{
	run_note(r, e);
}

bool replay_step_record(struct replay *r, const struct replay_event *e, enum latency_op op,
			unsigned gfp_class, unsigned node, unsigned path,
			const struct sim_cpu *cpu)
{
	return record(r, e, op, gfp_class, node, path, cpu);
}

bool replay_step_has_part(const struct replay *r, const struct replay_event *e, unsigned order)
{
	const struct objects_parts *parts = objects_parts(r->objects, e->object, order);

	return parts && !(parts->freed[e->value / 64] >> (e->value % 64) & 1);
}

void replay_step_end(struct replay *r, const struct sim_cpu *cpu, uint32_t task, uint64_t late)
{
	end_operation(r, cpu, task, late);
}
