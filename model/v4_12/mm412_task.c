/*
 * Tasks as the kernel looks at them: made when they are first seen, and what their memory is
 * made of.
 *
 * Kernel: struct task_struct and struct mm_struct as far as reclaim and the OOM killer read
 * them; add_mm_counter(). Page tables are counted as if a task's pages lay densely: one table
 * for 512 pages, and one of the next level for 512 of those (docs/model-limits.md).
 */
#include <stdlib.h>

#include "model/v4_12/mm412_sleep.h"

#define PTRS_PER_TABLE 512

static bool make_room(struct mm412_sleep *sl, uint32_t number)
{
	uint32_t room = sl->ntasks ? sl->ntasks : 64;
	struct mm412_task **tasks;

	if (number < sl->ntasks)
		return true;
	if (number == MM412_NONE)
		return false;
	while (room <= number)
		room = room > UINT32_MAX / 2 ? UINT32_MAX : room * 2;
	tasks = realloc(sl->tasks, room * sizeof(struct mm412_task *));
	if (!tasks)
		return false;
	for (uint32_t i = sl->ntasks; i < room; i++)
		tasks[i] = NULL;
	sl->tasks = tasks;
	sl->ntasks = room;
	return true;
}

struct mm412_task *mm412_task_of(struct mm412 *mm, uint32_t number)
{
	struct mm412_sleep *sl = mm->sleep;
	struct mm412_task *task;

	if (number < sl->ntasks && sl->tasks[number])
		return sl->tasks[number];
	if (!make_room(sl, number))
		return NULL;
	task = calloc(1, sizeof(*task));
	if (!task)
		return NULL;
	task->number = number;
	task->cpu = MM412_NONE;
	task->mems_allowed = ~UINT64_C(0);
	task->policy_nodes = ~UINT64_C(0);
	sl->tasks[number] = task;
	return task;
}

static void count_tables(struct mm412_task *task)
{
	int64_t pages = task->rss[MM_KIND_ANON] + task->rss[MM_KIND_SHMEM] + task->swapents;
	int64_t tables = (pages + PTRS_PER_TABLE - 1) / PTRS_PER_TABLE;

	task->ptes = tables + (tables + PTRS_PER_TABLE - 1) / PTRS_PER_TABLE;
}

void mm412_task_rss(struct mm412_task *task, enum mm_kind kind, int64_t pages)
{
	task->rss[kind] += pages;
	assert(task->rss[kind] >= 0);
	count_tables(task);
}

void mm412_task_swapents(struct mm412_task *task, int64_t entries)
{
	task->swapents += entries;
	assert(task->swapents >= 0);
	count_tables(task);
}
