#include "tools/hist_diff.h"

#include <math.h>
#include <stdlib.h>

const char *const hist_diff_percentile_names[HIST_DIFF_PERCENTILES] = {
	"p50", "p90", "p99", "p99.9", "p99.99", "max",
};

static const uint32_t milli_percents[HIST_DIFF_PERCENTILES] = { 50000, 90000, 99000,
								99900, 99990, 100000 };

struct bucket {
	uint64_t lowest, highest, count;
};

struct buckets {
	struct bucket *list; /* a bucket of count 0 ends it */
	size_t n;
	uint64_t all;
};

static void count_bucket(void *ctx, uint64_t lowest, uint64_t highest, uint64_t count)
{
	struct buckets *b = ctx;

	(void)lowest;
	(void)highest;
	b->n++;
	b->all += count;
}

static void put_bucket(void *ctx, uint64_t lowest, uint64_t highest, uint64_t count)
{
	struct buckets *b = ctx;

	b->list[b->n++] = (struct bucket){ lowest, highest, count };
}

/* False when memory is short. */
static bool collect(const struct sim_hist *h, struct buckets *b)
{
	*b = (struct buckets){ 0 };
	if (h)
		sim_hist_each(h, count_bucket, b);
	b->list = calloc(b->n + 1, sizeof(*b->list));
	if (!b->list)
		return false;
	b->n = 0;
	if (h)
		sim_hist_each(h, put_bucket, b);
	return true;
}

static double share(uint64_t count, uint64_t all)
{
	return all ? (double)count / (double)all : 0;
}

/* What has been seen on the way up through both sides' buckets. */
struct walk {
	double ahead;  /* share of `was` below here, less that of `now` */
	double before; /* value of the bucket before */
	double most;   /* largest difference of a bucket's shares */
};

static void step(struct walk *w, const struct bucket *at, double was, double now,
		 struct hist_diff *out, uint64_t count_was, uint64_t count_now)
{
	double middle = ((double)at->lowest + (double)at->highest) / 2;
	double differ = fabs(was - now);

	out->shift += fabs(w->ahead) * (middle - w->before);
	out->moved += differ / 2;
	w->ahead += was - now;
	w->before = middle;
	if (differ > w->most) {
		w->most = differ;
		out->lowest = at->lowest;
		out->highest = at->highest;
		out->most_was = count_was;
		out->most_now = count_now;
	}
}

static void compare(const struct buckets *was, const struct buckets *now, struct hist_diff *out)
{
	struct walk w = { 0 };
	size_t i = 0, j = 0;

	while (i < was->n || j < now->n) {
		const struct bucket *a = &was->list[i], *b = &now->list[j];
		bool left = i < was->n && (j == now->n || a->lowest <= b->lowest);
		bool right = j < now->n && (i == was->n || b->lowest <= a->lowest);
		uint64_t of_was = left ? a->count : 0, of_now = right ? b->count : 0;

		step(&w, left ? a : b, share(of_was, was->all), share(of_now, now->all), out,
		     of_was, of_now);
		i += left;
		j += right;
	}
}

bool hist_diff_make(const struct sim_hist *was, const struct sim_hist *now,
		    struct hist_diff *out)
{
	struct buckets a, b = { 0 };
	bool ok;

	*out = (struct hist_diff){ 0 };
	ok = collect(was, &a) && collect(now, &b);
	if (ok) {
		out->count_was = a.all;
		out->count_now = b.all;
		for (unsigned i = 0; i < HIST_DIFF_PERCENTILES; i++) {
			out->was[i] = was ? sim_hist_percentile(was, milli_percents[i]) : 0;
			out->now[i] = now ? sim_hist_percentile(now, milli_percents[i]) : 0;
		}
		compare(&a, &b, out);
	}
	/* With nothing on one side there is nothing to move from or to. */
	if (ok && (!a.all || !b.all)) {
		out->moved = a.all != b.all;
		out->shift = 0;
	}
	free(a.list);
	free(b.list);
	return ok;
}

struct over {
	uint64_t limit, count;
};

static void add_over(void *ctx, uint64_t lowest, uint64_t highest, uint64_t count)
{
	struct over *o = ctx;

	(void)lowest;
	if (highest > o->limit)
		o->count += count;
}

uint64_t hist_diff_over(const struct sim_hist *h, uint64_t cycles)
{
	struct over o = { .limit = cycles };

	if (h)
		sim_hist_each(h, add_over, &o);
	return o.count;
}
