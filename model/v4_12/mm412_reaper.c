/*
 * oom_reaper: takes a victim's anonymous memory away before the victim has ended.
 *
 * Kernel: oom_reaper(), oom_reap_task(), __oom_reap_task_mm(), wake_oom_reaper(). Nobody holds
 * an address space for writing: the first of ten tries always succeeds.
 */
#include "model/v4_12/mm412_sleep.h"

/* The last one goes first. */
void mm412_reaper_wake(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task)
{
	struct mm412_sleep *sleep = mm->sleep;

	if (task->reap_queued)
		return;
	task->reap_queued = true;
	task->reap_next = sleep->reaper_task;
	sleep->reaper_task = task->number;
	mm412_tell(mm, cpu, task, (struct mm_event){ MM_EVENT_WAKE_REAPER, { task->number } });
	mm412_charge(cpu, mm->cost.wake);
	cpu->port->wake(cpu, sleep->reaper_queue, 1);
}

static void reap(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task)
{
	struct mm412_task *reaper = &mm->sleep->own[MM412_REAPER_TASK];

	/* Whoever looks for a victim just now must not find it half gone. */
	while (mm->sleep->oom_lock)
		cpu->port->sleep(cpu, mm->sleep->oom_queue, UINT64_MAX);
	if (task->exited) {
		mm412_tell(mm, cpu, reaper,
			   (struct mm_event){ MM_EVENT_SKIP_REAPING, { task->number } });
		return;
	}
	mm412_tell(mm, cpu, reaper,
		   (struct mm_event){ MM_EVENT_START_REAPING, { task->number } });
	mm->sleep->oom_lock = true;
	mm412_content_reap(mm, cpu, task);
	mm->sleep->oom_lock = false;
	cpu->port->wake(cpu, mm->sleep->oom_queue, UINT32_MAX);
	mm412_tell(mm, cpu, reaper,
		   (struct mm_event){ MM_EVENT_FINISH_REAPING, { task->number } });
}

void mm412_reaper_run(void *state, struct sim_cpu *cpu)
{
	struct mm412 *mm = state;
	struct mm412_sleep *sleep = mm->sleep;

	for (;;) {
		struct mm412_task *task;

		while (sleep->reaper_task == MM412_NONE)
			cpu->port->sleep(cpu, sleep->reaper_queue, UINT64_MAX);
		task = sleep->tasks[sleep->reaper_task];
		sleep->reaper_task = task->reap_next;
		reap(mm, cpu, task);
		task->reap_queued = false;
		task->reaped = true;
	}
}
