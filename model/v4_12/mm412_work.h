/*
 * What one CPU has others do: work items, which it waits for, and interrupts that flush TLBs.
 */
#ifndef MM412_WORK_H
#define MM412_WORK_H

#include "model/v4_12/mm412_sleep_state.h"

/* Work items under way. */
struct mm412_work {
	uint64_t done; /* date at which the last of them will be through */
};

typedef void mm412_work_fn(struct mm412 *mm, struct sim_cpu *there, const void *arg);

/*
 * schedule_work_on(): run(arg) on CPU `owner`, whose kernel worker it costs the time. What it
 * does is done at once, for everybody to see; only its end is later. The caller holds no lock,
 * and has settled where it is on an actor.
 */
void mm412_work_on(struct mm412 *mm, struct sim_cpu *cpu, unsigned owner, mm412_work_fn *run,
		   const void *arg, struct mm412_work *work);
/* flush_work() of all of them. Who is not on an actor cannot wait and goes on at once. */
void mm412_work_wait(struct sim_cpu *cpu, const struct mm412_work *work);

/* TLBs that still know entries which are gone: struct tlbflush_unmap_batch. */
struct mm412_flush {
	uint64_t cpus[MM_MAX_CPUS / 64];
	bool wanted, writable;
};

/*
 * set_tlb_ubc_flush_pending(): an entry of a task went, perhaps a writable one. A task has one
 * thread: the CPU it ran on last may know it, the caller's own TLB is part of cost.unmap.
 */
void mm412_work_flush_later(struct mm412_flush *flush, const struct sim_cpu *cpu,
			    const struct mm412_task *task, bool writable);
/* try_to_unmap_flush(): interrupts these CPUs and spins until all have done it. */
void mm412_work_flush(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_flush *flush);

#endif
