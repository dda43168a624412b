/*
 * Tasks whose next event frees an object that another task has not allocated yet: they wait.
 */
#include <stdlib.h>

#include "tools/replay_core.h"

bool replay_waiters_add(struct replay *r, uint64_t object, struct objects_entry *place,
			uint32_t task, uint16_t cpu)
{
	if (r->nwaiters == r->waiters_room) {
		uint64_t room = r->waiters_room ? 2 * r->waiters_room : 16;
		struct replay_waiter *waiters = realloc(r->waiters, room * sizeof(*waiters));

		if (!waiters)
			return replay_core_fail(r, TRACE_SYSTEM, "out of memory");
		r->waiters = waiters;
		r->waiters_room = room;
	}
	place->awaited = true;
	r->waiters[r->nwaiters++] = (struct replay_waiter){ object, task, cpu };
	r->tasks.tasks[task].waiting = true;
	r->counts.free_waits++;
	return true;
}

void replay_waiters_release(struct replay *r, uint64_t object, uint64_t date)
{
	uint64_t kept = 0;

	for (uint64_t i = 0; i < r->nwaiters; i++) {
		struct replay_waiter w = r->waiters[i];
		struct replay_task *task = &r->tasks.tasks[w.task];

		if (w.object != object) {
			r->waiters[kept++] = w;
			continue;
		}
		task->waiting = false;
		if (date > task->ready) {
			r->counts.free_wait_cycles += date - task->ready;
			task->shift += date - task->ready;
			task->ready = date;
		}
		sim_engine_ready(r->engine, w.cpu, w.task, task->ready);
	}
	r->nwaiters = kept;
}
