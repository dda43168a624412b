/* What trace_check.c and its salvaging share. */
#ifndef TRACE_CHECK_H
#define TRACE_CHECK_H

#include "traces/trace_error.h"

struct trace_check_good {
	uint64_t blocks, events, truths; /* in whole blocks before the damage */
	uint64_t last_time;
};

/* Writes the first events of `from` to a new file, and its truth up to the last of them. */
bool trace_check_salvage(const char *from, const char *to, const struct trace_check_good *good,
			 struct trace_error *err);

#endif
