/*
 * One operation of a task on a kernel that has daemons: what replay_step.c does, and on top
 * requests and accesses that sleep, pages that are held as contents, and killed tasks.
 */
#include <assert.h>
#include <stdlib.h>

#include "tools/cmd.h"
#include "tools/replay_world.h"

#define PROGRESS_STEPS 1024u

static struct mm_request request_of(const struct replay *r, const struct sim_cpu *cpu,
				    const struct replay_event *e, uint32_t number)
{
	unsigned node = e->node == TRACE_NODE_LOCAL ? cpu->node : e->node % r->o.machine->nodes;

	return (struct mm_request){ .gfp = r->gfps[e->gfp].flags,
				    .order = e->order,
				    .node = (uint8_t)node,
				    .task = number };
}

/* Whether the task got the huge page that it asked for last: else it touches single ones. */
static bool note_huge(struct replay *r, uint32_t number, struct mm_grant g)
{
	struct replay_fate *fate = replay_world_fate(r, number);

	if (fate)
		fate->huge_failed = g.verdict != MM_DONE;
	return fate;
}

/* On an actor others go on while the kernel is told what an object holds: who wants to free it
 * waits, and its entry can move. */
static bool hold_asleep(struct replay *r, struct sim_cpu *cpu, uint64_t object, uint32_t number,
			struct contents_kind kind)
{
	struct objects_entry entry = objects_get(r->objects, object), *place;
	struct replay_fate *fate = replay_world_fate(r, number);

	if (!fate)
		return false;
	fate->holds = object + 1;
	r->world->holding++;
	if (!replay_access_hold(r, cpu, &entry, number, kind, true))
		return false;
	replay_world_fate(r, number)->holds = 0;
	r->world->holding--;
	place = objects_at(r->objects, object);
	entry.awaited = place->awaited;
	objects_set(place, entry);
	if (entry.awaited)
		replay_step_release(r, object, place, sim_now(cpu));
	return true;
}

static bool hold(struct replay *r, struct sim_cpu *cpu, uint64_t object, uint32_t number,
		 struct contents_kind kind)
{
	if (cpu->on_actor)
		return hold_asleep(r, cpu, object, number, kind);
	return replay_access_hold(r, cpu, objects_at(r->objects, object), number, kind, true);
}

static bool is_being_held(const struct replay *r, uint64_t object)
{
	const struct replay_world *w = r->world;

	if (!w->holding)
		return false;
	for (uint32_t i = 0; i < w->nfates; i++)
		if (w->fates[i].holds == object + 1)
			return true;
	return false;
}

/* The request has its answer; a page that can be taken away is held from now on. */
static bool granted(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		    uint32_t number, struct mm_grant g)
{
	struct contents_kind kind = r->gfps[e->gfp].kind;

	if (!replay_step_granted(r, cpu, e, number, g) ||
	    (e->order == TRACE_HUGE_ORDER && !note_huge(r, number, g)))
		return false;
	/* Slab pages are on no LRU list. */
	if (g.verdict != MM_DONE || e->kind != TRACE_ALLOC ||
	    (r->world->lru_events && kind.kind != MM_KIND_SLAB) ||
	    !replay_access_can_hold(r, e->order, &kind))
		return true;
	return hold(r, cpu, e->object, number, kind);
}

static bool has_to_pause(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e)
{
	return e->kind == TRACE_ALLOC &&
	       replay_access_wrote(r, cpu, objects_get(r->objects, e->object),
				   r->gfps[e->gfp].kind);
}

static enum sim_step ask(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			 uint32_t number, uint64_t late)
{
	struct mm_grant g = r->o.policy->alloc_try(r->o.mm, cpu, request_of(r, cpu, e, number));

	replay_step_asked(r, cpu, e);
	if (g.verdict == MM_WOULD_SLEEP && r->o.policy->alloc_wait)
		return replay_wait_asleep(r, number, g, late);
	if (!granted(r, cpu, e, number, g) || !has_to_pause(r, cpu, e))
		return SIM_STEP_DONE;
	return replay_wait_fall_asleep(
		r, number,
		(struct replay_fate){ .content = objects_get(r->objects, e->object).frame,
				      .late = late,
				      .pausing = true });
}

/* The contents of a held object go, all of them or a part. */
static void drop(struct replay *r, struct sim_cpu *cpu, uint32_t number, uint32_t first,
		 unsigned order)
{
	if (r->events.out)
		replay_events_free(r, cpu, number, r->o.policy->content_frame(r->o.mm, first),
				   order);
	replay_access_drop(r, cpu, first, 1u << order);
}

static void free_held(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		      uint32_t number, struct objects_entry *o)
{
	struct objects_entry was = *o;

	r->counts.frees++;
	r->counts.missed += (e->flags & TRACE_MISSED) != 0;
	if (e->order != was.order || e->value || was.split) {
		if (!replay_parts_take(r, e, o))
			return;
		drop(r, cpu, number, was.frame + e->value, e->order);
	} else {
		objects_end(r->objects, e->object, o);
		drop(r, cpu, number, was.frame, was.order);
	}
	replay_step_record(r, e, LATENCY_FREE, was.gfp_class, was.node, MM_PATH_PCP, cpu);
}

static void run_free(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
		     uint32_t number, struct objects_entry *o)
{
	if (o && o->state == OBJECTS_HELD)
		free_held(r, cpu, e, number, o);
	else
		replay_step_free(r, cpu, e, number, o);
}

/* A page gets onto an LRU list, by which the trace says what it holds. */
static void run_lru_add(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			uint32_t number)
{
	struct objects_entry *o = objects_at(r->objects, e->object);
	struct contents_kind kind = contents_of_lru(e->value);

	r->world->lru_events = true;
	if (!o || o->state != OBJECTS_LIVE || o->split || is_being_held(r, e->object) ||
	    !replay_access_can_hold(r, o->order, &kind)) {
		replay_step_note(r, e);
		return;
	}
	r->counts.lru_notes++;
	replay_access_hold(r, cpu, o, number, kind, true);
}

/* A page that is asked for only because its huge page is not there, and it is. */
static bool is_needless(const struct replay *r, const struct replay_event *e, uint32_t number)
{
	return e->flags & TRACE_FALLBACK && !replay_world_look(r, number).huge_failed;
}

static enum sim_step run_event(struct replay *r, struct sim_cpu *cpu,
			       const struct replay_event *e, uint32_t number,
			       struct objects_entry *o, uint64_t late)
{
	static const struct mm_grant none = { .frame = MM_NO_FRAME, .verdict = MM_FAILED };

	switch (e->kind) {
	case TRACE_ALLOC:
		if (is_needless(r, e, number)) {
			replay_step_object(r, cpu, e, number, none);
			return SIM_STEP_DONE;
		}
		return ask(r, cpu, e, number, late);
	case TRACE_ALLOC_FAILED:
		return ask(r, cpu, e, number, late);
	case TRACE_FREE:
		run_free(r, cpu, e, number, o);
		return SIM_STEP_DONE;
	case TRACE_SYSCTL:
		replay_sysctl_event(r, cpu, e);
		return SIM_STEP_DONE;
	case TRACE_LRU_ADD:
		run_lru_add(r, cpu, e, number);
		return SIM_STEP_DONE;
	case TRACE_ISOLATE:
	case TRACE_UNISOLATE:
		replay_isolate_event(r, cpu, e);
		return SIM_STEP_DONE;
	default:
		return replay_access_try(r, cpu, e, number, late);
	}
}

/*
 * A killed task does nothing more but give back what it had: that is what its exit would have
 * done. What it would have asked for, its frees by others find as failed.
 */
static void run_after_death(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			    uint32_t number, struct objects_entry *o)
{
	const struct mm_grant none = { .frame = MM_NO_FRAME, .verdict = MM_FAILED };

	replay_world_bury(r, cpu, number);
	if (e->kind == TRACE_FREE) {
		run_free(r, cpu, e, number, o);
		return;
	}
	r->counts.events_of_killed++;
	if (e->kind == TRACE_ALLOC)
		replay_step_object(r, cpu, e, number, none);
}

/* The operations of nobody's tasks. */
static enum sim_step run_other(struct replay *r, struct sim_cpu *cpu, uint32_t number)
{
	struct replay_world *w = r->world;

	if (++w->steps % PROGRESS_STEPS == 0)
		replay_core_progress(r);
	switch (replay_world_who(r, number)) {
	case REPLAY_TICK:
		return replay_step_tick(r, cpu, number);
	case REPLAY_ACCESSOR:
		return replay_access_round(r, cpu, number);
	case REPLAY_REAPER:
		w->reaping[cpu->id] = false;
		for (unsigned i = w->nvictims; i-- > 0;)
			replay_world_bury(r, cpu, w->victims[i]);
		return SIM_STEP_DONE;
	default:
		replay_world_end(r);
		return SIM_STEP_DONE;
	}
}

/* What the operation slept is lost for the task's later events, too. */
static void finish(struct replay *r, struct sim_cpu *cpu, uint32_t number, uint64_t late)
{
	late += cpu->part[SIM_PART_SLEEP] + cpu->part[SIM_PART_IO];
	replay_step_end(r, cpu, number, late);
	replay_world_end(r);
}

enum sim_step replay_wait_fall_asleep(struct replay *r, uint32_t number,
				      struct replay_fate fate)
{
	struct replay_fate *place = replay_world_fate(r, number);

	if (!place)
		return SIM_STEP_DONE;
	place->so_far = fate.so_far;
	place->content = fate.content;
	place->late = fate.late;
	place->pausing = fate.pausing;
	place->asleep = true;
	r->world->sleeping++;
	return SIM_STEP_SLEEP;
}

enum sim_step replay_wait_asleep(struct replay *r, uint32_t number, struct mm_grant so_far,
				 uint64_t late)
{
	return replay_wait_fall_asleep(r, number,
				       (struct replay_fate){ .so_far = so_far, .late = late });
}

static enum sim_step run_task(struct replay *r, struct sim_cpu *cpu, uint32_t number)
{
	const struct replay_task *task = &r->tasks.tasks[number];
	struct replay_event e = *replay_tasks_head(&r->tasks, number);
	struct objects_entry *o = NULL;
	uint64_t late = cpu->now - task->ready;

	if (e.kind == TRACE_FREE) {
		o = objects_at(r->objects, e.object);
		if (replay_step_waits(r, cpu, &e, number, o, is_being_held(r, e.object)))
			return SIM_STEP_DONE;
	}
	if (replay_world_look(r, number).killed)
		run_after_death(r, cpu, &e, number, o);
	else if (run_event(r, cpu, &e, number, o, late) == SIM_STEP_SLEEP)
		return SIM_STEP_SLEEP;
	if (!r->trouble.status)
		finish(r, cpu, number, late);
	return SIM_STEP_DONE;
}

enum sim_step replay_wait_step(void *ctx, struct sim_cpu *cpu, uint32_t number)
{
	struct replay *r = ctx;
	enum replay_world_who who;

	if (r->next_sample <= cpu->now)
		replay_step_sample(r, cpu->now);
	if (number == REPLAY_SYSCTL_TASK)
		return replay_sysctl_step(r, cpu);
	who = replay_world_who(r, number);
	if (who != REPLAY_TASK && who != REPLAY_INTERRUPT)
		return run_other(r, cpu, number);
	return run_task(r, cpu, number);
}

static void note_stall(struct replay *r, const struct sim_cpu *cpu,
		       const struct replay_event *e, unsigned path,
		       const struct sim_where *where)
{
	r->counts.slept++;
	r->counts.order_slept[e->order]++;
	assert(where->since == sim_now(cpu));
	if (!replay_step_record(r, e, LATENCY_STALL, r->gfps[e->gfp].gfp_class, cpu->node, path,
				cpu) ||
	    e->flags & TRACE_UNSCORED)
		return;
	if (!latency_add_functions(r->latency, where))
		replay_core_fail(r, TRACE_SYSTEM, "out of memory");
}

/* On the task's actor: the request gets its page, or the kernel gives up. */
static void wait_for_page(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			  uint32_t number)
{
	struct mm_grant so_far = replay_world_look(r, number).so_far;
	struct sim_where where = { .since = cpu->now };
	struct mm_grant g;

	cpu->port->watch(cpu, &where);
	g = r->o.policy->alloc_wait(r->o.mm, cpu, request_of(r, cpu, e, number), so_far);
	cpu->port->watch(cpu, NULL);
	/* Many only offer their CPU to others, and nobody wants it. */
	if (cpu->part[SIM_PART_SLEEP] || cpu->part[SIM_PART_IO])
		note_stall(r, cpu, e, g.path, &where);
	if (granted(r, cpu, e, number, g) && has_to_pause(r, cpu, e))
		replay_access_pause(r, cpu, objects_get(r->objects, e->object).frame);
}

void replay_wait(void *ctx, struct sim_cpu *cpu, uint32_t number)
{
	struct replay *r = ctx;
	struct replay_fate *fate;
	struct replay_event e;

	if (replay_world_who(r, number) == REPLAY_ACCESSOR) {
		replay_access_round_wait(r, cpu, number);
		return;
	}
	e = *replay_tasks_head(&r->tasks, number);
	if (replay_world_look(r, number).pausing)
		replay_access_pause(r, cpu, replay_world_look(r, number).content);
	else if (e.kind <= TRACE_ALLOC_FAILED)
		wait_for_page(r, cpu, &e, number);
	else
		replay_access_wait(r, cpu, &e, number);
	fate = replay_world_fate(r, number);
	fate->asleep = false;
	r->world->sleeping--;
	if (fate->killed)
		replay_world_bury(r, cpu, number);
	if (!r->trouble.status)
		finish(r, cpu, number, fate->late);
}

uint64_t replay_wait_feed(void *ctx, uint64_t until)
{
	struct replay *r = ctx;
	struct replay_world *w = r->world;
	uint64_t next = replay_feed(ctx, until);

	if (!r->ended || r->tasks.queued || w->sleeping || w->ending)
		return next;
	w->ending = true;
	sim_engine_ready(r->engine, 0, replay_world_number(r, REPLAY_END, 0),
			 sim_engine_now(r->engine));
	return next;
}

void replay_wait_pulse(void *ctx)
{
	replay_core_progress(ctx);
}
