#include "tools/replay_tasks.h"

#include <stdlib.h>
#include <string.h>

bool replay_tasks_init(struct replay_tasks *t)
{
	memset(t, 0, sizeof(*t));
	t->pool_size = 4096;
	t->pool_used = 1;
	t->pool = malloc(t->pool_size * sizeof(*t->pool));
	return t->pool != NULL;
}

void replay_tasks_done(struct replay_tasks *t)
{
	free(t->tasks);
	free(t->pool);
	memset(t, 0, sizeof(*t));
}

bool replay_tasks_need(struct replay_tasks *t, uint32_t number)
{
	uint32_t room = t->room ? t->room : 64;
	struct replay_task *tasks;

	if (number < t->ntasks)
		return true;
	while (room <= number)
		room *= 2;
	if (room != t->room) {
		tasks = realloc(t->tasks, room * sizeof(*tasks));
		if (!tasks)
			return false;
		memset(tasks + t->room, 0, (room - t->room) * sizeof(*tasks));
		t->tasks = tasks;
		t->room = room;
	}
	t->ntasks = number + 1;
	return true;
}

/* An unused pool entry, 0 when memory is short. */
static uint32_t pool_entry(struct replay_tasks *t)
{
	uint32_t entry = t->pool_free;
	struct replay_event *pool;

	if (entry) {
		t->pool_free = t->pool[entry].next;
		return entry;
	}
	if (t->pool_used == t->pool_size) {
		if (t->pool_size > UINT32_MAX / 2)
			return 0;
		pool = realloc(t->pool, 2 * (size_t)t->pool_size * sizeof(*pool));
		if (!pool)
			return 0;
		t->pool = pool;
		t->pool_size *= 2;
	}
	return t->pool_used++;
}

bool replay_tasks_push(struct replay_tasks *t, uint32_t number, const struct replay_event *e,
		       bool *first)
{
	struct replay_task *task = &t->tasks[number];
	uint32_t entry = pool_entry(t);

	if (!entry)
		return false;
	t->pool[entry] = *e;
	t->pool[entry].next = 0;
	*first = task->head == 0;
	if (*first)
		task->head = entry;
	else
		t->pool[task->tail].next = entry;
	task->tail = entry;
	if (++t->queued > t->most_queued)
		t->most_queued = t->queued;
	return true;
}
