/* Whether two steps of a trace say the same; bytes between members do not count. */
#ifndef SAME_STEP_H
#define SAME_STEP_H

#include "traces/trace.h"

static inline bool same_step(const struct trace_step *a, const struct trace_step *b)
{
	return a->time == b->time && a->pfn == b->pfn && a->value[0] == b->value[0] &&
	       a->value[1] == b->value[1] && a->value[2] == b->value[2] && a->cpu == b->cpu &&
	       a->kind == b->kind && a->order == b->order && a->type == b->type;
}

#endif
