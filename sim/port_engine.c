/*
 * struct sim_port on the engine. Every call but wake() and submit() needs an actor: step()
 * never sleeps.
 */
#include <assert.h>

#include "sim/device.h"
#include "sim/engine_state.h"
#include "sim/sched.h"

/* The actor that a CPU seen by its code belongs to. */
static struct sim_actor *actor_of(struct sim_cpu *cpu)
{
	assert(cpu->on_actor);
	return (struct sim_actor *)cpu;
}

/*
 * The cycles so far pass, the CPU stays held. Interrupts that came meanwhile have held the
 * actor up: it goes on that much later, and others may come until then.
 */
static void engine_settle(struct sim_cpu *cpu)
{
	struct sim_actor *a = actor_of(cpu);
	uint64_t *stolen = &a->engine->stolen[cpu->id];

	for (;;) {
		if (sim_now(cpu) > a->engine->date)
			sim_actor_wait(a, sim_now(cpu));
		if (!*stolen)
			return;
		sim_charge_part(cpu, SIM_PART_SLEEP, *stolen);
		*stolen = 0;
	}
}

/* The actor is to run at `date`: from now on it is work that the run does not end before. */
static void call(struct sim_actor *a, uint64_t date)
{
	a->asleep = false;
	if (a->kind == SIM_ACTOR_DAEMON)
		a->engine->busy++;
	sim_actor_wake(a, date);
}

/* Gets a CPU back after a wait that began at `from`. */
static void come_back(struct sim_actor *a, enum sim_part part, uint64_t from)
{
	sim_sched_take(a);
	a->engine->stats.context_switches++;
	sim_charge_part(&a->cpu, part, a->engine->date - from);
	sim_charge_part(&a->cpu, part, a->engine->machine->sched_cycles.context_switch);
}

static uint64_t engine_sleep(struct sim_cpu *cpu, struct sim_queue *queue, uint64_t timeout)
{
	struct sim_actor *a = actor_of(cpu);
	struct sim_engine *e = a->engine;
	uint64_t from;

	assert(!cpu->locked);
	engine_settle(cpu);
	if (timeout == 0)
		return 0;
	from = e->date;
	if (!a->sleeps_on)
		a->until =
			timeout < SIM_DISPATCH_DATES - from ? from + timeout : SIM_ACTOR_NEVER;
	a->sleeps_on = false;
	if (queue)
		sim_queue_append(queue, a);
	a->asleep = true;
	e->busy -= a->kind == SIM_ACTOR_DAEMON;
	sim_sched_give(a);
	sim_actor_wait_woken(a, a->until);
	if (a->asleep) {
		a->asleep = false;
		e->busy += a->kind == SIM_ACTOR_DAEMON;
		if (queue)
			sim_queue_remove(a);
	}
	come_back(a, SIM_PART_SLEEP, from);
	if (a->until == SIM_ACTOR_NEVER)
		return timeout;
	return a->until > e->date ? a->until - e->date : 0;
}

static uint32_t engine_wake(struct sim_cpu *cpu, struct sim_queue *queue, uint32_t n)
{
	struct sim_engine *e = cpu->engine;
	uint64_t cost = e->machine->sched_cycles.wake_up;
	struct sim_actor *a, *next;
	uint32_t woken = 0;

	if (cpu->on_actor && !cpu->locked)
		engine_settle(cpu);
	for (a = queue->first; a && woken < n; a = next) {
		next = a->next;
		if (a->until <= sim_now(cpu) + cost)
			continue; /* its time is up before */
		cpu->due += cost;
		sim_queue_remove(a);
		call(a, sim_now(cpu));
		woken++;
	}
	e->stats.wake_ups += woken;
	return woken;
}

/* One cycle later is late enough: whoever waits for the CPU starts at this very date. */
static void engine_yield(struct sim_cpu *cpu)
{
	struct sim_actor *a = actor_of(cpu);
	uint64_t from;

	assert(!cpu->locked);
	engine_settle(cpu);
	if (!sim_sched_wanted(a))
		return;
	from = a->engine->date;
	sim_sched_give(a);
	sim_actor_wait(a, from + 1);
	come_back(a, SIM_PART_SLEEP, from);
}

static struct sim_actor *driver_of(struct sim_engine *e, const struct sim_disk *disk)
{
	for (unsigned i = 0; i < e->nactors; i++)
		if (e->actors[i]->kind == SIM_ACTOR_DRIVER && e->actors[i]->ctx == disk)
			return e->actors[i];
	return NULL;
}

/*
 * Makes a request at `date`, or at that of the last one if this is later: operations and
 * critical sections are ahead of the engine's date when they make theirs, so somebody who
 * begins after them can come to the disk at an earlier moment.
 */
static uint64_t request(struct sim_engine *e, struct sim_disk *disk, uint64_t date,
			uint64_t offset, uint64_t bytes, bool write)
{
	uint64_t last = sim_device_last_date(disk);
	uint64_t done =
		sim_device_request(disk, date > last ? date : last, offset, bytes, write);

	if (sim_device_failed(disk))
		sim_engine_fail(e, "out of memory");
	return done;
}

/* An actor settles first, as for a wake-up: the disk sees it at its very date. */
static uint64_t engine_submit(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
			      uint64_t bytes, bool write)
{
	if (cpu->on_actor && !cpu->locked)
		engine_settle(cpu);
	return request(cpu->engine, disk, sim_now(cpu), offset, bytes, write);
}

static void engine_io(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
		      uint64_t bytes, bool write)
{
	struct sim_actor *a = actor_of(cpu), *driver = driver_of(a->engine, disk);
	uint64_t from;

	assert(driver && !cpu->locked);
	engine_settle(cpu);
	from = a->engine->date;
	a->until = request(a->engine, disk, from, offset, bytes, write);
	sim_queue_insert(&driver->requests, a);
	if (driver->date == SIM_ACTOR_NEVER)
		sim_actor_wake(driver, from);
	else if (a->until < driver->date)
		sim_actor_wake(driver, a->until);
	sim_sched_give(a);
	sim_actor_wait(a, SIM_ACTOR_NEVER);
	come_back(a, SIM_PART_IO, from);
}

/*
 * The work takes the CPU's time from the engine's date on: after its running operation, or at
 * once where an actor holds it, which goes on that much later. Who is ahead of that date, as
 * operations and critical sections are, cannot have it done before its own moment.
 */
static uint64_t engine_run_on(struct sim_cpu *cpu, unsigned target, uint64_t cycles)
{
	struct sim_engine *e = cpu->engine;
	struct sim_dispatch_cpu *c = &e->dispatch.cpus[target];
	uint64_t arrival, begin;

	assert(target < e->dispatch.count);
	if (cpu->on_actor && !cpu->locked)
		engine_settle(cpu);
	if (target == cpu->id) {
		cpu->due += cycles;
		return sim_now(cpu);
	}
	e->stats.interrupts++;
	arrival = sim_now(cpu) + e->machine->sched_cycles.ipi;
	begin = c->free_at > e->date ? c->free_at : e->date;
	c->free_at = begin + cycles;
	if (c->held)
		e->stolen[target] += cycles;
	else
		sim_engine_rekey(e, c);
	return (begin > arrival ? begin : arrival) + cycles;
}

static void engine_watch(struct sim_cpu *cpu, struct sim_where *where)
{
	struct sim_actor *a = actor_of(cpu);

	if (a->where)
		sim_where_count(a->where, sim_now(cpu));
	a->where = where;
}

static struct sim_where *engine_watched(struct sim_cpu *cpu)
{
	return actor_of(cpu)->where;
}

const struct sim_port sim_port_engine = {
	.settle = engine_settle,
	.sleep = engine_sleep,
	.wake = engine_wake,
	.yield = engine_yield,
	.io = engine_io,
	.submit = engine_submit,
	.run_on = engine_run_on,
	.watch = engine_watch,
	.watched = engine_watched,
};
