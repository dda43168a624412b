/*
 * Tasks, and which of them dies when memory and swap are used up.
 *
 * Kernel: out_of_memory(), badness(), select_bad_process(), oom_kill(). A victim may use all
 * reserves from now on; that it ends is the caller's business (struct mm_host.killed).
 */
#include <stdlib.h>

#include "model/v2_4/mm24.h"

enum {
	CAP_SYS_RAWIO = 1u << 17,
	CAP_SYS_ADMIN = 1u << 21,
	CPU_SHIFT = 10, /* jiffies to units of ten seconds, HZ = 100 */
	RUN_SHIFT = 17, /* ... of twenty minutes */
	USER = 500,     /* anybody but root */
};

/* Room for task `number`; false: memory is short. */
static bool grow(struct mm24 *mm, uint32_t number)
{
	uint32_t room = mm->ntasks ? mm->ntasks : 16;
	struct mm24_task **tasks;

	while (room <= number) {
		if (room > UINT32_MAX / 2)
			return false;
		room *= 2;
	}
	tasks = realloc(mm->tasks, room * sizeof(*tasks));
	if (!tasks)
		return false;
	for (uint32_t i = mm->ntasks; i < room; i++)
		tasks[i] = NULL;
	mm->tasks = tasks;
	mm->ntasks = room;
	return true;
}

struct mm24_task *mm24_oom_task(struct mm24 *mm, uint32_t number)
{
	struct mm24_task *task;

	if (number < mm->ntasks && mm->tasks[number])
		return mm->tasks[number];
	if (number >= mm->ntasks && !grow(mm, number))
		return NULL;
	task = calloc(1, sizeof(*task));
	if (!task)
		return NULL;
	task->number = number;
	task->uid = task->euid = USER;
	mm->tasks[number] = task;
	return task;
}

bool mm24_oom_test(const struct mm24 *mm)
{
	if (mm->nr_free > mm->free_min)
		return false;
	if (mm->nr_free + mm->nr_clean > mm->free_low)
		return false;
	return mm->swap.free == 0;
}

/* The kernel's rough square root, never 0. */
static uint32_t root(uint32_t x)
{
	uint32_t out = x;

	while (x > 1) {
		x >>= 2;
		out >>= 1;
	}
	if (x)
		out -= out >> 2;
	return out ? out : 1;
}

int mm24_oom_badness(const struct mm24_task *task, uint64_t jiffies)
{
	/* All int in the kernel, divided by unsigned. */
	uint32_t cpu_time = (uint32_t)((task->utime + task->stime) >> CPU_SHIFT);
	uint32_t run_time = (uint32_t)((jiffies - task->start) >> RUN_SHIFT);
	uint32_t points = (uint32_t)task->total_vm;
	int result;

	if (task->no_mm)
		return 0;
	points /= root(cpu_time);
	points /= root(root(run_time));
	if (task->nice > 0)
		points *= 2;
	result = (int)points;
	if ((task->caps & CAP_SYS_ADMIN) || task->uid == 0 || task->euid == 0)
		result /= 4;
	if (task->caps & CAP_SYS_RAWIO)
		result /= 4;
	return result;
}

/* select_bad_process(): the first of the worst, by number. */
static struct mm24_task *worst(const struct mm24 *mm, struct sim_cpu *cpu)
{
	uint64_t jiffies = mm24_daemon_jiffies(mm, cpu);
	struct mm24_task *chosen = NULL;
	int most = 0;

	for (uint32_t i = 0; i < mm->ntasks; i++) {
		int points;

		if (!mm->tasks[i])
			continue;
		mm24_charge(cpu, mm->cost.oom_task);
		points = mm24_oom_badness(mm->tasks[i], jiffies);
		if (points > most) {
			most = points;
			chosen = mm->tasks[i];
		}
	}
	return chosen;
}

struct mm24_task *mm24_oom_kill(struct mm24 *mm, struct sim_cpu *cpu)
{
	struct mm24_task *victim = worst(mm, cpu);

	if (!victim)
		return NULL;
	victim->memalloc = true;
	/* The same task can be the worst again before it has ended. */
	if (mm->host && !victim->killed) {
		victim->killed = true;
		mm->stats.oom_kills++;
		mm->host->killed(mm->host->ctx, victim->number);
	}
	return victim;
}
