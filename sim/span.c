#include "sim/span.h"

#include <stdlib.h>

bool sim_span_add(struct sim_span_list *list, uint64_t start, uint64_t end)
{
	if (start >= end)
		return true;
	if (list->n == list->room) {
		unsigned room = list->room ? 2 * list->room : 16;
		struct sim_span *at = realloc(list->at, room * sizeof(*at));

		if (!at)
			return false;
		list->at = at;
		list->room = room;
	}
	list->at[list->n++] = (struct sim_span){ start, end };
	return true;
}

void sim_span_drop(struct sim_span_list *list)
{
	free(list->at);
	*list = (struct sim_span_list){ 0 };
}

static int by_start(const void *a, const void *b)
{
	const struct sim_span *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

void sim_span_tidy(struct sim_span_list *list)
{
	unsigned kept = 0;

	if (!list->n)
		return;
	qsort(list->at, list->n, sizeof(*list->at), by_start);
	for (unsigned i = 1; i < list->n; i++) {
		struct sim_span *last = &list->at[kept], next = list->at[i];

		if (next.start > last->end)
			list->at[++kept] = next;
		else if (next.end > last->end)
			last->end = next.end;
	}
	list->n = kept + 1;
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

bool sim_span_inside(const struct sim_span_list *list, uint64_t start, uint64_t end,
		     struct sim_span_list *to)
{
	for (unsigned i = 0; i < list->n; i++)
		if (!sim_span_add(to, max(list->at[i].start, start), min(list->at[i].end, end)))
			return false;
	return true;
}

bool sim_span_outside(const struct sim_span_list *list, uint64_t start, uint64_t end,
		      struct sim_span_list *to)
{
	for (unsigned i = 0; i < list->n && start < end; i++) {
		if (list->at[i].end <= start)
			continue;
		if (!sim_span_add(to, start, min(list->at[i].start, end)))
			return false;
		start = list->at[i].end;
	}
	return sim_span_add(to, start, end);
}

uint64_t sim_span_frames(const struct sim_span *spans, unsigned n, uint64_t start, uint64_t end)
{
	uint64_t frames = 0;

	for (unsigned i = 0; i < n; i++) {
		uint64_t from = max(spans[i].start, start), to = min(spans[i].end, end);

		if (from < to)
			frames += to - from;
	}
	return frames;
}
