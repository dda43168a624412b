/*
 * A world for a 2.4.0 kernel without an engine: one CPU on an actor, on which time passes when
 * it sleeps, disks that take a fixed time for each request, and daemons that run when the test
 * calls them. A daemon's endless loop is left from its n-th sleep.
 */
#ifndef TESTS_WORLD24_H
#define TESTS_WORLD24_H

#include <setjmp.h>

#include "tests/model/kernel24.h"

#define W_JIFFY UINT64_C(10000000)
#define W_SERVICE UINT64_C(1000000)

struct world24 {
	struct kernel24 k; /* first: the port's calls find the world by cpu->engine */
	struct mm_host host;
	char swap_disk, data_disk, queues[MM24_DAEMONS + 1];
	unsigned nqueues, ndaemons, queues_left;
	uint64_t free_at[2]; /* the disks: swap, data */
	unsigned submits[2], reads;
	uint64_t offset; /* of the last request */
	unsigned sleeps, wakes_all;
	uint64_t slept, timeout; /* in all; of the last sleep */
	const struct sim_queue *queue, *woken;
	void (*asleep)(struct world24 *w); /* what others do meanwhile, after the time */
	unsigned sleeps_left;              /* 0 = no limit */
	jmp_buf out;
};

static inline struct world24 *w_of(struct sim_cpu *cpu)
{
	return cpu->engine;
}

static inline uint64_t w_sleep(struct sim_cpu *cpu, struct sim_queue *queue, uint64_t timeout)
{
	struct world24 *w = w_of(cpu);

	CU_ASSERT_EQUAL(cpu->locked, 0);
	w->sleeps++;
	w->queue = queue;
	w->timeout = timeout;
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
	struct world24 *w = w_of(cpu);

	w->woken = queue;
	w->wakes_all += n == UINT32_MAX;
	return 0;
}

static inline uint64_t w_submit(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
				uint64_t bytes, bool write)
{
	struct world24 *w = w_of(cpu);
	unsigned which = (char *)disk == &w->data_disk;
	uint64_t from = sim_now(cpu) > w->free_at[which] ? sim_now(cpu) : w->free_at[which];

	CU_ASSERT(which || (char *)disk == &w->swap_disk);
	CU_ASSERT_EQUAL(bytes, 4096);
	w->submits[which] += write;
	w->reads += !write;
	w->offset = offset;
	w->free_at[which] = from + W_SERVICE;
	return w->free_at[which];
}

static inline void w_io(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
			uint64_t bytes, bool write)
{
	w_sleep(cpu, NULL, w_submit(cpu, disk, offset, bytes, write) - sim_now(cpu));
}

static inline struct sim_queue *w_queue(void *ctx, const char *name)
{
	struct world24 *w = ctx;

	CU_ASSERT_PTR_NOT_NULL(name);
	return w->nqueues < w->queues_left ? (struct sim_queue *)&w->queues[w->nqueues++]
					   : NULL;
}

static inline bool w_daemon(void *ctx, const char *name, unsigned node,
			    void (*run)(void *mm, struct sim_cpu *cpu), void *mm)
{
	struct world24 *w = ctx;

	CU_ASSERT(name && run && mm == w->k.mm && node == 0);
	w->ndaemons++;
	return true;
}

static inline void w_killed(void *ctx, uint32_t task)
{
	(void)ctx;
	(void)task;
}

/* One zone of so many frames, swap, and both disks; attached. */
static inline void w_open(struct world24 *w, uint64_t frames, uint64_t swap_pages)
{
	memset(w, 0, sizeof(*w));
	k_one_zone(&w->k, 1, frames);
	w->k.port.sleep = w_sleep;
	w->k.port.wake = w_wake;
	w->k.port.io = w_io;
	w->k.port.submit = w_submit;
	w->k.cpus[0].engine = w;
	w->k.cpus[0].on_actor = true;
	w->queues_left = MM24_DAEMONS + 1;
	w->host = (struct mm_host){ .ctx = w,
				    .queue = w_queue,
				    .daemon = w_daemon,
				    .killed = w_killed,
				    .swap = (struct sim_disk *)&w->swap_disk,
				    .data = (struct sim_disk *)&w->data_disk,
				    .swap_pages = swap_pages,
				    .jiffy = W_JIFFY };
	CU_ASSERT_FATAL(k_boot(&w->k, false));
	CU_ASSERT_FATAL(mm24_daemon_attach(w->k.mm, &w->host, w->k.text, sizeof(w->k.text)));
}

static inline void w_close(struct world24 *w)
{
	CU_ASSERT(k_ok(&w->k));
	k_drop(&w->k);
}

/* As k_leave_free(), and nobody has asked for memory lately. */
static inline void w_leave_free(struct world24 *w, uint64_t pages)
{
	k_leave_free(&w->k, pages);
	w->k.mm->memory_pressure = 0;
}

/* Runs a daemon's loop up to its n-th sleep, in which it is left. */
static inline void w_run(struct world24 *w, void (*run)(void *mm, struct sim_cpu *cpu),
			 unsigned sleeps)
{
	w->sleeps_left = sleeps;
	if (!setjmp(w->out))
		run(w->k.mm, &w->k.cpus[0]);
	w->sleeps_left = 0;
}

/* A page of the page cache that nobody else has: on the active list, age 2, count 1. */
static inline uint32_t w_cached(struct kernel24 *k)
{
	uint32_t slot = k_page(k, "GFP_ATOMIC");

	mm24_cache_add(k->mm, &k->cpus[0], slot, 0);
	mm24_buddy_put(k->mm, &k->cpus[0], slot, 0);
	return slot;
}

/* ... and old: on the inactive_dirty list. */
static inline uint32_t w_old(struct kernel24 *k)
{
	uint32_t slot = w_cached(k);

	mm24_lru_deactivate(k->mm, &k->cpus[0], slot);
	return slot;
}

static inline unsigned w_list(const struct kernel24 *k, uint32_t slot)
{
	return k->mm->s[slot].tag & MM24_LRU;
}

#endif
