/*
 * What a scenario asks for while the kernel runs: a write of a kernel parameter, or that page
 * frames are isolated or no longer so.
 */
#ifndef CHANGE_H
#define CHANGE_H

#include "model/mm_params.h"

enum change_what { CHANGE_SYSCTL, CHANGE_ISOLATE, CHANGE_UNISOLATE };

struct change {
	uint64_t at_ns;   /* simulated time since the trace's first event */
	const char *name; /* of the row in the kernel's table; a sysctl's alone */
	uint64_t values[MM_PARAM_VALUES]; /* of isolation: first frame, pageblocks */
	unsigned count;
	enum change_what what;
};

#endif
