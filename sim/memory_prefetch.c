#include "sim/memory_prefetch.h"

/* Two above (bits 1 and 2) or two below (3 and 4) are a stream; what makes a pair of 128 bytes
 * is the one above an even frame (1) and the one below an odd one (4). */
#define NONE SIM_MEMORY_PREFETCH_NONE
#define PAIR SIM_MEMORY_PREFETCH_PAIR
#define STREAM SIM_MEMORY_PREFETCH_STREAM
#define HOW(seen, pair)                                                                        \
	(((seen) >> 1 & 3) == 3 || ((seen) >> 3 & 3) == 3 ? STREAM                             \
	 : (seen) >> (pair)&1                             ? PAIR                               \
							  : NONE)
#define FOUR(seen, pair)                                                                       \
	HOW(seen, pair), HOW((seen) + 1, pair), HOW((seen) + 2, pair), HOW((seen) + 3, pair)
#define SIXTEEN(seen, pair)                                                                    \
	FOUR(seen, pair), FOUR((seen) + 4, pair), FOUR((seen) + 8, pair),                      \
		FOUR((seen) + 12, pair)
#define ALL(pair) SIXTEEN(0, pair), SIXTEEN(16, pair), SIXTEEN(32, pair), SIXTEEN(48, pair)

const uint8_t sim_memory_prefetch_hows[2][64] = { { ALL(1) }, { ALL(4) } };

uint64_t sim_memory_prefetch_look(const struct sim_memory_prefetch *p, uint32_t region)
{
	/*
	 * One by one, hence volatile: a vector of them would have the host wait until the last
	 * one noted has left its store buffer, behind all that misses its cache.
	 */
	const volatile uint32_t *seen = p->seen;
	uint64_t pages = 0;

	for (unsigned i = 0; i < SIM_MEMORY_PREFETCH_SEEN; i++) {
		uint32_t at = seen[i];

		pages |= (uint64_t)(at / SIM_MEMORY_PREFETCH_REGION == region)
			 << at % SIM_MEMORY_PREFETCH_REGION;
	}
	return pages;
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
