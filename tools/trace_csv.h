/*
 * A trace as the CSV that `trace import` reads (docs/trace-import.md): events and truth stream
 * in one, by time. Memory grows with the number of objects: a free is written with its frame.
 */
#ifndef TRACE_CSV_H
#define TRACE_CSV_H

#include "traces/trace.h"

/* Two readers of the file `path`, each at its begin. *skipped counts events that the format has
 * no name for (steps, task starts and the like). False also for traces without frames. What was
 * written to stdout is for the caller to check. */
bool trace_csv_write(const char *path, struct trace_reader *events, struct trace_reader *truths,
		     uint64_t *skipped, struct trace_error *err);

#endif
