/*
 * The migratetype of each pageblock, which no snapshot tells: derived from what lies on it,
 * with pagetypeinfo's number of pageblocks of each type as what must come out.
 *
 * What speaks for a type, by weight: a free block whose order has free blocks of one type
 * only in its zone (certain); the type that a drain or an allocation from a per-cpu list
 * told first (64 a frame); pages on LRU lists for Movable (4), slab pages for Unmovable and
 * Reclaimable, other pages in use for Unmovable (1). For each type but Movable, the
 * pageblocks that speak most for it, against the best other, are taken.
 */
#include "traces/import.h"

#include <stdlib.h>

#define CERTAIN (1 << 20)

enum { UNMOVABLE, MOVABLE, RECLAIMABLE };

struct block {
	int32_t score[IMPORT_TYPES];
	bool there;
};

struct types {
	struct import *im;
	struct block *blocks;
	uint64_t n;
};

/* The only type with free blocks of an order in the zone, or -1. */
static int sole_type(const struct import_zone *z, unsigned order)
{
	int found = -1;

	for (int t = 0; t < IMPORT_TYPES && z->has_types; t++) {
		if (!z->lists[t][order])
			continue;
		if (found >= 0)
			return -1;
		found = t;
	}
	return found;
}

static void add(struct types *t, uint64_t pfn, int type, int32_t weight)
{
	struct block *b = &t->blocks[pfn / IMPORT_BLOCK];

	if (type >= 0 && type < IMPORT_TYPES && b->score[type] < INT32_MAX / 4)
		b->score[type] += weight;
}

static void free_blocks(struct types *t)
{
	struct trace_state *s = &t->im->state;

	for (uint64_t i = 0; i < s->nfree; i++) {
		const struct import_zone *z =
			import_state_zone(&t->im->snap.before, s->free[i].pfn);
		int type = z ? sole_type(z, s->free[i].order) : -1;

		if (type < 0)
			continue;
		s->free[i].type = (uint8_t)type;
		for (uint64_t p = s->free[i].pfn;
		     p < s->free[i].pfn + (1ull << s->free[i].order); p += IMPORT_BLOCK)
			add(t, p, type, CERTAIN);
	}
}

static void pcp_pages(struct types *t)
{
	const struct trace_state *s = &t->im->state;

	for (uint64_t i = 0; i < s->npcp; i++)
		if (s->pcp[i].type != 0xff)
			add(t, s->pcp[i].pfn, s->pcp[i].type, 64 << s->pcp[i].order);
}

/* A drain tells the type that the frame's pageblock had; only the first one of each frame
 * counts, since steals change types later. */
static void drains(struct types *t)
{
	const struct import *im = t->im;

	for (size_t i = im->lo; i < im->hi; i++) {
		const struct import_event *e = &im->src.events[i];

		if (e->kind == IMPORT_EXTFRAG)
			return;
		if (e->kind == IMPORT_DRAIN && e->type >= 0)
			add(t, e->pfn, e->type, 64);
	}
}

static void used_frames(struct types *t)
{
	const struct trace_state *s = &t->im->state;

	for (uint64_t i = 0; i < s->nused; i++) {
		const struct trace_used *u = &s->used[i];
		int32_t frames = 1 << u->order;

		if (u->use & TRACE_USE_LRU) {
			add(t, u->pfn, MOVABLE, 4 * frames);
		} else {
			add(t, u->pfn, UNMOVABLE, frames);
			if (u->use & TRACE_USE_SLAB)
				add(t, u->pfn, RECLAIMABLE, frames);
		}
	}
}

static void mark_there(struct types *t)
{
	for (uint64_t pfn = 0; pfn < t->im->frames; pfn++)
		if (t->im->class[pfn] > IMPORT_HOLE)
			t->blocks[pfn / IMPORT_BLOCK].there = true;
}

static int32_t lead(const struct block *b, int type)
{
	int32_t best = INT32_MIN;

	for (int other = 0; other < IMPORT_TYPES; other++)
		if (other != type && b->score[other] > best)
			best = b->score[other];
	return b->score[type] - best;
}

struct candidate {
	int32_t lead;
	uint32_t block;
};

static int by_lead(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->lead != y->lead)
		return x->lead > y->lead ? -1 : 1;
	return x->block < y->block ? -1 : x->block > y->block;
}

/* The `want` undecided pageblocks of the zone that speak most for the type. */
static uint64_t decide(struct types *t, const struct trace_zone *z, int type, uint64_t want,
		       struct candidate *c)
{
	uint8_t *out = t->im->state.block_type;
	uint64_t n = 0;

	for (uint64_t b = z->start / IMPORT_BLOCK;
	     b < (z->end + IMPORT_BLOCK - 1) / IMPORT_BLOCK; b++)
		if (t->blocks[b].there && out[b] == 0xff)
			c[n++] = (struct candidate){ lead(&t->blocks[b], type), (uint32_t)b };
	qsort(c, n, sizeof(*c), by_lead);
	for (uint64_t i = 0; i < n && i < want; i++)
		out[c[i].block] = (uint8_t)type;
	return n < want ? n : want;
}

/* Without pagetypeinfo: what speaks most, Movable among equals. */
static void decide_alone(struct types *t, const struct trace_zone *z)
{
	uint8_t *out = t->im->state.block_type;

	for (uint64_t b = z->start / IMPORT_BLOCK;
	     b < (z->end + IMPORT_BLOCK - 1) / IMPORT_BLOCK; b++) {
		int best = MOVABLE;

		for (int type = 0; type < IMPORT_TYPES; type++)
			if (t->blocks[b].score[type] > t->blocks[b].score[best])
				best = type;
		out[b] = (uint8_t)best;
	}
}

static uint64_t decide_zone(struct types *t, const struct import_zone *z, struct candidate *c)
{
	static const int order[] = { 3, 4, 5, RECLAIMABLE, UNMOVABLE };
	uint64_t decided = 0;

	if (!z->has_types) {
		decide_alone(t, &z->z);
		return 0;
	}
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		decided += decide(t, &z->z, order[i], z->blocks[order[i]], c);
	return decided + decide(t, &z->z, MOVABLE, UINT32_MAX, c);
}

/* How many free blocks lie on pageblocks such that pagetypeinfo's lists come out. */
static void report(const struct types *t)
{
	const struct import *im = t->im;
	uint64_t fit = 0, all = 0;

	for (unsigned i = 0; i < im->snap.before.nzones; i++) {
		const struct import_zone *z = &im->snap.before.zones[i];
		uint64_t have[IMPORT_TYPES][TRACE_ORDERS] = { { 0 } };

		for (uint64_t f = 0; f < im->state.nfree && z->has_types; f++) {
			const struct trace_free *b = &im->state.free[f];
			uint8_t type = b->type != 0xff
					       ? b->type
					       : im->state.block_type[b->pfn / IMPORT_BLOCK];

			if (b->pfn >= z->z.start && b->pfn < z->z.end && type < IMPORT_TYPES)
				have[type][b->order]++;
		}
		for (int type = 0; type < IMPORT_TYPES; type++)
			for (unsigned o = 0; o < TRACE_ORDERS; o++) {
				all += have[type][o];
				fit += have[type][o] < z->lists[type][o] ? have[type][o]
									 : z->lists[type][o];
			}
	}
	import_report_count(
		im->rep, "R6", "types_fit",
		"free blocks at the start on a list of the type that pagetypeinfo counts", fit,
		all);
}

bool import_types(struct import *im, struct trace_error *err)
{
	struct types t = { .im = im, .n = (im->frames + IMPORT_BLOCK - 1) / IMPORT_BLOCK };
	struct candidate *c = malloc((t.n + 1) * sizeof(*c));

	t.blocks = calloc(t.n + 1, sizeof(*t.blocks));
	im->state.block_type = malloc(t.n + 1);
	if (!c || !t.blocks || !im->state.block_type) {
		free(c);
		free(t.blocks);
		return trace_error_memory(err);
	}
	im->state.nblocks = t.n;
	for (uint64_t b = 0; b < t.n; b++)
		im->state.block_type[b] = 0xff;
	mark_there(&t);
	free_blocks(&t);
	pcp_pages(&t);
	drains(&t);
	used_frames(&t);
	for (unsigned i = 0; i < im->snap.before.nzones; i++)
		decide_zone(&t, &im->snap.before.zones[i], c);
	for (uint64_t b = 0; b < t.n; b++)
		if (im->state.block_type[b] == 0xff)
			im->state.block_type[b] = MOVABLE;
	report(&t);
	free(c);
	free(t.blocks);
	return true;
}
