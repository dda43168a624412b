/*
 * What a trace made of others takes over from one of them: dictionary entries, by the numbers
 * that they have in the new one.
 */
#ifndef TRACE_COPY_H
#define TRACE_COPY_H

#include "traces/trace_error.h"

struct trace_copy_map {
	uint32_t *number; /* by the number in the old trace, + 1; 0 = not taken over yet */
	uint32_t cap;
};

struct trace_copy {
	const struct trace_reader *reader;
	struct trace_writer *writer;
	struct trace_copy_map gfps, texts, tasks;
	int64_t pid_add; /* what pids become higher by; those <= 0, of idle tasks, stay */
};

void trace_copy_free(struct trace_copy *c);

bool trace_copy_gfp(struct trace_copy *c, uint16_t *gfp, struct trace_error *err);
bool trace_copy_text(struct trace_copy *c, uint32_t *text, struct trace_error *err);
bool trace_copy_task(struct trace_copy *c, uint32_t *task, struct trace_error *err);
/* All that an event names but its object. */
bool trace_copy_event(struct trace_copy *c, struct trace_event *e, struct trace_error *err);

#endif
