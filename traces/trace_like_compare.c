#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/trace_like.h"

#define SETS_SHOWN 8
#define NOTHING_ALIKE 1000 /* nothing is like nothing only */

static struct trace_like_row *add_row(struct trace_like_report *r, const char *what,
				      uint64_t original, uint64_t copy)
{
	struct trace_like_row *row = &r->row[r->n++];

	*row = (struct trace_like_row){ .original = original, .copy = copy };
	snprintf(row->what, sizeof(row->what), "%s", what);
	return row;
}

static void add_hist(struct trace_like_report *r, const char *what,
		     const struct trace_like_hist *a, const struct trace_like_hist *b,
		     uint64_t until)
{
	uint64_t n = a->nseen + a->nlonger, m = b->nseen + b->nlonger;
	struct trace_like_curve x, y;

	trace_like_hist_curve(a, &x);
	trace_like_hist_curve(b, &y);
	add_row(r, what, n, m)->distance_milli =
		!n != !m ? NOTHING_ALIKE : trace_like_hist_distance(&x, &y, until);
}

/* Requests of a stretch of time, in 1/1000 of the mean. */
static void slices_of(const struct trace_like_measure *m, struct trace_like_hist *h)
{
	memset(h, 0, sizeof(*h));
	for (unsigned i = 0; i < TRACE_LIKE_SLICES && m->requests; i++)
		trace_like_hist_add(h, m->slices[i] * TRACE_LIKE_SLICES * 1000 / m->requests,
				    true);
}

static void add_slices(struct trace_like_report *r, const struct trace_like_measure *a,
		       const struct trace_like_measure *b)
{
	struct trace_like_hist x, y;

	slices_of(a, &x);
	slices_of(b, &y);
	add_hist(r, "requests in each 256th of the time", &x, &y, UINT64_MAX);
}

/* Where two running sums of n counts are farthest apart, each of its own total. */
static unsigned sums_apart(const uint64_t *a, const uint64_t *b, unsigned n)
{
	uint64_t all_a = 0, all_b = 0, sum_a = 0, sum_b = 0, most = 0;

	for (unsigned i = 0; i < n; i++) {
		all_a += a[i];
		all_b += b[i];
	}
	if (!all_a != !all_b)
		return NOTHING_ALIKE;
	for (unsigned i = 0; i < n && all_a; i++) {
		uint64_t x, y, d;

		sum_a += a[i];
		sum_b += b[i];
		x = sum_a * 1000000 / all_a;
		y = sum_b * 1000000 / all_b;
		d = x > y ? x - y : y - x;
		most = d > most ? d : most;
	}
	return (unsigned)((most + 500) / 1000);
}

static const struct trace_like_base *find(const struct trace_like_measure *m,
					  const struct trace_like_base *like)
{
	for (unsigned i = 0; i < m->nbases; i++)
		if (m->bases[i].flags == like->flags && strcmp(m->bases[i].gfp, like->gfp) == 0)
			return &m->bases[i];
	return NULL;
}

/* Sets in the original's order, the copy's own behind them. */
static void add_sets(struct trace_like_report *r, const struct trace_like_measure *a,
		     const struct trace_like_measure *b)
{
	uint64_t x[2 * TRACE_LIKE_BASES] = { 0 }, y[2 * TRACE_LIKE_BASES] = { 0 };
	unsigned n = 0;

	for (unsigned i = 0; i < a->nbases; i++, n++) {
		const struct trace_like_base *other = find(b, &a->bases[i]);

		x[n] = a->bases[i].requests;
		y[n] = other ? other->requests : 0;
	}
	for (unsigned i = 0; i < b->nbases; i++)
		if (!find(a, &b->bases[i]))
			y[n++] = b->bases[i].requests;
	add_row(r, "sets of flags, most used first", a->requests, b->requests)->distance_milli =
		sums_apart(x, y, n);
}

static void add_lives(struct trace_like_report *r, const struct trace_like_measure *a,
		      const struct trace_like_measure *b, uint64_t until)
{
	char what[sizeof(r->row[0].what)];

	add_hist(r, "lives of objects", &a->lives, &b->lives, until);
	for (unsigned i = 0; i < a->nbases && i < SETS_SHOWN; i++) {
		const struct trace_like_base *other = find(b, &a->bases[i]);

		if (!other)
			continue;
		snprintf(what, sizeof(what), "  of %.100s%s", a->bases[i].gfp,
			 a->bases[i].flags ? " (interrupts)" : "");
		add_hist(r, what, &a->bases[i].lives, &other->lives, until);
	}
}

static struct trace_like_sums sums_of(const struct trace_like_measure *m)
{
	struct trace_like_sums s = { .requests = m->requests,
				     .frees = m->frees,
				     .span_ns = m->span,
				     .most_live = m->most_live };

	for (unsigned k = 0; k < m->nkinds; k++)
		s.tasks += m->kinds[k].tasks;
	return s;
}

static void compare(const struct trace_like_measure *a, const struct trace_like_measure *b,
		    struct trace_like_report *r)
{
	/* Beyond that, few objects were born early enough to tell. */
	uint64_t until = (a->span < b->span ? a->span : b->span) / 2;

	memset(r, 0, sizeof(*r));
	r->original = sums_of(a);
	r->copy = sums_of(b);
	add_row(r, "orders", a->requests, b->requests)->distance_milli =
		sums_apart(a->orders, b->orders, TRACE_ORDERS);
	add_sets(r, a, b);
	add_lives(r, a, b, until);
	add_hist(r, "times between a task's requests", &a->gaps, &b->gaps, UINT64_MAX);
	add_hist(r, "requests of a task between rests", &a->bursts, &b->bursts, UINT64_MAX);
	add_hist(r, "requests of a task in its life", &a->allocations, &b->allocations,
		 a->allocations.most);
	add_slices(r, a, b);
}

bool trace_like_compare(const char *original, const char *copy, struct trace_like_report *r,
			trace_watch *watch, void *ctx, struct trace_error *err)
{
	struct trace_like_measure *m = calloc(2, sizeof(*m));
	bool ok;

	if (!m)
		return trace_error_memory(err);
	ok = trace_like_measure(original, 0, &m[0], watch, ctx, err) &&
	     trace_like_measure(copy, m[0].rest_from, &m[1], watch, ctx, err);
	if (ok)
		compare(&m[0], &m[1], r);
	trace_like_measure_free(&m[0]);
	trace_like_measure_free(&m[1]);
	free(m);
	return ok;
}
