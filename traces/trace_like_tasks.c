#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/trace_like.h"

__extension__ typedef unsigned __int128 wide;

#define CHUNK 1024
#define LEAST_BEHIND 8 /* so many frees behind its last request show a task's end */
#define CANDIDATES 256

uint64_t trace_like_tasks_time(const struct trace_like_measure *m, uint64_t time)
{
	return (uint64_t)((wide)(time - m->start) * 1000000000 / m->clock_hz);
}

/* ---- first reading --------------------------------------------------------------------- */

static bool room_for_task(struct trace_like_measure *m, uint32_t task, struct trace_error *err)
{
	struct trace_like_task *t;
	uint32_t cap = m->tasks_cap;

	if (task >= cap) {
		cap = task < 1024 ? 2048 : 2 * task;
		t = realloc(m->tasks, cap * sizeof(*t));
		if (!t)
			return trace_error_memory(err);
		memset(t + m->tasks_cap, 0, (cap - m->tasks_cap) * sizeof(*t));
		m->tasks = t;
		m->tasks_cap = cap;
	}
	if (task >= m->ntasks)
		m->ntasks = task + 1;
	return true;
}

static bool room_for_set(struct trace_like_measure *m, uint32_t set, struct trace_error *err)
{
	uint32_t n = set < 96 ? 192 : 2 * set;
	uint64_t *sets;

	if (set < m->nsets)
		return true;
	sets = realloc(m->sets, n * sizeof(*sets));
	if (!sets)
		return trace_error_memory(err);
	memset(sets + m->nsets, 0, (n - m->nsets) * sizeof(*sets));
	m->sets = sets;
	m->nsets = n;
	return true;
}

uint32_t trace_like_tasks_set(const struct trace_event *e)
{
	return e->gfp * 3u + (e->flags & TRACE_SOFTIRQ ? 1 : e->flags & TRACE_HARDIRQ ? 2 : 0);
}

static bool note_alloc(struct trace_like_measure *m, const struct trace_event *e,
		       uint64_t number, struct trace_error *err)
{
	struct trace_like_object o = { .number = e->object,
				       .task = e->task,
				       .left = 1u << e->order };
	struct trace_like_task *t = &m->tasks[e->task];

	if (!room_for_set(m, trace_like_tasks_set(e), err))
		return false;
	m->sets[trace_like_tasks_set(e)]++;
	t->allocs++;
	t->last_alloc = number;
	t->frees_behind = 0;
	return trace_like_objects_add(&m->objects, &o) || trace_error_memory(err);
}

static void note_free(struct trace_like_measure *m, const struct trace_event *e)
{
	struct trace_like_object *o = trace_like_objects_find(&m->objects, e->object);

	if (!o)
		return;
	if (o->task == e->task)
		m->tasks[e->task].frees_behind++;
	o->left -= o->left < 1u << e->order ? o->left : 1u << e->order;
	if (!o->left)
		trace_like_objects_drop(&m->objects, o);
}

static bool note(struct trace_like_measure *m, const struct trace_event *e, uint64_t number,
		 struct trace_error *err)
{
	struct trace_like_task *t;

	if (!room_for_task(m, e->task, err))
		return false;
	if (!number)
		m->start = e->time;
	m->span = trace_like_tasks_time(m, e->time);
	t = &m->tasks[e->task];
	if (!t->used)
		t->first = m->span;
	t->used = true;
	/* Pages of others may be freed in the name of one that is gone. */
	if (!t->exited)
		t->last = m->span;
	t->started |= e->kind == TRACE_TASK_START;
	if (e->kind == TRACE_TASK_START)
		t->parent = e->value;
	t->exited |= e->kind == TRACE_TASK_EXIT;
	m->has_starts |= e->kind == TRACE_TASK_START;
	m->has_exits |= e->kind == TRACE_TASK_EXIT;
	if (e->kind == TRACE_FREE)
		note_free(m, e);
	return e->kind != TRACE_ALLOC || note_alloc(m, e, number, err);
}

bool trace_like_tasks_read(struct trace_like_measure *m, struct trace_reader *r,
			   trace_watch *watch, void *ctx, struct trace_error *err)
{
	struct trace_event e[CHUNK];
	uint64_t number = 0;
	long n;

	while ((n = trace_reader_next(r, e, CHUNK, err)) > 0) {
		for (long i = 0; i < n; i++)
			if (!note(m, &e[i], number++, err))
				return false;
		if (watch && !watch(ctx, number, 0))
			return trace_error_set(err, TRACE_STOPPED, "interrupted");
	}
	m->events = number;
	return n == 0;
}

/* ---- kinds ----------------------------------------------------------------------------- */

/* Requests of a task, and the task. */
struct rank {
	uint64_t allocs;
	uint32_t task;
};

struct candidate {
	char name[16];
	bool whole;
	uint64_t allocs;
	uint8_t kind;
};

static int most_first(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->allocs != y->allocs)
		return x->allocs < y->allocs ? 1 : -1;
	return x->task < y->task ? -1 : 1;
}

/*
 * Recordings name pids, seldom commands, and have no starts and exits: there a task has ended
 * when it freed its own memory after its last request, and is taken for seen from its start.
 */
static void tell_ends(const struct trace_like_measure *m, struct trace_like_task *t,
		      int32_t pid)
{
	t->ended = m->has_exits ? t->exited : t->frees_behind >= LEAST_BEHIND && pid;
	t->whole = m->has_starts ? t->started : t->ended;
}

static void name_of(const struct trace_like_task *t, const struct trace_task *task, char *name)
{
	if (task->comm[0])
		snprintf(name, 16, "%.15s", task->comm);
	else if (!t->whole)
		snprintf(name, 16, "pid-%d", task->pid);
	else
		snprintf(name, 16, "%s",
			 t->allocs < 64      ? "brief"
			 : t->allocs < 1024  ? "short"
			 : t->allocs < 16384 ? "long"
					     : "great");
}

/* CANDIDATES when there are too many. */
static unsigned find(struct candidate *c, unsigned *n, const char *name, bool whole)
{
	unsigned i = 0;

	while (i < *n && (c[i].whole != whole || strcmp(c[i].name, name) != 0))
		i++;
	if (i == *n && i < CANDIDATES) {
		memset(&c[i], 0, sizeof(c[i]));
		snprintf(c[i].name, sizeof(c[i].name), "%s", name);
		c[i].whole = whole;
		++*n;
	}
	return i;
}

/* The busiest get a kind; the last two kinds are for all others. */
static void choose(struct trace_like_measure *m, struct candidate *c, unsigned n)
{
	struct rank order[CANDIDATES];

	for (unsigned i = 0; i < n; i++)
		order[i] = (struct rank){ c[i].allocs, i };
	qsort(order, n, sizeof(*order), most_first);
	for (unsigned i = 0; i < n; i++) {
		struct candidate *one = &c[order[i].task];

		one->kind = (uint8_t)(i < TRACE_LIKE_KINDS - 2
					      ? i
					      : TRACE_LIKE_KINDS - 2u + one->whole);
		if (i < TRACE_LIKE_KINDS - 2) {
			memcpy(m->kinds[i].name, one->name, sizeof(one->name));
			m->kinds[i].whole = one->whole;
		}
	}
	m->nkinds = TRACE_LIKE_KINDS;
	snprintf(m->kinds[TRACE_LIKE_KINDS - 2].name, 16, "others");
	snprintf(m->kinds[TRACE_LIKE_KINDS - 1].name, 16, "others-whole");
	m->kinds[TRACE_LIKE_KINDS - 1].whole = true;
}

static void join(struct trace_like_measure *m, struct trace_like_task *t, uint8_t kind)
{
	struct trace_like_kind *k = &m->kinds[kind];

	t->kind = kind;
	k->tasks++;
	k->allocs += t->allocs;
	k->lived += t->last - t->first;
	trace_like_hist_add(&k->allocations, t->allocs, t->ended || !t->whole);
	trace_like_hist_add(&k->starts, t->first, true);
	trace_like_hist_add(&m->allocations, t->allocs, t->ended);
}

/* Who starts whom, and what is a rest, when all tasks have their kind. */
static void look_at_kinds(struct trace_like_measure *m)
{
	uint64_t lived = 0, allocs = 0;

	for (uint32_t i = 0; i < m->ntasks; i++) {
		const struct trace_like_task *t = &m->tasks[i];

		if (t->allocs && t->parent && t->parent <= m->ntasks &&
		    m->tasks[t->parent - 1].allocs)
			m->kinds[t->kind].parents[m->tasks[t->parent - 1].kind]++;
	}
	for (unsigned k = 0; k < m->nkinds; k++) {
		struct trace_like_kind *kind = &m->kinds[k];

		kind->mean_gap = kind->allocs ? kind->lived / kind->allocs : 0;
		lived += kind->lived;
		allocs += kind->allocs;
	}
	if (!m->rest_from)
		m->rest_from = allocs && lived > allocs ? lived / allocs : 1;
}

static void group(struct trace_like_measure *m, const struct trace_reader *r,
		  struct rank *order, uint16_t *of, uint32_t n)
{
	struct candidate c[CANDIDATES];
	unsigned nc = 0;
	char name[16];

	for (uint32_t i = 0; i < n; i++) {
		struct trace_like_task *t = &m->tasks[order[i].task];
		const struct trace_task *task = trace_reader_task(r, order[i].task);

		tell_ends(m, t, task->pid);
		name_of(t, task, name);
		of[i] = (uint16_t)find(c, &nc, name, t->whole);
		if (of[i] < CANDIDATES)
			c[of[i]].allocs += t->allocs;
	}
	choose(m, c, nc);
	for (uint32_t i = 0; i < n; i++) {
		struct trace_like_task *t = &m->tasks[order[i].task];

		join(m, t,
		     of[i] < CANDIDATES ? c[of[i]].kind
					: (uint8_t)(TRACE_LIKE_KINDS - 2u + t->whole));
	}
	look_at_kinds(m);
}

bool trace_like_tasks_group(struct trace_like_measure *m, const struct trace_reader *r,
			    struct trace_error *err)
{
	struct rank *order = malloc((m->ntasks + 1u) * sizeof(*order));
	uint16_t *of = malloc((m->ntasks + 1u) * sizeof(*of));
	bool ok = order && of;
	uint32_t n = 0;

	if (ok) {
		for (uint32_t t = 0; t < m->ntasks; t++)
			if (m->tasks[t].allocs)
				order[n++] = (struct rank){ m->tasks[t].allocs, t };
		qsort(order, n, sizeof(*order), most_first);
		group(m, r, order, of, n);
	} else {
		trace_error_memory(err);
	}
	free(of);
	free(order);
	return ok;
}
