/*
 * What the daemons have in common: how they are made, woken, and put to sleep.
 *
 * Kernel: wake_up(), interruptible_sleep_on_timeout(), kernel_thread() in kswapd_init() and
 * bdflush_init(). A wait queue has one member, the daemon, which stays on it until it runs
 * again: who calls wake_up() in between still finds the queue non-empty.
 */
#include <stdio.h>

#include "model/v2_4/mm24.h"

static const struct {
	const char *name;
	void (*run)(void *mm, struct sim_cpu *cpu);
} daemons[MM24_DAEMONS] = {
	[MM24_KSWAPD] = { "kswapd", mm24_kswapd_run },
	[MM24_KRECLAIMD] = { "kreclaimd", mm24_kreclaimd_run },
	[MM24_BDFLUSH] = { "bdflush", mm24_bdflush_run },
	[MM24_KUPDATE] = { "kupdate", mm24_bdflush_kupdate_run },
};

uint64_t mm24_daemon_jiffies(const struct mm24 *mm, const struct sim_cpu *cpu)
{
	return mm->jiffy ? sim_now(cpu) / mm->jiffy : mm->jiffies_by_hand;
}

struct mm24_task *mm24_daemon_task(struct mm24 *mm, unsigned which)
{
	struct mm24_task *task = &mm->daemon_task[which];

	task->number = MM24_NONE;
	task->no_mm = true;
	task->memalloc = which == MM24_KSWAPD || which == MM24_KRECLAIMD;
	task->kind = which == MM24_KSWAPD    ? MM24_IS_KSWAPD
		     : which == MM24_BDFLUSH ? MM24_IS_BDFLUSH
					     : MM24_TASK;
	return task;
}

static bool start(struct mm24 *mm, unsigned which)
{
	const struct mm_host *host = mm->host;
	struct mm24_daemon *daemon = &mm->daemon[which];

	daemon->queue = host->queue(host->ctx, daemons[which].name);
	return daemon->queue &&
	       host->daemon(host->ctx, daemons[which].name, 0, daemons[which].run, mm);
}

bool mm24_daemon_attach(void *state, const struct mm_host *host, char *text, size_t size)
{
	struct mm24 *mm = state;
	bool ok;

	mm->host_copy = *host;
	mm->host = &mm->host_copy;
	mm->jiffy = host->jiffy;
	mm->kswapd_done = host->queue(host->ctx, "kswapd_done");
	ok = mm->kswapd_done && mm24_swap_make(mm, host->swap_pages);
	for (unsigned i = 0; ok && i < MM24_DAEMONS; i++)
		ok = start(mm, i);
	if (!ok)
		snprintf(text, size, "not enough memory for swap and the kernel's daemons");
	return ok;
}

void mm24_daemon_wake(struct mm24 *mm, struct sim_cpu *cpu, unsigned which)
{
	struct mm24_daemon *daemon = &mm->daemon[which];

	/* bdflush is woken by wake_up_process(), without a wait queue. */
	daemon->wake_calls += daemon->queued || which == MM24_BDFLUSH;
	if (!daemon->asleep)
		return;
	daemon->asleep = false;
	daemon->wakes++;
	mm24_charge(cpu, mm->cost.wake);
	if (daemon->queue)
		cpu->port->wake(cpu, daemon->queue, 1);
}

bool mm24_daemon_sleeps_on(struct mm24 *mm, unsigned which)
{
	bool does = mm->daemon[which].sleeps_on;

	mm->daemon[which].sleeps_on = false;
	return does;
}

void mm24_daemon_runs(struct mm24 *mm, unsigned which)
{
	mm->daemon[which].queued = false;
	mm->daemon[which].asleep = false;
	mm->daemon[which].runs++;
}

/* Whoever calls for it from this moment on finds it asleep. */
void mm24_daemon_sleeps(struct mm24 *mm, struct sim_cpu *cpu, unsigned which, uint64_t timeout)
{
	struct mm24_daemon *daemon = &mm->daemon[which];

	mm24_settle(cpu);
	daemon->queued = true;
	daemon->asleep = true;
	if (daemon->queue)
		cpu->port->sleep(cpu, daemon->queue, timeout);
}

/* As short a sleep as there is, not yield(): a daemon that has nothing left to do but try
 * again must not keep a run from its end. */
void mm24_daemon_yields(struct sim_cpu *cpu)
{
	cpu->port->sleep(cpu, NULL, 1);
}
