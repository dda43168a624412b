/*
 * A kernel with one daemon and no policy, so that tests can see the replay of sleeping
 * requests alone. It has `room` frames of order 0; a request that finds none sleeps until the
 * daemon has taken a page away from some content, which takes TOY_EVICT_CYCLES, or until
 * TOY_ROUNDS of them were in vain: then it kills the task `victim`, if there is one, and
 * fails. Contents read back take TOY_READ_CYCLES.
 */
#ifndef TOY_WORLD_H
#define TOY_WORLD_H

#include <string.h>

#include "model/mm_policy.h"
#include "tests/tools/child.h"

#define TOY_ALLOC_CYCLES 100u
#define TOY_FREE_CYCLES 50u
#define TOY_EVICT_CYCLES 1000u
#define TOY_READ_CYCLES 5000u
#define TOY_HOLD_CYCLES 500u
#define TOY_ROUNDS 3u
#define TOY_CONTENTS 64u
#define TOY_CALLS 512u
#define TOY_NO_TASK UINT32_MAX

struct toy_content {
	bool live, present, dirty, ended;
	uint32_t task;
	enum mm_kind kind;
};

struct toy_call {
	char what; /* a(lloc), s(leep), f(ree), h(old), d(rop), t(ouch), r(ead back), x (exit)
		    */
	uint32_t who; /* task or content; frame of a free */
	uint64_t date;
};

struct toy {
	uint32_t room, used; /* frames */
	uint32_t victim;     /* task, TOY_NO_TASK = none */
	bool spins;          /* the daemon never sleeps */
	bool holds_slowly;   /* on an actor hold() takes TOY_HOLD_CYCLES, others go on */
	struct mm_host host;
	struct sim_queue *wanted, *done;
	bool asleep;
	struct toy_content contents[TOY_CONTENTS];
	uint32_t ncontents;
	unsigned ncalls;
	struct toy_call calls[TOY_CALLS];
};

static inline void toy_note(struct toy *t, char what, uint32_t who, uint64_t date)
{
	if (t->ncalls < TOY_CALLS)
		t->calls[t->ncalls++] = (struct toy_call){ what, who, date };
}

static inline void toy_evict(struct toy *t)
{
	for (uint32_t i = 0; i < t->ncontents; i++) {
		if (!t->contents[i].live || !t->contents[i].present)
			continue;
		t->contents[i].present = false;
		t->used--;
		return;
	}
}

static inline void toy_daemon(void *mm, struct sim_cpu *cpu)
{
	struct toy *t = mm;

	for (;;) {
		if (t->spins) {
			sim_charge(cpu, TOY_EVICT_CYCLES);
			cpu->port->settle(cpu);
			cpu->port->sleep(cpu, NULL, 1);
			continue;
		}
		t->asleep = true;
		cpu->port->sleep(cpu, t->wanted, UINT64_MAX);
		t->asleep = false;
		sim_charge(cpu, TOY_EVICT_CYCLES);
		cpu->port->settle(cpu);
		toy_evict(t);
		cpu->port->wake(cpu, t->done, UINT32_MAX);
	}
}

static inline bool toy_attach(void *mm, const struct mm_host *host, char *text, size_t size)
{
	struct toy *t = mm;

	(void)text;
	(void)size;
	t->host = *host;
	t->wanted = host->queue(host->ctx, "wanted");
	t->done = host->queue(host->ctx, "done");
	return t->wanted && t->done && host->daemon(host->ctx, "toyd", 0, toy_daemon, t);
}

static inline struct mm_grant toy_take(struct toy *t, const struct sim_cpu *cpu,
				       struct mm_request req)
{
	toy_note(t, 'a', req.task, sim_now(cpu));
	t->used += 1u << req.order;
	return (struct mm_grant){ .frame = 1000 + t->used, .verdict = MM_DONE };
}

static inline struct mm_grant toy_alloc(void *mm, struct sim_cpu *cpu, struct mm_request req)
{
	struct toy *t = mm;

	sim_charge(cpu, TOY_ALLOC_CYCLES);
	if (t->used + (1u << req.order) <= t->room)
		return toy_take(t, cpu, req);
	toy_note(t, 's', req.task, sim_now(cpu));
	return (struct mm_grant){ .frame = MM_NO_FRAME, .verdict = MM_WOULD_SLEEP };
}

static inline struct mm_grant toy_wait(void *mm, struct sim_cpu *cpu, struct mm_request req,
				       struct mm_grant so_far)
{
	struct toy *t = mm;

	for (unsigned i = 0; i < TOY_ROUNDS; i++) {
		if (t->asleep)
			cpu->port->wake(cpu, t->wanted, 1);
		cpu->port->sleep(cpu, t->done, UINT64_MAX);
		if (t->used + (1u << req.order) <= t->room)
			return toy_take(t, cpu, req);
	}
	if (t->victim != TOY_NO_TASK)
		t->host.killed(t->host.ctx, t->victim);
	so_far.verdict = MM_FAILED;
	return so_far;
}

static inline void toy_free(void *mm, struct sim_cpu *cpu, uint64_t frame, unsigned order,
			    bool cold)
{
	struct toy *t = mm;

	(void)cold;
	sim_charge(cpu, TOY_FREE_CYCLES);
	t->used -= 1u << order;
	toy_note(t, 'f', (uint32_t)frame, sim_now(cpu));
}

static inline uint32_t toy_hold(void *mm, struct sim_cpu *cpu, uint64_t frame,
				struct mm_content what)
{
	struct toy *t = mm;

	(void)frame;
	if (t->ncontents == TOY_CONTENTS)
		return MM_NO_CONTENT;
	if (t->holds_slowly && cpu->on_actor) {
		sim_charge(cpu, TOY_HOLD_CYCLES);
		cpu->port->settle(cpu);
	}
	toy_note(t, 'h', t->ncontents, sim_now(cpu));
	t->contents[t->ncontents] = (struct toy_content){
		.live = true,
		.present = true,
		.dirty = what.dirty,
		.task = what.task,
		.kind = what.kind,
	};
	return t->ncontents++;
}

static inline void toy_drop(void *mm, struct sim_cpu *cpu, uint32_t content)
{
	struct toy *t = mm;

	sim_charge(cpu, TOY_FREE_CYCLES);
	t->used -= t->contents[content].present;
	t->contents[content].live = t->contents[content].present = false;
	toy_note(t, 'd', content, sim_now(cpu));
}

static inline struct mm_access toy_touch(void *mm, struct sim_cpu *cpu, uint32_t content,
					 bool write)
{
	struct toy *t = mm;

	toy_note(t, 't', content, sim_now(cpu));
	t->contents[content].dirty |= write;
	return (struct mm_access){
		.verdict = t->contents[content].present ? MM_DONE : MM_WOULD_SLEEP,
	};
}

static inline struct mm_access toy_read_back(void *mm, struct sim_cpu *cpu, uint32_t content,
					     bool write)
{
	struct toy *t = mm;

	(void)write;
	cpu->port->sleep(cpu, NULL, TOY_READ_CYCLES);
	if (t->contents[content].ended)
		return (struct mm_access){ .verdict = MM_FAILED };
	t->contents[content].present = true;
	t->used++;
	toy_note(t, 'r', content, sim_now(cpu));
	return (struct mm_access){ .verdict = MM_DONE, .refault = true };
}

static inline uint32_t toy_contents(const void *mm)
{
	return ((const struct toy *)mm)->ncontents;
}

static inline uint32_t toy_content_task(const void *mm, uint32_t content)
{
	const struct toy_content *c = &((const struct toy *)mm)->contents[content];

	return c->live && !c->ended ? c->task : UINT32_MAX;
}

static inline void toy_exit(void *mm, struct sim_cpu *cpu, uint32_t task)
{
	struct toy *t = mm;

	toy_note(t, 'x', task, sim_now(cpu));
	for (uint32_t i = 0; i < t->ncontents; i++) {
		struct toy_content *c = &t->contents[i];

		if (!c->live || c->task != task || c->kind != MM_KIND_ANON)
			continue;
		t->used -= c->present;
		c->ended = true;
		c->present = false;
	}
}

static inline uint32_t toy_gfp(const char *names, unsigned *unknown)
{
	(void)names;
	(void)unknown;
	return 1;
}

static inline unsigned toy_gfp_class(uint32_t gfp)
{
	(void)gfp;
	return 0;
}

static inline void toy_prefetch(const void *mm, uint64_t frame)
{
	(void)mm;
	(void)frame;
}

static const char *const toy_class_names[] = { "any", NULL };

static const struct mm_policy toy_policy = {
	.name = "toy",
	.orders = 11,
	.gfp = toy_gfp,
	.gfp_class = toy_gfp_class,
	.gfp_class_names = toy_class_names,
	.attach = toy_attach,
	.alloc_try = toy_alloc,
	.alloc_wait = toy_wait,
	.free = toy_free,
	.hold = toy_hold,
	.kinds = 1u << MM_KIND_ANON | 1u << MM_KIND_FILE,
	.drop = toy_drop,
	.access_try = toy_touch,
	.access_wait = toy_read_back,
	.contents = toy_contents,
	.snapshot = child_snapshot,
	.content_task = toy_content_task,
	.task_exit = toy_exit,
	.prefetch_free = toy_prefetch,
};

#endif
