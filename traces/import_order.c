/*
 * One stream out of several cpus' (R2). Events come as a few long ascending runs (a
 * trace.dat gives one a cpu) or almost sorted (text), so a merge of natural runs is close to
 * one pass.
 */
#include "traces/import.h"

#include <stdlib.h>
#include <string.h>

static bool before(const struct import_event *a, const struct import_event *b)
{
	return a->time != b->time ? a->time < b->time : a->cpu < b->cpu;
}

static size_t run_end(const struct import_event *e, size_t from, size_t n)
{
	size_t i = from + 1;

	while (i < n && !before(&e[i], &e[i - 1]))
		i++;
	return i;
}

static void merge(struct import_event *to, const struct import_event *a, size_t na,
		  const struct import_event *b, size_t nb)
{
	while (na && nb) {
		if (before(b, a)) {
			*to++ = *b++;
			nb--;
		} else {
			*to++ = *a++;
			na--;
		}
	}
	memcpy(to, a, na * sizeof(*a));
	memcpy(to + na, b, nb * sizeof(*b));
}

/* One pass: neighbouring runs become one. Returns how many runs there were. */
static size_t merge_pass(const struct import_event *from, struct import_event *to, size_t n)
{
	size_t runs = 0;

	for (size_t start = 0; start < n;) {
		size_t middle = run_end(from, start, n);
		size_t end = middle < n ? run_end(from, middle, n) : n;

		merge(to + start, from + start, middle - start, from + middle, end - middle);
		runs += 1 + (middle < n);
		start = end;
	}
	return runs;
}

/* A cpu's own order is the order in which its events came; time must agree. */
static bool check_cpus(const struct import_source *s, struct trace_error *err)
{
	uint64_t *last = calloc(s->cpus + 1u, sizeof(*last));

	if (!last)
		return trace_error_memory(err);
	for (size_t i = 0; i < s->n; i++) {
		const struct import_event *e = &s->events[i];

		if (e->time < last[e->cpu]) {
			trace_error_data(
				err,
				"%s: event %zu: time goes back on cpu %u, from %llu to %llu",
				s->label, i + 1, (unsigned)e->cpu,
				(unsigned long long)last[e->cpu], (unsigned long long)e->time);
			free(last);
			return false;
		}
		last[e->cpu] = e->time;
	}
	free(last);
	return true;
}

static void count_ties(struct import_source *s)
{
	for (size_t i = 1; i < s->n; i++)
		s->ties += s->events[i].time == s->events[i - 1].time &&
			   s->events[i].cpu != s->events[i - 1].cpu;
}

bool import_order(struct import_source *s, struct trace_error *err)
{
	struct import_event *spare;

	if (!check_cpus(s, err))
		return false;
	if (s->n > 1 && run_end(s->events, 0, s->n) < s->n) {
		spare = malloc(s->n * sizeof(*spare));
		if (!spare)
			return trace_error_memory(err);
		while (merge_pass(s->events, spare, s->n) > 1) {
			struct import_event *sorted = spare;

			spare = s->events;
			s->events = sorted;
			s->cap = s->n;
		}
		free(spare);
	}
	count_ties(s);
	return true;
}
