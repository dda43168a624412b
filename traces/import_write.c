/*
 * The trace file: events with their final object numbers, the inserted ones in between, and
 * the truth stream beside them. Objects are numbered in the order in which they appear in the
 * file; the start state's come first.
 */
#include "traces/import.h"
#include "traces/import_map.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 4096

struct out {
	struct import *im;
	struct trace_writer *w;
	uint64_t *number; /* of each object, once it is known */
	uint64_t next;
	struct import_pids tasks; /* index + 1 */
	uint16_t *gfp;            /* index + 1, by the source's */
	struct trace_event events[BATCH];
	struct trace_truth truths[BATCH];
	size_t nevents, ntruths;
	uint64_t all, all_truths;
	struct trace_error *err;
};

static bool flush(struct out *o)
{
	struct import_progress p = { o->im->o->watch, o->im->o->watch_ctx };
	bool ok = import_progress(&p, 1, 1, o->err) &&
		  (!o->nevents || trace_writer_events(o->w, o->events, o->nevents, o->err)) &&
		  (!o->ntruths || trace_writer_truth(o->w, o->truths, o->ntruths, o->err));

	o->all += o->nevents;
	o->all_truths += o->ntruths;
	o->nevents = o->ntruths = 0;
	return ok;
}

static bool task_of(struct out *o, int32_t pid, uint32_t *task)
{
	uint32_t *at = import_pids_at(&o->tasks, pid);
	const char *comm = o->im->o->keep_comm ? import_source_comm_of(&o->im->src, pid) : "";

	if (!at)
		return trace_error_memory(o->err);
	if (!*at) {
		if (!trace_writer_task(o->w, pid, comm, task, o->err))
			return false;
		*at = *task + 1;
	}
	*task = *at - 1;
	return true;
}

static bool gfp_of(struct out *o, uint16_t from, uint16_t *to)
{
	if (!o->gfp[from]) {
		if (!trace_writer_gfp(o->w, o->im->src.gfp.text[from], to, o->err))
			return false;
		o->gfp[from] = (uint16_t)(*to + 1);
	}
	*to = (uint16_t)(o->gfp[from] - 1);
	return true;
}

/* The next event of the file, with what it has from the recorded one. */
static struct trace_event *begin(struct out *o, const struct import_event *e)
{
	struct trace_event *t;

	if (o->nevents == BATCH && !flush(o))
		return NULL;
	t = &o->events[o->nevents];
	*t = (struct trace_event){
		.time = e->time,
		.object = TRACE_NO_OBJECT,
		.pfn = TRACE_NO_PFN,
		.cpu = e->cpu,
		.node = TRACE_NODE_LOCAL,
		.flags = e->flags,
	};
	if (!task_of(o, e->pid, &t->task))
		return NULL;
	o->nevents++;
	return t;
}

/* ---- one kind of event each ------------------------------------------------------------- */

/* Whole recordings know the node asked for. */
static uint8_t node_of(const struct import *im, const struct import_event *e)
{
	if (!im->exact || e->type < 0 || im->exact->before.cpu_node[e->cpu] == e->type)
		return TRACE_NODE_LOCAL;
	return (uint8_t)e->type;
}

static bool put_alloc(struct out *o, const struct import_event *e)
{
	struct trace_event *t = begin(o, e);

	if (!t || !gfp_of(o, e->gfp, &t->gfp))
		return false;
	t->order = e->order;
	t->node = node_of(o->im, e);
	t->kind = TRACE_ALLOC_FAILED;
	if (e->pfn != IMPORT_NO_PFN) {
		t->kind = TRACE_ALLOC;
		t->pfn = e->pfn;
		t->object = o->number[e->detail] = o->next++;
	}
	return true;
}

static bool put_free(struct out *o, const struct import_event *e, uint32_t object, uint64_t pfn,
		     unsigned order)
{
	struct trace_event *t = begin(o, e);

	if (!t)
		return false;
	t->kind = TRACE_FREE;
	t->object = o->number[object];
	t->pfn = pfn;
	t->order = (uint8_t)order;
	t->value = (uint32_t)(pfn - o->im->objects[object].pfn);
	return true;
}

static bool put_parts(struct out *o, const struct import_event *e)
{
	const struct import_part *p = &o->im->parts[e->detail];

	for (;; p++) {
		if (!put_free(o, e, p->object, p->pfn, p->order))
			return false;
		if (!p->more)
			return true;
	}
}

static bool put_mark(struct out *o, const struct import_event *e)
{
	struct trace_event *t = begin(o, e);

	if (!t || !trace_writer_text(o->w, o->im->src.texts.text[e->detail], &t->value, o->err))
		return false;
	t->kind = TRACE_MARK;
	return true;
}

static bool put_lru(struct out *o, const struct import_event *e)
{
	struct trace_event *t = begin(o, e);

	if (!t)
		return false;
	t->kind = e->kind == IMPORT_LRU_ADD ? TRACE_LRU_ADD : TRACE_ACCESS;
	t->object = o->number[e->detail];
	if (e->kind == IMPORT_LRU_ADD)
		t->value = o->im->exact ? e->gfp : e->gfp & TRACE_LRU_LIST;
	return true;
}

static bool put_insert(struct out *o, const struct import_insert *in)
{
	struct import_event e = o->im->src.events[in->at];
	uint32_t gfp;

	e.flags &= TRACE_HARDIRQ | TRACE_SOFTIRQ | TRACE_UNSCORED;
	if (o->im->src.events[in->at].kind == IMPORT_ZONE_LOCKED)
		e.flags = in->at < o->im->work_lo || in->at >= o->im->work_hi ? TRACE_UNSCORED
									      : 0;
	if (in->kind == IMPORT_FREE) {
		e.flags |= TRACE_MISSED;
		return put_free(o, &e, in->object, in->pfn, in->order);
	}
	if (!import_source_name(&o->im->src.gfp, "GFP_KERNEL", &gfp, o->err))
		return false;
	e.pfn = in->pfn;
	e.order = in->order;
	e.detail = in->object;
	e.gfp = (uint16_t)gfp;
	e.type = -1;
	e.flags |= TRACE_HIDDEN;
	return put_alloc(o, &e);
}

/* ---- truth ------------------------------------------------------------------------------ */

static int truth_kind(const struct import *im, enum import_kind kind)
{
	static const int8_t kinds[IMPORT_KINDS] = {
		[IMPORT_ZONE_LOCKED] = 1 + TRACE_TRUTH_ZONE_LOCKED,
		[IMPORT_DRAIN] = 1 + TRACE_TRUTH_PCPU_DRAIN,
		[IMPORT_EXTFRAG] = 1 + TRACE_TRUTH_EXTFRAG,
		[IMPORT_KSWAPD_WAKE] = 1 + TRACE_TRUTH_KSWAPD_WAKE,
		[IMPORT_KSWAPD_SLEEP] = 1 + TRACE_TRUTH_KSWAPD_SLEEP,
		[IMPORT_WAKEUP_KSWAPD] = 1 + TRACE_TRUTH_WAKEUP_KSWAPD,
		[IMPORT_RECLAIM_BEGIN] = 1 + TRACE_TRUTH_RECLAIM_BEGIN,
		[IMPORT_RECLAIM_END] = 1 + TRACE_TRUTH_RECLAIM_END,
		[IMPORT_COMPACT_BEGIN] = 1 + TRACE_TRUTH_COMPACT_BEGIN,
		[IMPORT_COMPACT_END] = 1 + TRACE_TRUTH_COMPACT_END,
		[IMPORT_OOM] = 1 + TRACE_TRUTH_OOM,
	};

	/* Whole recordings have these as steps. */
	if (im->exact &&
	    (kind == IMPORT_ZONE_LOCKED || kind == IMPORT_DRAIN || kind == IMPORT_EXTFRAG))
		return -1;
	return kinds[kind] - 1;
}

static bool put_truth(struct out *o, const struct import_event *e, int kind)
{
	struct trace_truth *t;

	if (o->ntruths == BATCH && !flush(o))
		return false;
	t = &o->truths[o->ntruths];
	*t = (struct trace_truth){
		.time = e->time,
		.pfn = e->pfn == IMPORT_NO_PFN ? TRACE_NO_PFN : e->pfn,
		.cpu = e->cpu,
		.kind = (uint8_t)kind,
		.order = e->order,
		.type = e->type,
	};
	if (e->kind == IMPORT_ZONE_LOCKED)
		t->value[0] = e->flags;
	else if (e->kind != IMPORT_DRAIN)
		memcpy(t->value, o->im->src.extras[e->detail].value, sizeof(t->value));
	o->ntruths++;
	return task_of(o, e->pid, &t->task);
}

/* ---- all -------------------------------------------------------------------------------- */

static bool put(struct out *o, const struct import_event *e)
{
	int truth = truth_kind(o->im, e->kind);

	if (truth >= 0)
		return put_truth(o, e, truth);
	switch (e->kind) {
	case IMPORT_ALLOC:
		return put_alloc(o, e);
	case IMPORT_FREE:
		return put_free(o, e, e->detail, e->pfn, e->order);
	case IMPORT_FREE_PARTS:
		return put_parts(o, e);
	case IMPORT_LRU_ADD:
	case IMPORT_LRU_ACCESS:
		return put_lru(o, e);
	case IMPORT_MARK:
		return put_mark(o, e);
	default:
		return true;
	}
}

static bool put_all(struct out *o)
{
	struct import *im = o->im;
	size_t next = 0;

	for (size_t i = im->lo; i < im->hi; i++) {
		for (; next < im->ninserts && im->inserts[next].at == i; next++)
			if (!put_insert(o, &im->inserts[next]))
				return false;
		if (!put(o, &im->src.events[i]))
			return false;
	}
	return flush(o);
}

static bool finish(struct out *o)
{
	struct import *im = o->im;
	char *json;
	bool ok;

	import_report_count(im->rep, "", "events", "events in the trace", o->all, 0);
	import_report_count(im->rep, "R11", "truths", "events in the truth stream",
			    o->all_truths, 0);
	if (im->exact &&
	    (!trace_writer_steps(o->w, im->exact->steps, im->exact->nsteps, o->err) ||
	     !trace_writer_final(o->w, &im->exact->after.lists, o->err)))
		return false;
	if (im->end.nzones && !trace_writer_end(o->w, &im->end, o->err))
		return false;
	json = import_report_json(im->rep, false);
	if (!json || im->rep->lost) {
		free(json);
		return trace_error_memory(o->err);
	}
	ok = trace_writer_report(o->w, json, o->err);
	free(json);
	return ok;
}

bool import_write(struct import *im, const struct trace_header *h, struct trace_error *err)
{
	struct out *o = calloc(1, sizeof(*o));
	struct trace_error late;
	bool ok;

	if (!o)
		return trace_error_memory(err);
	*o = (struct out){ .im = im, .next = im->start_objects, .err = err };
	o->number = malloc((im->nobjects + 1) * sizeof(*o->number));
	o->gfp = calloc(UINT16_MAX + 1u, sizeof(*o->gfp));
	if (o->number && o->gfp)
		o->w = trace_writer_open(im->o->output, h, im->o->level, err);
	else
		trace_error_memory(err);
	ok = o->w;
	for (uint64_t i = 0; i < im->start_objects && ok; i++)
		o->number[i] = i;
	ok = ok && (!h->has_state || trace_writer_state(o->w, &im->state, err)) && put_all(o) &&
	     finish(o) && import_map_whole(im->o->input, err);
	if (o->w && !trace_writer_close(o->w, !ok, ok ? err : &late))
		ok = false;
	import_pids_free(&o->tasks);
	free(o->number);
	free(o->gfp);
	free(o);
	return ok;
}
