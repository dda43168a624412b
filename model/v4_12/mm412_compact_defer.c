/*
 * Deferral: after compaction has failed in a zone, the next 1, 3, 7, ... 63 attempts for that
 * order and larger ones are not made.
 *
 * Kernel: defer_compaction(), compaction_deferred(), compaction_defer_reset(),
 * compaction_restarting().
 */
#include "model/v4_12/mm412_sleep.h"

#define MAX_SHIFT 6

static void tell(struct mm412 *mm, const struct sim_cpu *cpu, const struct mm412_task *task,
		 const struct mm412_zone *zone, int order, enum mm_event_kind kind)
{
	const struct mm412_zone_sleep *z = mm412_zone_sleep(mm, zone);

	if (cpu)
		mm412_tell(mm, cpu, task,
			   (struct mm_event){ kind,
					      { zone->nid, zone->idx, order,
						z->compact_considered, z->compact_defer_shift,
						z->compact_order_failed } });
}

void mm412_compact_defer_by(struct mm412 *mm, const struct sim_cpu *cpu,
			    const struct mm412_task *task, const struct mm412_zone *zone,
			    int order)
{
	struct mm412_zone_sleep *z = mm412_zone_sleep(mm, zone);

	z->compact_considered = 0;
	if (z->compact_defer_shift < MAX_SHIFT)
		z->compact_defer_shift++;
	if (order < z->compact_order_failed)
		z->compact_order_failed = order;
	tell(mm, cpu, task, zone, order, MM_EVENT_COMPACTION_DEFER_COMPACTION);
}

bool mm412_compact_deferred_by(struct mm412 *mm, const struct sim_cpu *cpu,
			       const struct mm412_task *task, const struct mm412_zone *zone,
			       int order)
{
	struct mm412_zone_sleep *z = mm412_zone_sleep(mm, zone);
	unsigned limit = 1u << z->compact_defer_shift;

	if (order < z->compact_order_failed)
		return false;
	if (++z->compact_considered > limit)
		z->compact_considered = limit;
	if (z->compact_considered >= limit)
		return false;
	tell(mm, cpu, task, zone, order, MM_EVENT_COMPACTION_DEFERRED);
	return true;
}

void mm412_compact_defer_reset_by(struct mm412 *mm, const struct sim_cpu *cpu,
				  const struct mm412_task *task, const struct mm412_zone *zone,
				  int order, bool allocated)
{
	struct mm412_zone_sleep *z = mm412_zone_sleep(mm, zone);

	if (allocated) {
		z->compact_considered = 0;
		z->compact_defer_shift = 0;
	}
	if (order >= z->compact_order_failed)
		z->compact_order_failed = order + 1;
	tell(mm, cpu, task, zone, order, MM_EVENT_COMPACTION_DEFER_RESET);
}

bool mm412_compact_defer_is_over(const struct mm412 *mm, const struct mm412_zone *zone,
				 int order)
{
	const struct mm412_zone_sleep *z = mm412_zone_sleep(mm, zone);

	return order >= z->compact_order_failed && z->compact_defer_shift == MAX_SHIFT &&
	       z->compact_considered >= 1u << z->compact_defer_shift;
}

bool mm412_compact_deferred(struct mm412 *mm, const struct mm412_zone *zone, int order)
{
	return mm412_compact_deferred_by(mm, NULL, NULL, zone, order);
}

void mm412_compact_defer(struct mm412 *mm, const struct mm412_zone *zone, int order)
{
	mm412_compact_defer_by(mm, NULL, NULL, zone, order);
}

void mm412_compact_defer_reset(struct mm412 *mm, const struct mm412_zone *zone, int order,
			       bool allocated)
{
	mm412_compact_defer_reset_by(mm, NULL, NULL, zone, order, allocated);
}
