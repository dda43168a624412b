/*
 * The replay's side of events.txt: whose pid and name a task number has, and what the trace's
 * own requests and frees are as events.
 */
#include "tools/replay_lines.h"
#include "tools/replay_world.h"

static const struct trace_task *task_of(void *ctx, uint32_t number)
{
	static const struct trace_task nobody = { .pid = 0, .comm = "<idle>" };
	const struct replay *r = ctx;
	const struct trace_task *t = NULL;

	if (number >= r->first_task)
		t = trace_reader_task(r->o.trace, number - r->first_task);
	return t ? t : &nobody;
}

/* Names are cut at the length that the kernel cuts them at. */
static const struct trace_task *daemon_named(struct replay *r, const char *name)
{
	r->event_runner = (struct trace_task){ .pid = EVENTS_DAEMON_PID };
	snprintf(r->event_runner.comm, sizeof(r->event_runner.comm), "%.15s", name);
	return &r->event_runner;
}

/* A CPU that is neither an actor's nor the engine's is one where a work item runs. */
static const struct trace_task *runner_of(void *ctx, const struct sim_cpu *cpu)
{
	struct replay *r = ctx;
	uint32_t task;
	const char *name;
	char worker[24];

	if (cpu->on_actor) {
		name = sim_engine_who(cpu, &task);
		return name ? daemon_named(r, name) : task_of(r, task);
	}
	if (cpu == sim_engine_cpu(r->engine, cpu->id))
		return task_of(r, r->event_task);
	snprintf(worker, sizeof(worker), "kworker/%u:0", cpu->id);
	return daemon_named(r, worker);
}

void replay_events_open(struct replay *r)
{
	if (!r->o.events)
		return;
	r->events = *r->o.events;
	r->events.task = task_of;
	r->events.runner = runner_of;
	r->events.ctx = r;
	events_begin(&r->events);
}

/* These two are seldom wanted: not inline, they take no registers from who calls them. */
__attribute__((noinline)) void replay_events_alloc(const struct replay *r,
						   const struct sim_cpu *cpu,
						   const struct replay_event *e,
						   uint32_t number, uint64_t frame)
{
	const struct mm_request request = { .gfp = r->gfps[e->gfp].flags, .order = e->order };
	const struct mm_grant g = { .frame = frame,
				    .verdict = frame == MM_NO_FRAME ? MM_FAILED : MM_DONE };

	events_alloc(&r->events, cpu, number, g, &request, r->gfps[e->gfp].type);
}

__attribute__((noinline)) void replay_events_free(const struct replay *r,
						  const struct sim_cpu *cpu, uint32_t number,
						  uint64_t frame, unsigned order)
{
	if (frame != MM_NO_FRAME)
		events_free(&r->events, cpu, number, frame, order);
}

void replay_events_tell(void *ctx, const struct sim_cpu *cpu, uint32_t task,
			const struct mm_event *event)
{
	const struct replay *r = ctx;

	events_tell(&r->events, cpu, task, event);
}

enum sim_step replay_events_step(void *ctx, struct sim_cpu *cpu, uint32_t task)
{
	struct replay *r = ctx;

	enum sim_step step;

	r->event_task = task;
	replay_lines_begin(r, cpu, task);
	step = r->event_step(ctx, cpu, task);
	replay_lines_done(r, task);
	return step;
}
