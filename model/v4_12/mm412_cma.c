/*
 * CMA areas: memory that a driver will want in one piece, and that movable pages may use
 * until then. Set aside before the allocator gets its memory, and handed over to it when
 * watermarks and counters stand already, so that those are computed without the areas.
 *
 * Kernel: cma_init_reserved_mem(), cma_activate_area(), init_cma_reserved_pageblock().
 * alloc_contig_range(), through which the driver takes the memory back, is not modelled.
 */
#include <inttypes.h>
#include <stdio.h>

#include "model/v4_12/mm412.h"

static bool refuse(const struct mm_cma *area, const char *what, char *text, size_t size)
{
	snprintf(text, size, "the CMA area of node %u from frame %" PRIu64 " to %" PRIu64 " %s",
		 area->nid, area->start, area->end, what);
	return false;
}

static bool meets(const struct mm_cma *area, const struct mm_span *spans, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (spans[i].start < area->end && area->start < spans[i].end)
			return true;
	return false;
}

static const struct mm412_zone *zone_around(const struct mm412 *mm, const struct mm_cma *area)
{
	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct mm412_zone *zone = &mm->zones[i];

		if (zone->nid == area->nid && zone->start <= area->start &&
		    area->end <= zone->end)
			return zone;
	}
	return NULL;
}

bool mm412_cma_check(const struct mm412 *mm, const struct mm_machine *machine, char *text,
		     size_t size)
{
	for (unsigned i = 0; i < machine->ncma; i++) {
		const struct mm_cma *area = &machine->cma[i];

		if (area->start >= area->end || area->start % MM412_MAX_BLOCK ||
		    area->end % MM412_MAX_BLOCK)
			return refuse(area, "is not made of whole blocks of 1024 frames", text,
				      size);
		if (!zone_around(mm, area))
			return refuse(area, "lies in no zone of its node", text, size);
		if (meets(area, machine->holes, machine->nholes) ||
		    meets(area, machine->reserved, machine->nreserved))
			return refuse(area, "has holes or reserved memory", text, size);
		for (unsigned k = 0; k < i; k++)
			if (machine->cma[k].start < area->end &&
			    area->start < machine->cma[k].end)
				return refuse(area, "overlaps another one", text, size);
	}
	return true;
}

void mm412_cma_activate(struct mm412 *mm, const struct mm_machine *machine, bool empty)
{
	struct sim_memory costless = { 0 };
	struct sim_cpu cpu = { .memory = &costless };

	for (unsigned i = 0; i < machine->ncma; i++)
		for (uint64_t at = machine->cma[i].start; at < machine->cma[i].end;
		     at += MM412_BLOCK_FRAMES) {
			struct mm412_zone *zone = mm412_pageblock_zone(mm, at);
			uint32_t slot = mm412_slot(mm, at);

			mm412_pageblock_set(mm, slot, MM412_CMA);
			if (!empty)
				mm412_buddy_give(mm, zone, &zone->pcps[0], &cpu, slot,
						 MM412_BLOCK_ORDER, MM412_CMA);
			zone->managed += MM412_BLOCK_FRAMES;
		}
}
