#include "traces/trace_like.h"

__extension__ typedef unsigned __int128 wide;

#define BUCKETS TRACE_LIKE_HIST_BUCKETS
#define ONE (UINT64_C(1) << 32)
#define STEPS 32 /* of a table, equally likely; the last one is halved again and again */

static unsigned bucket_of(uint64_t v)
{
	unsigned e;

	if (v < 16)
		return (unsigned)v;
	e = 63 - (unsigned)__builtin_clzll(v);
	return (e - 3) * 16 + (unsigned)((v >> (e - 4)) & 15);
}

uint64_t trace_like_hist_start(unsigned i)
{
	return i < 16 ? i : (uint64_t)(16 + i % 16) << (i / 16 - 1);
}

void trace_like_hist_add(struct trace_like_hist *h, uint64_t value, bool ended)
{
	(ended ? h->seen : h->longer)[bucket_of(value)]++;
	*(ended ? &h->nseen : &h->nlonger) += 1;
	if (!ended) {
		h->longest = value > h->longest ? value : h->longest;
		return;
	}
	h->least = h->nseen == 1 || value < h->least ? value : h->least;
	h->most = value > h->most ? value : h->most;
}

void trace_like_hist_curve(const struct trace_like_hist *h, struct trace_like_curve *c)
{
	uint64_t there = h->nseen + h->nlonger, left = ONE;

	for (unsigned i = 0; i < BUCKETS; i++) {
		if (h->seen[i])
			left = (uint64_t)((wide)left * (there - h->seen[i]) / there);
		there -= h->seen[i] + h->longer[i];
		c->below[i] = ONE - left;
	}
}

unsigned trace_like_hist_distance(const struct trace_like_curve *a,
				  const struct trace_like_curve *b, uint64_t until)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < BUCKETS && trace_like_hist_start(i) <= until; i++) {
		uint64_t d = a->below[i] > b->below[i] ? a->below[i] - b->below[i]
						       : b->below[i] - a->below[i];

		most = d > most ? d : most;
	}
	return (unsigned)((most * 1000 + ONE / 2) / ONE);
}

/* Straight through the bucket. */
uint64_t trace_like_hist_value(const struct trace_like_hist *h,
			       const struct trace_like_curve *c, uint64_t share, uint64_t never)
{
	uint64_t before = 0, start, end;

	for (unsigned i = 0; i < BUCKETS; i++) {
		if (c->below[i] < share || !h->seen[i]) {
			before = c->below[i];
			continue;
		}
		start = trace_like_hist_start(i);
		start = start > h->least ? start : h->least;
		end = i + 1 < BUCKETS ? trace_like_hist_start(i + 1) - 1 : start;
		end = end < h->most ? end : h->most;
		if (share <= before)
			return start;
		return start + (uint64_t)((wide)(end - start) * (share - before) /
					  (c->below[i] - before));
	}
	return never;
}

/* A point in the middle of a level stretch says nothing. */
static void add_point(struct trace_draw *d, uint64_t value, uint32_t below, uint64_t never)
{
	struct trace_draw_point *p = &d->point[d->npoints];

	value = value < never ? value : never;
	value = value ? value : 1;
	if (d->npoints > 1 && p[-1].value == value && p[-2].value == value)
		p--;
	else
		d->npoints++;
	*p = (struct trace_draw_point){ value, below };
}

void trace_like_hist_draw(const struct trace_like_hist *h, uint64_t never, struct trace_draw *d)
{
	struct trace_like_curve c;
	uint32_t step = TRACE_DRAW_ALL / STEPS, below = 0;

	trace_like_hist_curve(h, &c);
	*d = (struct trace_draw){ .kind = TRACE_DRAW_TABLE };
	add_point(d, trace_like_hist_value(h, &c, 1, never), 0, never);
	while (step) {
		below += step;
		add_point(d,
			  trace_like_hist_value(h, &c, (uint64_t)below * ONE / TRACE_DRAW_ALL,
						never),
			  below, never);
		if (TRACE_DRAW_ALL - below < 2 * step)
			step = (TRACE_DRAW_ALL - below) / 2;
	}
	/* With an end that is in sight for all, the most that was seen. */
	add_point(d, c.below[BUCKETS - 1] == ONE ? h->most : never, TRACE_DRAW_ALL, never);
}
