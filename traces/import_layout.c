/*
 * Holes and reserved frames of each zone, such that spanned - holes = present and
 * present - reserved = managed: watermarks depend on `managed`, so it must come out exactly.
 *
 * A hole is a frame that kpageflags does not know (NOPAGE, or beyond the file's end). Where
 * zoneinfo counts fewer frames present, frames outside iomem's "System RAM" are holes too,
 * and after these whole idle sections. Where more are known to be missing than zoneinfo
 * says (memory that can still be plugged in counts as present), `present` is lowered.
 * Reserved are the frames with the Reserved flag; where that is not enough, idle sections and
 * then idle frames from the zone's end; where it is too much, the first ones.
 */
#include "traces/import.h"

#define SECTION 32768 /* frames of 128 MiB, the unit of hotplug */

static bool add_span(struct trace_span **spans, size_t *n, size_t *cap, uint64_t pfn,
		     struct trace_error *err)
{
	if (*n && (*spans)[*n - 1].end == pfn) {
		(*spans)[*n - 1].end++;
		return true;
	}
	if (!import_source_grow(spans, cap, *n, sizeof(**spans), err))
		return false;
	(*spans)[(*n)++] = (struct trace_span){ pfn, pfn + 1 };
	return true;
}

static bool in_ram(const struct import_snapshot *s, uint64_t pfn)
{
	for (size_t i = 0; i < s->nram; i++)
		if (pfn >= s->ram[i].start && pfn < s->ram[i].end)
			return true;
	return s->nram == 0;
}

static bool untouched(const struct import *im, uint64_t pfn)
{
	const struct import_page *t = import_pages_look(&im->touch, pfn);

	return im->class[pfn] == IMPORT_USED && !(t && (t->a || t->b));
}

static bool is_missing(const struct import *im, uint64_t pfn)
{
	return im->class[pfn] == IMPORT_USED &&
	       import_flag(import_flags(&im->snap.before, pfn), IMPORT_KPF_NOPAGE);
}

static bool outside_ram(const struct import *im, uint64_t pfn)
{
	return untouched(im, pfn) && !in_ram(&im->snap, pfn);
}

static bool is_reserved(const struct import *im, uint64_t pfn)
{
	return untouched(im, pfn) &&
	       import_flag(import_flags(&im->snap.before, pfn), IMPORT_KPF_RESERVED);
}

/* Up to `want` frames, ascending, for which pick() holds become `class`. */
static uint64_t assign(struct import *im, const struct trace_zone *z, uint64_t want,
		       enum import_class class,
		       bool (*pick)(const struct import *im, uint64_t pfn))
{
	uint64_t got = 0;

	for (uint64_t pfn = z->start; pfn < z->end && got < want; pfn++)
		if (pick(im, pfn)) {
			im->class[pfn] = (uint8_t) class;
			got++;
		}
	return got;
}

static bool idle_section(const struct import *im, const struct trace_zone *z, uint64_t start)
{
	if (start < z->start || start + SECTION > z->end)
		return false;
	for (uint64_t pfn = start; pfn < start + SECTION; pfn++)
		if (!import_idle(im, pfn))
			return false;
	return true;
}

/* Whole idle sections from the zone's end, as long as they are wanted whole. */
static uint64_t assign_sections(struct import *im, const struct trace_zone *z, uint64_t want,
				enum import_class class)
{
	uint64_t got = 0;

	for (uint64_t start = z->end / SECTION * SECTION + SECTION;
	     start >= SECTION && start + SECTION > z->start && want - got >= SECTION;) {
		start -= SECTION;
		if (!idle_section(im, z, start))
			continue;
		for (uint64_t pfn = start; pfn < start + SECTION; pfn++)
			im->class[pfn] = (uint8_t) class;
		got += SECTION;
	}
	return got;
}

static uint64_t assign_idle(struct import *im, const struct trace_zone *z, uint64_t want,
			    enum import_class class)
{
	uint64_t got = 0;

	for (uint64_t pfn = z->end; pfn-- > z->start && got < want;)
		if (import_idle(im, pfn)) {
			im->class[pfn] = (uint8_t) class;
			got++;
		}
	return got;
}

bool import_layout_collect(struct import *im, const struct trace_zone *z,
			   struct trace_error *err)
{
	for (uint64_t pfn = z->start; pfn < z->end; pfn++) {
		if (im->class[pfn] == IMPORT_HOLE &&
		    !add_span(&im->holes, &im->nholes, &im->holes_cap, pfn, err))
			return false;
		if (im->class[pfn] == IMPORT_RESERVED &&
		    !add_span(&im->reserved, &im->nreserved, &im->reserved_cap, pfn, err))
			return false;
	}
	return true;
}

/* Returns how many reserved frames had to be guessed. */
static uint64_t layout_zone(struct import *im, struct trace_zone *z, uint64_t *lowered)
{
	uint64_t spanned = z->end - z->start, holes, reserved, want, guessed = 0;

	holes = assign(im, z, spanned, IMPORT_HOLE, is_missing);
	if (holes > spanned - z->present) {
		*lowered += holes - (spanned - z->present);
		z->present = spanned - holes;
	}
	want = spanned - z->present - holes;
	want -= assign(im, z, want, IMPORT_HOLE, outside_ram);
	want -= assign_sections(im, z, want, IMPORT_HOLE);
	want -= assign_idle(im, z, want, IMPORT_HOLE);
	z->present += want;
	if (z->managed > z->present)
		return UINT64_MAX;
	reserved = z->present - z->managed;
	reserved -= assign(im, z, reserved, IMPORT_RESERVED, is_reserved);
	guessed = reserved;
	reserved -= assign_sections(im, z, reserved, IMPORT_RESERVED);
	reserved -= assign_idle(im, z, reserved, IMPORT_RESERVED);
	if (reserved)
		reserved -= assign(im, z, reserved, IMPORT_RESERVED, untouched);
	return reserved ? UINT64_MAX : guessed;
}

bool import_layout(struct import *im, struct trace_error *err)
{
	uint64_t guessed = 0, lowered = 0;

	for (unsigned i = 0; i < im->snap.before.nzones; i++) {
		struct trace_zone *z = &im->snap.before.zones[i].z;
		uint64_t n = layout_zone(im, z, &lowered);

		if (n == UINT64_MAX)
			return trace_error_data(
				err,
				"%s: node %u, zone %s: more frames are in use than the %llu "
				"that "
				"zoneinfo calls managed: snapshots of another machine",
				im->o->state_dir, z->nid, z->name,
				(unsigned long long)z->managed);
		guessed += n;
		if (!import_layout_collect(im, z, err))
			return false;
	}
	import_report_count(im->rep, "R6", "reserved_guessed",
			    "reserved frames without a Reserved flag, taken from idle ones",
			    guessed, 0);
	import_report_count(im->rep, "R6", "present_missing",
			    "frames that zoneinfo calls present and kpageflags does not know",
			    lowered, 0);
	return true;
}
