#include "tools/replay_tasks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_BYTES ((size_t)4 << 20) /* less is not worth it */

bool replay_tasks_init(struct replay_tasks *t)
{
	memset(t, 0, sizeof(*t));
	t->pool_size = 4096;
	t->pool_used = 1;
	t->pool = malloc(t->pool_size * sizeof(*t->pool));
	t->free = malloc(t->pool_size * sizeof(*t->free));
	return t->pool && t->free;
}

void replay_tasks_done(struct replay_tasks *t)
{
	free(t->tasks);
	free(t->pool);
	free(t->free);
	memset(t, 0, sizeof(*t));
}

bool replay_tasks_grow(struct replay_tasks *t, uint32_t number)
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
		t->tasks = tasks;
		t->room = room;
	}
	/* What is not needed yet is not touched, so that the host does not have to give it. */
	memset(t->tasks + t->ntasks, 0, (number + 1 - t->ntasks) * sizeof(*tasks));
	t->ntasks = number + 1;
	return true;
}

/* A deep queue is read in no order. Only advice: a host without huge pages is slower, not
 * wrong. */
static void advise_huge(void *memory, size_t bytes)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = ((uintptr_t)memory + page - 1) & ~(page - 1);
	uintptr_t end = ((uintptr_t)memory + bytes) & ~(page - 1);

	if (bytes >= HUGE_BYTES)
		(void)madvise((void *)start, end - start, MADV_HUGEPAGE);
}

bool replay_tasks_grow_pool(struct replay_tasks *t)
{
	struct replay_event *pool;
	uint32_t *free_again;

	if (t->pool_size > REPLAY_TASKS_MOST / 2)
		return false;
	pool = realloc(t->pool, 2 * (size_t)t->pool_size * sizeof(*pool));
	if (!pool)
		return false;
	t->pool = pool;
	advise_huge(pool, 2 * (size_t)t->pool_size * sizeof(*pool));
	free_again = realloc(t->free, 2 * (size_t)t->pool_size * sizeof(*free_again));
	if (!free_again)
		return false;
	t->free = free_again;
	t->pool_size *= 2;
	return true;
}
