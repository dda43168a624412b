/* What the files of the 2.4.0 replayer share; nobody else needs it. */
#ifndef GOLD24_STEP_H
#define GOLD24_STEP_H

#include "model/v2_4/mm24_policy.h"
#include "model/v2_4/mm24_probe.h"
#include "tools/gold24_sched.h"
#include "tools/gold_step.h"

/* In a request's flags: PF_MEMALLOC of the task that asks, beside the gfp bits. */
#define GOLD24_STEP_MEMALLOC 0x80000000u

struct gold24 {
	struct gold gold;
	struct mm_machine machine; /* the header's, with what parameters add */
	uint16_t pgdat_list[MM_MAX_NODES];
	struct mm24_params params;
	struct mm24_probe_setup setup;
	struct gold24_sched sched;
};

static inline struct gold24 *gold24_of(struct gold *r)
{
	return (struct gold24 *)r;
}

/* What the word or words at that place mean; false when there is no such thing. */
bool gold24_step_zone(const struct gold_step *s, unsigned at, struct mm24_probe_zone *zone);
bool gold24_step_in_use(const struct gold_step *s, unsigned at, uint64_t *frame);
bool gold24_step_flag(const struct gold_step *s, unsigned at, bool *flag); /* 0 or 1 */
/* r or w */
bool gold24_step_access(const struct gold_step *s, unsigned at, bool *write);
/* "= NUMBER", the line's last two words. */
bool gold24_step_wanted(const struct gold_step *s, unsigned at);

extern const struct gold_record gold24_ops[], gold24_pages[], gold24_spaces[], gold24_state[],
	gold24_derived[];

#endif
