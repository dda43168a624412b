/*
 * A world for a 4.12.0 kernel without an engine: CPUs on actors, on which time passes when they
 * sleep, disks that take a fixed time for each request, and daemons that run when the test
 * calls them. A daemon's endless loop is left from its n-th sleep.
 *
 * Tests that need a machine of their own call w_init(), set w.k.machine and w.k.params, and
 * then w_boot(); all others w_open().
 */
#ifndef TESTS_WORLD412_H
#define TESTS_WORLD412_H

#include <setjmp.h>

#include "model/v4_12/mm412_sleep.h"
#include "tests/model/kernel412.h"

#define W_JIFFY UINT64_C(10000000)
#define W_SERVICE UINT64_C(1000000)
#define W_QUEUES 64
#define W_DAEMONS 32

struct w_queue {
	char name[32];
	unsigned sleeps, wakes;
};

struct w_daemon {
	char name[32];
	unsigned node;
	void (*run)(void *ctx, struct sim_cpu *cpu);
	void *ctx; /* what attach() gave for it: run(ctx, cpu) begins the daemon */
};

struct world412 {
	struct kernel412 k; /* first: the port's calls find the world by cpu->engine */
	struct mm412 *mm;   /* k.mm, typed */
	struct mm_host host;
	struct sim_port port;
	char swap_disk, data_disk;
	struct w_queue queues[W_QUEUES];
	struct w_daemon daemons[W_DAEMONS];
	unsigned nqueues, ndaemons;
	unsigned queues_left, daemons_left; /* attach() gets NULL or false beyond these */

	uint64_t free_at[2]; /* the disks: swap, data */
	unsigned submits[2], writes[2], reads[2];
	uint64_t bytes[2];
	uint64_t offset; /* of the last request */
	bool file_io_is_free;

	unsigned sleeps, settles, yields, wakes, interrupts;
	uint64_t slept, timeout; /* in all; of the last sleep */
	const struct sim_queue *queue, *woken;
	void (*asleep)(struct world412 *w);  /* what others do meanwhile, after the time */
	void (*settled)(struct world412 *w); /* ... in settle() */
	unsigned sleeps_left;                /* 0 = no limit */
	jmp_buf out;

	unsigned killed;
	uint32_t victim; /* of the last killed() */
	unsigned wanted;
	void (*on_wanted)(struct world412 *w, struct sim_cpu *cpu);
	unsigned events[MM_EVENT_KINDS];
	struct mm_event last[MM_EVENT_KINDS];
	uint32_t last_task[MM_EVENT_KINDS];
	void *more; /* the test's own */
};

static inline struct world412 *w_of(struct sim_cpu *cpu)
{
	return cpu->engine;
}

/* ---- the port --------------------------------------------------------------------------- */

static inline void w_settle(struct sim_cpu *cpu)
{
	CU_ASSERT_TRUE(cpu->on_actor);
	CU_ASSERT_EQUAL(cpu->locked, 0);
	w_of(cpu)->settles++;
	if (w_of(cpu)->settled)
		w_of(cpu)->settled(w_of(cpu));
}

static inline uint64_t w_sleep(struct sim_cpu *cpu, struct sim_queue *queue, uint64_t timeout)
{
	struct world412 *w = w_of(cpu);

	CU_ASSERT_TRUE(cpu->on_actor);
	CU_ASSERT_EQUAL(cpu->locked, 0);
	w->sleeps++;
	w->queue = queue;
	w->timeout = timeout;
	if (queue)
		((struct w_queue *)queue)->sleeps++;
	if (timeout != UINT64_MAX) {
		w->slept += timeout;
		cpu->due += timeout;
	}
	if (w->asleep)
		w->asleep(w);
	if (w->sleeps_left && --w->sleeps_left == 0)
		longjmp(w->out, 1);
	return 0;
}

static inline uint32_t w_wake(struct sim_cpu *cpu, struct sim_queue *queue, uint32_t n)
{
	struct world412 *w = w_of(cpu);

	CU_ASSERT_PTR_NOT_NULL_FATAL(queue);
	CU_ASSERT_NOT_EQUAL(n, 0);
	w->woken = queue;
	w->wakes++;
	((struct w_queue *)queue)->wakes++;
	return 0;
}

static inline void w_yield(struct sim_cpu *cpu)
{
	CU_ASSERT_EQUAL(cpu->locked, 0);
	w_of(cpu)->yields++;
}

static inline uint64_t w_submit(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
				uint64_t bytes, bool write)
{
	struct world412 *w = w_of(cpu);
	unsigned which = (char *)disk == &w->data_disk;
	uint64_t from = sim_now(cpu) > w->free_at[which] ? sim_now(cpu) : w->free_at[which];

	CU_ASSERT(which || (char *)disk == &w->swap_disk);
	CU_ASSERT_EQUAL(bytes % 4096, 0);
	CU_ASSERT_NOT_EQUAL(bytes, 0);
	w->submits[which]++;
	w->writes[which] += write;
	w->reads[which] += !write;
	w->bytes[which] += bytes;
	w->offset = offset;
	w->free_at[which] = from + W_SERVICE;
	return w->free_at[which];
}

static inline void w_io(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
			uint64_t bytes, bool write)
{
	w_sleep(cpu, NULL, w_submit(cpu, disk, offset, bytes, write) - sim_now(cpu));
}

/* ---- the host --------------------------------------------------------------------------- */

static inline struct sim_queue *w_queue(void *ctx, const char *name)
{
	struct world412 *w = ctx;
	struct w_queue *q = &w->queues[w->nqueues];

	CU_ASSERT_PTR_NOT_NULL(name);
	if (w->nqueues == W_QUEUES || w->nqueues == w->queues_left)
		return NULL;
	w->nqueues++;
	snprintf(q->name, sizeof(q->name), "%s", name);
	return (struct sim_queue *)q;
}

static inline bool w_daemon(void *ctx, const char *name, unsigned node,
			    void (*run)(void *mm, struct sim_cpu *cpu), void *mm)
{
	struct world412 *w = ctx;
	struct w_daemon *d = &w->daemons[w->ndaemons];

	CU_ASSERT(name && run && mm && node < w->k.machine.nodes);
	if (w->ndaemons == W_DAEMONS || w->ndaemons == w->daemons_left)
		return false;
	w->ndaemons++;
	snprintf(d->name, sizeof(d->name), "%s", name);
	d->node = node;
	d->run = run;
	d->ctx = mm;
	return true;
}

static inline void w_killed(void *ctx, uint32_t task)
{
	struct world412 *w = ctx;

	w->killed++;
	w->victim = task;
}

static inline void w_wanted(void *ctx, struct sim_cpu *cpu)
{
	struct world412 *w = ctx;

	CU_ASSERT_EQUAL(cpu->locked, 0);
	CU_ASSERT_EQUAL(w->wanted, 0);
	w->wanted++;
	if (w->on_wanted)
		w->on_wanted(w, cpu);
}

static inline void w_event(void *ctx, const struct sim_cpu *cpu, uint32_t task,
			   const struct mm_event *e)
{
	struct world412 *w = ctx;

	(void)cpu;
	CU_ASSERT_FATAL(e->kind < MM_EVENT_KINDS);
	w->events[e->kind]++;
	w->last[e->kind] = *e;
	w->last_task[e->kind] = task;
}

/* ---- opening and closing ---------------------------------------------------------------- */

/* Presets and a machine without zones, as k_init(). */
static inline void w_init(struct world412 *w, unsigned cpus, unsigned nodes)
{
	memset(w, 0, sizeof(*w));
	k_init(&w->k, cpus, nodes);
	w->queues_left = W_QUEUES;
	w->daemons_left = W_DAEMONS;
}

static uint64_t w_interrupt(struct sim_cpu *cpu, unsigned target, uint64_t cycles)
{
	w_of(cpu)->k.worked[target] += cycles;
	w_of(cpu)->interrupts++;
	return sim_now(cpu) + cycles;
}

static inline void w_to_world(struct world412 *w)
{
	w->port = (struct sim_port){ w_settle, w_sleep,     w_wake, w_yield, w_io,
				     w_submit, w_interrupt, watch,  watched };
	for (unsigned c = 0; c < w->k.machine.cpus; c++) {
		w->k.cpus[c].port = &w->port;
		w->k.cpus[c].engine = w;
		w->k.cpus[c].on_actor = true;
	}
}

/* Boots the machine that the test has put into w->k, without a world as yet. */
static inline void w_boot_only(struct world412 *w)
{
	w_to_world(w);
	CU_ASSERT_FATAL(k_boot(&w->k, false));
	w->mm = w->k.mm;
}

/* With that much swap, and both disks; swap_pages 0 = no swap. */
static inline bool w_attach(struct world412 *w, uint64_t swap_pages)
{
	w->host = (struct mm_host){
		.ctx = w,
		.queue = w_queue,
		.daemon = w_daemon,
		.killed = w_killed,
		.swap = swap_pages ? (struct sim_disk *)&w->swap_disk : NULL,
		.data = w->file_io_is_free ? NULL : (struct sim_disk *)&w->data_disk,
		.data_start = swap_pages * 4096,
		.swap_pages = swap_pages,
		.jiffy = W_JIFFY,
		.wanted = w_wanted,
		.event = w_event,
	};
	return mm412_daemon_attach(w->k.mm, &w->host, w->k.text, sizeof(w->k.text));
}

static inline void w_boot(struct world412 *w, uint64_t swap_pages)
{
	w_boot_only(w);
	CU_ASSERT_FATAL(w_attach(w, swap_pages));
}

/* One CPU, one node, one Normal zone of so many frames, swap, and both disks; attached. */
static inline void w_open(struct world412 *w, uint64_t frames, uint64_t swap_pages)
{
	w_init(w, 1, 1);
	k_one_zone(&w->k, 1, frames);
	w_boot(w, swap_pages);
}

static inline void w_close(struct world412 *w)
{
	CU_ASSERT(k_ok(&w->k));
	k_drop(&w->k);
	w->mm = NULL;
}

/* ---- shorter words ---------------------------------------------------------------------- */

static inline struct sim_cpu *w_cpu(struct world412 *w)
{
	return &w->k.cpus[0];
}

static inline struct mm412_node_sleep *w_node(struct world412 *w, unsigned nid)
{
	return &w->mm->sleep->nodes[nid];
}

static inline struct mm412_zone *w_zone(struct world412 *w, unsigned nid, const char *name)
{
	for (unsigned i = 0; i < w->mm->nzones; i++)
		if (w->mm->zones[i].nid == nid &&
		    strcmp(mm412_arch_zone(w->mm, &w->mm->zones[i]), name) == 0)
			return &w->mm->zones[i];
	CU_FAIL_FATAL("no such zone");
	return NULL;
}

/* Times that others were woken on the queue of that name; UINT_MAX = there is none. */
static inline unsigned w_wakes(const struct world412 *w, const char *queue)
{
	for (unsigned i = 0; i < w->nqueues; i++)
		if (strcmp(w->queues[i].name, queue) == 0)
			return w->queues[i].wakes;
	return UINT32_MAX;
}

/* What the engine does for a request: a try off the actors, and the rest on one. */
static inline struct mm_grant w_request(struct world412 *w, unsigned cpu, unsigned order,
					const char *gfp, uint32_t task)
{
	struct mm_request rq = { k_gfp(gfp), (uint8_t)order, (uint8_t)w->k.cpu_node[cpu],
				 task };
	struct sim_cpu *c = &w->k.cpus[cpu];
	struct mm_grant grant;

	c->on_actor = false;
	grant = mm412_policy.alloc_try(w->mm, c, rq);
	c->on_actor = true;
	if (grant.verdict == MM_WOULD_SLEEP)
		grant = mm412_policy.alloc_wait(w->mm, c, rq, grant);
	return grant;
}

/* A page without a content, taken off the actors; never sleeps. A slot in place of a frame. */
static inline uint32_t w_block(struct world412 *w, unsigned order, const char *gfp)
{
	struct mm_request rq = { k_gfp(gfp), (uint8_t)order, 0, 0 };
	struct mm_grant grant;

	w_cpu(w)->on_actor = false;
	grant = mm412_policy.alloc_try(w->mm, w_cpu(w), rq);
	w_cpu(w)->on_actor = true;
	CU_ASSERT_EQUAL_FATAL(grant.verdict, MM_DONE);
	return mm412_slot(w->mm, grant.frame);
}

static inline uint32_t w_page(struct world412 *w)
{
	return w_block(w, 0, "GFP_HIGHUSER_MOVABLE");
}

/* A page that holds something of that task: the number of the content. */
static inline uint32_t w_hold(struct world412 *w, uint32_t task, enum mm_kind kind, bool dirty)
{
	uint32_t slot = w_page(w);
	struct mm_content what = { .task = task, .kind = kind, .dirty = dirty };
	uint32_t content;

	w_cpu(w)->on_actor = false;
	content = mm412_content_hold(w->mm, w_cpu(w), mm412_frame(w->mm, slot), what);
	w_cpu(w)->on_actor = true;
	CU_ASSERT_NOT_EQUAL_FATAL(content, MM_NO_CONTENT);
	return content;
}

/* The slot of a content that is in memory. */
static inline uint32_t w_slot(struct world412 *w, uint32_t content)
{
	CU_ASSERT_EQUAL_FATAL(w->mm->sleep->contents[content].place, MM412_IN_MEMORY);
	return w->mm->sleep->contents[content].where;
}

/* Takes single pages, by nobody's rules, until that many are left on the zones' counters. */
static inline void w_leave_free(struct world412 *w, uint64_t pages)
{
	for (unsigned i = 0; i < w->mm->nzones; i++) {
		struct mm412_zone *zone = &w->mm->zones[i];
		struct mm412_request rq;

		mm412_alloc_request(w->mm, &rq, zone->nid, k_gfp("GFP_HIGHUSER_MOVABLE"), 0);
		while (zone->nr_free > (int64_t)pages)
			if (mm412_alloc_attempt(w->mm, w_cpu(w), &rq, MM412_NO_WATERMARKS) ==
			    MM412_NONE)
				return;
	}
}

/* Runs a daemon's loop up to its n-th sleep, in which it is left. */
static inline void w_run_on(struct world412 *w, void (*run)(void *mm, struct sim_cpu *cpu),
			    struct sim_cpu *cpu, unsigned sleeps)
{
	w->sleeps_left = sleeps;
	if (!setjmp(w->out))
		run(w->mm, cpu);
	w->sleeps_left = 0;
}

static inline void w_run(struct world412 *w, void (*run)(void *mm, struct sim_cpu *cpu),
			 unsigned sleeps)
{
	w_run_on(w, run, w_cpu(w), sleeps);
}

#endif
