/* trace info --plot: what the tables say, as four pictures. */
#include <stdio.h>
#include <stdlib.h>

#include "tools/plot.h"
#include "tools/trace_info.h"

#define POINTS (TRACE_RATES_BINS + 1)
#define ORDERS_SHOWN 6 /* each with a colour of its own */
#define ONE 4294967296.0

/* Everything that the plots point to. */
struct numbers {
	double time[POINTS], requests[POINTS], frees[POINTS], failed[POINTS], live[POINTS];
	size_t n;
	double life[TRACE_LIKE_HIST_BUCKETS];
	double ended[ORDERS_SHOWN][TRACE_LIKE_HIST_BUCKETS];
	size_t nended[ORDERS_SHOWN];
	unsigned life_begin; /* the bucket in front of the first with a life in it */
	char life_label[ORDERS_SHOWN][32];
	unsigned nlives;
	double order[TRACE_ORDERS], allocated[TRACE_ORDERS], freed[TRACE_ORDERS];
	unsigned norders;
};

static const char *const order_names[TRACE_ORDERS] = { "0", "1", "2", "3", "4", "5",
						       "6", "7", "8", "9", "10" };

/* A step more at the end, so that the last part has its width. */
static void fill_rates(const struct trace_info *i, struct numbers *v)
{
	const struct trace_rates *r = i->s.rates;
	bool times = trace_info_has_times(i);
	double unit = times ? 1e9 : 1, width = (double)r->width / unit;
	double thousands = times ? 1e3 * width : 1;

	for (unsigned k = 0; k <= r->n && r->n; k++) {
		const struct trace_rates_bin *b = &r->bin[k < r->n ? k : r->n - 1];

		v->time[k] = k * width;
		v->requests[k] = (double)b->requests / thousands;
		v->frees[k] = (double)b->frees / thousands;
		v->failed[k] = (double)b->failed / thousands;
		v->live[k] = (double)b->most_live * i->h->page_size / 1048576;
		v->n = k + 1;
	}
}

static void fill_life(const struct trace_info *i, struct numbers *v, unsigned order)
{
	const struct trace_like_hist *h = &i->s.lives[order];
	struct trace_like_curve c;
	unsigned k = v->nlives++;

	trace_like_hist_curve(h, &c);
	for (unsigned b = 0; b + 1 < TRACE_LIKE_HIST_BUCKETS; b++) {
		v->ended[k][b] = (double)c.below[b] * 100 / ONE;
		if (!h->seen[b])
			continue;
		v->nended[k] = b + 1;
		if (b < v->life_begin + 1)
			v->life_begin = b ? b - 1 : 0;
	}
	snprintf(v->life_label[k], sizeof(v->life_label[k]), "order %u", order);
}

static void fill_lives(const struct trace_info *i, struct numbers *v)
{
	double unit = trace_info_has_times(i) ? 1e3 : 1;

	v->life_begin = TRACE_LIKE_HIST_BUCKETS;
	for (unsigned b = 0; b + 1 < TRACE_LIKE_HIST_BUCKETS; b++)
		v->life[b] = (double)trace_like_hist_start(b + 1) / unit;
	for (unsigned o = 0; o < TRACE_ORDERS && v->nlives < ORDERS_SHOWN; o++)
		if (i->s.lives[o].nseen)
			fill_life(i, v, o);
}

static void fill_orders(const struct trace_info *i, struct numbers *v)
{
	for (unsigned o = 0; o < TRACE_ORDERS; o++) {
		v->order[o] = o;
		v->allocated[o] = (double)i->s.alloc_orders[o];
		v->freed[o] = (double)i->s.free_orders[o];
		if (i->s.alloc_orders[o] || i->s.free_orders[o])
			v->norders = o + 1;
	}
}

static struct plot_series over_time(const struct numbers *v, const char *label, const double *y)
{
	return (struct plot_series){
		.label = label, .style = PLOT_STEPS, .x = v->time, .y = y, .n = v->n
	};
}

static struct plot_series by_order(const struct numbers *v, const char *label, const double *y)
{
	return (struct plot_series){
		.label = label, .style = PLOT_BOXES, .x = v->order, .y = y, .n = v->norders
	};
}

static bool draw(const struct trace_info *i, const struct numbers *v, const char *folder,
		 char *text, size_t size)
{
	bool times = trace_info_has_times(i), failed = i->s.kinds[TRACE_ALLOC_FAILED] > 0;
	const struct plot_axis time = { .label = "time",
					.unit = times ? "s" : "clock's counts" };
	const struct plot_series rate[] = { over_time(v, "requests", v->requests),
					    over_time(v, "frees", v->frees),
					    over_time(v, "failed requests", v->failed) };
	const struct plot_series live = over_time(v, NULL, v->live);
	const struct plot_series orders[] = { by_order(v, "allocated", v->allocated),
					      by_order(v, "freed", v->freed) };
	struct plot_series lives[ORDERS_SHOWN];

	for (unsigned k = 0; k < v->nlives; k++)
		lives[k] = (struct plot_series){ .label = v->life_label[k],
						 .style = PLOT_STEPS,
						 .x = v->life + v->life_begin,
						 .y = v->ended[k] + v->life_begin,
						 .n = v->nended[k] - v->life_begin };
	return plot_write(
		folder,
		(const struct plot[]){
			{ .name = "rate",
			  .title = "Requests and frees",
			  .x = time,
			  .y = { .label = "rate", .unit = times ? "1000/s" : "events" },
			  .series = rate,
			  .nseries = failed ? 3 : 2 },
			{ .name = "live",
			  .title = "Live memory",
			  .x = time,
			  .y = { .label = "live objects", .unit = "MiB" },
			  .series = &live,
			  .nseries = 1 },
			{ .name = "lifetimes",
			  .title = "Lifetimes by order",
			  .x = { .label = "lifetime",
				 .unit = times ? "us" : "counts",
				 .log = true },
			  .y = { .label = "freed by then", .unit = "%", .from = 0, .to = 100 },
			  .series = lives,
			  .nseries = v->nlives },
			{ .name = "orders",
			  .title = "Allocations and frees by order",
			  .x = { .label = "order", .names = order_names, .nnames = v->norders },
			  .y = { .label = "objects", .log = true },
			  .series = orders,
			  .nseries = 2 },
		},
		4, text, size);
}

bool trace_info_plot(const struct trace_info *i, const char *folder, char *text, size_t size)
{
	struct numbers *v = calloc(1, sizeof(*v));
	bool ok;

	if (!v) {
		snprintf(text, size, "out of memory");
		return false;
	}
	fill_rates(i, v);
	fill_lives(i, v);
	fill_orders(i, v);
	ok = draw(i, v, folder, text, size);
	free(v);
	return ok;
}
