/*
 * A small engine for tests of a 4.12.0 kernel with a world: actors with stacks of their own,
 * whoever is ready first runs until it sleeps or settles, and everybody finds changed what it
 * has looked at before. After a sleep an actor goes on on another CPU of its node, if one is
 * free. In between the test looks at the whole state.
 */
#ifndef TESTS_ACTORS412_H
#define TESTS_ACTORS412_H

#include <ucontext.h>

#include "model/v4_12/mm412_sleep.h"
#include "tests/model/kernel412.h"

#define A_MOST 24
#define A_QUEUES 32
#define A_STACK (256 * 1024)
#define A_SERVICE 40000u /* cycles of a disk request */
#define A_JIFFY 1000000u

struct a_queue {
	char name[32];
};

struct a_actor {
	struct sim_cpu cpu; /* first: a sim_cpu leads back here */
	ucontext_t context;
	char *stack;
	char name[32];
	uint64_t ready; /* date; UINT64_MAX = when somebody wakes it */
	const struct a_queue *queue;
	void (*run)(void *mm, struct sim_cpu *cpu);
	void *arg;
	unsigned node;
	bool daemon, idle;
};

struct actors412 {
	struct kernel412 k;
	struct mm412 *mm;
	struct mm_host host;
	struct sim_port port;
	struct a_actor actor[A_MOST];
	struct a_queue queues[A_QUEUES];
	unsigned nactors, nqueues;
	bool taken[K_MAX_CPUS]; /* CPUs on which somebody is */
	uint64_t clock, disk_free[2];
	uint32_t random;
	ucontext_t scheduler;
	uint64_t switches;
};

static struct actors412 a_all;

static inline uint32_t a_draw(uint32_t n)
{
	return k_random(&a_all.random) % n;
}

/* ---- who runs --------------------------------------------------------------------------- */

static inline struct a_actor *a_of(struct sim_cpu *cpu)
{
	return (struct a_actor *)cpu;
}

/* Any free CPU, of its node if the actor has one. There are as many as actors. */
static inline void a_take_cpu(struct a_actor *a)
{
	unsigned n = a_all.k.machine.cpus, at = a_draw(n);

	for (unsigned tries = 0; tries < 2 * n; tries++, at = (at + 1) % n)
		if (!a_all.taken[at] &&
		    (!a->daemon || tries >= n || a_all.k.cpu_node[at] == a->node))
			break;
	CU_ASSERT_FATAL(!a_all.taken[at]);
	a_all.taken[at] = true;
	a->cpu.id = (uint16_t)at;
	a->cpu.node = a_all.k.cpu_node[at];
}

static inline void a_leave(struct a_actor *a, uint64_t until, const struct a_queue *queue)
{
	CU_ASSERT_EQUAL_FATAL(a->cpu.locked, 0);
	a->ready = until;
	a->queue = queue;
	swapcontext(&a->context, &a_all.scheduler);
	a->queue = NULL;
}

static inline void a_settle(struct sim_cpu *cpu)
{
	CU_ASSERT_FATAL(cpu->on_actor);
	a_leave(a_of(cpu), sim_now(cpu), NULL);
}

static inline uint64_t a_sleep_until(struct sim_cpu *cpu, const struct a_queue *queue,
				     uint64_t until)
{
	struct a_actor *a = a_of(cpu);

	CU_ASSERT_FATAL(cpu->on_actor);
	a_all.taken[cpu->id] = false;
	a_leave(a, until, queue);
	a_take_cpu(a);
	return until > a_all.clock ? until - a_all.clock : 0;
}

static inline uint64_t a_sleep(struct sim_cpu *cpu, struct sim_queue *queue, uint64_t timeout)
{
	if (timeout == UINT64_MAX)
		return a_sleep_until(cpu, (struct a_queue *)queue, UINT64_MAX);
	return a_sleep_until(cpu, (struct a_queue *)queue, sim_now(cpu) + timeout);
}

static inline uint32_t a_wake(struct sim_cpu *cpu, struct sim_queue *queue, uint32_t n)
{
	uint32_t woken = 0;

	if (cpu->on_actor && !cpu->locked)
		a_settle(cpu);
	for (unsigned i = 0; i < a_all.nactors && woken < n; i++)
		if (queue && a_all.actor[i].queue == (struct a_queue *)queue) {
			a_all.actor[i].queue = NULL;
			a_all.actor[i].ready = sim_now(cpu);
			woken++;
		}
	return woken;
}

static inline void a_yield(struct sim_cpu *cpu)
{
	a_sleep_until(cpu, NULL, sim_now(cpu) + 1);
}

static inline uint64_t a_submit(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
				uint64_t bytes, bool write)
{
	uint64_t *free_at = (uint64_t *)disk;

	(void)offset;
	(void)write;
	CU_ASSERT_FATAL(bytes > 0 && bytes % 4096 == 0);
	if (cpu->on_actor && !cpu->locked)
		a_settle(cpu);
	*free_at = (*free_at > sim_now(cpu) ? *free_at : sim_now(cpu)) + A_SERVICE;
	return *free_at;
}

static inline void a_io(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
			uint64_t bytes, bool write)
{
	a_sleep_until(cpu, NULL, a_submit(cpu, disk, offset, bytes, write));
}

static inline void a_begin(unsigned number)
{
	struct a_actor *a = &a_all.actor[number];

	a_take_cpu(a);
	a->run(a->arg, &a->cpu);
}

static inline void a_add(const char *name, unsigned node, bool daemon,
			 void (*run)(void *mm, struct sim_cpu *cpu), void *arg)
{
	struct a_actor *a = &a_all.actor[a_all.nactors];

	CU_ASSERT_FATAL(a_all.nactors < A_MOST);
	*a = (struct a_actor){
		.run = run, .arg = arg, .node = node, .daemon = daemon, .stack = malloc(A_STACK)
	};
	snprintf(a->name, sizeof(a->name), "%s", name);
	a->cpu.memory = &a_all.k.memory;
	a->cpu.port = &a_all.port;
	a->cpu.on_actor = true;
	CU_ASSERT_PTR_NOT_NULL_FATAL(a->stack);
	CU_ASSERT_EQUAL_FATAL(getcontext(&a->context), 0);
	a->context.uc_stack.ss_sp = a->stack;
	a->context.uc_stack.ss_size = A_STACK;
	a->context.uc_link = &a_all.scheduler;
	makecontext(&a->context, (void (*)(void))a_begin, 1, a_all.nactors++);
}

/* Whoever is ready first runs until it leaves. False: nobody will ever be. */
static inline bool a_run_next(void)
{
	struct a_actor *next = &a_all.actor[0];

	for (unsigned i = 1; i < a_all.nactors; i++)
		if (a_all.actor[i].ready < next->ready)
			next = &a_all.actor[i];
	if (next->ready == UINT64_MAX)
		return false;
	if (a_all.clock < next->ready)
		a_all.clock = next->ready;
	next->cpu.now = a_all.clock;
	next->cpu.due = 0;
	a_all.switches++;
	swapcontext(&a_all.scheduler, &next->context);
	return true;
}

/* ---- the host --------------------------------------------------------------------------- */

static inline struct sim_queue *a_new_queue(void *ctx, const char *name)
{
	struct a_queue *q = &a_all.queues[a_all.nqueues++];

	(void)ctx;
	CU_ASSERT_FATAL(a_all.nqueues <= A_QUEUES);
	snprintf(q->name, sizeof(q->name), "%s", name);
	return (struct sim_queue *)q;
}

static inline bool a_new_daemon(void *ctx, const char *name, unsigned node,
				void (*run)(void *mm, struct sim_cpu *cpu), void *arg)
{
	(void)ctx;
	a_add(name, node, true, run, arg);
	return true;
}

static uint64_t a_run_on(struct sim_cpu *cpu, unsigned target, uint64_t cycles)
{
	(void)target;
	return sim_now(cpu) + cycles;
}

/* k.machine and k.params are the test's. CPUs are as many as actors will be. */
static inline void a_boot(const struct mm_host *host)
{
	struct actors412 *a = &a_all;

	a->port = (struct sim_port){ a_settle, a_sleep,  a_wake, a_yield, a_io,
				     a_submit, a_run_on, watch,  watched };
	CU_ASSERT_FATAL(k_boot(&a->k, false));
	a->mm = a->k.mm;
	a->host = *host;
	a->host.queue = a_new_queue;
	a->host.daemon = a_new_daemon;
	a->host.jiffy = A_JIFFY;
	a->host.data = (struct sim_disk *)&a->disk_free[1];
	a->host.swap = host->swap_pages ? (struct sim_disk *)&a->disk_free[0] : NULL;
	CU_ASSERT_FATAL(mm412_policy.attach(a->mm, &a->host, a->k.text, sizeof(a->k.text)));
}

static inline void a_end(void)
{
	k_drop(&a_all.k);
	for (unsigned i = 0; i < a_all.nactors; i++)
		free(a_all.actor[i].stack);
	memset(&a_all, 0, sizeof(a_all));
}

/* All workers have nothing to do, and each daemon sleeps on the queue of its own name. */
static inline bool a_at_rest(void)
{
	for (unsigned i = 0; i < a_all.nactors; i++) {
		const struct a_actor *a = &a_all.actor[i];

		if (a->daemon ? !a->queue || strcmp(a->queue->name, a->name) != 0 : !a->idle)
			return false;
	}
	return true;
}

#endif
