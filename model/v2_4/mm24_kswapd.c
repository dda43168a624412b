/*
 * kswapd: frees memory when it is woken, and looks once a second.
 *
 * Kernel: kswapd(), wakeup_kswapd() of mm/vmscan.c.
 */
#include "model/v2_4/mm24_where.h"

/* Jiffies of a second: kswapd()'s longest sleep, and the time between two decays. */
enum { HZ = 100 };

static void decay_once_a_second(struct mm24 *mm, struct sim_cpu *cpu)
{
	uint64_t now = mm24_daemon_jiffies(mm, cpu);

	if (now <= mm->last_recalc + HZ)
		return;
	mm->last_recalc = now;
	mm24_lru_decay(mm);
}

bool mm24_kswapd_pass(struct mm24 *mm, struct sim_cpu *cpu)
{
	struct mm24_task *self = mm24_daemon_task(mm, MM24_KSWAPD);

	mm24_charge(cpu, mm->cost.kswapd_pass);
	mm24_io_reap(mm, cpu);
	if (mm24_lru_inactive_shortage(mm) || mm24_lru_free_shortage(mm))
		mm24_reclaim_do(mm, cpu, self, MM24_GFP_KSWAPD, mm->sleepers > 0);
	mm24_reclaim_refill_scan(mm, cpu, 6, false);
	decay_once_a_second(mm, cpu);
	cpu->port->wake(cpu, mm->kswapd_done, UINT32_MAX);
	if (!mm24_lru_free_shortage(mm) || !mm24_lru_inactive_shortage(mm))
		return true;
	/* With nobody to kill the kernel panics; here the next pass tries again, and requests
	 * that wait give up some day. */
	if (mm24_oom_test(mm)) {
		mm->stats.ooms++;
		mm24_oom_kill(mm, cpu);
	}
	return false;
}

void mm24_kswapd_run(void *state, struct sim_cpu *cpu)
{
	struct mm24 *mm = state;

	mm24_where_watch_kswapd(mm, cpu);
	for (;;) {
		if (!mm24_daemon_sleeps_on(mm, MM24_KSWAPD)) {
			mm24_daemon_runs(mm, MM24_KSWAPD);
			while (!mm24_kswapd_pass(mm, cpu))
				mm24_daemon_yields(cpu);
		}
		mm24_daemon_sleeps(mm, cpu, MM24_KSWAPD, HZ * mm->jiffy);
	}
}

/* The sleeper is on kswapd_done before anybody can run: the next pass to end wakes it. */
static void sleep_for_a_pass(struct mm24 *mm, struct sim_cpu *cpu)
{
	unsigned before = sim_enter(cpu, MM24_IN_WAKEUP_KSWAPD);
	struct mm24_where_mark mark;

	mm24_charge(cpu, mm->cost.wake);
	mm24_settle(cpu);
	mm->sleepers++;
	mm->stats.blocks++;
	mm24_daemon_wake(mm, cpu, MM24_KSWAPD);
	mark = mm24_where_mark(mm, sim_now(cpu));
	cpu->port->sleep(cpu, mm->kswapd_done, UINT64_MAX);
	mm24_where_slept(mm, cpu, &mark);
	mm->sleepers--;
	sim_leave(cpu, before);
}

void mm24_kswapd_wake(struct mm24 *mm, struct sim_cpu *cpu, const struct mm24_task *task,
		      bool block)
{
	if (task && task->kind == MM24_IS_KSWAPD)
		return;
	if (block)
		sleep_for_a_pass(mm, cpu);
	else if (mm->daemon[MM24_KSWAPD].queued)
		mm24_daemon_wake(mm, cpu, MM24_KSWAPD);
}
