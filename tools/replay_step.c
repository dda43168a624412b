/*
 * The running side of a replay: one operation of one task at its date.
 */
#include <assert.h>

#include "tools/replay_world.h"

/* On the way of every operation; called from two places, they would be no part of it. */
#define HOT static inline __attribute__((always_inline))

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
__attribute__((noinline)) static uint64_t unusual_note(const struct replay_gfp *gfp,
						       const struct replay_event *e,
						       uint32_t number, uint64_t date)
{
	uint64_t note = gfp->note & ~REPLAY_NOTE_EARLY;

	if (number >= REPLAY_NOTE_TASKS - 1)
		number = REPLAY_NOTE_TASKS - 1;
	else if (!e->order)
		note = gfp->note;
	return note | date >> REPLAY_NOTE_DATE_UNIT << REPLAY_NOTE_DATE_SHIFT |
	       (uint64_t)number << REPLAY_NOTE_TASK_SHIFT;
}

/* A single page, of a task that has a place in notes: nearly all are. */
HOT bool is_usual(const struct replay_event *e, uint32_t number)
{
	return ((number + 1) / REPLAY_NOTE_TASKS | e->order) == 0;
}

HOT uint64_t note_of(const struct replay_gfp *gfp, const struct replay_event *e,
		     uint32_t number, uint64_t date)
{
	if (__builtin_expect(!is_usual(e, number), 0))
		return unusual_note(gfp, e, number, date);
	return gfp->note | date >> REPLAY_NOTE_DATE_UNIT << REPLAY_NOTE_DATE_SHIFT |
	       (uint64_t)number << REPLAY_NOTE_TASK_SHIFT;
}

/* The object table learns what the allocation got. */
HOT bool note_object(struct replay *r, const struct replay_event *e,
		     const struct replay_gfp *gfp, uint32_t number, struct mm_grant g,
		     const struct sim_cpu *cpu)
{
	struct objects_entry entry = { .frame = (uint32_t)g.frame,
				       .order = e->order & 15u,
				       .state = OBJECTS_LIVE,
				       .node = (uint8_t)g.node,
				       .gfp_class = gfp->gfp_class & 15u };
	int awaited =
		objects_begin(r->objects, e->object, entry, note_of(gfp, e, number, cpu->now));

	if (__builtin_expect(awaited != 0, 0)) {
		if (awaited < 0)
			return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
		replay_waiters_release(r, e->object, sim_now(cpu));
	}
	return true;
}

/* ... and that another one got nothing. */
__attribute__((noinline)) static bool note_failure(struct replay *r,
						   const struct replay_event *e, unsigned node,
						   const struct sim_cpu *cpu)
{
	struct objects_entry *place = objects_at(r->objects, e->object);
	bool awaited;

	if (!place)
		return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
	awaited = place->awaited;
	objects_set(place,
		    (struct objects_entry){ .order = e->order & 15u,
					    .state = OBJECTS_FAILED,
					    .node = (uint8_t)node,
					    .gfp_class = r->gfps[e->gfp].gfp_class & 15u });
	if (awaited)
		replay_waiters_release(r, e->object, sim_now(cpu));
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
	if (__builtin_expect(e->flags & TRACE_HIDDEN, 0))
		r->counts.hidden++;
}

/* The recorded kernel gave nothing: the caller went on without the page. */
__attribute__((noinline)) static void give_back(struct replay *r, struct sim_cpu *cpu,
						const struct replay_event *e, uint64_t frame)
{
	r->counts.recorded_failures++;
	if (frame == MM_NO_FRAME)
		return;
	r->counts.recorded_failures_served++;
	r->o.policy->free(r->o.mm, cpu, frame, e->order, false);
}

/* `where` is the node in the kernel's answer. */
__attribute__((noinline)) static bool take_refusal(struct replay *r, struct sim_cpu *cpu,
						   const struct replay_event *e,
						   uint32_t number, enum mm_verdict verdict,
						   unsigned where)
{
	unsigned node = node_asked(r, cpu, e);

	count_failure(r, e, verdict, node, cpu->now);
	if (r->events.out)
		replay_events_alloc(r, cpu, e, number, MM_NO_FRAME);
	if (!record(r, e, LATENCY_ALLOC, r->gfps[e->gfp].gfp_class, node, LATENCY_FAILED, cpu))
		return false;
	if (e->kind != TRACE_ALLOC_FAILED)
		return note_failure(r, e, where, cpu);
	give_back(r, cpu, e, MM_NO_FRAME);
	return true;
}

/* Nobody takes the answer's address or the whole of it: it was written in small pieces just
 * now, which a copy would wait for. */
HOT bool take_page(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		   const struct replay_gfp *gfp, uint32_t number, struct mm_grant g)
{
	r->counts.served++;
	if (__builtin_expect(r->events.out != NULL, 0))
		replay_events_alloc(r, cpu, e, number, g.frame);
	if (!record(r, e, LATENCY_ALLOC, gfp->gfp_class, g.node, g.path, cpu))
		return false;
	if (__builtin_expect(e->kind == TRACE_ALLOC_FAILED, 0)) {
		give_back(r, cpu, e, g.frame);
		return true;
	}
	if (gfp->movable && r->o.policy->note_use)
		r->o.policy->note_use(r->o.mm, g.frame, e->order, MM_USE_LRU);
	return note_object(r, e, gfp, number, g, cpu);
}

/* What the object holds is for later. */
__attribute__((noinline)) static void note_contents(struct replay *r, struct sim_cpu *cpu,
						    const struct replay_event *e,
						    const struct replay_gfp *gfp,
						    uint32_t number)
{
	if (gfp->kind.reclaimable && r->early && e->kind == TRACE_ALLOC)
		replay_early_object(r, cpu, e->object, number, gfp->kind);
}

HOT enum sim_step run_alloc(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			    uint32_t number, uint64_t late)
{
	const struct replay_gfp *gfp = &r->gfps[e->gfp];
	struct mm_request req = { .gfp = gfp->flags,
				  .order = e->order,
				  .node = node_asked(r, cpu, e),
				  .task = number };
	struct mm_grant g;

	count_request(r, e, req.node);
	g = r->o.policy->alloc_try(r->o.mm, cpu, req);
	if (__builtin_expect(g.verdict == MM_DONE, 1)) {
		if (take_page(r, cpu, e, gfp, number, g) &&
		    __builtin_expect(!gfp->noted || !is_usual(e, number), 0))
			note_contents(r, cpu, e, gfp, number); /* else its note says it */
		return SIM_STEP_DONE;
	}
	if (g.verdict == MM_WOULD_SLEEP && r->o.policy->alloc_wait)
		return replay_wait_asleep(r, number, g, late);
	take_refusal(r, cpu, e, number, g.verdict, g.node);
	return SIM_STEP_DONE;
}

/* A part of an object is freed: the first such free splits it. */
__attribute__((noinline)) static bool run_partial(struct replay *r, struct sim_cpu *cpu,
						  const struct replay_event *e, uint32_t number,
						  struct objects_entry *o)
{
	struct objects_entry was = *o;

	if (!replay_parts_take(r, e, o))
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
	bool live = o->state == OBJECTS_LIVE;

	if (__builtin_expect(r->events.out && live, 0))
		replay_events_free(r, cpu, number, o->frame, o->order);
	if (__builtin_expect(o->dirty, 0))
		replay_early_freed(r);
	if (__builtin_expect(live, 1))
		r->o.policy->free(r->o.mm, cpu, o->frame, e->order,
				  (e->flags & TRACE_COLD) != 0);
	else
		r->counts.frees_of_failed++;
	objects_end_whole(r->objects, e->object, o);
}

/* `o` is the object's place, NULL when it is gone. */
HOT bool run_free(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		  uint32_t number, struct objects_entry *o)
{
	unsigned state = o ? o->state : OBJECTS_GONE, gfp_class, node;

	r->counts.frees++;
	if (__builtin_expect(e->flags & TRACE_MISSED, 0))
		r->counts.missed++;
	if (__builtin_expect(state == OBJECTS_NONE || state == OBJECTS_GONE, 0)) {
		if (state == OBJECTS_NONE) /* replay_step() lets others wait */
			r->counts.frees_of_start_objects++;
		else
			r->counts.frees_unknown++;
		return true;
	}
	gfp_class = o->gfp_class;
	node = o->node;
	if (__builtin_expect(e->order == o->order && e->value == 0 && !o->split, 1))
		run_whole(r, cpu, e, number, o);
	else if (!run_partial(r, cpu, e, number, o))
		return false;
	return state != OBJECTS_LIVE ||
	       record(r, e, LATENCY_FREE, gfp_class, node, MM_PATH_PCP, cpu);
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
HOT uint64_t ready_date(struct replay_task *task, const struct replay_event *next, uint64_t end,
			enum replay_pacing pacing)
{
	uint64_t due;

	if (pacing == REPLAY_ASAP)
		return end;
	due = next->date + (pacing == REPLAY_OPEN ? 0 : task->shift);
	if (due > end)
		return due;
	if (pacing == REPLAY_CLOSED)
		task->shift = end - next->date;
	return end;
}

HOT void make_ready(struct replay *r, struct sim_cpu *cpu, uint32_t number,
		    struct replay_task *task, uint64_t end, enum replay_pacing pacing)
{
	const struct replay_event *next = replay_tasks_pop(&r->tasks, task);

	if (__builtin_expect(!next, 0)) {
		task->ready = end;
		if (r->o.save && r->world)
			replay_world_end(r); /* what daemons do later is of the next part */
		return;
	}
	task->ready = ready_date(task, next, end, pacing);
	if (r->tasks.queued >= REPLAY_DEEP)
		look_ahead(r, next);
	else
		__builtin_prefetch(&r->tasks.pool[next->next]);
	if (__builtin_expect(next->cpu == cpu->id && !cpu->on_actor, 1))
		sim_engine_go_on(r->engine, cpu, number, task->ready);
	else
		sim_engine_ready(r->engine, next->cpu, number, task->ready);
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

HOT void end_paced(struct replay *r, struct sim_cpu *cpu, uint32_t number,
		   struct replay_task *task, uint64_t late, enum replay_pacing pacing)
{
	uint64_t end = sim_now(cpu);

	if (pacing == REPLAY_THINK)
		task->shift = end - replay_tasks_head(&r->tasks, number)->date;
	else
		task->shift += late + cpu->part[SIM_PART_LOCK];
	r->counts.events++;
	if (end > r->counts.end_date)
		r->counts.end_date = end;
	make_ready(r, cpu, number, task, end, pacing);
}

__attribute__((noinline)) static void end_otherwise(struct replay *r, struct sim_cpu *cpu,
						    uint32_t number, struct replay_task *task,
						    uint64_t late)
{
	end_paced(r, cpu, number, task, late, r->o.pacing);
}

/* The usual pacing by code of its own. */
HOT void end_operation(struct replay *r, struct sim_cpu *cpu, uint32_t number,
		       struct replay_task *task, uint64_t late)
{
	if (__builtin_expect(r->o.pacing == REPLAY_CLOSED, 1))
		end_paced(r, cpu, number, task, late, REPLAY_CLOSED);
	else
		end_otherwise(r, cpu, number, task, late);
}

void replay_step_begin(struct replay *r)
{
	r->plain_from = r->world ? r->first_task : r->o.machine->cpus;
	r->plain = r->world && !r->early ? 0 : REPLAY_SYSCTL_TASK - r->plain_from;
}

void replay_step_no_more_plain(struct replay *r)
{
	r->plain = 0;
}

/* A tick's number is its CPU's. */
__attribute__((noinline)) static enum sim_step
run_not_plain(struct replay *r, struct sim_cpu *cpu, uint32_t number)
{
	if (r->world)
		return replay_wait_step(r, cpu, number);
	return number == REPLAY_SYSCTL_TASK ? replay_sysctl_step(r, cpu)
					    : run_tick(r, cpu, number);
}

enum sim_step replay_step(void *ctx, struct sim_cpu *cpu, uint32_t number)
{
	struct replay *r = ctx;
	struct replay_task *task;
	struct objects_entry *o = NULL;
	const struct replay_event *e;
	uint64_t late;

	if (__builtin_expect(r->next_sample <= cpu->now, 0))
		sample_until(r, cpu->now);
	if (__builtin_expect(number - r->plain_from >= r->plain, 0))
		return run_not_plain(r, cpu, number);
	task = &r->tasks.tasks[number];
	assert(task->head && !task->waiting);
	e = &r->tasks.pool[task->head];
	if (e->kind == TRACE_FREE) {
		o = objects_at(r->objects, e->object);
		if (must_wait(r, e, o)) {
			replay_waiters_add(r, e->object, o, number, cpu->id);
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
		end_operation(r, cpu, number, task, late);
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
	replay_waiters_add(r, e->object, o, task, cpu->id);
	return true;
}

void replay_step_release(struct replay *r, uint64_t object, struct objects_entry *place,
			 uint64_t date)
{
	place->awaited = false;
	replay_waiters_release(r, object, date);
}

void replay_step_asked(struct replay *r, const struct sim_cpu *cpu,
		       const struct replay_event *e)
{
	count_request(r, e, node_asked(r, cpu, e));
}

bool replay_step_granted(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			 uint32_t number, struct mm_grant g)
{
	return g.verdict == MM_DONE ? take_page(r, cpu, e, &r->gfps[e->gfp], number, g)
				    : take_refusal(r, cpu, e, number, g.verdict, g.node);
}

bool replay_step_object(struct replay *r, const struct sim_cpu *cpu,
			const struct replay_event *e, uint32_t number, struct mm_grant g)
{
	return g.verdict == MM_DONE ? note_object(r, e, &r->gfps[e->gfp], number, g, cpu)
				    : note_failure(r, e, g.node, cpu);
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

void replay_step_end(struct replay *r, struct sim_cpu *cpu, uint32_t task, uint64_t late)
{
	end_operation(r, cpu, task, &r->tasks.tasks[task], late);
}
