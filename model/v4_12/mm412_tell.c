/*
 * What is told of blocks that change hands under a zone's lock. Who runs there is not known
 * down here: whoever listens knows it.
 *
 * Kernel: the places of the tracepoints mm_page_alloc_zone_locked, mm_page_pcpu_drain and
 * mm_page_alloc_extfrag.
 */
#include "model/v4_12/mm412_tell.h"

#include "model/v4_12/mm412_sleep_state.h"

#define COLD __attribute__((cold, noinline))

COLD void mm412_tell_taken(struct mm412 *mm, const struct sim_cpu *cpu, uint32_t slot,
			   unsigned order, unsigned type)
{
	int64_t frame = slot == MM412_NONE ? -1 : (int64_t)mm412_frame(mm, slot);

	mm412_tell(
		mm, cpu, NULL,
		(struct mm_event){ MM_EVENT_ZONE_LOCKED, { frame, order, type, order == 0 } });
}

COLD void mm412_tell_drained(struct mm412 *mm, const struct sim_cpu *cpu, uint32_t slot,
			     unsigned type)
{
	mm412_tell(mm, cpu, NULL,
		   (struct mm_event){ MM_EVENT_PCPU_DRAIN,
				      { (int64_t)mm412_frame(mm, slot), 0, type } });
}

COLD void mm412_tell_stolen(struct mm412 *mm, const struct sim_cpu *cpu, uint32_t slot,
			    unsigned order, unsigned found, unsigned type, unsigned source)
{
	mm412_tell(
		mm, cpu, NULL,
		(struct mm_event){ MM_EVENT_EXTFRAG,
				   { (int64_t)mm412_frame(mm, slot), order, found,
				     MM412_BLOCK_ORDER, type, source, found < MM412_BLOCK_ORDER,
				     mm412_block_type(mm, slot) == type } });
}
