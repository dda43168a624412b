/*
 * The start state: at the first snapshot, or, for a part of a recording that begins later, what
 * the events in front of it leave when they run through the rules.
 */
#include "traces/import.h"

#include <stdlib.h>
#include <string.h>

/* What a frame is after the prefix: who owns it, and where it is when nobody does. */
static void classify(struct import *im)
{
	for (uint64_t pfn = 0; pfn < im->frames; pfn++) {
		const struct import_page *p = import_pages_look(&im->owner, pfn);

		if (im->class[pfn] < IMPORT_LISTED || !p)
			continue;
		if (p->a != IMPORT_NOBODY)
			im->class[pfn] = IMPORT_USED;
		else
			im->class[pfn] = im->listed[pfn] ? IMPORT_LISTED : IMPORT_PCP;
	}
}

static void forget(struct import *im)
{
	free(im->state.free);
	free(im->state.used);
	free(im->state.pcp);
	free(im->state.block_type);
	memset(&im->state, 0, sizeof(im->state));
	free(im->listed);
	im->listed = NULL;
	import_pages_free(&im->owner);
	im->nobjects = im->ninserts = im->nparts = 0;
	im->start_objects = 0;
}

static bool at_snapshot(struct import *im, struct trace_error *err)
{
	if (!im->snap.before.there)
		return import_touch(im, err);
	if (im->exact)
		return import_touch(im, err) && import_exact_start(im, err) &&
		       import_first(im, err) && import_exact_lists(im, err) &&
		       import_truth(im, err);
	return import_touch(im, err) && import_start(im, err) && import_layout(im, err) &&
	       import_pcp(im, err) && import_check_start(im, err) && import_first(im, err) &&
	       import_types(im, err) && import_truth(im, err);
}

static bool run_prefix(struct import *im, struct trace_error *err)
{
	size_t hi = im->hi;
	bool ok;

	im->hi = im->from;
	ok = at_snapshot(im, err) && import_match(im, err);
	im->hi = hi;
	return ok;
}

static bool behind_prefix(struct import *im, struct trace_error *err)
{
	im->lo = im->scan_end = im->from;
	im->later = true;
	if (!im->snap.before.there)
		return import_touch(im, err);
	classify(im);
	forget(im);
	return import_touch(im, err) && import_first(im, err) && import_types(im, err) &&
	       import_truth(im, err);
}

bool import_begin(struct import *im, struct trace_error *err)
{
	struct trace_import_report *rep = im->rep, *prefix;
	bool ok;

	if (im->from == im->lo)
		return at_snapshot(im, err);
	/* What the rules count in front of the part is not in its report. */
	prefix = calloc(1, sizeof(*prefix));
	if (!prefix)
		return trace_error_memory(err);
	im->rep = prefix;
	ok = !im->snap.before.there || run_prefix(im, err);
	im->rep = rep;
	import_report_free(prefix);
	return ok && behind_prefix(im, err);
}
