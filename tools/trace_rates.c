#include "tools/trace_rates.h"

#include <string.h>

#define FOLD 10

static void add_bin(struct trace_rates_bin *to, const struct trace_rates_bin *from)
{
	if (!from->events)
		return;
	to->events += from->events;
	to->requests += from->requests;
	to->failed += from->failed;
	to->frees += from->frees;
	to->allocated += from->allocated;
	to->freed += from->freed;
	to->most_live = from->most_live > to->most_live ? from->most_live : to->most_live;
	to->live = from->live;
}

/* Ten parts become one. */
static void fold(struct trace_rates *r)
{
	for (unsigned i = 0; i < r->n; i++) {
		struct trace_rates_bin b = r->bin[i];

		memset(&r->bin[i], 0, sizeof(b));
		add_bin(&r->bin[i / FOLD], &b);
	}
	r->n = (r->n + FOLD - 1) / FOLD;
	r->width *= FOLD;
}

static void go_to(struct trace_rates *r, uint64_t at)
{
	if (!r->width)
		r->width = 1;
	while (at / r->width >= TRACE_RATES_BINS)
		fold(r);
	r->last = (unsigned)(at / r->width);
	r->n = r->last + 1;
	r->end = (r->last + 1) * r->width;
}

void trace_rates_add(struct trace_rates *r, uint64_t at, const struct trace_event *e,
		     uint64_t live)
{
	struct trace_rates_bin *b;
	uint64_t frames = UINT64_C(1) << e->order;

	if (at >= r->end)
		go_to(r, at);
	b = &r->bin[r->last];
	b->events++;
	b->live = live;
	b->most_live = live > b->most_live ? live : b->most_live;
	switch (e->kind) {
	case TRACE_ALLOC:
		b->requests++;
		b->allocated += frames;
		break;
	case TRACE_ALLOC_FAILED:
		b->requests++;
		b->failed++;
		break;
	case TRACE_FREE:
		b->frees++;
		b->freed += frames;
		break;
	default:
		break;
	}
}

void trace_rates_finish(struct trace_rates *r)
{
	for (unsigned i = 1; i < r->n; i++)
		if (!r->bin[i].events)
			r->bin[i].live = r->bin[i].most_live = r->bin[i - 1].live;
}

uint64_t trace_rates_value(const struct trace_rates_bin *b, enum trace_rates_what what)
{
	const uint64_t values[TRACE_RATES_KINDS] = {
		[TRACE_RATES_EVENTS] = b->events,       [TRACE_RATES_REQUESTS] = b->requests,
		[TRACE_RATES_FAILED] = b->failed,       [TRACE_RATES_FREES] = b->frees,
		[TRACE_RATES_ALLOCATED] = b->allocated, [TRACE_RATES_FREED] = b->freed,
	};

	return values[what];
}

uint64_t trace_rates_sum(const struct trace_rates *r, enum trace_rates_what what)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < r->n; i++)
		sum += trace_rates_value(&r->bin[i], what);
	return sum;
}

unsigned trace_rates_peak(const struct trace_rates *r, enum trace_rates_what what)
{
	unsigned peak = 0;

	for (unsigned i = 1; i < r->n; i++)
		if (trace_rates_value(&r->bin[i], what) >
		    trace_rates_value(&r->bin[peak], what))
			peak = i;
	return peak;
}
