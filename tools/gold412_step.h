/* What the files of the 4.12.0 replayer share; nobody else needs it. */
#ifndef GOLD412_STEP_H
#define GOLD412_STEP_H

#include "model/v4_12/mm412_policy.h"
#include "model/v4_12/mm412_probe.h"
#include "tools/gold_step.h"

#define GOLD412_TYPES 6 /* the last two with CMA only */

struct gold412 {
	struct gold gold;
	struct mm412_params params;
	enum mm412_probe_reclaim reclaim;
	const char *ratio; /* lowmem_reserve_ratio of that kernel's boot */
	bool movable_on_lru;
	bool min_free_zero; /* the sysctl was written with 0, which is no preset of ours */
};

static inline struct gold412 *gold412_of(struct gold *r)
{
	return (struct gold412 *)r;
}

/* The node and zone at that place; false when there is no such zone. */
bool gold412_step_zone(const struct gold_step *s, unsigned at, struct mm412_probe_zone *zone);

extern const struct gold_record gold412_ops[], gold412_derived[];
enum gold_outcome gold412_derived_comment(struct gold_step *s);

#endif
