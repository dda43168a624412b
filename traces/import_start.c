/*
 * What each frame was when the first scan began (R4, R5, R6). A scan is not one moment:
 * where events fell into it, the first event on a frame decides.
 */
#include "traces/import.h"

#include <stdlib.h>

struct look {
	const struct import_event *request,
		*list; /* first request; zone_locked, drain before */
	uint32_t request_at, list_at;
};

static struct look look_at(const struct import *im, uint64_t pfn)
{
	const struct import_page *t = import_pages_look(&im->touch, pfn);
	struct look l = { NULL, NULL, UINT32_MAX, UINT32_MAX };

	if (t && t->a) {
		l.request_at = t->a - 1;
		l.request = &im->src.events[l.request_at];
	}
	if (t && t->b) {
		l.list_at = t->b - 1;
		l.list = &im->src.events[l.list_at];
	}
	return l;
}

/* An allocation takes a frame from a per-cpu list when its order goes through them and no
 * zone_locked stands in front of it. */
static enum import_class from_where(const struct import *im, const struct look *l)
{
	if (l->list)
		return l->list->kind == IMPORT_DRAIN ? IMPORT_PCP : IMPORT_LISTED;
	if (!(im->pcp_orders >> l->request->order & 1))
		return IMPORT_LISTED;
	return IMPORT_PCP;
}

/* An event on the frame fell into the scan: its flags may be older or newer. */
static enum import_class class_in_scan(const struct import *im, const struct look *l,
				       bool buddy)
{
	if (l->request_at >= im->scan_end)
		return l->list->kind == IMPORT_DRAIN ? IMPORT_PCP : IMPORT_LISTED;
	if (l->request->kind == IMPORT_FREE)
		return IMPORT_USED;
	if (!im->has_zone_locked)
		return buddy ? IMPORT_LISTED : IMPORT_PCP;
	return from_where(im, l);
}

static enum import_class class_of(const struct import *im, uint64_t pfn, uint64_t *silent)
{
	struct look l = look_at(im, pfn);
	bool buddy = import_flag(import_flags(&im->snap.before, pfn), IMPORT_KPF_BUDDY);

	if (l.request_at < im->scan_end || l.list_at < im->scan_end)
		return class_in_scan(im, &l, buddy);
	if (buddy)
		return IMPORT_LISTED;
	if (l.list && l.list->kind == IMPORT_ZONE_LOCKED) {
		/* It left a free list without having come there: its free was not recorded. */
		(*silent)++;
		return IMPORT_USED;
	}
	if (l.list)
		return IMPORT_PCP;
	return l.request && l.request->kind == IMPORT_ALLOC ? IMPORT_PCP : IMPORT_USED;
}

bool import_start(struct import *im, struct trace_error *err)
{
	uint64_t n[IMPORT_USED + 1] = { 0 }, silent = 0, recorded_pcp = 0;

	im->class = calloc(im->frames, 1);
	if (!im->class)
		return trace_error_memory(err);
	for (unsigned i = 0; i < im->snap.before.nzones; i++) {
		const struct import_zone *z = &im->snap.before.zones[i];

		for (uint64_t pfn = z->z.start; pfn < z->z.end; pfn++) {
			im->class[pfn] = (uint8_t)class_of(im, pfn, &silent);
			n[im->class[pfn]]++;
		}
		for (unsigned cpu = 0; cpu < z->cpus; cpu++)
			recorded_pcp += z->pcp[cpu];
	}
	import_report_count(im->rep, "R6", "start_listed", "frames in free lists at the start",
			    n[IMPORT_LISTED], 0);
	import_report_count(im->rep, "R6", "start_pcp",
			    "frames in per-cpu lists at the start, known by their next event",
			    n[IMPORT_PCP], recorded_pcp);
	import_report_count(im->rep, "R6", "start_silent",
			    "frames in use at the start whose free was not recorded", silent,
			    0);
	return true;
}
