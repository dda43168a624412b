/*
 * What stands out of a comparison, in words. Each sentence names the figures of both sides that
 * it stands on, and is left out where they differ too little: no sentence says why.
 */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/compare.h"
#include "traces/trace.h"

/* Two sides, and where their sentences go. */
struct pair {
	const struct compare_side *a, *b;
	struct compare_words *out;
	unsigned side;
};

static void say(struct pair *p, double effect, const char *figure, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void say(struct pair *p, double effect, const char *figure, const char *fmt, ...)
{
	struct compare_sentence *s = &p->out->list[p->out->n];
	va_list ap;

	if (p->out->n == COMPARE_SENTENCES)
		return;
	p->out->n++;
	*s = (struct compare_sentence){ .side = p->side, .effect = effect };
	snprintf(s->figures[0], sizeof(s->figures[0]), "%s", figure);
	va_start(ap, fmt);
	vsnprintf(s->text, sizeof(s->text), fmt, ap);
	va_end(ap);
}

/* The sentence just said stands on this figure, too. */
static void also(struct pair *p, const char *figure)
{
	struct compare_sentence *s = &p->out->list[p->out->n - 1];
	char *place = *s->figures[1] ? s->figures[2] : s->figures[1];

	snprintf(place, sizeof(s->figures[0]), "%s", figure);
}

/* ---- values ---------------------------------------------------------------------------- */

struct text {
	char text[48];
};

/* Cycles as a time of three digits: "57.1 ns", "1.20 s". */
static struct text duration(const struct compare_side *side, double cycles)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	double value = side->result.clock_mhz ? cycles * 1000 / side->result.clock_mhz : cycles;
	struct text t;
	unsigned i = 0;

	if (!side->result.clock_mhz) {
		snprintf(t.text, sizeof(t.text), "%.0f cycles", cycles);
		return t;
	}
	for (; i < 3 && value >= 999.5; i++)
		value /= 1000;
	snprintf(t.text, sizeof(t.text), "%.*f %s",
		 value >= 99.95 || value == 0 ? 0
		 : value >= 9.995             ? 1
					      : 2,
		 value, units[i]);
	return t;
}

/* In seconds of its own clock, so that machines of other clocks can be compared. */
static double seconds(const struct compare_side *side, double cycles)
{
	return side->result.clock_mhz ? cycles / (1e6 * side->result.clock_mhz) : cycles;
}

/* How far apart two amounts are: 1 is twice as much. */
static double doublings(double a, double b)
{
	if (a <= 0 || b <= 0)
		return a == b ? 0 : 4;
	return fabs(log2(b / a));
}

/* ", 3.1 times as long", or nothing where one of them is 0. */
static struct text times(double a, double b)
{
	struct text t = { "" };

	if (a > 0 && b > 0)
		snprintf(t.text, sizeof(t.text),
			 b / a < 10 ? ", %.2f times as long" : ", %.0f times as long", b / a);
	return t;
}

/* ---- requests -------------------------------------------------------------------------- */

static void on_all_success(struct pair *p)
{
	static const char figure[] = "counters.requests.success";
	double a = compare_value(p->a, figure, -1), b = compare_value(p->b, figure, -2);

	if (a == 1 && b == 1)
		say(p, 0.3, figure, "%s and %s served every request.", p->b->label,
		    p->a->label);
}

static void on_success(struct pair *p)
{
	for (unsigned order = 0; order < TRACE_ORDERS; order++) {
		char figure[64];
		double a, b;

		snprintf(figure, sizeof(figure), "counters.orders.order%u.success", order);
		a = compare_value(p->a, figure, -1);
		b = compare_value(p->b, figure, -1);
		if (a < 0 || b < 0 || fabs(a - b) < 0.0005)
			continue;
		say(p, 2 + 10 * fabs(a - b), figure,
		    "%s served %.1f %% of order-%u requests, %s %.1f %%.", p->b->label, 100 * b,
		    order, p->a->label, 100 * a);
	}
}

/* Where one side never failed, a says so and b has a date. */
static void say_first_failure(struct pair *p, const char *figure, unsigned order, double a,
			      double b)
{
	const struct compare_side *never = isinf(a) ? p->a : p->b;
	const struct compare_side *failed = isinf(a) ? p->b : p->a;

	if (isinf(a) || isinf(b))
		say(p, 2.5, figure,
		    "No request of order %u failed under %s, the first under %s after %s.",
		    order, never->label, failed->label,
		    duration(failed, isinf(a) ? b : a).text);
	else
		say(p, 1, figure,
		    "The first request of order %u failed after %s under %s, after %s under "
		    "%s.",
		    order, duration(p->a, a).text, p->a->label, duration(p->b, b).text,
		    p->b->label);
}

static void on_first_failures(struct pair *p)
{
	for (unsigned order = 0; order < TRACE_ORDERS; order++) {
		char figure[64];
		double a, b;

		snprintf(figure, sizeof(figure), "counters.orders.order%u.first_failure",
			 order);
		a = compare_value(p->a, figure, INFINITY);
		b = compare_value(p->b, figure, INFINITY);
		if (isinf(a) && isinf(b))
			continue;
		if (isinf(a) || isinf(b) ||
		    doublings(seconds(p->a, a), seconds(p->b, b)) >= 0.5)
			say_first_failure(p, figure, order, a, b);
	}
}

/* Of the highest such order: the lower ones are out of reach less long. */
static void on_out_of_reach(struct pair *p)
{
	for (unsigned order = TRACE_ORDERS; order-- > 0;) {
		char figure[64];
		double a, b;

		snprintf(figure, sizeof(figure), "counters.orders.order%u.unsatisfiable_cycles",
			 order);
		a = compare_value(p->a, figure, -1) /
		    compare_value(p->a, "counters.replay.end_cycles", 1);
		b = compare_value(p->b, figure, -1) /
		    compare_value(p->b, "counters.replay.end_cycles", 1);
		if (order > 9 || a < 0 || b < 0 || fabs(a - b) < 0.02)
			continue;
		say(p, 4 * fabs(a - b), figure,
		    "No free block of order %u or higher was there for %.1f %% of the time "
		    "under "
		    "%s, %.1f %% under %s.",
		    order, 100 * a, p->a->label, 100 * b, p->b->label);
		also(p, "counters.replay.end_cycles");
		return;
	}
}

/* Their time is of no kernel, but stands in latencies and stalls: a reader has to know. */
static void on_given_up(struct pair *p)
{
	static const char figure[] = "counters.vmstat.would_hang";
	const struct compare_side *sides[] = { p->a, p->b };

	for (unsigned i = 0; i < 2; i++) {
		double n = compare_value(sides[i], figure, 0);

		if (n > 0)
			say(p, 9, figure,
			    "%.0f requests and faults would never have been answered under %s: "
			    "they were given up, and the time until then is in its figures.",
			    n, sides[i]->label);
	}
}

/* ---- stalls ---------------------------------------------------------------------------- */

/* "120 requests slept, 1.2 s in all". */
static struct text stalls_of(const struct compare_side *side)
{
	double n = compare_value(side, "latency.stall.count", 0);
	struct text t = { "no request" }, all;

	if (n <= 0)
		return t;
	all = duration(side, compare_value(side, "latency.stall.sum", 0));
	snprintf(t.text, sizeof(t.text), "%.0f request%s (%.20s in all)", n, n > 1 ? "s" : "",
		 all.text);
	return t;
}

static void on_stalls(struct pair *p)
{
	double a = seconds(p->a, compare_value(p->a, "latency.stall.sum", 0));
	double b = seconds(p->b, compare_value(p->b, "latency.stall.sum", 0));

	/* A kernel without daemons has nobody who could sleep. */
	if (doublings(a, b) < 0.25 || !metric_find(p->a->metrics, "counters.reclaim.slept") ||
	    !metric_find(p->b->metrics, "counters.reclaim.slept"))
		return;
	say(p, fmin(4, 1 + doublings(a, b)), "latency.stall.sum",
	    "Under %s %s slept, under %s %s.", p->a->label, stalls_of(p->a).text, p->b->label,
	    stalls_of(p->b).text);
	also(p, "latency.stall.count");
}

static double stall_share(const struct compare_side *side, const char *figure)
{
	double all = compare_value(side, "latency.stall.sum", 0);

	return all > 0 ? compare_value(side, figure, 0) / all : -1;
}

static const struct stall_part {
	const char *figure, *words;
} stall_parts[] = {
	{ "latency.stall.part.sleep.sum", "asleep" },
	{ "latency.stall.part.io.sum", "waiting for a disk" },
	{ "latency.stall.part.lock.sum", "waiting for locks" },
	{ "latency.stall.part.code.sum", "in the kernel's instructions" },
	{ "latency.stall.part.memory.sum", "on cache lines" },
};

#define STALL_PARTS (sizeof(stall_parts) / sizeof(*stall_parts))

/* Of the only side that has stalls. */
static void on_largest_stall_part(struct pair *p, const struct compare_side *side)
{
	const struct stall_part *most = &stall_parts[0];

	for (size_t i = 1; i < STALL_PARTS; i++)
		if (stall_share(side, stall_parts[i].figure) > stall_share(side, most->figure))
			most = &stall_parts[i];
	say(p, 1, most->figure, "%s spent %.0f %% of the time of its stalls %s.", side->label,
	    100 * stall_share(side, most->figure), most->words);
	also(p, "latency.stall.sum");
}

static void on_stall_parts(struct pair *p)
{
	bool a_has = stall_share(p->a, "") >= 0, b_has = stall_share(p->b, "") >= 0;

	if (a_has != b_has)
		on_largest_stall_part(p, a_has ? p->a : p->b);
	for (size_t i = 0; a_has && b_has && i < STALL_PARTS; i++) {
		double a = stall_share(p->a, stall_parts[i].figure);
		double b = stall_share(p->b, stall_parts[i].figure);

		if (fabs(a - b) < 0.1)
			continue;
		say(p, 3 * fabs(a - b), stall_parts[i].figure,
		    "%s spent %.0f %% of the time of its stalls %s, %s %.0f %%.", p->b->label,
		    100 * b, stall_parts[i].words, p->a->label, 100 * a);
		also(p, "latency.stall.sum");
	}
}

#define FUNCTIONS "latency.stall.function."

/* Name of the function in a figure FUNCTIONS...".share". */
static struct text function_of(const char *figure)
{
	const char *name = figure + strlen(FUNCTIONS);
	struct text t;

	snprintf(t.text, sizeof(t.text), "%.*s", (int)(strlen(name) - strlen(".share")), name);
	return t;
}

/* Of the side's stalls the function that had most; NULL: it has no stalls. */
static const struct metric *largest_function(const struct compare_side *side)
{
	const struct metric *most = NULL;

	for (size_t i = 0; i < side->metrics->n; i++) {
		const struct metric *m = &side->metrics->metrics[i];

		if (metric_fits(FUNCTIONS "*.share", m->name) &&
		    (!most || m->value > most->value))
			most = m;
	}
	return most;
}

/* Kernels have functions of their own: each with that in which most of its time passed. */
static void on_largest_functions(struct pair *p)
{
	const struct metric *a = largest_function(p->a), *b = largest_function(p->b);
	const struct metric *only = b ? b : a;
	const struct compare_side *side = b ? p->b : p->a;

	if (!only)
		return;
	if (a && b && strcmp(a->name, b->name) == 0 && fabs(a->value - b->value) < 0.1)
		return;
	if (a && b)
		say(p, 1.5, a->name, "%s spent %.0f %% of stalls in %s, %s %.0f %% in %s.",
		    p->a->label, 100 * a->value, function_of(a->name).text, p->b->label,
		    100 * b->value, function_of(b->name).text);
	else
		say(p, 1.5, only->name, "%s spent %.0f %% of stalls in %s.", side->label,
		    100 * only->value, function_of(only->name).text);
	also(p, a && b ? b->name : "latency.stall.sum");
}

/* A function of both sides that had more of the one's stalls than of the other's. */
static void on_functions(struct pair *p)
{
	const struct metric *top_a = largest_function(p->a), *top_b = largest_function(p->b);

	on_largest_functions(p);
	for (size_t i = 0; top_a && top_b && i < p->b->metrics->n; i++) {
		const struct metric *b = &p->b->metrics->metrics[i];
		const struct metric *a = metric_find(p->a->metrics, b->name);

		if (!a || !metric_fits(FUNCTIONS "*.share", b->name) ||
		    fabs(a->value - b->value) < 0.1 || (a == top_a && b == top_b))
			continue;
		say(p, 3 * fabs(a->value - b->value), b->name,
		    "%s spent %.0f %% of stalls in %s, %s %.0f %%.", p->b->label,
		    100 * b->value, function_of(b->name).text, p->a->label, 100 * a->value);
	}
}

/* ---- latencies ------------------------------------------------------------------------- */

static void on_percentiles(struct pair *p)
{
	static const struct {
		const char *figure, *words;
	} rows[] = {
		{ "latency.alloc.p50", "Half of all requests" },
		{ "latency.alloc.p99", "99 of 100 requests" },
		{ "latency.alloc.p99.9", "999 of 1000 requests" },
		{ "latency.free.p50", "Half of all frees" },
		{ "latency.free.p99", "99 of 100 frees" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		double a = compare_value(p->a, rows[i].figure, 0);
		double b = compare_value(p->b, rows[i].figure, 0);
		double apart = doublings(seconds(p->a, a), seconds(p->b, b));

		if (a <= 0 || b <= 0 || apart < 0.07)
			continue;
		say(p, fmin(4, apart), rows[i].figure,
		    "%s took up to %s under %s, up to %s under %s%s.", rows[i].words,
		    duration(p->a, a).text, p->a->label, duration(p->b, b).text, p->b->label,
		    times(seconds(p->a, a), seconds(p->b, b)).text);
	}
}

/* ---- locks ----------------------------------------------------------------------------- */

static const char lock_figure[] = "locks.all.wait_cycles";

/* ", 80 % of it for refill": the cause of most of it. */
static struct text main_cause(const struct compare_side *side)
{
	double all = compare_value(side, lock_figure, 0), most = 0;
	const char *cause = NULL;
	struct text t = { "" };

	for (size_t i = 0; i < side->metrics->n; i++) {
		const struct metric *m = &side->metrics->metrics[i];

		if (!metric_fits("locks.*.wait_cycles", m->name) ||
		    strcmp(m->name, lock_figure) == 0 || m->value <= most)
			continue;
		most = m->value;
		cause = m->name + strlen("locks.");
	}
	if (cause && all > 0)
		snprintf(t.text, sizeof(t.text), " (%.0f %% of it for %.*s)", 100 * most / all,
			 (int)strcspn(cause, "."), cause);
	return t;
}

/* Waits beside all the time that requests and frees took. */
static double lock_share(const struct compare_side *side)
{
	double all = compare_value(side, "latency.alloc.sum", 0) +
		     compare_value(side, "latency.free.sum", 0);

	return all > 0 ? compare_value(side, lock_figure, 0) / all : 0;
}

static void on_locks(struct pair *p)
{
	double a = compare_value(p->a, lock_figure, 0), b = compare_value(p->b, lock_figure, 0);
	double apart = doublings(seconds(p->a, a), seconds(p->b, b));

	if (apart < 0.25 || fmax(lock_share(p->a), lock_share(p->b)) < 0.001)
		return;
	say(p, 0.5 * fmin(4, apart), lock_figure,
	    "CPUs waited %s for locks under %s%s, %s under %s%s.", duration(p->a, a).text,
	    p->a->label, main_cause(p->a).text, duration(p->b, b).text, p->b->label,
	    main_cause(p->b).text);
	also(p, "locks.*.wait_cycles");
}

/* ---- memory ---------------------------------------------------------------------------- */

/* Of the orders where it differs most: they follow from one another. */
static void on_unusable(struct pair *p)
{
	char figure[64], most_figure[64] = "";
	double most = 0.01, a, b;
	unsigned most_order = 0;

	for (unsigned order = 1; order < TRACE_ORDERS; order++) {
		snprintf(figure, sizeof(figure), "fragmentation.all.order%u.unusable", order);
		a = compare_value(p->a, figure, -1);
		b = compare_value(p->b, figure, -1);
		if (a < 0 || b < 0 || fabs(a - b) <= most)
			continue;
		most = fabs(a - b);
		most_order = order;
		strcpy(most_figure, figure);
	}
	if (!*most_figure)
		return;
	a = compare_value(p->a, most_figure, 0);
	b = compare_value(p->b, most_figure, 0);
	say(p, 5 * most, most_figure,
	    "At the end %.1f %% of free memory was in pieces too small for order %u under %s, "
	    "%.1f %% under %s.",
	    100 * a, most_order, p->a->label, 100 * b, p->b->label);
}

/* Sum of all figures that fit; -1: this kernel has none. */
static double sum_of(const struct compare_side *side, const char *pattern)
{
	double sum = 0;

	if (!metric_count(side->metrics, pattern))
		return -1;
	for (size_t i = 0; i < side->metrics->n; i++)
		if (metric_fits(pattern, side->metrics->metrics[i].name))
			sum += side->metrics->metrics[i].value;
	return sum;
}

/* How many of something are few beside the requests that were made. */
static double few(const struct pair *p)
{
	return compare_value(p->a, "counters.requests.allocs", 0) / 1000;
}

static void on_amounts(struct pair *p)
{
	static const struct {
		const char *pattern, *words;
		double least; /* apart, in doublings */
		double weight;
		bool each_counts; /* one is not few */
	} rows[] = {
		{ "counters.reclaim.killed_tasks", "tasks were killed for memory", 0.01, 1,
		  true },
		{ "counters.vmstat.pgsteal_*", "pages were reclaimed", 0.25, 0.6, false },
		{ "counters.vmstat.pswpout", "pages were written to swap", 0.25, 0.5, false },
		{ "counters.reclaim.refaults", "pages had to be read back", 0.25, 0.6, false },
		{ "fragmentation.all.free_pages", "pages were free at the end", 0.07, 0.7,
		  false },
		{ "counters.vmstat.compact_stall", "requests compacted memory", 0.25, 0.5,
		  false },
		{ "counters.vmstat.extfrag_*", "requests fell back to blocks of another type",
		  0.25, 0.4, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		double a = sum_of(p->a, rows[i].pattern), b = sum_of(p->b, rows[i].pattern);
		double apart = doublings(a, b);

		if (a < 0 || b < 0 || apart < rows[i].least ||
		    (fmax(a, b) < few(p) && !rows[i].each_counts))
			continue;
		say(p, rows[i].weight * fmin(4, apart), rows[i].pattern,
		    "%.0f %s under %s, %.0f under %s.", a, rows[i].words, p->a->label, b,
		    p->b->label);
	}
}

/* ---- time ------------------------------------------------------------------------------ */

static void on_time(struct pair *p)
{
	static const char figure[] = "counters.replay.end_cycles";
	double a = compare_value(p->a, figure, 0), b = compare_value(p->b, figure, 0);
	double sa = seconds(p->a, a), sb = seconds(p->b, b);

	if (doublings(sa, sb) < 0.014)
		return;
	say(p, fmin(4, 1 + doublings(sa, sb)), figure,
	    "The run took %s under %s, %s under %s%s.", duration(p->a, a).text, p->a->label,
	    duration(p->b, b).text, p->b->label, times(sa, sb).text);
}

/* ---- all of it ------------------------------------------------------------------------- */

static int in_order(const void *a, const void *b)
{
	const struct compare_sentence *left = a, *right = b;

	if (left->effect != right->effect)
		return left->effect > right->effect ? -1 : 1;
	return strcmp(left->text, right->text);
}

void compare_words(const struct compare *c, struct compare_words *out)
{
	static void (*const about[])(struct pair *) = {
		on_all_success, on_success,     on_first_failures, on_out_of_reach, on_given_up,
		on_stalls,      on_stall_parts, on_functions,      on_percentiles,  on_locks,
		on_unusable,    on_amounts,     on_time,
	};

	out->n = 0;
	for (unsigned i = 1; i < c->nsides; i++) {
		struct pair p = { &c->sides[0], &c->sides[i], out, i };

		for (size_t k = 0; k < sizeof(about) / sizeof(*about); k++)
			about[k](&p);
	}
	qsort(out->list, out->n, sizeof(*out->list), in_order);
}

size_t compare_words_most(const struct compare *c, bool all)
{
	return all ? COMPARE_SENTENCES : c->nsides == 2 ? 8 : 4;
}
