#include "tools/replay_lines.h"

#include <stdlib.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/replay_saved.h"
#include "traces/trace_lines.h"

struct line {
	struct trace_event e;
	uint64_t number;
	uint32_t next; /* in the pool; 0 = none */
	bool idle;     /* nothing is done: it stands in front of the task's next one */
};

struct queue {
	uint32_t head, tail;
	bool again; /* the operation under way has its line, and had to wait */
};

struct replay_lines {
	struct trace_lines *out;
	struct line *pool; /* entry 0 is never used */
	uint32_t *free;
	uint32_t used, room, nfree;
	struct queue *queues; /* [nqueues], by task number */
	uint32_t nqueues;
	uint64_t read;
};

static bool out_of_memory(struct replay *r)
{
	return replay_core_fail(r, CMD_SYSTEM, "out of memory");
}

bool replay_lines_open(struct replay *r)
{
	struct trace_error err = { 0 };
	struct replay_lines *l;

	if (!r->events.out || !(r->events.groups >> EVENTS_TRACE & 1))
		return true;
	l = r->lines = calloc(1, sizeof(*l));
	if (!l)
		return out_of_memory(r);
	l->used = 1;
	l->out = trace_lines_new(r->o.trace, r->events.out);
	if (!l->out)
		return out_of_memory(r);
	return trace_lines_begin(l->out, &err) || replay_core_fail(r, err.kind, "%s", err.text);
}

void replay_lines_close(struct replay *r)
{
	struct replay_lines *l = r->lines;

	if (!l)
		return;
	trace_lines_free(l->out);
	free(l->pool);
	free(l->free);
	free(l->queues);
	free(l);
}

/* ---- events that are read ---------------------------------------------------------------- */

static bool grow_pool(struct replay_lines *l)
{
	uint32_t room = l->room ? 2 * l->room : REPLAY_BUFFER;
	struct line *pool = realloc(l->pool, room * sizeof(*pool));
	uint32_t *free_again;

	if (!pool)
		return false;
	l->pool = pool;
	free_again = realloc(l->free, room * sizeof(*free_again));
	if (!free_again)
		return false;
	l->free = free_again;
	l->room = room;
	return true;
}

static bool grow_queues(struct replay_lines *l, uint32_t number)
{
	uint32_t n = (number | 255u) + 1;
	struct queue *queues = realloc(l->queues, n * sizeof(*queues));

	if (!queues)
		return false;
	memset(queues + l->nqueues, 0, (n - l->nqueues) * sizeof(*queues));
	l->queues = queues;
	l->nqueues = n;
	return true;
}

static bool add(struct replay *r, const struct trace_event *e, uint32_t number, bool idle)
{
	struct replay_lines *l = r->lines;
	struct queue *q;
	uint32_t entry;

	if ((!l->nfree && l->used >= l->room && !grow_pool(l)) ||
	    (number >= l->nqueues && !grow_queues(l, number)))
		return out_of_memory(r);
	q = &l->queues[number];
	entry = l->nfree ? l->free[--l->nfree] : l->used++;
	l->pool[entry] = (struct line){ .e = *e, .number = l->read++, .idle = idle };
	if (q->head)
		l->pool[q->tail].next = entry;
	else
		q->head = entry;
	q->tail = entry;
	return true;
}

/* Whether the replay only counts it. */
static bool is_idle(const struct replay *r, const struct trace_event *e, bool skipped)
{
	switch (e->kind) {
	case TRACE_TASK_START:
	case TRACE_TASK_EXIT:
	case TRACE_MARK:
		return true;
	case TRACE_SYSCTL:
	case TRACE_ISOLATE:
		return false;
	case TRACE_FREE:
		return skipped || (e->flags & TRACE_RECLAIM && !r->o.keep_recorded_reclaim);
	default:
		return skipped;
	}
}

bool replay_lines_read(struct replay *r, uint64_t skip)
{
	if (!r->lines)
		return true;
	trace_lines_words(r->lines->out);
	for (uint64_t i = 0; i < r->have; i++) {
		const struct trace_event *e = &r->buffer[i];
		const struct trace_task *t = trace_reader_task(r->o.trace, e->task);
		uint32_t number =
			replay_core_number(r, e, e->cpu % r->o.machine->cpus, t && t->pid == 0);

		if (!add(r, e, number, is_idle(r, e, i < skip)))
			return false;
	}
	return true;
}

/* ---- lines ------------------------------------------------------------------------------- */

static void put(struct replay *r, const struct sim_cpu *cpu, uint32_t task)
{
	struct replay_lines *l = r->lines;
	struct queue *q = &l->queues[task];
	const struct line *line = &l->pool[q->head];

	events_own(&r->events, cpu, task, trace_lines_name(line->e.kind));
	trace_lines_event(r->events.out, line->number, &line->e);
	l->free[l->nfree++] = q->head;
	q->head = line->next;
}

void replay_lines_begin(struct replay *r, const struct sim_cpu *cpu, uint32_t task)
{
	struct replay_lines *l = r->lines;

	if (!l || task >= l->nqueues || l->queues[task].again)
		return;
	while (l->queues[task].head && l->pool[l->queues[task].head].idle)
		put(r, cpu, task);
	if (l->queues[task].head)
		put(r, cpu, task);
}

void replay_lines_done(struct replay *r, uint32_t task)
{
	if (r->lines && task < r->lines->nqueues)
		r->lines->queues[task].again = r->tasks.tasks[task].waiting;
}

/* What is left did nothing. */
bool replay_lines_end(struct replay *r)
{
	struct replay_lines *l = r->lines;
	struct trace_error err = { 0 };

	if (!l)
		return true;
	for (uint32_t task = 0; task < l->nqueues; task++)
		while (l->queues[task].head) {
			const struct trace_event *e = &l->pool[l->queues[task].head].e;
			const struct sim_cpu cpu = { .id = (uint16_t)(e->cpu %
								      r->o.machine->cpus),
						     .now = r->counts.end_date };

			put(r, &cpu, task);
		}
	return trace_lines_end(l->out, l->read, &err) ||
	       replay_core_fail(r, err.kind, "%s", err.text);
}
