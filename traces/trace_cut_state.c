/*
 * The start state in the middle of a trace. Frames that the trace's start state had free, in
 * per-cpu lists or in objects are all that can be allocated; those that no live object has are
 * free. Order and type of lists are not known there any more: free blocks ascend, each in the
 * list of its pageblock's type unless it is as it was at the start. Per-cpu lists are empty.
 */
#include <stdlib.h>
#include <string.h>

#include "traces/trace_cut.h"

struct block {
	uint64_t pfn, object; /* object: of one in use that has one */
	uint32_t offset;
	uint8_t order, tag; /* use, or type of a list */
};

struct blocks {
	struct block *list;
	uint64_t n, cap;
};

struct making {
	struct trace_cut *c;
	struct blocks usable, used;
	uint64_t free_cap;
};

static bool add_block(struct blocks *b, struct block block, struct trace_error *err)
{
	if (b->n == b->cap) {
		uint64_t cap = b->cap ? 2 * b->cap : 1024;
		void *list = realloc(b->list, cap * sizeof(*b->list));

		if (!list)
			return trace_error_memory(err);
		b->list = list;
		b->cap = cap;
	}
	b->list[b->n++] = block;
	return true;
}

static bool add(struct blocks *b, uint64_t pfn, unsigned order, unsigned tag,
		struct trace_error *err)
{
	return add_block(b,
			 (struct block){ .pfn = pfn,
					 .object = TRACE_NO_OBJECT,
					 .order = (uint8_t)order,
					 .tag = (uint8_t)tag },
			 err);
}

static int by_pfn(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	return (x->pfn > y->pfn) - (x->pfn < y->pfn);
}

static uint64_t end_of(const struct block *b)
{
	return b->pfn + (UINT64_C(1) << b->order);
}

static bool sort(struct blocks *b, struct trace_error *err)
{
	if (b->n)
		qsort(b->list, b->n, sizeof(*b->list), by_pfn);
	for (uint64_t i = 1; i < b->n; i++)
		if (b->list[i].pfn < end_of(&b->list[i - 1]))
			return trace_error_data(err,
						"frame %llu is in use twice where the part "
						"begins: the trace's frames contradict its "
						"start state",
						(unsigned long long)b->list[i].pfn);
	return true;
}

/* ---- what is in use ---------------------------------------------------------------------- */

/* As the lists of LRU_ADD have it, else as its request asks for it (docs/traces.md). */
static uint8_t use_of_list(uint32_t value)
{
	uint32_t list = value & TRACE_LRU_LIST, flags = value >> TRACE_LRU_SHIFT;
	bool shared = (flags & TRACE_LRU_SWAP_BACKED) && !(flags & TRACE_LRU_ANON);
	unsigned use = TRACE_USE_LRU;

	if (list > 3)
		return TRACE_USE_LRU;
	use |= list < 2 ? TRACE_USE_ANON : TRACE_USE_FILE;
	if (list < 2 && shared)
		use |= TRACE_USE_FILE;
	return (uint8_t)(list & 1 ? use | TRACE_USE_ACTIVE : use);
}

static uint8_t use_of_request(const char *gfp, unsigned order)
{
	bool written = strstr(gfp, "__GFP_WRITE");
	bool ahead = strstr(gfp, "__GFP_NORETRY") && strstr(gfp, "__GFP_NOWARN");

	if (order && order != TRACE_HUGE_ORDER)
		return 0;
	if (!strstr(gfp, "MOVABLE"))
		return strstr(gfp, "__GFP_RECLAIMABLE") ? TRACE_USE_SLAB : 0;
	if (!written && !ahead && !strstr(gfp, "GFP_NOFS"))
		return TRACE_USE_LRU | TRACE_USE_ANON | TRACE_USE_ACTIVE;
	return TRACE_USE_LRU | TRACE_USE_FILE | (written ? TRACE_USE_DIRTY : 0);
}

static uint8_t use_of(const struct trace_cut *c, const struct trace_cut_object *o,
		      unsigned order)
{
	if (o->listed)
		return use_of_list(o->lru);
	if (o->of_start)
		return o->use;
	return c->any_listed ? 0 : use_of_request(trace_reader_gfp(c->reader, o->gfp), order);
}

/* The object, or the maximal aligned blocks of it that are not freed. */
static bool add_live(struct making *m, const struct trace_live_entry *e,
		     struct trace_error *err)
{
	const struct trace_live *l = &m->c->live;
	struct trace_cut_object *o = trace_cut_object(m->c, e);
	uint8_t use = use_of(m->c, o, e->order);
	uint32_t n = 1u << e->order;
	unsigned order;

	struct block part = { .object = e->object, .tag = use };

	o->placed = true;
	part.pfn = o->pfn;
	part.order = e->order;
	if (!e->parts)
		return add_block(&m->used, part, err);
	for (uint32_t at = 0; at < n; at += 1u << order) {
		uint32_t left = 0;

		order = 0;
		while (at + left < n && !trace_live_is_freed(l, e, at + left))
			left++;
		while (left && !(at & (1u << order)) && 2u << order <= left)
			order++;
		part.pfn = o->pfn + at;
		part.offset = at;
		part.order = (uint8_t)order;
		if (left && !add_block(&m->used, part, err))
			return false;
	}
	return true;
}

static bool find_used(struct making *m, struct trace_error *err)
{
	const struct trace_state *s = m->c->old_state;
	const struct trace_live *l = &m->c->live;

	for (uint64_t i = 0; i < l->nslots; i++)
		if (l->slot[i].object != TRACE_NO_OBJECT && !add_live(m, &l->slot[i], err))
			return false;
	for (uint64_t i = 0; i < s->nused; i++)
		if ((s->used[i].use & TRACE_USE_PINNED) &&
		    !add(&m->used, s->used[i].pfn, s->used[i].order, s->used[i].use, err))
			return false;
	return sort(&m->used, err);
}

static bool take_used(struct making *m, struct trace_error *err)
{
	struct trace_state *s = m->c->state;

	s->used = malloc((m->used.n + 1) * sizeof(*s->used));
	m->c->place = malloc((m->used.n + 1) * sizeof(*m->c->place));
	if (!s->used || !m->c->place)
		return trace_error_memory(err);
	for (uint64_t i = 0; i < m->used.n; i++) {
		const struct block *b = &m->used.list[i];

		s->used[s->nused++] = (struct trace_used){ b->pfn, b->order, b->tag };
		if (b->tag & TRACE_USE_PINNED)
			continue;
		m->c->place[m->c->nplaces++] =
			(struct trace_cut_place){ b->pfn, b->object, b->offset, b->order };
		if (!trace_cut_names_add(m->c, b->object, b->offset, b->order, err))
			return false;
	}
	return true;
}

/* ---- what is free ------------------------------------------------------------------------ */

static bool find_usable(struct making *m, struct trace_error *err)
{
	const struct trace_state *s = m->c->old_state;

	for (uint64_t i = 0; i < s->nfree; i++)
		if (!add(&m->usable, s->free[i].pfn, s->free[i].order, s->free[i].type, err))
			return false;
	for (uint64_t i = 0; i < s->npcp; i++)
		if (!add(&m->usable, s->pcp[i].pfn, s->pcp[i].order, 0xff, err))
			return false;
	for (uint64_t i = 0; i < s->nused; i++)
		if (!(s->used[i].use & TRACE_USE_PINNED) &&
		    !add(&m->usable, s->used[i].pfn, s->used[i].order, 0xff, err))
			return false;
	return sort(&m->usable, err);
}

/* No block lies in two zones. */
static uint64_t zone_border(const struct trace_header *h, uint64_t pfn, uint64_t end)
{
	for (unsigned i = 0; i < h->nzones; i++) {
		if (h->zones[i].start > pfn && h->zones[i].start < end)
			end = h->zones[i].start;
		if (h->zones[i].end > pfn && h->zones[i].end < end)
			end = h->zones[i].end;
	}
	return end;
}

static uint8_t type_at_start(const struct making *m, uint64_t pfn, unsigned order)
{
	const struct block key = { .pfn = pfn };
	const struct block *b =
		m->usable.n ? bsearch(&key, m->usable.list, m->usable.n, sizeof(key), by_pfn)
			    : NULL;

	return b && b->order == order ? b->tag : 0xff;
}

static bool add_free(struct making *m, uint64_t pfn, unsigned order, struct trace_error *err)
{
	struct trace_state *s = m->c->state;

	if (s->nfree == m->free_cap) {
		uint64_t cap = m->free_cap ? 2 * m->free_cap : 1024;
		void *list = realloc(s->free, cap * sizeof(*s->free));

		if (!list)
			return trace_error_memory(err);
		s->free = list;
		m->free_cap = cap;
	}
	s->free[s->nfree++] =
		(struct trace_free){ pfn, (uint8_t)order, type_at_start(m, pfn, order) };
	return true;
}

static bool add_free_run(struct making *m, uint64_t from, uint64_t to, struct trace_error *err)
{
	const struct trace_header *h = trace_reader_header(m->c->reader);

	while (from < to) {
		uint64_t end = zone_border(h, from, to);
		unsigned order = 0;

		while (order + 1 < TRACE_ORDERS && !(from >> order & 1) &&
		       from + (UINT64_C(2) << order) <= end)
			order++;
		if (!add_free(m, from, order, err))
			return false;
		from += UINT64_C(1) << order;
	}
	return true;
}

/* Of a run of usable frames what is not used; *next is the first used block that may lie in
 * it. */
static bool free_in_run(struct making *m, uint64_t from, uint64_t to, uint64_t *next,
			struct trace_error *err)
{
	const struct blocks *used = &m->used;

	while (*next < used->n && end_of(&used->list[*next]) <= from)
		++*next;
	for (uint64_t i = *next; i < used->n && used->list[i].pfn < to; i++) {
		if (!add_free_run(m, from, used->list[i].pfn, err))
			return false;
		from = end_of(&used->list[i]) > from ? end_of(&used->list[i]) : from;
	}
	return add_free_run(m, from, to, err);
}

static bool find_free(struct making *m, struct trace_error *err)
{
	const struct blocks *u = &m->usable;
	uint64_t next = 0;

	for (uint64_t i = 0, last; i < u->n; i = last + 1) {
		for (last = i; last + 1 < u->n; last++)
			if (u->list[last + 1].pfn != end_of(&u->list[last]))
				break;
		if (!free_in_run(m, u->list[i].pfn, end_of(&u->list[last]), &next, err))
			return false;
	}
	return true;
}

bool trace_cut_state(struct trace_cut *c, struct trace_error *err)
{
	struct making m = { .c = c };
	bool ok;

	c->state = calloc(1, sizeof(*c->state));
	if (!c->state)
		return trace_error_memory(err);
	c->state->block_type = c->block_type;
	c->state->nblocks = c->old_state->nblocks;
	c->block_type = NULL;
	ok = find_used(&m, err) && take_used(&m, err) && find_usable(&m, err) &&
	     find_free(&m, err);
	free(m.usable.list);
	free(m.used.list);
	return ok;
}
