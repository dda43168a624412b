/*
 * The dispatcher's order: which CPU runs the next operation, and which of its tasks.
 *
 * A tournament tree over CPUs holds one key a CPU, `date << 12 | cpu`, so the smallest key
 * names the CPU that runs next and ties go to the lower CPU; in each CPU a heap holds the
 * tasks that are ready, by (date, task). Matches are among four, which halves the levels, and
 * a node holds its winner, not its losers as is usual: a task can become ready on any CPU,
 * and a loser tree knows only how to replay its winner.
 *
 * Nothing here knows actors or SimGrid. Functions on the way of every operation are inline.
 */
#ifndef SIM_DISPATCH_H
#define SIM_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/port.h"

#define SIM_DISPATCH_ID_BITS 12
#define SIM_DISPATCH_CPUS (1u << SIM_DISPATCH_ID_BITS)
#define SIM_DISPATCH_DATES (UINT64_C(1) << (64 - SIM_DISPATCH_ID_BITS)) /* 2^52 cycles */
#define SIM_DISPATCH_NEVER UINT64_MAX /* the key of a CPU that has nothing to run */

struct sim_dispatch_task {
	uint64_t date; /* it can start at this date or later */
	uint32_t task;
};

/*
 * What one step touches: two cache lines. The ready tasks are a binary heap whose root stands
 * here, so that a CPU with one task touches no other.
 */
struct sim_dispatch_cpu {
	_Alignas(64) struct sim_cpu cpu;
	struct sim_dispatch_task first; /* place 0 of the heap: the earliest */
	struct sim_dispatch_task *heap; /* places 1, 2, ...; heap[0] is not used */
	uint64_t free_at;               /* nothing can start here before this date */
	uint32_t count;                 /* tasks, `first` among them */
	uint8_t room_bits;              /* heap has 2^this places; 0 = there is none yet */
	bool held;                      /* an actor holds it or has claimed it */
	bool vacant; /* place 0 is the running task's old one, to be filled or closed */
};

_Static_assert(sizeof(struct sim_dispatch_cpu) <= 2 * 64, "a step touches two cache lines");

struct sim_dispatch {
	/* [1] is the smallest key, the winner of [4..7]; [i] of [4 i .. 4 i + 3]. Where half
	 * the leaves are enough, the last match is between [2] and [3]. */
	uint64_t *tree;
	size_t leaves; /* a power of four, or twice one; CPUs' keys begin at tree[leaves] */
	struct sim_dispatch_cpu *cpus;
	unsigned count;
};

/* False when memory is short. */
bool sim_dispatch_init(struct sim_dispatch *d, unsigned cpus);
void sim_dispatch_fini(struct sim_dispatch *d);

/* False when memory is short; the heap's order is restored, the tree is left alone. */
bool sim_dispatch_push(struct sim_dispatch_cpu *c, uint32_t task, uint64_t date);
/* Closes the vacant place that sim_dispatch_pop() left and no push has filled. */
void sim_dispatch_close(struct sim_dispatch_cpu *c);
/* The earliest ready task, not counting a running one; NULL = none. */
const struct sim_dispatch_task *sim_dispatch_first(const struct sim_dispatch_cpu *c);

static inline uint64_t sim_dispatch_key(uint64_t date, unsigned cpu)
{
	return date << SIM_DISPATCH_ID_BITS | cpu;
}

static inline uint64_t sim_dispatch_key_date(uint64_t key)
{
	return key >> SIM_DISPATCH_ID_BITS;
}

static inline unsigned sim_dispatch_key_cpu(uint64_t key)
{
	return (unsigned)key & (SIM_DISPATCH_CPUS - 1);
}

static inline uint64_t sim_dispatch_min(const struct sim_dispatch *d)
{
	return d->tree[1];
}

/* Sets a CPU's key and plays its matches up to the root. */
static inline void sim_dispatch_set(struct sim_dispatch *d, unsigned cpu, uint64_t key)
{
	size_t i = d->leaves + cpu;

	d->tree[i] = key;
	for (; i > 3; i /= 4) {
		uint64_t x = d->tree[i ^ 1], y = d->tree[i ^ 2], z = d->tree[i ^ 3];

		x = x < y ? x : y;
		x = x < z ? x : z;
		key = key < x ? key : x;
		d->tree[i / 4] = key;
	}
	if (i > 1)
		d->tree[1] = key < d->tree[i ^ 1] ? key : d->tree[i ^ 1];
}

/* Without branches: which of two tasks is first cannot be predicted. */
static inline bool sim_dispatch_before(struct sim_dispatch_task a, struct sim_dispatch_task b)
{
	return (a.date < b.date) | ((a.date == b.date) & (a.task < b.task));
}

/* The earlier child of place i, which has one. */
static inline uint32_t sim_dispatch_child(const struct sim_dispatch_cpu *c, uint32_t i)
{
	uint32_t child = 2 * i + 1;

	if (child + 1 < c->count)
		child += sim_dispatch_before(c->heap[child + 1], c->heap[child]);
	return child;
}

/* sim_dispatch_push() of the earliest task into the vacant place; false, and nothing is done,
 * where that is not what it is. */
static inline bool sim_dispatch_fill(struct sim_dispatch_cpu *c, uint32_t task, uint64_t date)
{
	struct sim_dispatch_task x = { .date = date, .task = task };

	if (!c->vacant ||
	    (c->count > 1 && sim_dispatch_before(c->heap[sim_dispatch_child(c, 0)], x)))
		return false;
	c->vacant = false;
	c->first = x;
	return true;
}

/* Takes the earliest task and leaves its place vacant, for the push that mostly follows. */
static inline struct sim_dispatch_task sim_dispatch_pop(struct sim_dispatch_cpu *c)
{
	c->vacant = true;
	return c->first;
}

#endif
