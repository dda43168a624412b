/*
 * Who touches each frame first. In im->touch, counted from 1 and 0 for never: `a` the first
 * request or free, `b` the first zone_locked or drain in front of that.
 */
#include "traces/import.h"

static bool touch_block(struct import *im, const struct import_event *e, uint32_t index,
			struct trace_error *err)
{
	bool request = e->kind == IMPORT_ALLOC || e->kind == IMPORT_FREE;

	for (uint64_t pfn = e->pfn; pfn < e->pfn + (1ull << e->order); pfn++) {
		struct import_page *t = import_pages_at(&im->touch, pfn, err);

		if (!t)
			return trace_error_at(err, "%s: event %u: ", im->src.label, index);
		if (t->a)
			continue;
		if (request)
			t->a = index;
		else if (!t->b)
			t->b = index;
	}
	return true;
}

static uint64_t highest_frame(const struct import *im)
{
	uint64_t frames = 0;

	for (unsigned i = 0; i < im->snap.before.nzones; i++)
		if (im->snap.before.zones[i].z.end > frames)
			frames = im->snap.before.zones[i].z.end;
	for (size_t i = im->lo; i < im->src.n && !im->snap.before.there; i++) {
		const struct import_event *e = &im->src.events[i];

		if (e->kind <= IMPORT_EXTFRAG && e->pfn != IMPORT_NO_PFN &&
		    e->pfn + (1ull << e->order) > frames)
			frames = e->pfn + (1ull << e->order);
	}
	return frames;
}

/* A frame outside all zones: the snapshots are another machine's. */
static bool check_place(const struct import *im, size_t index, struct trace_error *err)
{
	const struct import_event *e = &im->src.events[index];
	const struct import_zone *z;

	if (!im->snap.before.there)
		return true;
	z = import_state_zone(&im->snap.before, e->pfn);
	if (z && e->pfn + (1ull << e->order) <= z->z.end &&
	    !import_flag(import_flags(&im->snap.before, e->pfn), IMPORT_KPF_NOPAGE))
		return true;
	return trace_error_data(
		err,
		"%s: event %zu: page frame %#llx of order %u lies in no zone of "
		"%s/before.zoneinfo.1: snapshots of another machine",
		im->src.label, index + 1, (unsigned long long)e->pfn, e->order,
		im->o->state_dir);
}

/* Which orders pass through the recorded kernel's per-cpu lists: what the trace shows, and
 * for what it does not show, what the kernel's version says: since 5.13 orders 0 to 3 and 9,
 * before only 0. */
static void find_pcp_orders(struct import *im)
{
	unsigned major = 0, minor = 0;

	im->pcp_orders = 1;
	import_check_version(im, &major, &minor);
	if (major > 5 || (major == 5 && minor >= 13))
		im->pcp_orders = 0x20f;
	for (size_t i = im->lo; i < im->src.n; i++) {
		const struct import_event *e = &im->src.events[i];

		if (e->kind == IMPORT_ZONE_LOCKED) {
			im->has_zone_locked = true;
			if (e->flags)
				im->pcp_orders |= (uint16_t)(1u << e->order);
		} else if (e->kind == IMPORT_DRAIN) {
			im->pcp_orders |= (uint16_t)(1u << e->order);
		}
	}
}

/* LRU events of frames outside are left alone: nobody owns these frames. */
static bool has_place(const struct import_event *e)
{
	return e->kind <= IMPORT_EXTFRAG || e->kind == IMPORT_ISOLATE;
}

bool import_touch(struct import *im, struct trace_error *err)
{
	im->frames = highest_frame(im);
	find_pcp_orders(im);
	import_pages_free(&im->touch);
	if (!import_pages_init(&im->touch, im->frames, err))
		return false;
	for (size_t i = im->lo; i < im->src.n; i++) {
		const struct import_event *e = &im->src.events[i];

		if (e->pfn == IMPORT_NO_PFN || !has_place(e))
			continue;
		if (!check_place(im, i, err))
			return false;
		if (e->kind != IMPORT_EXTFRAG && e->kind != IMPORT_BATCHED &&
		    !touch_block(im, e, (uint32_t)i + 1, err))
			return false;
	}
	return true;
}
