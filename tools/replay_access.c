/*
 * What pages hold, and who looks at it: contents are held and dropped here, and read and
 * written as the trace recorded it, or as a working set would.
 *
 * A working set is every `period` one read of each hot content, evenly spread over the
 * period in the order of their numbers; each CPU's accessor reads those whose number modulo
 * CPUs is the CPU's. An access that has to wait for the disk delays the accessor, and then
 * the task that the content belongs to.
 */
#include <stdlib.h>

#include "tools/cmd.h"
#include "tools/replay_world.h"

/* ---- contents ---------------------------------------------------------------------------- */

bool replay_access_can_hold(const struct replay *r, unsigned order, struct contents_kind *kind)
{
	const struct mm_policy *policy = r->o.policy;

	if (!kind->reclaimable || !policy->hold)
		return false;
	if (kind->kind == MM_KIND_SHMEM && !(policy->kinds >> MM_KIND_SHMEM & 1))
		kind->kind = MM_KIND_ANON;
	if (!(policy->kinds >> kind->kind & 1))
		return false;
	return order == 0 || (order == policy->huge_order && kind->kind == MM_KIND_ANON);
}

bool replay_access_hold(struct replay *r, struct sim_cpu *cpu, struct objects_entry *o,
			uint32_t owner, struct contents_kind kind, bool fresh)
{
	struct mm_content what = { .task = owner,
				   .kind = kind.kind,
				   .dirty = kind.dirty,
				   .active = kind.active,
				   .old = kind.old,
				   .stays = kind.stays,
				   .order = o->order };
	uint32_t content;

	if (kind.kind == MM_KIND_FILE && r->o.policy->caches_begin_active)
		what.active = fresh;
	content = r->o.policy->hold(r->o.mm, cpu, o->frame, what);
	if (content == MM_NO_CONTENT)
		return replay_core_fail(r, CMD_SYSTEM, "out of memory");
	o->state = OBJECTS_HELD;
	o->frame = content;
	r->counts.contents += UINT64_C(1) << o->order;
	return true;
}

static bool in_flight(struct replay *r, uint32_t content)
{
	struct replay_world *w = r->world;
	bool found = false;

	for (unsigned i = 0; i < w->nflights; i++) {
		if (w->flights[i].content != content)
			continue;
		w->flights[i].freed = true;
		found = true;
	}
	return found;
}

void replay_access_drop(struct replay *r, struct sim_cpu *cpu, uint32_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!in_flight(r, first + i))
			r->o.policy->drop(r->o.mm, cpu, first + i);
}

/* ---- accesses that sleep ----------------------------------------------------------------- */

static bool take_off(struct replay *r, uint32_t content)
{
	struct replay_world *w = r->world;
	unsigned room = w->flights_room ? 2 * w->flights_room : 16;
	struct replay_flight *flights;

	if (w->nflights == w->flights_room) {
		flights = realloc(w->flights, room * sizeof(*flights));
		if (!flights)
			return replay_core_fail(r, CMD_SYSTEM, "out of memory");
		w->flights = flights;
		w->flights_room = room;
	}
	w->flights[w->nflights++] = (struct replay_flight){ .content = content };
	return true;
}

/* Whoever lands last drops what was freed meanwhile. */
static void land(struct replay *r, struct sim_cpu *cpu, uint32_t content)
{
	struct replay_world *w = r->world;
	unsigned place = w->nflights, others = 0;
	bool freed = false;

	for (unsigned i = 0; i < w->nflights; i++) {
		if (w->flights[i].content != content)
			continue;
		others += place != w->nflights;
		place = i;
		freed = w->flights[i].freed;
	}
	w->flights[place] = w->flights[--w->nflights];
	if (freed && !others)
		r->o.policy->drop(r->o.mm, cpu, content);
}

static void count_access(struct replay *r, struct mm_access a)
{
	r->counts.accesses++;
	r->counts.accesses_failed += a.verdict == MM_FAILED;
	r->counts.refaults += a.refault;
}

/* ---- as recorded ------------------------------------------------------------------------- */

enum sim_step replay_access_try(struct replay *r, struct sim_cpu *cpu,
				const struct replay_event *e, uint32_t number, uint64_t late)
{
	struct objects_entry o = objects_get(r->objects, e->object);
	uint32_t content = o.frame + e->value;
	struct mm_access a;

	r->counts.lru_notes++;
	if (o.state != OBJECTS_HELD || r->o.access != REPLAY_ACCESS_RECORDED ||
	    !r->o.policy->access_try || e->value >> o.order ||
	    (o.split && !replay_parts_has(r, e, o.order)))
		return SIM_STEP_DONE;
	a = r->o.policy->access_try(r->o.mm, cpu, content, e->kind == TRACE_DIRTY);
	if (a.verdict != MM_WOULD_SLEEP) {
		count_access(r, a);
		return SIM_STEP_DONE;
	}
	if (!take_off(r, content))
		return SIM_STEP_DONE;
	return replay_wait_fall_asleep(
		r, number, (struct replay_fate){ .content = content, .late = late });
}

void replay_access_wait(struct replay *r, struct sim_cpu *cpu, const struct replay_event *e,
			uint32_t number)
{
	struct replay_fate fate = replay_world_look(r, number);
	struct mm_access a =
		r->o.policy->access_wait(r->o.mm, cpu, fate.content, e->kind == TRACE_DIRTY);

	count_access(r, a);
	if (a.refault)
		replay_step_record(r, e, LATENCY_REFAULT, 0, cpu->node, MM_PATH_RECLAIM, cpu);
	land(r, cpu, fate.content);
}

/* ---- written pages ----------------------------------------------------------------------- */

bool replay_access_wrote(struct replay *r, struct sim_cpu *cpu, struct objects_entry o,
			 struct contents_kind kind)
{
	const struct mm_policy *policy = r->o.policy;

	if (!policy->writers_pause || o.state != OBJECTS_HELD || kind.kind != MM_KIND_FILE ||
	    !kind.dirty)
		return false;
	/* On an actor others run inside: the number must stay this content's from here on. */
	if (!take_off(r, o.frame))
		return false;
	if (policy->access_try(r->o.mm, cpu, o.frame, true).verdict == MM_WOULD_SLEEP)
		return true;
	land(r, cpu, o.frame);
	return false;
}

void replay_access_pause(struct replay *r, struct sim_cpu *cpu, uint32_t content)
{
	r->o.policy->access_wait(r->o.mm, cpu, content, true);
	land(r, cpu, content);
}

/* ---- a working set -------------------------------------------------------------------------
 */

/* When the accessor comes to content `at` of its round. */
static uint64_t date_of(const struct replay *r, const struct replay_accessor *a, uint32_t at)
{
	replay_wide part = (replay_wide)r->o.access_cycles * at / (a->end ? a->end : 1);

	return a->round + (uint64_t)part;
}

/* The next hot content from `at` on, or the end of the round. */
static uint32_t next_hot(const struct replay *r, const struct replay_accessor *a, uint32_t at)
{
	while (at < a->end && !contents_is_hot(r->o.seed, at, r->o.hot_milli))
		at += r->o.machine->cpus;
	return at;
}

/* The accessor's next operation: at its next content, or at the next round. */
static void go_on(struct replay *r, const struct sim_cpu *cpu, uint32_t number)
{
	struct replay_accessor *a = &r->world->accessors[cpu->id];
	uint64_t date = a->round + r->o.access_cycles, now = sim_now(cpu);

	if (r->ended && r->tasks.queued == 0)
		return;
	if (a->at < a->end)
		date = date_of(r, a, a->at);
	sim_engine_ready(r->engine, cpu->id, number, date > now ? date : now);
}

/* At the end of a round: the contents there are now, from this date on. */
static void begin_round(struct replay *r, const struct sim_cpu *cpu)
{
	struct replay_accessor *a = &r->world->accessors[cpu->id];

	a->round = cpu->now;
	a->end = r->o.policy->contents(r->o.mm);
	a->at = next_hot(r, a, cpu->id);
}

enum sim_step replay_access_round(struct replay *r, struct sim_cpu *cpu, uint32_t number)
{
	struct replay_accessor *a = &r->world->accessors[cpu->id];
	struct mm_access access;

	if (a->at >= a->end) {
		begin_round(r, cpu);
		go_on(r, cpu, number);
		return SIM_STEP_DONE;
	}
	a->owner = r->o.policy->content_task(r->o.mm, a->at);
	if (a->owner != UINT32_MAX) {
		access = r->o.policy->access_try(r->o.mm, cpu, a->at, false);
		if (access.verdict == MM_WOULD_SLEEP)
			return take_off(r, a->at) ? SIM_STEP_SLEEP : SIM_STEP_DONE;
		count_access(r, access);
	}
	a->at = next_hot(r, a, a->at + r->o.machine->cpus);
	go_on(r, cpu, number);
	return SIM_STEP_DONE;
}

void replay_access_round_wait(struct replay *r, struct sim_cpu *cpu, uint32_t number)
{
	struct replay_accessor *a = &r->world->accessors[number % r->o.machine->cpus];
	struct mm_access access = r->o.policy->access_wait(r->o.mm, cpu, a->at, false);

	count_access(r, access);
	if (access.refault &&
	    !latency_add(r->latency, LATENCY_REFAULT, 0, 0, false, MM_PATH_RECLAIM, cpu))
		replay_core_fail(r, CMD_SYSTEM, "out of memory");
	if (a->owner < r->tasks.ntasks)
		r->tasks.tasks[a->owner].shift += cpu->due;
	land(r, cpu, a->at);
	a->at = next_hot(r, a, a->at + r->o.machine->cpus);
	go_on(r, cpu, number);
}
