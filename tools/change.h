/*
 * A write of a kernel parameter while the kernel runs, as a scenario asks for it.
 */
#ifndef CHANGE_H
#define CHANGE_H

#include "model/mm_params.h"

struct change {
	uint64_t at_ns;   /* simulated time since the trace's first event */
	const char *name; /* of the row in the kernel's table */
	uint64_t values[MM_PARAM_VALUES];
	unsigned count;
};

#endif
