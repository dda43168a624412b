#include "tools/trace_stats.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 1024
#define NS_PER_S UINT64_C(1000000000)

__extension__ typedef unsigned __int128 wide;

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
	free(s->rates);
	free(s->lives);
	free(s->tasks);
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

/* While reading. */
struct pass {
	struct trace_stats *s;
	const struct trace_header *h;
	struct trace_like_objects objects;
	uint64_t now; /* ns since the first event */
	bool begun;
	uint64_t first_time;
};

/* A time as ns since the first event; counts stay counts. */
static uint64_t since_first(const struct pass *p, uint64_t time)
{
	uint64_t ticks = time - p->first_time;

	if (p->h->clock == TRACE_CLOCK_COUNTER || !p->h->clock_hz || p->h->clock_hz == NS_PER_S)
		return ticks;
	return (uint64_t)((wide)ticks * NS_PER_S / p->h->clock_hz);
}

/* Room for item `index` of a table that grows; what is new are zeros. */
static bool make_room(void *table, uint32_t *n, uint32_t index, size_t size,
		      struct trace_error *err)
{
	uint32_t more = index < 64 ? 128 : 2 * index;
	void **items = table;
	char *grown;

	if (index < *n)
		return true;
	grown = realloc(*items, more * size);
	if (!grown)
		return out_of_memory(err);
	memset(grown + *n * size, 0, (more - *n) * size);
	*items = grown;
	*n = more;
	return true;
}

static bool take_alloc(struct pass *p, const struct trace_event *e, struct trace_error *err)
{
	const struct trace_like_object o = {
		.number = e->object, .time = p->now, .left = 1u << e->order, .base = e->order
	};
	struct trace_stats *s = p->s;

	s->alloc_orders[e->order]++;
	s->tasks[e->task].allocated += o.left;
	s->live += o.left;
	if (s->live > s->most_live) {
		s->most_live = s->live;
		s->most_live_time = p->now;
	}
	return trace_like_objects_add(&p->objects, &o) || out_of_memory(err);
}

static void take_free(struct pass *p, const struct trace_event *e)
{
	struct trace_like_object *o = trace_like_objects_find(&p->objects, e->object);
	uint32_t frames = 1u << e->order;
	struct trace_stats *s = p->s;

	s->free_orders[e->order]++;
	s->tasks[e->task].frees++;
	s->live -= frames < s->live ? frames : s->live;
	if (!o) /* of the start state */
		return;
	o->left -= frames < o->left ? frames : o->left;
	if (o->left)
		return;
	trace_like_hist_add(&s->lives[o->base], p->now - o->time, true);
	trace_like_objects_drop(&p->objects, o);
}

static bool count_event(struct pass *p, const struct trace_event *e, struct trace_error *err)
{
	struct trace_stats *s = p->s;
	bool request = e->kind == TRACE_ALLOC || e->kind == TRACE_ALLOC_FAILED;

	if (!p->begun)
		p->first_time = e->time;
	p->begun = true;
	p->now = since_first(p, e->time);
	s->kinds[e->kind]++;
	s->cpu[e->cpu]++;
	for (unsigned bit = 0; e->flags && bit < 7; bit++)
		s->flags[bit] += e->flags >> bit & 1;
	if (!make_room(&s->tasks, &s->ntasks, e->task, sizeof(*s->tasks), err) ||
	    (request && !make_room(&s->gfp, &s->ngfp, e->gfp, sizeof(*s->gfp), err)))
		return false;
	if (request) {
		s->gfp[e->gfp]++;
		s->tasks[e->task].requests++;
	}
	if (e->kind == TRACE_ALLOC && !take_alloc(p, e, err))
		return false;
	if (e->kind == TRACE_FREE)
		take_free(p, e);
	trace_rates_add(s->rates, p->now, e, s->live);
	return true;
}

static void add_lives(struct trace_like_hist *all, const struct trace_like_hist *h)
{
	for (unsigned i = 0; i < TRACE_LIKE_HIST_BUCKETS; i++) {
		all->seen[i] += h->seen[i];
		all->longer[i] += h->longer[i];
	}
	if (h->nseen && (!all->nseen || h->least < all->least))
		all->least = h->least;
	all->nseen += h->nseen;
	all->nlonger += h->nlonger;
	all->most = h->most > all->most ? h->most : all->most;
	all->longest = h->longest > all->longest ? h->longest : all->longest;
}

/* What has not ended when the trace does. */
static void end_of_trace(struct pass *p)
{
	for (uint64_t i = 0; i < p->objects.nslots; i++) {
		const struct trace_like_object *o = &p->objects.slot[i];

		if (o->number != TRACE_NO_OBJECT)
			trace_like_hist_add(&p->s->lives[o->base], p->now - o->time, false);
	}
	for (unsigned o = 0; o < TRACE_ORDERS; o++)
		add_lives(&p->s->lives[TRACE_ORDERS], &p->s->lives[o]);
	trace_rates_finish(p->s->rates);
}

static bool pass_events(struct pass *p, struct trace_reader *r, trace_watch *watch,
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
			if (!count_event(p, &events[i], err))
				return false;
		done += (uint64_t)n;
		if (!watch(NULL, done, totals.events)) {
			strcpy(err->text, "interrupted");
			return false;
		}
	}
	return n == 0;
}

static bool read_events(struct trace_stats *s, struct trace_reader *r, trace_watch *watch,
			struct trace_error *err)
{
	struct pass p = { .s = s, .h = trace_reader_header(r) };
	bool ok;

	s->cpu = calloc(p.h->cpus, sizeof(*s->cpu));
	s->rates = calloc(1, sizeof(*s->rates));
	s->lives = calloc(TRACE_ORDERS + 1, sizeof(*s->lives));
	if (!s->cpu || !s->rates || !s->lives)
		return out_of_memory(err);
	ok = pass_events(&p, r, watch, err);
	end_of_trace(&p);
	free(p.objects.slot);
	return ok;
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
	return read_state(s, r, err) && read_events(s, r, watch, err) &&
	       (pipe || (read_truths(s, r, err) && read_steps(s, r, err))) &&
	       trace_reader_totals(r, &s->totals, err);
}
