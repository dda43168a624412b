#include "sim/engine.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/device.h"
#include "sim/engine_state.h"
#include "sim/sched.h"

bool sim_engine_fail(struct sim_engine *e, const char *fmt, ...)
{
	va_list args;

	if (e->failed)
		return false;
	e->failed = true;
	e->limit = 0;
	va_start(args, fmt);
	vsnprintf(e->error.text, sizeof(e->error.text), fmt, args);
	va_end(args);
	return false;
}

bool sim_engine_fail_late(struct sim_engine *e, uint64_t date)
{
	if (!e->failed)
		e->error.late = true;
	return sim_engine_fail(e, "date %" PRIu64 " passes 2^52 cycles", date);
}

struct sim_engine *sim_engine_new(const struct sim_machine *machine, enum sim_engine_mode mode,
				  struct sim_memory *memory, struct sim_engine_error *err)
{
	struct sim_engine *e = calloc(1, sizeof(*e));

	if (e)
		e->stolen = calloc(machine->cpus, sizeof(*e->stolen));
	if (!e || !e->stolen || !sim_dispatch_init(&e->dispatch, machine->cpus)) {
		snprintf(err->text, sizeof(err->text), "out of memory");
		if (e)
			free(e->stolen);
		free(e);
		return NULL;
	}
	e->machine = machine;
	e->mode = mode;
	e->memory = memory;
	e->cpu_waiters.name = "a CPU";
	e->idle_workers.name = "work";
	for (unsigned i = 0; i < machine->cpus; i++)
		e->dispatch.cpus[i].cpu = (struct sim_cpu){ .memory = memory,
							    .port = &sim_port_engine,
							    .engine = e,
							    .id = (uint16_t)i,
							    .node = machine->cpu_node[i] };
	return e;
}

void sim_engine_free(struct sim_engine *e)
{
	if (!e)
		return;
	sim_actor_free_all(e);
	free(e->cpu_actors);
	free(e->stolen);
	sim_dispatch_fini(&e->dispatch);
	free(e);
}

struct sim_cpu *sim_engine_cpu(struct sim_engine *e, unsigned id)
{
	assert(id < e->dispatch.count);
	return &e->dispatch.cpus[id].cpu;
}

/* In strict mode a CPU's key is the date of its actor. */
static void rekey_strict(struct sim_engine *e, const struct sim_dispatch_cpu *c, uint64_t date)
{
	struct sim_actor *a = e->cpu_actors ? e->cpu_actors[c->cpu.id] : NULL;

	if (!a || a->date == date)
		return;
	e->ready_cpus += date != SIM_ACTOR_NEVER;
	e->ready_cpus -= a->date != SIM_ACTOR_NEVER;
	sim_actor_wake(a, date);
}

/* Nothing can start there, for now. */
static void take_out(struct sim_engine *e, const struct sim_dispatch_cpu *c)
{
	if (e->mode == SIM_ENGINE_STRICT)
		rekey_strict(e, c, SIM_ACTOR_NEVER);
	else
		sim_dispatch_set(&e->dispatch, c->cpu.id, SIM_DISPATCH_NEVER);
}

/* Inline for the way of every operation. */
static inline void rekey(struct sim_engine *e, struct sim_dispatch_cpu *c)
{
	uint64_t date = e->date;

	if (__builtin_expect(c->count == 0 || c->held, 0)) {
		take_out(e, c);
		return;
	}
	if (date < c->free_at)
		date = c->free_at;
	if (date < c->first.date)
		date = c->first.date;
	if (date >= SIM_DISPATCH_DATES)
		sim_engine_fail_late(e, date);
	else if (e->mode == SIM_ENGINE_STRICT)
		rekey_strict(e, c, date);
	else
		sim_dispatch_set(&e->dispatch, c->cpu.id, sim_dispatch_key(date, c->cpu.id));
}

void sim_engine_rekey(struct sim_engine *e, struct sim_dispatch_cpu *c)
{
	rekey(e, c);
}

__attribute__((noinline)) static void insert(struct sim_engine *e, struct sim_dispatch_cpu *c,
					     uint32_t task, uint64_t date)
{
	if (!sim_dispatch_push(c, task, date))
		sim_engine_fail(e, "out of memory");
	else if (c != e->running)
		rekey(e, c);
}

/* Mostly it is the running task, which goes on before others of its CPU. */
void sim_engine_ready(struct sim_engine *e, unsigned cpu, uint32_t task, uint64_t date)
{
	struct sim_dispatch_cpu *c = &e->dispatch.cpus[cpu];

	assert(cpu < e->dispatch.count);
	if (c != e->running || !sim_dispatch_fill(c, task, date))
		insert(e, c, task, date);
}

bool sim_engine_peek(const struct sim_engine *e, unsigned cpu, uint32_t *task)
{
	const struct sim_dispatch_task *first = sim_dispatch_first(&e->dispatch.cpus[cpu]);

	if (!first)
		return false;
	*task = first->task;
	return true;
}

/* A worker finishes tasks' sleeping operations, one after the other. */
static void work(struct sim_actor *w)
{
	struct sim_engine *e = w->engine;

	for (;;) {
		e->client.wait(e->client.ctx, &w->cpu, w->task);
		assert(!w->cpu.locked);
		w->cpu.port->settle(&w->cpu);
		sim_sched_give(w);
		e->workers--;
		sim_queue_append(&e->idle_workers, w);
		sim_actor_wait(w, SIM_ACTOR_NEVER);
	}
}

/* The operation goes on on an actor, which holds the CPU from now on. */
__attribute__((noinline)) static void hand_over(struct sim_engine *e,
						struct sim_dispatch_cpu *c, uint32_t task)
{
	struct sim_actor *w = e->idle_workers.first;
	bool made = !w;

	assert(e->client.wait);
	if (!sim_actor_start(e))
		return;
	if (w)
		sim_queue_remove(w);
	else
		w = sim_actor_new(e, SIM_ACTOR_WORKER, "task", c->cpu.node, work);
	if (!w) {
		sim_engine_fail(e, "out of memory");
		return;
	}
	snprintf(w->name, sizeof(w->name), "task %" PRIu32, task);
	w->task = task;
	w->rank = SIM_ACTOR_RANK_TASK + task;
	w->cpu = c->cpu;
	w->cpu.on_actor = true;
	w->held = c;
	c->held = true;
	e->workers++;
	sim_actor_wake(w, sim_now(&c->cpu));
	if (made)
		sim_actor_launch(w);
}

/* Part of the loop that runs nearly all operations. */
static inline __attribute__((always_inline)) void
run_operation(struct sim_engine *e, struct sim_dispatch_cpu *c, uint64_t date)
{
	struct sim_dispatch_task task = sim_dispatch_pop(c);

	e->stats.cpu_waits += date > task.date;
	e->stats.cpu_wait_cycles += date - task.date;
	e->stats.operations++;
	e->asked = false;
	e->date = date;
	c->cpu.now = date;
	c->cpu.due = 0;
	for (unsigned i = 0; i < SIM_PARTS; i++)
		c->cpu.part[i] = 0;

	e->running = c;
	if (e->client.step(e->client.ctx, &c->cpu, task.task) == SIM_STEP_SLEEP)
		hand_over(e, c, task.task);
	e->running = NULL;
	if (c->vacant)
		sim_dispatch_close(c);
	c->free_at = sim_now(&c->cpu);
	rekey(e, c);
}

/* The same for those who run but a few. */
__attribute__((noinline)) static void run_one(struct sim_engine *e, struct sim_dispatch_cpu *c,
					      uint64_t date)
{
	run_operation(e, c, date);
}

/* Strict mode: the actor of a CPU. */
static void run_cpu(struct sim_actor *a)
{
	struct sim_engine *e = a->engine;

	for (;;) {
		run_one(e, &e->dispatch.cpus[a->cpu.id], a->date);
		sim_actor_gate(a);
	}
}

static void run_daemon(struct sim_actor *a)
{
	sim_sched_take(a);
	a->cpu.now = a->engine->date;
	a->run(a->ctx, &a->cpu);
	a->cpu.port->settle(&a->cpu);
	sim_sched_give(a);
	a->engine->busy--;
}

static void run_driver(struct sim_actor *d)
{
	for (;;) {
		struct sim_actor *first = d->requests.first;

		if (!first) {
			sim_actor_wait(d, SIM_ACTOR_NEVER);
			continue;
		}
		sim_actor_wait_woken(d, first->until);
		/* Meanwhile another one can have come that is done before. The clock, which the
		 * gate asserts, shows the date that was promised. */
		first = d->requests.first;
		assert(first->until == d->engine->date);
		sim_queue_remove(first);
		sim_actor_wake(first, d->engine->date);
	}
}

static bool out_of_memory(struct sim_engine_error *err)
{
	snprintf(err->text, sizeof(err->text), "out of memory");
	return false;
}

bool sim_engine_daemon(struct sim_engine *e, const char *name, unsigned node,
		       sim_daemon_fn *run, void *ctx, struct sim_engine_error *err)
{
	struct sim_actor *a;

	assert(node < e->machine->nodes);
	a = sim_actor_new(e, SIM_ACTOR_DAEMON, name, node, run_daemon);
	if (!a)
		return out_of_memory(err);
	a->run = run;
	a->ctx = ctx;
	e->busy++;
	sim_actor_wake(a, 0);
	return true;
}

bool sim_engine_disk(struct sim_engine *e, struct sim_disk *disk, unsigned node,
		     struct sim_engine_error *err)
{
	struct sim_actor *a;

	assert(node < e->machine->nodes);
	a = sim_actor_new(e, SIM_ACTOR_DRIVER, sim_device_name(disk), node, run_driver);
	if (!a)
		return out_of_memory(err);
	a->ctx = disk;
	a->requests.name = a->name;
	return true;
}

static struct sim_actor *daemon_of(const struct sim_engine *e, unsigned n)
{
	for (unsigned i = 0; i < e->nactors; i++)
		if (e->actors[i]->kind == SIM_ACTOR_DAEMON && n-- == 0)
			return e->actors[i];
	return NULL;
}

const char *sim_engine_who(const struct sim_cpu *cpu, uint32_t *task)
{
	const struct sim_actor *a = (const struct sim_actor *)cpu;

	assert(cpu->on_actor);
	*task = a->task;
	return a->kind == SIM_ACTOR_WORKER ? NULL : a->name;
}

void sim_engine_hold(struct sim_engine *e, unsigned cpu, uint64_t until)
{
	struct sim_dispatch_cpu *c = &e->dispatch.cpus[cpu];

	c->free_at = until;
	rekey(e, c);
}

uint64_t sim_engine_held(const struct sim_engine *e, unsigned cpu)
{
	return e->dispatch.cpus[cpu].free_at;
}

void sim_engine_daemon_begins(struct sim_engine *e, unsigned n, uint64_t date)
{
	struct sim_actor *a = daemon_of(e, n);

	if (a)
		sim_actor_wake(a, date);
}

void sim_engine_daemon_sleeps_on(struct sim_engine *e, unsigned n, uint64_t until)
{
	struct sim_actor *a = daemon_of(e, n);

	if (!a)
		return;
	a->sleeps_on = true;
	a->until = until;
}

bool sim_engine_daemon_state(const struct sim_engine *e, unsigned n, bool *asleep,
			     uint64_t *until)
{
	const struct sim_actor *a = daemon_of(e, n);

	if (!a)
		return false;
	*asleep = a->asleep;
	*until = a->until;
	return true;
}

void sim_engine_update_limit(struct sim_engine *e)
{
	uint64_t date = sim_actor_horizon(e);

	if (e->feed_date < date)
		date = e->feed_date;
	e->limit = date < SIM_DISPATCH_DATES ? sim_dispatch_key(date, 0) : SIM_DISPATCH_NEVER;
	if (e->failed)
		e->limit = 0;
}

bool sim_engine_ask(struct sim_engine *e, uint64_t until)
{
	if (e->feed_date == UINT64_MAX || e->feed_date > until || e->asked)
		return false;
	e->feed_date = e->client.feed(e->client.ctx, until);
	e->asked = e->feed_date <= until;
	sim_engine_update_limit(e);
	return true;
}

/* Nothing is ready, nothing has a date, the feed has nothing: the end, or a deadlock. */
static void stand_still(struct sim_engine *e)
{
	if (e->workers)
		sim_engine_report_deadlock(e);
	else if (e->feed_date != UINT64_MAX)
		sim_engine_fail(e,
				"the feed promises tasks from date %" PRIu64
				" on and makes none ready",
				e->feed_date);
}

static void run_actors(struct sim_engine *e, uint64_t date)
{
	uint64_t steps = e->steps;

	sim_actor_run_until(date);
	/* Whoever is first in the agenda has gone on. */
	assert(e->steps != steps || e->failed || e->stop);
	(void)steps;
}

/* What the feed or a CPU has to do next before the first actor's date; false: nothing. */
static bool step_before_actors(struct sim_engine *e)
{
	uint64_t key = sim_dispatch_min(&e->dispatch), horizon = sim_actor_horizon(e);
	uint64_t date = key == SIM_DISPATCH_NEVER ? UINT64_MAX : sim_dispatch_key_date(key);

	if (e->failed)
		return false;
	if (sim_engine_ask(e, date < horizon ? date : horizon))
		return true;
	if (date >= horizon)
		return false;
	run_one(e, &e->dispatch.cpus[sim_dispatch_key_cpu(key)], date);
	return true;
}

/* All that feed and CPUs have to do before the first actor's date. */
static void run_before_actors(struct sim_engine *e)
{
	for (;;) {
		uint64_t key = sim_dispatch_min(&e->dispatch);

		if (e->stop)
			sim_engine_fail(e, "stopped");
		if (key < e->limit)
			run_operation(e, &e->dispatch.cpus[sim_dispatch_key_cpu(key)],
				      sim_dispatch_key_date(key));
		else if (!step_before_actors(e))
			break;
	}
}

/* Nobody has anything to do: daemons that sleep may go on sleeping. */
static bool is_over(const struct sim_engine *e)
{
	bool nothing_ready =
		sim_dispatch_min(&e->dispatch) == SIM_DISPATCH_NEVER && e->ready_cpus == 0;

	return e->failed ||
	       (nothing_ready && !e->workers && !e->busy && e->feed_date == UINT64_MAX);
}

bool sim_engine_run_before(struct sim_engine *e, const struct sim_actor *a)
{
	run_before_actors(e);
	return sim_agenda_first(&e->agenda) == a && !is_over(e);
}

/* Neither feed nor CPUs have anything to do before the first actor's date. False when the run
 * is over. */
static bool go_on_with_actors(struct sim_engine *e)
{
	uint64_t horizon = sim_actor_horizon(e);

	if (is_over(e))
		return false;
	if (horizon == SIM_ACTOR_NEVER) {
		stand_still(e);
		return false;
	}
	run_actors(e, horizon);
	return true;
}

static bool start_cpus(struct sim_engine *e)
{
	char name[32];

	e->cpu_actors = calloc(e->dispatch.count, sizeof(struct sim_actor *));
	if (!e->cpu_actors)
		return false;
	for (unsigned i = 0; i < e->dispatch.count; i++) {
		struct sim_dispatch_cpu *c = &e->dispatch.cpus[i];
		struct sim_actor *a;

		snprintf(name, sizeof(name), "CPU %u", i);
		a = sim_actor_new(e, SIM_ACTOR_CPU, name, c->cpu.node, run_cpu);
		if (!a)
			return false;
		a->rank = SIM_ACTOR_RANK_CPU + i;
		a->cpu.id = (uint16_t)i;
		a->can_be_woken = true;
		e->cpu_actors[i] = a;
		sim_engine_rekey(e, c);
	}
	return true;
}

static bool start(struct sim_engine *e)
{
	if (e->mode == SIM_ENGINE_STRICT && !start_cpus(e))
		return sim_engine_fail(e, "out of memory");
	if (e->nactors > 0 && !sim_actor_start(e))
		return false;
	for (unsigned i = 0; i < e->nactors; i++)
		sim_actor_launch(e->actors[i]);
	return true;
}

/* The run ends where its last operation does. */
static void finish(struct sim_engine *e)
{
	sim_actor_end(e);
	for (unsigned i = 0; i < e->dispatch.count; i++)
		if (e->date < e->dispatch.cpus[i].free_at)
			e->date = e->dispatch.cpus[i].free_at;
}

bool sim_engine_run(struct sim_engine *e, const struct sim_client *client,
		    struct sim_engine_error *err)
{
	e->client = *client;
	if (start(e))
		sim_engine_update_limit(e);
	do
		run_before_actors(e);
	while (go_on_with_actors(e));
	finish(e);
	if (e->failed)
		*err = e->error;
	return !e->failed;
}

void sim_engine_stop(struct sim_engine *e)
{
	e->stop = 1;
}

uint64_t sim_engine_now(const struct sim_engine *e)
{
	return e->date;
}

struct sim_engine_stats sim_engine_stats(const struct sim_engine *e)
{
	return e->stats;
}
