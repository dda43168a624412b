#include "tools/trace_stats.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 1024

const char *trace_stats_kind(unsigned kind)
{
	static const char *const names[TRACE_KINDS] = {
		"alloc",      "alloc-failed", "free",   "lru-add", "access",  "dirty",
		"task-start", "task-exit",    "sysctl", "mark",    "isolate", "unisolate",
	};

	return kind < TRACE_KINDS ? names[kind] : "?";
}

const char *trace_stats_truth(unsigned kind)
{
	static const char *const names[TRACE_TRUTH_KINDS] = {
		"zone-locked",   "pcpu-drain",    "extfrag",       "kswapd-wake",
		"kswapd-sleep",  "wakeup-kswapd", "reclaim-begin", "reclaim-end",
		"compact-begin", "compact-end",   "oom",           "other",
	};

	return kind < TRACE_TRUTH_KINDS ? names[kind] : "?";
}

const char *trace_stats_step(unsigned kind)
{
	static const char *const names[TRACE_STEP_KINDS] = {
		"refill",    "drain",     "bulk",     "extfrag",    "steal",
		"move",      "pageblock", "isolate",  "highatomic", "fold",
		"threshold", "free-type", "no-block", "tick",
	};

	return kind < TRACE_STEP_KINDS ? names[kind] : "?";
}

const char *trace_stats_flag(unsigned bit)
{
	static const char *const names[7] = { "cold",     "hardirq", "softirq", "reclaim",
					      "unscored", "missed",  "hidden" };

	return bit < 7 ? names[bit] : "?";
}

void trace_stats_free(struct trace_stats *s)
{
	free(s->gfp);
	free(s->cpu);
	free(s->zones);
	memset(s, 0, sizeof(*s));
}

static bool out_of_memory(struct trace_error *err)
{
	err->kind = TRACE_SYSTEM;
	strcpy(err->text, "out of memory");
	return false;
}

/* ---- start state ----------------------------------------------------------------------- */

static struct trace_stats_zone *zone_of(struct trace_stats *s, const struct trace_header *h,
					uint64_t pfn)
{
	for (unsigned i = 0; i < h->nzones; i++)
		if (pfn >= h->zones[i].start && pfn < h->zones[i].end)
			return &s->zones[i];
	return &s->zones[h->nzones]; /* outside of every zone: not shown */
}

static void add_used(struct trace_stats *s, const struct trace_header *h,
		     const struct trace_used *u)
{
	uint64_t frames = UINT64_C(1) << u->order;
	struct trace_stats_zone *z = zone_of(s, h, u->pfn);

	if (u->use & TRACE_USE_PINNED) {
		z->pinned += frames;
		return;
	}
	z->objects += frames;
	s->start_objects++;
	s->start_pages += frames;
}

static bool read_state(struct trace_stats *s, struct trace_reader *r, struct trace_error *err)
{
	const struct trace_header *h = trace_reader_header(r);
	const struct trace_state *st = trace_reader_state(r, err);

	if (!st)
		return !err->text[0];
	s->zones = calloc(h->nzones + 1u, sizeof(*s->zones));
	if (!s->zones)
		return out_of_memory(err);
	for (unsigned i = 0; i < h->nzones; i++)
		s->zones[i].zone = &h->zones[i];
	for (uint64_t i = 0; i < st->nfree; i++)
		zone_of(s, h, st->free[i].pfn)->free += UINT64_C(1) << st->free[i].order;
	for (uint64_t i = 0; i < st->npcp; i++)
		zone_of(s, h, st->pcp[i].pfn)->pcp += UINT64_C(1) << st->pcp[i].order;
	for (uint64_t i = 0; i < st->nused; i++)
		add_used(s, h, &st->used[i]);
	s->live = s->most_live = s->start_pages;
	return true;
}

/* ---- events ---------------------------------------------------------------------------- */

static bool count_gfp(struct trace_stats *s, unsigned index, struct trace_error *err)
{
	if (index >= s->ngfp) {
		unsigned n = index < 64 ? 128 : 2 * index;
		uint64_t *gfp = realloc(s->gfp, n * sizeof(*gfp));

		if (!gfp)
			return out_of_memory(err);
		memset(gfp + s->ngfp, 0, (n - s->ngfp) * sizeof(*gfp));
		s->gfp = gfp;
		s->ngfp = n;
	}
	s->gfp[index]++;
	return true;
}

static bool count_event(struct trace_stats *s, const struct trace_event *e,
			struct trace_error *err)
{
	uint64_t frames = UINT64_C(1) << e->order;

	s->kinds[e->kind]++;
	s->cpu[e->cpu]++;
	for (unsigned bit = 0; e->flags && bit < 7; bit++)
		s->flags[bit] += e->flags >> bit & 1;
	switch (e->kind) {
	case TRACE_ALLOC:
		s->alloc_orders[e->order]++;
		s->live += frames;
		if (s->live > s->most_live)
			s->most_live = s->live;
		return count_gfp(s, e->gfp, err);
	case TRACE_ALLOC_FAILED:
		return count_gfp(s, e->gfp, err);
	case TRACE_FREE:
		s->free_orders[e->order]++;
		s->live -= frames < s->live ? frames : s->live;
		return true;
	default:
		return true;
	}
}

static bool read_events(struct trace_stats *s, struct trace_reader *r, trace_watch *watch,
			struct trace_error *err)
{
	struct trace_event events[CHUNK];
	struct trace_totals totals = { 0 };
	struct trace_error ignored;
	uint64_t done = 0;
	long n;

	trace_reader_totals(r, &totals, &ignored);
	while ((n = trace_reader_next(r, events, CHUNK, err)) > 0) {
		for (long i = 0; i < n; i++)
			if (!count_event(s, &events[i], err))
				return false;
		done += (uint64_t)n;
		if (!watch(NULL, done, totals.events)) {
			strcpy(err->text, "interrupted");
			return false;
		}
	}
	return n == 0;
}

static bool read_truths(struct trace_stats *s, struct trace_reader *r, struct trace_error *err)
{
	struct trace_truth truths[64];
	long n;

	while ((n = trace_reader_next_truth(r, truths, 64, err)) > 0)
		for (long i = 0; i < n; i++)
			s->truths[truths[i].kind]++;
	return n == 0;
}

static bool read_steps(struct trace_stats *s, struct trace_reader *r, struct trace_error *err)
{
	struct trace_step steps[64];
	long n;

	while ((n = trace_reader_next_step(r, steps, 64, err)) > 0)
		for (long i = 0; i < n; i++)
			s->steps[steps[i].kind]++;
	return n == 0;
}

bool trace_stats_read(struct trace_stats *s, struct trace_reader *r, trace_watch *watch,
		      struct trace_error *err)
{
	struct trace_error ignored;
	struct trace_totals totals;
	bool pipe = !trace_reader_totals(r, &totals, &ignored);

	memset(s, 0, sizeof(*s));
	s->cpu = calloc(trace_reader_header(r)->cpus, sizeof(*s->cpu));
	if (!s->cpu)
		return out_of_memory(err);
	return read_state(s, r, err) && read_events(s, r, watch, err) &&
	       (pipe || (read_truths(s, r, err) && read_steps(s, r, err))) &&
	       trace_reader_totals(r, &s->totals, err);
}
