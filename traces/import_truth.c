/*
 * The free lists as the recorded kernel had them (R11): those of the start, minus what
 * zone_locked took out, plus what drains and frees past the per-cpu lists put back. Where the
 * rules are right, this is the state that the second snapshot found.
 */
#include "traces/import.h"

#include <stdlib.h>
#include <string.h>

/* The last extfrag of a cpu. */
struct pending {
	uint64_t pfn;
	uint8_t order;
	bool there;
};

struct truth {
	struct import *im;
	bool steals;             /* extfrag alone takes a block */
	bool silent;             /* nothing was recorded of what happens to the lists */
	struct pending *pending; /* [cpus] */
	uint64_t twice, absent;  /* put back what was there, taken what was not */
};

static void put(struct truth *t, uint64_t pfn, unsigned order)
{
	for (uint64_t end = pfn + (1ull << order); pfn < end; pfn++) {
		t->twice += t->im->listed[pfn];
		t->im->listed[pfn] = 1;
	}
}

static void take(struct truth *t, uint64_t pfn, unsigned order)
{
	for (uint64_t end = pfn + (1ull << order); pfn < end; pfn++) {
		t->absent += !t->im->listed[pfn];
		t->im->listed[pfn] = 0;
	}
}

/* Since 6.15 a block that is claimed whole, or a page that is stolen alone, leaves its free
 * list with extfrag only. In all other cases zone_locked tells of the same frame, right before
 * on newer kernels, right behind on the same cpu on older ones. */
static void settle(struct truth *t, const struct import_event *e)
{
	struct pending *p = &t->pending[e->cpu];

	if (!p->there)
		return;
	if (e->kind != IMPORT_ZONE_LOCKED || e->pfn != p->pfn)
		take(t, p->pfn, p->order);
	p->there = false;
}

/* Whole recordings have the request itself in the place of its zone_locked. */
static bool takes_block(const struct import *im, const struct import_event *e)
{
	if (e->pfn == IMPORT_NO_PFN)
		return false;
	return e->kind == IMPORT_ZONE_LOCKED ||
	       (im->exact && e->kind == IMPORT_ALLOC && e->order);
}

/* With requests alone nobody knows when a frame leaves its list, but that it is in none when it
 * has been allocated. What is freed is free in a per-cpu list or not, which is as well. */
static void forget(struct truth *t, const struct import_event *e)
{
	if (e->kind == IMPORT_ALLOC && e->pfn != IMPORT_NO_PFN)
		memset(t->im->listed + e->pfn, 0, (size_t)1 << e->order);
}

static bool is_silent(const struct import *im)
{
	for (size_t i = im->lo; i < im->hi; i++) {
		uint8_t kind = im->src.events[i].kind;

		if ((kind >= IMPORT_ZONE_LOCKED && kind <= IMPORT_EXTFRAG) ||
		    import_is_step(kind))
			return false;
	}
	return true;
}

static void step(struct truth *t, const struct import_event *e)
{
	settle(t, e);
	if (t->silent)
		forget(t, e);
	if (takes_block(t->im, e) || e->kind == IMPORT_ISOLATE) {
		take(t, e->pfn, e->order);
	} else if (e->kind == IMPORT_DRAIN ||
		   (e->kind == IMPORT_FREE && !(t->im->pcp_orders >> e->order & 1))) {
		put(t, e->pfn, e->order);
	} else if (e->kind == IMPORT_EXTFRAG && t->steals) {
		t->pending[e->cpu] =
			(struct pending){ e->pfn, e->order, t->im->listed[e->pfn] };
	}
}

static bool steals_without_lock(const struct import *im)
{
	unsigned major, minor;

	return import_check_version(im, &major, &minor) &&
	       (major > 6 || (major == 6 && minor >= 15));
}

bool import_truth(struct import *im, struct trace_error *err)
{
	struct truth t = { .im = im,
			   .steals = steals_without_lock(im),
			   .silent = is_silent(im) };

	im->listed = calloc(im->frames, 1);
	t.pending = calloc(im->src.cpus + 1u, sizeof(*t.pending));
	if (!im->listed || !t.pending) {
		free(t.pending);
		return trace_error_memory(err);
	}
	for (uint64_t pfn = 0; pfn < im->frames; pfn++)
		im->listed[pfn] = im->class[pfn] == IMPORT_LISTED;
	for (size_t i = im->lo; i < im->hi; i++)
		step(&t, &im->src.events[i]);
	free(t.pending);
	import_report_count(im->rep, "R11", "truth_absent",
			    "frames taken from the free lists that were not there", t.absent,
			    0);
	import_report_count(im->rep, "R11", "truth_twice",
			    "frames put into the free lists that were there", t.twice, 0);
	return true;
}
