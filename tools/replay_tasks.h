/*
 * The tasks of a replay and the events that were read ahead for them: a first-in first-out
 * queue for each task, out of one pool. The main program's side of `replay.window`.
 */
#ifndef REPLAY_TASKS_H
#define REPLAY_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the replay keeps of a trace event until its task gets to it: 32 bytes. */
struct replay_event {
	uint64_t date; /* recorded, in cycles since the trace's first event */
	uint64_t object;
	uint32_t next; /* in the pool */
	uint32_t value;
	uint16_t cpu;
	uint16_t gfp;
	uint8_t kind, order, node, flags;
};

/* Events of the pool, which `tail` has room for. */
#define REPLAY_TASKS_MOST (UINT32_MAX / 2)

/* 24 bytes: a long trace has hundreds of thousands of tasks. */
struct replay_task {
	uint64_t shift; /* how far the task is behind the recording, cycles */
	uint64_t ready; /* date from which its first event could run */
	uint32_t head;  /* first and last event; head 0 = none, and no tail */
	uint32_t tail : 31;
	uint32_t waiting : 1; /* for another task's allocation */
};

struct replay_tasks {
	struct replay_task *tasks;
	uint32_t ntasks, room;
	struct replay_event *pool; /* entry 0 is never used */
	uint32_t pool_used, pool_size;
	/* Entries that are free again, used last first. A list of their own, not a chain
	 * through them, which would have to be read. */
	uint32_t *free;
	uint32_t nfree;
	uint64_t queued, most_queued;
};

bool replay_tasks_init(struct replay_tasks *t);
void replay_tasks_done(struct replay_tasks *t);

/* Makes sure that task `number` exists. False when memory is short. */
bool replay_tasks_grow(struct replay_tasks *t, uint32_t number);
/* Makes room for more events. False when memory is short. */
bool replay_tasks_grow_pool(struct replay_tasks *t);

/*
 * A new last event of the task, which must exist, to be filled in; its `next` is not to be
 * touched. *first tells that the queue was empty. NULL when memory is short.
 */
static inline struct replay_event *replay_tasks_add(struct replay_tasks *t, uint32_t number,
						    bool *first)
{
	struct replay_task *task = &t->tasks[number];
	uint32_t entry;

	if (t->nfree) {
		entry = t->free[--t->nfree];
	} else {
		if (t->pool_used == t->pool_size && !replay_tasks_grow_pool(t))
			return NULL;
		entry = t->pool_used++;
	}
	t->pool[entry].next = 0;
	*first = task->head == 0;
	if (*first)
		task->head = entry;
	else
		t->pool[task->tail].next = entry;
	task->tail = entry & REPLAY_TASKS_MOST;
	t->queued++;
	return &t->pool[entry];
}

/* Keeps the high-water mark: to be called after events were added and before any is dropped. */
static inline void replay_tasks_mark(struct replay_tasks *t)
{
	if (t->queued > t->most_queued)
		t->most_queued = t->queued;
}

static inline const struct replay_event *replay_tasks_head(const struct replay_tasks *t,
							   uint32_t number)
{
	uint32_t head = t->tasks[number].head;

	return head ? &t->pool[head] : NULL;
}

/* Drops the first event of the task's queue, which must have one; returns the next one, NULL =
 * none. */
static inline const struct replay_event *replay_tasks_pop(struct replay_tasks *t,
							  struct replay_task *task)
{
	uint32_t head = task->head, next = t->pool[head].next;

	task->head = next;
	t->free[t->nfree++] = head;
	t->queued--;
	return next ? &t->pool[next] : NULL;
}

#endif
