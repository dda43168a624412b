#include "sim/memory_prefetch.h"

/* Struct pages in 4 KiB of them, as a shift. */
#define REGION_SHIFT 6

/* Neighbours from frame - 2 to frame + 2 that were seen, a bit each. */
#define BELOW_2 1u
#define BELOW_1 2u
#define ITSELF 4u
#define ABOVE_1 8u
#define ABOVE_2 16u

/* Whether there may be a neighbour at all: as a rule there is none. */
static bool any_of_region(const struct sim_memory_prefetch *p, uint32_t region)
{
	uint32_t found = 0;

	for (unsigned i = 0; i < SIM_MEMORY_PREFETCH_SEEN; i++)
		found |= p->region[i] == region;
	return found;
}

static unsigned neighbours(const struct sim_memory_prefetch *p, uint32_t region, uint32_t at)
{
	unsigned found = 0;

	for (unsigned i = 0; i < SIM_MEMORY_PREFETCH_SEEN; i++) {
		uint32_t apart = p->at[i] + 2u - at;

		if (p->region[i] == region && apart <= 4)
			found |= 1u << apart;
	}
	return found;
}

enum sim_memory_prefetch_how sim_memory_prefetch_miss(struct sim_memory_prefetch *p,
						      uint64_t frame)
{
	uint32_t region = (uint32_t)(frame >> REGION_SHIFT) + 1,
		 at = (uint32_t)frame & ((1u << REGION_SHIFT) - 1);
	unsigned found = any_of_region(p, region) ? neighbours(p, region, at) : 0;

	if (!(found & ITSELF)) {
		p->region[p->next] = region;
		p->at[p->next] = (uint8_t)at;
		p->next = (p->next + 1) % SIM_MEMORY_PREFETCH_SEEN;
	}
	if ((found & (BELOW_2 | BELOW_1)) == (BELOW_2 | BELOW_1) ||
	    (found & (ABOVE_1 | ABOVE_2)) == (ABOVE_1 | ABOVE_2))
		return SIM_MEMORY_PREFETCH_STREAM;
	return found & (frame & 1 ? BELOW_1 : ABOVE_1) ? SIM_MEMORY_PREFETCH_PAIR
						       : SIM_MEMORY_PREFETCH_NONE;
}

uint32_t sim_memory_prefetch_cycles(const struct sim_memory_place *place,
				    struct sim_memory_prefetch *p, uint64_t frame,
				    unsigned level, uint32_t cycles)
{
	enum sim_memory_prefetch_how how;
	unsigned near;

	if (!place->prefetch || level == SIM_MEMORY_L1)
		return cycles;
	how = sim_memory_prefetch_miss(p, frame);
	if (how == SIM_MEMORY_PREFETCH_NONE || level >= SIM_MEMORY_LEVELS)
		return cycles;
	near = how == SIM_MEMORY_PREFETCH_STREAM ? SIM_MEMORY_L1 : level - 1;
	while (near > SIM_MEMORY_L1 && !place->lines[near])
		near--;
	return place->lines[near] && place->cycles[near] < cycles ? place->cycles[near]
								  : cycles;
}
