/*
 * A whole recording: a folder with before/state.txt and after/state.txt, each of one moment,
 * and all events between. Nothing has to be derived: what other recordings guess (R4-R6) is
 * read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/import.h"

enum { BEFORE, AFTER, EVENTS };

/* ---- the folder ------------------------------------------------------------------------- */

static bool find(char out[4096], const char *dir, const char *name)
{
	static const char *const ends[] = { "", ".zst" };

	for (unsigned i = 0; i < 2; i++) {
		int n = snprintf(out, 4096, "%s/%s%s", dir, name, ends[i]);

		if (n > 0 && n < 4096 && access(out, F_OK) == 0)
			return true;
	}
	return false;
}

bool import_exact_is(const char *path)
{
	char before[4096];
	struct stat st;
	int n = snprintf(before, sizeof(before), "%s/before", path);

	return n > 0 && n < (int)sizeof(before) && stat(before, &st) == 0 &&
	       S_ISDIR(st.st_mode);
}

const char *import_exact_events(const struct import *im, struct trace_error *err)
{
	static const char *const names[] = { "trace.txt", "stream.txt" };
	struct import_exact *x = im->exact;

	for (unsigned i = 0; i < 2; i++)
		if (find(x->path[EVENTS], im->o->input, names[i]))
			return x->path[EVENTS];
	trace_error_data(err, "%s: neither trace.txt nor stream.txt in it", im->o->input);
	return NULL;
}

static bool read_state(struct import_exact *x, unsigned which, const char *dir,
		       struct import_exact_state *s, struct trace_error *err)
{
	static const char *const names[] = { "before/state.txt", "after/state.txt" };
	struct import_input in;
	char *text;
	bool ok;

	if (!find(x->path[which], dir, names[which]))
		return trace_error_data(err, "%s: no %s in it", dir, names[which]);
	if (!import_open(&in, x->path[which], err))
		return false;
	text = malloc(in.size + 1);
	if (!text) {
		import_open_close(&in);
		return trace_error_memory(err);
	}
	memcpy(text, in.data, in.size);
	text[in.size] = '\0';
	import_open_close(&in);
	ok = import_exact_read(x->path[which], text, s, err);
	free(text);
	return ok;
}

static bool same_zone(const struct trace_zone *a, const struct trace_zone *b)
{
	return a->nid == b->nid && strcmp(a->name, b->name) == 0 && a->start == b->start &&
	       a->end == b->end && a->present == b->present;
}

static bool same_machine(const struct import_exact *x, struct trace_error *err)
{
	const struct import_exact_state *a = &x->before, *b = &x->after;
	bool same = a->nzones == b->nzones && a->cpus == b->cpus;

	for (unsigned i = 0; same && i < a->nzones; i++)
		same = same_zone(&a->zones[i].z, &b->zones[i].z);
	return same || trace_error_data(err, "%s: not of the machine of %s", x->path[AFTER],
					x->path[BEFORE]);
}

/* ---- as snapshots ----------------------------------------------------------------------- */

/* The bits of /proc/kpageflags that a letter of the map stands for. */
static uint64_t flags_of(char letter)
{
	switch (letter) {
	case 'F':
		return UINT64_C(1) << IMPORT_KPF_BUDDY;
	case 'R':
		return UINT64_C(1) << IMPORT_KPF_RESERVED;
	case 'S':
		return UINT64_C(1) << IMPORT_KPF_SLAB;
	case 'L':
		return UINT64_C(1) << IMPORT_KPF_LRU;
	case 'A':
		return UINT64_C(1) << IMPORT_KPF_LRU | UINT64_C(1) << IMPORT_KPF_ANON |
		       UINT64_C(1) << IMPORT_KPF_SWAPBACKED;
	case 'H':
		return UINT64_C(1) << IMPORT_KPF_HEAD;
	case 't':
		return UINT64_C(1) << IMPORT_KPF_TAIL;
	case 'X':
		return UINT64_C(1) << IMPORT_KPF_NOPAGE;
	default:
		return 0;
	}
}

#define MAP_BITS                                                                               \
	(UINT64_C(1) << IMPORT_KPF_BUDDY | UINT64_C(1) << IMPORT_KPF_RESERVED |                \
	 UINT64_C(1) << IMPORT_KPF_SLAB | UINT64_C(1) << IMPORT_KPF_LRU |                      \
	 UINT64_C(1) << IMPORT_KPF_ANON | UINT64_C(1) << IMPORT_KPF_HEAD |                     \
	 UINT64_C(1) << IMPORT_KPF_TAIL | UINT64_C(1) << IMPORT_KPF_NOPAGE)

/* kpageflags, where it is there, tells what the map does not: active, dirty. It is older by a
 * moment, so that the map has the last word. */
static bool read_flags(uint64_t *flags, uint64_t n, const char *dir, const char *when,
		       struct trace_error *err)
{
	char path[4096], name[64];
	struct import_input in;
	uint64_t have;

	snprintf(name, sizeof(name), "%s/kpageflags", when);
	for (uint64_t i = 0; i < n; i++)
		flags[i] = UINT64_C(1) << IMPORT_KPF_NOPAGE;
	if (!find(path, dir, name))
		return true;
	if (!import_open_bytes(&in, path, err))
		return false;
	if (in.size % 8) {
		size_t size = in.size;

		import_open_close(&in);
		return trace_error_data(err, "%s: %zu bytes; 8 for each frame were expected",
					path, size);
	}
	have = in.size / 8 < n ? in.size / 8 : n;
	memcpy(flags, in.data, have * 8);
	import_open_close(&in);
	return true;
}

static void apply_map(uint64_t *flags, const struct import_exact_zone *z)
{
	for (uint64_t pfn = z->z.start; z->map && pfn < z->z.end; pfn++) {
		char letter = z->map[pfn - z->z.start];
		uint64_t keep = strchr("LA", letter) ? ~(uint64_t)MAP_BITS : 0;

		flags[pfn] = (flags[pfn] & keep) | flags_of(letter);
	}
}

static void apply_lists(uint64_t *flags, const struct trace_state *lists, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		flags[i] &= ~(UINT64_C(1) << IMPORT_KPF_BUDDY);
	for (uint64_t i = 0; i < lists->nfree; i++)
		for (uint64_t p = 0; p < UINT64_C(1) << lists->free[i].order; p++)
			flags[lists->free[i].pfn + p] = UINT64_C(1) << IMPORT_KPF_BUDDY;
}

static uint64_t frames_of(const struct import_exact_state *s)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < s->nzones; i++)
		n = s->zones[i].z.end > n ? s->zones[i].z.end : n;
	return n;
}

static bool make_zones(const struct import_exact_state *s, struct import_side *side,
		       struct trace_error *err)
{
	side->zones = calloc(s->nzones, sizeof(*side->zones));
	if (!side->zones)
		return trace_error_memory(err);
	for (unsigned i = 0; i < s->nzones; i++) {
		const struct import_exact_zone *from = &s->zones[i];
		struct import_zone *to = &side->zones[side->nzones++];

		to->z = from->z;
		to->cpus = s->cpus;
		memcpy(to->buddyinfo[0], from->buddyinfo, sizeof(to->buddyinfo[0]));
		memcpy(to->buddyinfo[1], from->buddyinfo, sizeof(to->buddyinfo[1]));
		to->pcp = malloc(s->cpus * sizeof(*to->pcp));
		if (!to->pcp)
			return trace_error_memory(err);
		memcpy(to->pcp, from->pcp, s->cpus * sizeof(*to->pcp));
	}
	side->cpus = s->cpus;
	return true;
}

static bool make_side(const struct import_exact_state *s, const char *dir, const char *when,
		      struct import_side *side, struct trace_error *err)
{
	uint64_t n = frames_of(s);
	uint64_t *flags = malloc((n + 1) * sizeof(*flags));

	if (!flags)
		return trace_error_memory(err);
	side->own = flags;
	side->flags = flags;
	side->nflags = n;
	side->there = true;
	if (!make_zones(s, side, err) || !read_flags(flags, n, dir, when, err))
		return false;
	for (unsigned i = 0; i < s->nzones; i++)
		apply_map(flags, &s->zones[i]);
	apply_lists(flags, &s->lists, n);
	return true;
}

bool import_exact_open(struct import *im, struct trace_error *err)
{
	const char *dir = im->o->input;
	struct import_exact *x = calloc(1, sizeof(*x));

	im->exact = x;
	if (!x)
		return trace_error_memory(err);
	snprintf(im->snap.kernel, sizeof(im->snap.kernel), "4.12.0");
	snprintf(im->snap.clock_name, sizeof(im->snap.clock_name), "counter");
	return read_state(x, BEFORE, dir, &x->before, err) &&
	       read_state(x, AFTER, dir, &x->after, err) && same_machine(x, err) &&
	       make_side(&x->before, dir, "before", &im->snap.before, err) &&
	       make_side(&x->after, dir, "after", &im->snap.after, err) &&
	       import_vmstat(im, err);
}

void import_exact_free(struct import_exact *x)
{
	if (!x)
		return;
	import_exact_read_free(&x->before);
	import_exact_read_free(&x->after);
	free(x->steps);
	free(x);
}

/* The clock counts events; those inside an interrupt bear the number of the one around them. */
void import_exact_order(struct import_source *s)
{
	for (size_t i = 1; i < s->n; i++)
		if (s->events[i].time <= s->events[i - 1].time)
			s->events[i].time = s->events[i - 1].time + 1;
}

/* ---- what lies between the two states -----------------------------------------------------
 */

/* The index of the mark with that number; n when it is not there, or twice. */
static size_t mark_at(const struct import_source *s, uint64_t id)
{
	size_t found = s->n;

	for (size_t i = 0; i < s->n; i++) {
		if (s->events[i].kind != IMPORT_TICK ||
		    s->extras[s->events[i].detail].value[0] != id)
			continue;
		if (found < s->n)
			return s->n;
		found = i;
	}
	return found;
}

bool import_exact_span(struct import *im, struct trace_error *err)
{
	size_t lo = mark_at(&im->src, 0), hi = mark_at(&im->src, 1);

	if (lo >= hi || hi >= im->src.n)
		return trace_error_data(err,
					"%s: expected the marks 0 and 1 (q_mark), once each "
					"and in this order: the recording is not whole",
					im->src.label);
	if (im->o->first || im->o->count)
		return trace_error_data(err, "%s: a whole recording is imported as a whole",
					im->o->input);
	im->lo = im->scan_end = im->work_lo = im->from = lo;
	im->hi = im->work_hi = im->after_end = hi;
	im->recorder = -1;
	return true;
}

/* ---- the start state -----------------------------------------------------------------------
 */

/* Frames that are not there have Reserved struct pages where their section has some: of a
 * zone's Reserved frames, those beyond what `managed` leaves over, the last ones. Where there
 * are none, frames at the zone's end that nothing ever touches. */
static void find_holes(struct import *im, const struct trace_zone *z)
{
	uint64_t want = z->end - z->start - z->present, reserved = 0;

	for (uint64_t pfn = z->start; pfn < z->end; pfn++) {
		uint64_t f = im->snap.before.flags[pfn];

		if (import_flag(f, IMPORT_KPF_NOPAGE) && want) {
			im->class[pfn] = IMPORT_HOLE;
			want--;
		} else if (import_flag(f, IMPORT_KPF_RESERVED)) {
			im->class[pfn] = IMPORT_RESERVED;
			reserved++;
		}
	}
	for (uint64_t pfn = z->end; pfn-- > z->start && want;) {
		if (im->class[pfn] == IMPORT_RESERVED && reserved > z->present - z->managed) {
			im->class[pfn] = IMPORT_HOLE;
			reserved--;
			want--;
		}
	}
	for (uint64_t pfn = z->end; pfn-- > z->start && want;)
		if (import_idle(im, pfn)) {
			im->class[pfn] = IMPORT_HOLE;
			want--;
		}
}

static bool collect(struct import *im, const struct trace_zone *z, struct trace_error *err)
{
	uint64_t holes = 0, reserved = 0;

	for (uint64_t pfn = z->start; pfn < z->end; pfn++) {
		holes += im->class[pfn] == IMPORT_HOLE;
		reserved += im->class[pfn] == IMPORT_RESERVED;
	}
	if (holes != z->end - z->start - z->present || reserved != z->present - z->managed)
		return trace_error_data(
			err,
			"%s: node %u, zone %s: %llu holes and %llu reserved frames, which do "
			"not leave the present and managed ones",
			im->exact->path[BEFORE], z->nid, z->name, (unsigned long long)holes,
			(unsigned long long)reserved);
	return import_layout_collect(im, z, err);
}

bool import_exact_start(struct import *im, struct trace_error *err)
{
	const struct import_exact_state *s = &im->exact->before;

	im->class = calloc(im->frames, 1);
	if (!im->class)
		return trace_error_memory(err);
	for (unsigned i = 0; i < s->nzones; i++)
		memset(im->class + s->zones[i].z.start, IMPORT_USED,
		       s->zones[i].z.end - s->zones[i].z.start);
	for (uint64_t i = 0; i < s->lists.nfree; i++)
		memset(im->class + s->lists.free[i].pfn, IMPORT_LISTED,
		       (size_t)1 << s->lists.free[i].order);
	for (uint64_t i = 0; i < s->lists.npcp; i++)
		im->class[s->lists.pcp[i].pfn] = IMPORT_PCP;
	for (unsigned i = 0; i < s->nzones; i++) {
		find_holes(im, &s->zones[i].z);
		if (!collect(im, &s->zones[i].z, err))
			return false;
	}
	return true;
}

static bool copy(void *to, const void *from, uint64_t n, size_t size, struct trace_error *err)
{
	void **p = to;

	free(*p);
	*p = malloc((size_t)n * size + 1);
	if (!*p)
		return trace_error_memory(err);
	if (n)
		memcpy(*p, from, (size_t)n * size);
	return true;
}

bool import_exact_lists(struct import *im, struct trace_error *err)
{
	const struct trace_state *from = &im->exact->before.lists;
	struct trace_state *to = &im->state;

	to->nfree = from->nfree;
	to->npcp = from->npcp;
	to->nblocks = from->nblocks;
	to->ordered = true;
	return copy(&to->free, from->free, from->nfree, sizeof(*to->free), err) &&
	       copy(&to->pcp, from->pcp, from->npcp, sizeof(*to->pcp), err) &&
	       copy(&to->block_type, from->block_type, from->nblocks, 1, err);
}

/* ---- header and end ------------------------------------------------------------------------
 */

bool import_exact_header(const struct import *im, struct trace_header *h,
			 struct trace_error *err)
{
	const struct import_exact_state *s = &im->exact->before;
	bool known = true;

	for (unsigned c = 0; c < h->cpus && c < s->cpus; c++)
		h->cpu_node[c] = s->cpu_node[c];
	if (s->nodes > h->nodes)
		h->nodes = s->nodes;
	for (unsigned a = 0; a < h->nodes; a++)
		for (unsigned b = 0; b < h->nodes; b++)
			known = known && s->distance[a][b];
	if (!known)
		return true;
	h->distance = malloc((size_t)h->nodes * h->nodes);
	if (!h->distance)
		return trace_error_memory(err);
	for (unsigned a = 0; a < h->nodes; a++)
		memcpy(h->distance + a * h->nodes, s->distance[a], h->nodes);
	return true;
}

static bool add_counters(struct trace_zone_free *to, const struct import_exact_zone *from,
			 struct trace_error *err)
{
	to->counters = from->counters;
	to->counters.cpus = NULL;
	return copy(&to->counters.cpus, from->counters.cpus, from->counters.ncpus,
		    sizeof(*to->counters.cpus), err);
}

bool import_exact_end(const struct import *im, struct trace_end *end, struct trace_error *err)
{
	for (unsigned i = 0; i < end->nzones; i++)
		if (!add_counters(&end->start[i], &im->exact->before.zones[i], err) ||
		    !add_counters(&end->end[i], &im->exact->after.zones[i], err))
			return false;
	return true;
}
