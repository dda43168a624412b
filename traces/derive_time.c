/*
 * Dates. The clock of a whole recording only counts events; its ticks tell the time, and
 * between two of them events are evenly spaced. What a task waited for reclaim, compaction or a
 * disk is not its own time: in a tick in which it waited it gets, for each of its touches, the
 * time that one took it in ticks without a wait.
 */
#include <stdlib.h>

#include "traces/derive.h"
#include "traces/trace_error.h"

#define NS_PER_S UINT64_C(1000000000)
#define FEW 16 /* touches in a tick: too few to tell how long one takes */

static uint64_t jiffy_ns(const struct derive *d)
{
	return NS_PER_S / d->o->hz;
}

static bool make_seen(struct derive *d)
{
	if (!d->o->untraced_ns)
		return true;
	if (d->header->clock != TRACE_CLOCK_COUNTER)
		return trace_error_data(d->err, "the recording's clock does not count events: "
						"nothing tells how many were recorded");
	d->seen = calloc(d->nticks * d->header->cpus, sizeof(*d->seen));
	return d->seen || derive_fail(d);
}

bool derive_time_ticks(struct derive *d)
{
	struct trace_step steps[512];
	int64_t first = 0;
	long n;

	while ((n = trace_reader_next_step(d->reader, steps, 512, d->err)) > 0)
		for (long i = 0; i < n; i++) {
			if (steps[i].kind != TRACE_STEP_TICK)
				continue;
			if (!derive_room(d, &d->ticks, &d->ticks_cap, d->nticks,
					 sizeof(*d->ticks)))
				return false;
			if (!d->nticks)
				first = steps[i].value[0] - 1;
			d->ticks[d->nticks++] =
				(struct derive_tick){ steps[i].time,
						      (uint64_t)(steps[i].value[0] - first) *
							      jiffy_ns(d) };
		}
	if (n < 0 || !make_seen(d))
		return false;
	return d->nticks || d->header->clock != TRACE_CLOCK_COUNTER ||
	       trace_error_data(d->err, "the recording's clock only counts, and it has no "
					"ticks: nothing tells when its events were");
}

/* The last tick at or before that time; SIZE_MAX = before all. */
static size_t tick_at(const struct derive *d, uint64_t time)
{
	size_t lo = 0, hi = d->nticks;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (d->ticks[mid].time <= time)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo - 1;
}

uint64_t derive_time_ns(const struct derive *d, uint64_t time)
{
	struct derive_tick a = { 0, 0 }, b;
	size_t i;

	if (d->header->clock == TRACE_CLOCK_NS)
		return time;
	if (d->header->clock == TRACE_CLOCK_TSC)
		return time / d->header->clock_hz * NS_PER_S +
		       time % d->header->clock_hz * NS_PER_S / d->header->clock_hz;
	i = tick_at(d, time);
	if (i != SIZE_MAX)
		a = d->ticks[i];
	if (i + 1 >= d->nticks)
		return a.ns;
	b = d->ticks[i + 1];
	return a.ns + (b.ns - a.ns) * (time - a.time) / (b.time - a.time);
}

/* ---- what tracing took --------------------------------------------------------------------
 */

void derive_time_seen(struct derive *d, const struct trace_event *e)
{
	size_t i = d->seen ? tick_at(d, e->time) : SIZE_MAX;

	if (i != SIZE_MAX && e->cpu < d->header->cpus)
		d->seen[i * d->header->cpus + e->cpu]++;
}

/* The last tick at or before that date; SIZE_MAX = before all. */
static size_t tick_of(const struct derive *d, uint64_t ns)
{
	size_t lo = 0, hi = d->nticks;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (d->ticks[mid].ns <= ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo - 1;
}

/*
 * What recording took a CPU in the jiffy that begins at that date, ns. The clock counted all
 * events, of which some are no events of a trace: those are shared out among the CPUs as the
 * others are.
 */
static uint64_t traced_ns(const struct derive *d, uint64_t begin, uint16_t cpu)
{
	unsigned cpus = d->header->cpus;
	size_t i = d->seen ? tick_of(d, begin) : SIZE_MAX;
	uint64_t all = 0, lines;

	if (i == SIZE_MAX || i + 1 >= d->nticks)
		return 0;
	for (unsigned c = 0; c < cpus; c++)
		all += d->seen[i * cpus + c];
	if (!all || cpu >= cpus)
		return 0;
	lines = (d->ticks[i + 1].time - d->ticks[i].time) * d->seen[i * cpus + cpu] / all;
	return lines * d->o->untraced_ns * jiffy_ns(d) / (d->ticks[i + 1].ns - d->ticks[i].ns);
}

/* ---- the time of a touch ----------------------------------------------------------------- */

static int compare_items(const void *left, const void *right)
{
	const struct derive_item *a = left, *b = right;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static int compare_tasks(const void *left, const void *right)
{
	const struct derive_item *a = left, *b = right;

	if (a->task != b->task)
		return a->task < b->task ? -1 : 1;
	return compare_items(left, right);
}

static int compare_counts(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

/* A task's items of one tick. */
struct cell {
	size_t from, to;
	uint64_t index; /* of the tick */
	uint32_t touches;
	bool stalled;
};

/* The cell that begins with item `at`, of items [at, end) of one task. */
static struct cell cell_at(const struct derive *d, size_t at, size_t end)
{
	uint64_t tick = jiffy_ns(d);
	struct cell c = { .from = at, .to = at, .index = d->items[at].time / tick };

	for (; c.to < end && d->items[c.to].time / tick == c.index; c.to++) {
		c.touches += d->items[c.to].touch;
		c.stalled |= d->items[c.to].stalls;
	}
	return c;
}

/* How many touches the task makes in a tick without a wait: the median. 0 = not known. */
static uint32_t touches_per_tick(struct derive *d, size_t from, size_t to)
{
	uint32_t *counts = malloc((to - from + 1) * sizeof(*counts)), most = 0, n = 0, result;

	if (!counts) {
		derive_fail(d);
		return 0;
	}
	for (size_t at = from; at < to;) {
		struct cell c = cell_at(d, at, to);

		if (c.touches > most)
			most = c.touches;
		if (!c.stalled && c.touches >= FEW && c.from != from && c.to != to)
			counts[n++] = c.touches;
		at = c.to;
	}
	qsort(counts, n, sizeof(*counts), compare_counts);
	result = n ? counts[n / 2] : most;
	free(counts);
	return result;
}

/* ---- dates ------------------------------------------------------------------------------- */

/* Without what recording took, but for a tenth: a task does not stop the time. */
static uint64_t without(uint64_t own, uint64_t traced)
{
	uint64_t least = own / 10;

	return own > traced + least ? own - traced : least;
}

static void date_task(struct derive *d, size_t from, size_t to)
{
	uint64_t tick = jiffy_ns(d), saved = 0, traced = 0, last = 0;
	uint32_t full = touches_per_tick(d, from, to);
	bool waited = false;

	for (size_t at = from; at < to;) {
		struct cell c = cell_at(d, at, to);
		uint64_t begin = c.index * tick, own = tick;

		/* Ticks in which it did nothing, beside one in which it waited: it waited. */
		if (at != from && (waited || c.stalled))
			saved += (c.index - last - 1) * tick;
		if (c.stalled && full && c.touches < full)
			own = tick * c.touches / full;
		traced += own;
		own = without(own, traced_ns(d, begin, d->items[c.from].cpu));
		traced -= own;
		for (size_t i = c.from; i < c.to; i++)
			d->items[i].time =
				begin - saved + (d->items[i].time - begin) * own / tick;
		saved += tick - own;
		waited = c.stalled;
		last = c.index;
		at = c.to;
	}
	d->count[DERIVE_N_STALL_MS] += (saved - traced) / 1000000;
	d->count[DERIVE_N_TRACED_MS] += traced / 1000000;
}

/* What a task waited for in a span is marked at its next touch. */
static void mark_spans(struct derive *d)
{
	for (size_t s = 0; s < d->nspans; s++) {
		uint64_t end = derive_time_ns(d, d->spans[s].to);
		size_t lo = 0, hi = d->nitems;

		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;
			const struct derive_item *i = &d->items[mid];

			if (i->task < d->spans[s].task ||
			    (i->task == d->spans[s].task && i->time < end))
				lo = mid + 1;
			else
				hi = mid;
		}
		if (lo < d->nitems && d->items[lo].task == d->spans[s].task)
			d->items[lo].stalls = true;
	}
}

/* Nothing happens to a block before it is there. */
static void hold_back(struct derive *d)
{
	for (size_t i = 0; i < d->nitems; i++)
		if (d->items[i].kind == TRACE_ALLOC)
			d->blocks[d->items[i].target].date = d->items[i].time;
	for (size_t i = 0; i < d->nitems; i++) {
		struct derive_item *item = &d->items[i];
		uint64_t date;

		if (item->kind == TRACE_ALLOC || item->target == DERIVE_NONE)
			continue;
		date = d->blocks[item->of_page ? d->pages[item->target].block : item->target]
			       .date;
		if (item->of_page && d->pages[item->target].twin != DERIVE_NONE &&
		    d->blocks[d->pages[item->target].twin].date > date)
			date = d->blocks[d->pages[item->target].twin].date;
		if (item->time < date)
			item->time = date;
	}
}

/* One task does everything later, as it would have if the others had been quicker. */
static bool delay(struct derive *d)
{
	bool found = !d->o->late_pid;

	for (size_t i = 0; d->o->late_pid && i < d->nitems; i++) {
		const struct trace_task *t = trace_reader_task(d->reader, d->items[i].task);

		if (!t || t->pid != d->o->late_pid)
			continue;
		d->items[i].time += (uint64_t)d->o->late_ms * 1000000;
		found = true;
	}
	return found ||
	       trace_error_data(d->err, "the recording has no task %d that could be late",
				d->o->late_pid);
}

bool derive_time_dates(struct derive *d)
{
	qsort(d->items, d->nitems, sizeof(*d->items), compare_tasks);
	mark_spans(d);
	for (size_t from = 0; from < d->nitems && !d->failed;) {
		size_t to = from;

		while (to < d->nitems && d->items[to].task == d->items[from].task)
			to++;
		date_task(d, from, to);
		from = to;
	}
	if (!delay(d))
		return false;
	hold_back(d);
	qsort(d->items, d->nitems, sizeof(*d->items), compare_items);
	return !d->failed;
}
