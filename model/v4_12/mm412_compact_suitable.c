/*
 * Whether compaction of a zone could help a request.
 *
 * Kernel: compaction_suitable(), __compaction_suitable().
 */
#include "model/v4_12/mm412_sleep.h"

enum mm412_compact_result mm412_compact_suitable_with(const struct mm412_zone *zone, int order,
						      unsigned alloc_flags, unsigned classzone,
						      int64_t free)
{
	unsigned mark = alloc_flags & MM412_WMARK_MASK;
	uint64_t needed;

	if (order < 0)
		return MM412_COMPACT_CONTINUE;
	if (mm412_watermark_exact(zone, (unsigned)order, zone->watermark[mark], classzone,
				  alloc_flags, mm412_vmstat_nr_free(zone)))
		return MM412_COMPACT_SUCCEEDED;
	/* Pages to move to are taken one by one, as if they were allocated. */
	mark = order > (int)MM412_COSTLY_ORDER ? MM412_WMARK_LOW : MM412_WMARK_MIN;
	needed = zone->watermark[mark] + mm412_compact_gap((unsigned)order);
	if (!mm412_watermark_exact(zone, 0, needed, classzone, MM412_USE_CMA, free))
		return MM412_COMPACT_SKIPPED;
	return MM412_COMPACT_CONTINUE;
}

/* A costly request would fail for want of memory rather than for fragmentation. */
static bool lacks_memory(const struct mm412 *mm, const struct mm412_zone *zone, int order)
{
	int index;

	if (order <= (int)MM412_COSTLY_ORDER)
		return false;
	index = mm412_compact_index(mm, zone, (unsigned)order);
	return index >= 0 && index <= (int)mm->params.extfrag_threshold[0];
}

static enum mm412_compact_result judge(const struct mm412 *mm, const struct mm412_zone *zone,
				       int order, unsigned alloc_flags, unsigned classzone)
{
	enum mm412_compact_result result = mm412_compact_suitable_with(
		zone, order, alloc_flags, classzone, mm412_vmstat_nr_free(zone));

	if (result == MM412_COMPACT_CONTINUE && lacks_memory(mm, zone, order))
		return MM412_COMPACT_NOT_SUITABLE_ZONE;
	return result;
}

/* The difference is of interest to those who listen, no more. */
static enum mm412_compact_result as_result(enum mm412_compact_result judgement)
{
	return judgement == MM412_COMPACT_NOT_SUITABLE_ZONE ? MM412_COMPACT_SKIPPED : judgement;
}

enum mm412_compact_result mm412_compact_suitable(const struct mm412 *mm,
						 const struct mm412_zone *zone, int order,
						 unsigned alloc_flags, unsigned classzone)
{
	return as_result(judge(mm, zone, order, alloc_flags, classzone));
}

enum mm412_compact_result mm412_compact_suitable_by(struct mm412 *mm, struct sim_cpu *cpu,
						    const struct mm412_task *task,
						    const struct mm412_zone *zone, int order,
						    unsigned alloc_flags, unsigned classzone)
{
	enum mm412_compact_result judgement = judge(mm, zone, order, alloc_flags, classzone);

	mm412_touch_marks(cpu, zone);
	mm412_tell(mm, cpu, task,
		   (struct mm_event){ MM_EVENT_COMPACTION_SUITABLE,
				      { zone->nid, zone->idx, order, judgement } });
	return as_result(judgement);
}
