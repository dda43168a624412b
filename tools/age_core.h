/* Between age.c, which fills zones, and age_shape.c, which frees what is to be free. */
#ifndef AGE_CORE_H
#define AGE_CORE_H

#include "sim/port_direct.h"
#include "tools/age.h"
#include "traces/trace_gen_math.h"

enum age_kind { AGE_ANON, AGE_FILE, AGE_SLAB, AGE_UNMOVABLE, AGE_KINDS };

/* What was asked for, and is not given back. */
struct age_block {
	uint32_t frame; /* from the zone's first on */
	uint8_t order, kind;
	bool gone;
};

struct age_work {
	const struct age *age;
	const struct mm_policy *policy;
	void *mm;
	const struct sim_machine *machine;
	struct trace_gen_math draw;
	const struct mm_snapshot *snap; /* of the booted kernel */

	/* The zone at hand. */
	unsigned zone;
	uint64_t start;            /* its first frame */
	uint32_t flags[AGE_KINDS]; /* of requests for it */
	struct sim_cpu cpu;
	uint32_t turns;                /* operations until another CPU takes over */
	struct age_block *blocks[256]; /* [zone] */
	uint64_t nblocks[256], cap[256];
	uint32_t *taken; /* [regions of 2^order frames] frames that are not free */
	bool *open;      /* [regions] to be free as a whole */
	uint64_t nregions;
	uint64_t base; /* the frame that regions count from */
	struct age_zone *report;
	bool failed; /* out of memory */
};

/* Free pages of the zone's lists, those in blocks of the goal's order or larger apart. */
void age_count(struct age_work *w, uint64_t *small, uint64_t *large);
/* Asks for a block of the zone; false: none came, or one of another zone. */
bool age_ask(struct age_work *w, enum age_kind kind, unsigned order);
/* Gives the zone's block back. */
void age_give(struct age_work *w, struct age_block *b);
/* After the zone was filled: false, and a sentence, when the goal is out of reach. */
bool age_shape(struct age_work *w, char *text, size_t size);

#endif
