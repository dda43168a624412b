/*
 * Requests to objects (R1, R7, R8, R9, R14). An object is an allocation; its identity is
 * (frame, time). im->owner knows for each frame which object holds it now. Whatever does not
 * fit is put right by an event that was not recorded: a missing free, a hidden allocation.
 */
#include "traces/import.h"

#include <stdlib.h>
#include <string.h>

struct match {
	struct import *im;
	uint32_t at; /* index of the event at hand */
	uint32_t next_seq;
	size_t parts;   /* of the free at hand, from im->parts[parts] on */
	uint32_t *cold; /* [cpus]: low bits of a frame that mm_page_free_batched called cold */
	struct import_pids reclaim; /* 1: kswapd; 2: inside direct reclaim */
	uint64_t batched, batched_alone, failed, missed, hidden, isolated, hidden_at_lock,
		partial, larger, pieces, unknown, reclaim_frees, cold_frees, lru, lru_alone;
	struct trace_error *err;
};

static struct import_page *page_at(struct match *m, uint64_t pfn)
{
	return import_pages_at(&m->im->owner, pfn, m->err);
}

/* A frame's owner; frames beyond what was ever stored are unknown. */
static uint32_t owner_of(const struct match *m, uint64_t pfn)
{
	const struct import_page *p = import_pages_look(&m->im->owner, pfn);

	return p ? p->a : IMPORT_UNKNOWN;
}

static bool is_object(uint32_t owner)
{
	return owner >= IMPORT_FIRST_OBJECT;
}

static struct import_object *object_of(const struct match *m, uint32_t owner)
{
	return &m->im->objects[owner - IMPORT_FIRST_OBJECT];
}

static bool new_object(struct match *m, uint64_t pfn, unsigned order, uint32_t *owner)
{
	struct import *im = m->im;

	if (!import_source_grow(&im->objects, &im->objects_cap, im->nobjects,
				sizeof(*im->objects), m->err))
		return false;
	im->objects[im->nobjects] = (struct import_object){ pfn, 1u << order, (uint8_t)order };
	*owner = (uint32_t)im->nobjects++ + IMPORT_FIRST_OBJECT;
	return true;
}

static bool own_block(struct match *m, uint64_t pfn, unsigned order, uint32_t owner)
{
	for (uint64_t end = pfn + (1ull << order); pfn < end; pfn++) {
		struct import_page *p = page_at(m, pfn);

		if (!p)
			return false;
		p->a = owner;
		p->b = 0;
	}
	return true;
}

static bool insert(struct match *m, uint32_t at, enum import_kind kind, uint64_t pfn,
		   unsigned order, uint32_t owner)
{
	struct import *im = m->im;
	struct import_insert in = {
		.pfn = pfn,
		.at = at,
		.seq = m->next_seq++,
		.object = owner - IMPORT_FIRST_OBJECT,
		.offset = (uint32_t)(pfn - object_of(m, owner)->pfn),
		.kind = (uint8_t)kind,
		.order = (uint8_t)order,
	};

	if (!import_source_grow(&im->inserts, &im->inserts_cap, im->ninserts,
				sizeof(*im->inserts), m->err))
		return false;
	im->inserts[im->ninserts++] = in;
	return true;
}

/* ---- allocations ------------------------------------------------------------------------ */

static bool covers(const struct match *m, uint32_t owner, uint64_t pfn, unsigned order)
{
	const struct import_object *o = object_of(m, owner);

	return o->pfn >= pfn && o->pfn + (1ull << o->order) <= pfn + (1ull << order);
}

/* The frame is allocated again: whatever held it was freed without an event. An object that
 * lies wholly in the new block goes as a whole, of a larger one only the frame. */
static bool miss_free(struct match *m, uint64_t pfn, unsigned order, uint32_t owner)
{
	struct import_object *o = object_of(m, owner);
	bool whole = covers(m, owner, pfn, order) && o->live == 1u << o->order;
	uint64_t start = whole ? o->pfn : pfn;
	unsigned size = whole ? o->order : 0;

	m->missed++;
	o->live -= 1u << size;
	return insert(m, m->at, IMPORT_FREE, start, size, owner) &&
	       own_block(m, start, size, IMPORT_NOBODY);
}

static bool alloc(struct match *m, struct import_event *e)
{
	uint32_t owner;

	if (e->pfn == IMPORT_NO_PFN) {
		m->failed++;
		return true;
	}
	for (uint64_t pfn = e->pfn; pfn < e->pfn + (1ull << e->order); pfn++) {
		owner = owner_of(m, pfn);
		if (is_object(owner) && !miss_free(m, pfn, e->order, owner))
			return false;
	}
	if (!new_object(m, e->pfn, e->order, &owner))
		return false;
	e->detail = owner - IMPORT_FIRST_OBJECT;
	return own_block(m, e->pfn, e->order, owner);
}

/* ---- frees ------------------------------------------------------------------------------ */

static bool give_back(struct match *m, uint64_t pfn, unsigned order, uint32_t owner)
{
	struct import *im = m->im;
	struct import_object *o = object_of(m, owner);
	struct import_part part = {
		.pfn = pfn,
		.object = owner - IMPORT_FIRST_OBJECT,
		.offset = (uint32_t)(pfn - o->pfn),
		.order = (uint8_t)order,
	};

	if (!import_source_grow(&im->parts, &im->parts_cap, im->nparts, sizeof(*im->parts),
				m->err))
		return false;
	if (im->nparts > m->parts)
		im->parts[im->nparts - 1].more = 1;
	im->parts[im->nparts++] = part;
	o->live -= 1u << order;
	return own_block(m, pfn, order, IMPORT_NOBODY);
}

/* An allocation without an event, for instance by the bulk allocator for kernel stacks. It
 * happened when its frames left the free list, if that was recorded after their last free. */
static bool hide_alloc(struct match *m, uint64_t pfn, unsigned order, uint32_t *owner)
{
	uint32_t at = 0;

	for (uint64_t i = pfn; i < pfn + (1ull << order); i++) {
		const struct import_page *p = import_pages_look(&m->im->owner, i);

		if (!p || !p->b) {
			at = 0;
			break;
		}
		at = p->b > at ? p->b : at;
	}
	/* Compaction's free pages become used without a request: nothing is missing there. */
	if (at && m->im->src.events[at - 1].kind == IMPORT_ISOLATE)
		m->isolated++;
	else
		m->hidden++;
	m->hidden_at_lock += at != 0;
	return new_object(m, pfn, order, owner) &&
	       insert(m, at ? at - 1 : m->at, IMPORT_ALLOC, pfn, order, *owner) &&
	       own_block(m, pfn, order, *owner);
}

/* The owner of all frames of a block, or IMPORT_NONE when they differ. */
static uint32_t common_owner(const struct match *m, uint64_t pfn, unsigned order)
{
	uint32_t owner = owner_of(m, pfn);

	for (uint64_t i = pfn + 1; i < pfn + (1ull << order); i++)
		if (owner_of(m, i) != owner)
			return IMPORT_NONE;
	return owner;
}

/* Is the block made of whole objects, and of nothing else? */
static bool holds_whole_objects(const struct match *m, uint64_t pfn, unsigned order)
{
	uint64_t end = pfn + (1ull << order);

	while (pfn < end) {
		uint32_t owner = owner_of(m, pfn);
		const struct import_object *o;

		if (!is_object(owner))
			return false;
		o = object_of(m, owner);
		if (o->pfn != pfn || o->live != 1u << o->order || pfn + o->live > end)
			return false;
		pfn += o->live;
	}
	return true;
}

static bool free_objects(struct match *m, uint64_t pfn, unsigned order)
{
	for (uint64_t end = pfn + (1ull << order); pfn < end;) {
		uint32_t owner = owner_of(m, pfn);
		unsigned size = object_of(m, owner)->order;

		if (!give_back(m, pfn, size, owner))
			return false;
		pfn += 1ull << size;
	}
	m->larger++;
	return true;
}

/* One owner: part of an object, a hidden allocation, or something from before the trace. */
static bool free_from(struct match *m, uint64_t pfn, unsigned order, uint32_t owner)
{
	if (!is_object(owner) && !m->im->snap.before.there && owner == IMPORT_UNKNOWN) {
		m->unknown++;
		return own_block(m, pfn, order, IMPORT_NOBODY);
	}
	if (!is_object(owner))
		return hide_alloc(m, pfn, order, &owner) && give_back(m, pfn, order, owner);
	m->partial += order < object_of(m, owner)->order;
	return give_back(m, pfn, order, owner);
}

static bool free_pieces(struct match *m, uint64_t pfn, unsigned order)
{
	m->pieces++;
	for (uint64_t end = pfn + (1ull << order); pfn < end; pfn++)
		if (!free_from(m, pfn, 0, owner_of(m, pfn)))
			return false;
	return true;
}

static void note_parts(struct match *m, struct import_event *e)
{
	struct import *im = m->im;

	if (im->nparts == m->parts) {
		e->kind = IMPORT_SKIP;
		return;
	}
	e->kind = IMPORT_FREE_PARTS;
	e->detail = (uint32_t)m->parts;
}

static void tag_reclaim(struct match *m, struct import_event *e)
{
	if (!import_pids_get(&m->reclaim, e->pid) || e->flags & (TRACE_HARDIRQ | TRACE_SOFTIRQ))
		return;
	e->flags |= TRACE_RECLAIM;
	m->reclaim_frees++;
}

static void tag_cold(struct match *m, struct import_event *e)
{
	if (m->cold[e->cpu] != (uint32_t)e->pfn + 1)
		return;
	m->cold[e->cpu] = 0;
	e->flags |= TRACE_COLD;
	m->cold_frees++;
}

static bool release(struct match *m, struct import_event *e)
{
	uint32_t owner = common_owner(m, e->pfn, e->order);
	bool ok;

	tag_reclaim(m, e);
	tag_cold(m, e);
	m->parts = m->im->nparts;
	if (owner != IMPORT_NONE)
		ok = free_from(m, e->pfn, e->order, owner);
	else if (holds_whole_objects(m, e->pfn, e->order))
		ok = free_objects(m, e->pfn, e->order);
	else
		ok = free_pieces(m, e->pfn, e->order);
	if (!ok)
		return false;
	if (m->im->nparts == m->parts + 1 && m->im->parts[m->parts].order == e->order) {
		e->detail = m->im->parts[m->parts].object;
		m->im->nparts--;
	} else {
		note_parts(m, e);
	}
	return true;
}

/* ---- events that only tell something ----------------------------------------------------- */

/* R1: it repeats a free. Before 4.15 it stands in front of that free, and its `cold` is the
 * only place where this is told. */
static void batched(struct match *m, const struct import_event *e)
{
	m->batched++;
	if (owner_of(m, e->pfn) == IMPORT_NOBODY)
		return;
	if (e->flags & TRACE_COLD)
		m->cold[e->cpu] = (uint32_t)e->pfn + 1;
	m->batched_alone++;
}

static bool zone_locked(struct match *m, const struct import_event *e)
{
	for (uint64_t pfn = e->pfn; pfn < e->pfn + (1ull << e->order); pfn++) {
		struct import_page *p = page_at(m, pfn);

		if (!p)
			return false;
		if (!is_object(p->a))
			p->b = m->at + 1;
	}
	return true;
}

/* A free page that compaction took, and moved another page to: it goes onto a list. */
static bool is_taken(const struct match *m, const struct import_event *e, uint32_t owner)
{
	const struct import_page *p = import_pages_look(&m->im->owner, e->pfn);

	return e->kind == IMPORT_LRU_ADD && owner == IMPORT_NOBODY && p && p->b &&
	       m->im->src.events[p->b - 1].kind == IMPORT_ISOLATE;
}

/* Of a frame that no object holds, nothing can be noted. */
static bool lru(struct match *m, struct import_event *e)
{
	uint32_t owner = owner_of(m, e->pfn);

	if (is_taken(m, e, owner) && !hide_alloc(m, e->pfn, 0, &owner))
		return false;
	if (is_object(owner)) {
		e->detail = owner - IMPORT_FIRST_OBJECT;
		m->lru++;
	} else {
		e->kind = IMPORT_SKIP;
		m->lru_alone++;
	}
	return true;
}

static bool set_reclaim(struct match *m, int32_t pid, uint32_t clear, uint32_t set)
{
	uint32_t *at = import_pids_at(&m->reclaim, pid);

	if (!at)
		return trace_error_memory(m->err);
	*at = (*at & ~clear) | set;
	return true;
}

static bool step(struct match *m, struct import_event *e)
{
	switch (e->kind) {
	case IMPORT_ALLOC:
		return alloc(m, e);
	case IMPORT_FREE:
		return release(m, e);
	case IMPORT_BATCHED:
		batched(m, e);
		return true;
	case IMPORT_ZONE_LOCKED:
	case IMPORT_ISOLATE:
		return e->pfn == IMPORT_NO_PFN || zone_locked(m, e);
	case IMPORT_RECLAIM_BEGIN:
		return set_reclaim(m, e->pid, 0, 2);
	case IMPORT_RECLAIM_END:
		return set_reclaim(m, e->pid, 2, 0);
	case IMPORT_LRU_ADD:
	case IMPORT_LRU_ACCESS:
		return lru(m, e);
	default:
		return true;
	}
}

/* ---- all -------------------------------------------------------------------------------- */

/* Who owns what at the start: import_first's used blocks, in the order of their numbers. */
static bool start_owners(struct match *m)
{
	struct import *im = m->im;
	uint32_t owner;

	for (unsigned i = 0; i < im->snap.before.nzones; i++) {
		const struct trace_zone *z = &im->snap.before.zones[i].z;

		for (uint64_t pfn = z->start; pfn < z->end; pfn++) {
			enum import_class c = im->class[pfn];
			struct import_page *p;

			if (c == IMPORT_HOLE)
				continue;
			p = page_at(m, pfn);
			if (!p)
				return false;
			p->a = c == IMPORT_LISTED || c == IMPORT_PCP ? IMPORT_NOBODY
								     : IMPORT_PINNED;
		}
	}
	for (uint64_t i = 0; i < im->state.nused; i++) {
		const struct trace_used *u = &im->state.used[i];

		if (u->use & TRACE_USE_PINNED)
			continue;
		if (!new_object(m, u->pfn, u->order, &owner) ||
		    !own_block(m, u->pfn, u->order, owner))
			return false;
	}
	im->start_objects = im->nobjects;
	return true;
}

/* kswapd is known by its own events, wherever in the trace they stand, or by its name. */
static bool find_kswapd(struct match *m)
{
	const struct import_source *s = &m->im->src;

	for (size_t i = 0; i < s->n; i++)
		if ((s->events[i].kind == IMPORT_KSWAPD_WAKE ||
		     s->events[i].kind == IMPORT_KSWAPD_SLEEP) &&
		    !set_reclaim(m, s->events[i].pid, 0, 1))
			return false;
	for (size_t i = 0; i < s->ncomms; i++)
		if (strncmp(s->comms[i].comm, "kswapd", 6) == 0 &&
		    !set_reclaim(m, s->comms[i].pid, 0, 1))
			return false;
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct import_insert *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void report(const struct match *m)
{
	struct trace_import_report *r = m->im->rep;
	uint64_t all = m->im->requests;
	const struct {
		const char *rule, *key, *text;
		uint64_t n, of;
	} rows[] = {
		{ "R1", "batched", "mm_page_free_batched, repeating a free, dropped",
		  m->batched, all },
		{ "R1", "batched_alone", "of these in front of their free, or without one",
		  m->batched_alone, m->batched },
		{ "R1", "cold", "frees marked cold", m->cold_frees, all },
		{ "R7", "missed", "missing frees put in", m->missed, all },
		{ "R7", "hidden", "hidden allocations put in", m->hidden, all },
		{ "R7", "hidden_at_lock", "of these where their frames left the free list",
		  m->hidden_at_lock, m->hidden },
		{ "R7", "unknown", "frees of what was allocated before the trace, dropped",
		  m->unknown, all },
		{ "R8", "partial", "frees of a part of an object", m->partial, all },
		{ "R8", "larger", "frees of several whole objects at once", m->larger, all },
		{ "R8", "pieces", "other frees, taken frame by frame", m->pieces, all },
		{ "R9", "failed", "failed allocations, kept as requests", m->failed, all },
		{ "R10", "gfp_unknown", "allocations with gfp bits that have no name",
		  m->im->src.unknown_gfp, all },
		{ "R14", "reclaim", "frees by the recorded kernel's own reclaim",
		  m->reclaim_frees, all },
		{ "", "lru", "LRU insertions and activations of objects", m->lru, 0 },
		{ "", "lru_alone", "LRU events of frames that no object holds, dropped",
		  m->lru_alone, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		import_report_count(r, rows[i].rule, rows[i].key, rows[i].text, rows[i].n,
				    rows[i].of);
	if (m->im->exact)
		import_report_count(r, "R7", "isolated",
				    "allocations put in where compaction took free pages",
				    m->isolated, all);
}

static bool all_events(struct match *m)
{
	struct import *im = m->im;

	for (size_t i = im->lo; i < im->hi; i++) {
		m->at = (uint32_t)i;
		if (!step(m, &im->src.events[i]))
			return trace_error_at(m->err, "%s: event %zu: ", im->src.label, i + 1);
	}
	return true;
}

bool import_match(struct import *im, struct trace_error *err)
{
	struct match m = { .im = im, .err = err };
	bool ok;

	m.cold = calloc(im->src.cpus + 1u, sizeof(*m.cold));
	ok = m.cold ? import_pages_init(&im->owner, im->frames, err) : trace_error_memory(err);
	ok = ok && start_owners(&m) && find_kswapd(&m) && all_events(&m);
	if (ok) {
		if (im->ninserts)
			qsort(im->inserts, im->ninserts, sizeof(*im->inserts), by_place);
		report(&m);
	}
	import_pids_free(&m.reclaim);
	free(m.cold);
	return ok;
}
