#include "sim/sched.h"

#include <assert.h>

#include "sim/engine_state.h"

static bool may_use(const struct sim_actor *a, const struct sim_dispatch_cpu *c)
{
	if (a->kind == SIM_ACTOR_WORKER)
		return c->cpu.id == a->cpu.id;
	return a->anywhere || c->cpu.node == a->node;
}

static bool has_ready(const struct sim_dispatch_cpu *c, uint64_t date)
{
	const struct sim_dispatch_task *first = sim_dispatch_first(c);

	return first && first->date <= date;
}

/* Suits better: free earlier, then where nobody is replaced, then where it ran last. */
static bool better(const struct sim_actor *a, const struct sim_dispatch_cpu *c,
		   const struct sim_dispatch_cpu *than, uint64_t now)
{
	uint64_t x = c->free_at > now ? c->free_at : now;
	uint64_t y = than->free_at > now ? than->free_at : now;

	if (x != y)
		return x < y;
	if (has_ready(c, x) != has_ready(than, y))
		return !has_ready(c, x);
	return c->cpu.id == a->cpu.id;
}

static struct sim_dispatch_cpu *choose(const struct sim_actor *a)
{
	struct sim_engine *e = a->engine;
	struct sim_dispatch_cpu *best = NULL;

	if (a->kind == SIM_ACTOR_WORKER) {
		struct sim_dispatch_cpu *own = &e->dispatch.cpus[a->cpu.id];

		return own->held ? NULL : own;
	}
	for (unsigned i = 0; i < e->dispatch.count; i++) {
		struct sim_dispatch_cpu *c = &e->dispatch.cpus[i];

		if (!c->held && may_use(a, c) && (!best || better(a, c, best, e->date)))
			best = c;
	}
	return best;
}

void sim_sched_take(struct sim_actor *a)
{
	struct sim_engine *e = a->engine;
	struct sim_dispatch_cpu *c = choose(a);
	uint64_t asked = e->date;

	assert(!a->held);
	if (!c) {
		sim_queue_append(&e->cpu_waiters, a);
		sim_actor_wait(a, SIM_ACTOR_NEVER);
	} else {
		a->held = c;
		c->held = true;
		sim_engine_rekey(e, c);
	}
	/* Interrupts may make it later while the actor waits for the end of what runs there. */
	while (a->held->free_at > e->date)
		sim_actor_wait(a, a->held->free_at);
	e->stolen[a->held->cpu.id] = 0;
	a->cpu.id = a->held->cpu.id;
	a->cpu.node = a->held->cpu.node;
	if (e->date > asked) {
		e->stats.cpu_waits++;
		e->stats.cpu_wait_cycles += e->date - asked;
	}
	e->stats.preemptions += has_ready(a->held, e->date);
}

void sim_sched_give(struct sim_actor *a)
{
	struct sim_engine *e = a->engine;
	struct sim_dispatch_cpu *c = a->held;

	assert(!e->stolen[c->cpu.id] && c->free_at <= e->date);
	a->held = NULL;
	c->free_at = e->date;
	for (struct sim_actor *next = e->cpu_waiters.first; next; next = next->next) {
		if (!may_use(next, c))
			continue;
		sim_queue_remove(next);
		next->held = c;
		sim_actor_wake(next, e->date);
		return;
	}
	c->held = false;
	sim_engine_rekey(e, c);
}

bool sim_sched_wanted(const struct sim_actor *a)
{
	const struct sim_engine *e = a->engine;

	for (const struct sim_actor *next = e->cpu_waiters.first; next; next = next->next)
		if (may_use(next, a->held))
			return true;
	return has_ready(a->held, e->date);
}
