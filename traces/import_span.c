/*
 * What of the recording is kept, and what of that is scored (R13): the recorder writes marks
 * around its snapshots and around the work. The trace starts where the first scan of
 * kpageflags begins and ends where the second begins: these are the two moments whose state
 * is known (R4).
 */
#include "traces/import.h"

#include <stdio.h>
#include <string.h>

struct mark_name {
	const char *text;
	size_t offset; /* of the index in struct import */
};

#define AT(field) offsetof(struct import, field)

static const struct mark_name names[] = {
	{ "kpageflags 0 begin", AT(lo) }, { "kpageflags 0 end", AT(scan_end) },
	{ "work begin", AT(work_lo) },    { "work end", AT(work_hi) },
	{ "kpageflags 1 begin", AT(hi) }, { "kpageflags 1 end", AT(after_end) },
};

/* Marks carry their recorder's word in front: "pgsim work begin". */
static size_t *mark_place(struct import *im, const char *text)
{
	const char *rest = strchr(text, ' ');

	for (size_t i = 0; rest && i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(rest + 1, names[i].text) == 0)
			return (size_t *)(void *)((char *)im + names[i].offset);
	return NULL;
}

static size_t index_of_time(const struct import_source *s, uint64_t time)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->events[mid].time < time)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static unsigned marks_in_events(struct import *im)
{
	unsigned found = 0;

	for (size_t i = 0; i < im->src.n; i++) {
		const struct import_event *e = &im->src.events[i];
		size_t *place;

		if (e->kind != IMPORT_MARK || !im->src.texts.n)
			continue;
		place = mark_place(im, im->src.texts.text[e->detail]);
		if (!place)
			continue;
		*place = i;
		im->recorder = e->pid;
		found++;
	}
	return found;
}

/* marks.txt tells times, for recordings without print events. */
static unsigned marks_in_file(struct import *im)
{
	unsigned found = 0;

	for (size_t i = 0; i < im->snap.nmarks; i++) {
		size_t *place = mark_place(im, im->snap.marks[i].text);

		if (place) {
			*place = index_of_time(&im->src, im->snap.marks[i].time);
			found++;
		}
	}
	return found;
}

static bool check(const struct import *im, struct trace_error *err)
{
	if (im->lo > im->scan_end || im->scan_end > im->hi || im->hi > im->after_end ||
	    im->work_lo > im->work_hi || im->lo >= im->hi)
		return trace_error_data(err,
					"%s: the recorder's marks are not in their order "
					"(kpageflags 0, work, kpageflags 1)",
					im->src.label);
	return true;
}

/* R2: with --allow-lost the trace ends where the first event is missing. */
static void cut_at_loss(struct import *im)
{
	size_t at;

	if (im->src.first_lost == UINT64_MAX)
		return;
	at = index_of_time(&im->src, im->src.first_lost);
	if (at < im->hi) {
		import_report_warn(
			im->rep,
			"events were lost at time %llu; what comes after is cut off, and "
			"with it the comparison with the end state",
			(unsigned long long)im->src.first_lost);
		im->hi = im->after_end = at;
		im->cut = true;
	}
}

static void flag_unscored(struct import *im)
{
	uint64_t outside = 0, own = 0;

	for (size_t i = im->from; i < im->hi; i++) {
		struct import_event *e = &im->src.events[i];

		if (e->kind != IMPORT_ALLOC && e->kind != IMPORT_FREE)
			continue;
		if (i < im->work_lo || i >= im->work_hi)
			outside++;
		else if (im->recorder >= 0 && e->pid == im->recorder)
			own++;
		else
			continue;
		e->flags |= TRACE_UNSCORED;
	}
	import_report_count(im->rep, "R13", "unscored_outside_work",
			    "requests outside the work marks, not scored", outside,
			    im->requests);
	import_report_count(im->rep, "R13", "unscored_recorder",
			    "requests of the recorder itself, not scored", own, im->requests);
}

static uint64_t count_requests(const struct import *im, size_t from, size_t to)
{
	uint64_t n = 0;

	for (size_t i = from; i < to; i++)
		n += im->src.events[i].kind == IMPORT_ALLOC ||
		     im->src.events[i].kind == IMPORT_FREE;
	return n;
}

/* Index behind `n` requests from `at` on. */
static size_t after_requests(const struct import *im, size_t at, uint64_t n)
{
	for (; at < im->hi && n; at++)
		n -= im->src.events[at].kind == IMPORT_ALLOC ||
		     im->src.events[at].kind == IMPORT_FREE;
	return at;
}

/* The part that was asked for. Without its end there is no end state. */
static void cut_to_wish(struct import *im)
{
	im->from = after_requests(im, im->lo, im->o->first);
	if (im->o->count) {
		size_t end = after_requests(im, im->from, im->o->count);

		im->cut |= end < im->hi;
		im->hi = end;
	}
}

static bool find_marks(struct import *im, struct trace_error *err)
{
	unsigned marks;

	im->recorder = -1;
	im->lo = im->scan_end = im->work_lo = 0;
	im->hi = im->work_hi = im->after_end = im->src.n;
	marks = marks_in_events(im);
	if (!marks)
		marks = marks_in_file(im);
	if (!im->snap.before.there) {
		im->lo = im->scan_end = 0;
		im->hi = im->after_end = im->src.n;
	} else if (!marks) {
		import_report_warn(im->rep,
				   "no marks of a recorder: the snapshots are taken as "
				   "made just before the first and after the last event");
	}
	if (im->scan_end < im->lo)
		im->scan_end = im->lo;
	return check(im, err);
}

bool import_span(struct import *im, struct trace_error *err)
{
	if (!(im->exact ? import_exact_span(im, err) : find_marks(im, err)))
		return false;
	cut_at_loss(im);
	import_report_count(im->rep, "R4", "before_scan",
			    "requests before the first snapshot, left out",
			    count_requests(im, 0, im->lo), 0);
	import_report_count(im->rep, "R4", "after_scan",
			    "requests after the second snapshot began, left out",
			    count_requests(im, im->hi, im->src.n), 0);
	cut_to_wish(im);
	im->requests = count_requests(im, im->from, im->hi);
	flag_unscored(im);
	return im->requests ||
	       trace_error_data(err, "%s: no allocation and no free in %s", im->src.label,
				im->o->count || im->o->first ? "that part" : "it");
}
