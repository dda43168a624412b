#include "sim/memory_prefetch.h"

#define REGION SIM_MEMORY_PREFETCH_REGION

/* Neighbours that were seen. */
#define ABOVE_2 1u
#define ABOVE_1 2u
#define ITSELF 4u
#define BELOW_1 8u
#define BELOW_2 16u
#define ALL 31u

/* Those of the same 4 KiB. */
static unsigned same_region(uint32_t at)
{
	unsigned place = at % REGION;

	if (place < 2)
		return ALL >> (2 - place);
	return place + 2 < REGION ? ALL : ALL << (place + 3 - REGION) & ALL;
}

enum sim_memory_prefetch_how sim_memory_prefetch_near(struct sim_memory_prefetch *p,
						      uint64_t frame, unsigned found)
{
	uint32_t at = (uint32_t)frame + REGION;

	found &= same_region(at);
	if (!(found & ITSELF))
		sim_memory_prefetch_note(p, at);
	if ((found & (BELOW_2 | BELOW_1)) == (BELOW_2 | BELOW_1) ||
	    (found & (ABOVE_1 | ABOVE_2)) == (ABOVE_1 | ABOVE_2))
		return SIM_MEMORY_PREFETCH_STREAM;
	return found & (frame & 1 ? BELOW_1 : ABOVE_1) ? SIM_MEMORY_PREFETCH_PAIR
						       : SIM_MEMORY_PREFETCH_NONE;
}

static uint32_t price(const struct sim_memory_place *place, unsigned level, unsigned near)
{
	unsigned from = SIM_MEMORY_L1;

	for (unsigned i = from; i < level && i <= near; i++)
		from = place->lines[i] ? i : from;
	return place->prefetch && place->lines[from] &&
			       place->cycles[from] < place->cycles[level]
		       ? place->cycles[from]
		       : place->cycles[level];
}

void sim_memory_prefetch_price(const struct sim_memory_place *place,
			       struct sim_memory_prefetch_costs *costs)
{
	for (unsigned level = 0; level < SIM_MEMORY_LEVELS; level++) {
		uint32_t *cycles = costs->cycles[level];

		cycles[SIM_MEMORY_PREFETCH_NONE] = place->cycles[level];
		cycles[SIM_MEMORY_PREFETCH_PAIR] = price(place, level, level ? level - 1 : 0);
		cycles[SIM_MEMORY_PREFETCH_STREAM] = price(place, level, SIM_MEMORY_L1);
	}
}
