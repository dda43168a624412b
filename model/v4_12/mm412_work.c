/*
 * Work for other CPUs.
 *
 * Kernel: queue_work_on() and flush_work() as drain_all_pages() and lru_add_drain_all() use
 * them; set_tlb_ubc_flush_pending(), try_to_unmap_flush() of mm/rmap.c with the interrupts of
 * flush_tlb_others(). Which CPUs a task has run on since its last flush is not kept: the last
 * one stands for them (docs/model-limits.md).
 */
#include "model/v4_12/mm412_work.h"

#include "model/v4_12/mm412_sleep.h"

/* As the owner's worker sees its CPU, at this date. */
static struct sim_cpu cpu_of(const struct mm412 *mm, const struct sim_cpu *cpu, unsigned owner)
{
	struct sim_cpu there = {
		.now = sim_now(cpu),
		.memory = cpu->memory,
		.port = cpu->port,
		.engine = cpu->engine,
		.id = (uint16_t)owner,
		.node = mm->cpu_node[owner],
	};

	return there;
}

/* The own CPU's worker runs when the caller waits: its cycles are the caller's. */
static void add_own(struct sim_cpu *cpu, const struct sim_cpu *there)
{
	cpu->due += there->due;
	for (unsigned i = 0; i < SIM_PARTS; i++)
		cpu->part[i] += there->part[i];
}

void mm412_work_on(struct mm412 *mm, struct sim_cpu *cpu, unsigned owner, mm412_work_fn *run,
		   const void *arg, struct mm412_work *work)
{
	struct sim_cpu there;
	uint64_t done;

	mm412_charge(cpu, mm->cost.drain_cpu);
	/* The worker takes locks at this date, which others must not have to see ahead. */
	if (cpu->on_actor && !cpu->locked)
		cpu->port->settle(cpu);
	there = cpu_of(mm, cpu, owner);
	mm412_charge(&there, mm->cost.work);
	run(mm, &there, arg);
	if (owner == cpu->id) {
		add_own(cpu, &there);
		return;
	}
	done = cpu->port->run_on(cpu, owner, there.due);
	if (done > work->done)
		work->done = done;
}

void mm412_work_wait(struct sim_cpu *cpu, const struct mm412_work *work)
{
	if (cpu->on_actor && work->done > sim_now(cpu))
		cpu->port->sleep(cpu, NULL, work->done - sim_now(cpu));
}

void mm412_work_flush_later(struct mm412_flush *flush, const struct sim_cpu *cpu,
			    const struct mm412_task *task, bool writable)
{
	if (task->cpu == MM412_NONE || task->cpu == cpu->id)
		return;
	flush->cpus[task->cpu / 64] |= UINT64_C(1) << task->cpu % 64;
	flush->wanted = true;
	flush->writable |= writable;
}

void mm412_work_flush(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_flush *flush)
{
	uint64_t last = 0;

	if (!flush->wanted)
		return;
	if (cpu->on_actor && !cpu->locked)
		cpu->port->settle(cpu);
	for (unsigned i = 0; i < MM_MAX_CPUS / 64; i++)
		for (uint64_t rest = flush->cpus[i]; rest; rest &= rest - 1) {
			unsigned target = i * 64 + (unsigned)__builtin_ctzll(rest);
			uint64_t done = cpu->port->run_on(cpu, target, mm->cost.flush_ipi[0]);

			mm->sleep->flush_ipis++;
			if (done > last)
				last = done;
		}
	if (last > sim_now(cpu))
		sim_charge_part(cpu, SIM_PART_SLEEP, last - sim_now(cpu));
	*flush = (struct mm412_flush){ 0 };
}
