/* Whether whoever calls this folder was asked to stop: trace_stop_when() in trace.h. */
#ifndef TRACE_STOP_H
#define TRACE_STOP_H

#include "traces/trace_error.h"

/* True, with TRACE_STOPPED in err: reading and writing end here. */
bool trace_stop(struct trace_error *err);

#endif
