/*
 * How compaction stays out of others' way. Async compaction does not wait for a lock but gives
 * up; locks are left every MM412_CLUSTER frames.
 *
 * Kernel: compact_trylock_irqsave(), compact_unlock_should_abort(), compact_should_abort().
 *
 * need_resched() is never true here: the model has no time slices that could end in the middle
 * of an operation. So async compaction gives up for locks and fatal signals only.
 */
#include "model/v4_12/mm412_compact.h"

void mm412_compact_lock_pause(struct mm412 *mm, struct sim_cpu *cpu)
{
	assert(!cpu->locked);
	if (cpu->on_actor)
		cpu->port->settle(cpu);
	mm412_io_reap(mm, cpu);
}

bool mm412_compact_lock_try(const struct mm412 *mm, struct sim_cpu *cpu,
			    struct mm412_compact *cc, struct sim_lock *lock,
			    enum sim_cause cause)
{
	mm412_charge_both(cpu, mm->cost.irq, mm->cost.lock);
	if (cpu->on_actor)
		cpu->port->settle(cpu);
	if (cc->mode == MM412_COMPACT_ASYNC && lock->free_at > sim_now(cpu)) {
		cc->contended = true;
		return false;
	}
	sim_lock(cpu, lock, cause);
	if (lock == &cc->zone->lock)
		mm412_locked(cc->zone, cpu);
	else
		mm412_touch_lru(cpu, cc->zone->nid);
	return true;
}

bool mm412_compact_lock_leave(struct sim_cpu *cpu, struct mm412_compact *cc,
			      struct sim_lock *lock, bool *locked)
{
	if (*locked && lock == &cc->zone->lock)
		mm412_unlock(cc->zone, cpu);
	else if (*locked)
		sim_unlock(cpu, lock);
	*locked = false;
	if (!cc->task || !cc->task->killed)
		return false;
	cc->contended = true;
	return true;
}
