/*
 * events.txt: what a run did, as ftrace prints it: the kernel's tracepoint names and fields,
 * so that the scripts people have read it. docs/result-format.md says which events there are
 * and what differs from a kernel's.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdio.h>

#include "model/mm_policy.h"
#include "traces/trace.h"

#define EVENTS_DAEMON_PID 2 /* kthreadd's: daemons have no pid of their own here */

/* Sets of events, as `output.events` names them; events_groups ends with NULL. */
enum events_group {
	EVENTS_KMEM,
	EVENTS_VMSCAN,
	EVENTS_COMPACTION,
	EVENTS_OOM,
	EVENTS_TRACE, /* no kernel's: those of the trace that is replayed (traces/trace_lines.h)
		       */
	EVENTS_GROUPS
};
#define EVENTS_OF_KERNELS ((1u << EVENTS_TRACE) - 1) /* all of them */
extern const char *const events_groups[];

/* How lines look: as with ftrace's option noirq-info, without the column of flags, which some
 * scripts do not know; and with stamps of ns, which lose nothing on the way back into a trace.
 */
enum events_format { EVENTS_NOIRQ_INFO = 1, EVENTS_NS = 2 };
extern const char *const events_formats[]; /* names of bits 0, 1; ends with NULL */

struct events {
	FILE *out;
	unsigned format; /* a set of enum events_format */
	unsigned groups; /* bit g: enum events_group g */
	uint64_t mhz;
	const struct mm_policy *policy;
	const char *const *zones; /* names by zone type: events_zones() */
	/* The pid and name of a task number. */
	const struct trace_task *(*task)(void *ctx, uint32_t number);
	/* Of whoever runs on that CPU, a daemon perhaps; good until the next call. */
	const struct trace_task *(*runner)(void *ctx, const struct sim_cpu *cpu);
	void *ctx;
};

/* 4.12's zone types of a processor. */
const char *const *events_zones(enum mm_arch arch);

/* The heading of such a file. */
void events_begin(const struct events *e);
/* An event of the kernel model; task UINT32_MAX = of whoever runs there. */
void events_tell(const struct events *e, const struct sim_cpu *cpu, uint32_t task,
		 const struct mm_event *event);
/* The head of a line of the trace's own; what follows the name is the caller's. */
void events_own(const struct events *e, const struct sim_cpu *cpu, uint32_t task,
		const char *name);
/* mm_page_alloc (frame MM_NO_FRAME = it failed) and mm_page_free of the trace's tasks. */
void events_alloc(const struct events *e, const struct sim_cpu *cpu, uint32_t task,
		  struct mm_grant g, const struct mm_request *request, unsigned type);
void events_free(const struct events *e, const struct sim_cpu *cpu, uint32_t task,
		 uint64_t frame, unsigned order);

#endif
