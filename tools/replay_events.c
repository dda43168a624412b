/*
 * The replay's side of events.txt: whose pid and name a task number has, and what the trace's
 * own requests and frees are as events.
 */
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

void replay_events_open(struct replay *r)
{
	if (!r->o.events)
		return;
	r->events = *r->o.events;
	r->events.task = task_of;
	r->events.ctx = r;
	events_begin(&r->events);
}

void replay_events_alloc(const struct replay *r, const struct sim_cpu *cpu,
			 const struct replay_event *e, uint32_t number, struct mm_grant g)
{
	const struct mm_request request = { .gfp = r->gfps[e->gfp].flags, .order = e->order };

	events_alloc(&r->events, cpu, number, g, &request, r->gfps[e->gfp].type);
}

void replay_events_free(const struct replay *r, const struct sim_cpu *cpu, uint32_t number,
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
