/*
 * What nearly all requests and frees are, where lines have flat prices: single pages that come
 * from and go to their CPU's list. The long way of all others is in mm412_alloc.c, and charges
 * bit by bit what is charged at once here.
 *
 * Kernel: as mm412_alloc.c.
 */
#ifndef MM412_USUAL_H
#define MM412_USUAL_H

#include "model/v4_12/mm412.h"

#define MM412_USUAL __attribute__((always_inline)) static inline

/* Where a request begins to look. */
MM412_USUAL const struct mm412_zonelist *mm412_usual_zonelist(const struct mm412 *mm,
							      unsigned nid, uint32_t gfp)
{
	assert(nid < mm->nnodes && mm->nodes[nid].online);
	return &mm->nodes[nid]
			.lists[gfp & MM412_GFP_THISNODE ? MM412_NOFALLBACK : MM412_FALLBACK];
}

/* What mm412_alloc.c's passes() and take() charge bit by bit; nothing on the way looks at the
 * clock. `neighbour`: the next one on the list is a page, too. */
MM412_USUAL void mm412_usual_charge(const struct mm412 *mm, struct sim_cpu *cpu, bool neighbour)
{
	const struct mm412_costs *c = &mm->cost;
	const uint32_t *flat = cpu->memory->flat_cycles;
	uint64_t lines = (uint64_t)flat[SIM_LINE_STAT] + flat[SIM_LINE_MARKS] +
			 flat[SIM_LINE_PCP] + ((uint64_t)flat[SIM_LINE_PAGE] << neighbour);

	cpu->due += *c->alloc_entry + *c->zone_step + *c->watermark + *c->irq + *c->pcp_take +
		    *c->statistics + *c->prep + lines;
	cpu->part[SIM_PART_MEMORY] += lines;
}

/* The zone of such a request: its first one, above the mark, whose list of the CPU has a page.
 * NULL: it is another request. Links below frame0 are heads. */
MM412_USUAL struct mm412_zone *mm412_usual_zone(const struct mm412 *mm,
						const struct sim_cpu *cpu,
						struct mm_request req, unsigned type)
{
	const struct mm412_zoneref *ref =
		mm412_usual_zonelist(mm, req.node, req.gfp)->first[mm412_gfp_zone(mm, req.gfp)];
	struct mm412_zone *zone = ref->zone;

	if (!zone || zone->nr_free_cma > 0 ||
	    (uint64_t)mm412_vmstat_nr_free(zone) <=
		    zone->mark_and_reserve[MM412_WMARK_LOW][ref->idx] ||
	    zone->pcps[cpu->id].list[type].next < mm->frame0)
		return NULL;
	return zone;
}

/* The list's first page. */
MM412_USUAL uint32_t mm412_usual_take(struct mm412 *mm, struct mm412_zone *zone,
				      struct sim_cpu *cpu, unsigned type)
{
	struct mm412_pcp *pcp = &zone->pcps[cpu->id];
	uint32_t slot = pcp->list[type].next;
	struct mm_slot *s = &mm->s[slot];

	mm412_usual_charge(mm, cpu, s->next >= mm->frame0);
	mm_list_del(mm->s, slot);
	/* The next request will write to the page behind its own. */
	__builtin_prefetch(&mm->s[mm->s[s->next].next], 1);
	pcp->count--;
	mm412_pcp_scout(mm, zone, type);
	s->tag = mm412_tag(MM412_USED, 0, zone->id);
	s->use = 0;
	zone->events.pgalloc++;
	mm412_vmstat_statistics(mm, zone, zone, cpu);
	return slot;
}

/* A single page, of a pageblock of that type, becomes the first one of its CPU's list. */
MM412_USUAL void mm412_usual_give(struct mm412 *mm, struct mm412_zone *zone,
				  struct sim_cpu *cpu, uint32_t slot, unsigned type)
{
	const struct mm412_costs *c = &mm->cost;
	const uint32_t *flat = cpu->memory->flat_cycles;
	struct mm412_pcp *pcp = &zone->pcps[cpu->id];
	bool neighbour = pcp->list[type].next >= mm->frame0;
	uint64_t lines = (uint64_t)flat[SIM_LINE_BLOCK] + flat[SIM_LINE_PCP] +
			 ((uint64_t)flat[SIM_LINE_PAGE] << neighbour);

	cpu->due += *c->free_entry + *c->irq + *c->pcp_give + lines;
	cpu->part[SIM_PART_MEMORY] += lines;
	mm->s[slot].type = (uint8_t)type;
	mm->s[slot].use = 0;
	mm->s[slot].tag = mm412_tag(MM412_ON_PCP, 0, zone->id);
	mm_list_add(mm->s, mm412_pcp_head(mm, pcp, type), slot);
	zone->events.pgfree++;
	if (++pcp->count >= zone->pcp_high)
		mm412_pcp_drain_some(mm, zone, pcp, cpu, zone->pcp_batch);
}

#endif
