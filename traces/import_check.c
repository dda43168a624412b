/*
 * Our figures beside the recorded ones: free blocks at the start (R5) and at the end (R11),
 * `managed` and vmstat (R12). Nothing here changes the trace.
 */
#include "traces/import.h"

#include <stdlib.h>
#include <string.h>

#include "traces/trace_scan.h"

bool import_check_version(const struct import *im, unsigned *major, unsigned *minor)
{
	const char *texts[] = { im->snap.kernel, im->src.kernel };

	for (unsigned i = 0; i < 2; i++)
		if (trace_scan(texts[i], "%u.%u", major, minor))
			return true;
	return false;
}

/* ---- free blocks of a zone -------------------------------------------------------------- */

struct blocks {
	const struct import *im;
	uint64_t *counts;
};

static bool start_listed(void *ctx, uint64_t pfn)
{
	const struct blocks *b = ctx;

	return b->im->class[pfn] == IMPORT_LISTED;
}

static bool start_free(void *ctx, uint64_t pfn)
{
	const struct blocks *b = ctx;

	return b->im->class[pfn] == IMPORT_LISTED || b->im->class[pfn] == IMPORT_PCP;
}

static bool end_listed(void *ctx, uint64_t pfn)
{
	const struct blocks *b = ctx;

	return b->im->listed[pfn];
}

static bool owned_by_nobody(const struct import *im, uint64_t pfn)
{
	const struct import_page *p = import_pages_look(&im->owner, pfn);

	return p && p->a == IMPORT_NOBODY;
}

/* Free by our objects, or in a free list as recorded. */
static bool end_free(void *ctx, uint64_t pfn)
{
	const struct blocks *b = ctx;

	return b->im->listed[pfn] || owned_by_nobody(b->im, pfn);
}

static void count_block(void *ctx, uint64_t pfn, unsigned order)
{
	struct blocks *b = ctx;

	(void)pfn;
	b->counts[order]++;
}

static void count_blocks(const struct import *im, const struct trace_zone *z,
			 bool (*in)(void *ctx, uint64_t pfn), uint64_t *counts)
{
	struct blocks b = { im, counts };

	memset(counts, 0, TRACE_ORDERS * sizeof(*counts));
	import_blocks(z->start, z->end, in, count_block, &b);
}

static uint64_t pcp_frames(const struct import_zone *z)
{
	uint64_t n = 0;

	for (unsigned cpu = 0; cpu < z->cpus; cpu++)
		n += z->pcp[cpu];
	return n;
}

static void describe(struct trace_zone_free *out, const struct import_zone *z)
{
	out->nid = z->z.nid;
	memcpy(out->name, z->z.name, sizeof(out->name));
	memcpy(out->buddyinfo, z->buddyinfo[0], sizeof(out->buddyinfo));
	out->pcp_pages = pcp_frames(z);
}

static bool same(const uint64_t *a, const uint64_t *b)
{
	return memcmp(a, b, TRACE_ORDERS * sizeof(*a)) == 0;
}

static void compare_start(struct import *im)
{
	uint64_t ours[TRACE_ORDERS];
	unsigned equal = 0;

	for (unsigned i = 0; i < im->snap.before.nzones; i++) {
		const struct import_zone *z = &im->snap.before.zones[i];

		count_blocks(im, &z->z, start_listed, ours);
		import_report_row(im->rep, "start", &z->z, ours, z->buddyinfo[0]);
		equal += same(ours, z->buddyinfo[0]);
	}
	import_report_count(im->rep, "R5", "start_zones_equal",
			    "zones whose free blocks at the start equal buddyinfo", equal,
			    im->snap.before.nzones);
}

/* Frames of blocks that events from the recording's first on touched; without marks nobody
 * knows when the scan was, and all of them count. */
static uint64_t touched_by_scan(const struct import *im)
{
	size_t end = im->scan_end ? im->scan_end : im->src.n;
	uint64_t n = 0;

	for (size_t i = 0; i < end; i++) {
		const struct import_event *e = &im->src.events[i];

		if (e->kind <= IMPORT_EXTFRAG && e->pfn < im->frames)
			n += 1ull << e->order;
	}
	return n;
}

bool import_check_start(const struct import *im, struct trace_error *err)
{
	uint64_t ours[TRACE_ORDERS], apart = 0;

	for (unsigned i = 0; i < im->snap.before.nzones; i++) {
		const struct import_zone *z = &im->snap.before.zones[i];
		uint64_t a = 0, b = 0;

		count_blocks(im, &z->z, start_listed, ours);
		if (same(ours, z->buddyinfo[0]))
			return true;
		for (unsigned o = 0; o < TRACE_ORDERS; o++) {
			a += ours[o] << o;
			b += z->buddyinfo[0][o] << o;
		}
		apart += a > b ? a - b : b - a;
	}
	if (im->o->allow_missed || (touched_by_scan(im) && apart <= touched_by_scan(im)))
		return true;
	return trace_error_data(err,
				"%s: before.kpageflags and before.buddyinfo.1 agree on the "
				"free blocks of no zone, and no events explain it (%llu free "
				"frames differ): one of them is damaged or of another moment; "
				"--allow-missed imports it all the same",
				im->o->state_dir, (unsigned long long)apart);
}

/* Frames that an event touched while the second scan went on cannot be compared. */
static void mark_late(const struct import *im, uint8_t *late)
{
	for (size_t i = im->hi; i < im->after_end; i++) {
		const struct import_event *e = &im->src.events[i];

		if (e->kind > IMPORT_EXTFRAG || e->pfn >= im->frames)
			continue;
		for (uint64_t p = e->pfn; p < e->pfn + (1ull << e->order) && p < im->frames;
		     p++)
			late[p] = 1;
	}
}

static void compare_frames(struct import *im, const uint8_t *late)
{
	uint64_t wrong = 0, owned = 0, held = 0, all = 0;

	for (unsigned i = 0; i < im->snap.after.nzones; i++) {
		const struct trace_zone *z = &im->snap.after.zones[i].z;

		for (uint64_t pfn = z->start; pfn < z->end; pfn++) {
			bool buddy = import_flag(import_flags(&im->snap.after, pfn),
						 IMPORT_KPF_BUDDY);

			if (im->class[pfn] < IMPORT_LISTED || late[pfn])
				continue;
			all++;
			wrong += buddy != im->listed[pfn];
			owned += buddy && !owned_by_nobody(im, pfn);
			held += !buddy && owned_by_nobody(im, pfn);
		}
	}
	import_report_count(im->rep, "R11", "end_frames_wrong",
			    "frames whose free-list state at the end is not the recorded one",
			    wrong, all);
	import_report_count(im->rep, "R11", "end_free_but_owned",
			    "frames in free lists at the end that an object still owns", owned,
			    all);
	import_report_count(im->rep, "R11", "end_held",
			    "free frames at the end outside the free lists (in per-cpu lists)",
			    held, 0);
}

static void compare_end(struct import *im)
{
	uint64_t ours[TRACE_ORDERS], held = 0;
	unsigned equal = 0;

	for (unsigned i = 0; i < im->snap.after.nzones; i++) {
		const struct import_zone *z = &im->snap.after.zones[i];

		count_blocks(im, &z->z, end_listed, ours);
		import_report_row(im->rep, "end", &z->z, ours, z->buddyinfo[0]);
		equal += same(ours, z->buddyinfo[0]);
		held += pcp_frames(z);
	}
	import_report_count(im->rep, "R11", "end_zones_equal",
			    "zones whose free blocks at the end equal buddyinfo", equal,
			    im->snap.after.nzones);
	import_report_count(im->rep, "R11", "end_pcp", "frames in per-cpu lists by zoneinfo",
			    held, 0);
}

/* Of a part that begins later, nobody printed a buddyinfo: ours stands for it. */
static void describe_later(const struct import *im, struct trace_zone_free *out,
			   const struct trace_zone *z)
{
	count_blocks(im, z, start_listed, out->buddyinfo);
	out->pcp_pages = 0;
	for (uint64_t pfn = z->start; pfn < z->end; pfn++)
		out->pcp_pages += im->class[pfn] == IMPORT_PCP;
}

static bool fill_end(struct import *im, struct trace_error *err)
{
	unsigned n = im->snap.before.nzones;

	im->end.nzones = n;
	im->end.start = calloc(n, sizeof(*im->end.start));
	im->end.end = calloc(n, sizeof(*im->end.end));
	if (!im->end.start || !im->end.end)
		return trace_error_memory(err);
	for (unsigned i = 0; i < n; i++) {
		const struct import_zone *z = &im->snap.before.zones[i];

		describe(&im->end.start[i], z);
		if (im->later)
			describe_later(im, &im->end.start[i], &z->z);
		count_blocks(im, &z->z, start_free, im->end.start[i].logical);
		describe(&im->end.end[i], &im->snap.after.zones[i]);
		count_blocks(im, &z->z, end_free, im->end.end[i].logical);
	}
	return !im->exact || import_exact_end(im, &im->end, err);
}

void import_check_free(struct trace_end *end)
{
	for (unsigned i = 0; i < end->nzones; i++) {
		if (end->start)
			free(end->start[i].counters.cpus);
		if (end->end)
			free(end->end[i].counters.cpus);
	}
	free(end->start);
	free(end->end);
}

/* ---- R12 -------------------------------------------------------------------------------- */

static void compare_managed(struct import *im)
{
	uint64_t differing = 0;

	for (unsigned i = 0; i < im->snap.after.nzones; i++) {
		const struct trace_zone *a = &im->snap.before.zones[i].z;
		const struct trace_zone *b = &im->snap.after.zones[i].z;

		if (a->managed == b->managed)
			continue;
		differing++;
		import_report_warn(
			im->rep,
			"node %u, zone %s: managed was %llu before and %llu after; lazy "
			"initialisation, a balloon or hotplug changed the machine, the "
			"end state cannot be compared",
			a->nid, a->name, (unsigned long long)a->managed,
			(unsigned long long)b->managed);
	}
	import_report_count(im->rep, "R12", "managed_differs",
			    "zones whose managed frames changed", differing,
			    im->snap.after.nzones);
}

void import_check_vmstat(struct import *im)
{
	uint64_t allocated = 0, freed = 0;

	if (!im->snap.before.has_vmstat || !im->snap.after.has_vmstat)
		return;
	for (size_t i = im->scan_end; i < im->after_end; i++) {
		const struct import_event *e = &im->src.events[i];

		if (e->kind == IMPORT_ALLOC && e->pfn != IMPORT_NO_PFN)
			allocated += 1ull << e->order;
		else if (e->kind == IMPORT_FREE)
			freed += 1ull << e->order;
	}
	import_report_count(im->rep, "R12", "vmstat_pgalloc", "frames allocated by vmstat",
			    im->snap.after.pgalloc - im->snap.before.pgalloc, 0);
	import_report_count(im->rep, "R12", "trace_pgalloc", "frames allocated in the trace",
			    allocated, im->snap.after.pgalloc - im->snap.before.pgalloc);
	import_report_count(im->rep, "R12", "vmstat_pgfree", "frames freed by vmstat",
			    im->snap.after.pgfree - im->snap.before.pgfree, 0);
	import_report_count(im->rep, "R12", "trace_pgfree", "frames freed in the trace", freed,
			    im->snap.after.pgfree - im->snap.before.pgfree);
}

bool import_check(struct import *im, struct trace_error *err)
{
	uint8_t *late;

	if (!im->snap.before.there)
		return true;
	if (!im->later)
		compare_start(im);
	if (!im->snap.after.there || im->cut)
		return true;
	compare_managed(im);
	late = calloc(im->frames, 1);
	if (!late)
		return trace_error_memory(err);
	mark_late(im, late);
	compare_frames(im, late);
	free(late);
	compare_end(im);
	return fill_end(im, err);
}
