/*
 * Requests at their moments. mm_page_alloc stands behind the change that it reports, with the
 * events of interrupts in between, and mm_page_free in front of it; q_pcp_alloc, q_pcp_free,
 * q_free_one and zone_locked of order > 0 stand where it happened. So these become the
 * allocations and frees, with what the stock events tell about them, and the stock events go.
 * What lies below requests becomes steps.
 */
#include <stdlib.h>
#include <string.h>

#include "traces/import.h"

/* An event that waits for its other half. */
struct half {
	uint64_t pfn;
	size_t at;
};

struct halves {
	struct half *list;
	size_t n, cap;
};

struct steps {
	struct import *im;
	struct halves *taken, *given; /* [cpus] */
	struct import_pids asked;     /* the last request that has not ended + 1, by who asks */
	uint8_t *block_type;          /* as they are at the event at hand */
	uint64_t nblocks;
	bool inside; /* between the marks */
	uint64_t no_end, no_begin, old_types;
	struct trace_error *err;
};

/* ---- halves ------------------------------------------------------------------------------ */

static bool wait(struct steps *s, struct halves *h, uint64_t pfn, size_t at)
{
	if (!import_source_grow(&h->list, &h->cap, h->n, sizeof(*h->list), s->err))
		return false;
	h->list[h->n++] = (struct half){ pfn, at };
	return true;
}

/* The last one with that frame, which goes; SIZE_MAX = none. */
static size_t join(struct halves *h, uint64_t pfn)
{
	for (size_t i = h->n; i-- > 0;)
		if (h->list[i].pfn == pfn) {
			size_t at = h->list[i].at;

			memmove(&h->list[i], &h->list[i + 1], (--h->n - i) * sizeof(*h->list));
			return at;
		}
	return SIZE_MAX;
}

/* ---- requests ---------------------------------------------------------------------------- */

/* The names of flags for a request that was never seen to be made. */
static bool guess_flags(struct steps *s, struct import_event *e, int type)
{
	static const char *const names[] = { "GFP_KERNEL", "GFP_HIGHUSER_MOVABLE",
					     "GFP_KERNEL|__GFP_RECLAIMABLE" };
	uint32_t gfp;

	if (!import_source_name(&s->im->src.gfp, names[type < 0 || type > 2 ? 1 : type], &gfp,
				s->err))
		return false;
	e->gfp = (uint16_t)gfp;
	return true;
}

/* Requests nest: reclaim asks for memory in the middle of one. Each keeps the one before it of
 * the same asker in its fourth value. */
static bool request(struct steps *s, const struct import_event *e, size_t at)
{
	uint32_t *last = import_pids_at(&s->asked, import_exact_asker(e));

	if (!last)
		return trace_error_memory(s->err);
	s->im->src.extras[e->detail].value[3] = *last;
	*last = (uint32_t)at + 1;
	return true;
}

/* The end of a request: the node asked for and, where only the request told them, the flags. */
static bool answer(struct steps *s, struct import_event *e)
{
	uint32_t *last = import_pids_at(&s->asked, import_exact_asker(e));
	bool has_flags = strcmp(s->im->src.format, "stream") != 0;
	const struct import_event *asked;
	const uint64_t *value;
	int type = e->type;

	if (!last)
		return trace_error_memory(s->err);
	e->type = -1;
	if (!*last)
		return has_flags || guess_flags(s, e, type);
	asked = &s->im->src.events[*last - 1];
	value = s->im->src.extras[asked->detail].value;
	*last = (uint32_t)value[3];
	if (value[0] < 127)
		e->type = (int8_t)value[0];
	if (!has_flags)
		e->gfp = asked->gfp;
	return true;
}

static bool allocated(struct steps *s, struct import_event *e)
{
	struct import_event *began;
	size_t at;

	if (!answer(s, e))
		return false;
	if (e->pfn == IMPORT_NO_PFN)
		return true;
	at = join(&s->taken[e->cpu], e->pfn);
	if (at == SIZE_MAX) {
		/* It took effect before the recording began. */
		s->no_begin += s->inside;
		e->kind = IMPORT_SKIP;
		return true;
	}
	began = &s->im->src.events[at];
	began->pid = e->pid;
	began->flags = e->flags;
	began->gfp = e->gfp;
	began->order = e->order;
	began->type = e->type;
	began->kind = IMPORT_ALLOC;
	e->kind = IMPORT_SKIP;
	return true;
}

/* The frame goes back now; what mm_page_free told in front is kept. */
static void freed(struct steps *s, struct import_event *e, bool cold)
{
	size_t at = join(&s->given[e->cpu], e->pfn);

	if (at != SIZE_MAX) {
		e->flags = s->im->src.events[at].flags;
		s->im->src.events[at].kind = IMPORT_SKIP;
	}
	e->kind = IMPORT_FREE;
	e->type = -1;
	if (cold)
		e->flags |= TRACE_COLD;
}

/* ---- steps ------------------------------------------------------------------------------- */

static bool add(struct steps *s, const struct import_event *e, enum trace_step_kind kind,
		int64_t a, int64_t b, int64_t c)
{
	struct import_exact *x = s->im->exact;

	if (!s->inside)
		return true;
	if (!import_source_grow(&x->steps, &x->steps_cap, x->nsteps, sizeof(*x->steps), s->err))
		return false;
	x->steps[x->nsteps++] =
		(struct trace_step){ .time = e->time,
				     .pfn = e->pfn == IMPORT_NO_PFN ? TRACE_NO_PFN : e->pfn,
				     .value = { a, b, c },
				     .cpu = e->cpu,
				     .kind = (uint8_t)kind,
				     .order = e->order,
				     .type = e->type };
	return true;
}

/* The type is read before the page is taken off: it may be that of a moment ago. */
static bool note_type(struct steps *s, const struct import_event *e)
{
	uint64_t block = e->pfn / IMPORT_BLOCK;

	if (!s->inside || block >= s->nblocks || e->type == (int8_t)s->block_type[block])
		return true;
	s->old_types++;
	return add(s, e, TRACE_STEP_FREE_TYPE, 0, 0, 0);
}

static bool zone_locked(struct steps *s, struct import_event *e, size_t at)
{
	if (e->order == 0)
		return add(s, e, TRACE_STEP_REFILL, 0, 0, 0);
	if (e->pfn == IMPORT_NO_PFN)
		return add(s, e, TRACE_STEP_NO_BLOCK, 0, 0, 0);
	return wait(s, &s->taken[e->cpu], e->pfn, at);
}

static bool pageblock(struct steps *s, const struct import_event *e, const uint64_t *v)
{
	if (s->inside && e->pfn / IMPORT_BLOCK < s->nblocks)
		s->block_type[e->pfn / IMPORT_BLOCK] = (uint8_t)e->type;
	return add(s, e, TRACE_STEP_PAGEBLOCK, (int64_t)v[0], 0, 0);
}

static bool tick(struct steps *s, const struct import_event *e, const uint64_t *v)
{
	if (v[0] <= 1)
		s->inside = v[0] == 0;
	return v[0] != 100 || add(s, e, TRACE_STEP_TICK, (int64_t)v[1], 0, 0);
}

static bool step_below(struct steps *s, struct import_event *e)
{
	const uint64_t *v = s->im->src.extras[e->detail].value;

	switch (e->kind) {
	case IMPORT_EXTFRAG:
		return add(s, e, TRACE_STEP_EXTFRAG, (int64_t)v[0], (int64_t)v[1],
			   (int64_t)v[2]);
	case IMPORT_PCP_BULK:
		return add(s, e, TRACE_STEP_BULK, (int64_t)v[0], (int64_t)v[1], 0);
	case IMPORT_ISOLATE:
		return add(s, e, TRACE_STEP_ISOLATE, 0, 0, 0);
	case IMPORT_HIGHATOMIC:
		return add(s, e, TRACE_STEP_HIGHATOMIC, 0, 0, 0);
	case IMPORT_PAGEBLOCK:
		return pageblock(s, e, v);
	case IMPORT_MOVE:
		return add(s, e, TRACE_STEP_MOVE, (int64_t)v[0], 0, 0);
	case IMPORT_STEAL:
		return add(s, e, TRACE_STEP_STEAL, (int64_t)(v[0] + 8 * v[3]), (int64_t)v[1],
			   (int64_t)v[2]);
	case IMPORT_FOLD:
		e->type = v[3] != 0;
		return add(s, e, TRACE_STEP_FOLD, (int64_t)v[0], (int64_t)v[1], (int64_t)v[2]);
	case IMPORT_THRESHOLD:
		return add(s, e, TRACE_STEP_THRESHOLD, (int64_t)v[0], (int64_t)v[1], 0);
	case IMPORT_TICK:
		return tick(s, e, v);
	default:
		return true;
	}
}

static bool one(struct steps *s, struct import_event *e, size_t at)
{
	bool cold;

	switch (e->kind) {
	case IMPORT_REQUEST:
		return request(s, e, at);
	case IMPORT_ALLOC:
		return allocated(s, e);
	case IMPORT_FREE:
		return wait(s, &s->given[e->cpu], e->pfn, at);
	case IMPORT_ZONE_LOCKED:
		return zone_locked(s, e, at);
	case IMPORT_DRAIN:
		return add(s, e, TRACE_STEP_DRAIN, 0, 0, 0);
	case IMPORT_PCP_TAKE:
		return wait(s, &s->taken[e->cpu], e->pfn, at);
	case IMPORT_PCP_GIVE:
	case IMPORT_FREE_ONE:
		if (!note_type(s, e))
			return false;
		cold = e->kind == IMPORT_PCP_GIVE && s->im->src.extras[e->detail].value[0];
		freed(s, e, cold);
		return true;
	default:
		return step_below(s, e);
	}
}

/* ---- all --------------------------------------------------------------------------------- */

/* Pages that were taken for a request whose end the recording does not have; frees that had
 * not yet taken effect. */
static bool leftovers(struct steps *s)
{
	struct import_source *src = &s->im->src;

	for (unsigned c = 0; c < src->cpus; c++) {
		for (size_t i = 0; i < s->given[c].n; i++)
			src->events[s->given[c].list[i].at].kind = IMPORT_SKIP;
		for (size_t i = 0; i < s->taken[c].n; i++) {
			struct import_event *e = &src->events[s->taken[c].list[i].at];

			if (!guess_flags(s, e, e->type))
				return false;
			e->kind = IMPORT_ALLOC;
			e->type = -1;
			e->flags = 0;
			s->no_end++;
		}
	}
	return true;
}

static bool run(struct steps *s)
{
	struct import *im = s->im;

	s->nblocks = im->exact->before.lists.nblocks;
	s->block_type = malloc(s->nblocks + 1);
	s->taken = calloc(im->src.cpus + 1u, sizeof(*s->taken));
	s->given = calloc(im->src.cpus + 1u, sizeof(*s->given));
	if (!s->block_type || !s->taken || !s->given)
		return trace_error_memory(s->err);
	if (s->nblocks)
		memcpy(s->block_type, im->exact->before.lists.block_type, s->nblocks);
	for (size_t i = 0; i < im->src.n; i++)
		if (!one(s, &im->src.events[i], i))
			return false;
	return leftovers(s);
}

static void drop(struct steps *s)
{
	for (unsigned c = 0; c < s->im->src.cpus; c++) {
		if (s->taken)
			free(s->taken[c].list);
		if (s->given)
			free(s->given[c].list);
	}
	free(s->taken);
	free(s->given);
	free(s->block_type);
	import_pids_free(&s->asked);
}

bool import_exact_steps(struct import *im, struct trace_error *err)
{
	struct steps s = { .im = im, .err = err };
	bool ok = run(&s);

	drop(&s);
	if (!ok)
		return false;
	import_report_count(im->rep, "", "steps", "steps below requests", im->exact->nsteps, 0);
	import_report_count(im->rep, "", "request_no_begin",
			    "allocations that took effect before the start state, left out",
			    s.no_begin, 0);
	import_report_count(im->rep, "", "request_no_end",
			    "allocations whose end was not recorded", s.no_end, 0);
	import_report_count(im->rep, "", "old_types",
			    "frees that read their type before the pageblock changed",
			    s.old_types, 0);
	return true;
}
