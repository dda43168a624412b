/*
 * For tests of the replay: a trace of two CPUs and four tasks is written event by event, and
 * replayed in a process of its own (SimGrid allows one simulation a process).
 */
#ifndef TESTS_TOOLS_REPLAY_CASE_H
#define TESTS_TOOLS_REPLAY_CASE_H

#include <string.h>

#include "tests/tools/child.h"
#include "tools/replay.h"

static char case_path[64];
static struct trace_writer *case_writer;
static uint64_t case_next_object;

/* Opens the trace; gfp set 0 is GFP_KERNEL. */
static inline void case_begin(void)
{
	static uint16_t cpu_node[2];
	struct trace_header h = { .major = 1,
				  .minor = 1,
				  .clock = TRACE_CLOCK_NS,
				  .clock_hz = 1000000000,
				  .page_size = 4096,
				  .cpus = 2,
				  .nodes = 1,
				  .cpu_node = cpu_node,
				  .synthetic = true };
	struct trace_error err;
	uint32_t task;
	uint16_t gfp;

	strcpy(h.clock_name, "mono");
	snprintf(case_path, sizeof(case_path), "/tmp/replay-test-%ld.pgt", (long)getpid());
	case_writer = trace_writer_open(case_path, &h, 1, &err);
	child_trace_ok(case_writer != NULL, &err);
	for (int32_t pid = 100; pid < 104; pid++)
		child_trace_ok(trace_writer_task(case_writer, pid, "", &task, &err), &err);
	child_trace_ok(trace_writer_gfp(case_writer, "GFP_KERNEL", &gfp, &err), &err);
	case_next_object = 0;
}

static inline void case_end(void)
{
	struct trace_error err;

	child_trace_ok(trace_writer_close(case_writer, false, &err), &err);
}

static inline uint16_t case_gfp(const char *names)
{
	struct trace_error err;
	uint16_t gfp;

	child_trace_ok(trace_writer_gfp(case_writer, names, &gfp, &err), &err);
	return gfp;
}

static inline void case_event(struct trace_event e)
{
	struct trace_error err;

	e.node = TRACE_NODE_LOCAL;
	child_trace_ok(trace_writer_events(case_writer, &e, 1, &err), &err);
}

static inline uint64_t case_alloc_gfp(uint64_t time, uint32_t task, uint16_t cpu,
				      unsigned order, uint16_t gfp)
{
	case_event((struct trace_event){ .time = time,
					 .task = task,
					 .cpu = cpu,
					 .kind = TRACE_ALLOC,
					 .order = (uint8_t)order,
					 .gfp = gfp,
					 .object = case_next_object,
					 .pfn = 4096 * (case_next_object + 1) });
	return case_next_object++;
}

static inline uint64_t case_alloc(uint64_t time, uint32_t task, uint16_t cpu, unsigned order)
{
	return case_alloc_gfp(time, task, cpu, order, 0);
}

static inline void case_free(uint64_t time, uint32_t task, uint16_t cpu, uint64_t object,
			     unsigned order, uint32_t offset)
{
	case_event((struct trace_event){ .time = time,
					 .task = task,
					 .cpu = cpu,
					 .kind = TRACE_FREE,
					 .order = (uint8_t)order,
					 .object = object,
					 .value = offset,
					 .pfn = TRACE_NO_PFN });
}

static inline void case_sysctl(uint64_t time, uint32_t task, uint16_t cpu, const char *text)
{
	struct trace_error err;
	uint32_t index;

	child_trace_ok(trace_writer_text(case_writer, text, &index, &err), &err);
	case_event((struct trace_event){ .time = time,
					 .task = task,
					 .cpu = cpu,
					 .kind = TRACE_SYSCTL,
					 .object = TRACE_NO_OBJECT,
					 .value = index,
					 .pfn = TRACE_NO_PFN });
}

/* An LRU, access or dirty event. */
static inline void case_touch(uint64_t time, uint32_t task, uint16_t cpu, enum trace_kind kind,
			      uint64_t object, uint32_t value)
{
	case_event((struct trace_event){ .time = time,
					 .task = task,
					 .cpu = cpu,
					 .kind = (uint8_t)kind,
					 .object = object,
					 .value = value,
					 .pfn = TRACE_NO_PFN });
}

/*
 * What was written, replayed to its end on a machine of two CPUs that charges for no line; NULL
 * where it could not begin. *ok: it came to its end. case_close() behind it.
 */
static inline struct replay *case_replay(struct replay_options *o, bool *ok,
					 struct replay_error *err)
{
	static struct sim_machine machine;
	static struct sim_memory memory;
	struct trace_error trace_err;
	struct replay *r;

	machine = child_machine(2, 1 << 20);
	o->machine = &machine;
	o->memory = &memory;
	o->trace = trace_reader_open(case_path, &trace_err);
	if (!o->trace)
		_exit(2);
	r = replay_new(o, err);
	*ok = r && replay_run(r, err);
	return r;
}

static inline void case_close(const struct replay_options *o, struct replay *r)
{
	replay_free(r);
	trace_reader_close(o->trace);
}

#endif
