#include "tools/gold24_sched.h"

/*
 * kswapd gives the processor back after each turn of its loop, the others when they sleep.
 * What they wait for themselves is over at once.
 */
bool gold24_sched_run(struct gold24_sched *s, struct sim_cpu *cpu, enum mm24_probe_daemon which)
{
	bool asleep;

	s->in_daemon = true;
	do
		asleep = mm24_probe_pass(s->mm, cpu, which);
	while (!asleep && which != MM24_PROBE_KSWAPD);
	s->in_daemon = false;
	return asleep;
}

bool gold24_sched_round(struct gold24_sched *s, struct sim_cpu *cpu)
{
	bool any = false;

	for (enum mm24_probe_daemon i = 0; i < MM24_PROBE_DAEMONS; i++) {
		if (!mm24_probe_runnable(s->mm, i))
			continue;
		any = true;
		s->runs[i]++;
		gold24_sched_run(s, cpu, i);
	}
	return any;
}

static void yield(struct sim_cpu *cpu)
{
	struct gold24_sched *s = cpu->engine;

	if (s->in_daemon)
		return;
	s->yields++;
	if (s->yield_runs)
		gold24_sched_round(s, cpu);
}

/* Nobody but kswapd ends this sleep. Were kswapd asleep, it would last for ever. */
static uint64_t sleep_until_woken(struct sim_cpu *cpu, struct sim_queue *queue,
				  uint64_t timeout)
{
	struct gold24_sched *s = cpu->engine;

	(void)queue;
	(void)timeout;
	if (s->in_daemon)
		return 0;
	s->blocks++;
	s->woken = false;
	while (!s->woken && gold24_sched_round(s, cpu))
		;
	return 0;
}

static uint32_t wake(struct sim_cpu *cpu, struct sim_queue *queue, uint32_t n)
{
	struct gold24_sched *s = cpu->engine;

	(void)queue;
	(void)n;
	s->woken = true;
	return 1;
}

void gold24_sched_start(struct gold24_sched *s, void *mm, struct sim_cpu *cpus, unsigned n)
{
	s->mm = mm;
	s->port = *cpus[0].port;
	s->port.yield = yield;
	s->port.sleep = sleep_until_woken;
	s->port.wake = wake;
	for (unsigned c = 0; c < n; c++) {
		cpus[c].engine = s;
		cpus[c].port = &s->port;
	}
}
