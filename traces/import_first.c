/*
 * The start state from the classes of the frames: free blocks (R5), per-cpu pages in the
 * order in which they will leave, used blocks. A used frame that is freed in this trace
 * belongs to an object of that free's order; all others are pinned, in blocks as large as
 * their compound flags say, or, when they are on no LRU list, as large as they are alike.
 */
#include "traces/import.h"

#include <stdlib.h>

struct first {
	struct import *im;
	struct trace_state *s;
	size_t free_cap, used_cap, pcp_cap;
	struct pcp_key {
		struct trace_pcp page;
		uint32_t key; /* smaller leaves earlier */
	} * pcp;
	uint64_t *missing; /* [cpus] of the zone: frames that no event told */
	struct trace_error *err;
	bool ok;
};

/* ---- free blocks ------------------------------------------------------------------------ */

static bool is_listed(void *ctx, uint64_t pfn)
{
	const struct first *f = ctx;

	return f->im->class[pfn] == IMPORT_LISTED;
}

static void add_free(void *ctx, uint64_t pfn, unsigned order)
{
	struct first *f = ctx;

	f->ok = f->ok && import_source_grow(&f->s->free, &f->free_cap, f->s->nfree,
					    sizeof(*f->s->free), f->err);
	if (f->ok)
		f->s->free[f->s->nfree++] = (struct trace_free){ pfn, (uint8_t)order, 0xff };
}

/* ---- per-cpu pages ---------------------------------------------------------------------- */

/* Of those that no event tells, each cpu gets what zoneinfo counted and events do not. */
static uint16_t cpu_for_guess(struct first *f, unsigned cpus)
{
	for (unsigned cpu = 0; cpu < cpus; cpu++)
		if (f->missing[cpu]) {
			f->missing[cpu]--;
			return (uint16_t)cpu;
		}
	return 0;
}

static bool whole_pcp_block(const struct import *im, const struct import_event *e, uint32_t a,
			    uint32_t b)
{
	for (uint64_t pfn = e->pfn; pfn < e->pfn + (1ull << e->order); pfn++) {
		const struct import_page *t = import_pages_look(&im->touch, pfn);

		if (im->class[pfn] != IMPORT_PCP || t->a != a || t->b != b)
			return false;
	}
	return true;
}

/* Lists are taken from their head by allocations and from their tail by drains. */
static struct pcp_key pcp_of(struct first *f, uint64_t pfn, unsigned cpus)
{
	const struct import_page *t = import_pages_look(&f->im->touch, pfn);
	struct pcp_key p = { .page = { .pfn = pfn, .type = 0xff }, .key = UINT32_MAX / 2 };
	const struct import_event *e;

	if (!t || (!t->a && !t->b)) {
		p.page.cpu = cpu_for_guess(f, cpus);
		return p;
	}
	e = &f->im->src.events[(t->b ? t->b : t->a) - 1];
	p.page.cpu = e->cpu;
	p.page.type = (uint8_t)e->type;
	p.key = t->b ? UINT32_MAX - t->b : t->a;
	if (e->pfn == pfn && whole_pcp_block(f->im, e, t->a, t->b))
		p.page.order = e->order;
	return p;
}

static int by_cpu_and_key(const void *a, const void *b)
{
	const struct pcp_key *x = a, *y = b;

	if (x->page.cpu != y->page.cpu)
		return x->page.cpu < y->page.cpu ? -1 : 1;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->page.pfn < y->page.pfn ? -1 : x->page.pfn > y->page.pfn;
}

static bool count_missing(struct first *f, const struct import_zone *z)
{
	f->missing = calloc(z->cpus + 1u, sizeof(*f->missing));
	if (!f->missing)
		return trace_error_memory(f->err);
	for (unsigned cpu = 0; cpu < z->cpus; cpu++)
		f->missing[cpu] = z->pcp[cpu];
	for (uint64_t pfn = z->z.start; pfn < z->z.end; pfn++) {
		const struct import_page *t = import_pages_look(&f->im->touch, pfn);
		uint32_t at = t && f->im->class[pfn] == IMPORT_PCP ? (t->b ? t->b : t->a) : 0;
		unsigned cpu = at ? f->im->src.events[at - 1].cpu : 0;

		if (at && cpu < z->cpus && f->missing[cpu])
			f->missing[cpu]--;
	}
	return true;
}

static bool add_pcp(struct first *f, const struct import_zone *z)
{
	bool ok = count_missing(f, z);

	for (uint64_t pfn = z->z.start; pfn < z->z.end && ok;) {
		if (f->im->class[pfn] != IMPORT_PCP) {
			pfn++;
			continue;
		}
		ok = import_source_grow(&f->pcp, &f->pcp_cap, f->s->npcp, sizeof(*f->pcp),
					f->err);
		if (ok) {
			f->pcp[f->s->npcp] = pcp_of(f, pfn, z->cpus);
			pfn += 1ull << f->pcp[f->s->npcp++].page.order;
		}
	}
	free(f->missing);
	f->missing = NULL;
	return ok;
}

static bool finish_pcp(struct first *f)
{
	if (f->s->npcp)
		qsort(f->pcp, f->s->npcp, sizeof(*f->pcp), by_cpu_and_key);
	f->s->pcp = malloc((f->s->npcp + 1) * sizeof(*f->s->pcp));
	for (uint64_t i = 0; i < f->s->npcp && f->s->pcp; i++)
		f->s->pcp[i] = f->pcp[i].page;
	free(f->pcp);
	f->pcp = NULL;
	return f->s->pcp || trace_error_memory(f->err);
}

/* ---- used blocks ------------------------------------------------------------------------ */

static uint8_t use_of(const struct import *im, uint64_t pfn)
{
	uint64_t f = import_flags(&im->snap.before, pfn);
	unsigned use = 0;

	use |= import_flag(f, IMPORT_KPF_LRU) ? TRACE_USE_LRU : 0;
	use |= import_flag(f, IMPORT_KPF_ANON) ? TRACE_USE_ANON : 0;
	use |= import_flag(f, IMPORT_KPF_SLAB) ? TRACE_USE_SLAB : 0;
	use |= import_flag(f, IMPORT_KPF_DIRTY) ? TRACE_USE_DIRTY : 0;
	use |= import_flag(f, IMPORT_KPF_ACTIVE) ? TRACE_USE_ACTIVE : 0;
	if ((use & TRACE_USE_LRU) && !(use & TRACE_USE_ANON)) {
		if (!import_flag(f, IMPORT_KPF_SWAPBACKED))
			use |= TRACE_USE_FILE;
		else if (im->exact)
			use |= TRACE_USE_ANON | TRACE_USE_FILE;
	}
	return (uint8_t)use;
}

/* The event in this trace by which the frame stops being what it is at the start, or none. */
static uint32_t ends_by(const struct import *im, uint64_t pfn)
{
	const struct import_page *t = import_pages_look(&im->touch, pfn);

	return t && t->a && t->a - 1 < im->hi ? t->a : 0;
}

static bool is_pinned(const struct import *im, uint64_t pfn)
{
	return im->class[pfn] == IMPORT_USED && !ends_by(im, pfn);
}

static unsigned object_order(const struct import *im, uint64_t pfn, uint32_t end)
{
	const struct import_event *e = &im->src.events[end - 1];

	if (e->kind != IMPORT_FREE || e->pfn != pfn)
		return 0;
	for (uint64_t i = pfn; i < pfn + (1ull << e->order); i++)
		if (im->class[i] != IMPORT_USED || ends_by(im, i) != end)
			return 0;
	return e->order;
}

static bool has(const struct import *im, uint64_t pfn, enum import_flag_bit bit)
{
	return import_flag(import_flags(&im->snap.before, pfn), bit);
}

/* A compound page's head is followed by its tails. */
static unsigned compound_order(const struct import *im, uint64_t pfn, uint64_t end)
{
	uint64_t n = 1;
	unsigned order = 0;

	if (!has(im, pfn, IMPORT_KPF_HEAD))
		return 0;
	while (n < 1u << (TRACE_ORDERS - 1) && pfn + n < end && is_pinned(im, pfn + n) &&
	       has(im, pfn + n, IMPORT_KPF_TAIL))
		n++;
	while (2ull << order <= n && !(pfn & ((2ull << order) - 1)))
		order++;
	return n == 1ull << order ? order : 0;
}

/* Pages of the kernel's own, on no list and alike: one block for many. */
static unsigned alike_order(const struct import *im, uint64_t pfn, uint64_t end, uint8_t use)
{
	unsigned order = 0;
	uint64_t to = pfn + 1;

	if (use & TRACE_USE_LRU)
		return 0;
	for (; order + 1 < TRACE_ORDERS && !(pfn & ((2ull << order) - 1)); order++) {
		uint64_t twice = pfn + (2ull << order);

		while (to < twice && to < end && is_pinned(im, to) && use_of(im, to) == use &&
		       !has(im, to, IMPORT_KPF_HEAD))
			to++;
		if (to < twice)
			break;
	}
	return order;
}

static struct trace_used used_of(const struct import *im, uint64_t pfn, uint64_t end)
{
	uint32_t ends = ends_by(im, pfn);
	struct trace_used u = { .pfn = pfn, .use = use_of(im, pfn) };

	if (ends) {
		u.order = (uint8_t)object_order(im, pfn, ends);
		return u;
	}
	u.order = (uint8_t)compound_order(im, pfn, end);
	if (!u.order && !has(im, pfn, IMPORT_KPF_HEAD))
		u.order = (uint8_t)alike_order(im, pfn, end, u.use);
	u.use |= TRACE_USE_PINNED;
	return u;
}

static bool add_used(struct first *f, const struct trace_zone *z)
{
	for (uint64_t pfn = z->start; pfn < z->end;) {
		if (f->im->class[pfn] != IMPORT_USED) {
			pfn++;
			continue;
		}
		if (!import_source_grow(&f->s->used, &f->used_cap, f->s->nused,
					sizeof(*f->s->used), f->err))
			return false;
		f->s->used[f->s->nused] = used_of(f->im, pfn, z->end);
		pfn += 1ull << f->s->used[f->s->nused++].order;
	}
	return true;
}

/* ---- all -------------------------------------------------------------------------------- */

static void report(const struct import *im)
{
	uint64_t pinned = 0, objects = 0, object_frames = 0;

	for (uint64_t i = 0; i < im->state.nused; i++) {
		const struct trace_used *u = &im->state.used[i];

		if (u->use & TRACE_USE_PINNED) {
			pinned += 1ull << u->order;
		} else {
			objects++;
			object_frames += 1ull << u->order;
		}
	}
	import_report_count(im->rep, "R6", "start_objects",
			    "objects in use at the start and freed later", objects, 0);
	import_report_count(im->rep, "R6", "start_object_frames", "their frames", object_frames,
			    0);
	import_report_count(im->rep, "R6", "start_pinned_frames",
			    "frames in use at the start and never freed", pinned, 0);
}

/* Zones are sorted by node; the state's lists ascend by frame. */
static const struct import_zone *next_zone(const struct import_side *side, uint64_t from)
{
	const struct import_zone *next = NULL;

	for (unsigned i = 0; i < side->nzones; i++) {
		const struct import_zone *z = &side->zones[i];

		if (z->z.start >= from && (!next || z->z.start < next->z.start))
			next = z;
	}
	return next;
}

bool import_first(struct import *im, struct trace_error *err)
{
	struct first f = { .im = im, .s = &im->state, .err = err, .ok = true };
	const struct import_zone *z;
	uint64_t from = 0;
	bool ok = true;

	while (ok && (z = next_zone(&im->snap.before, from))) {
		import_blocks(z->z.start, z->z.end, is_listed, add_free, &f);
		ok = f.ok && add_pcp(&f, z) && add_used(&f, &z->z);
		from = z->z.start + 1;
	}
	ok = ok && finish_pcp(&f);
	free(f.pcp);
	if (ok)
		report(im);
	return ok;
}
