#include "sim/memory_prefetch.h"

/* Struct pages in 4 KiB of them. */
#define REGION 64u

/* Neighbours from frame - 2 to frame + 2 that were seen, a bit each. */
#define BELOW_2 1u
#define BELOW_1 2u
#define ITSELF 4u
#define ABOVE_1 8u
#define ABOVE_2 16u

/* Whether there may be a neighbour at all: as a rule there is none. Without branches, so that
 * all are looked at together. */
static bool any_near(const struct sim_memory_prefetch *p, uint32_t lowest)
{
	uint32_t found = 0;

	for (unsigned i = 0; i < SIM_MEMORY_PREFETCH_SEEN; i++)
		found |= ((p->seen[i] - lowest) & ~7u) == 0;
	return found;
}

static unsigned neighbours(const struct sim_memory_prefetch *p, uint32_t at)
{
	unsigned found = 0;

	for (unsigned i = 0; i < SIM_MEMORY_PREFETCH_SEEN; i++) {
		uint32_t apart = p->seen[i] + 2 - at;

		if (apart <= 4 && (p->seen[i] ^ at) < REGION)
			found |= 1u << apart;
	}
	return found;
}

enum sim_memory_prefetch_how sim_memory_prefetch_miss(struct sim_memory_prefetch *p,
						      uint64_t frame)
{
	uint32_t at = (uint32_t)frame + REGION;
	unsigned found = any_near(p, at - 2) ? neighbours(p, at) : 0;

	if (!(found & ITSELF)) {
		p->seen[p->next] = at;
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
