#include "traces/trace_stop.h"

#include <stddef.h>

static const volatile sig_atomic_t *asked;

void trace_stop_when(const volatile sig_atomic_t *flag)
{
	asked = flag;
}

bool trace_stop(struct trace_error *err)
{
	return asked && *asked && !trace_error_set(err, TRACE_STOPPED, "interrupted");
}
