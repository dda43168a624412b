#include "traces/trace_copy.h"

#include <stdlib.h>
#include <string.h>

void trace_copy_free(struct trace_copy *c)
{
	free(c->gfps.number);
	free(c->texts.number);
	free(c->tasks.number);
	memset(c, 0, sizeof(*c));
}

/* Where the new number of an old one stands; NULL when memory is short. */
static uint32_t *at(struct trace_copy_map *m, uint32_t old, struct trace_error *err)
{
	uint32_t cap = m->cap ? m->cap : 64;
	uint32_t *number;

	while (cap <= old)
		cap *= 2;
	if (cap > m->cap) {
		number = realloc(m->number, cap * sizeof(*number));
		if (!number) {
			trace_error_memory(err);
			return NULL;
		}
		memset(number + m->cap, 0, (cap - m->cap) * sizeof(*number));
		m->number = number;
		m->cap = cap;
	}
	return &m->number[old];
}

bool trace_copy_gfp(struct trace_copy *c, uint16_t *gfp, struct trace_error *err)
{
	uint32_t *number = at(&c->gfps, *gfp, err);
	uint16_t got;

	if (!number)
		return false;
	if (!*number) {
		if (!trace_writer_gfp(c->writer, trace_reader_gfp(c->reader, *gfp), &got, err))
			return false;
		*number = got + 1u;
	}
	*gfp = (uint16_t)(*number - 1);
	return true;
}

bool trace_copy_text(struct trace_copy *c, uint32_t *text, struct trace_error *err)
{
	uint32_t *number = at(&c->texts, *text, err), got;

	if (!number)
		return false;
	if (!*number) {
		if (!trace_writer_text(c->writer, trace_reader_text(c->reader, *text), &got,
				       err))
			return false;
		*number = got + 1;
	}
	*text = *number - 1;
	return true;
}

bool trace_copy_task(struct trace_copy *c, uint32_t *task, struct trace_error *err)
{
	uint32_t *number = at(&c->tasks, *task, err), got;
	struct trace_task t;

	if (!number)
		return false;
	if (!*number) {
		t = *trace_reader_task(c->reader, *task);
		if (t.pid > 0)
			t.pid = (int32_t)(t.pid + c->pid_add);
		if (!trace_writer_task(c->writer, t.pid, t.comm, &got, err))
			return false;
		*number = got + 1;
	}
	*task = *number - 1;
	return true;
}

bool trace_copy_event(struct trace_copy *c, struct trace_event *e, struct trace_error *err)
{
	uint32_t parent = e->value - 1;

	if (!trace_copy_task(c, &e->task, err))
		return false;
	switch (e->kind) {
	case TRACE_ALLOC:
	case TRACE_ALLOC_FAILED:
		return trace_copy_gfp(c, &e->gfp, err);
	case TRACE_SYSCTL:
	case TRACE_MARK:
		return trace_copy_text(c, &e->value, err);
	case TRACE_TASK_START:
		if (!e->value)
			return true;
		if (!trace_copy_task(c, &parent, err))
			return false;
		e->value = parent + 1;
		return true;
	default:
		return true;
	}
}
