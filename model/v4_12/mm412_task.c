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

void mm412_task_init(struct mm412_sleep *sleep)
{
	sleep->plain = (struct mm412_task){ .number = MM412_NONE,
					    .cpu = MM412_NONE,
					    .mems_allowed = ~UINT64_C(0),
					    .policy_nodes = ~UINT64_C(0) };
}

void mm412_task_done(struct mm412_sleep *sleep)
{
	for (uint32_t i = 0; i < sleep->ntasks; i++)
		if (sleep->tasks[i] != &sleep->plain)
			free(sleep->tasks[i]);
	free(sleep->tasks);
}

static bool make_room(struct mm412_sleep *sl, uint32_t number)
{
	uint32_t room;
	struct mm412_task **tasks;

	if (number < sl->ntasks)
		return true;
	if (number == MM412_NONE)
		return false;
	room = number < UINT32_MAX / 2 ? number + number / 8 + 64 : UINT32_MAX;
	tasks = realloc(sl->tasks, room * sizeof(struct mm412_task *));
	if (!tasks)
		return false;
	for (uint32_t i = sl->ntasks; i < room; i++)
		tasks[i] = NULL;
	sl->tasks = tasks;
	sl->ntasks = room;
	return true;
}

struct mm412_task *mm412_task_seen(struct mm412 *mm, uint32_t number)
{
	struct mm412_sleep *sl = mm->sleep;

	if (!make_room(sl, number))
		return NULL;
	if (!sl->tasks[number])
		sl->tasks[number] = &sl->plain;
	return sl->tasks[number];
}

struct mm412_task *mm412_task_of(struct mm412 *mm, uint32_t number)
{
	struct mm412_sleep *sl = mm->sleep;
	struct mm412_task *task = mm412_task_seen(mm, number);

	if (task != &sl->plain)
		return task;
	task = malloc(sizeof(*task));
	if (!task)
		return NULL;
	*task = sl->plain;
	task->number = number;
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
