/*
 * trace_import(): a recording and its snapshots become a trace. The steps, each in a file of
 * its own, are listed in import.h.
 */
#include "traces/import.h"
#include "traces/import_map.h"
#include "traces/import_raw.h"
#include "traces/trace_lines.h"
#include "traces/trace_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the clock (R3) --------------------------------------------------------------------- */

static const struct clock {
	const char *name;
	enum trace_clock kind;
	uint64_t hz; /* 0: must be given */
} clocks[] = {
	{ "mono", TRACE_CLOCK_NS, 1000000000 },   { "mono_raw", TRACE_CLOCK_NS, 1000000000 },
	{ "boot", TRACE_CLOCK_NS, 1000000000 },   { "tai", TRACE_CLOCK_NS, 1000000000 },
	{ "perf", TRACE_CLOCK_NS, 1000000000 },   { "local", TRACE_CLOCK_NS, 1000000000 },
	{ "global", TRACE_CLOCK_NS, 1000000000 }, { "x86-tsc", TRACE_CLOCK_TSC, 0 },
	{ "counter", TRACE_CLOCK_COUNTER, 0 },
};

static const struct clock *clock_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(clocks) / sizeof(*clocks); i++)
		if (strcmp(clocks[i].name, name) == 0)
			return &clocks[i];
	return NULL;
}

bool trace_import_clock(const char *name)
{
	return clock_by_name(name) != NULL;
}

/* What the user says wins, then what the recorder noted: a trace.dat names the clock of its
 * top-level buffer, which need not be that of the buffer recorded. */
static const char *clock_name(const struct import *im)
{
	if (im->o->clock)
		return im->o->clock;
	if (im->snap.clock_name[0])
		return im->snap.clock_name;
	if (im->o->tsc_hz)
		return "x86-tsc";
	return im->src.clock_name[0] ? im->src.clock_name : "mono";
}

static bool set_clock(const struct import *im, struct trace_header *h, struct trace_error *err)
{
	const char *name = clock_name(im);
	const struct clock *c = clock_by_name(name);

	if (!c)
		return trace_error_data(err, "%s: the clock \"%s\" is not known", im->src.label,
					name);
	if (c->kind == TRACE_CLOCK_TSC && !im->o->tsc_hz)
		return trace_error_data(err,
					"%s: its clock is x86-tsc, which counts cycles; give "
					"their number in a second with --tsc-hz",
					im->src.label);
	h->clock = c->kind;
	h->clock_hz = c->kind == TRACE_CLOCK_TSC ? im->o->tsc_hz : c->hz;
	snprintf(h->clock_name, sizeof(h->clock_name), "%s", c->name);
	if (strcmp(name, "local") == 0 && im->src.cpus > 1)
		import_report_warn(im->rep,
				   "the clock \"local\" is not the same on all cpus; the "
				   "order of events of different cpus is not certain");
	if (c->kind == TRACE_CLOCK_COUNTER)
		import_report_warn(im->rep, "the clock \"counter\" gives the order only; think "
					    "times mean nothing");
	snprintf(im->rep->clock, sizeof(im->rep->clock), "%s", h->clock_name);
	im->rep->clock_hz = h->clock_hz;
	import_report_count(im->rep, "R2", "ties",
			    "events at the same time as one of another cpu", im->src.ties,
			    im->src.n);
	return true;
}

/* ---- the header ------------------------------------------------------------------------- */

static uint16_t node_of(const struct import *im, uint64_t pfn)
{
	const struct import_zone *z = import_state_zone(&im->snap.before, pfn);

	return z ? z->z.nid : 0;
}

/* The node that a cpu gets most of its pages from is taken for its own: allocations begin at
 * the local node. Cpus that allocate nothing are on the lowest node. */
static bool find_nodes(const struct import *im, struct trace_header *h, struct trace_error *err)
{
	uint64_t *counts = calloc((size_t)h->cpus * h->nodes + 1, sizeof(*counts));

	if (!counts)
		return trace_error_memory(err);
	for (size_t i = im->lo; i < im->hi; i++) {
		const struct import_event *e = &im->src.events[i];

		if (e->kind == IMPORT_ALLOC && e->pfn != IMPORT_NO_PFN)
			counts[e->cpu * h->nodes + node_of(im, e->pfn)]++;
	}
	for (unsigned cpu = 0; cpu < h->cpus; cpu++)
		for (unsigned nid = 0; nid < h->nodes; nid++)
			if (counts[cpu * h->nodes + nid] >
			    counts[cpu * h->nodes + h->cpu_node[cpu]])
				h->cpu_node[cpu] = (uint16_t)nid;
	free(counts);
	return true;
}

static bool set_zones(struct import *im, struct trace_header *h, struct trace_error *err)
{
	const struct import_side *side = &im->snap.before;

	h->zones = calloc(side->nzones + 1u, sizeof(*h->zones));
	if (!h->zones)
		return trace_error_memory(err);
	h->nzones = side->nzones;
	for (unsigned i = 0; i < side->nzones; i++) {
		h->zones[i] = side->zones[i].z;
		if (h->zones[i].nid >= h->nodes)
			h->nodes = h->zones[i].nid + 1u;
	}
	h->holes = im->holes;
	h->nholes = (unsigned)im->nholes;
	h->reserved = im->reserved;
	h->nreserved = (unsigned)im->nreserved;
	im->holes = im->reserved = NULL;
	return true;
}

/* "dir/vm-fragment.trace.dat.zst" is called "vm-fragment". */
static char *name_of(const struct trace_import_options *o)
{
	const char *base = strrchr(o->input, '/');
	char *name;

	if (o->name)
		return strdup(o->name);
	if (strcmp(o->input, "-") == 0)
		return strdup("trace");
	base = base ? base + 1 : o->input;
	name = strdup(base);
	if (name && strcspn(name, "."))
		name[strcspn(name, ".")] = '\0';
	return name;
}

static bool set_header(struct import *im, struct trace_header *h, struct trace_error *err)
{
	const char *kernel = im->snap.kernel[0] ? im->snap.kernel : im->src.kernel;

	h->major = 1;
	h->page_size = 4096;
	h->nodes = 1;
	h->cpus = im->src.cpus > im->snap.before.cpus ? im->src.cpus : im->snap.before.cpus;
	h->cpu_node = calloc(h->cpus + 1u, sizeof(*h->cpu_node));
	h->name = name_of(im->o);
	h->source_kernel = strdup(kernel);
	h->tool = strdup("pagesim trace import");
	h->has_state = im->snap.before.there;
	if (!h->cpu_node || !h->name || !h->source_kernel || !h->tool)
		return trace_error_memory(err);
	snprintf(im->rep->name, sizeof(im->rep->name), "%s", h->name);
	snprintf(im->rep->kernel, sizeof(im->rep->kernel), "%s", kernel);
	snprintf(im->rep->format, sizeof(im->rep->format), "%s", im->src.format);
	if (!set_clock(im, h, err) || !set_zones(im, h, err))
		return false;
	return im->exact ? import_exact_header(im, h, err) : find_nodes(im, h, err);
}

/* ---- the steps -------------------------------------------------------------------------- */

/* A trace as text is a trace already, and so is one in the events of its replay: nothing is to
 * be worked out. */
static bool take_trace(struct import *im, const struct import_input *in, struct trace_header *h,
		       struct trace_error *err)
{
	bool text = trace_text_import_is(in->data, in->size);
	const char *format = text ? "a trace as text" : "a trace in a replay's events";
	struct trace_totals t = { 0 };

	if (im->o->state_dir || im->o->count || im->o->first)
		return trace_error_data(err,
					"%s: %s has its state and events in it: "
					"neither a state nor a part can be given",
					in->label, format);
	if (!(text ? trace_text_import : trace_lines_import)(in->data, in->size, in->label,
							     im->o, h, &t, err))
		return false;
	snprintf(im->rep->name, sizeof(im->rep->name), "%s", h->name ? h->name : "");
	snprintf(im->rep->format, sizeof(im->rep->format), "%s", format);
	snprintf(im->rep->clock, sizeof(im->rep->clock), "%s", h->clock_name);
	snprintf(im->rep->kernel, sizeof(im->rep->kernel), "%s",
		 h->source_kernel ? h->source_kernel : "");
	im->rep->clock_hz = h->clock_hz;
	import_report_count(im->rep, "", "events", "events in the trace", t.events, 0);
	import_report_count(im->rep, "R11", "truths", "events in the truth stream", t.truths,
			    0);
	return true;
}

static bool read_input(struct import *im, struct trace_header *h, struct trace_error *err)
{
	struct import_progress progress = { im->o->watch, im->o->watch_ctx };
	const char *path = im->exact ? import_exact_events(im, err) : im->o->input;
	struct import_input in;
	bool ok;

	if (import_raw_is(im->o->input))
		return import_raw(im->o->input, &im->src, progress, err) &&
		       import_order(&im->src, err);
	if (!path || !import_open(&in, path, err))
		return false;
	im->src.label = in.label;
	im->is_trace = trace_text_import_is(in.data, in.size) ||
		       trace_lines_import_is(in.data, in.size);
	if (im->is_trace) {
		ok = take_trace(im, &in, h, err);
		import_open_close(&in);
		return ok;
	}
	if (im->exact && import_stream_is(&in))
		ok = import_stream(&in, &im->src, progress, err);
	else if (in.format == IMPORT_FORMAT_DAT)
		ok = import_dat(&in, &im->src, progress, err);
	else if (in.format == IMPORT_FORMAT_CSV)
		ok = import_csv(&in, &im->src, progress, err);
	else
		ok = import_text(&in, &im->src, progress, err);
	import_open_close(&in);
	if (!ok)
		return false;
	if (!im->exact)
		return import_order(&im->src, err);
	import_exact_order(&im->src);
	return true;
}

/* Whether nobody made it smaller on purpose, as a text may have been. */
static bool is_whole(const char *format)
{
	return strncmp(format, "trace.dat", 9) == 0 || strcmp(format, "raw pages") == 0;
}

/* The ring buffers counted what went into them: fewer events in the file are a loss, too. */
static bool check_entries(struct import *im, struct trace_error *err)
{
	uint64_t want = im->src.entries ? im->src.entries : im->snap.entries, have = im->src.n;

	for (size_t i = 0; i < im->src.others.n; i++)
		have += im->src.other_counts[i];
	import_report_count(im->rep, "R2", "missing",
			    "events recorded that are not in the file",
			    want > have ? want - have : 0, want);
	if (have >= want || im->o->allow_lost || !is_whole(im->src.format))
		return true;
	return trace_error_data(
		err,
		"%s: the file has %llu of %llu recorded events: it is damaged or "
		"not whole; --allow-lost imports what is there",
		im->src.label, (unsigned long long)have, (unsigned long long)want);
}

/* R2: a recording with losses is not a whole one. */
static bool check_losses(struct import *im, struct trace_error *err)
{
	uint64_t lost = im->src.lost > im->snap.lost ? im->src.lost : im->snap.lost;

	import_report_count(im->rep, "R2", "lost", "events lost by the recording", lost, 0);
	if (lost && !im->o->allow_lost)
		return trace_error_data(
			err,
			"%s: the recording lost %llu events (overrun or dropped); record "
			"again with larger buffers, or use --allow-lost, which keeps "
			"what stands before the first loss",
			im->src.label, (unsigned long long)lost);
	return check_entries(im, err);
}

/* R15: beyond one event in a hundred put in, the recording is not what it seems to be. */
static bool check_share(struct import *im, struct trace_error *err)
{
	uint64_t n =
		import_report_value(im->rep, "missed") + import_report_value(im->rep, "hidden");

	import_report_count(im->rep, "R15", "put_in", "missing frees and hidden allocations", n,
			    im->requests);
	if (n * 100 <= im->requests || im->o->allow_missed)
		return true;
	return trace_error_data(err,
				"%s: %llu of %llu requests do not fit together (%llu missing "
				"frees, %llu hidden allocations), more than 1 %%: events are "
				"missing, or the snapshots belong to another recording; "
				"--allow-missed imports it all the same",
				im->src.label, (unsigned long long)n,
				(unsigned long long)im->requests,
				(unsigned long long)import_report_value(im->rep, "missed"),
				(unsigned long long)import_report_value(im->rep, "hidden"));
}

static void report_others(struct import *im)
{
	uint64_t n = 0;

	for (size_t i = 0; i < im->src.others.n; i++)
		n += im->src.other_counts[i];
	import_report_count(im->rep, "", "requests", "allocations and frees kept", im->requests,
			    0);
	import_report_count(im->rep, "", "others", "events of other kinds, not used", n, 0);
}

static bool run(struct import *im, struct trace_header *h, struct trace_error *err)
{
	if (im->o->state_dir && !import_state(im->o->state_dir, &im->snap, err))
		return false;
	if (!im->o->state_dir && import_exact_is(im->o->input) && !import_exact_open(im, err))
		return false;
	if (!read_input(im, h, err))
		return false;
	if (im->is_trace)
		return true;
	if (!check_losses(im, err))
		return false;
	if (im->exact && !import_exact_steps(im, err))
		return false;
	if (!import_span(im, err))
		return false;
	report_others(im);
	if (!import_begin(im, err))
		return false;
	if (im->snap.before.there && !im->cut)
		import_check_vmstat(im);
	return set_header(im, h, err) && import_match(im, err) && check_share(im, err) &&
	       import_check(im, err) && import_write(im, h, err);
}

static void release(struct import *im)
{
	import_source_free(&im->src);
	import_state_free(&im->snap);
	import_exact_free(im->exact);
	import_pages_free(&im->touch);
	import_pages_free(&im->owner);
	free(im->class);
	free(im->holes);
	free(im->reserved);
	free(im->state.free);
	free(im->state.used);
	free(im->state.pcp);
	free(im->state.block_type);
	free(im->objects);
	free(im->inserts);
	free(im->parts);
	free(im->listed);
	import_check_free(&im->end);
	free(im);
}

struct trace_import_report *trace_import(const struct trace_import_options *o,
					 struct trace_error *err)
{
	struct trace_import_report *rep = calloc(1, sizeof(*rep));
	struct import *im = calloc(1, sizeof(*im));
	struct trace_import_options own = *o;
	struct trace_header header = { 0 };
	struct sigaction was;

	if (!rep || !im) {
		trace_error_memory(err);
		free(im);
		free(rep);
		return NULL;
	}
	/* The recorder's folder holds the snapshots, too. */
	if (!own.state_dir && import_raw_is(own.input))
		own.state_dir = own.input;
	im->o = &own;
	im->rep = rep;
	import_source_init(&im->src, o->input);
	import_map_begin(&was);
	if (!run(im, &header, err)) {
		/* What looks damaged may only have been cut off meanwhile. */
		import_map_whole(o->input, err);
		import_report_free(rep);
		rep = NULL;
	}
	import_map_end(&was);
	trace_header_free(&header);
	release(im);
	return rep;
}

void trace_import_report_free(struct trace_import_report *r)
{
	import_report_free(r);
}

char *trace_import_report_text(const struct trace_import_report *r)
{
	return import_report_text(r);
}

char *trace_import_report_json(const struct trace_import_report *r)
{
	return import_report_json(r, true);
}
