#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/trace_like.h"

#define CHUNK 1024

void trace_like_measure_free(struct trace_like_measure *m)
{
	free(m->cpu_node);
	free(m->tasks);
	free(m->sets);
	free(m->bases);
	free(m->kinds);
	free(m->objects.slot);
	memset(m, 0, sizeof(*m));
}

/* ---- sets of flags --------------------------------------------------------------------- */

struct rank {
	uint64_t requests;
	uint32_t set;
};

static int most_first(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->requests != y->requests)
		return x->requests < y->requests ? 1 : -1;
	return x->set < y->set ? -1 : 1;
}

/* The most used sets become bases; all beyond the last of them count as that one. */
static bool rank_sets(struct trace_like_measure *m, const struct trace_reader *r,
		      struct trace_error *err)
{
	static const uint8_t flags[3] = { 0, TRACE_SOFTIRQ, TRACE_HARDIRQ };
	struct rank *order = malloc((m->nsets + 1u) * sizeof(*order));
	uint32_t n = 0;

	if (!order)
		return trace_error_memory(err);
	for (uint32_t s = 0; s < m->nsets; s++)
		if (m->sets[s])
			order[n++] = (struct rank){ m->sets[s], s };
	qsort(order, n, sizeof(*order), most_first);
	for (uint32_t i = 0; i < n; i++) {
		unsigned base = i < TRACE_LIKE_BASES ? i : TRACE_LIKE_BASES - 1;
		struct trace_like_base *b = &m->bases[base];

		m->sets[order[i].set] = base;
		if (i != base)
			continue;
		snprintf(b->gfp, sizeof(b->gfp), "%s", trace_reader_gfp(r, order[i].set / 3));
		b->flags = flags[order[i].set % 3];
	}
	m->nbases = n < TRACE_LIKE_BASES ? n : TRACE_LIKE_BASES;
	free(order);
	return true;
}

/* ---- second reading -------------------------------------------------------------------- */

static void count_gap(struct trace_like_measure *m, struct trace_like_task *t, uint64_t now)
{
	struct trace_like_kind *k = &m->kinds[t->kind];
	uint64_t gap = now - t->previous;

	t->previous = now;
	if (!t->done)
		return;
	trace_like_hist_add(&m->gaps, gap, true);
	trace_like_hist_add(&k->gaps, gap, true);
	t->at_once++;
	t->at_once_any++;
	trace_like_hist_add(gap > k->mean_gap ? &k->rests : &k->short_gaps, gap, true);
	if (gap > k->mean_gap) {
		trace_like_hist_add(&k->bursts, t->at_once, true);
		t->at_once = 0;
	}
	if (gap > m->rest_from) {
		trace_like_hist_add(&m->bursts, t->at_once_any, true);
		t->at_once_any = 0;
	}
}

static bool take_alloc(struct trace_like_measure *m, const struct trace_event *e, uint64_t now,
		       struct trace_error *err)
{
	unsigned base = (unsigned)m->sets[trace_like_tasks_set(e)];
	struct trace_like_task *t = &m->tasks[e->task];
	struct trace_like_object o = { .number = e->object,
				       .time = now,
				       .task = e->task,
				       .left = 1u << e->order,
				       .base = (uint16_t)base };
	struct trace_like_base *b = &m->bases[base];

	b->requests++;
	b->orders[e->order]++;
	b->other_node += e->node != TRACE_NODE_LOCAL && e->node != m->cpu_node[e->cpu];
	m->orders[e->order]++;
	m->requests++;
	m->live += o.left;
	m->most_live = m->live > m->most_live ? m->live : m->most_live;
	/* Of one that is cut off nobody knows how far it came, unless all of its kind are. */
	if (t->ended || !t->whole || !m->kinds[t->kind].allocations.nseen)
		m->kinds[t->kind].mix[t->done * TRACE_LIKE_PHASES / t->allocs][base]++;
	m->kinds[t->kind].on_node[m->cpu_node[e->cpu] & 255]++;
	m->slices[now / (m->span / TRACE_LIKE_SLICES + 1)]++;
	count_gap(m, t, now);
	t->done++;
	return trace_like_objects_add(&m->objects, &o) || trace_error_memory(err);
}

/* An object's end, or that of the trace. */
static void end_life(struct trace_like_measure *m, const struct trace_like_object *o,
		     uint64_t now, bool ended, bool with_task)
{
	struct trace_like_kind *k = &m->kinds[m->tasks[o->task].kind];
	struct trace_like_base *b = &m->bases[o->base];
	uint64_t age = now - o->time;

	trace_like_hist_add(&m->lives, age, ended);
	trace_like_hist_add(&b->lives, age, ended);
	if (with_task) {
		k->with_task[o->base]++;
		return;
	}
	k->without[o->base]++;
	trace_like_hist_add(&b->timed, age, ended);
}

static void take_free(struct trace_like_measure *m, const struct trace_event *e,
		      uint64_t number, uint64_t now)
{
	struct trace_like_object *o = trace_like_objects_find(&m->objects, e->object);
	const struct trace_like_task *t;
	uint32_t frames = 1u << e->order;

	if (!o) /* from before the trace */
		return;
	frames = frames < o->left ? frames : o->left;
	o->left -= frames;
	m->live -= frames;
	if (o->left)
		return;
	t = &m->tasks[o->task];
	end_life(m, o, now, true, t->ended && e->task == o->task && number > t->last_alloc);
	m->frees++;
	trace_like_objects_drop(&m->objects, o);
}

/* What is left of tasks that go on counts as what was freed of it did. */
static void leave_open(struct trace_like_measure *m, const struct trace_like_object *o)
{
	const struct trace_like_task *t = &m->tasks[o->task];
	const struct trace_like_kind *k = &m->kinds[t->kind];
	uint64_t age = m->span - o->time;

	if (t->ended) {
		end_life(m, o, m->span, false, false);
		return;
	}
	trace_like_hist_add(&m->lives, age, false);
	trace_like_hist_add(&m->bases[o->base].lives, age, false);
	if (k->with_task[o->base] <= k->without[o->base])
		trace_like_hist_add(&m->bases[o->base].timed, age, false);
}

static void end_of_trace(struct trace_like_measure *m)
{
	for (uint64_t i = 0; i < m->objects.nslots; i++)
		if (m->objects.slot[i].number != TRACE_NO_OBJECT)
			leave_open(m, &m->objects.slot[i]);
}

static bool read_again(struct trace_like_measure *m, struct trace_reader *r, trace_watch *watch,
		       void *ctx, struct trace_error *err)
{
	struct trace_event e[CHUNK];
	uint64_t number = 0;
	long n;

	while ((n = trace_reader_next(r, e, CHUNK, err)) > 0) {
		for (long i = 0; i < n; i++, number++) {
			uint64_t now = trace_like_tasks_time(m, e[i].time);

			if (e[i].kind == TRACE_FREE)
				take_free(m, &e[i], number, now);
			else if (e[i].kind == TRACE_ALLOC && !take_alloc(m, &e[i], now, err))
				return false;
		}
		if (watch && !watch(ctx, number, m->events))
			return trace_error_set(err, TRACE_STOPPED, "interrupted");
	}
	end_of_trace(m);
	return n == 0;
}

/* ---- both ------------------------------------------------------------------------------ */

static bool prepare(struct trace_like_measure *m, const char *path,
		    const struct trace_header *h, struct trace_error *err)
{
	if (h->clock == TRACE_CLOCK_COUNTER || !h->clock_hz)
		return trace_error_data(err, "%s: its clock (%s) tells no times", path,
					h->clock_name);
	snprintf(m->name, sizeof(m->name), "%.39s", h->name ? h->name : "");
	m->cpus = h->cpus;
	m->nodes = h->nodes;
	m->clock_hz = h->clock_hz;
	m->cpu_node = malloc(h->cpus * sizeof(*m->cpu_node));
	m->bases = calloc(TRACE_LIKE_BASES, sizeof(*m->bases));
	m->kinds = calloc(TRACE_LIKE_KINDS, sizeof(*m->kinds));
	if (!m->cpu_node || !m->bases || !m->kinds)
		return trace_error_memory(err);
	memcpy(m->cpu_node, h->cpu_node, h->cpus * sizeof(*m->cpu_node));
	return true;
}

static bool first(struct trace_like_measure *m, const char *path, trace_watch *watch, void *ctx,
		  struct trace_error *err)
{
	struct trace_reader *r = trace_reader_open(path, err);
	bool ok;

	if (!r)
		return false;
	ok = prepare(m, path, trace_reader_header(r), err) &&
	     trace_like_tasks_read(m, r, watch, ctx, err) &&
	     trace_like_tasks_group(m, r, err) && rank_sets(m, r, err);
	trace_reader_close(r);
	free(m->objects.slot);
	memset(&m->objects, 0, sizeof(m->objects));
	return ok;
}

bool trace_like_measure(const char *path, uint64_t rest_from, struct trace_like_measure *m,
			trace_watch *watch, void *ctx, struct trace_error *err)
{
	struct trace_reader *r;
	bool ok;

	memset(m, 0, sizeof(*m));
	m->rest_from = rest_from;
	if (!first(m, path, watch, ctx, err))
		return false;
	r = trace_reader_open(path, err);
	ok = r && read_again(m, r, watch, ctx, err);
	trace_reader_close(r);
	return ok;
}
